/* SPDX-License-Identifier: MIT */
/*
 * Kinds of layers that can be trained: how each is run on a patch, and back. A new kind is one
 * static const of up_pass_kind, its declaration here and one line in pass_kinds.c.
 *
 * Layers work on planes of the size of the network's input. One that enlarges by `scale` makes
 * scale^2 such planes of every channel, its phases: of channel c, pixel (y, x) of each square,
 * plane (c * scale + y) * scale + x.
 */
#ifndef UP_TRAIN_PASSES_H
#define UP_TRAIN_PASSES_H

#include "network/layers.h"
#include "train/passes/conv_pair.h"

/* A node run on one patch. Planes begin at their first pixel. */
typedef struct {
    const up_network *network;
    const up_network_node *node;
    const up_conv_work *work;
    up_conv_shape conv;              /* of a convolution */
    const float *const *in;          /* planes of each input, */
    float *out;                      /* of the result, */
    float *out_gradient;             /* of the loss by the result, which may be overwritten, */
    float *const *in_gradient;       /* and by each input, NULL where it is not wanted; */
    const float *parameter;          /* those of the node, */
    const float *forward, *backward; /* of a convolution: packed, as up_conv_pack() and ..., */
    float *gradient;                 /* and the loss by them, to be added to */
} up_pass;

typedef struct {
    const up_layer_kind *kind;

    /* Why such a node cannot be trained; NULL: it can. */
    const char *(*refuse)(const up_network_node *node);

    /* Of convolutions: as what it is run, phases counting as outputs, and where weight i of that,
     * in [out][in][kernel][kernel], is among the node's (NULL: there). Their parameters are the
     * weights and a bias for every plane; those of others the node's weight, if it has one, and
     * begin at `beginning`. */
    up_conv_shape (*conv)(const up_network_node *node);
    size_t (*place)(const up_network_node *node, size_t i);
    float beginning;

    /* NULL: the result is the planes of its input, as they are. */
    void (*forward)(const up_pass *pass);

    /* Adds to `gradient`. Convolutions set in_gradient[0]; layers that keep their inputs `apart`
     * add to in_gradient[]; others make out_gradient that of every input, NULL where it is. */
    bool apart;
    void (*backward)(const up_pass *pass);
} up_pass_kind;

/* NULL: there is none. */
const up_pass_kind *up_pass_kind_find(const up_layer_kind *kind);

extern const up_pass_kind up_pass_conv2d, up_pass_conv_transpose2d;        /* pass_convolution.c */
extern const up_pass_kind up_pass_prelu, up_pass_leaky_relu, up_pass_relu; /* pass_activation.c */
extern const up_pass_kind up_pass_add, up_pass_pixel_shuffle;              /* pass_planes.c */
extern const up_pass_kind up_pass_mul, up_pass_sub;                        /* pass_join.c */
extern const up_pass_kind up_pass_concat, up_pass_channels;
extern const up_pass_kind up_pass_sigmoid, up_pass_tanh, up_pass_silu; /* pass_maps.c */
extern const up_pass_kind up_pass_gelu, up_pass_hard_sigmoid, up_pass_hard_swish;
extern const up_pass_kind up_pass_affine, up_pass_clip;

/* Planes of the result, and pixels of one with what lies between its rows: margins are 0 and stay
 * so. */
int up_pass_planes(const up_network_node *node);
int up_pass_in_planes(const up_pass *pass, int input);
int up_pass_points(const up_pass *pass);

/* Planes as they lie in a pass: to += from, and to = from. */
void up_pass_add_planes(const up_pass *pass, float *to, const float *from, int planes);
void up_pass_copy_planes(const up_pass *pass, float *to, const float *from, int planes);

#endif
