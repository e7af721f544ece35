/* SPDX-License-Identifier: MIT */
#include "compare/sheet/sheet.h"

#include "base/memory.h"
#include "compare/sheet/cell_map.h"
#include "compare/sheet/sheet_layout.h"

#include <math.h>
#include <stdio.h>

enum {
    MOST_SIDE = 16384,   /* pixels of a PNG */
    MOST_POINTS = 14400, /* of a page of PDF */
    PAGE_POINTS = 648,   /* after so many a PDF continues on the next: 9 inches, as pages of A4 and
                          * Letter are high between their margins */
    SQUARES = 512,       /* crops of vectors are at least so many pixels wide, if they may be ... */
    MOST_TIMES = 16,     /* ... so many times as many as there are */
};

static const uint8_t ink[3] = { 29, 29, 27 };

/* Of the crops of a picture, one after the other. */
static const uint8_t frame_inks[][3] = { { 229, 57, 53 }, { 30, 136, 229 }, { 67, 160, 71 },
                                         { 251, 140, 0 }, { 142, 36, 170 }, { 0, 137, 123 } };

static const uint8_t *frame_ink(int band)
{
    return frame_inks[(size_t)band % (sizeof frame_inks / sizeof *frame_inks)];
}

typedef struct {
    const up_sheet *sheet;
    up_sheet_look look;
    up_figure *figure;
} page;

static up_status put_text(const page *p, const up_rectangle *to, double size, bool bold,
                          const char *text, up_error *error)
{
    const up_text_style style = { .size = size, .bold = bold, .ink = { ink[0], ink[1], ink[2] } };
    return text ? p->figure->kind->text(p->figure, to, &style, text, error) : UP_OK;
}

static up_rectangle line_below(const page *p, const up_rectangle *r, int line)
{
    const double half = p->look.gap / 2;
    return (up_rectangle){ fmax(r->x - half, 0),
                           r->y + r->height + 6 * p->look.text / 15 + line * p->look.line,
                           r->width + 2 * half, p->look.line };
}

/* -------------------------------------------------------------- crops */

static up_status put_pixels(const page *p, const up_rectangle *to, const up_cell_pixels *pixels,
                            up_error *error)
{
    const up_figure_kind *kind = p->figure->kind;
    const int times = up_clamp(SQUARES / up_max(pixels->width, 1), 1, MOST_TIMES);
    up_cell_pixels large;
    if (p->sheet->format == UP_FIGURE_PNG || times == 1)
        return kind->image(p->figure, to, pixels, true, error);
    UP_TRY(up_cell_enlarge(&large, pixels, times, error));
    up_status status = kind->image(p->figure, to, &large, true, error);
    up_free(large.rgb);
    return status;
}

static up_status put_cell(const page *p, const up_rectangle *to, const up_sheet_cell *cell,
                          const uint8_t *frame, up_error *error)
{
    if (!cell->pixels.rgb)
        return UP_OK;
    UP_TRY(put_pixels(p, to, &cell->pixels, error));
    const double line = p->look.frame;
    const up_rectangle around = { to->x - line, to->y - line, to->width + 2 * line,
                                  to->height + 2 * line };
    if (frame)
        up_figure_frame(p->figure, &around, line, frame);
    return UP_OK;
}

/* Of a map below its result nothing need say whose it is. */
static up_status put_captions(const page *p, const up_rectangle *to, const up_sheet_cell *cell,
                              bool named, up_error *error)
{
    if (!cell->pixels.rgb)
        return UP_OK;
    const up_rectangle first = line_below(p, to, 0), second = line_below(p, to, 1);
    UP_TRY(put_text(p, &first, p->look.text, true, named ? cell->name : NULL, error));
    return put_text(p, named ? &second : &first, p->look.numbers, false, cell->numbers, error);
}

static up_status put_band(const page *p, const up_sheet_block *b, int k,
                          const up_block_place *place, double left, double top, up_error *error)
{
    const up_band_place *band = &place->band[k];
    const up_sheet *s = p->sheet;
    for (int i = 0; i < s->columns * (s->maps ? 2 : 1); i++) {
        int row, column;
        const up_sheet_cell *cell = &b->band[k].cell[i];
        up_cell_grid(&row, &column, place, s, b, i);
        double y = top + band->y;
        for (int r = 0; r < row; r++)
            y += band->height + up_caption_height(place, s, &p->look, k, r) + p->look.gap;
        const up_rectangle to = { left + column * (band->width + p->look.gap), y, band->width,
                                  band->height };
        UP_TRY(put_cell(p, &to, cell, b->bands > 1 ? frame_ink(k) : NULL, error));
        if (band->captioned)
            UP_TRY(put_captions(p, &to, cell, i < s->columns || place->beside, error));
    }
    return UP_OK;
}

/* -------------------------------------------------------------- the whole picture */

/* How much larger than in the picture beside them the first crop is. */
static up_status put_zoom(const page *p, const up_rectangle *to, const up_sheet_block *b,
                          const up_block_place *place, up_error *error)
{
    char text[96];
    const up_box *box = &b->band[0].box;
    const double times =
        place->band[0].width / box->width * b->width / fmax(place->whole_width, 1e-3);
    snprintf(text, sizeof text, "crop%s %d\xC3\x97%d, \xC3\x97%.2g", b->bands > 1 ? "s" : "",
             box->width, box->height, times);
    const up_rectangle second = line_below(p, to, 1);
    return put_text(p, &second, p->look.numbers, false, text, error);
}

