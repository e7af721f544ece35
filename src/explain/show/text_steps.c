/* SPDX-License-Identifier: MIT */
/* The steps of an explanation. */

#include "explain/show/text_sheet.h"

#include "base/memory.h"
#include "base/text_stream.h"
#include "explain/links.h"

#include <stdlib.h>
#include <string.h>

#define FEW_STEPS 16

static const char *number(char text[400], double value, int digits)
{
    snprintf(text, 400, "%.*f", up_decimals(&value, 1, digits), value == 0 ? 0.0 : value);
    return text;
}

/* "[1,0]", or with its channel "[2,1,0]" where there are several. */
static const char *place_name(char text[48], const up_small *t, int place)
{
    const int column = place % t->width, row = place / t->width % t->height;
    if (t->channels == 1)
        snprintf(text, 48, "[%d,%d]", row, column);
    else
        snprintf(text, 48, "[%d,%d,%d]", place / t->width / t->height, row, column);
    return text;
}

static void add_inputs(up_text_blocks *blocks, const up_text_sheet *s)
{
    const up_explanation *e = s->e;
    up_blocks_tensor(blocks, "x", &e->x, NULL, s->digits);
    if (e->k.value)
        up_blocks_tensor(blocks, "k", &e->k, NULL, s->digits);
    if (up_has_letters(e)) {
        up_blocks_begin(blocks, "named");
        for (int row = 0; row < e->k.channels * e->k.height; row++) {
            char line[2 * 52 + 1] = "";
            for (int x = 0; x < e->k.width; x++) {
                line[2 * x] = up_letter(row * e->k.width + x);
                line[2 * x + 1] = x + 1 < e->k.width ? ' ' : 0;
            }
            if (row > 0 && row % e->k.height == 0)
                up_blocks_line(blocks, "%s", "");
            up_blocks_line(blocks, "%s", line);
        }
    }
    if (e->indices.value && e->scatter)
        up_blocks_tensor(blocks, "indices", &e->indices, NULL, 0);
}

/* What one input adds, and the sum up to there. `shown`: places reached by it, and so far. */
typedef struct {
    up_small product, sum, here, sofar;
} growing;

static bool growing_make(growing *g, const up_explanation *e)
{
    up_small *const part[] = { &g->product, &g->sum, &g->here, &g->sofar };
    bool fine = true;
    *g = (growing){ 0 };
    for (int i = 0; i < 4; i++)
        fine &= up_small_make(part[i], e->y.channels, e->full[0], e->full[1], NULL) == UP_OK;
    return fine;
}

static void growing_free(growing *g)
{
    up_small_free(&g->product);
    up_small_free(&g->sum);
    up_small_free(&g->here);
    up_small_free(&g->sofar);
}

/* The links of a step, from `first` on; returns the first of the next. */
static size_t grow(growing *g, const up_explanation *e, size_t first)
{
    const int step = up_link_step(e, &e->link[first]);
    const size_t bytes = up_small_count(&g->product) * sizeof(double);
    memset(g->product.value, 0, bytes);
    memset(g->here.value, 0, bytes);
    size_t i = first;
    for (; i < e->links && up_link_step(e, &e->link[i]) == step; i++) {
        const up_link *l = &e->link[i];
        const double product = l->weight * e->x.value[l->in];
        g->product.value[l->out] += product;
        g->sum.value[l->out] += product;
        g->here.value[l->out] = g->sofar.value[l->out] = 1;
    }
    return i;
}

static void add_step(up_text_blocks *blocks, const up_text_sheet *s, const growing *g, int step,
                     bool first)
{
    const up_explanation *e = s->e;
    char title[500], value[400];
    number(value, e->x.value[step], s->digits);
    if (!e->k.value)
        snprintf(title, sizeof title, "+ %s", value);
    else if (e->x.channels == 1)
        snprintf(title, sizeof title, "%s * k", value);
    else
        snprintf(title, sizeof title, "%s * k[%d]", value, step / e->x.height / e->x.width);
    up_blocks_tensor(blocks, title, &g->product, &g->here, s->digits);
    if (!first)
        up_blocks_tensor(blocks, "sum", &g->sum, &g->sofar, s->digits);
}

