/* SPDX-License-Identifier: MIT */
/*
 * What an explanation consists of. Every op but max pooling is a map from the places of the input
 * to those of the result: each link says that an input reaches an output, and with which weight.
 * Ops that scatter are told input by input (a step is what one input element adds), the others
 * output by output (a step is what one output is made from).
 */
#ifndef UP_EXPLAIN_EXPLANATION_H
#define UP_EXPLAIN_EXPLANATION_H

#include "explain/small_tensor.h"
#include "upscale_explain.h"

#define UP_EXPLAIN_SIDE 16                 /* most of inputs, kernels, strides ... */
#define UP_EXPLAIN_LINKS ((size_t)1 << 20) /* most products */
#define UP_EXPLAIN_RESULT 262144           /* most values of a result */
#define UP_EXPLAIN_WAYS 6

/* Places are flat: (channel * height + row) * width + column; of results in the full one. */
typedef struct {
    int in, out;
    int kernel; /* place of the weight in the kernel; -1: it is not from there */
    double weight;
} up_link;

/* One way to the result. */
typedef struct {
    const char *name;  /* "scatter", short enough for a column */
    const char *title; /* a sentence for it */
    up_small y;
    double difference; /* from the first way, at most */
    bool agrees;
} up_way;

/* y[stride * i + row][.. + column] = sum of kernel[..] * x[i * jump + offset[0]][..] */
typedef struct {
    int phase[2], offset[2], kernel[2];
} up_phase_tap;

/* Of one axis of a resampling: the weights of an output. */
typedef struct {
    double position; /* over the inputs, 0 being the centre of the first */
    int first;       /* input of weight[0]; those beyond the ends are those at the ends */
    int taps;
    double weight[4];
} up_axis_taps;

typedef struct up_explain_op up_explain_op;

struct up_explanation {
    const up_explain_op *op;
    up_options options;
    up_small x, k; /* k: [planes][rows][columns], no value where the op has none */
    int in_channels, out_channels, groups;
    int kernel[2], stride[2], padding[2], output_padding[2], dilation[2];

    bool scatter;
    up_link *link; /* by steps */
    size_t links, capacity;

    int full[2], before[2]; /* size of the full result; where the result begins in it */
    up_small y;             /* what the engine made: a part of the full result */
    up_way way[UP_EXPLAIN_WAYS];
    int ways;
    bool agrees;

    const char *size_formula;
    char size_text[2][128]; /* rows, columns: the formula with the numbers put in */

    up_small inserted, turned; /* tconv: the input with zeros, and the kernel for it */
    up_phase_tap *tap;         /* tconv and conv: as the kernels run them */
    int taps;
    up_axis_taps *axis[2];      /* resampling: of every row, and column */
    up_small indices, put_back; /* pooling: where maxima are, and those put there again */
    bool strayed;               /* not where they were */

    up_small overlap; /* one plane: taps that meet in a place of what is scattered to */
    int fan_in;       /* links of a place of the overlap that stand for one tap */
    bool even;        /* away from the border */
    char verdict[256];

    char *text, *json; /* what was asked for last */
};

struct up_explain_op {
    const char *name, *summary;
    up_status (*explain)(up_explanation *e, const up_explain_options *options, up_error *error);
};

extern const up_explain_op up_explain_ops[]; /* ends with an entry without a name */

up_status up_explain_tconv(up_explanation *e, const up_explain_options *o, up_error *error);
up_status up_explain_conv(up_explanation *e, const up_explain_options *o, up_error *error);
up_status up_explain_nearest(up_explanation *e, const up_explain_options *o, up_error *error);
up_status up_explain_nails(up_explanation *e, const up_explain_options *o, up_error *error);
up_status up_explain_shuffle(up_explanation *e, const up_explain_options *o, up_error *error);
up_status up_explain_pool(up_explanation *e, const up_explain_options *o, up_error *error);
up_status up_explain_unpool(up_explanation *e, const up_explain_options *o, up_error *error);
up_status up_explain_bilinear(up_explanation *e, const up_explain_options *o, up_error *error);
up_status up_explain_bicubic(up_explanation *e, const up_explain_options *o, up_error *error);

/* "JSON of tconv" and the like; malloc()ed, NULL without memory. */
char *up_explanation_text(const up_explanation *e, const up_explain_style *style);
char *up_explanation_json(const up_explanation *e);

#endif
