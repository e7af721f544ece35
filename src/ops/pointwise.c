#include "ops/pointwise.h"

#include "base/memory.h"
#include "ops/planes.h"

#include <math.h>
#include <string.h>

typedef struct {
    up_op op;
    const up_point *point;
    float parameter[UP_POINT_PARAMETERS];
} point_op;

typedef struct {
    up_op op;
    int first; /* of a selection */
} channels_op;

static void affine(float *const *out, const float *const *in, int channels, const float *p, int n)
{
    for (int c = 0; c < channels; c++)
        for (int x = 0; x < n; x++)
            out[c][x] = in[c][x] * p[0] + p[1];
}

static void clip(float *const *out, const float *const *in, int channels, const float *p, int n)
{
    for (int c = 0; c < channels; c++)
        for (int x = 0; x < n; x++)
            out[c][x] = fminf(fmaxf(in[c][x], p[0]), p[1]);
}

static void premultiply(float *const *out, const float *const *in, int channels, const float *p,
                        int n)
{
    const float *alpha = in[channels - 1];
    for (int c = 0; c < channels - 1; c++)
        for (int x = 0; x < n; x++)
            out[c][x] = in[c][x] * alpha[x] / p[0];
    memcpy(out[channels - 1], alpha, n * sizeof *alpha);
}

static void unpremultiply(float *const *out, const float *const *in, int channels, const float *p,
                          int n)
{
    const float *alpha = in[channels - 1];
    for (int c = 0; c < channels - 1; c++)
        for (int x = 0; x < n; x++)
            out[c][x] = alpha[x] > 0 ? in[c][x] * p[0] / alpha[x] : 0;
    memcpy(out[channels - 1], alpha, n * sizeof *alpha);
}

/* IEC 61966-2-1. */
static float to_linear_value(float v)
{
    return v <= 0.04045f ? v / 12.92f : powf((v + 0.055f) / 1.055f, 2.4f);
}

static float from_linear_value(float v)
{
    return v <= 0.0031308f ? v * 12.92f : 1.055f * powf(v, 1 / 2.4f) - 0.055f;
}

static void map_colours(float *const *out, const float *const *in, int channels, const float *p,
                        int n, float (*map)(float))
{
    int colours = (int)p[1];
    for (int c = 0; c < colours; c++)
        for (int x = 0; x < n; x++)
            out[c][x] = map(in[c][x] / p[0]) * p[0];
    for (int c = colours; c < channels; c++)
        memcpy(out[c], in[c], n * sizeof **in);
}

static void to_linear(float *const *out, const float *const *in, int channels, const float *p,
                      int n)
{
    map_colours(out, in, channels, p, n, to_linear_value);
}

static void from_linear(float *const *out, const float *const *in, int channels, const float *p,
                        int n)
{
    map_colours(out, in, channels, p, n, from_linear_value);
}

static void over(float *const *out, const float *const *in, int channels, const float *p, int n)
{
    const float *alpha = in[channels - 1];
    for (int c = 0; c < channels - 1; c++)
        for (int x = 0; x < n; x++)
            out[c][x] = in[c][x] + p[1 + c] * (1 - alpha[x] / p[0]);
    for (int x = 0; x < n; x++)
        out[channels - 1][x] = p[0];
}

const up_point up_point_affine = { "affine", affine };
const up_point up_point_clip = { "clip", clip };
const up_point up_point_premultiply = { "premultiply", premultiply };
const up_point up_point_unpremultiply = { "unpremultiply", unpremultiply };
const up_point up_point_to_linear = { "to linear light", to_linear };
const up_point up_point_from_linear = { "from linear light", from_linear };
const up_point up_point_over = { "over background", over };

static void run_point(const up_op *base, const up_window *in, const up_target *to)
{
    const point_op *op = (const point_op *)base;
    int channels = base->out.channels;
    const float **from = to->scratch;
    float **out = (float **)(from + channels);
    for (int c = 0; c < channels; c++) {
        from[c] = (const float *)in->row[c * in->count + to->y - in->first] + to->x0;
        out[c] = (float *)to->row[c] + to->x0;
    }
    op->point->apply(out, from, channels, op->parameter, to->x1 - to->x0);
}

up_status up_point_plan(up_op **result, const up_shape *in, const up_point *point,
                        const float parameter[UP_POINT_PARAMETERS], up_error *error)
{
    point_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->op = (up_op){
        .name = point->name,
        .in = { *in },
        .out = *in,
        .inputs = 1,
        .edge = { UP_EDGE_CLAMP },
        .pointwise = true,
        .step = 1,
        .scratch = 2 * (size_t)in->channels * sizeof(float *),
        .span = up_span_same,
        .run = run_point,
    };
    op->point = point;
    memcpy(op->parameter, parameter, sizeof op->parameter);
    *result = &op->op;
    return UP_OK;
}

static void copy_row(const up_window *in, int channel, const up_target *to, int out_channel)
{
    const float *from = (const float *)in->row[channel * in->count + to->y - in->first];
    memcpy((float *)to->row[out_channel] + to->x0, from + to->x0,
           (size_t)(to->x1 - to->x0) * sizeof *from);
}

static void run_select(const up_op *base, const up_window *in, const up_target *to)
{
    for (int c = 0; c < base->out.channels; c++)
        copy_row(in, ((const channels_op *)base)->first + c, to, c);
}

static void run_concat(const up_op *base, const up_window *in, const up_target *to)
{
    for (int c = 0; c < base->out.channels; c++) {
        int second = c >= base->in[0].channels;
        copy_row(&in[second], second ? c - base->in[0].channels : c, to, c);
    }
}

up_status up_select_plan(up_op **result, const up_shape *in, int first, int count, up_error *error)
{
    channels_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->op = (up_op){
        .name = "select channels",
        .in = { *in },
        .out = up_float_shape(in->width, in->height, count),
        .inputs = 1,
        .edge = { UP_EDGE_CLAMP },
        .pointwise = true,
        .step = 1,
        .span = up_span_same,
        .run = run_select,
    };
    op->first = first;
    *result = &op->op;
    return UP_OK;
}

up_status up_concat_plan(up_op **result, const up_shape *a, const up_shape *b, up_error *error)
{
    channels_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->op = (up_op){
        .name = "join channels",
        .in = { *a, *b },
        .out = up_float_shape(a->width, a->height, a->channels + b->channels),
        .inputs = 2,
        .edge = { UP_EDGE_CLAMP, UP_EDGE_CLAMP },
        .pointwise = true,
        .step = 1,
        .span = up_span_same,
        .run = run_concat,
    };
    *result = &op->op;
    return UP_OK;
}
