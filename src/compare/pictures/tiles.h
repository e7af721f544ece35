/* SPDX-License-Identifier: MIT */
/*
 * A picture of any size as tiles, and again at a half, a quarter ... of its size for the far view,
 * so that a page loads only what it shows. Level 0 holds the very samples; level n + 1 the means of
 * 2x2 of level n. Rows stream: memory is that of a few rows of tiles.
 */
#ifndef UP_COMPARE_TILES_H
#define UP_COMPARE_TILES_H

#include "compare/pictures/picture_rows.h"

#include <stdio.h>

#define UP_TILE 512
#define UP_MOST_LEVELS 24

typedef struct {
    const char *folder; /* tiles go to FOLDER/RESULT/LEVEL/COLUMN-ROW.js ... */
    FILE *page;         /* ... or into this page; both NULL: nowhere */
    int result, threads;
    void (*watch)(void *user, int y, const void *row); /* sees every row; may be NULL */
    void *user;
    const volatile int *cancel;
} up_tiling;

/* How many levels there are until one tile holds all. */
int up_tile_levels(int width, int height);
int up_tile_halved(int size, int level);

up_status up_tiles_cut(const char *path, const up_tiling *tiling, up_error *error);

/* Hands a tile to its file or page under the name that the page asks for. */
up_status up_tile_put(const up_tiling *tiling, const char *name, const char *base64,
                      up_error *error);

#endif
