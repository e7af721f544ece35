/* SPDX-License-Identifier: MIT */
/* What a sheet shows: crops, captions and maps of every picture. */
#define _GNU_SOURCE /* vasprintf */

#include "compare/sheet/sheet.h"

#include "api/plan.h"
#include "base/memory.h"
#include "compare/files/file_names.h"
#include "compare/files/work_folder.h"
#include "compare/pictures/picture_rows.h"
#include "compare/sheet/cell_map.h"
#include "io/pixels.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHOLE = 1024 }; /* pixels of the longer side of a picture as a whole */
#define MOST_HELD ((size_t)512 << 20)

/* -------------------------------------------------------------- which results */

/* NAME, or NAME=CAPTION: the result, or -1. */
static int result_of(const char *column, const up_compared *result, int count, const char **caption)
{
    const char *equals = strrchr(column, '=');
    *caption = NULL;
    for (int i = 0; i < count; i++)
        if (strcmp(result[i].row.name, column) == 0)
            return i;
    for (int i = 0; equals && i < count; i++) {
        const char *name = result[i].row.name;
        if (strncmp(name, column, (size_t)(equals - column)) == 0 && !name[equals - column]) {
            *caption = equals + 1;
            return i;
        }
    }
    return -1;
}

typedef struct {
    int result;
    const char *caption; /* NULL: its name */
} shown;

static up_status choose(shown *column, const up_sheet *s, const up_comparison *c, up_error *error)
{
    for (int i = 0; i < s->columns; i++) {
        const char *asked = s->options->sheet_columns ? s->options->sheet_column[i] : NULL;
        column[i] = (shown){ i, NULL };
        if (asked)
            column[i].result = result_of(asked, c->result, c->count, &column[i].caption);
        if (column[i].result < 0)
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "%s: the sheet is to show it, but there is no result of this name",
                           asked);
    }
    return UP_OK;
}

/* As result_of() will find it. */
static bool is_column_of(const char *column, const char *name)
{
    const size_t length = strlen(name);
    const char *equals = strrchr(column, '=');
    return strcmp(column, name) == 0 ||
           (equals && (size_t)(equals - column) == length && strncmp(column, name, length) == 0);
}

static up_status check_columns(const up_report_options *o, up_error *error)
{
    const char *reference = up_has_original(o) ? "original" : "reference";
    for (int i = 0; i < o->sheet_columns; i++) {
        bool found = up_has_reference(o) && is_column_of(o->sheet_column[i], reference);
        for (int k = 0; k < o->contenders && !found; k++)
            found = is_column_of(o->sheet_column[i], o->contender[k].name);
        if (!found)
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "%s: the sheet is to show it, but there is no result of this name",
                           o->sheet_column[i]);
    }
    return UP_OK;
}

up_status up_sheet_init(up_sheet *s, const up_report_options *o, up_error *error)
{
    *s = (up_sheet){ .options = o, .maps = o->sheet_map != UP_MAP_NONE };
    s->columns = o->sheet_columns ? o->sheet_columns : o->contenders + up_has_reference(o);
    if (!o->sheet)
        return UP_OK;
    if (!up_figure_format_of(&s->format, o->sheet))
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "%s: a sheet is drawn as .pdf, .svg or .png, which its name says", o->sheet);
    if (s->maps && !up_has_reference(o))
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "maps of differences need what results are measured against");
    if (s->columns > UP_MOST_CONTENDERS + 1)
        return up_fail(error, UP_ERROR_ARGUMENT, "%d columns are too many for a sheet", s->columns);
    return check_columns(o, error);
}

/* -------------------------------------------------------------- pixels */

static int level_of(const up_pixels *p, size_t sample)
{
    return p->format.sample == UP_SAMPLE_U16
               ? (((const uint16_t *)p->data)[sample] * 255 + 32767) / 65535
               : ((const uint8_t *)p->data)[sample];
}

/* Grey, colour, 16 bits and alpha (on white) as RGB of 8 bits. */
static void put_color(uint8_t color[3], const up_pixels *p, size_t pixel)
{
    const size_t channels = (size_t)p->format.channels, at = pixel * channels;
    const int alpha = up_color_has_alpha(p->format.color) ? level_of(p, at + channels - 1) : 255;
    for (size_t i = 0; i < 3; i++) {
        const int level = level_of(p, at + (channels >= 3 ? i : 0));
        color[i] = (uint8_t)((level * alpha + 255 * (255 - alpha) + 127) / 255);
    }
}

