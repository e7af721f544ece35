/* SPDX-License-Identifier: MIT */
/*
 * A network in training: an up_network all of whose layers have a way back (passes.h), and one
 * vector in which the parameters of each lie. It makes colours from the same colours (luma, studio;
 * RGB; YCbCr; white 1), and may take a plane behind them that tells the strength of what is to be
 * mended (network/metadata/condition.h). Layers work on pixels of the input and keep the size, but
 * for the last, which enlarges, by 1 too. The enlargement of the input's colours that may be added
 * to its result is not run: targets are without it (residual.h).
 */
#ifndef UP_TRAIN_TRAINABLE_H
#define UP_TRAIN_TRAINABLE_H

#include "train/data/residual.h"
#include "train/design/branches.h"
#include "train/passes/passes.h"

/* Gradients of results lie in slots, which nodes take from each other. */
typedef struct {
    const up_pass_kind *pass; /* NULL: it is not run */
    up_conv_shape conv;       /* of a convolution, else 0 */
    size_t first;             /* its parameters: weights, then biases */
    size_t weights, biases;
    up_branches branches; /* what weights are the sum of while they learn; ->count 0: none */
    size_t branch_first;  /* their parameters, behind those of all nodes */
    bool learns;          /* the result depends on parameters, so that its gradient is wanted */
    float *weight, *bias; /* those of the node of the network, in its order */
    int planes;           /* of the result */
    int slot;             /* of the gradient of its result; -1: it has none */
    int spare;            /* for that of its input, where the input's own has begun; else -1 */
    int reader;           /* the last node that reads the result: it begins the gradient */
} up_trained_node;

typedef struct {
    up_network *network; /* owned */
    char *design;        /* what it was begun as, JSON (design/design.h); NULL: otherwise */
    up_trained_node *node;
    int last; /* the node that enlarges; none behind it is run */
    int scale;
    int colors;       /* channels of the result, */
    bool conditioned; /* and of the input, but for a plane of strength behind them */
    up_residual residual;
    size_t parameters; /* of all nodes, as they are run, */
    size_t learned;    /* and as they learn: those, and behind them those of branches */
    int slots;
    int reach;       /* of the largest kernel, */
    int most_planes; /* and the most of all results */
    int most_taps;   /* inputs, or planes, times the kernel */
} up_trainable;

/* A convolution and a PReLU, `body` more of them, the output of the first added if there are two or
 * more, and a transposed convolution; the bicubic enlargement of the input is added. */
typedef struct {
    int scale, channels, body;
    int first_kernel, body_kernel, last_kernel; /* odd; in pixels of the input */
} up_trainable_shape;

/* With random weights; those of the last layer are 0, so that it begins as bicubic. The shape is a
 * short way to say a design (train/design/design.h). */
up_status up_trainable_new(up_trainable *net, const up_trainable_shape *shape, uint64_t seed,
                           up_error *error);

/* Takes a network over, also where it fails: UP_ERROR_WEIGHTS, by `name` and layer, for one that
 * cannot be trained. */
up_status up_trainable_make(up_trainable *net, up_network *network, const char *name,
                            up_error *error);

/* That of a file; `scale` counts where the file leaves it open. */
up_status up_trainable_load(up_trainable *net, const up_tensor_file *file, int scale,
                            up_error *error);

/* Lets the last layer begin anew for another scale, as 0: a transposed convolution, or a
 * convolution whose channels a pixel shuffle makes pixels. */
up_status up_trainable_rescale(up_trainable *net, int scale, const char *name, up_error *error);

void up_trainable_free(up_trainable *net);

/* Whether the layers are the same but for their weights. */
bool up_trainable_alike(const up_trainable *a, const up_trainable *b);

/* Counts what learns, once branches are there. */
void up_trainable_count(up_trainable *net);

/* What learning begins with: [learned], from the network's own values. */
void up_trainable_read(const up_trainable *net, float *learned);

/* Of a node, what is run of what learns: parameter[parameters] of learned[learned]. And back: the
 * gradient of its branches, behind the others, from those. */
void up_trainable_join(const up_trainable *net, int node, const float *learned, float *parameter);
void up_trainable_part(const up_trainable *net, int node, const float *learned, float *gradient);

/* The same of all nodes. */
void up_trainable_join_all(const up_trainable *net, const float *learned, float *parameter);

/* Parameters, as they are run, to the network's own values. */
void up_trainable_write(up_trainable *net, const float *parameter);

/* Input i of a node, where its gradient is wanted; else NULL. */
const up_trained_node *up_trainable_input(const up_trainable *net, int node, int i);

/* The end of the parameters of a node. */
size_t up_trainable_end(const up_trainable *net, int node);

/* The phases of a channel have one bias: the mean of their gradients goes to each. */
void up_trainable_tie(const up_trainable *net, float *gradient);

#endif
