/* SPDX-License-Identifier: MIT */
/* Weight files that ship inside the library: data/NAME-xSCALE.safetensors, put there by
 * embed.cmake. */
#ifndef UP_WEIGHTS_EMBEDDED_H
#define UP_WEIGHTS_EMBEDDED_H

#include <stddef.h>

typedef struct {
    const char *name; /* "bicubic" */
    int scale;
    const void *bytes; /* for up_tensor_file_from_memory() */
    size_t size;
} up_embedded;

/* By position; NULL past the last. */
const up_embedded *up_embedded_at(int i);

/* The one called `name` for `scale`; NULL if there is none. Without a name: small, else linear,
 * else bicubic. */
const up_embedded *up_embedded_find(const char *name, int scale);

#endif
