/* SPDX-License-Identifier: MIT */
/* A figure drawn by Cairo and Pango: PDF, or the pixels of a PNG. */

#include "compare/sheet/figure.h"

#include "base/machine/pango_library.h"
#include "base/memory.h"
#include "base/text_stream.h"
#include "upscale.h"

#ifdef UPSCALE_PANGO

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    up_figure figure;
    cairo_surface_t *surface;
    cairo_t *cairo;
    FILE *out; /* of a PDF */
    char *bytes;
    size_t size;
} drawing;

static drawing *drawing_of(up_figure *figure)
{
    return (drawing *)figure; /* it comes first */
}

/* -------------------------------------------------------------- shapes */

static void set_ink(const drawing *d, const uint8_t ink[3])
{
    up_pango.cairo_set_source_rgb(d->cairo, ink[0] / 255.0, ink[1] / 255.0, ink[2] / 255.0);
}

static void draw_fill(up_figure *figure, const up_rectangle *r, const uint8_t ink[3])
{
    const drawing *d = drawing_of(figure);
    set_ink(d, ink);
    up_pango.cairo_rectangle(d->cairo, r->x, r->y, r->width, r->height);
    up_pango.cairo_fill(d->cairo);
}

static void copy_rows(cairo_surface_t *image, const up_cell_pixels *p)
{
    unsigned char *to = up_pango.cairo_image_surface_get_data(image);
    const int stride = up_pango.cairo_image_surface_get_stride(image);
    for (int y = 0; y < p->height; y++)
        for (int x = 0; x < p->width; x++) {
            const uint8_t *from = p->rgb + 3 * ((size_t)y * (size_t)p->width + (size_t)x);
            const uint32_t pixel =
                (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | (uint32_t)from[2];
            memcpy(to + (size_t)y * (size_t)stride + 4 * (size_t)x, &pixel, sizeof pixel);
        }
    up_pango.cairo_surface_mark_dirty(image);
}

static up_status draw_image(up_figure *figure, const up_rectangle *to, const up_cell_pixels *p,
                            bool exact, up_error *error)
{
    const drawing *d = drawing_of(figure);
    cairo_surface_t *image =
        up_pango.cairo_image_surface_create(CAIRO_FORMAT_RGB24, p->width, p->height);
    if (!up_pango.cairo_image_surface_get_data(image)) {
        up_pango.cairo_surface_destroy(image);
        return up_fail_memory(error, "a crop", 4 * (size_t)p->width * (size_t)p->height);
    }
    copy_rows(image, p);
    up_pango.cairo_save(d->cairo);
    up_pango.cairo_translate(d->cairo, to->x, to->y);
    up_pango.cairo_scale(d->cairo, to->width / p->width, to->height / p->height);
    up_pango.cairo_set_source_surface(d->cairo, image, 0, 0);
    up_pango.cairo_pattern_set_filter(up_pango.cairo_get_source(d->cairo),
                                      exact ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
    /* Without it edges are blended with what is not there. */
    up_pango.cairo_pattern_set_extend(up_pango.cairo_get_source(d->cairo), CAIRO_EXTEND_PAD);
    up_pango.cairo_rectangle(d->cairo, 0, 0, p->width, p->height);
    up_pango.cairo_fill(d->cairo);
    up_pango.cairo_restore(d->cairo);
    up_pango.cairo_surface_destroy(image);
    return up_pango.cairo_status(d->cairo) == CAIRO_STATUS_SUCCESS
               ? UP_OK
               : up_fail_memory(error, "a sheet", 4 * (size_t)p->width * (size_t)p->height);
}

/* -------------------------------------------------------------- text */

static bool has_fonts(PangoLayout *layout)
{
    PangoFontFamily **family = NULL;
    int count = 0;
    up_pango.pango_font_map_list_families(
        up_pango.pango_context_get_font_map(up_pango.pango_layout_get_context(layout)), &family,
        &count);
    (up_pango.g_free)(family);
    return count > 0;
}

static void set_font(PangoLayout *layout, double size, bool bold)
{
    PangoFontDescription *font =
        up_pango.pango_font_description_from_string("DejaVu Sans, sans-serif");
    up_pango.pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    if (bold)
        up_pango.pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    up_pango.pango_layout_set_font_description(layout, font);
    up_pango.pango_font_description_free(font);
}

/* What fits, but no less than 0.7 of what was asked for. */
static void fit_font(PangoLayout *layout, const up_text_style *style, double width)
{
    int wide, high;
    set_font(layout, style->size, style->bold);
    up_pango.pango_layout_get_size(layout, &wide, &high);
    const double share = width * PANGO_SCALE / fmax(wide, 1);
    if (share < 1)
        set_font(layout, style->size * fmax(0.98 * share, 0.7), style->bold);
}

static PangoLayout *lay_out(const drawing *d, const up_rectangle *to, const up_text_style *style,
                            const char *text)
{
    PangoLayout *layout = up_pango.pango_cairo_create_layout(d->cairo);
    char *valid = up_pango.g_utf8_make_valid(text, -1);
    up_pango.pango_layout_set_single_paragraph_mode(layout, TRUE);
    up_pango.pango_layout_set_text(layout, valid, -1);
    (up_pango.g_free)(valid);
    fit_font(layout, style, to->width);
    up_pango.pango_layout_set_width(layout, (int)(to->width * PANGO_SCALE));
    up_pango.pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_MIDDLE);
    up_pango.pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    return layout;
}

static up_status draw_text(up_figure *figure, const up_rectangle *to, const up_text_style *style,
                           const char *text, up_error *error)
{
    const drawing *d = drawing_of(figure);
    PangoLayout *layout = lay_out(d, to, style, text);
    const bool fonts = has_fonts(layout);
    set_ink(d, style->ink);
    up_pango.cairo_move_to(d->cairo, to->x, to->y);
    if (fonts)
        up_pango.pango_cairo_show_layout(d->cairo, layout);
    up_pango.g_object_unref(layout);
    return fonts ? UP_OK
                 : up_fail(error, UP_ERROR_UNSUPPORTED,
                           "there is no font for the captions of a sheet; install one, such as "
                           "the package fonts-dejavu-core");
}

/* -------------------------------------------------------------- pages */

static up_status write_pdf(up_figure *figure, const char *path, bool overwrite, up_error *error)
{
    const drawing *d = drawing_of(figure);
    const up_options how = { .size = sizeof how, .overwrite = overwrite };
    up_pango.cairo_surface_finish(d->surface);
    if (up_pango.cairo_surface_status(d->surface) != CAIRO_STATUS_SUCCESS || fflush(d->out))
        return up_fail_memory(error, "a sheet", d->size);
    return up_write_bytes(path, d->bytes, d->size, &how, error);
}

static up_status write_png(up_figure *figure, const char *path, bool overwrite, up_error *error)
{
    const drawing *d = drawing_of(figure);
    const int width = (int)d->figure.width, height = (int)d->figure.height;
    const up_options how = { .size = sizeof how, .overwrite = overwrite, .output_format = "png" };
    up_pixels pixels = { .format = { .width = width,
                                     .height = height,
                                     .channels = 3,
                                     .frames = 1,
                                     .color = UP_COLOR_RGB,
                                     .depth = 8 } };
    uint8_t *to = pixels.data = up_alloc(3 * (size_t)width, (size_t)height);
    if (!to)
        return up_fail_memory(error, "a sheet", 3 * (size_t)width * (size_t)height);
    up_pango.cairo_surface_flush(d->surface);
    const unsigned char *from = up_pango.cairo_image_surface_get_data(d->surface);
    const int stride = up_pango.cairo_image_surface_get_stride(d->surface);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++, to += 3) {
            uint32_t pixel;
            memcpy(&pixel, from + (size_t)y * (size_t)stride + 4 * (size_t)x, sizeof pixel);
            to[0] = (uint8_t)(pixel >> 16);
            to[1] = (uint8_t)(pixel >> 8);
            to[2] = (uint8_t)pixel;
        }
    up_status status = up_write_pixels(path, &pixels, &how, error);
    up_free(pixels.data);
    return status;
}

