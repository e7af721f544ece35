/* SPDX-License-Identifier: MIT */
/*
 * The last rows of a tensor, or of some of its columns. Everything about edges is here: rows above
 * and below the image, the columns beyond either end, and the wrap. Ops never see any of it.
 */
#ifndef UP_PIPELINE_RING_H
#define UP_PIPELINE_RING_H

#include "ops/op.h"

typedef struct {
    up_shape shape;
    int rows;       /* capacity */
    int first, end; /* columns that are read; those beyond the sides are filled */
    up_edge edge;   /* with what */
    int low, high;  /* columns there is room for */
    size_t row_bytes, plane_bytes;
    unsigned char *data; /* where column 0 of row 0 of channel 0 is, or would be */
    unsigned char *zero; /* the same of a row of zeros; float rings only */
    int origin;          /* of a bound ring: the row that lies at `data` */
    bool bound;
} up_ring;

/* Where row y (or column) really lies for an edge: -1 is a row of zeros. */
int up_edge_row(up_edge edge, int y, int height);

/* The rows (or columns) behind first .. end - 1: those that must be there. */
void up_edge_reads(up_edge edge, int first, int end, int height, int *low, int *high);

/* Room for what is made, columns x0 .. x1 - 1, and read, low .. high - 1 (first .. end - 1 are
 * among them), and what ops may touch beyond. */
void up_ring_extend(up_ring *ring, int x0, int x1, int low, int high);

/* Strides for `rows` rows; false if the size overflows. */
bool up_ring_layout(up_ring *ring);
size_t up_ring_bytes(const up_ring *ring);

/* Puts a ring into a block of that many bytes, all 0 and aligned. */
void up_ring_place(up_ring *ring, void *block);

/* Rows from now on lie in memory of somebody else, row `origin` first. */
void up_ring_bind(up_ring *ring, void *data, size_t row_bytes, size_t plane_bytes, int origin);

/* Column 0 of row y, 0 <= y < height, of a channel. */
static inline unsigned char *up_ring_row(const up_ring *ring, int channel, int y)
{
    int slot = ring->bound ? y - ring->origin : y % ring->rows;
    return ring->data + (size_t)channel * ring->plane_bytes + (size_t)slot * ring->row_bytes;
}

/* Fills the side padding of rows y0 .. y1 - 1. */
void up_ring_pad(const up_ring *ring, int y0, int y1);

#endif
