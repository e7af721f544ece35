/* SPDX-License-Identifier: MIT */
/* Pieces and plans as lines of JSON. */
#ifndef UP_CLUSTER_PIECE_JSON_H
#define UP_CLUSTER_PIECE_JSON_H

#include "base/status.h"
#include "upscale_cluster.h"

#include <jansson.h>

/* *path is in new memory; NULL: there is none. false: there is no memory. */
bool up_json_get_path(char **path, const json_t *object, const char *name);

/* A line with its newline, in new memory; NULL: no memory. */
char *up_piece_line(const up_piece *piece);
/* The line of a piece without a shard, with it. */
char *up_piece_line_in(const char *line, size_t size, int shard);
char *up_manifest_head(const up_manifest_info *info);

/* Takes the line over; NULL: no memory. */
up_status up_manifest_put_line(up_manifest_writer *writer, char *line, up_error *error);

/* *good: the line is a piece, and else it is cleared. */
up_status up_piece_read(up_piece *piece, const char *line, size_t size, bool *good,
                        up_error *error);

#endif
