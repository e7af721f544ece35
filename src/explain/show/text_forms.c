/* SPDX-License-Identifier: MIT */
/* The matrix and the polyphase form. */

#include "explain/show/text_sheet.h"

#include "base/text_stream.h"
#include "explain/links.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- the matrix */

/* Weights that are not cropped away. */
static size_t count_entries(const up_explanation *e)
{
    size_t entries = 0;
    for (const up_link *l = e->link; l < e->link + e->links; l++)
        entries += !e->scatter || up_links_place(e, l->out) >= 0;
    return entries;
}

/* W with rows of letters or of numbers; -1: no link. */
static up_status make_matrix(const up_explanation *e, up_small *w, up_small *kernel)
{
    const int in = (int)up_small_count(&e->x), out = (int)up_small_count(&e->y);
    const int rows = e->scatter ? in : out, columns = e->scatter ? out : in;
    UP_TRY(up_small_make(w, 1, rows, columns, NULL));
    UP_TRY(up_small_make(kernel, 1, rows, columns, NULL));
    for (size_t i = 0; i < up_small_count(kernel); i++)
        kernel->value[i] = -1;
    for (const up_link *l = e->link; l < e->link + e->links; l++) {
        const int column = e->scatter ? up_links_place(e, l->out) : l->in;
        if (column < 0)
            continue;
        const size_t at = (size_t)up_link_step(e, l) * columns + column;
        w->value[at] += l->weight;
        kernel->value[at] = l->kernel;
    }
    return UP_OK;
}

static void add_letters(up_text_blocks *blocks, const char *title, const up_small *kernel)
{
    up_blocks_begin(blocks, title);
    for (int row = 0; row < kernel->height; row++) {
        char line[256] = "";
        for (int x = 0; x < kernel->width; x++) {
            const int place = (int)kernel->value[row * kernel->width + x];
            line[2 * x] = place < 0 ? '.' : up_letter(place);
            line[2 * x + 1] = x + 1 < kernel->width ? ' ' : 0;
        }
        up_blocks_line(blocks, "%s", line);
    }
}

void up_write_matrix(const up_text_sheet *s, FILE *out)
{
    const up_explanation *e = s->e;
    up_small w = { 0 }, kernel = { 0 };
    up_text_blocks blocks = { 0 };
    const size_t in = up_small_count(&e->x), y = up_small_count(&e->y);
    const size_t rows = e->scatter ? in : y, columns = e->scatter ? y : in;
    char title[96], known[24] = "";
    const int rank = up_links_rank(e);
    if (rank >= 0)
        snprintf(known, sizeof known, ", rank %d", rank);
    snprintf(title, sizeof title, "W %zux%zu, %zu entries%s: y = W%s x", rows, columns,
             count_entries(e), known, e->scatter ? "^T" : "");
    if (2 * columns <= (size_t)s->columns && 2 * rows <= 512 &&
        make_matrix(e, &w, &kernel) == UP_OK) {
        if (up_has_letters(e) && 2 * columns < 256)
            add_letters(&blocks, title, &kernel);
        for (size_t i = 0; i < up_small_count(&w); i++)
            kernel.value[i] = w.value[i] != 0 || kernel.value[i] >= 0;
        up_blocks_tensor(&blocks, blocks.count ? "in numbers" : title, &w, &kernel, s->digits);
    }
    up_blocks_drop_wide(&blocks, s->columns);
    if (blocks.count == 0)
        fprintf(out, "%s (--json lists them)\n", title);
    up_blocks_write(&blocks, out, s->columns);
    up_small_free(&w);
    up_small_free(&kernel);
}

/* ---------------------------------------------------------------- phases */

static void write_index(FILE *out, const char *name, int times, int plus)
{
    if (times > 1)
        fprintf(out, "%d", times);
    fputs(name, out);
    if (plus)
        fprintf(out, "%+d", plus);
}

static void write_tap(const up_explanation *e, FILE *out, const up_phase_tap *t)
{
    const bool tconv = e->scatter;
    if (up_has_letters(e) && e->k.channels == 1)
        fprintf(out, "%c*x[", up_letter(t->kernel[0] * e->kernel[1] + t->kernel[1]));
    else
        fprintf(out, "k[%d,%d]*x[", t->kernel[0], t->kernel[1]);
    write_index(out, "i", tconv ? 1 : e->stride[0], t->offset[0]);
    fputc(',', out);
    write_index(out, "j", tconv ? 1 : e->stride[1], t->offset[1]);
    fputc(']', out);
}

void up_write_phases(const up_text_sheet *s, FILE *out)
{
    const up_explanation *e = s->e;
    char *text = NULL;
    size_t size;
    FILE *line = up_text_stream(&text, &size);
    if (!line)
        return;
    for (const up_phase_tap *t = e->tap; t < e->tap + e->taps; t++) {
        const bool next =
            t == e->tap || t[-1].phase[0] != t->phase[0] || t[-1].phase[1] != t->phase[1];
        if (next) {
            fprintf(line, "%sy[", t == e->tap ? "phases " : "; ");
            write_index(line, "i", e->scatter ? e->stride[0] : 1, t->phase[0]);
            fputc(',', line);
            write_index(line, "j", e->scatter ? e->stride[1] : 1, t->phase[1]);
            fputs("] = ", line);
        } else {
            fputs(" + ", line);
        }
        write_tap(e, line, t);
    }
    if (fclose(line) == 0)
        up_write_wrapped(out, text, s->columns, 7);
    free(text);
}
