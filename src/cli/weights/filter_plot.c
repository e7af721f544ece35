/* SPDX-License-Identifier: MIT */
#include "cli/weights/filter_plot.h"

#include "cli/show/cli_text.h"
#include "cli/weights/tiny_font.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MARGIN = 12,
    PAGE = 1100,
    ROOM = PAGE - 2 * MARGIN, /* across, for a grid */
    DEPTH = 480,              /* down */
    MOST_HEIGHT = 30000,
    LEAST_ZOOM = 3, /* below it nothing can be told from the lines between */
    MOST_ZOOM = 12,
    LETTER = 2, /* pixels for each of the font's */
    LABEL = LETTER * CLI_GLYPH_HEIGHT + 6,
};

typedef struct {
    uint8_t value[3];
} ink;

static const ink paper = { { 40, 42, 46 } }, label_ink = { { 230, 230, 230 } };
static const ink zero = { { 250, 250, 250 } };
static const ink negative = { { 20, 70, 190 } }, positive = { { 200, 20, 30 } };

typedef struct {
    int width, height;
    uint8_t *rgb;
} canvas;

/* The grid of one layer. A set is what shares a scale; `sets` and `members` are those drawn. */
typedef struct {
    const up_weights_layer *layer;
    int all_sets, all_members, sets, members;
    int columns; /* sets beside each other */
    int zoom, set_width, line;
} grid;

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

/* -------------------------------------------------------------- layout */

static void zoom_to(grid *g, int zoom)
{
    g->zoom = zoom;
    g->set_width = g->members * (g->layer->kernel[1] * zoom + 1) + (g->members > 1 ? 4 : 0);
    g->line = g->layer->kernel[0] * zoom + 1;
}

/* Some four times as wide as high, with the largest zoom that fits. */
static grid lay_out(const up_weights_layer *layer)
{
    bool transposed = strcmp(layer->op, "conv_transpose2d") == 0;
    int in = layer->in_channels, out = layer->out_channels, rows = layer->kernel[0];
    grid g = { .layer = layer,
               .all_sets = transposed ? in : out,
               .all_members = (transposed ? out : in) / layer->groups };
    if (rows >= ROOM || layer->kernel[1] >= ROOM)
        return g;
    int least_zoom = least(LEAST_ZOOM, (ROOM - 1) / layer->kernel[1]);
    g.members = least(g.all_members, ROOM / (layer->kernel[1] * least_zoom + 1));
    double shape = 4.0 * g.all_sets * rows / ((double)g.members * layer->kernel[1]);
    g.columns = most(1, least(g.all_sets, (int)ceil(sqrt(shape))));
    zoom_to(&g, MOST_ZOOM);
    while (g.zoom > least_zoom && (int64_t)g.columns * g.set_width > ROOM)
        zoom_to(&g, g.zoom - 1);
    g.columns = most(1, least(g.columns, ROOM / g.set_width));
    g.sets = least(g.all_sets, g.columns * most(1, DEPTH / g.line));
    return g;
}

static int height_of(const grid *g)
{
    int lines = g->columns ? (g->sets + g->columns - 1) / g->columns : 0;
    return LABEL + lines * g->line + MARGIN;
}

/* -------------------------------------------------------------- drawing */

static void dot(const canvas *c, int x, int y, ink color)
{
    if (x >= 0 && x < c->width && y >= 0 && y < c->height)
        memcpy(c->rgb + 3 * ((size_t)y * (size_t)c->width + (size_t)x), color.value, 3);
}

static void box(const canvas *c, int x, int y, int side, ink color)
{
    for (int i = 0; i < side * side; i++)
        dot(c, x + i % side, y + i / side, color);
}

