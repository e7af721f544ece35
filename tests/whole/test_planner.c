/* SPDX-License-Identifier: MIT */
/* What pieces of a plan cost, and how many bands a picture is cut into. */
#include "support/scratch.h"

#include "upscale_cluster.h"

#include <criterion/criterion.h>
#include <math.h>

TestSuite(planner, .init = scratch_init, .fini = scratch_fini);

enum { ROWS = 16000 };

/* One picture of this cost, cut for so many shards: the costs of its bands. */
static int plan(double cost, double decode, int shards, double *band, int most)
{
    const char *path = scratch_path("plan.jsonl");
    const up_piece piece = { .input = "in.png",
                             .output = "out.png",
                             .options = "[]",
                             .width = 9,
                             .height = ROWS,
                             .cost = cost,
                             .decode = decode };
    up_planner *planner;
    up_planned planned;
    up_manifest *manifest;
    up_error error;
    cr_assert_eq(up_planner_open(&planner, &error), UP_OK);
    cr_assert_eq(up_planner_add(planner, &piece, &error), UP_OK);
    cr_assert_eq(up_planner_write(planner, path, shards, true, true, &planned, &error), UP_OK, "%s",
                 error.message);
    up_planner_close(&planner);
    cr_assert_eq(up_manifest_open(&manifest, path, &error), UP_OK);
    int count = 0;
    double sum = 0;
    for (bool more = true; more;) {
        up_piece got;
        cr_assert_eq(up_manifest_next(manifest, &got, &more, &error), UP_OK);
        if (!more)
            break;
        cr_assert_lt(count, most);
        sum += band[count++] = got.cost;
        up_piece_clear(&got);
    }
    up_manifest_close(&manifest);
    cr_expect_eq(planned.pieces, (size_t)count);
    cr_expect_float_eq(planned.cost, sum, 1e-3 * sum);
    return count;
}

Test(planner, bands_cost_the_same_where_files_are_entered_anywhere)
{
    double band[64];
    cr_assert_eq(plan(80, 0, 8, band, 64), 8);
    for (int b = 0; b < 8; b++)
        cr_expect_float_eq(band[b], 10, 1e-3);
}

/* Each decodes what lies above it, too: none may cost more than a shard's share for that. */
Test(planner, bands_pay_for_the_rows_above)
{
    double band[64];
    const int bands = plan(80, 4, 8, band, 64);
    cr_assert_eq(bands, 13); /* 76 by 10 - 4 */
    for (int b = 0; b < bands; b++)
        cr_expect_float_eq(band[b], (76 + 4 * (b + 1)) / 13.0, 1e-3);
    cr_expect_leq(band[bands - 1], 10.001);
}

Test(planner, decoding_that_takes_longest_is_not_done_for_nothing)
{
    double band[64];
    cr_expect_eq(plan(80, 79, 8, band, 64), 1);
    cr_expect_leq(plan(80, 40, 8, band, 64), 16);
}
