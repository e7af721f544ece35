/* SPDX-License-Identifier: MIT */
#include "compare/sheet/sheet_text.h"

#include "base/machine/pango_load.h"

#ifdef UPSCALE_PANGO

static const int ink[3] = { 29, 29, 27 };

static bool has_fonts(const up_pango *p, PangoLayout *layout)
{
    PangoFontFamily **family = NULL;
    int count = 0;
    p->pango_font_map_list_families(
        p->pango_context_get_font_map(p->pango_layout_get_context(layout)), &family, &count);
    (p->g_free)(family);
    return count > 0;
}

static PangoLayout *lay_out(const up_pango *p, cairo_t *cairo, int width,
                            const up_text_style *style, const char *text)
{
    PangoLayout *layout = p->pango_cairo_create_layout(cairo);
    PangoFontDescription *font = p->pango_font_description_from_string("DejaVu Sans, sans-serif");
    char *valid = p->g_utf8_make_valid(text, -1);
    p->pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    if (style->bold)
        p->pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    p->pango_layout_set_font_description(layout, font);
    p->pango_layout_set_width(layout, width * PANGO_SCALE);
    p->pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_MIDDLE);
    p->pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    p->pango_layout_set_single_paragraph_mode(layout, TRUE);
    p->pango_layout_set_text(layout, valid, -1);
    (p->g_free)(valid);
    p->pango_font_description_free(font);
    return layout;
}

static void blend(const up_pango *p, const up_pixels *canvas, int x, int y, cairo_surface_t *mask)
{
    p->cairo_surface_flush(mask);
    const unsigned char *alpha = p->cairo_image_surface_get_data(mask);
    int stride = p->cairo_image_surface_get_stride(mask);
    for (int row = 0; row < p->cairo_image_surface_get_height(mask); row++)
        for (int column = 0; column < p->cairo_image_surface_get_width(mask); column++) {
            const up_format *f = &canvas->format;
            int to_x = x + column, to_y = y + row, a = alpha[row * stride + column];
            if (a == 0 || to_x < 0 || to_y < 0 || to_x >= f->width || to_y >= f->height)
                continue;
            uint8_t *pixel =
                (uint8_t *)canvas->data + 3 * ((size_t)to_y * (size_t)f->width + (size_t)to_x);
            for (int c = 0; c < 3; c++)
                pixel[c] = (uint8_t)((pixel[c] * (255 - a) + ink[c] * a + 127) / 255);
        }
}

static up_status draw(const up_pango *p, const up_pixels *canvas, int x, int y, int width,
                      const up_text_style *style, const char *text, up_error *error)
{
    cairo_surface_t *mask = p->cairo_image_surface_create(CAIRO_FORMAT_A8, width, 2 * style->size);
    cairo_t *cairo = p->cairo_create(mask);
    up_status status = UP_OK;
    if (p->cairo_status(cairo) != CAIRO_STATUS_SUCCESS) {
        status = up_fail_memory(error, "text", (size_t)width);
    } else {
        PangoLayout *layout = lay_out(p, cairo, width, style, text);
        if (has_fonts(p, layout))
            p->pango_cairo_show_layout(cairo, layout);
        else
            status = up_fail(error, UP_ERROR_UNSUPPORTED,
                             "there is no font for the captions of a sheet; install one, such as "
                             "the package fonts-dejavu-core");
        p->g_object_unref(layout);
    }
    if (status == UP_OK)
        blend(p, canvas, x, y, mask);
    p->cairo_destroy(cairo);
    p->cairo_surface_destroy(mask);
    return status;
}

up_status up_text_draw(const up_pixels *canvas, int x, int y, int width, const up_text_style *style,
                       const char *text, up_error *error)
{
    up_pango p;
    if (!up_pango_load(&p))
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "captions of sheets are written by Pango, and %s cannot be loaded; install "
                       "it (the package libpangocairo-1.0-0)",
                       UP_PANGO_LIBRARY);
    return draw(&p, canvas, x, y, width, style, text, error);
}

#else

up_status up_text_draw(const up_pixels *canvas, int x, int y, int width, const up_text_style *style,
                       const char *text, up_error *error)
{
    (void)canvas, (void)x, (void)y, (void)width, (void)style, (void)text;
    return up_fail(error, UP_ERROR_UNSUPPORTED,
                   "this upscale was built without Pango, which writes the captions of sheets; "
                   "install the package libpango1.0-dev and build again");
}

#endif