static void close_drawing(up_figure *figure)
{
    drawing *d = drawing_of(figure);
    if (d->cairo)
        up_pango.cairo_destroy(d->cairo);
    if (d->surface)
        up_pango.cairo_surface_destroy(d->surface);
    if (d->out)
        fclose(d->out);
    free(d->bytes);
    up_free(d);
}

static void draw_paper(up_figure *figure)
{
    static const uint8_t white[3] = { 255, 255, 255 };
    draw_fill(figure, &(up_rectangle){ 0, 0, figure->width, figure->height }, white);
}

static void turn_page(up_figure *figure, double height)
{
    const drawing *d = drawing_of(figure);
    figure->height = height;
    up_pango.cairo_show_page(d->cairo);
    up_pango.cairo_pdf_surface_set_size(d->surface, figure->width, height);
    draw_paper(figure);
}

static const up_figure_kind pdf_kind = { draw_image, draw_fill, draw_text,
                                         turn_page,  write_pdf, close_drawing };
static const up_figure_kind png_kind = { draw_image, draw_fill, draw_text,
                                         NULL,       write_png, close_drawing };

static cairo_status_t take_bytes(void *out, const unsigned char *bytes, unsigned int size)
{
    return fwrite(bytes, 1, size, out) == size ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static bool begin(drawing *d, bool pdf)
{
    if (pdf) {
        d->out = up_text_stream(&d->bytes, &d->size);
        if (!d->out)
            return false;
        d->surface = up_pango.cairo_pdf_surface_create_for_stream(
            take_bytes, d->out, d->figure.width, d->figure.height);
        /* The same command makes the same file. */
        up_pango.cairo_pdf_surface_set_metadata(d->surface, CAIRO_PDF_METADATA_CREATE_DATE, "");
    } else {
        d->surface = up_pango.cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)d->figure.width,
                                                         (int)d->figure.height);
    }
    d->cairo = up_pango.cairo_create(d->surface);
    return up_pango.cairo_status(d->cairo) == CAIRO_STATUS_SUCCESS;
}

up_status up_figure_open_cairo(up_figure **figure, bool pdf, double width, double height,
                               up_error *error)
{
    UP_TRY(up_library_load(&up_pango_library, "a sheet that is not .svg needs", error));
    drawing *d = up_alloc_zero(1, sizeof *d);
    if (!d)
        return up_fail_memory(error, "a sheet", sizeof *d);
    d->figure = (up_figure){ pdf ? &pdf_kind : &png_kind, width, height };
    *figure = &d->figure;
    if (begin(d, pdf)) {
        draw_paper(*figure);
        return UP_OK;
    }
    up_figure_close(figure);
    return up_fail_memory(error, "a sheet", 4 * (size_t)width * (size_t)height);
}

#else

up_status up_figure_open_cairo(up_figure **figure, bool pdf, double width, double height,
                               up_error *error)
{
    (void)figure, (void)pdf, (void)width, (void)height;
    return up_fail(error, UP_ERROR_UNSUPPORTED,
                   "this upscale was built without Pango, which draws sheets as PNG and PDF; name "
                   "the sheet .svg, or install the package libpango1.0-dev and build again");
}

#endif