static up_status take_pixels(up_cell_pixels *to, up_sheet *s, const up_pixels *p, up_error *error)
{
    const size_t pixels = (size_t)p->format.width * (size_t)p->format.height;
    s->held += 3 * pixels;
    if (s->held > MOST_HELD)
        return up_fail(error, UP_ERROR_LIMIT,
                       "the crops of the sheet take more than %zu MiB; give fewer or smaller ones "
                       "(--crop)",
                       MOST_HELD >> 20);
    *to = (up_cell_pixels){ up_alloc(3 * pixels, 1), p->format.width, p->format.height };
    if (!to->rgb)
        return up_fail_memory(error, "a crop", 3 * pixels);
    for (size_t i = 0; i < pixels; i++)
        put_color(to->rgb + 3 * i, p, i);
    return UP_OK;
}

/* The original, the reference or else the input. */
static up_status take_whole(up_sheet_block *b, up_sheet *s, const up_comparison *c, up_error *error)
{
    up_options small = up_options_running(&c->options->contender[0].options);
    const up_format *f = &c->output;
    const double share = fmin((double)WHOLE / up_max(f->width, f->height), 1);
    small.method = "bicubic";
    small.width = up_max((int)lround(f->width * share), 1);
    small.height = up_max((int)lround(f->height * share), 1);
    small.depth = 8;
    small.overwrite = true;
    const up_box all = { 0, 0, small.width, small.height };
    const char *from = up_has_reference(c->options) ? c->result[0].path : c->given;
    up_pixels whole = { 0 };
    char *path = up_path_join(c->folder, "whole.png", error);
    up_status status = path ? up_upscale_file(from, path, &small, error) : UP_ERROR_MEMORY;
    if (status == UP_OK)
        status = up_cuts_read(&whole, path, &all, 1, error);
    if (path)
        remove(path);
    free(path);
    if (status == UP_OK)
        status = take_pixels(&b->whole, s, &whole, error);
    up_cuts_free(&whole, 1);
    return status;
}

/* -------------------------------------------------------------- captions */

