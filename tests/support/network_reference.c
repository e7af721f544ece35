#include "support/network_reference.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int channels, height, width;
    double *value;
} planes;

static planes make(int channels, int height, int width)
{
    cr_assert(channels > 0 && height > 0 && width > 0, "a layer makes nothing");
    planes p = { channels, height, width, NULL };
    p.value = calloc((size_t)channels * (size_t)height * (size_t)width, sizeof *p.value);
    cr_assert_not_null(p.value);
    return p;
}

static double *at(const planes *p, int c, int y, int x)
{
    return &p->value[((size_t)c * (size_t)p->height + (size_t)y) * (size_t)p->width + (size_t)x];
}

/* The position that stands for `i` on an axis of n, or -1 where that is zero. */
static int padded(int i, int n, up_network_padding mode)
{
    if (i >= 0 && i < n)
        return i;
    if (mode == UP_NETWORK_ZEROS)
        return -1;
    if (mode == UP_NETWORK_REPLICATE)
        return i < 0 ? 0 : n - 1;
    int mirrored = i < 0 ? -i : 2 * (n - 1) - i;
    cr_assert(mirrored >= 0 && mirrored < n, "reflects more than there is");
    return mirrored;
}

static planes pad(const planes *in, const int amount[2], up_network_padding mode)
{
    planes out = make(in->channels, in->height + 2 * amount[0], in->width + 2 * amount[1]);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++) {
                int row = padded(y - amount[0], in->height, mode);
                int column = padded(x - amount[1], in->width, mode);
                *at(&out, c, y, x) = row < 0 || column < 0 ? 0 : *at(in, c, row, column);
            }
    return out;
}

static double bias_of(const up_network_item *item, int c)
{
    return item->bias ? (double)item->bias[c] : 0;
}

static float tap(const up_network_item *item, int first, int second, int seconds, int ky, int kx)
{
    int64_t kernel = (int64_t)first * seconds + second;
    return item->weight[(kernel * item->kernel[0] + ky) * item->kernel[1] + kx];
}

static double convolved(const planes *in, const up_network_item *item, int c, int y, int x)
{
    int ins = item->in_channels / item->groups, outs = item->out_channels / item->groups;
    double sum = bias_of(item, c);
    for (int i = 0; i < ins; i++)
        for (int ky = 0; ky < item->kernel[0]; ky++)
            for (int kx = 0; kx < item->kernel[1]; kx++)
                sum += (double)tap(item, c, i, ins, ky, kx) *
                       *at(in, c / outs * ins + i, y * item->stride[0] + ky * item->dilation[0],
                           x * item->stride[1] + kx * item->dilation[1]);
    return sum;
}

static planes conv2d(const planes *in, const up_network_item *item)
{
    planes around = pad(in, item->padding, item->padding_mode);
    const int size[2] = { around.height, around.width };
    int out_size[2];
    for (int axis = 0; axis < 2; axis++) {
        int left = size[axis] - item->dilation[axis] * (item->kernel[axis] - 1) - 1;
        out_size[axis] = left < 0 ? 0 : left / item->stride[axis] + 1;
    }
    planes out = make(item->out_channels, out_size[0], out_size[1]);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *at(&out, c, y, x) = convolved(&around, item, c, y, x);
    free(around.value);
    return out;
}

/* Adds what pixel y, x of channel i brings to channel c. */
static void scatter(planes *out, const up_network_item *item, double value, int i, int c, int y,
                    int x)
{
    int outs = item->out_channels / item->groups;
    for (int ky = 0; ky < item->kernel[0]; ky++)
        for (int kx = 0; kx < item->kernel[1]; kx++) {
            int row = y * item->stride[0] - item->padding[0] + ky * item->dilation[0];
            int column = x * item->stride[1] - item->padding[1] + kx * item->dilation[1];
            if (row >= 0 && row < out->height && column >= 0 && column < out->width)
                *at(out, c, row, column) += value * (double)tap(item, i, c % outs, outs, ky, kx);
        }
}

static planes conv_transpose2d(const planes *in, const up_network_item *item)
{
    const int size[2] = { in->height, in->width };
    int out_size[2], ins = item->in_channels / item->groups;
    int outs = item->out_channels / item->groups;
    for (int axis = 0; axis < 2; axis++)
        out_size[axis] = (size[axis] - 1) * item->stride[axis] - 2 * item->padding[axis] +
                         item->dilation[axis] * (item->kernel[axis] - 1) +
                         item->output_padding[axis] + 1;
    planes out = make(item->out_channels, out_size[0], out_size[1]);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *at(&out, c, y, x) = bias_of(item, c);
    for (int i = 0; i < in->channels; i++)
        for (int c = i / ins * outs; c < (i / ins + 1) * outs; c++)
            for (int y = 0; y < in->height; y++)
                for (int x = 0; x < in->width; x++)
                    scatter(&out, item, *at(in, i, y, x), i, c, y, x);
    return out;
}

static double pointwise(const up_network_item *item, int c, double v)
{
    switch (item->op) {
    case UP_NETWORK_PRELU:
        return v < 0 ? v * (double)item->weight[c] : v;
    case UP_NETWORK_LEAKY_RELU:
        return v < 0 ? v * (double)item->slope : v;
    case UP_NETWORK_RELU:
        return v < 0 ? 0 : v;
    case UP_NETWORK_TANH:
        return tanh(v);
    case UP_NETWORK_SIGMOID:
        return 1 / (1 + exp(-v));
    case UP_NETWORK_CLIP:
        return fmin(fmax(v, (double)item->low), (double)item->high);
    case UP_NETWORK_AFFINE:
        return v * (double)item->weight[c] + (double)item->bias[c];
    default:
        cr_assert_fail("no such op: %s", up_network_op_name(item->op));
        return NAN;
    }
}

