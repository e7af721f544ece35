/* SPDX-License-Identifier: MIT */
#include "compare/pictures/tiles.h"

#include "base/machine/team.h"
#include "base/memory.h"
#include "compare/files/work_folder.h"
#include "compare/pictures/tile_encode.h"
#include "io/pixels.h"

#include <string.h>

enum { FEW_TILES = 24 }; /* a page draws as many at once, smaller, without being slow */

typedef struct {
    int width, height, next; /* rows that have come */
    uint8_t *band;           /* UP_TILE rows */
} tile_level;

typedef struct {
    const up_tiling *tiling;
    up_picture_rows rows;
    int levels;
    tile_level level[UP_MOST_LEVELS];
} cutter;

int up_tile_halved(int size, int level)
{
    return (int)(((int64_t)size + (1LL << level) - 1) >> level);
}

int up_tile_levels(int width, int height)
{
    int levels = 1;
    for (int side = up_max(width, height); side > UP_TILE; side = up_tile_halved(side, 1))
        levels++;
    return levels;
}

bool up_tile_level_is_kept(int width, int height, int level)
{
    const int64_t tiles = (int64_t)((width - 1) / UP_TILE + 1) * ((height - 1) / UP_TILE + 1);
    return level == 0 || tiles > FEW_TILES;
}

/* -------------------------------------------------------------- one row of tiles */

static up_status encode_tile(const cutter *c, const tile_level *l, int column, int rows,
                             up_kept_bytes *bytes, up_error *error)
{
    size_t pixel = c->rows.pixel_bytes, stride = (size_t)l->width * pixel;
    int x = column * UP_TILE, width = up_min(UP_TILE, l->width - x);
    up_pixels tile = { .format = *c->rows.format };
    tile.format.width = width;
    tile.format.height = rows;
    uint8_t *data = tile.data = up_alloc((size_t)width * (size_t)rows, pixel);
    if (!data)
        return up_fail_memory(error, "a tile", (size_t)width * (size_t)rows * pixel);
    for (size_t y = 0; y < (size_t)rows; y++)
        memcpy(data + y * (size_t)width * pixel, l->band + y * stride + (size_t)x * pixel,
               (size_t)width * pixel);
    up_status status = (l == c->level ? up_tile_encode : up_tile_encode_far)(
        bytes, &tile, &c->rows.source->metadata, error);
    up_free(data);
    return status;
}

typedef struct {
    const cutter *cutter;
    const tile_level *level;
    int columns, rows;
    up_kept_bytes *tile;
    up_error *errors;
} tile_row;

static void encode_row(void *user)
{
    const tile_row *r = user;
#pragma omp parallel for num_threads(r->cutter->tiling->threads) schedule(dynamic)
    for (int i = 0; i < r->columns; i++)
        r->errors[i].status =
            encode_tile(r->cutter, r->level, i, r->rows, &r->tile[i], &r->errors[i]);
}

/* Encodes on all threads, writes in order. */
static up_status cut_band(const cutter *c, int level, up_error *error)
{
    const tile_level *l = &c->level[level];
    int columns = (l->width + UP_TILE - 1) / UP_TILE, row = (l->next - 1) / UP_TILE;
    up_kept_bytes *tile = up_alloc_zero((size_t)columns, sizeof *tile);
    up_error *errors = up_alloc_zero((size_t)columns, sizeof *errors);
    up_status status = tile && errors ? UP_OK : up_fail_memory(error, "tiles", (size_t)columns);
    tile_row all = { c, l, columns, l->next - row * UP_TILE, tile, errors };
    if (status == UP_OK)
        up_team_run(encode_row, &all);
    for (int i = 0; i < columns && status == UP_OK; i++) {
        status = errors[i].status;
        if (status == UP_OK)
            status = up_tile_put(c->tiling, level, i, row, &tile[i], error);
        else if (error)
            *error = errors[i];
    }
    for (int i = 0; tile && i < columns; i++)
        up_free(tile[i].data);
    up_free(tile);
    up_free(errors);
    return status;
}

/* -------------------------------------------------------------- means of 2x2 */

static unsigned get(const uint8_t *row, size_t i, bool wide)
{
    return wide ? ((const uint16_t *)(const void *)row)[i] : row[i];
}

static void put(uint8_t *row, size_t i, bool wide, unsigned value)
{
    if (wide)
        ((uint16_t *)(void *)row)[i] = (uint16_t)value;
    else
        row[i] = (uint8_t)value;
}

