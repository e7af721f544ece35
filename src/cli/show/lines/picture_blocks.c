/* SPDX-License-Identifier: MIT */
#include "cli/show/lines/picture_blocks.h"

#include "cli/show/cli_text.h"
#include "cli/show/console.h"

#include <stdlib.h>

#define ROWS_PER_COLUMN 0.5 /* a character is twice as high as it is wide */

/* Where a picture is small it is not enlarged; what it is reduced to has at least a row. */
static up_options reducing(const up_format *format, int columns, bool colour)
{
    const int width = format->width < columns ? format->width : columns;
    const double rows = (double)format->height * width / format->width;
    const double lines = colour ? rows : rows * ROWS_PER_COLUMN;
    up_options how;
    up_options_init(&how);
    how.method = "bicubic";
    how.width = width;
    how.height = lines < 1 ? 1 : (int)(lines + 0.5);
    return how;
}

static void rgb_at(const up_pixels *p, int x, int y, int rgb[3])
{
    const int channels = p->format.channels;
    const uint8_t *pixel = (const uint8_t *)p->data + ((size_t)y * p->format.width + x) * channels;
    for (int c = 0; c < 3; c++)
        rgb[c] = p->format.color == UP_COLOR_CMYK ? (255 - pixel[c]) * (255 - pixel[3]) / 255
                 : channels < 3                   ? pixel[0]
                                                  : pixel[c];
}

/* The upper pixel in the colour of the letter, the lower one in that of the ground. */
static char *half_blocks(const up_pixels *p, int y)
{
    char *line = cli_copy("");
    for (int x = 0; x < p->format.width; x++) {
        int upper[3], lower[3];
        rgb_at(p, x, y, upper);
        rgb_at(p, x, y + 1 < p->format.height ? y + 1 : y, lower);
        if (y + 1 < p->format.height)
            cli_append(&line, "\033[48;2;%d;%d;%dm", lower[0], lower[1], lower[2]);
        cli_append(&line, "\033[38;2;%d;%d;%dm\u2580", upper[0], upper[1], upper[2]);
    }
    cli_append(&line, "\033[0m");
    return line;
}

static char *shades(const up_pixels *p, int y)
{
    static const char ramp[] = " .:-=+*#%@";
    char *line = cli_alloc((size_t)p->format.width + 1, 1);
    for (int x = 0; x < p->format.width; x++) {
        int rgb[3];
        rgb_at(p, x, y, rgb);
        const int luma = (299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2]) / 1000;
        line[x] = ramp[luma * (int)(sizeof ramp - 2) / 255];
    }
    line[p->format.width] = 0;
    return line;
}

static void print(const up_pixels *p, bool colour)
{
    for (int y = 0; y < p->format.height && !cli_output_gone(); y += colour ? 2 : 1) {
        char *line = colour ? half_blocks(p, y) : shades(p, y);
        cli_put_line(line);
        free(line);
    }
}

static up_status reduce(up_pixels *small, const up_pixels *whole, const up_options *how,
                        up_error *error)
{
    up_status status = up_output_format(&whole->format, how, &small->format, error);
    if (status != UP_OK)
        return status;
    const up_format *f = &small->format;
    small->data = cli_alloc((size_t)f->width * (size_t)f->height, (size_t)f->channels);
    return up_upscale_pixels(whole, small, how, error);
}

up_status cli_picture_show(const char *path, int columns, bool colour, const up_options *options,
                           up_error *error)
{
    up_options reading = *options;
    up_pixels whole, small = { 0 };
    reading.depth = 8;
    reading.has_background = true;
    reading.background[0] = reading.background[1] = reading.background[2] = 255;
    up_status status = up_read_pixels(&whole, path, &reading, error);
    if (status != UP_OK)
        return status;
    const up_options how = reducing(&whole.format, columns, colour);
    status = reduce(&small, &whole, &how, error);
    if (status == UP_OK)
        print(&small, colour);
    free(small.data);
    up_pixels_free(&whole);
    return status;
}
