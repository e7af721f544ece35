/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* vasprintf */

#include "explain/show/text_blocks.h"

#include "base/memory.h"
#include "base/text_stream.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2
#define USUAL_DIGITS 4

static void fail(up_text_blocks *blocks)
{
    blocks->failed = true;
}

static void add_line(up_text_blocks *blocks, char *text)
{
    up_text_block *b = &blocks->block[blocks->count - 1];
    char **grown = text ? realloc(b->line, ((size_t)b->lines + 1) * sizeof *grown) : NULL;
    if (!grown) {
        free(text);
        fail(blocks);
        return;
    }
    b->line = grown;
    b->line[b->lines++] = text;
    b->width = up_max(b->width, (int)strlen(text));
}

void up_blocks_begin(up_text_blocks *blocks, const char *title)
{
    if (blocks->failed)
        return;
    up_text_block *grown = realloc(blocks->block, ((size_t)blocks->count + 1) * sizeof *grown);
    if (!grown) {
        fail(blocks);
        return;
    }
    blocks->block = grown;
    blocks->block[blocks->count++] = (up_text_block){ 0 };
    if (title)
        add_line(blocks, strdup(title));
}

void up_blocks_line(up_text_blocks *blocks, const char *format, ...)
{
    va_list arguments;
    char *text;
    if (blocks->failed)
        return;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    add_line(blocks, text);
}

int up_decimals(const double *value, size_t count, int digits)
{
    const int most = digits > 0 ? digits : USUAL_DIGITS;
    int needed = 0;
    for (size_t i = 0; i < count && needed < most; i++) {
        double scale = pow(10, needed);
        while (needed < most && isfinite(value[i]) &&
               fabs(value[i] - round(value[i] * scale) / scale) > 5e-7 * fmax(1, fabs(value[i])))
            scale = pow(10, ++needed);
    }
    return needed;
}

/* Never "-0". */
static int put_value(char *text, size_t size, double value, int decimals)
{
    const double half = 0.5 * pow(10, -decimals);
    return snprintf(text, size, "%.*f", decimals, fabs(value) < half ? 0.0 : value);
}

static int widest(const up_small *t, int decimals)
{
    int width = 1;
    char text[400];
    for (size_t i = 0; i < up_small_count(t); i++)
        width = up_max(width, put_value(text, sizeof text, t->value[i], decimals));
    return width;
}

static void add_row(up_text_blocks *blocks, const up_small *t, const up_small *shown, size_t first,
                    int width, int decimals)
{
    char *line = NULL, text[400];
    size_t size;
    FILE *out = up_text_stream(&line, &size);
    for (size_t i = first; out && i < first + (size_t)t->width; i++) {
        put_value(text, sizeof text, t->value[i], decimals);
        fprintf(out, "%s%*s", i > first ? " " : "", width,
                shown && shown->value[i] == 0 ? "." : text);
    }
    if (out)
        fclose(out);
    add_line(blocks, line);
}

void up_blocks_tensor(up_text_blocks *blocks, const char *title, const up_small *t,
                      const up_small *shown, int digits)
{
    const int decimals = up_decimals(t->value, up_small_count(t), digits);
    const int width = widest(t, decimals);
    up_blocks_begin(blocks, title);
    for (int row = 0; row < t->channels * t->height && !blocks->failed; row++) {
        if (row > 0 && row % t->height == 0)
            up_blocks_line(blocks, "%s", "");
        if (!blocks->failed)
            add_row(blocks, t, shown, (size_t)row * t->width, width, decimals);
    }
}

/* How many blocks from this one on go into one band, and how high that is. */
static int band_of(const up_text_blocks *blocks, int first, int columns, int *lines)
{
    int count = 0, width = 0;
    *lines = 0;
    for (const up_text_block *b = blocks->block + first; b < blocks->block + blocks->count; b++) {
        width += b->width + (count > 0 ? GAP : 0);
        if (count > 0 && width > columns)
            break;
        count++;
        *lines = up_max(*lines, b->lines);
    }
    return count;
}

static void write_line(FILE *out, const up_text_block *block, int count, int line)
{
    int owed = 0; /* blanks that are written only before more text */
    for (const up_text_block *b = block; b < block + count; b++) {
        const char *text = line < b->lines ? b->line[line] : "";
        if (*text)
            fprintf(out, "%*s%s", owed, "", text);
        owed = (*text ? 0 : owed) + b->width - (int)strlen(text) + GAP;
    }
    fputc('\n', out);
}

static void free_lines(up_text_block *block)
{
    for (int line = 0; line < block->lines; line++)
        free(block->line[line]);
    free(block->line);
}

static void free_blocks(up_text_blocks *blocks)
{
    for (int i = 0; i < blocks->count; i++)
        free_lines(&blocks->block[i]);
    free(blocks->block);
    blocks->block = NULL;
    blocks->count = 0;
}

void up_blocks_write(up_text_blocks *blocks, FILE *out, int columns)
{
    int lines;
    for (int first = 0; first < blocks->count;) {
        const int count = band_of(blocks, first, columns, &lines);
        if (first > 0 && lines > 1)
            fputc('\n', out);
        for (int line = 0; line < lines; line++)
            write_line(out, blocks->block + first, count, line);
        first += count;
    }
    free_blocks(blocks);
}

void up_blocks_drop_wide(up_text_blocks *blocks, int columns)
{
    if (blocks->count > 0 && blocks->block[blocks->count - 1].width > columns)
        free_lines(&blocks->block[--blocks->count]);
}

void up_write_wrapped(FILE *out, const char *text, int columns, int indent)
{
    int room = columns;
    for (bool first = true; *text; first = false) {
        int length = (int)strlen(text);
        if (length > room) {
            length = room;
            while (length > 0 && text[length] != ' ')
                length--;
            if (length == 0)
                length = (int)strcspn(text, " ");
        }
        fprintf(out, "%*s%.*s\n", first ? 0 : indent, "", length, text);
        text += length;
        text += strspn(text, " ");
        room = columns - indent;
    }
}
