/* SPDX-License-Identifier: MIT */
/* Joining bands, format by format. */
#ifndef UP_CLUSTER_JOIN_BANDS_H
#define UP_CLUSTER_JOIN_BANDS_H

#include "io/files/reader.h"
#include "io/files/writer.h"
#include "upscale_cluster.h"

typedef struct {
    const char *const *band; /* paths */
    int count;
    up_writer *out;
} up_joining;

up_status up_join_pnm(const up_joining *joining, up_error *error);
up_status up_join_npy(const up_joining *joining, up_error *error);
up_status up_join_png(const up_joining *joining, up_error *error);
up_status up_join_jpeg(const up_joining *joining, up_error *error);

/* Exactly `size` bytes from where the reader stands. */
up_status up_join_copy(up_writer *out, up_reader *from, int64_t size, up_error *error);

up_status up_join_unlike(const char *band, up_error *error);

#endif
