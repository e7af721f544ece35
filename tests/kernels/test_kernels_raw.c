/* SPDX-License-Identifier: MIT */
/* Copies of raw elements: every variant is bit-equal to the reference and ends where it should. */
#include "support/reference/kernel_check.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const int sizes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20 };

static void fill(guarded *g, uint32_t *random)
{
    for (size_t i = 0; i < g->bytes; i++)
        ((uint8_t *)g->data)[i] = (uint8_t)random_bits(random);
}

static void check_repeat(int size, int s, int n, uint32_t *random)
{
    guarded in = guarded_make((size_t)n * size, 0), wanted = guarded_make(in.bytes * s, 0);
    fill(&in, random);
    void *exact = exact_copy(in.data, in.bytes);
    kernel_variant(0)->repeat(wanted.data, exact, size, s, n);
    FOR_EACH_VARIANT(kernels)
    {
        guarded out = guarded_make(wanted.bytes, random_below(random, 16));
        kernels->repeat(out.data, exact, size, s, n);
        cr_expect_arr_eq(out.data, wanted.data, out.bytes, "%s repeat of %d bytes, x%d, width %d",
                         kernels->name, size, s, n);
        cr_expect(guarded_intact(&out));
        guarded_free(&out);
    }
    free(exact);
    guarded_free(&in);
    guarded_free(&wanted);
}

Test(kernels_raw, repeat)
{
    uint32_t random = 3;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int s = 1; s <= 9; s++)
            for (int n = 1; n <= 200; n += n < 40 ? 1 : 17)
                check_repeat(sizes[i], s, n, &random);
}

static void check_gather(int size, int n, uint32_t *random)
{
    guarded in = guarded_make((size_t)50 * size, 0), wanted = guarded_make((size_t)n * size, 0);
    int index[200];
    fill(&in, random);
    for (int i = 0; i < n; i++)
        index[i] = random_below(random, 50);
    void *exact = exact_copy(in.data, in.bytes),
         *exact_index = exact_copy(index, n * sizeof *index);
    kernel_variant(0)->gather(wanted.data, exact, size, exact_index, n);
    FOR_EACH_VARIANT(kernels)
    {
        guarded out = guarded_make(wanted.bytes, 0);
        kernels->gather(out.data, exact, size, exact_index, n);
        cr_expect_arr_eq(out.data, wanted.data, out.bytes, "%s gather of %d bytes, width %d",
                         kernels->name, size, n);
        cr_expect(guarded_intact(&out));
        guarded_free(&out);
    }
    free(exact);
    free(exact_index);
    guarded_free(&in);
    guarded_free(&wanted);
}

Test(kernels_raw, gather)
{
    uint32_t random = 4;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int n = 1; n <= 200; n += 1 + n / 4)
            check_gather(sizes[i], n, &random);
}

static void check_copy_past(int offset, size_t bytes)
{
    uint8_t in[600], out[700];
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (uint8_t)(i * 7 + 1);
    for (int v = 0; v < kernel_variants(); v++) {
        memset(out, 0, sizeof out);
        kernel_variant(v)->copy_past(out + offset, in, bytes);
        cr_assert_arr_eq(out + offset, in, bytes, "%s", kernel_variant(v)->name);
        for (size_t i = 0; i < sizeof out; i++)
            cr_assert((i >= (size_t)offset && i < offset + bytes) || out[i] == 0);
    }
}

Test(kernels_raw, copy_past)
{
    for (int offset = 0; offset < 65; offset++)
        for (size_t bytes = 0; bytes < 600; bytes += 1 + bytes / 50)
            check_copy_past(offset, bytes);
}
