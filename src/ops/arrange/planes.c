/* SPDX-License-Identifier: MIT */
#include "ops/arrange/planes.h"

#include "base/memory.h"
#include "io/pixels.h"
#include "kernels/kernels.h"

#include <string.h>

typedef struct {
    up_op op;
    up_sample sample;
    bool planar, past;
    int channels;
    const up_kernels *kernels;
} pixels_op;

#define PIECE_COLUMNS 512

static size_t pointer_bytes(int channels)
{
    return up_round_up(channels * sizeof(float *), UP_ALIGN);
}

up_shape up_raw_shape(const up_format *format)
{
    int bytes = (int)up_sample_size(format->sample);
    return (up_shape){
        .width = format->width,
        .height = format->height,
        .channels = format->planar ? format->channels : 1,
        .bytes = format->planar ? bytes : bytes * format->channels,
        .raw = true,
    };
}

up_shape up_float_shape(int width, int height, int channels)
{
    return (up_shape){ .width = width, .height = height, .channels = channels, .bytes = 4 };
}

void up_unpack_samples(float *const *plane, const void *from, up_sample sample, int channels, int n)
{
    const float *value = from;
    switch (sample) {
    case UP_SAMPLE_U8:
        up_kernels_get()->unpack_u8(plane, from, channels, n);
        break;
    case UP_SAMPLE_U16:
        up_kernels_get()->unpack_u16(plane, from, channels, n);
        break;
    default:
        if (channels == 1)
            memcpy(plane[0], from, n * sizeof(float));
        for (int c = 0; channels > 1 && c < channels; c++)
            for (int x = 0; x < n; x++)
                plane[c][x] = value[x * channels + c];
    }
}

/* One raw row from x0 to planes; `row` of a planar image holds one channel. */
static void unpack_row(const pixels_op *op, float *const *plane, const char *row, int x0, int n)
{
    const char *from = row + (size_t)x0 * op->op.in[0].bytes;
    up_unpack_samples(plane, from, op->sample, op->planar ? 1 : op->channels, n);
}

static void pack_samples(const pixels_op *op, void *to, const float *const *plane, int n)
{
    int channels = op->planar ? 1 : op->channels;
    float *value = to;
    switch (op->sample) {
    case UP_SAMPLE_U8:
        op->kernels->pack_u8(to, plane, channels, n);
        break;
    case UP_SAMPLE_U16:
        op->kernels->pack_u16(to, plane, channels, n);
        break;
    default:
        for (int c = 0; c < channels; c++)
            for (int x = 0; x < n; x++)
                value[x * channels + c] = plane[c][x];
    }
}

/* Through the cache, a piece at a time, and from there past it. */
static void pack_past(const pixels_op *op, char *to, const float **plane, int n, void *piece)
{
    int bytes = op->op.out.bytes, channels = op->planar ? 1 : op->channels;
    if (channels == 1 && op->sample == UP_SAMPLE_F32) {
        op->kernels->copy_past(to, plane[0], (size_t)n * bytes);
        return;
    }
    for (int x = 0; x < n; x += PIECE_COLUMNS) {
        int count = up_min(PIECE_COLUMNS, n - x);
        pack_samples(op, piece, plane, count);
        op->kernels->copy_past(to + (size_t)x * bytes, piece, (size_t)count * bytes);
        for (int c = 0; c < channels; c++)
            plane[c] += count;
    }
}

static void pack_row(const pixels_op *op, char *row, const float **plane, const up_target *to)
{
    char *out = row + (size_t)to->x0 * op->op.out.bytes;
    int n = to->x1 - to->x0;
    if (op->past)
        pack_past(op, out, plane, n, (char *)to->scratch + pointer_bytes(op->channels));
    else if (op->planar && op->sample == UP_SAMPLE_F32)
        memcpy(out, plane[0], n * sizeof(float));
    else
        pack_samples(op, out, plane, n);
}

/* Plane pointers at x0 of row i, into scratch. */
static const float **planes_at(const pixels_op *op, const void *const *row, int rows, int i,
                               const up_target *to)
{
    const float **plane = to->scratch;
    for (int c = 0; c < op->channels; c++)
        plane[c] = (const float *)row[c * rows + i] + to->x0;
    return plane;
}

static void run_unpack(const up_op *base, const up_window *in, const up_target *to)
{
    const pixels_op *op = (const pixels_op *)base;
    for (int i = 0; i < to->rows; i++) {
        int y = to->y + i - in->first;
        float *const *plane =
            (float *const *)planes_at(op, (const void *const *)to->row, to->rows, i, to);
        for (int c = 0; c < base->in[0].channels; c++)
            unpack_row(op, plane + c, in->row[c * in->count + y], to->x0, to->x1 - to->x0);
    }
}

static void run_pack(const up_op *base, const up_window *in, const up_target *to)
{
    const pixels_op *op = (const pixels_op *)base;
    for (int i = 0; i < to->rows; i++) {
        const float **plane = planes_at(op, in->row, in->count, to->y + i - in->first, to);
        for (int c = 0; c < base->out.channels; c++)
            pack_row(op, to->row[c * to->rows + i], plane + c, to);
    }
}

static up_status plan(up_op **result, const up_format *format, bool packs, bool past,
                      up_error *error)
{
    pixels_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    up_shape planes = up_float_shape(format->width, format->height, format->channels);
    up_shape raw = up_raw_shape(format);
    op->op = (up_op){
        .name = packs ? "pack" : "unpack",
        .in = { packs ? planes : raw },
        .out = packs ? raw : planes,
        .inputs = 1,
        .edge = { UP_EDGE_CLAMP },
        .pointwise = true,
        .step = 1,
        .scratch = pointer_bytes(format->channels) + (past ? (size_t)PIECE_COLUMNS * raw.bytes : 0),
        .span = up_span_same,
        .repeat = up_repeat_same,
        .columns = up_span_same,
        .run = packs ? run_pack : run_unpack,
    };
    op->sample = format->sample;
    op->planar = format->planar;
    op->past = past;
    op->channels = format->channels;
    op->kernels = up_kernels_get();
    *result = &op->op;
    return UP_OK;
}

up_status up_unpack_plan(up_op **op, const up_format *format, up_error *error)
{
    return plan(op, format, false, false, error);
}

up_status up_pack_plan(up_op **op, const up_format *format, bool past, up_error *error)
{
    return plan(op, format, true, past, error);
}
