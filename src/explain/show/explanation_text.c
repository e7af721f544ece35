/* SPDX-License-Identifier: MIT */
/* An explanation for a terminal. */

#include "explain/explanation.h"

#include "base/memory.h"
#include "base/text_stream.h"
#include "explain/show/text_sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINES 24 /* of a terminal */

/* Sections that write nothing are none. */
static void add(up_text_sheet *s, up_write_section *write)
{
    char **text = &s->section[s->sections];
    FILE *out = s->failed ? NULL : up_text_stream(text, &s->size[s->sections]);
    if (!out) {
        s->failed = true;
        return;
    }
    write(s, out);
    s->failed = fclose(out) != 0;
    if (!s->failed && **text) {
        s->sections++;
        return;
    }
    free(*text);
    *text = NULL;
}

/* ---------------------------------------------------------------- what it is */

static void write_pair(FILE *out, const char *name, const int pair[2])
{
    fprintf(out, pair[0] == pair[1] ? ", %s %d" : ", %s %d,%d", name, pair[0], pair[1]);
}

static void write_terms(const up_explanation *e, FILE *out)
{
    const bool layer = e->k.value || e->indices.value;
    fprintf(out, "%s: %dx%dx%d -> %dx%dx%d", e->op->name, e->x.channels, e->x.height, e->x.width,
            e->y.channels, e->y.height, e->y.width);
    if (!layer)
        write_pair(out, "scale", e->stride);
    else
        write_pair(out, "kernel", e->kernel);
    if (layer) {
        write_pair(out, "stride", e->stride);
        write_pair(out, "padding", e->padding);
    }
    if (e->output_padding[0] || e->output_padding[1])
        write_pair(out, "output_padding", e->output_padding);
    if (e->dilation[0] > 1 || e->dilation[1] > 1)
        write_pair(out, "dilation", e->dilation);
    if (e->k.value && e->groups > 1)
        fprintf(out, ", groups %d", e->groups);
    if (e->axis[0])
        fprintf(out, ", %s", e->options.align_corners ? "corners aligned" : "half-pixel centres");
}

static void write_head(const up_text_sheet *s, FILE *out)
{
    const up_explanation *e = s->e;
    char *line = NULL;
    size_t size;
    FILE *text = up_text_stream(&line, &size);
    if (!text)
        return;
    write_terms(e, text);
    if (fclose(text) == 0)
        up_write_wrapped(out, line, s->columns, 7);
    free(line);
    fprintf(out, "size   %s\n", e->size_formula);
    if (strcmp(e->size_text[0], e->size_text[1]) == 0)
        fprintf(out, "       rows and columns: %s\n", e->size_text[0]);
    else
        fprintf(out, "       rows: %s\n       columns: %s\n", e->size_text[0], e->size_text[1]);
}

/* ---------------------------------------------------------------- the ways */

static void write_ways(const up_text_sheet *s, FILE *out)
{
    const up_explanation *e = s->e;
    up_text_blocks blocks = { 0 };
    if (e->inserted.value) {
        up_blocks_tensor(&blocks, "zeros in", &e->inserted, NULL, s->digits);
        up_blocks_tensor(&blocks, "turned", &e->turned, NULL, s->digits);
    }
    for (const up_way *w = e->way; w < e->way + e->ways; w++) {
        char title[64];
        snprintf(title, sizeof title, "%s%s", w->name, w->agrees ? "" : " DIFFERS");
        up_blocks_tensor(&blocks, title, &w->y, NULL, s->digits);
    }
    if (e->verdict[0])
        up_blocks_tensor(&blocks, "overlap", &e->overlap, NULL, s->digits);
    up_blocks_write(&blocks, out, s->columns);
}

static void write_verdict(const up_text_sheet *s, FILE *out)
{
    const up_explanation *e = s->e;
    double largest = 0;
    int differing = 0;
    char text[512];
    for (const up_way *w = e->way; w < e->way + e->ways; w++) {
        largest = fmax(largest, w->difference);
        differing += !w->agrees;
    }
    int used = differing ? snprintf(text, sizeof text, "%d of %d ways DIFFER, by %.3g at most",
                                    differing, e->ways, largest)
                         : snprintf(text, sizeof text, "%d ways agree%s", e->ways,
                                    largest > 0 ? " to the rounding of float32" : " exactly");
    if (e->strayed)
        used += snprintf(text + used, sizeof text - (size_t)used,
                         ", and maxima are put back to wrong places");
    if (e->verdict[0])
        snprintf(text + used, sizeof text - (size_t)used, ". Overlap %s", e->verdict);
    up_write_wrapped(out, text, s->columns, 7);
}

/* ---------------------------------------------------------------- all of it */

static int count_lines(const up_text_sheet *s)
{
    int lines = 0;
    for (int i = 0; i < s->sections; i++)
        for (const char *c = s->section[i]; *c; c++)
            lines += *c == '\n';
    return lines;
}

/* Sections stand apart unless that alone takes them off the screen. */
static char *join(const up_text_sheet *s)
{
    const int lines = count_lines(s), apart = lines + s->sections - 1;
    const bool close = lines <= LINES && apart > LINES;
    size_t size = 1;
    for (int i = 0; i < s->sections; i++)
        size += s->size[i] + 1;
    char *text = malloc(size), *at = text;
    for (int i = 0; text && i < s->sections; i++) {
        if (i > 0 && !close)
            *at++ = '\n';
        memcpy(at, s->section[i], s->size[i]);
        at += s->size[i];
    }
    if (text)
        *at = 0;
    return text;
}

char *up_explanation_text(const up_explanation *e, const up_explain_style *style)
{
    up_text_sheet s = { .e = e,
                        .columns = style->columns > 0 ? style->columns : 80,
                        .digits = up_min(style->digits, UP_MOST_DIGITS),
                        .all_steps = style->all_steps };
    add(&s, write_head);
    if (e->scatter) {
        add(&s, up_write_scattering);
        add(&s, up_write_crop);
    } else {
        add(&s, up_write_inputs);
        add(&s, up_write_windows);
    }
    add(&s, up_write_matrix);
    if (e->tap)
        add(&s, up_write_phases);
    add(&s, write_ways);
    add(&s, write_verdict);
    char *text = s.failed ? NULL : join(&s);
    for (int i = 0; i < s.sections; i++)
        free(s.section[i]);
    return text;
}
