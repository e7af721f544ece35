/* SPDX-License-Identifier: MIT */
#include "support/network/layered.h"

#include "base/memory.h"
#include "io/formats.h"
#include "io/source_open.h"
#include "ops/arrange/arrange.h"
#include "ops/arrange/planes.h"
#include "ops/conv/conv.h"
#include "ops/point/activation.h"
#include "ops/point/arithmetic.h"
#include "ops/point/pointwise.h"
#include "pipeline/add_ops.h"
#include "support/reference/ndarray.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static float random_value(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (float)(*state >> 8) / (1 << 23) - 1;
}

static up_format format_of(const layered *l)
{
    return (up_format){ .width = l->width,
                        .height = l->height,
                        .channels = l->channels,
                        .frames = l->frames,
                        .color = UP_COLOR_TENSOR,
                        .sample = UP_SAMPLE_F32,
                        .depth = 32,
                        .planar = true,
                        .dims = 4 };
}

static size_t plane_of(const layered_tensor *t)
{
    return (size_t)t->height * t->width;
}

/* Adds the op, and the tensor that it makes, all 0. */
static layered_tensor *append(layered *l, up_op *op, const int *input, int *node)
{
    up_error error;
    l->graph.planned = op;
    cr_assert_eq(up_graph_add(&l->graph, UP_OK, input, node, &error), UP_OK, "%s", error.message);
    cr_assert_lt(*node, LAYERED_MOST);
    const up_shape *shape = up_graph_shape(&l->graph, *node);
    layered_tensor *t = &l->tensor[*node];
    *t = (layered_tensor){ shape->channels, shape->height, shape->width, NULL };
    if (l->frame >= 0)
        t->value = calloc(plane_of(t) * t->channels, sizeof *t->value);
    return t;
}

int layered_begin(layered *l, int channels, int height, int width, int frames, int frame)
{
    *l = (layered){
        .height = height, .width = width, .channels = channels, .frames = frames, .frame = frame
    };
    const size_t count = (size_t)channels * height * width;
    unsigned state = 7;
    l->input = malloc(count * frames * sizeof *l->input);
    for (size_t i = 0; i < count * frames; i++)
        l->input[i] = random_value(&state);
    up_graph_init(&l->graph);
    const up_format format = format_of(l);
    const up_shape raw = up_raw_shape(&format);
    up_op *op;
    int node;
    cr_assert_eq(up_graph_add_input(&l->graph, &raw, NULL), UP_OK);
    cr_assert_eq(up_unpack_plan(&op, &format, NULL), UP_OK);
    layered_tensor *t = append(l, op, &(int){ 0 }, &node);
    for (size_t i = 0; i < count && t->value; i++)
        t->value[i] = l->input[count * frame + i];
    return node;
}

void layered_end(layered *l)
{
    for (int i = 0; i < LAYERED_MOST; i++)
        free(l->tensor[i].value);
    free(l->input);
    up_graph_free(&l->graph);
}

static double sample(const layered_tensor *t, int c, int y, int x, up_edge edge)
{
    bool inside = y >= 0 && y < t->height && x >= 0 && x < t->width;
    if (!inside && edge == UP_EDGE_ZERO)
        return 0;
    if (!inside && edge == UP_EDGE_REFLECT) {
        y = y < 0 ? -y : y >= t->height ? 2 * (t->height - 1) - y : y;
        x = x < 0 ? -x : x >= t->width ? 2 * (t->width - 1) - x : x;
    }
    y = up_clamp(y, 0, t->height - 1);
    x = up_clamp(x, 0, t->width - 1);
    return t->value[plane_of(t) * c + (size_t)y * t->width + x];
}

static void convolve(layered_tensor *to, const layered_tensor *from, const up_conv *conv)
{
    const int k = conv->kernel[0];
    double *out = to->value;
    for (int o = 0; o < to->channels; o++)
        for (int y = 0; y < to->height; y++)
            for (int x = 0; x < to->width; x++, out++) {
                *out = conv->bias[o];
                for (int i = 0; i < from->channels * k * k; i++)
                    *out += (double)conv->weight[(size_t)o * from->channels * k * k + i] *
                            sample(from, i / (k * k), y + i / k % k - k / 2, x + i % k - k / 2,
                                   conv->edge);
            }
}

