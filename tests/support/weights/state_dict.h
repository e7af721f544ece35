/* SPDX-License-Identifier: MIT */
/* State dicts made up for a test, the networks that they are told to be, and what is expected of
 * them. */
#ifndef SUPPORT_STATE_DICT_H
#define SUPPORT_STATE_DICT_H

#include "network/layers.h"
#include "support/network/network_file.h"

#include <stdio.h>

#define STATE_FORMAT(at) __attribute__((format(printf, at, at + 1)))

/* Tensors with values as network_file() makes them, in the order in which they are put. */
typedef struct {
    FILE *out;
    char *text;
    size_t size;
    const char *metadata; /* as network_file() takes it; NULL: none */
} keys;

void keys_begin(keys *k);

/* "NAME:SHAPE NAME:SHAPE ..." */
void keys_put(keys *k, const char *tensors, ...) STATE_FORMAT(2);

/* NAME.weight and NAME.bias of a convolution of size x size. */
void keys_conv(keys *k, int out, int in, int size, const char *name, ...) STATE_FORMAT(5);

/* Ends the list. */
tensor_file keys_file(keys *k);

/* Frees the file. NULL, with the reason in `error`, if the library refuses it. `hints` may be NULL.
 */
up_network *state_read(tensor_file bytes, const up_network_hints *hints, up_error *error);

/* What must load, and what must be refused in one line that holds both texts. */
up_network *state_made(keys *k, const up_network_hints *hints);
void state_refused(keys *k, const up_network_hints *hints, const char *culprit, const char *reason);

/* The same along both axes; 0 stands for the 1 of a multiple and of the least input. */
typedef struct {
    const char *family;
    int scale, in, out;
    int missing, multiple, least;
} figures;

void expect_figures(const up_network *network, figures wanted);

/* Kinds in order, as upscale.layers spells them; how many are of one kind. */
void expect_kinds(const up_network *network, const char *kinds);
int count_of(const up_network *network, const up_layer_kind *kind);

/* All of it, of what must load; `kinds` may be NULL. */
void state_expect(keys *k, const up_network_hints *hints, figures wanted, const char *kinds);

#endif
