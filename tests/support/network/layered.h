/* SPDX-License-Identifier: MIT */
/* Graphs of layers beside the plain tensors that they ought to make, in double. */
#ifndef SUPPORT_LAYERED_H
#define SUPPORT_LAYERED_H

#include "pipeline/run/run.h"

enum { LAYERED_MOST = 1024 };

typedef struct {
    int channels, height, width;
    double *value; /* NULL where no reference is asked for */
} layered_tensor;

/* Layers are known by their node in the graph. */
typedef struct {
    up_graph graph;
    layered_tensor tensor[LAYERED_MOST];
    int height, width, channels, frames;
    float *input; /* frames, planar */
    int frame;    /* that the tensors are for */
} layered;

/* Random planes; `frame` of them is what the tensors are for; -1: there are none. Returns the
 * layer that they are. */
int layered_begin(layered *l, int channels, int height, int width, int frames, int frame);
void layered_end(layered *l);

/* Random weights that depend on the layer's number only. Zeros beyond the edges; with `edge` as
 * that says. */
int layered_conv(layered *l, int from, int channels, int kernel);
int layered_conv_edge(layered *l, int from, int channels, int kernel, up_edge edge);
int layered_relu(layered *l, int from);
int layered_sigmoid(layered *l, int from);
int layered_add(layered *l, int a, int b);
int layered_scale(layered *l, int plane, int one);
int layered_shift(layered *l, int plane, int one);
int layered_select(layered *l, int from, int first, int count);
int layered_concat(layered *l, const int *from, int count);
int layered_reduce(layered *l, int from, up_reduction kind);

/* To raw rows, marked as an output. */
void layered_output(layered *l, int from);

/* How a run is made, and what it came to. */
typedef struct {
    int threads, band;
    up_keep keep;
    int segments;
    const char *path; /* of an .npy to read from; NULL: from memory */
    size_t spare;     /* what up_run_fit() is given beyond the least */
    const volatile int *cancel;
    void (*progress)(void *user, double done);
    void *user;
    int stages, in_memory, in_files; /* made by it: stages, and frames but the reductions' */
    int strips;                      /* of the last stage */
    double excess; /* the most that the strips of a stage make of what one would */
    size_t bytes;  /* that were promised */
    double multiply_adds;
} layered_run;

/* All frames of the one output; free() them. NULL where the run failed, with the status. Of more
 * than one frame, which need a `path`, it goes through a file in the scratch folder. */
float *layered_make(layered *l, layered_run *run, up_status *status, up_error *error);

#endif
