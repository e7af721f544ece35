/* SPDX-License-Identifier: MIT */
/* Ops that put every input element somewhere as it is: each is a transposed convolution too. */

#include "explain/explanation.h"

#include "base/memory.h"
#include "explain/explain_engine.h"
#include "explain/links.h"
#include "explain/ops/layer_terms.h"
#include "explain/ways.h"
#include "ops/arrange/shuffle.h"

/* All that tells these ops from each other. `kernel` are the weights of the same layer in groups,
 * as large as the scale; planes [in][out / groups]. */
typedef struct {
    const char *engine; /* what the engine's way is called in words */
    const char *layer;  /* the same of the transposed convolution */
} moving;

/* Zeros of the kernel are no links here: nothing is added there. */
static up_status link_all(up_explanation *e, const up_small *kernel, up_error *error)
{
    const int outs = e->out_channels / e->groups, ins = e->in_channels / e->groups;
    const int plane = e->x.height * e->x.width, cell = kernel->height * kernel->width;
    for (int in = 0; in < (int)up_small_count(&e->x); in++)
        for (int n = 0; n < outs * cell; n++) {
            const int channel = in / plane, o = channel / ins * outs + n / cell;
            const int y = in % plane / e->x.width * e->stride[0] + n % cell / kernel->width;
            const int x = in % e->x.width * e->stride[1] + n % kernel->width;
            const up_link link = { in, (o * e->full[0] + y) * e->full[1] + x, -1, 1 };
            if (kernel->value[channel * outs * cell + n] != 0)
                UP_TRY(up_links_add(e, link, error));
        }
    return UP_OK;
}

static up_status add_layer_way(up_explanation *e, const up_small *kernel, const char *title,
                               up_error *error)
{
    float *weight;
    up_small y;
    UP_TRY(up_explain_floats(&weight, kernel, error));
    up_conv conv = up_terms_layer(e, true, weight);
    conv.kernel[0] = kernel->height;
    conv.kernel[1] = kernel->width;
    up_status status = up_explain_run(&y, &e->x, up_explain_plan_conv, &conv, error);
    up_free(weight);
    if (status == UP_OK)
        up_ways_add(e, "tconv", title, &y);
    return status;
}

/* `y` is what the engine made, and taken over. */
static up_status explain(up_explanation *e, const up_small *kernel, const moving *m, up_small *y,
                         up_error *error)
{
    e->y.value = y->value;
    e->scatter = true;
    UP_TRY(link_all(e, kernel, error));
    UP_TRY(up_ways_add_sum(e, "scatter", "each input element put at its places", error));
    UP_TRY(add_layer_way(e, kernel, m->layer, error));
    UP_TRY(up_ways_add_matrix(e, error));
    UP_TRY(up_ways_add_engine(e, m->engine, &e->y, error));
    UP_TRY(up_links_overlap(e, error));
    up_links_judge(e);
    return UP_OK;
}

/* For each channel by itself a kernel as large as the scale, of ones or with one at the top left.
 */
static up_status explain_cells(up_explanation *e, const up_explain_options *o, bool filled,
                               const moving *m, up_error *error)
{
    up_small kernel, y;
    UP_TRY(up_terms_scale(e, o, error));
    UP_TRY(up_terms_enlarged(e, e->x.channels, error));
    UP_TRY(up_small_make(&kernel, e->x.channels, e->stride[0], e->stride[1], error));
    const int cell = e->stride[0] * e->stride[1];
    for (int i = 0; i < (int)up_small_count(&kernel); i++)
        kernel.value[i] = filled || i % cell == 0;
    if (!filled)
        e->kernel[0] = e->kernel[1] = 1;
    const up_options how = { .method = e->op->name,
                             .scale = { e->stride[0], e->stride[1] },
                             .threads = 1 };
    up_status status = up_explain_upscale(&y, &e->x, &how, error);
    if (status == UP_OK)
        status = explain(e, &kernel, m, &y, error);
    up_small_free(&kernel);
    return status;
}

up_status up_explain_nearest(up_explanation *e, const up_explain_options *o, up_error *error)
{
    static const moving how = { "upscale -m nearest",
                                "a transposed convolution with a kernel of ones" };
    return explain_cells(e, o, true, &how, error);
}

up_status up_explain_nails(up_explanation *e, const up_explain_options *o, up_error *error)
{
    static const moving how = {
        "upscale -m bed-of-nails",
        "a transposed convolution with a kernel that has 1 at the top left"
    };
    return explain_cells(e, o, false, &how, error);
}

static up_status plan_shuffle(up_op **op, const up_shape *in, const void *what, up_error *error)
{
    return up_shuffle_plan(op, in, *(const int *)what, UP_CELLS_INSIDE, error);
}

/* Input channel c * r * r + i * r + j has one 1 in its kernel: at i, j of output channel c. */
static up_status shuffling_kernel(up_small *kernel, const up_explanation *e, up_error *error)
{
    const int r = e->stride[0], outs = e->out_channels;
    UP_TRY(up_small_make(kernel, e->in_channels * outs, r, r, error));
    for (int c = 0; c < e->in_channels; c++)
        kernel->value[(c * outs + c / (r * r)) * r * r + c % (r * r)] = 1;
    return UP_OK;
}

up_status up_explain_shuffle(up_explanation *e, const up_explain_options *o, up_error *error)
{
    static const moving how = { "upscale's pixel shuffle",
                                "a transposed convolution with one 1 in each kernel" };
    up_small kernel, y;
    UP_TRY(up_terms_scale(e, o, error));
    const int r = e->stride[0];
    if (e->stride[1] != r || e->x.channels % (r * r))
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "pixel-shuffle --scale %d needs channels that are a multiple of %d, not %d; "
                       "'|' separates them, such as '1|2|3|4'",
                       r, r * r, e->x.channels);
    e->groups = 1;
    UP_TRY(up_terms_enlarged(e, e->x.channels / r / r, error));
    UP_TRY(shuffling_kernel(&kernel, e, error));
    up_status status = up_explain_run(&y, &e->x, plan_shuffle, &r, error);
    if (status == UP_OK)
        status = explain(e, &kernel, &how, &y, error);
    up_small_free(&kernel);
    return status;
}
