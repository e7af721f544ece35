/* Two convolutions, kernel x kernel and 1x1, as one: the product of two matrices, and its
 * gradients. */
#include "base/memory.h"
#include "train/model.h"
#include "train/random.h"

#include <math.h>
#include <string.h>

typedef struct {
    int out, middle;
    size_t taps;
    size_t centre; /* where the shortcut of output 0 is; that of output c is c * step further */
    size_t step;
} block;

static block block_of(const up_model_layer *layer)
{
    size_t area = (size_t)layer->kernel * layer->kernel;
    return (block){ layer->out, layer->middle, layer->in * area, area / 2,
                    layer->in * area + area };
}

static void add_scaled(float *restrict to, const float *restrict from, float factor, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] += factor * from[i];
}

static float dot(const float *a, const float *b, size_t count)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

void up_model_collapse(const up_model *model, int i, const float *learned, float *plain)
{
    const up_model_layer *layer = &model->layer[i];
    const float *from = learned + layer->learned;
    float *to = plain + layer->plain;
    if (layer->op != UP_MODEL_CONV || layer->middle == 0) {
        size_t end = i + 1 < model->layers ? model->layer[i + 1].plain : model->plain;
        memcpy(to, from, (end - layer->plain) * sizeof *to);
        return;
    }
    block b = block_of(layer);
    const float *back = from + b.middle * b.taps, *bias = back + (size_t)b.out * b.middle;
    memset(to, 0, b.out * b.taps * sizeof *to);
    for (int o = 0; o < b.out; o++)
        for (int m = 0; m < b.middle; m++)
            add_scaled(to + o * b.taps, from + m * b.taps, back[(size_t)o * b.middle + m], b.taps);
    for (int o = 0; layer->shortcut && o < b.out; o++)
        to[b.centre + o * b.step] += 1;
    memcpy(to + b.out * b.taps, bias, b.out * sizeof *to);
}

void up_model_collapse_all(const up_model *model, const float *learned, float *plain)
{
    for (int i = 0; i < model->layers; i++)
        up_model_collapse(model, i, learned, plain);
}

/* The phases of the last layer are pixels of one channel, with one bias. */
static void tie_bias(const up_model_layer *layer, float *bias)
{
    float mean = 0;
    for (int o = 0; o < layer->out; o++)
        mean += bias[o] / (float)layer->out;
    for (int o = 0; o < layer->out; o++)
        bias[o] = mean;
}

void up_model_collapse_gradient(const up_model *model, int i, const float *learned,
                                const float *plain_gradient, float *learned_gradient)
{
    const up_model_layer *layer = &model->layer[i];
    const float *from = plain_gradient + layer->plain;
    float *to = learned_gradient + layer->learned;
    if (layer->op != UP_MODEL_CONV || layer->middle == 0) {
        size_t end = i + 1 < model->layers ? model->layer[i + 1].plain : model->plain;
        memcpy(to, from, (end - layer->plain) * sizeof *to);
        if (i == model->layers - 1)
            tie_bias(layer, to + up_model_weights(layer));
        return;
    }
    block b = block_of(layer);
    const float *wide = learned + layer->learned, *back = wide + b.middle * b.taps;
    float *to_back = to + b.middle * b.taps;
    memset(to, 0, b.middle * b.taps * sizeof *to);
    for (int m = 0; m < b.middle; m++)
        for (int o = 0; o < b.out; o++) {
            size_t at = (size_t)o * b.middle + m;
            add_scaled(to + m * b.taps, from + o * b.taps, back[at], b.taps);
            to_back[at] = dot(from + o * b.taps, wide + m * b.taps, b.taps);
        }
    memcpy(to_back + (size_t)b.out * b.middle, from + b.out * b.taps, b.out * sizeof *to);
    if (i == model->layers - 1)
        tie_bias(layer, to_back + (size_t)b.out * b.middle);
}

/* Rows of `back` made orthonormal, so that its transpose undoes it. */
static void orthonormalise(float *back, int rows, int columns)
{
    for (int r = 0; r < rows; r++) {
        float *row = back + (size_t)r * columns;
        for (int pass = 0; pass < 2; pass++)
            for (int s = 0; s < r; s++) {
                const float *other = back + (size_t)s * columns;
                add_scaled(row, other, -dot(row, other, columns), columns);
            }
        float length = sqrtf(dot(row, row, columns));
        for (int c = 0; c < columns; c++)
            row[c] /= length;
    }
}

/* wide = random + back^T (wanted - back random): what back does to it is `wanted`. */
static up_status unfold(const up_model_layer *layer, const float *plain, float *to,
                        up_random *random, up_error *error)
{
    block b = block_of(layer);
    float *back = to + b.middle * b.taps, *rest = up_alloc(b.out, b.taps * sizeof *rest);
    if (!rest)
        return up_fail_memory(error, "a layer", b.out * b.taps * sizeof *rest);
    for (size_t i = 0; i < b.middle * (b.taps + b.out); i++)
        to[i] = (float)(up_random_normal(random) * sqrt(1.0 / b.taps));
    orthonormalise(back, b.out, b.middle);
    memcpy(rest, plain, b.out * b.taps * sizeof *rest);
    for (int o = 0; o < b.out; o++) {
        if (layer->shortcut)
            rest[b.centre + o * b.step] -= 1;
        for (int m = 0; m < b.middle; m++)
            add_scaled(rest + o * b.taps, to + m * b.taps, -back[(size_t)o * b.middle + m], b.taps);
    }
    for (int m = 0; m < b.middle; m++)
        for (int o = 0; o < b.out; o++)
            add_scaled(to + m * b.taps, rest + o * b.taps, back[(size_t)o * b.middle + m], b.taps);
    memcpy(back + (size_t)b.out * b.middle, plain + b.out * b.taps, b.out * sizeof *to);
    up_free(rest);
    return UP_OK;
}

up_status up_model_unfold(const up_model *model, const float *plain, float *learned, uint64_t seed,
                          up_error *error)
{
    for (int i = 0; i < model->layers; i++) {
        const up_model_layer *layer = &model->layer[i];
        up_random random = up_random_make(seed, i, 1);
        if (layer->op == UP_MODEL_CONV && layer->middle > 0) {
            UP_TRY(unfold(layer, plain + layer->plain, learned + layer->learned, &random, error));
            continue;
        }
        size_t end = i + 1 < model->layers ? model->layer[i + 1].plain : model->plain;
        memcpy(learned + layer->learned, plain + layer->plain,
               (end - layer->plain) * sizeof *learned);
    }
    return UP_OK;
}
