/* SPDX-License-Identifier: MIT */
/* Going from chunk to chunk of a PNG file that can be searched. */
#ifndef UP_IO_PNG_WALK_H
#define UP_IO_PNG_WALK_H

#include "io/png/png_chunk.h"

typedef struct {
    char type[5];
    int64_t data;  /* where its data lie */
    uint32_t size; /* of them */
    int64_t there; /* bytes of them that are in the file */
} up_png_place;

/* The chunk at *at, which moves behind it. False: there is none, or it is the end. */
bool up_png_walk(up_png_place *chunk, up_reader *reader, int64_t *at);

/* The data of a small chunk that is whole, with the right checksum; false: it is not. */
bool up_png_fetch(uint8_t *data, uint32_t size, const up_png_place *chunk, up_reader *reader);

static inline bool up_png_is(const up_png_place *chunk, const char type[5])
{
    return chunk->type[0] == type[0] && chunk->type[1] == type[1] && chunk->type[2] == type[2] &&
           chunk->type[3] == type[3];
}

#endif