/* What the colours of its maps mean. */
static up_status put_legend(const page *p, const up_rectangle *to, const up_sheet_block *b,
                            up_error *error)
{
    enum { STEPS = 64 };
    uint8_t rgb[3 * STEPS];
    char text[96];
    const up_sheet_map kind = p->sheet->options->sheet_map;
    const up_cell_pixels scale = { rgb, STEPS, 1 };
    up_cell_map_scale(&scale, kind);
    if (kind == UP_MAP_ERROR)
        snprintf(text, sizeof text, "error of luma: 0 to %d levels", 255 / b->gain);
    else
        snprintf(text, sizeof text, "difference: \xE2\x88\x92%d to +%d levels", 128 / b->gain,
                 127 / b->gain);
    /* Below all captions there is room beyond a narrow picture. */
    const double width = fmax(to->width, 16 * p->look.text), across = 12 * p->look.text;
    up_rectangle area = *to;
    area.x = fmax(to->x + (to->width - width) / 2, p->look.margin);
    area.width = width;
    const up_rectangle third = line_below(p, &area, 2), fourth = line_below(p, &area, 3);
    const up_rectangle bar = { area.x + (width - across) / 2, third.y + p->look.line / 4, across,
                               p->look.line / 2 };
    UP_TRY(p->figure->kind->image(p->figure, &bar, &scale, true, error));
    up_figure_frame(p->figure, &bar, p->look.frame / 2, ink);
    return put_text(p, &fourth, p->look.numbers, false, text, error);
}

/* Around a crop, but not beyond the picture. */
static up_rectangle frame_in(const up_rectangle *whole, const up_sheet_block *b, const up_box *box,
                             double line)
{
    const double across = whole->width / b->width, down = whole->height / b->height;
    const double left = fmax(box->x * across - line, 0), top = fmax(box->y * down - line, 0);
    const double right = fmin((box->x + box->width) * across + line, whole->width);
    const double bottom = fmin((box->y + box->height) * down + line, whole->height);
    return (up_rectangle){ whole->x + left, whole->y + top, right - left, bottom - top };
}

static up_status put_whole(const page *p, const up_sheet_block *b, const up_block_place *place,
                           double top, up_error *error)
{
    const up_rectangle to = { p->look.margin + place->whole_x, top, place->whole_width,
                              place->whole_height };
    UP_TRY(p->figure->kind->image(p->figure, &to, &b->whole, false, error));
    for (int k = 0; k < b->bands; k++) {
        const up_rectangle frame = frame_in(&to, b, &b->band[k].box, p->look.frame);
        up_figure_frame(p->figure, &frame, p->look.frame, frame_ink(k));
    }
    const up_rectangle first = line_below(p, &to, 0);
    UP_TRY(put_text(p, &first, p->look.text, false, b->caption, error));
    UP_TRY(put_zoom(p, &to, b, place, error));
    return p->sheet->maps ? put_legend(p, &to, b, error) : UP_OK;
}

static up_status put_block(const page *p, const up_sheet_block *b, const up_block_place *place,
                           double top, up_error *error)
{
    UP_TRY(put_whole(p, b, place, top, error));
    const double left = p->look.margin + place->bands_x;
    for (int k = 0; k < b->bands; k++)
        UP_TRY(put_band(p, b, k, place, left, top, error));
    return UP_OK;
}

/* -------------------------------------------------------------- the page */

static double sheet_width(const page *p, const up_block_place *place)
{
    double width = 0;
    for (int i = 0; i < p->sheet->blocks; i++)
        width = fmax(width, place[i].width + 2 * p->look.margin);
    return width;
}

/* The pictures of a page from `first` on: where they end, and how high it is. */
static int fill_page(double *height, const page *p, const up_block_place *place, int first)
{
    const double most = p->sheet->format == UP_FIGURE_PDF ? PAGE_POINTS : INFINITY;
    int end = first;
    *height = 2 * p->look.margin - p->look.gap;
    do
        *height += place[end++].height + p->look.gap;
    while (end < p->sheet->blocks && *height + place[end].height + p->look.gap <= most);
    return end;
}

static up_status begin_page(page *p, double width, double height, up_error *error)
{
    const bool png = p->sheet->format == UP_FIGURE_PNG;
    const double most = png ? MOST_SIDE : MOST_POINTS;
    if (width > most || height > most)
        return up_fail(
            error, UP_ERROR_LIMIT,
            "a sheet of %.0fx%.0f is too large; give a smaller --zoom or --crop, or fewer "
            "pictures",
            width, height);
    if (p->figure) {
        p->figure->kind->turn(p->figure, height);
        return UP_OK;
    }
    return up_figure_open(&p->figure, p->sheet->format, png ? ceil(width) : width,
                          png ? ceil(height) : height, error);
}

static up_status put_pages(page *p, const up_block_place *place, up_error *error)
{
    const up_sheet *s = p->sheet;
    const double width = sheet_width(p, place);
    for (int first = 0, end; first < s->blocks; first = end) {
        double height, top = p->look.margin;
        end = fill_page(&height, p, place, first);
        UP_TRY(begin_page(p, width, height, error));
        for (int i = first; i < end; i++) {
            UP_TRY(put_block(p, &s->block[i], &place[i], top, error));
            top += place[i].height + p->look.gap;
        }
    }
    return p->figure->kind->write(p->figure, s->options->sheet, s->options->overwrite, error);
}

up_status up_sheet_write(const up_sheet *s, up_error *error)
{
    page p = { .sheet = s, .look = up_sheet_look_of(s) };
    up_block_place *place = up_alloc((size_t)s->blocks, sizeof *place);
    if (!place)
        return up_fail_memory(error, "a sheet", (size_t)s->blocks * sizeof *place);
    for (int i = 0; i < s->blocks; i++)
        up_block_lay_out(&place[i], s, &s->block[i], &p.look);
    up_status status = put_pages(&p, place, error);
    up_figure_close(&p.figure);
    up_free(place);
    return status;
}
