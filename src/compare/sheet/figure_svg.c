/* SPDX-License-Identifier: MIT */
/* A figure as SVG 1.1: text is text, and pictures are PNG within it. */

#include "compare/sheet/figure.h"

#include "base/memory.h"
#include "base/text_stream.h"
#include "compare/files/json_text.h"
#include "compare/pictures/tile_encode.h"
#include "compare/pictures/tile_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define FAMILY "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"
/* Of a letter, by its height, at a guess: who shows it has fonts of his own. */
#define LETTER 0.56

typedef struct {
    up_figure figure;
    FILE *out;
    char *text;
    size_t size;
} svg_figure;

static svg_figure *svg_of(up_figure *figure)
{
    return (svg_figure *)figure; /* it comes first */
}

static up_status put_image(up_figure *figure, const up_rectangle *to, const up_cell_pixels *p,
                           bool exact, up_error *error)
{
    static const up_metadata nothing = { .orientation = 1 };
    const up_pixels pixels = { .format = { .width = p->width,
                                           .height = p->height,
                                           .channels = 3,
                                           .frames = 1,
                                           .color = UP_COLOR_RGB,
                                           .depth = 8 },
                               .data = p->rgb };
    FILE *out = svg_of(figure)->out;
    up_kept_bytes png;
    UP_TRY(up_tile_encode_png(&png, &pixels, &nothing, error));
    fprintf(out,
            "<image x=\"%.3f\" y=\"%.3f\" width=\"%.3f\" height=\"%.3f\" "
            "preserveAspectRatio=\"none\"%s xlink:href=\"data:image/png;base64,",
            to->x, to->y, to->width, to->height,
            exact ? " style=\"image-rendering:pixelated\"" : "");
    up_put_base64(out, png.data, png.size);
    fputs("\"/>\n", out);
    up_free(png.data);
    return UP_OK;
}

static void put_fill(up_figure *figure, const up_rectangle *r, const uint8_t ink[3])
{
    fprintf(svg_of(figure)->out,
            "<rect x=\"%.3f\" y=\"%.3f\" width=\"%.3f\" height=\"%.3f\" fill=\"#%02x%02x%02x\"/>\n",
            r->x, r->y, r->width, r->height, ink[0], ink[1], ink[2]);
}

static void put_escaped(FILE *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c < ' ' || *c == 0x7F) /* XML has no way to say them */
            fputs("\xEF\xBF\xBD", out);
        else if (*c == '<' || *c == '&' || *c == '>' || *c == '"')
            fprintf(out, "&#%d;", *c);
        else
            fputc(*c, out);
}

static int letters_of(const char *text)
{
    int count = 0;
    for (const char *c = text; *c; c++)
        count += ((unsigned char)*c & 0xC0) != 0x80;
    return count;
}

/* The middle of what is too long is left out; `most` letters stay. */
static void put_shortened(FILE *out, const char *text, int most)
{
    const int letters = letters_of(text), head = (most - 1) / 2, tail = most - 1 - head;
    int at = 0;
    char part[8];
    for (const char *c = text; *c;) {
        size_t n = 0;
        do
            part[n++] = *c++;
        while (((unsigned char)*c & 0xC0) == 0x80 && n < sizeof part - 1);
        part[n] = 0;
        if (letters <= most || at < head || at >= letters - tail)
            put_escaped(out, part);
        else if (at == head)
            fputs("\xE2\x80\xA6", out);
        at++;
    }
}

static up_status put_text(up_figure *figure, const up_rectangle *to, const up_text_style *style,
                          const char *text, up_error *error)
{
    FILE *out = svg_of(figure)->out;
    json_t *valid = up_json_bytes(text);
    const char *shown = valid ? json_string_value(valid) : NULL;
    if (!shown)
        return up_fail_memory(error, "text", to->width > 0 ? (size_t)to->width : 1);
    const double letter = LETTER * (style->bold ? 1.1 : 1), full = letters_of(shown) * letter;
    const double size =
        fmax(fmin(style->size, full > 0 ? to->width / full : style->size), 0.6 * style->size);
    fprintf(out,
            "<text x=\"%.3f\" y=\"%.3f\" font-family=\"" FAMILY "\" font-size=\"%.3f\"%s "
            "text-anchor=\"middle\" fill=\"#%02x%02x%02x\">",
            to->x + to->width / 2, to->y + 0.95 * style->size, size,
            style->bold ? " font-weight=\"bold\"" : "", style->ink[0], style->ink[1],
            style->ink[2]);
    put_shortened(out, shown, (int)fmax(to->width / (size * letter), 3));
    fputs("</text>\n", out);
    json_decref(valid);
    return UP_OK;
}

static up_status write_svg(up_figure *figure, const char *path, bool overwrite, up_error *error)
{
    svg_figure *svg = svg_of(figure);
    const up_options how = { .size = sizeof how, .overwrite = overwrite };
    fputs("</svg>\n", svg->out);
    if (fflush(svg->out) || ferror(svg->out))
        return up_fail_memory(error, "a sheet", svg->size);
    return up_write_bytes(path, svg->text, svg->size, &how, error);
}

static void close_svg(up_figure *figure)
{
    svg_figure *svg = svg_of(figure);
    if (svg->out)
        fclose(svg->out);
    free(svg->text);
    up_free(svg);
}

static const up_figure_kind svg_kind = {
    put_image, put_fill, put_text, NULL, write_svg, close_svg
};

up_status up_figure_open_svg(up_figure **figure, double width, double height, up_error *error)
{
    svg_figure *svg = up_alloc_zero(1, sizeof *svg);
    if (!svg)
        return up_fail_memory(error, "a sheet", sizeof *svg);
    svg->figure = (up_figure){ &svg_kind, width, height };
    svg->out = up_text_stream(&svg->text, &svg->size);
    *figure = &svg->figure;
    if (!svg->out) {
        up_figure_close(figure);
        return up_fail_memory(error, "a sheet", sizeof *svg);
    }
    fprintf(svg->out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" "
            "xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\" width=\"%.3fpt\" "
            "height=\"%.3fpt\" viewBox=\"0 0 %.3f %.3f\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
            width, height, width, height);
    return UP_OK;
}
