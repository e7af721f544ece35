/* SPDX-License-Identifier: MIT */
/* Buffers with guard zones, numbers that hurt, and comparisons for the tests of kernels. */
#ifndef SUPPORT_KERNEL_CHECK_H
#define SUPPORT_KERNEL_CHECK_H

#include "kernels/kernels.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every variant the machine has beyond the reference, as `kernels`. */
#define FOR_EACH_VARIANT(kernels)                                                                  \
    for (int variant_ = 1; variant_ < kernel_variants(); variant_++)                               \
        for (const up_kernels *kernels = kernel_variant(variant_); kernels; kernels = NULL)

int kernel_variants(void);
const up_kernels *kernel_variant(int i);

/* Bytes between two zones that must stay as they are. `shift` moves the data off its alignment. */
typedef struct {
    void *data;
    size_t bytes;
    char *block_;
} guarded;

guarded guarded_make(size_t bytes, int shift);
/* Without zones, on the heap: a sanitizer sees any step beyond. */
guarded guarded_exact(size_t bytes, int shift);
bool guarded_intact(const guarded *g);
void guarded_free(guarded *g);

/* A float row as the contract has it: `before` columns, n rounded up to 16, 16 more that may be
 * read; its guards follow. All of it is NaN until filled. */
guarded float_row(int before, int n);
float *row_start(const guarded *row, int before);

/* An exact copy on the heap, so that a sanitizer sees any read beyond it; free() it. */
void *exact_copy(const void *data, size_t bytes);

uint32_t random_bits(uint32_t *state);
int random_below(uint32_t *state, int limit);
float random_between(uint32_t *state, float low, float high);

/* Around the steps of rounding to 0..top: ties, their neighbours, NaN, infinities, denormals. */
float random_level(uint32_t *state, float top);

/* Mostly ordinary, now and then not finite, denormal or zero. */
float random_sample(uint32_t *state);

/* Whether two sums of the same products may differ in this way: by the rounding of `terms` terms
 * with the given sum of magnitudes, never in being finite. */
bool sums_agree(float a, float b, int terms, double magnitude);

#endif
