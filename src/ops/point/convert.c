/* SPDX-License-Identifier: MIT */
#include "ops/point/convert.h"

#include "base/memory.h"
#include "ops/arrange/planes.h"

#include <string.h>

enum { PIECE = 64, MOST_COLOURS = 4 }; /* pixels that are converted together */

typedef struct {
    up_op op;
    up_conversion *conversion;
    int from, to; /* colours */
    float white;
    bool clip;
} convert_op;

static void gather(const convert_op *op, float *pixels, const up_window *in, int y, int x, int n)
{
    for (int c = 0; c < op->from; c++) {
        const float *row = (const float *)in->row[c * in->count + y - in->first] + x;
        for (int i = 0; i < n; i++)
            pixels[i * op->from + c] = row[i] / op->white;
    }
}

static float held(float value, float white)
{
    return value > 0 ? value < white ? value : white : 0; /* NaN is 0 */
}

static void scatter(const convert_op *op, const float *pixels, const up_target *to, int x, int n)
{
    for (int c = 0; c < op->to; c++) {
        float *row = (float *)to->row[c] + x;
        for (int i = 0; i < n; i++) {
            const float value = pixels[i * op->to + c] * op->white;
            row[i] = op->clip ? held(value, op->white) : value;
        }
    }
}

static void run(const up_op *base, const up_window *in, const up_target *to)
{
    const convert_op *op = (const convert_op *)base;
    float from[PIECE * MOST_COLOURS], made[PIECE * MOST_COLOURS];
    for (int x = to->x0; x < to->x1; x += PIECE) {
        const int n = up_min(PIECE, to->x1 - x);
        gather(op, from, in, to->y, x, n);
        up_conversion_apply(op->conversion, made, from, n);
        scatter(op, made, to, x, n);
    }
    for (int c = op->from; c < base->in[0].channels; c++) {
        const float *alpha = in->row[c * in->count + to->y - in->first];
        float *out = to->row[op->to + c - op->from];
        memcpy(out + to->x0, alpha + to->x0, (size_t)(to->x1 - to->x0) * sizeof *out);
    }
}

static void free_convert(up_op *base)
{
    up_conversion_free(&((convert_op *)base)->conversion);
    up_free(base);
}

up_status up_convert_plan(up_op **result, const up_shape *in, up_conversion **conversion,
                          int colours, float white, bool clip, up_error *error)
{
    convert_op *op = up_alloc_zero(1, sizeof *op);
    if (!op) {
        up_conversion_free(conversion);
        return up_fail_memory(error, "an op", sizeof *op);
    }
    op->conversion = *conversion;
    op->from = colours;
    op->to = up_conversion_channels(*conversion);
    op->white = white;
    op->clip = clip;
    *conversion = NULL;
    op->op = (up_op){
        .name = "to sRGB",
        .in = { *in },
        .out = up_float_shape(in->width, in->height, in->channels - colours + op->to),
        .inputs = 1,
        .edge = { UP_EDGE_CLAMP },
        .pointwise = true,
        .step = 1,
        .bytes = up_conversion_bytes(op->conversion),
        .span = up_span_same,
        .repeat = up_repeat_same,
        .columns = up_span_same,
        .run = run,
        .free = free_convert,
    };
    *result = &op->op;
    return UP_OK;
}
