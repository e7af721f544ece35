/* An explanation for a terminal. */
#include "base/memory.h"
#include "explain/explanation.h"
#include "explain/links.h"
#include "explain/text_blocks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINES 24 /* of a terminal */
#define MOST_SECTIONS 10
#define FEW_STEPS 16

typedef struct {
    const up_explanation *e;
    int columns, digits;
    bool all_steps;
    char *section[MOST_SECTIONS];
    size_t size[MOST_SECTIONS];
    int sections;
    bool failed;
} sheet;

typedef void write_section(const sheet *s, FILE *out);

/* Sections that write nothing are none. */
static void add(sheet *s, write_section *write)
{
    char **text = &s->section[s->sections];
    FILE *out = s->failed ? NULL : open_memstream(text, &s->size[s->sections]);
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

/* ---------------------------------------------------------------- names */

/* Kernels of up to 52 weights have a letter for each. */
static bool has_letters(const up_explanation *e)
{
    return e->k.value && up_small_count(&e->k) <= 52;
}

static char letter(int place)
{
    return (char)(place < 26 ? 'a' + place : 'A' + place - 26);
}

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

static void write_head(const sheet *s, FILE *out)
{
    const up_explanation *e = s->e;
    char *line = NULL;
    size_t size;
    FILE *text = open_memstream(&line, &size);
    if (!text)
        return;
    write_terms(e, text);
    fclose(text);
    up_write_wrapped(out, line, s->columns, 7);
    free(line);
    fprintf(out, "size   %s\n", e->size_formula);
    if (strcmp(e->size_text[0], e->size_text[1]) == 0)
        fprintf(out, "       rows and columns: %s\n", e->size_text[0]);
    else
        fprintf(out, "       rows: %s\n       columns: %s\n", e->size_text[0], e->size_text[1]);
}

/* ---------------------------------------------------------------- steps */

static void add_inputs(up_text_blocks *blocks, const sheet *s)
{
    const up_explanation *e = s->e;
    up_blocks_tensor(blocks, "x", &e->x, NULL, s->digits);
    if (e->k.value)
        up_blocks_tensor(blocks, "k", &e->k, NULL, s->digits);
    if (has_letters(e)) {
        up_blocks_begin(blocks, "named");
        for (int row = 0; row < e->k.channels * e->k.height; row++) {
            char line[2 * 52 + 1] = "";
            for (int x = 0; x < e->k.width; x++) {
                line[2 * x] = letter(row * e->k.width + x);
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

static void add_step(up_text_blocks *blocks, const sheet *s, const growing *g, int step, bool first)
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

static void write_scattering(const sheet *s, FILE *out)
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
static void write_gathering_line(const sheet *s, FILE *out, const up_link *link, size_t count)
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

static void add_gathering(up_text_blocks *blocks, const sheet *s, const up_link *link, size_t count)
{
    char *line = NULL;
    size_t size;
    FILE *out = open_memstream(&line, &size);
    if (!out)
        return;
    write_gathering_line(s, out, link, count);
    fclose(out);
    up_blocks_begin(blocks, NULL);
    up_blocks_line(blocks, "%s", line);
    free(line);
}

static void write_windows(const sheet *s, FILE *out)
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

static void write_inputs(const sheet *s, FILE *out)
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
static void write_crop(const sheet *s, FILE *out)
{
    const up_explanation *e = s->e;
    const int *full = e->full, *before = e->before;
    if (full[0] == e->y.height && full[1] == e->y.width)
        return;
    fprintf(out, "of %dx%d the padding leaves rows %d to %d and columns %d to %d (from 0)\n",
            full[0], full[1], before[0], before[0] + e->y.height - 1, before[1],
            before[1] + e->y.width - 1);
}

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
            line[2 * x] = place < 0 ? '.' : letter(place);
            line[2 * x + 1] = x + 1 < kernel->width ? ' ' : 0;
        }
        up_blocks_line(blocks, "%s", line);
    }
}

static void write_matrix(const sheet *s, FILE *out)
{
    const up_explanation *e = s->e;
    up_small w = { 0 }, kernel = { 0 };
    up_text_blocks blocks = { 0 };
    const size_t in = up_small_count(&e->x), y = up_small_count(&e->y);
    const size_t rows = e->scatter ? in : y, columns = e->scatter ? y : in;
    char title[96];
    snprintf(title, sizeof title, "W %zux%zu, %zu entries: y = W%s x", rows, columns,
             count_entries(e), e->scatter ? "^T" : "");
    if (2 * columns <= (size_t)s->columns && 2 * rows <= 512 &&
        make_matrix(e, &w, &kernel) == UP_OK) {
        if (has_letters(e) && 2 * columns < 256)
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
    if (has_letters(e) && e->k.channels == 1)
        fprintf(out, "%c*x[", letter(t->kernel[0] * e->kernel[1] + t->kernel[1]));
    else
        fprintf(out, "k[%d,%d]*x[", t->kernel[0], t->kernel[1]);
    write_index(out, "i", tconv ? 1 : e->stride[0], t->offset[0]);
    fputc(',', out);
    write_index(out, "j", tconv ? 1 : e->stride[1], t->offset[1]);
    fputc(']', out);
}

static void write_phases(const sheet *s, FILE *out)
{
    const up_explanation *e = s->e;
    char *text = NULL;
    size_t size;
    FILE *line = open_memstream(&text, &size);
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
    fclose(line);
    up_write_wrapped(out, text, s->columns, 7);
    free(text);
}

/* ---------------------------------------------------------------- the ways */

static void write_ways(const sheet *s, FILE *out)
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

static void write_verdict(const sheet *s, FILE *out)
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

static int count_lines(const sheet *s)
{
    int lines = 0;
    for (int i = 0; i < s->sections; i++)
        for (const char *c = s->section[i]; *c; c++)
            lines += *c == '\n';
    return lines;
}

/* Sections stand apart unless that alone takes them off the screen. */
static char *join(const sheet *s)
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
    sheet s = { .e = e,
                .columns = style->columns > 0 ? style->columns : 80,
                .digits = up_min(style->digits, UP_MOST_DIGITS),
                .all_steps = style->all_steps };
    add(&s, write_head);
    if (e->scatter) {
        add(&s, write_scattering);
        add(&s, write_crop);
    } else {
        add(&s, write_inputs);
        add(&s, write_windows);
    }
    add(&s, write_matrix);
    if (e->tap)
        add(&s, write_phases);
    add(&s, write_ways);
    add(&s, write_verdict);
    char *text = s.failed ? NULL : join(&s);
    for (int i = 0; i < s.sections; i++)
        free(s.section[i]);
    return text;
}
