/* SPDX-License-Identifier: MIT */
/* SPAN. Each of its 3x3 convolutions was trained as a path of 1x1, 3x3 and 1x1 and another of 1x1
 * (3XC), which together are one: W[o,i] = sum over m, n of C2[o,m] C1[m,n] C0[n,i], and SK in the
 * middle. A stored eval_conv should be that but may be stale. The source pads before the first 1x1,
 * so zeros around the collapsed one are exact. It takes (x - mean) * 255, unless the file has
 * `no_norm`; its result is used as it is. */

#include "network/families/family.h"

#include "network/parts/blocks.h"

#include "base/memory.h"
#include "network/tensor_values.h"

static bool is(const up_network_builder *b)
{
    return up_part_kernel(b, "conv_cat") && up_part_kernel(b, "upsampler.0") &&
           (up_part_kernel(b, "block_1.c1_r.eval_conv") || up_part_kernel(b, "block_1.c1_r.sk"));
}

/* ---------------------------------------------------------------- 3XC */

enum { SK, FIRST, MIDDLE, LAST, PARTS };

typedef struct {
    up_values weight[PARTS], bias[PARTS];
    size_t in, inner, outer, out; /* channels: in, behind the 1x1, behind the 3x3, out */
} path;

static up_status take_part(up_network_builder *b, const char *key, up_values *weight,
                           up_values *bias, size_t side)
{
    const up_tensor *w = up_network_tensor(b, key, "weight"),
                    *v = up_network_tensor(b, key, "bias");
    UP_TRY(up_block_check_kernel(b, side, key));
    if (v && (v->dims != 1 || v->shape[0] != w->shape[0]))
        return up_tensor_refuse(b->file, v, "a bias must hold one value for each output channel",
                                b->error);
    UP_TRY(up_network_take(b, w, weight));
    return v ? up_network_take(b, v, bias) : UP_OK;
}

static up_status take_path(up_network_builder *b, const char *key, path *p)
{
    static const char *const names[] = { "sk", "conv.0", "conv.1", "conv.2" };
    char part[UP_MOST_KEY];
    for (int i = 0; i < PARTS; i++) {
        up_part_name(part, "%s.%s", key, names[i]);
        UP_TRY(take_part(b, part, &p->weight[i], &p->bias[i], i == MIDDLE ? 3 : 1));
    }
    p->in = p->weight[SK].shape[1];
    p->out = p->weight[SK].shape[0];
    p->inner = p->weight[MIDDLE].shape[1];
    p->outer = p->weight[MIDDLE].shape[0];
    const size_t *first = p->weight[FIRST].shape, *last = p->weight[LAST].shape;
    if (first[0] == p->inner && first[1] == p->in && last[0] == p->out && last[1] == p->outer)
        return UP_OK;
    return up_network_fail(b, "the parts of %s do not go with each other", key);
}

static double bias_of(const up_values *bias, size_t i)
{
    return bias->value ? (double)bias->value[i] : 0;
}

/* sums[i][tap] of one channel behind the 3x3, and its bias, which the ring of the 1x1 is part of.
 */
static double collapse_middle(const path *p, size_t m, double *sums)
{
    double bias = bias_of(&p->bias[MIDDLE], m);
    for (size_t i = 0; i < p->in * 9; i++)
        sums[i] = 0;
    for (size_t n = 0; n < p->inner; n++) {
        const float *taps = p->weight[MIDDLE].value + (m * p->inner + n) * 9;
        for (size_t tap = 0; tap < 9; tap++)
            bias += (double)taps[tap] * bias_of(&p->bias[FIRST], n);
        for (size_t i = 0; i < p->in; i++) {
            const double factor = (double)p->weight[FIRST].value[n * p->in + i];
            for (size_t tap = 0; tap < 9; tap++)
                sums[i * 9 + tap] += factor * (double)taps[tap];
        }
    }
    return bias;
}

/* weight[out][in][tap] and bias[out] in double, then as float32. */
static void collapse(const path *p, double *all, double *sums, float *weight, float *bias)
{
    double *offset = all + p->out * p->in * 9;
    for (size_t o = 0; o < p->out; o++) {
        for (size_t i = 0; i < p->in * 9; i++)
            all[o * p->in * 9 + i] = 0;
        for (size_t i = 0; i < p->in; i++)
            all[(o * p->in + i) * 9 + 4] = (double)p->weight[SK].value[o * p->in + i];
        offset[o] = bias_of(&p->bias[SK], o) + bias_of(&p->bias[LAST], o);
    }
    for (size_t m = 0; m < p->outer; m++) {
        const double middle = collapse_middle(p, m, sums);
        for (size_t o = 0; o < p->out; o++) {
            const double factor = (double)p->weight[LAST].value[o * p->outer + m];
            offset[o] += factor * middle;
            for (size_t i = 0; i < p->in * 9; i++)
                all[o * p->in * 9 + i] += factor * sums[i];
        }
    }
    for (size_t i = 0; i < p->out * p->in * 9; i++)
        weight[i] = (float)all[i];
    for (size_t o = 0; o < p->out; o++)
        bias[o] = (float)offset[o];
}