int layered_conv_edge(layered *l, int from, int channels, int kernel, up_edge edge)
{
    const int ins = up_graph_shape(&l->graph, from)->channels;
    const size_t count = (size_t)channels * ins * kernel * kernel;
    const float most = 1.5f / sqrtf((float)ins * kernel * kernel);
    unsigned state = l->graph.count;
    float *weight = malloc((count + channels) * sizeof *weight);
    for (size_t i = 0; i < count + channels; i++)
        weight[i] = most * random_value(&state);
    const up_conv conv = { .in_channels = ins,
                           .out_channels = channels,
                           .groups = 1,
                           .kernel = { kernel, kernel },
                           .stride = { 1, 1 },
                           .pad_before = { kernel / 2, kernel / 2 },
                           .pad_after = { kernel / 2, kernel / 2 },
                           .dilation = { 1, 1 },
                           .weight = weight,
                           .bias = weight + count,
                           .fast = l->graph.fast,
                           .edge = edge };
    up_op *op;
    int node;
    up_error error;
    cr_assert_eq(up_conv_plan(&op, up_graph_shape(&l->graph, from), &conv, &error), UP_OK, "%s",
                 error.message);
    layered_tensor *t = append(l, op, &from, &node);
    if (t->value)
        convolve(t, &l->tensor[from], &conv);
    free(weight);
    return node;
}

int layered_conv(layered *l, int from, int channels, int kernel)
{
    return layered_conv_edge(l, from, channels, kernel, UP_EDGE_ZERO);
}

static int add_point(layered *l, int a, int b, const up_point *point, const float *parameter,
                     int count, double (*apply)(double, double))
{
    up_op *op;
    int node;
    cr_assert_eq(up_point_plan(&op, up_graph_shape(&l->graph, a), point, parameter, count, NULL),
                 UP_OK);
    layered_tensor *t = append(l, op, (int[]){ a, b }, &node);
    for (size_t i = 0; i < plane_of(t) * t->channels && t->value; i++)
        t->value[i] = apply(l->tensor[a].value[i], b < 0 ? 0 : l->tensor[b].value[i]);
    return node;
}

static double relu(double v, double unused)
{
    (void)unused;
    return v > 0 ? v : 0;
}

static double sigmoid(double v, double unused)
{
    (void)unused;
    return 1 / (1 + exp(-v));
}

static double add(double a, double b)
{
    return a + b;
}

int layered_relu(layered *l, int from)
{
    const float low_high[2] = { 0, INFINITY };
    return add_point(l, from, -1, &up_point_clip, low_high, 2, relu);
}

int layered_sigmoid(layered *l, int from)
{
    return add_point(l, from, -1, &up_point_sigmoid, NULL, 0, sigmoid);
}

int layered_add(layered *l, int a, int b)
{
    return add_point(l, a, b, &up_point_add, NULL, 0, add);
}

static int spread(layered *l, int plane, int one, bool scales)
{
    up_op *op;
    int node;
    up_error error;
    cr_assert_eq((scales ? up_scale_plan : up_shift_plan)(&op, up_graph_shape(&l->graph, plane),
                                                          up_graph_shape(&l->graph, one), &error),
                 UP_OK, "%s", error.message);
    layered_tensor *t = append(l, op, (int[]){ plane, one }, &node);
    for (size_t i = 0; i < plane_of(t) * t->channels && t->value; i++) {
        const layered_tensor *small = &l->tensor[one];
        double v = l->tensor[plane].value[i], s = small->value[i / plane_of(t) % small->channels];
        t->value[i] = scales ? v * s : v + s;
    }
    return node;
}

int layered_scale(layered *l, int plane, int one)
{
    return spread(l, plane, one, true);
}

int layered_shift(layered *l, int plane, int one)
{
    return spread(l, plane, one, false);
}

int layered_select(layered *l, int from, int first, int count)
{
    up_op *op;
    int node;
    cr_assert_eq(up_select_plan(&op, up_graph_shape(&l->graph, from), first, count, NULL), UP_OK);
    layered_tensor *t = append(l, op, &from, &node);
    if (t->value)
        memcpy(t->value, l->tensor[from].value + plane_of(t) * first,
               plane_of(t) * count * sizeof *t->value);
    return node;
}

int layered_concat(layered *l, const int *from, int count)
{
    int node;
    if (count == 1)
        return from[0];
    cr_assert_eq(up_graph_add_concat(&l->graph, from, count, &node, NULL), UP_OK);
    const up_shape *shape = up_graph_shape(&l->graph, node);
    layered_tensor *t = &l->tensor[node];
    *t = (layered_tensor){ shape->channels, shape->height, shape->width, NULL };
    if (l->frame < 0)
        return node;
    t->value = malloc(plane_of(t) * t->channels * sizeof *t->value);
    double *to = t->value;
    for (int i = 0; i < count; i++) {
        const layered_tensor *part = &l->tensor[from[i]];
        memcpy(to, part->value, plane_of(t) * part->channels * sizeof *to);
        to += plane_of(t) * part->channels;
    }
    return node;
}

