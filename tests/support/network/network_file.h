/* SPDX-License-Identifier: MIT */
/* Weight files of networks made up for a test, and what the library reads from them: each is also
 * written as upscale.layers, and must be the same when that is read. */
#ifndef SUPPORT_NETWORK_FILE_H
#define SUPPORT_NETWORK_FILE_H

#include "network/network.h"
#include "support/weights/tensor_data.h"

/* Tensors "NAME:SHAPE NAME:SHAPE ..." with shapes as "8,1,3,3" or "" and small values in F32;
 * `metadata` are members of __metadata__, with ' for ". `layers`, if not NULL, is upscale.layers in
 * the same spelling. */
tensor_file network_file(const char *tensors, const char *layers, const char *metadata);

/* Frees the file. NULL, with the reason in `error`, if the library refuses it. */
up_network *network_read(tensor_file bytes, const up_network_hints *hints, up_error *error);

/* From the path of a file; a refusal fails the test. */
up_network *network_open(const char *path, const up_network_hints *hints);

/* A made-up file that must load. */
up_network *network_made(const char *tensors, const char *layers, const char *metadata, int scale);

/* That it was refused in one line that holds both texts; frees what was not. */
void expect_refusal(up_network *network, const up_error *error, const char *culprit,
                    const char *reason);

/* One that must be refused in one line that holds both texts. */
void network_refused(tensor_file bytes, const up_network_hints *hints, const char *culprit,
                     const char *reason);

#endif