void up_write_scattering(const up_text_sheet *s, FILE *out)
{
    const up_explanation *e = s->e;
    up_text_blocks blocks = { 0 };
    growing g;
    const int steps = (int)up_small_count(&e->x);
    const int shown = s->all_steps ? steps : up_min(steps, FEW_STEPS);
    add_inputs(&blocks, s);
    bool fine = growing_make(&g, e);
    size_t link = 0;
    for (int n = 0; fine && n < shown && link < e->links; n++) {
        const int step = e->link[link].in;
        link = grow(&g, e, link);
        add_step(&blocks, s, &g, step, n == 0);
    }
    growing_free(&g);
    up_blocks_write(&blocks, out, s->columns);
    if (shown < steps)
        fprintf(out, "... and so on for %d more elements (--all-steps)\n", steps - shown);
}

/* "y[0,0] = 1*0 + 2*3 = 6"; of pooling "max(1, 2, 5, 6) = 6 at 5". */
static void write_gathering_line(const up_text_sheet *s, FILE *out, const up_link *link,
                                 size_t count)
{
    const up_explanation *e = s->e;
    const bool pool = e->put_back.value != NULL;
    char text[400], name[48];
    double sum = 0;
    const int step = link->out;
    fprintf(out, "y%s = %s", place_name(name, &e->y, step), pool ? "max(" : "");
    for (const up_link *l = link; l < link + count; l++) {
        fputs(l == link ? "" : pool ? ", " : " + ", out);
        fputs(number(text, e->x.value[l->in], s->digits), out);
        if (!pool)
            fprintf(out, "*%s", number(text, l->weight, s->digits));
        sum += l->weight * e->x.value[l->in];
    }
    fprintf(out, "%s = %s", pool ? ")" : "", number(text, sum, s->digits));
    if (pool)
        fprintf(out, " at %.0f", e->indices.value[step]);
}

static void add_gathering(up_text_blocks *blocks, const up_text_sheet *s, const up_link *link,
                          size_t count)
{
    char *line = NULL;
    size_t size;
    FILE *out = up_text_stream(&line, &size);
    if (!out)
        return;
    write_gathering_line(s, out, link, count);
    if (fclose(out) == 0) {
        up_blocks_begin(blocks, NULL);
        up_blocks_line(blocks, "%s", line);
    }
    free(line);
}

void up_write_windows(const up_text_sheet *s, FILE *out)
{
    const up_explanation *e = s->e;
    up_text_blocks blocks = { 0 };
    const int steps = (int)up_small_count(&e->y);
    const int shown = s->all_steps ? steps : up_min(steps, FEW_STEPS);
    int n = 0;
    for (size_t i = 0, end; i < e->links && n < shown; i = end, n++) {
        for (end = i; end < e->links && e->link[end].out == e->link[i].out;)
            end++;
        add_gathering(&blocks, s, &e->link[i], end - i);
    }
    up_blocks_write(&blocks, out, s->columns);
    if (shown < steps)
        fprintf(out, "... and so on for %d more outputs (--all-steps)\n", steps - shown);
}

void up_write_inputs(const up_text_sheet *s, FILE *out)
{
    up_text_blocks blocks = { 0 };
    add_inputs(&blocks, s);
    up_blocks_tensor(&blocks, "y", &s->e->y, NULL, s->digits);
    if (s->e->put_back.value) {
        up_blocks_tensor(&blocks, "indices", &s->e->indices, NULL, 0);
        up_blocks_tensor(&blocks, "put back", &s->e->put_back, NULL, s->digits);
    }
    up_blocks_write(&blocks, out, s->columns);
}

/* Which rows and columns of the full result are left. */
void up_write_crop(const up_text_sheet *s, FILE *out)
{
    const up_explanation *e = s->e;
    const int *full = e->full, *before = e->before;
    if (full[0] == e->y.height && full[1] == e->y.width)
        return;
    fprintf(out, "of %dx%d the padding leaves rows %d to %d and columns %d to %d (from 0)\n",
            full[0], full[1], before[0], before[0] + e->y.height - 1, before[1],
            before[1] + e->y.width - 1);
}
