/* SPDX-License-Identifier: MIT */
#include "explain/ways.h"

#include "base/memory.h"
#include "explain/links.h"

#include <float.h>
#include <math.h>
#include <string.h>

static up_status copy_small(up_small *to, const up_small *from, up_error *error)
{
    UP_TRY(up_small_make(to, from->channels, from->height, from->width, error));
    memcpy(to->value, from->value, up_small_count(from) * sizeof *from->value);
    return UP_OK;
}

void up_ways_add(up_explanation *e, const char *name, const char *title, up_small *y)
{
    e->way[e->ways++] = (up_way){ .name = name, .title = title, .y = *y };
    *y = (up_small){ 0 };
}

up_status up_ways_add_sum(up_explanation *e, const char *name, const char *title, up_error *error)
{
    up_small full, y;
    UP_TRY(up_links_sum(e, &full, error));
    up_status status = up_small_make(&y, e->y.channels, e->y.height, e->y.width, error);
    for (size_t i = 0; status == UP_OK && i < up_small_count(&full); i++) {
        const int place = up_links_place(e, (int)i);
        if (place >= 0)
            y.value[place] = full.value[i];
    }
    up_small_free(&full);
    if (status == UP_OK)
        up_ways_add(e, name, title, &y);
    return status;
}

up_status up_ways_add_matrix(up_explanation *e, up_error *error)
{
    up_small y;
    up_status status = up_links_multiply(e, &y, error);
    if (status != UP_OK) {
        up_small_free(&y);
        return status;
    }
    up_ways_add(e, e->scatter ? "W^T x" : "W x",
                e->scatter ? "the transposed matrix W^T times the flattened input"
                           : "the matrix W times the flattened input",
                &y);
    return UP_OK;
}

up_status up_ways_add_engine(up_explanation *e, const char *title, const up_small *y,
                             up_error *error)
{
    up_small copy;
    UP_TRY(copy_small(&copy, y, error));
    up_ways_add(e, "engine", title, &copy);
    return UP_OK;
}

/* How far apart sums may be in each place. */
static up_status find_room(const up_explanation *e, up_small *room, up_error *error)
{
    double largest = 0;
    UP_TRY(up_small_make(room, e->y.channels, e->y.height, e->y.width, error));
    for (size_t i = 0; i < up_small_count(&e->x); i++)
        largest = fmax(largest, fabs(e->x.value[i]));
    /* Weights that are worked out, of resampling, are rounded to float32 themselves. */
    for (const up_link *l = e->link; l < e->link + e->links; l++) {
        const int place = up_links_place(e, l->out);
        const double weight = e->axis[0] ? largest : fabs(l->weight * e->x.value[l->in]);
        if (place >= 0)
            room->value[place] += weight;
    }
    return UP_OK;
}

/* Terms that are linked to one place at most. */
static double most_terms(const up_explanation *e, up_small *count)
{
    double most = 0;
    memset(count->value, 0, up_small_count(count) * sizeof *count->value);
    for (const up_link *l = e->link; l < e->link + e->links; l++) {
        const int place = up_links_place(e, l->out);
        if (place >= 0)
            most = fmax(most, ++count->value[place]);
    }
    return most;
}

static void compare(up_way *way, const up_small *first, const up_small *room, double terms)
{
    way->difference = up_small_difference(&way->y, first);
    way->agrees = isfinite(way->difference);
    for (size_t i = 0; way->agrees && i < up_small_count(first); i++) {
        const double allowed = (terms + 8) * FLT_EPSILON * room->value[i] + FLT_MIN;
        way->agrees = fabs(way->y.value[i] - first->value[i]) <= allowed;
    }
}

up_status up_ways_compare(up_explanation *e, up_error *error)
{
    up_small room, count;
    UP_TRY(find_room(e, &room, error));
    up_status status = up_small_make(&count, e->y.channels, e->y.height, e->y.width, error);
    if (status == UP_OK) {
        const double terms = most_terms(e, &count);
        e->agrees = !e->strayed;
        for (int w = 0; w < e->ways; w++) {
            compare(&e->way[w], &e->way[0].y, &room, terms);
            e->agrees &= e->way[w].agrees;
        }
    }
    up_small_free(&count);
    up_small_free(&room);
    return status;
}
