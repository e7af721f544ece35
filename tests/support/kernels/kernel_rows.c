/* SPDX-License-Identifier: MIT */
#include "support/kernels/kernel_row.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(X)                                                                                    \
    X(unpack_u8)                                                                                   \
    X(unpack_u16)                                                                                  \
    X(pack_u8)                                                                                     \
    X(pack_u16)                                                                                    \
    X(prelu)                                                                                       \
    X(add)                                                                                         \
    X(subtract)                                                                                    \
    X(multiply)                                                                                    \
    X(map)                                                                                         \
    X(mix_rows)                                                                                    \
    X(resample_columns)                                                                            \
    X(mix_bytes)                                                                                   \
    X(resample_bytes)                                                                              \
    X(convolve)                                                                                    \
    X(tiles_in)                                                                                    \
    X(tiles_multiply)                                                                              \
    X(tiles_out)                                                                                   \
    X(tiles_out_gradient)                                                                          \
    X(tiles_correlate)                                                                             \
    X(correlate)                                                                                   \
    X(prelu_gradient)                                                                              \
    X(interleave)                                                                                  \
    X(every)                                                                                       \
    X(copy_past)                                                                                   \
    X(repeat)                                                                                      \
    X(gather)                                                                                      \
    X(matrix_tiles_in)                                                                             \
    X(matrix_tiles_multiply)                                                                       \
    X(matrix_convolve)                                                                             \
    X(matrix_correlate)                                                                            \
    X(matrix_pair)                                                                                 \
    X(matrix_transpose)                                                                            \
    X(matrix_activate)                                                                             \
    X(matrix_activate_back)

#define DECLARE(name) extern const kernel_row kernel_row_##name;
#define NAME(name) &kernel_row_##name,
ROWS(DECLARE)
const kernel_row *const kernel_rows[] = { ROWS(NAME) NULL };

int kernel_sets_for(const kernel_row *row, kernel_set sets[KERNEL_SETS])
{
    if (row->matrix) {
        const up_matrix_kernels *all[KERNEL_SETS];
        const int count = up_matrix_kernels_all(all, KERNEL_SETS);
        for (int i = 0; i < count; i++)
            sets[i] = (kernel_set){ .name = all[i]->name, .index = i, .matrix = all[i] };
        return count;
    }
    const up_kernels *all[KERNEL_SETS];
    const int count = up_kernels_all(all, KERNEL_SETS);
    for (int i = 0; i < count; i++)
        sets[i] = (kernel_set){ .name = all[i]->name, .index = i, .kernels = all[i] };
    return count;
}

void kernel_job_make(kernel_job *job, const kernel_row *row, const int *size, bool timed,
                     uint32_t *random)
{
    *job = (kernel_job){ .row = row, .timed = timed, .random = random };
    memcpy(job->size, size, sizeof job->size);
    row->setup(job);
}

void kernel_job_free(kernel_job *job)
{
    for (int i = 0; i < job->helds_; i++)
        guarded_free(&job->held_[i]);
    *job = (kernel_job){ 0 };
}

kernel_output *kernel_makes(kernel_job *job, size_t count, int bytes, int pad)
{
    kernel_output *output = &job->out[job->outs++];
    *output = (kernel_output){
        .bytes = bytes, .rows = 1, .step = up_round_up(count, pad), .count = count
    };
    return output;
}

size_t kernel_output_bytes(const kernel_output *output)
{
    return output->rows * output->step * output->bytes;
}

static void *hold(kernel_job *job, guarded block)
{
    if (job->helds_ == KERNEL_BLOCKS)
        abort();
    job->held_[job->helds_++] = block;
    return block.data;
}

void *kernel_holds(kernel_job *job, size_t bytes)
{
    void *block = hold(job, guarded_make(bytes, 0));
    return memset(block, 0, bytes);
}

float *kernel_holds_row(kernel_job *job, int n, int off)
{
    float *row = (float *)hold(job, float_row(0, off + n)) + off;
    for (int x = 0; x < n; x++)
        row[x] = job->timed ? random_between(job->random, -300, 300) : random_sample(job->random);
    return row;
}

void *kernel_holds_bytes(kernel_job *job, size_t bytes, int shift)
{
    uint8_t *block = hold(job, guarded_exact(bytes, shift));
    for (size_t i = 0; i < bytes; i++)
        block[i] = (uint8_t)random_bits(job->random);
    return block;
}

int kernel_below(kernel_job *job, int limit)
{
    return random_below(job->random, limit);
}

float kernel_between(kernel_job *job, float low, float high)
{
    return random_between(job->random, low, high);
}

void kernel_fill(kernel_job *job, float *to, size_t count, float low, float high)
{
    for (size_t i = 0; i < count; i++)
        to[i] = random_between(job->random, low, high);
}