static void write_text(const canvas *c, int x, int y, const char *text)
{
    for (; *text; text++, x += LETTER * (CLI_GLYPH_WIDTH + 1))
        for (int i = 0; i < CLI_GLYPH_WIDTH * CLI_GLYPH_HEIGHT; i++) {
            int column = i % CLI_GLYPH_WIDTH, row = i / CLI_GLYPH_WIDTH;
            if (cli_glyph_pixel(*text, column, row))
                box(c, x + LETTER * column, y + LETTER * row, LETTER, label_ink);
        }
}

static void draw_label(const canvas *c, int y, int i, const grid *g)
{
    const up_weights_layer *layer = g->layer;
    char cut[96] = "";
    if (g->sets == 0)
        snprintf(cut, sizeof cut, "  (too large to draw)");
    else if (g->sets < g->all_sets || g->members < g->all_members)
        snprintf(cut, sizeof cut, "  (%d of %d filters, %d of %d channels shown)", g->sets,
                 g->all_sets, g->members, g->all_members);
    char *text = cli_format("%d: %s %s  %dx%d  %d > %d%s", i, layer->op,
                            layer->name ? layer->name : "", layer->kernel[0], layer->kernel[1],
                            layer->in_channels, layer->out_channels, cut);
    write_text(c, MARGIN, y, text);
    free(text);
}

/* `share` from -1 to 1. */
static ink color_of(float share)
{
    const ink *end = share < 0 ? &negative : &positive;
    float strength = fabsf(share);
    ink color;
    for (int i = 0; i < 3; i++) {
        float mixed = (float)zero.value[i] + strength * (float)(end->value[i] - zero.value[i]);
        color.value[i] = (uint8_t)(mixed + 0.5f);
    }
    return color;
}

static void draw_set(const canvas *c, int left, int top, const grid *g, int set)
{
    int rows = g->layer->kernel[0], columns = g->layer->kernel[1];
    size_t taps = (size_t)rows * (size_t)columns, size = (size_t)g->all_members * taps;
    const float *weight = g->layer->weight + (size_t)set * size;
    float largest = 0;
    for (size_t i = 0; i < size; i++)
        largest = fmaxf(largest, fabsf(weight[i]));
    for (size_t i = 0; i < (size_t)g->members * taps; i++) {
        int member = (int)(i / taps), tap = (int)(i % taps);
        int x = left + member * (columns * g->zoom + 1) + tap % columns * g->zoom;
        float share = largest > 0 ? weight[i] / largest : 0;
        box(c, x, top + tap / columns * g->zoom, g->zoom, color_of(share));
    }
}

static void draw_grid(const canvas *c, int y, int i, const grid *g)
{
    draw_label(c, y, i, g);
    for (int set = 0; set < g->sets; set++)
        draw_set(c, MARGIN + set % g->columns * g->set_width,
                 y + LABEL + set / g->columns * g->line, g, set);
}

/* -------------------------------------------------------------- page */

static void draw_layers(canvas *c, const up_weights *weights, bool measure)
{
    int y = MARGIN;
    const up_weights_layer *layer;
    for (int i = 0; (layer = up_weights_layer_at(weights, i)); i++) {
        if (!layer->kernel[0])
            continue;
        grid g = lay_out(layer);
        int height = height_of(&g);
        if (y + height > MOST_HEIGHT)
            break;
        if (!measure)
            draw_grid(c, y, i, &g);
        y += height;
    }
    c->height = y;
}

up_status cli_plot_filters(const up_weights *weights, const char *path, const up_options *options,
                           up_error *error)
{
    canvas c = { .width = PAGE };
    draw_layers(&c, weights, true);
    size_t pixels = (size_t)c.width * (size_t)c.height;
    c.rgb = cli_alloc(pixels, 3);
    for (size_t i = 0; i < pixels; i++)
        memcpy(c.rgb + 3 * i, paper.value, 3);
    draw_layers(&c, weights, false);
    const up_pixels picture = {
        .format = { .width = c.width, .height = c.height, .channels = 3, .color = UP_COLOR_RGB },
        .data = c.rgb
    };
    up_status status = up_write_pixels(path, &picture, options, error);
    free(c.rgb);
    return status;
}