static double reduce(const double *v, size_t count, up_reduction kind, double *second)
{
    double sum = 0, squares = 0, most = v[0];
    for (size_t i = 0; i < count; i++) {
        sum += v[i];
        most = fmax(most, v[i]);
    }
    const double mean = sum / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += (v[i] - mean) * (v[i] - mean);
    const double variance = squares / (double)count;
    *second = kind == UP_REDUCE_MEAN_VARIANCE ? variance : sqrt(variance);
    return kind == UP_REDUCE_MAX ? most : kind == UP_REDUCE_CONTRAST ? mean + sqrt(variance) : mean;
}

int layered_reduce(layered *l, int from, up_reduction kind)
{
    int node;
    cr_assert_eq(up_graph_add_reduction(&l->graph, from, kind, &node, NULL), UP_OK);
    const up_shape *shape = up_graph_shape(&l->graph, node);
    const layered_tensor *in = &l->tensor[from];
    layered_tensor *t = &l->tensor[node];
    *t = (layered_tensor){ shape->channels, shape->height, shape->width, NULL };
    if (l->frame < 0)
        return node;
    t->value = calloc(t->channels, sizeof *t->value);
    for (int c = 0; c < in->channels; c++) {
        double second;
        t->value[c] = reduce(in->value + plane_of(in) * c, plane_of(in), kind, &second);
        if (t->channels > in->channels)
            t->value[in->channels + c] = second;
    }
    return node;
}

void layered_output(layered *l, int from)
{
    up_format format = format_of(l);
    const up_shape *shape = up_graph_shape(&l->graph, from);
    format.width = shape->width;
    format.height = shape->height;
    format.channels = shape->channels;
    cr_assert_eq(up_add_output(&l->graph, from, &format, NULL), UP_OK);
}

static void count_frames(layered_run *how, const up_stages *stages)
{
    how->stages = stages->count;
    how->in_memory = how->in_files = 0;
    how->excess = 1;
    for (int s = 0; s < stages->count; s++) {
        how->strips = stages->stage[s].strips;
        how->excess = fmax(how->excess, stages->stage[s].excess);
    }
    for (int f = 0; f < stages->frames; f++) {
        how->in_memory += !stages->frame[f].whole && !stages->frame[f].in_file;
        how->in_files += stages->frame[f].in_file;
    }
}

/* Batches go through a file. */
static up_status open_sink(const layered *l, up_run *run, const up_pixels *out, up_error *error)
{
    const up_sink_format *type;
    const up_encoding encoding = { 0 };
    const char *path = scratch_path("out.npy");
    if (l->frames == 1)
        return up_sink_to_pixels(&run->sink[0], out, error);
    UP_TRY(up_sink_format_find(&type, "npy", path, error));
    return up_sink_open(&run->sink[0], type, path, true, &out->format, &encoding, run->slots,
                        up_run_group_bytes(run, 0), error);
}

static up_status run_into(layered *l, layered_run *how, up_source *source, up_pixels *out,
                          up_error *error)
{
    up_run run = { .graph = &l->graph,
                   .source = source,
                   .threads = how->threads,
                   .band = how->band,
                   .keep = how->keep,
                   .segments = how->segments,
                   .cancel = how->cancel,
                   .progress = how->progress,
                   .user = how->user };
    up_status status = up_run_prepare(&run, !how->path && l->frames == 1, error);
    if (status == UP_OK)
        status = up_run_fit(&run, up_run_bytes(&run) + how->spare, error);
    if (status == UP_OK) {
        count_frames(how, &run.stages);
        how->bytes = up_run_bytes(&run);
        how->multiply_adds = up_run_multiply_adds(&run);
        status = open_sink(l, &run, out, error);
    }
    if (status == UP_OK)
        status = up_run_start(&run, error);
    up_sink_close(&run.sink[0]);
    up_run_clear(&run);
    return status;
}

float *layered_make(layered *l, layered_run *how, up_status *status, up_error *error)
{
    const up_shape *shape = up_graph_shape(&l->graph, l->graph.output[0]);
    up_pixels in = { .format = format_of(l), .data = l->input }, out = in;
    up_source *source;
    out.format.width = shape->width;
    out.format.height = shape->height;
    out.format.channels = shape->channels;
    const size_t count = (size_t)shape->width * shape->height * shape->channels * l->frames;
    out.data = malloc(count * sizeof(float));
    memset(out.data, 0xff, count * sizeof(float));
    *status = how->path ? up_source_open(&source, how->path, error)
                        : up_source_from_pixels(&source, &in, error);
    cr_assert_eq(*status, UP_OK, "%s", error->message);
    *status = run_into(l, how, source, &out, error);
    up_source_close(&source);
    if (*status == UP_OK && l->frames > 1) {
        ndarray made = ndarray_load(scratch_path("out.npy"));
        cr_assert_eq(made.count, count);
        memcpy(out.data, made.data, count * sizeof(float));
        ndarray_free(&made);
    }
    if (*status == UP_OK)
        return out.data;
    free(out.data);
    return NULL;
}
