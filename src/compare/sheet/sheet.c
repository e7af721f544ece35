/* SPDX-License-Identifier: MIT */
#include "compare/sheet/sheet.h"

#include "api/plan.h"
#include "base/memory.h"
#include "compare/files/file_names.h"
#include "compare/files/work_folder.h"
#include "compare/pictures/picture_rows.h"
#include "compare/sheet/sheet_text.h"
#include "io/pixels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MARGIN = 24,
    GAP = 12,
    CELL = 190, /* about as wide as a crop is shown where no zoom is asked for */
    CAPTION = 50,
    FRAME = 3,
    MOST_SIDE = 16384,
    LETTERS = 15, /* height of the text */
};

static const uint8_t frame_ink[3] = { 229, 57, 53 };

/* The part of the sheet that shows one crop. */
typedef struct {
    const up_box *box;
    int zoom, columns, rows;
    int cell_width, cell_height;
    int whole_width, whole_height;
    int width, height;
} block;

/* -------------------------------------------------------------- layout */

static block lay_out(const up_comparison *c, const up_box *box, int zoom)
{
    block b = { .box = box, .zoom = zoom };
    if (b.zoom == 0)
        b.zoom = up_clamp((int)lround((double)CELL / up_max(box->width, box->height)), 1, 32);
    b.rows = c->count > 3 ? 2 : 1;
    b.columns = (c->count + b.rows - 1) / b.rows;
    b.cell_width = (int)fmin((double)box->width * b.zoom, MOST_SIDE);
    b.cell_height = (int)fmin((double)box->height * b.zoom, MOST_SIDE);
    b.whole_height = b.rows * b.cell_height + (b.rows - 1) * (CAPTION + GAP);
    double wide = (double)b.whole_height * c->output.width / c->output.height;
    double most = 2.5 * b.columns * (b.cell_width + GAP);
    if (wide > most) { /* a panorama would dwarf its crops */
        b.whole_height = up_max((int)(b.whole_height * most / wide), 1);
        wide = most;
    }
    b.whole_width = up_max((int)lround(wide), 1);
    b.width = b.whole_width + b.columns * (b.cell_width + GAP);
    b.height =
        up_max(b.rows * (b.cell_height + CAPTION) + (b.rows - 1) * GAP, b.whole_height + CAPTION);
    return b;
}

/* -------------------------------------------------------------- drawing */

static uint8_t *dot(const up_pixels *canvas, int x, int y)
{
    return (uint8_t *)canvas->data + 3 * ((size_t)y * (size_t)canvas->format.width + (size_t)x);
}

static void fill(const up_pixels *canvas, int x, int y, int width, int height,
                 const uint8_t color[3])
{
    for (int row = up_max(y, 0); row < up_min(y + height, canvas->format.height); row++)
        for (int column = up_max(x, 0); column < up_min(x + width, canvas->format.width); column++)
            memcpy(dot(canvas, column, row), color, 3);
}

static int level_of(const up_pixels *p, size_t sample)
{
    return p->format.sample == UP_SAMPLE_U16
               ? (((const uint16_t *)p->data)[sample] * 255 + 32767) / 65535
               : ((const uint8_t *)p->data)[sample];
}

/* Grey, colour, 16 bits and alpha (on white) as RGB of 8 bits. */
static void color_at(const up_pixels *p, int x, int y, uint8_t color[3])
{
    int channels = p->format.channels;
    size_t at = ((size_t)y * (size_t)p->format.width + (size_t)x) * (size_t)channels;
    int alpha = up_color_has_alpha(p->format.color) ? level_of(p, at + (size_t)channels - 1) : 255;
    for (size_t i = 0; i < 3; i++) {
        int level = level_of(p, at + (channels >= 3 ? i : 0));
        color[i] = (uint8_t)((level * alpha + 255 * (255 - alpha) + 127) / 255);
    }
}

static void paste(const up_pixels *canvas, int x, int y, const up_pixels *picture, int zoom)
{
    for (int row = 0; row < picture->format.height; row++)
        for (int column = 0; column < picture->format.width; column++) {
            uint8_t color[3];
            color_at(picture, column, row, color);
            fill(canvas, x + column * zoom, y + row * zoom, zoom, zoom, color);
        }
}

static void draw_frame(const up_pixels *canvas, int x, int y, int width, int height)
{
    int w = width + 2 * FRAME, h = height + 2 * FRAME;
    x -= FRAME;
    y -= FRAME;
    fill(canvas, x, y, w, FRAME, frame_ink);
    fill(canvas, x, y + h - FRAME, w, FRAME, frame_ink);
    fill(canvas, x, y, FRAME, h, frame_ink);
    fill(canvas, x + w - FRAME, y, FRAME, h, frame_ink);
}

