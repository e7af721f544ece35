/* SPDX-License-Identifier: MIT */
#include "support/reference/conv_check.h"

#include "base/memory.h"
#include "pipeline/ring.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/reference/kernel_check.h"

tensor tensor_make(int channels, int height, int width)
{
    tensor t = { channels, height, width, NULL };
    t.data = calloc(tensor_size(&t), sizeof(float));
    cr_assert_not_null(t.data);
    return t;
}

void tensor_free(tensor *t)
{
    free(t->data);
    t->data = NULL;
}

size_t tensor_size(const tensor *t)
{
    return (size_t)t->channels * t->height * t->width;
}

void tensor_fill(float *data, size_t count, bool whole, uint32_t *state)
{
    for (size_t i = 0; i < count; i++)
        data[i] = whole ? (float)(random_below(state, 9) - 4) : random_between(state, -1, 1);
}

/* Every row with its sides: made once, read by row number, whatever the edge makes of it. */
typedef struct {
    up_edge edge;
    int height, side;
    size_t pitch;
    float *block;
} padded_rows;

static padded_rows pad(const tensor *in, up_edge edge, int reach)
{
    padded_rows p = { edge, in->height, (int)up_round_up(reach, UP_LANES), 0, NULL };
    p.pitch = up_round_up(in->width, UP_LANES) + 2 * (size_t)p.side + UP_LANES;
    size_t rows = (size_t)in->channels * in->height;
    p.block = up_alloc(p.pitch * (rows + 1), sizeof(float));
    for (size_t i = 0; i < p.pitch * (rows + 1); i++)
        p.block[i] = NAN;
    for (size_t r = 0; r <= rows; r++) {
        float *row = p.block + r * p.pitch + p.side;
        for (int x = -reach; x < in->width + reach; x++) {
            int real = r < rows ? up_edge_row(edge, x, in->width) : -1;
            row[x] = real < 0 ? 0 : in->data[r * in->width + real];
        }
    }
    return p;
}

static const void *padded_row(const padded_rows *p, int channels, int c, int y)
{
    int real = up_edge_row(p->edge, y, p->height);
    size_t row = real < 0 ? (size_t)channels * p->height : (size_t)c * p->height + real;
    return p->block + row * p->pitch + p->side;
}

static void run_rows(const up_op *op, const padded_rows *in, float *const *made, int y, int rows)
{
    up_window window[UP_MAX_INPUTS];
    for (int i = 0; i < op->inputs; i++) {
        int first, end, unused, channels = op->in[i].channels;
        op->span(op, i, y, &first, &unused);
        op->span(op, i, y + rows - 1, &unused, &end);
        int count = up_max(0, end - first);
        const void **row = malloc(((size_t)channels * count + 1) * sizeof *row);
        for (int c = 0; c < channels; c++)
            for (int r = 0; r < count; r++)
                row[c * count + r] = padded_row(&in[i], channels, c, first + r);
        window[i] = (up_window){ row, first, count };
    }
    void **to = malloc((size_t)op->out.channels * rows * sizeof *to);
    for (int i = 0; i < op->out.channels * rows; i++)
        to[i] = made[i];
    void *scratch = up_alloc(op->scratch + 1, 1);
    memset(scratch, 0xff, op->scratch);
    op->run(op, window, &(up_target){ to, y, rows, 0, op->out.width, 0, scratch });
    up_free(scratch);
    for (int i = 0; i < op->inputs; i++)
        free((void *)window[i].row);
    free(to);
}

tensor run_op(const up_op *op, const tensor *in)
{
    tensor out = tensor_make(op->out.channels, op->out.height, op->out.width);
    padded_rows padded[UP_MAX_INPUTS];
    for (int i = 0; i < op->inputs; i++)
        padded[i] = pad(&in[i], op->edge[i], up_op_reach(op, i));
    int buffers = out.channels * op->step, rows;
    float **made = malloc(buffers * sizeof *made);
    for (int i = 0; i < buffers; i++)
        made[i] = up_alloc(up_round_up(out.width, UP_LANES), sizeof(float));
    for (int y = 0; y < out.height; y += rows) {
        rows = up_min(op->step, out.height - y);
        run_rows(op, padded, made, y, rows);
        for (int i = 0; i < out.channels * rows; i++)
            memcpy(out.data + ((size_t)(i / rows) * out.height + y + i % rows) * out.width, made[i],
                   out.width * sizeof(float));
    }
    for (int i = 0; i < buffers; i++)
        up_free(made[i]);
    free(made);
    for (int i = 0; i < op->inputs; i++)
        up_free(padded[i].block);
    return out;
}

