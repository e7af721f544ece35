/* SPDX-License-Identifier: MIT */
#include "cli/show/describe.h"

#include "cli/show/cli_text.h"

#include <inttypes.h>
#include <stdlib.h>

const char *cli_color_name(up_color color)
{
    static const char *const names[] = {
        [UP_COLOR_TENSOR] = "tensor",         [UP_COLOR_GREY] = "grey",
        [UP_COLOR_GREY_ALPHA] = "grey+alpha", [UP_COLOR_RGB] = "RGB",
        [UP_COLOR_RGBA] = "RGB+alpha",        [UP_COLOR_CMYK] = "CMYK",
    };
    return (size_t)color < sizeof names / sizeof *names ? names[color] : "?";
}

char *cli_describe_format(const up_format *format)
{
    if (format->color != UP_COLOR_TENSOR)
        return cli_format("%d x %d %s, %d bit", format->width, format->height,
                          cli_color_name(format->color), format->depth);
    const char *kind = format->sample == UP_SAMPLE_F32 ? "float" : "integer";
    char *shape =
        format->frames == 1
            ? cli_format("tensor of %d x %d x %d", format->channels, format->height, format->width)
            : cli_format("tensor of %" PRId64 " x %d x %d x %d", format->frames, format->channels,
                         format->height, format->width);
    char *text = cli_format("%s, %d bit %s", shape, format->depth, kind);
    free(shape);
    return text;
}