/* The original, the reference or else the input, in the size of the block. */
static up_status draw_whole(const up_comparison *c, const up_pixels *canvas, int x, int y,
                            const block *b, up_error *error)
{
    up_options small = up_options_running(&c->options->contender[0].options);
    small.method = "bicubic";
    small.width = b->whole_width;
    small.height = b->whole_height;
    small.depth = 8;
    small.overwrite = true;
    const up_text_style style = { .size = LETTERS };
    const up_box all = { 0, 0, b->whole_width, b->whole_height };
    const char *from = up_has_reference(c->options) ? c->result[0].path : c->given;
    up_pixels whole = { 0 };
    char *path = up_path_join(c->folder, "whole.png", error);
    up_status status = path ? up_upscale_file(from, path, &small, error) : UP_ERROR_MEMORY;
    if (status == UP_OK)
        status = up_cuts_read(&whole, path, &all, 1, error);
    if (path)
        remove(path);
    free(path);
    UP_TRY(status);
    paste(canvas, x, y, &whole, 1);
    up_cuts_free(&whole, 1);
    double across = (double)b->whole_width / c->output.width;
    double down = (double)b->whole_height / c->output.height;
    draw_frame(canvas, x + (int)lround(b->box->x * across), y + (int)lround(b->box->y * down),
               up_max((int)lround(b->box->width * across), 1),
               up_max((int)lround(b->box->height * down), 1));
    return up_text_draw(canvas, x, y + b->whole_height + 6, b->whole_width, &style,
                        up_last_part(c->input), error);
}

static void put_numbers(char *text, size_t room, const up_comparison *c, const up_report_row *row)
{
    *text = 0;
    if (row->reference)
        snprintf(text, room, "PSNR / SSIM");
    else if (isinf(row->psnr_y))
        snprintf(text, room, "identical");
    else if (up_has_reference(c->options) && isnan(row->ssim))
        snprintf(text, room, "%.2f dB", row->psnr_y);
    else if (up_has_reference(c->options))
        snprintf(text, room, "%.2f dB / %.4f", row->psnr_y, row->ssim);
}

static up_status draw_cell(const up_comparison *c, const up_pixels *canvas, int x, int y,
                           const block *b, const up_compared *r, up_error *error)
{
    const up_text_style name = { .size = LETTERS, .bold = true };
    const up_text_style numbers = { .size = LETTERS - 1 };
    char text[64];
    up_pixels cut;
    UP_TRY(up_cuts_read(&cut, r->path, b->box, 1, error));
    paste(canvas, x, y, &cut, b->zoom);
    up_cuts_free(&cut, 1);
    put_numbers(text, sizeof text, c, &r->row);
    y += b->cell_height + 6;
    int left = up_max(x - GAP / 2, 0), width = b->cell_width + GAP;
    UP_TRY(up_text_draw(canvas, left, y, width, &name, r->row.name, error));
    return *text ? up_text_draw(canvas, left, y + LETTERS + 6, width, &numbers, text, error)
                 : UP_OK;
}

static up_status draw_block(const up_comparison *c, const up_pixels *canvas, int y, const block *b,
                            up_error *error)
{
    UP_TRY(draw_whole(c, canvas, MARGIN, y, b, error));
    for (int i = 0; i < c->count; i++) {
        int column = i % b->columns, row = i / b->columns;
        int x = MARGIN + b->whole_width + GAP + column * (b->cell_width + GAP);
        UP_TRY(draw_cell(c, canvas, x, y + row * (b->cell_height + CAPTION + GAP), b, &c->result[i],
                         error));
    }
    return UP_OK;
}

/* -------------------------------------------------------------- the sheet */

static up_status draw_all(const up_comparison *c, const up_pixels *canvas, const block *b,
                          int count, up_error *error)
{
    int y = MARGIN;
    for (int i = 0; i < count; i++) {
        UP_TRY(draw_block(c, canvas, y, &b[i], error));
        y += b[i].height + GAP;
    }
    return UP_OK;
}

static up_status make_canvas(up_pixels *canvas, const block *b, int count, up_error *error)
{
    int64_t width = 0, height = 2 * MARGIN - GAP;
    for (int i = 0; i < count; i++) {
        width = up_max((int)width, b[i].width + 2 * MARGIN);
        height += b[i].height + GAP;
    }
    if (width > MOST_SIDE || height > MOST_SIDE)
        return up_fail(error, UP_ERROR_LIMIT,
                       "a sheet of %lldx%lld is too large; give a smaller --zoom or --crop",
                       (long long)width, (long long)height);
    canvas->format = (up_format){ .width = (int)width,
                                  .height = (int)height,
                                  .channels = 3,
                                  .frames = 1,
                                  .color = UP_COLOR_RGB,
                                  .depth = 8 };
    size_t bytes = 3 * (size_t)width * (size_t)height;
    canvas->data = up_alloc(bytes, 1);
    if (!canvas->data)
        return up_fail_memory(error, "a sheet", bytes);
    memset(canvas->data, 255, bytes);
    return UP_OK;
}

up_status up_sheet_draw(const up_comparison *c, const char *path, int zoom, bool overwrite,
                        up_error *error)
{
    block b[UP_MOST_BOXES];
    const up_box all = { 0, 0, c->output.width, c->output.height };
    int asked = c->options->boxes, count = up_max(asked, 1);
    for (int i = 0; i < count; i++)
        b[i] = lay_out(c, c->boxes ? &c->box[i] : &all, zoom);
    up_pixels canvas = { 0 };
    UP_TRY(make_canvas(&canvas, b, count, error));
    up_status status = draw_all(c, &canvas, b, count, error);
    const up_options how = { .overwrite = overwrite, .output_format = "png" };
    if (status == UP_OK)
        status = up_write_pixels(path, &canvas, &how, error);
    up_free(canvas.data);
    return status;
}
