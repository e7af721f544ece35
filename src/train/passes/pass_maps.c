/* SPDX-License-Identifier: MIT */
/* Functions of one number. What lies between the rows is not a result: it stays 0. */

#include "train/passes/passes.h"

#include <math.h>

enum { CHUNK = 64 }; /* columns at a time; a multiple of what kernels write on to */

/* n columns: `out` is the result of `in`, and what `gradient` is multiplied by its derivative. */
typedef struct {
    const up_pass *pass;
    int channel;
    const float *in;
    float *out, *gradient;
    int n;
} stretch;

static void each_stretch(const up_pass *pass, void (*run)(const stretch *s))
{
    const up_patch_shape *patch = &pass->work->patch;
    for (int c = 0; c < pass->node->channels; c++)
        for (int y = 0; y < patch->height; y++)
            for (int x = 0; x < patch->width; x += CHUNK) {
                const size_t at = c * patch->size + (size_t)y * patch->stride + x;
                run(&(stretch){
                    .pass = pass,
                    .channel = c,
                    .in = pass->in[0] + at,
                    .out = pass->out + at,
                    .gradient = pass->out_gradient ? pass->out_gradient + at : NULL,
                    .n = patch->width - x < CHUNK ? patch->width - x : CHUNK,
                });
            }
}

static void map(const stretch *s, up_map function, float *to, const float *from)
{
    s->pass->work->kernels->map[function](to, from, 0, s->n);
}

