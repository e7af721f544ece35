/* SPDX-License-Identifier: MIT */
/* Resizing, by the definitions of ONNX, of which those of PyTorch are some. */
#include "support/reference/double_planes.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

/* Outputs and inputs of one axis, `inputs` / `outputs` of these for one of those. */
typedef struct {
    const up_resize *resize;
    int in, out;
    double inputs, outputs;
} line;

static up_resize_coordinates coordinates_of(const up_resize *resize)
{
    return resize->coordinates != UP_RESIZE_USUAL ? resize->coordinates
           : resize->mode == UP_RESIZE_NEAREST    ? UP_RESIZE_ASYMMETRIC
                                                  : UP_RESIZE_HALF_PIXEL;
}

/* Where output o lies, 0 being the centre of the first input. */
static double place(const line *l, int o)
{
    const double half = (2 * o + 1) * l->inputs / (2 * l->outputs) - 0.5;
    switch (coordinates_of(l->resize)) {
    case UP_RESIZE_ASYMMETRIC:
        return o * l->inputs / l->outputs;
    case UP_RESIZE_ALIGN_CORNERS:
        return l->out == 1 ? 0 : o * (double)(l->in - 1) / (l->out - 1);
    case UP_RESIZE_PYTORCH_HALF_PIXEL:
        return l->out == 1 ? 0 : half;
    default:
        return half;
    }
}

static int round_to(up_resize_rounding rounding, double position)
{
    return (int)(rounding == UP_RESIZE_FLOOR        ? floor(position)
                 : rounding == UP_RESIZE_CEIL       ? ceil(position)
                 : rounding == UP_RESIZE_ROUND_DOWN ? ceil(position - 0.5)
                                                    : floor(position + 0.5));
}

/* The weight that a kernel gives to a sample at distance `d`. */
static double kernel(const up_resize *resize, double d)
{
    const double a = (double)resize->cubic_a;
    d = fabs(d);
    if (resize->mode == UP_RESIZE_BILINEAR)
        return d < 1 ? 1 - d : 0;
    if (d < 1)
        return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

static double stretch_of(const line *l)
{
    const bool corners = l->resize->coordinates == UP_RESIZE_ALIGN_CORNERS;
    const double step = !corners      ? l->inputs / l->outputs
                        : l->out == 1 ? 0
                                      : (double)(l->in - 1) / (l->out - 1);
    return l->resize->antialias && step > 1 ? step : 1;
}

/* weight[] of all inputs for output o. */
static void weigh(const line *l, int o, double *weight)
{
    const up_resize *resize = l->resize;
    const double position = place(l, o), stretch = stretch_of(l);
    const int reach = (int)ceil(2 * stretch) + 1;
    double sum = 0;
    for (int i = 0; i < l->in; i++)
        weight[i] = 0;
    for (int i = (int)floor(position) - reach; i <= (int)floor(position) + reach; i++) {
        if (resize->exclude_outside && (i < 0 || i >= l->in))
            continue;
        const double w = kernel(resize, (position - i) / stretch);
        weight[planes_padded(i, l->in, UP_PAD_REPLICATE)] += w;
        sum += w;
    }
    if (sum == 0) /* all beyond one end */
        weight[position < 0 ? 0 : l->in - 1] = sum = 1;
    for (int i = 0; i < l->in; i++)
        weight[i] /= sum;
}

static void weigh_nearest(const line *l, int o, double *weight)
{
    const int nearest = round_to(l->resize->rounding, place(l, o));
    for (int i = 0; i < l->in; i++)
        weight[i] = 0;
    weight[planes_padded(nearest, l->in, UP_PAD_REPLICATE)] = 1;
}

/* [outputs][inputs] */
static double *weights_of(const line *l)
{
    double *weights = calloc((size_t)l->in * (size_t)l->out, sizeof *weights);
    cr_assert_not_null(weights);
    for (int o = 0; o < l->out; o++)
        (l->resize->mode == UP_RESIZE_NEAREST ? weigh_nearest
                                              : weigh)(l, o, weights + (size_t)o * (size_t)l->in);
    return weights;
}

static double weighed(const planes *in, int c, const double *rows, const double *columns)
{
    double sum = 0;
    for (int y = 0; y < in->height; y++)
        for (int x = 0; rows[y] != 0 && x < in->width; x++)
            sum += rows[y] * columns[x] * *planes_at(in, c, y, x);
    return sum;
}

/* To the size `like` of the second input, or 0: by the factor. */
static line line_of(const up_resize *resize, int axis, int in, int like)
{
    const int factor = resize->factor[axis], divisor = resize->divisor[axis];
    if (like)
        return (line){ resize, in, like, in, like };
    return (line){ resize, in, in * factor / divisor, divisor, factor };
}

planes reference_resize(const up_network_node *node, const planes *in)
{
    const bool like = node->inputs == 2;
    const line row = line_of(node->fields, 0, in->height, like ? in[1].height : 0);
    const line column = line_of(node->fields, 1, in->width, like ? in[1].width : 0);
    planes out = planes_make(in->channels, row.out, column.out);
    double *rows = weights_of(&row), *columns = weights_of(&column);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *planes_at(&out, c, y, x) = weighed(in, c, rows + (size_t)y * (size_t)in->height,
                                                    columns + (size_t)x * (size_t)in->width);
    free(rows);
    free(columns);
    return out;
}
