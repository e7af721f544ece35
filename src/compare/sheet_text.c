#include "compare/sheet_text.h"

#ifdef UPSCALE_PANGO

#include <pango/pangocairo.h>

static const int ink[3] = { 29, 29, 27 };

static bool has_fonts(PangoLayout *layout)
{
    PangoFontFamily **family = NULL;
    int count = 0;
    pango_font_map_list_families(pango_context_get_font_map(pango_layout_get_context(layout)),
                                 &family, &count);
    g_free(family);
    return count > 0;
}

static PangoLayout *lay_out(cairo_t *cairo, int width, const up_text_style *style, const char *text)
{
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *font = pango_font_description_from_string("DejaVu Sans, sans-serif");
    char *valid = g_utf8_make_valid(text, -1);
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    if (style->bold)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, width * PANGO_SCALE);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_MIDDLE);
    pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_text(layout, valid, -1);
    g_free(valid);
    pango_font_description_free(font);
    return layout;
}

static void blend(const up_pixels *canvas, int x, int y, cairo_surface_t *mask)
{
    cairo_surface_flush(mask);
    const unsigned char *alpha = cairo_image_surface_get_data(mask);
    int stride = cairo_image_surface_get_stride(mask);
    for (int row = 0; row < cairo_image_surface_get_height(mask); row++)
        for (int column = 0; column < cairo_image_surface_get_width(mask); column++) {
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

up_status up_text_draw(const up_pixels *canvas, int x, int y, int width, const up_text_style *style,
                       const char *text, up_error *error)
{
    cairo_surface_t *mask = cairo_image_surface_create(CAIRO_FORMAT_A8, width, 2 * style->size);
    cairo_t *cairo = cairo_create(mask);
    up_status status = UP_OK;
    if (cairo_status(cairo) != CAIRO_STATUS_SUCCESS) {
        status = up_fail_memory(error, "text", (size_t)width);
    } else {
        PangoLayout *layout = lay_out(cairo, width, style, text);
        if (has_fonts(layout))
            pango_cairo_show_layout(cairo, layout);
        else
            status = up_fail(error, UP_ERROR_UNSUPPORTED,
                             "there is no font for the captions of a sheet; install one, such as "
                             "the package fonts-dejavu-core");
        g_object_unref(layout);
    }
    if (status == UP_OK)
        blend(canvas, x, y, mask);
    cairo_destroy(cairo);
    cairo_surface_destroy(mask);
    return status;
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
