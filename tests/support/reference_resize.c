/* Resizing, by the definitions of ONNX, of which those of PyTorch are some. */
#include "support/planes.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

/* Outputs and inputs of one axis. */
typedef struct {
    const up_resize *resize;
    int in, out;
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
    const double half = (2 * o + 1) * (double)l->in / (2 * l->out) - 0.5;
    switch (coordinates_of(l->resize)) {
    case UP_RESIZE_ASYMMETRIC:
        return o * (double)l->in / l->out;
    case UP_RESIZE_ALIGN_CORNERS:
        return l->out == 1 ? 0 : o * (double)(l->in - 1) / (l->out - 1);
    case UP_RESIZE_PYTORCH_HALF_PIXEL:
        return l->out == 1 ? 0 : half;
    default:
        return half;
    }
}

static int round_to(const up_resize *resize, double position)
{
    const up_resize_rounding rounding =
        resize->coordinates == UP_RESIZE_USUAL ? UP_RESIZE_FLOOR : resize->rounding;
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

/* weight[] of all inputs for output o. */
static void weigh(const line *l, int o, double *weight)
{
    const up_resize *resize = l->resize;
    const double position = place(l, o);
    const double stretch = resize->antialias && l->in > l->out ? (double)l->in / l->out : 1;
    const bool inside = resize->antialias || resize->exclude_outside;
    const int reach = (int)ceil(2 * stretch) + 1;
    double sum = 0;
    for (int i = 0; i < l->in; i++)
        weight[i] = 0;
    for (int i = (int)floor(position) - reach; i <= (int)floor(position) + reach; i++) {
        if (inside && (i < 0 || i >= l->in))
            continue;
        const double w = kernel(resize, (position - i) / stretch);
        weight[planes_padded(i, l->in, UP_PAD_REPLICATE)] += w;
        sum += w;
    }
    for (int i = 0; inside && i < l->in; i++)
        weight[i] /= sum;
}

static void weigh_nearest(const line *l, int o, double *weight)
{
    const int nearest = round_to(l->resize, place(l, o));
    for (int i = 0; i < l->in; i++)
        weight[i] = 0;
    weight[planes_padded(nearest, l->in, UP_PAD_REPLICATE)] = 1;
}

/* [outputs][inputs] */
static double *weights_of(const up_resize *resize, int in, int out)
{
    const line l = { resize, in, out };
    double *weights = calloc((size_t)in * (size_t)out, sizeof *weights);
    cr_assert_not_null(weights);
    for (int o = 0; o < out; o++)
        (resize->mode == UP_RESIZE_NEAREST ? weigh_nearest
                                           : weigh)(&l, o, weights + (size_t)o * (size_t)in);
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

planes reference_resize(const up_network_node *node, const planes *in)
{
    const up_resize *resize = node->fields;
    const int size[2] = { in->height, in->width };
    int to[2];
    for (int axis = 0; axis < 2; axis++)
        to[axis] =
            size[axis] * resize->factor[axis] / (resize->divisor[axis] ? resize->divisor[axis] : 1);
    planes out = node->inputs == 2 ? planes_make(in->channels, in[1].height, in[1].width)
                                   : planes_make(in->channels, to[0], to[1]);
    double *rows = weights_of(resize, in->height, out.height);
    double *columns = weights_of(resize, in->width, out.width);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *planes_at(&out, c, y, x) = weighed(in, c, rows + (size_t)y * (size_t)in->height,
                                                    columns + (size_t)x * (size_t)in->width);
    free(rows);
    free(columns);
    return out;
}
