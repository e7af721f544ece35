/* SPDX-License-Identifier: MIT */
/*
 * A picture of any size as tiles, and again at a half, a quarter ... of its size for the far view,
 * so that a page loads only what it shows. Level 0 holds the very samples; level n + 1 the means of
 * 2x2 of level n. Rows stream: memory is that of a few rows of tiles. Of a picture of few tiles
 * only level 0 is kept: a page makes the far view as it draws.
 *
 * In a folder, a tile is a script RESULT/LEVEL/COLUMN-ROW.js in UTF-16: upscaleTile("...","...")
 * hands over the bytes (compare/pictures/tile_text.h), upscaleSame("RESULT/LEVEL/COLUMN-ROW") says
 * that they are those of another result. In a page it is an element script of type text/plain, in
 * base64, whose id is tile-RESULT/LEVEL/COLUMN-ROW.
 */
#ifndef UP_COMPARE_TILES_H
#define UP_COMPARE_TILES_H

#include "compare/pictures/picture_rows.h"
#include "io/files/kept_bytes.h"

#include <stdio.h>

#define UP_TILE 512
#define UP_MOST_LEVELS 24

typedef struct {
    const char *folder; /* of tiles ... */
    FILE *page;         /* ... or into this page; both NULL: nowhere */
    int result, threads;
    void (*watch)(void *user, int y, const void *row); /* sees every row; may be NULL */
    void *user;
    const volatile int *cancel;
} up_tiling;

/* How many levels there are until one tile holds all. */
int up_tile_levels(int width, int height);
int up_tile_halved(int size, int level);
bool up_tile_level_is_kept(int width, int height, int level);

up_status up_tiles_cut(const char *path, const up_tiling *tiling, up_error *error);

/* Hands a tile to its file or page. In a folder, one that an earlier result has at the same place
 * is not written again. */
up_status up_tile_put(const up_tiling *tiling, int level, int column, int row,
                      const up_kept_bytes *tile, up_error *error);

/* Into a page, under the name that the page asks for. */
up_status up_tile_inline(FILE *page, const char *name, const up_kept_bytes *tile, up_error *error);

#endif
