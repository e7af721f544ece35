/* SPDX-License-Identifier: MIT */
/* Which variant is picked. Every test is a process of its own: the choice is made once. */
#include "kernels/kernels.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const char *picked(const char *wanted)
{
    if (wanted)
        setenv("UPSCALE_CPU", wanted, 1);
    else
        unsetenv("UPSCALE_CPU");
    return up_kernels_get()->name;
}

static const char *best(void)
{
    const up_kernels *all[8];
    return all[up_kernels_all(all, 8) - 1]->name;
}

Test(kernels_dispatch, reference_comes_first)
{
    const up_kernels *all[1];
    cr_assert_eq(up_kernels_all(all, 1), 1);
    cr_expect_str_eq(all[0]->name, "reference");
}

Test(kernels_dispatch, best_by_itself)
{
    cr_expect_str_eq(picked(NULL), best());
}

Test(kernels_dispatch, as_told)
{
    cr_expect_str_eq(picked("baseline"), "baseline");
}

Test(kernels_dispatch, unknown_name)
{
    cr_expect_str_eq(picked("mmx"), best());
}

Test(kernels_dispatch, chosen_once)
{
    cr_expect_str_eq(picked("reference"), "reference");
    cr_expect_str_eq(picked("baseline"), "reference");
}
