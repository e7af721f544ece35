/* SPDX-License-Identifier: MIT */
/* How far measured times are from settled, by hand. */
#include "measure/settling.h"

#include <criterion/criterion.h>

/* Ranks 2 and 8 of 9, 6 and 15 of 20 (Conover 1999: binomial, at least 95 % each), the ends of 5.
 */
Test(settling, medians_by_ranks)
{
    const double nine[] = { 1, 3, 4, 9, 10, 11, 12, 14, 50 };
    cr_expect_float_eq(up_median_spread(nine, 9), 0.7, 1e-12);
    double twenty[20];
    for (int i = 0; i < 20; i++)
        twenty[i] = i < 5 ? 0 : i < 15 ? 100 + i : 1000;
    cr_expect_float_eq(up_median_spread(twenty, 20), 4.5 / 109.5, 1e-12);
    const double five[] = { 2, 3, 4, 5, 7 };
    cr_expect_float_eq(up_median_spread(five, 5), 0.75, 1e-12);
    cr_expect_eq(up_median_of(five, 5), 4);
    cr_expect_eq(up_median_of(five, 4), 3.5);
}

Test(settling, the_third_least)
{
    const double some[] = { 10, 11, 12, 30 };
    cr_expect_float_eq(up_least_spread(some, 4), 0.2, 1e-12);
    cr_expect_float_eq(up_least_spread(some, 2), 0.1, 1e-12);
    cr_expect_eq(up_least_spread(some, 1), 0);
    const double none[] = { 0, 1, 2 };
    cr_expect_eq(up_least_spread(none, 3), 0);
    cr_expect_eq(up_median_spread(none, 1), 0);
}
