/* SPDX-License-Identifier: MIT */
/* What families are made of: layers added behind a node *x, which becomes the new one. Names of
 * tensors are printf formats, without the prefix that all share. */
#ifndef UP_PARTS_PARTS_H
#define UP_PARTS_PARTS_H

#include "network/families/family.h"
#include "network/layers.h"

#include <stdarg.h>
#include <stdio.h>

#define UP_FORMAT(at) __attribute__((format(printf, at, at + 1)))

/* Writes the name that a function of this kind was given, with what follows it. */
#define UP_PART_KEY(key, name)                                                                     \
    do {                                                                                           \
        va_list args;                                                                              \
        va_start(args, name);                                                                      \
        vsnprintf(key, UP_MOST_KEY, name, args);                                                   \
        va_end(args);                                                                              \
    } while (0)

/* Writes a name, cut off where it is too long to be found. */
void up_part_name(char key[UP_MOST_KEY], const char *name, ...) UP_FORMAT(2);

/* NAME.weight, NAME.SUFFIX, or NULL. */
const up_tensor *up_part_weight(const up_network_builder *b, const char *name, ...) UP_FORMAT(2);
const up_tensor *up_part_tensor(const up_network_builder *b, const char *suffix, const char *name,
                                ...) UP_FORMAT(3);

/* The weight, if it is a kernel: 4-D. */
const up_tensor *up_part_kernel(const up_network_builder *b, const char *name, ...) UP_FORMAT(2);

/* Refuses the file because KEY.weight is not there. */
up_status up_part_missing(const up_network_builder *b, const char *key);

/* How many numbers N from 0 on have a tensor BEFORE N AFTER.weight. */
int up_part_count(const up_network_builder *b, const char *before, const char *after);

/* The input has as many channels as the kernel NAME.weight of a convolution in one group gets. */
up_status up_part_start(up_network_builder *b, const char *name, ...) UP_FORMAT(2);

/* A Conv2d of stride 1 that keeps the size; then any. */
up_status up_part_conv(up_network_builder *b, int *x, const char *name, ...) UP_FORMAT(3);
up_status up_part_convolution(up_network_builder *b, int *x, const up_layer_kind *kind,
                              const up_convolution *conv, const char *name, ...) UP_FORMAT(5);
up_status up_part_prelu(up_network_builder *b, int *x, const char *name, ...) UP_FORMAT(3);

/* BatchNorm2d in inference, as factor and offset of each channel. */
up_status up_part_batch_norm(up_network_builder *b, int *x, double eps, const char *name, ...)
    UP_FORMAT(4);

/* A layer without tensors. */
up_status up_part_layer(up_network_builder *b, int *x, const up_layer_kind *kind,
                        const void *fields);
up_status up_part_leaky(up_network_builder *b, int *x, float slope);
up_status up_part_resize(up_network_builder *b, int *x, up_resize_mode mode, int factor);

/* factor[c] * x + offset[c]; NULL: 1, or 0. */
up_status up_part_affine(up_network_builder *b, int *x, int channels, const double *factor,
                         const double *offset);

/* The same for all channels. */
up_status up_part_scale(up_network_builder *b, int *x, float factor);
up_status up_part_shift(up_network_builder *b, int *x, float offset);

/* Of *x and another, in this order, into *x; of any number. */
up_status up_part_join(up_network_builder *b, int *x, const up_layer_kind *kind, int other);
up_status up_part_add(up_network_builder *b, int *x, int other);
up_status up_part_concat(up_network_builder *b, int *x, const int *nodes, int count);

/* Makes so many channels, or as many as come into the network, out of more of them, by a pixel
 * shuffle. */
up_status up_part_shuffle_to(up_network_builder *b, int *x, int channels);
up_status up_part_shuffle_to_input(up_network_builder *b, int *x);

/* A transposed convolution whose scale and padding come from flags, metadata and convention.
 * `centred`: an odd kernel is centred on its pixel, as in FSRCNN. */
up_status up_part_transposed(up_network_builder *b, int *x, bool centred, const char *name);

/* ---------------------------------------------------------------- numbered layers */

/* A run of numbered layers: NAME.0, NAME.1, ... */
typedef struct {
    const char *name;         /* of the group; "" for bare numbers */
    const up_layer_kind *gap; /* what stands where a number has no tensors; NULL: unknown */
    const void *gap_fields;
    bool transposed; /* may hold a transposed convolution */
} up_part_group;

const char *up_part_key(char key[UP_MOST_KEY], const char *group, int number);

/* The number behind "PREFIX GROUP." in a tensor's name, or -1; and the highest of the file. */
int up_part_number(const up_network_builder *b, const char *group, const char *tensor);
int up_part_last_number(const up_network_builder *b, const char *group);

up_status up_part_add_group(up_network_builder *b, int *x, const up_part_group *group);

#endif
