/* SPDX-License-Identifier: MIT */
#include "compare/pictures/crop_pictures.h"

#include "api/plan.h"
#include "base/memory.h"
#include "compare/files/work_folder.h"
#include "compare/pictures/tile_encode.h"
#include "compare/pictures/tile_text.h"
#include "compare/pictures/tiles.h"

#include <stdlib.h>

enum {
    AROUND = 320,                /* pixels of the longer side of the whole picture */
    REST = 400000,               /* bytes of the page and its data */
    MOST_PIXELS = UP_SMALL_PAGE, /* of all crops: more cannot be packed small enough anyway */
};

typedef struct {
    up_kept_bytes tile[UP_MOST_BOXES];
} crop_row; /* of one result */

static up_status encode_result(crop_row *row, const up_comparison *c, const up_compared *r,
                               up_error *error)
{
    static const up_metadata nothing = { .orientation = 1 };
    up_pixels cut[UP_MOST_BOXES];
    up_status status = up_cuts_read(cut, r->path, c->box, c->boxes, error);
    for (int i = 0; i < c->boxes && status == UP_OK; i++)
        status = up_tile_encode(&row->tile[i], &cut[i], &nothing, error);
    up_cuts_free(cut, c->boxes);
    return status;
}

/* What lies around: the input, or the original, reduced. */
static up_status encode_around(up_kept_bytes *tile, const up_comparison *c, up_error *error)
{
    const up_format *in = &c->input_format;
    int longer = up_max(in->width, in->height);
    const char *from = up_has_original(c->options) ? c->result[0].path : c->given;
    up_options small = up_options_running(&c->options->contender[0].options);
    small.method = "bicubic";
    small.depth = 8;
    if (longer > AROUND || up_has_original(c->options)) {
        small.width = small.height = AROUND;
        small.fit = true;
    } else {
        small.scale.rows = small.scale.columns = 1;
    }
    char *path = up_path_join(c->folder, "around.png", error);
    up_pixels picture = { 0 };
    up_status status = path ? up_upscale_file(from, path, &small, error) : UP_ERROR_MEMORY;
    if (status == UP_OK)
        status = up_read_pixels(&picture, path, NULL, error);
    if (status == UP_OK) {
        const up_metadata nothing = { .orientation = 1 };
        status = up_tile_encode(tile, &picture, &nothing, error);
    }
    up_pixels_free(&picture);
    free(path);
    return status;
}

static size_t size_of_box(const crop_row *row, int results, int box)
{
    size_t bytes = 0;
    for (int i = 0; i < results; i++)
        bytes += up_base64_size(row[i].tile[box].size) + 100;
    return bytes;
}

static up_status keep_small(up_comparison *c, const crop_row *row, size_t around, up_error *error)
{
    size_t total = REST + around;
    for (int i = 0; i < c->boxes; i++) {
        total += size_of_box(row, c->count, i);
        if (total <= UP_SMALL_PAGE)
            continue;
        if (i < c->asked)
            break;
        c->boxes = i;
        return UP_OK;
    }
    return total <= UP_SMALL_PAGE
               ? UP_OK
               : up_fail(error, UP_ERROR_LIMIT,
                         "the crops would make the page larger than 5 MB: give smaller ones, or "
                         "--full, which packs whole pictures, however large");
}

static up_status write_all(const up_comparison *c, const crop_row *row, const up_kept_bytes *around,
                           FILE *page, up_error *error)
{
    UP_TRY(up_tile_inline(page, "around", around, error));
    for (int r = 0; r < c->count; r++)
        for (int i = 0; i < c->boxes; i++) {
            char name[48];
            snprintf(name, sizeof name, "%d/crop/%d", r, i);
            UP_TRY(up_tile_inline(page, name, &row[r].tile[i], error));
        }
    return UP_OK;
}

static up_status check_pixels(const up_comparison *c, up_error *error)
{
    int64_t pixels = 0;
    for (int i = 0; i < c->boxes; i++)
        pixels += (int64_t)c->box[i].width * c->box[i].height;
    return pixels * c->count <= MOST_PIXELS
               ? UP_OK
               : up_fail(error, UP_ERROR_LIMIT,
                         "the crops have %lld pixels, too many for a page of 5 MB: give smaller "
                         "ones, or --full, which packs whole pictures, however large",
                         (long long)(pixels * c->count));
}

up_status up_crop_pictures_write(up_comparison *c, FILE *page, up_error *error)
{
    up_kept_bytes around = { 0 };
    UP_TRY(check_pixels(c, error));
    crop_row *row = up_alloc_zero((size_t)c->count, sizeof *row);
    up_status status = row ? UP_OK : up_fail_memory(error, "crops", sizeof *row);
    if (status == UP_OK)
        status = encode_around(&around, c, error);
    int all = c->boxes;
    for (int i = 0; i < c->count && status == UP_OK; i++)
        status = encode_result(&row[i], c, &c->result[i], error);
    if (status == UP_OK)
        status = keep_small(c, row, up_base64_size(around.size), error);
    if (status == UP_OK)
        status = write_all(c, row, &around, page, error);
    for (int i = 0; row && i < c->count; i++)
        for (int k = 0; k < all; k++)
            up_free(row[i].tile[k].data);
    up_free(row);
    up_free(around.data);
    return status;
}