/* The passes of a function whose two stretches are run_NAME() and back_NAME(). */
#define MAP_PASS(name)                                                                             \
    static void forward_##name(const up_pass *pass)                                                \
    {                                                                                              \
        each_stretch(pass, run_##name);                                                            \
    }                                                                                              \
    static void backward_##name(const up_pass *pass)                                               \
    {                                                                                              \
        each_stretch(pass, back_##name);                                                           \
    }

/* ---------------------------------------------------------------- made of exponentials */

static void run_sigmoid(const stretch *s)
{
    map(s, UP_MAP_SIGMOID, s->out, s->in);
}

static void back_sigmoid(const stretch *s)
{
    for (int i = 0; i < s->n; i++)
        s->gradient[i] *= s->out[i] * (1 - s->out[i]);
}

MAP_PASS(sigmoid)

const up_pass_kind up_pass_sigmoid = { .kind = &up_layer_sigmoid,
                                       .forward = forward_sigmoid,
                                       .backward = backward_sigmoid };

static void run_tanh(const stretch *s)
{
    map(s, UP_MAP_TANH, s->out, s->in);
}

static void back_tanh(const stretch *s)
{
    for (int i = 0; i < s->n; i++)
        s->gradient[i] *= 1 - s->out[i] * s->out[i];
}

MAP_PASS(tanh)

const up_pass_kind up_pass_tanh = { .kind = &up_layer_tanh,
                                    .forward = forward_tanh,
                                    .backward = backward_tanh };

static void run_silu(const stretch *s)
{
    map(s, UP_MAP_SILU, s->out, s->in);
}

static void back_silu(const stretch *s)
{
    _Alignas(64) float sigmoid[CHUNK];
    map(s, UP_MAP_SIGMOID, sigmoid, s->in);
    for (int i = 0; i < s->n; i++)
        s->gradient[i] *= sigmoid[i] + s->out[i] * (1 - sigmoid[i]);
}

MAP_PASS(silu)

const up_pass_kind up_pass_silu = { .kind = &up_layer_silu,
                                    .forward = forward_silu,
                                    .backward = backward_silu };

static const char *refuse_gelu(const up_network_node *node)
{
    return ((const up_gelu *)node->fields)->tanh ? "its approximation by tanh has no way back"
                                                 : NULL;
}

static void run_gelu(const stretch *s)
{
    map(s, UP_MAP_GELU, s->out, s->in);
}

/* (1 + erf(v / sqrt 2)) / 2 + v exp(-v^2 / 2) / sqrt(2 pi) */
static void back_gelu(const stretch *s)
{
    _Alignas(64) float share[CHUNK], density[CHUNK];
    for (int i = 0; i < s->n; i++) {
        share[i] = s->in[i] * 0.70710678f;
        density[i] = s->in[i] * s->in[i] * -0.5f;
    }
    map(s, UP_MAP_ERF, share, share);
    map(s, UP_MAP_EXP, density, density);
    for (int i = 0; i < s->n; i++)
        s->gradient[i] *= 0.5f * (1 + share[i]) + s->in[i] * density[i] * 0.39894228f;
}

MAP_PASS(gelu)

const up_pass_kind up_pass_gelu = { .kind = &up_layer_gelu,
                                    .refuse = refuse_gelu,
                                    .forward = forward_gelu,
                                    .backward = backward_gelu };

/* ---------------------------------------------------------------- made of straight lines */

static float hard_part(const up_hard_sigmoid *hard, float v)
{
    return fminf(fmaxf(hard->alpha * v + hard->beta, 0), 1);
}

static bool is_inside(float part)
{
    return part > 0 && part < 1;
}

static void run_hard_sigmoid(const stretch *s)
{
    for (int i = 0; i < s->n; i++)
        s->out[i] = hard_part(s->pass->node->fields, s->in[i]);
}

static void back_hard_sigmoid(const stretch *s)
{
    const up_hard_sigmoid *hard = s->pass->node->fields;
    for (int i = 0; i < s->n; i++)
        s->gradient[i] *= is_inside(s->out[i]) ? hard->alpha : 0;
}

MAP_PASS(hard_sigmoid)

const up_pass_kind up_pass_hard_sigmoid = { .kind = &up_layer_hard_sigmoid,
                                            .forward = forward_hard_sigmoid,
                                            .backward = backward_hard_sigmoid };

static void run_hard_swish(const stretch *s)
{
    for (int i = 0; i < s->n; i++)
        s->out[i] = s->in[i] * hard_part(s->pass->node->fields, s->in[i]);
}

static void back_hard_swish(const stretch *s)
{
    const up_hard_sigmoid *hard = s->pass->node->fields;
    for (int i = 0; i < s->n; i++) {
        const float part = hard_part(hard, s->in[i]);
        s->gradient[i] *= part + (is_inside(part) ? s->in[i] * hard->alpha : 0);
    }
}

MAP_PASS(hard_swish)

const up_pass_kind up_pass_hard_swish = { .kind = &up_layer_hard_swish,
                                          .forward = forward_hard_swish,
                                          .backward = backward_hard_swish };

/* Factors and offsets are constants of the design. */
static void run_affine(const stretch *s)
{
    const float factor = s->pass->node->weight.value[s->channel];
    const float offset = s->pass->node->bias.value[s->channel];
    for (int i = 0; i < s->n; i++)
        s->out[i] = factor * s->in[i] + offset;
}

static void back_affine(const stretch *s)
{
    const float factor = s->pass->node->weight.value[s->channel];
    for (int i = 0; i < s->n; i++)
        s->gradient[i] *= factor;
}

MAP_PASS(affine)

const up_pass_kind up_pass_affine = { .kind = &up_layer_affine,
                                      .forward = forward_affine,
                                      .backward = backward_affine };

static void run_clip(const stretch *s)
{
    const up_clip *clip = s->pass->node->fields;
    for (int i = 0; i < s->n; i++)
        s->out[i] = fminf(fmaxf(s->in[i], clip->low), clip->high);
}

static void back_clip(const stretch *s)
{
    const up_clip *clip = s->pass->node->fields;
    for (int i = 0; i < s->n; i++)
        s->gradient[i] *= s->in[i] > clip->low && s->in[i] < clip->high ? 1 : 0;
}

MAP_PASS(clip)

const up_pass_kind up_pass_clip = { .kind = &up_layer_clip,
                                    .forward = forward_clip,
                                    .backward = backward_clip };