static double bounded(const up_network_item *item, int c, double v)
{
    if (!item->bounds)
        return v;
    return fmin(fmax(v, (double)item->bounds[c]), (double)item->bounds[item->out_channels + c]);
}

static planes map(const planes *in, const up_network_item *item)
{
    planes out = make(in->channels, in->height, in->width);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *at(&out, c, y, x) = bounded(item, c, pointwise(item, c, *at(in, c, y, x)));
    return out;
}

static planes pixel_shuffle(const planes *in, int factor)
{
    planes out = make(in->channels / (factor * factor), in->height * factor, in->width * factor);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++)
                *at(&out, c, y, x) = *at(in, (c * factor + y % factor) * factor + x % factor,
                                         y / factor, x / factor);
    return out;
}

/* The weight that a kernel gives to a sample at distance `d`. */
static double kernel(const up_network_item *item, double d)
{
    const double a = item->cubic_a ? (double)item->cubic_a : -0.75;
    d = fabs(d);
    if (item->resize == UP_NETWORK_RESIZE_BILINEAR)
        return d < 1 ? 1 - d : 0;
    if (d < 1)
        return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

static double resized(const planes *in, const up_network_item *item, int c, int y, int x)
{
    const int *factor = item->resize_factor;
    if (item->resize == UP_NETWORK_RESIZE_NEAREST || (factor[0] == 1 && factor[1] == 1))
        return *at(in, c, y / factor[0], x / factor[1]);
    double row = (y + 0.5) / factor[0] - 0.5, column = (x + 0.5) / factor[1] - 0.5, sum = 0;
    for (int i = (int)floor(row) - 1; i <= (int)floor(row) + 2; i++)
        for (int j = (int)floor(column) - 1; j <= (int)floor(column) + 2; j++)
            sum += kernel(item, row - i) * kernel(item, column - j) *
                   *at(in, c, padded(i, in->height, UP_NETWORK_REPLICATE),
                       padded(j, in->width, UP_NETWORK_REPLICATE));
    return sum;
}

static planes join(const planes *in, const planes *from, const up_network_item *item)
{
    bool sum = item->op == UP_NETWORK_ADD;
    planes out = make(in->channels + (sum ? 0 : from->channels), in->height, in->width);
    cr_assert(from->height * item->resize_factor[0] == in->height &&
              from->width * item->resize_factor[1] == in->width);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++) {
                double own = c < in->channels ? *at(in, c, y, x) : 0;
                int other = sum ? c : c - in->channels;
                *at(&out, c, y, x) = own + (other < 0 ? 0 : resized(from, item, other, y, x));
            }
    return out;
}

/* `made` are the network's input and what each item made of it. */
static planes run(const planes *made, const up_network_item *item, const planes *in)
{
    switch (item->op) {
    case UP_NETWORK_CONV2D:
        return conv2d(in, item);
    case UP_NETWORK_CONV_TRANSPOSE2D:
        return conv_transpose2d(in, item);
    case UP_NETWORK_PIXEL_SHUFFLE:
        return pixel_shuffle(in, item->factor);
    case UP_NETWORK_PAD:
        return pad(in, item->padding, item->padding_mode);
    case UP_NETWORK_ADD:
    case UP_NETWORK_CONCAT:
        return join(in, &made[item->from + 1], item);
    default:
        return map(in, item);
    }
}

static int measured(up_network_axis size, int n)
{
    return (int)floor(((double)n * size.scale + size.extra) / size.reduction);
}

/* Also checks what each item's description says of its size. */
static planes run_all(const up_network *network, planes input)
{
    planes *made = calloc((size_t)network->items + 1, sizeof *made);
    cr_assert_not_null(made);
    made[0] = input;
    for (int i = 0; i < network->items; i++) {
        const up_network_item *item = &network->item[i];
        cr_assert_eq(item->in_channels, made[i].channels);
        made[i + 1] = run(made, item, &made[i]);
        cr_assert_eq(item->out_channels, made[i + 1].channels);
        cr_assert_eq(measured(item->size[0], input.height), made[i + 1].height);
        cr_assert_eq(measured(item->size[1], input.width), made[i + 1].width);
    }
    planes result = made[network->items];
    for (int i = 0; i < network->items; i++)
        free(made[i].value);
    free(made);
    return result;
}

static planes frame_of(const ndarray *x, int frame)
{
    const int *shape = x->shape + x->rank - 3;
    planes p = make(shape[0], shape[1], shape[2]);
    size_t count = (size_t)shape[0] * (size_t)shape[1] * (size_t)shape[2];
    for (size_t i = 0; i < count; i++)
        p.value[i] = ndarray_get(x, (size_t)frame * count + i);
    return p;
}

ndarray network_reference(const up_network *network, const ndarray *x)
{
    ndarray out = { 0 };
    cr_assert(x->rank == 3 || x->rank == 4);
    int frames = x->rank == 4 ? x->shape[0] : 1;
    for (int frame = 0; frame < frames; frame++) {
        planes result = run_all(network, frame_of(x, frame));
        const int shape[4] = { frames, result.channels, result.height, result.width };
        if (frame == 0)
            out = ndarray_make("f8", 4, shape);
        size_t count = out.count / (size_t)frames;
        memcpy((double *)out.data + (size_t)frame * count, result.value, count * sizeof(double));
        free(result.value);
    }
    return out;
}