int conv_size(const up_conv *conv, int a, int in)
{
    int extent = conv->dilation[a] * (conv->kernel[a] - 1);
    int padding = conv->pad_before[a] + conv->pad_after[a];
    if (conv->transposed)
        return (in - 1) * conv->stride[a] - padding + extent + conv->output_padding[a] + 1;
    int room = in + padding - extent - 1;
    return room < 0 ? 0 : room / conv->stride[a] + 1;
}

size_t conv_weights(const up_conv *conv)
{
    return (size_t)conv->in_channels * conv->out_channels / conv->groups * conv->kernel[0] *
           conv->kernel[1];
}

typedef struct {
    double *sum, *magnitude;
    int height, width;
} sums;

/* A row of the input, or NULL where it is nothing but zeros, and the sums of a row. */
typedef struct {
    const float *in;
    double *sum, *magnitude;
} row_pair;

static row_pair pair_of(const sums *s, const tensor *in, int from, int iy, int to, int oy)
{
    const size_t at = ((size_t)to * s->height + oy) * s->width;
    const float *row = iy < 0 ? NULL : in->data + ((size_t)from * in->height + iy) * in->width;
    return (row_pair){ row, s->sum + at, s->magnitude + at };
}

static void add(const row_pair *r, int ox, double v)
{
    r->sum[ox] += v;
    r->magnitude[ox] += fabs(v);
}

/* One weight, from one channel to another. */
static void add_weight(const sums *s, const up_conv *conv, const tensor *in, int from, int to,
                       const int k[2], double weight)
{
    const int up = k[0] * conv->dilation[0] - conv->pad_before[0];
    const int left = k[1] * conv->dilation[1] - conv->pad_before[1], step = conv->stride[1];
    for (int y = 0; conv->transposed && y < in->height; y++) {
        const int oy = y * conv->stride[0] + up;
        if (oy < 0 || oy >= s->height)
            continue;
        const row_pair r = pair_of(s, in, from, y, to, oy);
        for (int x = 0, ox = left; x < in->width; x++, ox += step)
            if (ox >= 0 && ox < s->width)
                add(&r, ox, weight * (double)r.in[x]);
    }
    for (int y = 0; !conv->transposed && y < s->height; y++) {
        const int iy = up_edge_row(conv->edge, y * conv->stride[0] + up, in->height);
        const row_pair r = pair_of(s, in, from, iy, to, y);
        for (int x = 0, at = left; r.in && x < s->width; x++, at += step) {
            const int ix = at >= 0 && at < in->width ? at : up_edge_row(conv->edge, at, in->width);
            add(&r, x, ix < 0 ? 0 : weight * (double)r.in[ix]);
        }
    }
}

double *conv_plainly(const up_conv *conv, const tensor *in, double **magnitude)
{
    sums s = { .height = conv_size(conv, 0, in->height), .width = conv_size(conv, 1, in->width) };
    size_t plane = (size_t)s.height * s.width, count = plane * conv->out_channels;
    s.sum = calloc(count, sizeof(double));
    s.magnitude = calloc(count, sizeof(double));
    for (size_t i = 0; conv->bias && i < count; i++)
        s.sum[i] = conv->bias[i / plane], s.magnitude[i] = fabs(s.sum[i]);
    int ins = conv->in_channels / conv->groups, outs = conv->out_channels / conv->groups;
    const float *weight = conv->weight;
    for (int a = 0; a < (conv->transposed ? conv->in_channels : conv->out_channels); a++) {
        int group = a / (conv->transposed ? ins : outs);
        for (int b = 0; b < (conv->transposed ? outs : ins); b++)
            for (int i = 0; i < conv->kernel[0] * conv->kernel[1]; i++) {
                int k[2] = { i / conv->kernel[1], i % conv->kernel[1] };
                int from = conv->transposed ? a : group * ins + b;
                int to = conv->transposed ? group * outs + b : a;
                add_weight(&s, conv, in, from, to, k, *weight++);
            }
    }
    if (magnitude)
        *magnitude = s.magnitude;
    else
        free(s.magnitude);
    return s.sum;
}