static up_status format_text(char **text, up_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static up_status format_text(char **text, up_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vasprintf(text, format, arguments);
    va_end(arguments);
    if (length >= 0)
        return UP_OK;
    *text = NULL;
    return up_fail_memory(error, "a caption", 64);
}

static up_status take_captions(up_sheet_cell *cell, const up_comparison *c, const shown *column,
                               up_error *error)
{
    const up_report_row *row = &c->result[column->result].row;
    UP_TRY(format_text(&cell->name, error, "%s", column->caption ? column->caption : row->name));
    if (row->reference)
        return format_text(&cell->numbers, error, "PSNR (dB) / SSIM");
    if (!up_has_reference(c->options))
        return UP_OK;
    if (isinf(row->psnr_y))
        return format_text(&cell->numbers, error, "identical");
    if (isnan(row->ssim))
        return format_text(&cell->numbers, error, "%.2f dB", row->psnr_y);
    return format_text(&cell->numbers, error, "%.2f / %.4f", row->psnr_y, row->ssim);
}

static void boxes_of(up_box *box, const up_sheet_block *b)
{
    for (int k = 0; k < b->bands; k++)
        box[k] = b->band[k].box;
}

/* -------------------------------------------------------------- maps */

static const char *map_words(up_sheet_map map)
{
    return map == UP_MAP_ERROR ? "error" : "difference";
}

/* The same for all results and crops of a picture. */
static int gain_of(const up_sheet *s, const up_sheet_block *b, const up_cell_pixels *reference,
                   const shown *column, const up_comparison *c)
{
    int gain = 64;
    for (int k = 0; k < b->bands; k++)
        for (int i = 0; i < s->columns; i++)
            if (!c->result[column[i].result].row.reference)
                gain = up_cell_gain(&reference[k], &b->band[k].cell[i].pixels, gain);
    return s->options->sheet_map == UP_MAP_DIFFERENCE ? up_max(gain / 2, 1) /* half the range */
                                                      : gain;
}

static up_status take_maps(up_sheet *s, const up_sheet_block *b, up_sheet_band *band,
                           const up_cell_pixels *reference, const shown *column,
                           const up_comparison *c, up_error *error)
{
    const up_sheet_map kind = s->options->sheet_map;
    for (int i = 0; i < s->columns; i++) {
        up_sheet_cell *map = &band->cell[s->columns + i];
        if (c->result[column[i].result].row.reference)
            continue;
        UP_TRY(up_cell_map(&map->pixels, reference, &band->cell[i].pixels, kind, b->gain, error));
        UP_TRY(format_text(&map->name, error, "%s", band->cell[i].name));
        UP_TRY(format_text(&map->numbers, error, "%s", map_words(kind)));
    }
    return UP_OK;
}

static up_status map_bands(up_sheet *s, up_sheet_block *b, const shown *column,
                           const up_comparison *c, up_error *error)
{
    up_pixels cut[UP_MOST_BOXES];
    up_cell_pixels reference[UP_MOST_BOXES] = { 0 };
    up_box box[UP_MOST_BOXES];
    boxes_of(box, b);
    UP_TRY(up_cuts_read(cut, c->result[0].path, box, b->bands, error));
    up_status status = UP_OK;
    for (int k = 0; k < b->bands && status == UP_OK; k++)
        status = take_pixels(&reference[k], s, &cut[k], error);
    if (status == UP_OK)
        b->gain = gain_of(s, b, reference, column, c);
    for (int k = 0; k < b->bands && status == UP_OK; k++)
        status = take_maps(s, b, &b->band[k], &reference[k], column, c, error);
    for (int k = 0; k < b->bands; k++)
        up_free(reference[k].rgb);
    up_cuts_free(cut, b->bands);
    return status;
}

/* -------------------------------------------------------------- a picture */

/* Without crops that were asked for that where results differ most, or else all of it. */
static up_status make_bands(up_sheet *s, up_sheet_block *b, const up_comparison *c, up_error *error)
{
    b->bands = up_max(c->asked, 1);
    b->band = up_alloc_zero((size_t)b->bands, sizeof *b->band);
    if (!b->band)
        return up_fail_memory(error, "crops", (size_t)b->bands * sizeof *b->band);
    for (int k = 0; k < b->bands; k++) {
        up_sheet_band *band = &b->band[k];
        band->box = c->boxes ? c->box[k] : (up_box){ 0, 0, c->output.width, c->output.height };
        const size_t cells = (size_t)s->columns * (s->maps ? 2 : 1);
        band->cell = up_alloc_zero(cells, sizeof *band->cell);
        if (!band->cell)
            return up_fail_memory(error, "crops", cells * sizeof *band->cell);
    }
    return UP_OK;
}

static up_status take_column(up_sheet *s, up_sheet_block *b, int i, const shown *column,
                             const up_comparison *c, up_error *error)
{
    up_pixels cut[UP_MOST_BOXES];
    up_box box[UP_MOST_BOXES];
    boxes_of(box, b);
    UP_TRY(up_cuts_read(cut, c->result[column->result].path, box, b->bands, error));
    up_status status = UP_OK;
    for (int k = 0; k < b->bands && status == UP_OK; k++) {
        status = take_pixels(&b->band[k].cell[i].pixels, s, &cut[k], error);
        if (status == UP_OK)
            status = take_captions(&b->band[k].cell[i], c, column, error);
    }
    up_cuts_free(cut, b->bands);
    return status;
}

static up_status fill_block(up_sheet *s, up_sheet_block *b, const up_comparison *c, up_error *error)
{
    shown column[UP_MOST_CONTENDERS + 1];
    const double scale = (double)c->output.height / c->input_format.height;
    b->width = c->output.width;
    b->height = c->output.height;
    UP_TRY(choose(column, s, c, error));
    UP_TRY(format_text(&b->caption, error, "%s \xC3\x97%.3g", up_last_part(c->input), scale));
    UP_TRY(take_whole(b, s, c, error));
    UP_TRY(make_bands(s, b, c, error));
    for (int i = 0; i < s->columns; i++)
        UP_TRY(take_column(s, b, i, &column[i], c, error));
    return s->maps ? map_bands(s, b, column, c, error) : UP_OK;
}

static void clear_block(up_sheet_block *b, int cells)
{
    for (int k = 0; b->band && k < b->bands; k++) {
        for (int i = 0; b->band[k].cell && i < cells; i++) {
            up_free(b->band[k].cell[i].pixels.rgb);
            free(b->band[k].cell[i].name);
            free(b->band[k].cell[i].numbers);
        }
        up_free(b->band[k].cell);
    }
    up_free(b->band);
    up_free(b->whole.rgb);
    free(b->caption);
}

up_status up_sheet_add(up_sheet *s, const up_comparison *c, up_error *error)
{
    up_sheet_block *larger = realloc(s->block, (size_t)(s->blocks + 1) * sizeof *larger);
    if (!larger)
        return up_fail_memory(error, "a sheet", (size_t)(s->blocks + 1) * sizeof *larger);
    s->block = larger;
    up_sheet_block *b = &s->block[s->blocks];
    *b = (up_sheet_block){ 0 };
    up_status status = fill_block(s, b, c, error);
    if (status == UP_OK)
        s->blocks++;
    else
        clear_block(b, s->columns * (s->maps ? 2 : 1));
    return status;
}

void up_sheet_clear(up_sheet *s)
{
    for (int i = 0; i < s->blocks; i++)
        clear_block(&s->block[i], s->columns * (s->maps ? 2 : 1));
    free(s->block);
    *s = (up_sheet){ 0 };
}
