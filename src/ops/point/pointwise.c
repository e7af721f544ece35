/* SPDX-License-Identifier: MIT */
#include "ops/point/pointwise.h"

#include "base/memory.h"
#include "ops/arrange/planes.h"

#include <math.h>
#include <string.h>

typedef struct {
    up_op op;
    const up_point *point;
    float parameter[];
} point_op;

static void affine(float *const *out, const float *const *in, int channels, const float *p, int n)
{
    for (int c = 0; c < channels; c++)
        for (int x = 0; x < n; x++)
            out[c][x] = in[c][x] * p[0] + p[1];
}

static void fill(float *const *out, const float *const *in, int channels, const float *p, int n)
{
    (void)in;
    for (int c = 0; c < channels; c++)
        for (int x = 0; x < n; x++)
            out[c][x] = p[0];
}

static void clip_row(float *out, const float *in, float low, float high, int n)
{
    for (int x = 0; x < n; x++)
        out[x] = in[x] < low ? low : in[x] > high ? high : in[x];
}

static void clip(float *const *out, const float *const *in, int channels, const float *p, int n)
{
    for (int c = 0; c < channels; c++)
        clip_row(out[c], in[c], p[0], p[1], n);
}

static void clip_channels(float *const *out, const float *const *in, int channels, const float *p,
                          int n)
{
    for (int c = 0; c < channels; c++)
        clip_row(out[c], in[c], p[c], p[channels + c], n);
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

static void hide(float *const *out, const float *const *in, int channels, const float *p, int n)
{
    const float *alpha = in[channels - 1];
    for (int c = 0; c < channels - 1; c++)
        for (int x = 0; x < n; x++)
            out[c][x] = alpha[x] > p[0] ? in[c][x] : 0;
    memcpy(out[channels - 1], alpha, n * sizeof *alpha);
}

static void bleed(float *const *out, const float *const *in, int channels, const float *p, int n)
{
    const float *alpha = in[channels - 1], *around = in[2 * channels - 1];
    for (int c = 0; c < channels - 1; c++)
        for (int x = 0; x < n; x++) {
            float blurred = around[x] > 0 ? in[channels + c][x] * p[0] / around[x] : in[c][x];
            float own = alpha[x] < p[1] ? alpha[x] / p[1] : 1;
            out[c][x] = own * in[c][x] + (1 - own) * blurred;
        }
    memcpy(out[channels - 1], alpha, n * sizeof *alpha);
}

static void settle(float *const *out, const float *const *in, int channels, const float *p, int n)
{
    for (int c = 0; c < channels; c++) {
        const float *rest = in[channels + c];
        for (int x = 0; x < n; x++) {
            float difference = in[c][x] - rest[x], size = fabsf(difference) / p[0];
            float share = size < 1 ? 0 : size < 2 ? size - 1 : 1;
            out[c][x] = rest[x] + share * difference;
        }
    }
}

static void outside(float *const *out, const float *const *in, int channels, const float *p, int n)
{
    for (int c = 0; c < channels; c++) {
        const float *middle = in[channels + c];
        for (int x = 0; x < n; x++) {
            float difference = in[c][x] - middle[x];
            float inside = difference > p[0] ? p[0] : difference < -p[0] ? -p[0] : difference;
            out[c][x] = p[1] * (difference - inside);
        }
    }
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

static void round_clamped(float *const *out, const float *const *in, int channels, const float *p,
                          int n)
{
    for (int c = 0; c < channels; c++)
        for (int x = 0; x < n; x++)
            out[c][x] = fminf(fmaxf(floorf(in[c][x] + 0.5f), 0), p[0]);
}

/* One factor and offset for each channel: factors, then offsets. */
static void affine_channels(float *const *out, const float *const *in, int channels, const float *p,
                            int n)
{
    for (int c = 0; c < channels; c++)
        for (int x = 0; x < n; x++)
            out[c][x] = in[c][x] * p[c] + p[channels + c];
}

/* Rows of `channels` factors and an offset. */
static void matrix(float *const *out, const float *const *in, int channels, const float *p, int n)
{
    for (int c = 0; c < channels; c++, p += channels + 1) {
        for (int x = 0; x < n; x++)
            out[c][x] = p[channels];
        for (int k = 0; k < channels; k++)
            for (int x = 0; x < n; x++)
                out[c][x] += p[k] * in[k][x];
    }
}

const up_point up_point_affine = { "affine", 1, affine };
const up_point up_point_affine_channels = { "affine", 1, affine_channels };
const up_point up_point_fill = { "fill", 1, fill };
const up_point up_point_clip = { "clip", 1, clip };
const up_point up_point_clip_channels = { "clip", 1, clip_channels };
const up_point up_point_round = { "round", 1, round_clamped };
const up_point up_point_matrix = { "matrix", 1, matrix };
const up_point up_point_premultiply = { "premultiply", 1, premultiply };
const up_point up_point_unpremultiply = { "unpremultiply", 1, unpremultiply };
const up_point up_point_hide = { "hide", 1, hide };
const up_point up_point_outside = { "outside", 2, outside };
const up_point up_point_settle = { "settle", 2, settle };
const up_point up_point_bleed = { "bleed", 2, bleed };
const up_point up_point_over = { "over background", 1, over };

static void run_point(const up_op *base, const up_window *in, const up_target *to)
{
    const point_op *op = (const point_op *)base;
    int channels = base->out.channels;
    const float **from = to->scratch;
    float **out = (float **)(from + base->inputs * channels);
    for (int i = 0; i < base->inputs; i++)
        for (int c = 0; c < channels; c++) {
            int channel = base->in[i].channels == 1 ? 0 : c;
            from[i * channels + c] =
                (const float *)in[i].row[channel * in[i].count + to->y - in[i].first] + to->x0;
        }
    for (int c = 0; c < channels; c++)
        out[c] = (float *)to->row[c] + to->x0;
    op->point->apply(out, from, channels, op->parameter, to->x1 - to->x0);
}

up_status up_point_pair_plan(up_op **result, const up_shape *a, const up_shape *b,
                             const up_point *point, const float *parameter, int parameters,
                             up_error *error)
{
    bool broadcast = a->channels == 1 || b->channels == 1;
    if (a->width != b->width || a->height != b->height ||
        (a->channels != b->channels && !broadcast))
        return up_fail(error, UP_ERROR_ARGUMENT, "%s: %dx%d of %d channels and %dx%d of %d",
                       point->name, a->width, a->height, a->channels, b->width, b->height,
                       b->channels);
    size_t bytes = sizeof(point_op) + (size_t)parameters * sizeof *parameter;
    point_op *op = up_alloc_zero(1, bytes);
    if (!op)
        return up_fail_memory(error, "an op", bytes);
    const int channels = up_max(a->channels, b->channels);
    op->op = (up_op){
        .name = point->name,
        .in = { *a, *b },
        .out = up_float_shape(a->width, a->height, channels),
        .inputs = point->inputs,
        .edge = { UP_EDGE_CLAMP, UP_EDGE_CLAMP },
        .pointwise = true,
        .step = 1,
        .scratch = ((size_t)point->inputs + 1) * channels * sizeof(float *),
        .span = up_span_same,
        .repeat = up_repeat_same,
        .columns = up_span_same,
        .run = run_point,
    };
    op->point = point;
    for (int i = 0; i < parameters; i++)
        op->parameter[i] = parameter[i];
    *result = &op->op;
    return UP_OK;
}

up_status up_point_plan(up_op **result, const up_shape *in, const up_point *point,
                        const float *parameter, int parameters, up_error *error)
{
    return up_point_pair_plan(result, in, in, point, parameter, parameters, error);
}