static up_status collapse_into(up_network_builder *b, const path *p, up_node_spec *spec)
{
    const size_t shape[] = { p->out, p->in, 3, 3 };
    float *weight, *bias;
    UP_TRY(up_network_new_values(b, 4, shape, &spec->weight, &weight));
    UP_TRY(up_network_new_values(b, 1, shape, &spec->bias, &bias));
    const size_t count = spec->weight.count + p->out + p->in * 9;
    double *all = up_alloc(count, sizeof *all);
    if (!all)
        return up_fail_memory(b->error, "weights", count * sizeof *all);
    collapse(p, all, all + spec->weight.count + p->out, weight, bias);
    up_free(all);
    return UP_OK;
}

static void ignore_stale(up_network_builder *b, const char *key)
{
    static const char *const suffixes[] = { "weight", "bias" };
    for (int i = 0; i < 2; i++) {
        const up_tensor *stale = up_part_tensor(b, suffixes[i], "%s.eval_conv", key);
        if (stale)
            up_network_ignore(b, stale);
    }
}

/* A file may hold nothing but the collapsed one. */
static up_status add_conv(up_network_builder *b, int *x, const char *key)
{
    static const up_convolution conv = { .groups = 1, .padding = { 1, 1, 1, 1 } };
    up_node_spec spec = { .fields = &conv, .input = (int[]){ *x }, .inputs = 1, .name = key };
    path p = { .in = 0 };
    if (!up_part_weight(b, "%s.sk", key))
        return up_block_conv(b, x, 3, "%s.eval_conv", key);
    UP_TRY(take_path(b, key, &p));
    UP_TRY(collapse_into(b, &p, &spec));
    ignore_stale(b, key);
    return up_network_add(b, &up_layer_conv2d, &spec, x);
}

/* ---------------------------------------------------------------- all */

/* (y + x) * (sigmoid(y) - 1/2) of its three convolutions y; `inner` is behind the first SiLU. */
static up_status add_block(up_network_builder *b, int *x, int *inner, int number)
{
    char key[UP_MOST_KEY];
    const int before = *x;
    for (int c = 1; c <= 3; c++) {
        up_part_name(key, "block_%d.c%d_r", number, c);
        UP_TRY(add_conv(b, x, key));
        if (c < 3)
            UP_TRY(up_part_layer(b, x, &up_layer_silu, NULL));
        if (c == 1)
            *inner = *x;
    }
    int gate = *x;
    UP_TRY(up_part_layer(b, &gate, &up_layer_sigmoid, NULL));
    UP_TRY(up_part_shift(b, &gate, -0.5f));
    UP_TRY(up_part_add(b, x, before));
    return up_part_join(b, x, &up_layer_mul, gate);
}

static up_status start(up_network_builder *b, int *x)
{
    const up_tensor *no_norm = up_network_tensor(b, "", "no_norm");
    UP_TRY(up_part_start(b, up_part_weight(b, "conv_1.sk") ? "conv_1.sk" : "conv_1.eval_conv"));
    if (!no_norm)
        return up_block_take_mean(b, x);
    up_network_ignore(b, no_norm);
    return UP_OK;
}

static up_status read(up_network_builder *b)
{
    int x = UP_NETWORK_INPUT, inner = UP_NETWORK_INPUT, made[4], blocks = 0;
    UP_TRY(start(b, &x));
    UP_TRY(add_conv(b, &x, "conv_1"));
    made[0] = made[2] = x;
    while (up_part_weight(b, "block_%d.c1_r.sk", blocks + 1) ||
           up_part_weight(b, "block_%d.c1_r.eval_conv", blocks + 1)) {
        UP_TRY(add_block(b, &x, &inner, ++blocks));
        made[2] = blocks == 1 ? x : made[2];
    }
    UP_TRY(add_conv(b, &x, "conv_2"));
    made[1] = x;
    made[3] = inner;
    UP_TRY(up_part_concat(b, &x, made, 4));
    UP_TRY(up_block_conv(b, &x, 1, "conv_cat"));
    UP_TRY(up_block_conv(b, &x, 3, "upsampler.0"));
    return up_part_shuffle_to_input(b, &x);
}

const up_network_family up_family_span = { "SPAN", is, read, false };
