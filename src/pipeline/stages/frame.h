/* SPDX-License-Identifier: MIT */
/*
 * A whole tensor that one stage of a run leaves for later ones: in memory, or in a file without a
 * name, of which only the rows that are being made or read are in memory.
 */
#ifndef UP_PIPELINE_FRAME_H
#define UP_PIPELINE_FRAME_H

#include "pipeline/ring.h"

typedef struct {
    int node;           /* of the whole graph, whose rows it holds */
    up_shape shape;     /* of these, which are raw */
    const up_op *whole; /* whose result it holds; NULL: none's */
    int first, last;    /* stages: that makes it, and the last one that reads it */
    int low, high;      /* rows that are read of it */
    bool in_file;
    size_t row_bytes, plane_bytes; /* from row to row, and from channel to channel of one */
    size_t bytes;
    unsigned char *data; /* NULL while it is not open */

    size_t parts_row_bytes, parts_plane_bytes, parts_bytes;
    unsigned char *parts; /* what `whole` makes its result of, while it runs */
} up_frame;

up_status up_frame_layout(up_frame *frame, up_error *error);

up_status up_frame_open(up_frame *frame, up_error *error);
void up_frame_close(up_frame *frame);

/* The rows of a ring are from now on those of the frame: to be made, or to be read. */
void up_frame_bind_made(const up_frame *frame, up_ring *ring);
void up_frame_bind(const up_frame *frame, up_ring *ring);

/* After the stage that makes the rows of `whole`; up_whole has the meaning of the others. */
up_status up_frame_finish(up_frame *frame, int threads, void *run,
                          bool (*goes_on)(void *run, double done), up_error *error);

/* Rows *done .. end - 1 are not needed for now: where they are worth a call, memory is given back
 * and *done moves on. */
void up_frame_release(const up_frame *frame, int *done, int end);

/* What is in memory of a frame in a file at most, while one strip makes or reads it `rows` rows at
 * a time. */
size_t up_frame_window_bytes(const up_frame *frame, int rows);

#endif
