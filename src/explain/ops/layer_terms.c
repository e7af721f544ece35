/* SPDX-License-Identifier: MIT */
#include "explain/ops/layer_terms.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LARGEST 1e12 /* products and sums of such stay far from the ends of float32 */

static up_status check_values(const up_small *t, const char *flag, up_error *error)
{
    for (size_t i = 0; i < up_small_count(t); i++)
        if (!(fabs(t->value[i]) <= LARGEST))
            return up_fail(error, UP_ERROR_UNSUPPORTED,
                           "%s: %g cannot be explained; give finite numbers up to %g", flag,
                           t->value[i], LARGEST);
    return UP_OK;
}

static up_status check_side(const up_small *t, const char *flag, up_error *error)
{
    if (t->height <= UP_EXPLAIN_SIDE && t->width <= UP_EXPLAIN_SIDE)
        return UP_OK;
    return up_fail(error, UP_ERROR_UNSUPPORTED,
                   "%s: %d rows and %d columns; at most %dx%d can be explained: cut a part out",
                   flag, t->height, t->width, UP_EXPLAIN_SIDE, UP_EXPLAIN_SIDE);
}

static up_status read_small(up_small *t, const char *given, const char *flag, up_error *error)
{
    UP_TRY(up_small_read(t, given, flag, error));
    UP_TRY(check_side(t, flag, error));
    return check_values(t, flag, error);
}

up_status up_terms_input(up_explanation *e, const up_explain_options *o, up_error *error)
{
    if (!o->input)
        return up_fail(error, UP_ERROR_ARGUMENT, "%s needs an input: --x '0,1;2,3', or a file",
                       e->op->name);
    UP_TRY(read_small(&e->x, o->input, "--x", error));
    e->in_channels = e->out_channels = e->groups = e->x.channels;
    e->fan_in = 1;
    for (int a = 0; a < 2; a++)
        e->kernel[a] = e->stride[a] = e->dilation[a] = 1;
    return UP_OK;
}

/* Of PyTorch's [in][out / groups] or [out][in / groups] the planes and the input tell the rest. */
static up_status settle_channels(up_explanation *e, bool transposed, up_error *error)
{
    const int planes = e->k.channels, in = e->x.channels, groups = e->groups;
    const int divisor = transposed ? in : in / groups;
    e->in_channels = in;
    if (in % groups == 0 && planes % divisor == 0) {
        e->out_channels = transposed ? planes / in * groups : planes / divisor;
        if (e->out_channels % groups == 0)
            return UP_OK;
    }
    return up_fail(error, UP_ERROR_ARGUMENT,
                   "--k: %d planes do not fit %d input channels in %d groups; %s wants %s planes, "
                   "each group's one after the other",
                   planes, in, groups, e->op->name,
                   transposed ? "in x out / groups" : "out x in / groups");
}

static up_status take_layer(up_explanation *e, const up_layer *layer, up_error *error)
{
    const struct {
        const up_pair *pair;
        const char *flag;
        int *value, unset, least;
    } terms[] = { { &layer->stride, "--stride", e->stride, 1, 1 },
                  { &layer->padding, "--padding", e->padding, 0, 0 },
                  { &layer->output_padding, "--output-padding", e->output_padding, 0, 0 },
                  { &layer->dilation, "--dilation", e->dilation, 1, 1 } };
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        for (int a = 0; a < 2; a++) {
            const int value = up_terms_pair(terms[i].pair, a, terms[i].unset);
            if (value < terms[i].least || value > UP_EXPLAIN_SIDE)
                return up_fail(error, UP_ERROR_UNSUPPORTED, "%s %d: from %d to %d can be explained",
                               terms[i].flag, value, terms[i].least, UP_EXPLAIN_SIDE);
            terms[i].value[a] = value;
        }
    e->groups = layer->groups ? layer->groups : 1;
    if (e->groups < 1)
        return up_fail(error, UP_ERROR_ARGUMENT, "--groups %d: there is at least 1", e->groups);
    return UP_OK;
}

up_status up_terms_conv(up_explanation *e, const up_explain_options *o, bool transposed,
                        up_error *error)
{
    if (!o->kernel)
        return up_fail(error, UP_ERROR_ARGUMENT, "%s needs a kernel: --k '0,1;2,3', or a file",
                       e->op->name);
    UP_TRY(up_terms_input(e, o, error));
    UP_TRY(read_small(&e->k, o->kernel, "--k", error));
    UP_TRY(take_layer(e, &e->options.layer, error));
    UP_TRY(settle_channels(e, transposed, error));
    e->kernel[0] = e->k.height;
    e->kernel[1] = e->k.width;
    e->fan_in = e->in_channels / e->groups;
    return UP_OK;
}

up_status up_terms_scale(up_explanation *e, const up_explain_options *o, up_error *error)
{
    UP_TRY(up_terms_input(e, o, error));
    double scale[2];
    up_options_scale(&e->options, scale);
    for (int a = 0; a < 2; a++) {
        if (scale[a] != floor(scale[a]) || scale[a] < 1 || scale[a] > UP_EXPLAIN_SIDE)
            return up_fail(error, UP_ERROR_UNSUPPORTED,
                           "--scale %g: whole scales from 1 to %d can be explained", scale[a],
                           UP_EXPLAIN_SIDE);
        e->kernel[a] = e->stride[a] = (int)scale[a];
    }
    return UP_OK;
}

up_conv up_terms_layer(const up_explanation *e, bool transposed, const float *weight)
{
    up_conv conv = { .transposed = transposed,
                     .in_channels = e->in_channels,
                     .out_channels = e->out_channels,
                     .groups = e->groups,
                     .weight = weight };
    memcpy(conv.kernel, e->kernel, sizeof conv.kernel);
    memcpy(conv.stride, e->stride, sizeof conv.stride);
    memcpy(conv.dilation, e->dilation, sizeof conv.dilation);
    memcpy(conv.pad_before, e->padding, sizeof conv.pad_before);
    memcpy(conv.pad_after, e->padding, sizeof conv.pad_after);
    memcpy(conv.output_padding, e->output_padding, sizeof conv.output_padding);
    return conv;
}

up_status up_terms_result(up_explanation *e, int64_t channels, int64_t rows, int64_t columns,
                          up_error *error)
{
    if (rows < 1 || columns < 1)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "%s: nothing is left of the result, which would have %lld rows and %lld "
                       "columns; take less padding",
                       e->op->name, (long long)rows, (long long)columns);
    if (channels * rows * columns > UP_EXPLAIN_RESULT)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s: a result of %lldx%lld in %lld channels is too large to be explained "
                       "(%d values at most)",
                       e->op->name, (long long)rows, (long long)columns, (long long)channels,
                       UP_EXPLAIN_RESULT);
    e->y = (up_small){ (int)channels, (int)rows, (int)columns, NULL };
    return UP_OK;
}

up_status up_terms_enlarged(up_explanation *e, int channels, up_error *error)
{
    e->size_formula = "in * scale";
    for (int a = 0; a < 2; a++) {
        const int in = a ? e->x.width : e->x.height;
        e->full[a] = in * e->stride[a];
        snprintf(e->size_text[a], sizeof e->size_text[a], "%d * %d = %d", in, e->stride[a],
                 e->full[a]);
    }
    e->out_channels = channels;
    return up_terms_result(e, channels, e->full[0], e->full[1], error);
}
