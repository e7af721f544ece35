/* SPDX-License-Identifier: MIT */
#include "compare/sheet/figure.h"

#include "base/memory.h"

#include <string.h>
#include <strings.h>

bool up_figure_format_of(up_figure_format *format, const char *path)
{
    static const char *const names[] = {
        [UP_FIGURE_PNG] = "png", [UP_FIGURE_PDF] = "pdf", [UP_FIGURE_SVG] = "svg"
    };
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof names / sizeof *names; i++)
        if (strcasecmp(dot + 1, names[i]) == 0) {
            *format = (up_figure_format)i;
            return true;
        }
    return false;
}

up_status up_figure_open(up_figure **figure, up_figure_format format, double width, double height,
                         up_error *error)
{
    *figure = NULL;
    return format == UP_FIGURE_SVG
               ? up_figure_open_svg(figure, width, height, error)
               : up_figure_open_cairo(figure, format == UP_FIGURE_PDF, width, height, error);
}

void up_figure_close(up_figure **figure)
{
    if (*figure)
        (*figure)->kind->close(*figure);
    *figure = NULL;
}

void up_figure_frame(up_figure *f, const up_rectangle *r, double line, const uint8_t ink[3])
{
    const up_rectangle side[] = {
        { r->x, r->y, r->width, line },
        { r->x, r->y + r->height - line, r->width, line },
        { r->x, r->y, line, r->height },
        { r->x + r->width - line, r->y, line, r->height },
    };
    for (size_t i = 0; i < sizeof side / sizeof *side; i++)
        f->kind->fill(f, &side[i], ink);
}

up_status up_cell_enlarge(up_cell_pixels *large, const up_cell_pixels *p, int times,
                          up_error *error)
{
    *large = (up_cell_pixels){ NULL, p->width * times, p->height * times };
    const size_t row = 3 * (size_t)large->width;
    large->rgb = up_alloc(row, (size_t)large->height);
    if (!large->rgb)
        return up_fail_memory(error, "a crop", row);
    for (int y = 0; y < p->height; y++) {
        uint8_t *first = large->rgb + row * (size_t)y * (size_t)times;
        for (int x = 0; x < large->width; x++)
            memcpy(first + 3 * x, p->rgb + 3 * ((size_t)y * (size_t)p->width + (size_t)(x / times)),
                   3);
        for (int i = 1; i < times; i++)
            memcpy(first + row * (size_t)i, first, row);
    }
    return UP_OK;
}