/* `upper` and `lower` have `width` pixels. Colours count as much as they are opaque. */
static void halve_rows(uint8_t *out, const uint8_t *upper, const uint8_t *lower, int width,
                       int channels, bool alpha, bool wide)
{
    for (int x = 0; x < width; x += 2) {
        size_t n = (size_t)channels, left = (size_t)x * n, right = left + (x + 1 < width ? n : 0);
        const uint8_t *row[4] = { upper, upper, lower, lower };
        const size_t at[4] = { left, right, left, right };
        uint64_t weight[4] = { 1, 1, 1, 1 }, all = 4;
        if (alpha) {
            all = 0;
            for (int i = 0; i < 4; i++)
                all += weight[i] = get(row[i], at[i] + n - 1, wide);
        }
        for (size_t c = 0; c < n; c++) {
            bool plain = alpha && c == n - 1;
            uint64_t sum = 0, by = plain ? 4 : all;
            for (int i = 0; i < 4; i++)
                sum += get(row[i], at[i] + c, wide) * (plain ? 1 : weight[i]);
            put(out, left / 2 + c, wide, by ? (unsigned)((sum + by / 2) / by) : 0);
        }
    }
}

static uint8_t *band_row(const cutter *c, int level, int y)
{
    const tile_level *l = &c->level[level];
    return l->band + (size_t)(y % UP_TILE) * (size_t)l->width * c->rows.pixel_bytes;
}

/* The row y of a level is in its band: what follows from that. */
static up_status advance(cutter *c, int level, up_error *error)
{
    tile_level *l = &c->level[level];
    int y = l->next++;
    bool last = l->next == l->height;
    if (level + 1 < c->levels && (y % 2 == 1 || last)) {
        const up_format *f = c->rows.format;
        tile_level *half = &c->level[level + 1];
        halve_rows(band_row(c, level + 1, half->next), band_row(c, level, y - y % 2),
                   band_row(c, level, y), l->width, f->channels, up_color_has_alpha(f->color),
                   f->sample == UP_SAMPLE_U16);
        UP_TRY(advance(c, level + 1, error));
    }
    bool writes = c->tiling->folder || c->tiling->page;
    return writes && (last || l->next % UP_TILE == 0) ? cut_band(c, level, error) : UP_OK;
}

/* -------------------------------------------------------------- the whole */

static up_status make_folders(const up_tiling *t, int levels, up_error *error)
{
    char name[32];
    for (int i = -1; i < levels && t->folder; i++) {
        snprintf(name, sizeof name, i < 0 ? "%d" : "%d/%d", t->result, i);
        UP_TRY(up_folder_make_in(t->folder, name, error));
    }
    return UP_OK;
}

static up_status prepare(cutter *c, up_error *error)
{
    const up_format *f = c->rows.format;
    c->levels = up_tile_levels(f->width, f->height);
    if ((!c->tiling->folder && !c->tiling->page) || !up_tile_level_is_kept(f->width, f->height, 1))
        c->levels = 1;
    for (int i = 0; i < c->levels; i++) {
        tile_level *l = &c->level[i];
        l->width = up_tile_halved(f->width, i);
        l->height = up_tile_halved(f->height, i);
        size_t bytes;
        if (!up_mul((size_t)l->width * c->rows.pixel_bytes, UP_TILE, &bytes) ||
            !(l->band = up_alloc(bytes, 1)))
            return up_fail_memory(error, "tiles", (size_t)l->width * UP_TILE);
    }
    return make_folders(c->tiling, c->levels, error);
}

static up_status cut(cutter *c, up_error *error)
{
    UP_TRY(prepare(c, error));
    const up_tiling *t = c->tiling;
    for (int y = 0; y < c->rows.format->height; y++) {
        if (t->cancel && *t->cancel)
            return up_fail(error, UP_ERROR_INTERRUPTED, "interrupted");
        uint8_t *row = band_row(c, 0, y);
        UP_TRY(up_picture_rows_read(&c->rows, row, error));
        if (t->watch)
            t->watch(t->user, y, row);
        UP_TRY(advance(c, 0, error));
    }
    return UP_OK;
}

up_status up_tiles_cut(const char *path, const up_tiling *tiling, up_error *error)
{
    cutter c = { .tiling = tiling };
    UP_TRY(up_picture_rows_open(&c.rows, path, error));
    up_status status = cut(&c, error);
    for (int i = 0; i < UP_MOST_LEVELS; i++)
        up_free(c.level[i].band);
    up_picture_rows_close(&c.rows);
    return status;
}
