/* SPDX-License-Identifier: MIT */
/* Interleaved samples to planes and back. */
#include "support/kernels/kernel_row.h"

enum { CHANNELS, WIDTH };

static void shapes(kernel_visit *visit, void *user)
{
    static const int widths[] = { 1,  2,  3,  4,  5,   7,   8,   9,   11,  12, 13,
                                  15, 16, 17, 19, 23,  31,  32,  33,  47,  48, 49,
                                  63, 64, 65, 79, 100, 127, 128, 129, 191, 200 };
    for (int channels = 1; channels <= 9; channels++)
        for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
            KERNEL_SHAPE(channels, widths[i]);
}

static const kernel_timing timing[] = { { "1 channel", { 1, 1920 } },
                                        { "3 channels", { 3, 1920 } },
                                        { "4 channels", { 4, 1920 } },
                                        { 0 } };

static void set_up_unpacking(kernel_job *job, int sample)
{
    job->n = job->size[WIDTH];
    job->raw[0] = kernel_holds_bytes(job, (size_t)job->n * job->size[CHANNELS] * sample, 0);
    for (int c = 0; c < job->size[CHANNELS]; c++)
        kernel_makes(job, job->n, sizeof(float), 16);
}

static void set_up_unpack_u8(kernel_job *job)
{
    set_up_unpacking(job, 1);
}

static void set_up_unpack_u16(kernel_job *job)
{
    set_up_unpacking(job, 2);
}

static void set_up_packing(kernel_job *job, int sample)
{
    job->n = job->size[WIDTH];
    for (int c = 0; c < job->size[CHANNELS]; c++) {
        float *row = kernel_holds_row(job, job->n, 0);
        for (int x = 0; x < job->n; x++)
            row[x] = random_level(job->random, sample == 1 ? 255 : 65535);
        job->in[c] = row;
    }
    kernel_makes(job, (size_t)job->n * job->size[CHANNELS], sample, 1);
    job->shift = kernel_below(job, 8) * sample;
}

static void set_up_pack_u8(kernel_job *job)
{
    set_up_packing(job, 1);
}

static void set_up_pack_u16(kernel_job *job)
{
    set_up_packing(job, 2);
}

static void unpack_u8(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                      int n)
{
    (void)first;
    KERNEL_FLOAT_ROWS(row, out, job->outs);
    set->kernels->unpack_u8(row, job->raw[0], job->size[CHANNELS], n);
}

static void unpack_u16(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                       int n)
{
    (void)first;
    KERNEL_FLOAT_ROWS(row, out, job->outs);
    set->kernels->unpack_u16(row, job->raw[0], job->size[CHANNELS], n);
}

static void pack_u8(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                    int n)
{
    (void)first;
    set->kernels->pack_u8(out[0], job->in, job->size[CHANNELS], n);
}

static void pack_u16(const kernel_job *job, const kernel_set *set, void *const *out, int first,
                     int n)
{
    (void)first;
    set->kernels->pack_u16(out[0], job->in, job->size[CHANNELS], n);
}

static kernel_work work_of(const kernel_job *job, int read, int written)
{
    const double samples = (double)job->n * job->size[CHANNELS];
    return (kernel_work){ .read = samples * read, .written = samples * written };
}

static kernel_work work_unpack_u8(const kernel_job *job)
{
    return work_of(job, 1, 4);
}

static kernel_work work_unpack_u16(const kernel_job *job)
{
    return work_of(job, 2, 4);
}

static kernel_work work_pack_u8(const kernel_job *job)
{
    return work_of(job, 4, 1);
}

static kernel_work work_pack_u16(const kernel_job *job)
{
    return work_of(job, 4, 2);
}

#define ROW(kernel)                                                                                \
    const kernel_row kernel_row_##kernel = {                                                       \
        .name = #kernel,                                                                           \
        .shapes = shapes,                                                                          \
        .setup = set_up_##kernel,                                                                  \
        .call = kernel,                                                                            \
        .work = work_##kernel,                                                                     \
        .timing = timing,                                                                          \
    }

ROW(unpack_u8);
ROW(unpack_u16);
ROW(pack_u8);
ROW(pack_u16);
