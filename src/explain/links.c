/* SPDX-License-Identifier: MIT */
#include "explain/links.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>

up_status up_links_add(up_explanation *e, up_link link, up_error *error)
{
    if (e->links == UP_EXPLAIN_LINKS)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s: more than %zu products are too many to be explained; take a smaller "
                       "input, a smaller kernel or fewer channels",
                       e->op->name, UP_EXPLAIN_LINKS);
    if (e->links == e->capacity) {
        size_t capacity = e->capacity ? 2 * e->capacity : 256;
        up_link *grown = up_alloc(capacity, sizeof *grown);
        if (!grown)
            return up_fail_memory(error, "an explanation", capacity * sizeof *grown);
        if (e->links)
            memcpy(grown, e->link, e->links * sizeof *grown);
        up_free(e->link);
        e->link = grown;
        e->capacity = capacity;
    }
    e->link[e->links++] = link;
    return UP_OK;
}

int up_links_place(const up_explanation *e, int full)
{
    const int column = full % e->full[1] - e->before[1];
    const int row = full / e->full[1] % e->full[0] - e->before[0];
    const int channel = full / e->full[1] / e->full[0];
    if (row < 0 || column < 0 || row >= e->y.height || column >= e->y.width)
        return -1;
    return (channel * e->y.height + row) * e->y.width + column;
}

up_status up_links_sum(const up_explanation *e, up_small *full, up_error *error)
{
    UP_TRY(up_small_make(full, e->y.channels, e->full[0], e->full[1], error));
    for (const up_link *l = e->link; l < e->link + e->links; l++)
        full->value[l->out] += l->weight * e->x.value[l->in];
    return UP_OK;
}

/* A row of W at a time: those of 16x16 inputs with large results would be long together. */
up_status up_links_multiply(const up_explanation *e, up_small *y, up_error *error)
{
    UP_TRY(up_small_make(y, e->y.channels, e->y.height, e->y.width, error));
    const size_t columns = e->scatter ? up_small_count(y) : up_small_count(&e->x);
    double *row = up_alloc_zero(columns, sizeof *row);
    if (!row)
        return up_fail_memory(error, "a matrix", columns * sizeof *row);
    for (size_t i = 0; i < e->links;) {
        const int step = up_link_step(e, &e->link[i]);
        memset(row, 0, columns * sizeof *row);
        for (; i < e->links && up_link_step(e, &e->link[i]) == step; i++) {
            const up_link *l = &e->link[i];
            const int column = e->scatter ? up_links_place(e, l->out) : l->in;
            if (column >= 0)
                row[column] += l->weight;
        }
        for (size_t c = 0; c < columns; c++)
            if (e->scatter)
                y->value[c] += row[c] * e->x.value[step];
            else
                y->value[up_links_place(e, step)] += row[c] * e->x.value[c];
    }
    up_free(row);
    return UP_OK;
}

up_status up_links_overlap(up_explanation *e, up_error *error)
{
    const up_small *to = e->scatter ? &e->y : &e->x;
    const int plane = to->height * to->width;
    UP_TRY(up_small_make(&e->overlap, 1, to->height, to->width, error));
    for (const up_link *l = e->link; l < e->link + e->links; l++) {
        const int place = e->scatter ? up_links_place(e, l->out) : l->in;
        if (place >= 0 && place < plane)
            e->overlap.value[place] += 1.0 / e->fan_in;
    }
    return UP_OK;
}

/* Fewest and most taps of the phases of an axis. */
static void count_taps(const up_explanation *e, int axis, int range[2])
{
    int taps[UP_EXPLAIN_SIDE] = { 0 };
    const int stride = e->stride[axis];
    for (int k = 0; k < e->kernel[axis]; k++)
        taps[k * e->dilation[axis] % stride]++;
    range[0] = range[1] = taps[0];
    for (int p = 1; p < stride; p++) {
        range[0] = up_min(range[0], taps[p]);
        range[1] = up_max(range[1], taps[p]);
    }
}

void up_links_judge(up_explanation *e)
{
    int rows[2], columns[2];
    count_taps(e, 0, rows);
    count_taps(e, 1, columns);
    const int least = rows[0] * columns[0], most = rows[1] * columns[1];
    const char *where = e->scatter ? "output is fed by" : "input feeds";
    e->even = least == most;
    if (e->even)
        snprintf(e->verdict, sizeof e->verdict,
                 "even: away from the border every %s %d tap%s, so that no checkerboard arises%s",
                 where, most, most == 1 ? "" : "s", e->scatter ? "" : " in its gradient");
    else if (least > 0)
        snprintf(e->verdict, sizeof e->verdict,
                 "uneven: an %s %d to %d taps, as the kernel is no multiple of the stride: a "
                 "checkerboard%s",
                 where, least, most, e->scatter ? "" : " in its gradient");
    else
        snprintf(e->verdict, sizeof e->verdict,
                 "uneven: an %s none to %d taps: gaps%s between them", where, most,
                 e->scatter ? " of zeros" : "");
}
