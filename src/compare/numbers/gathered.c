/* SPDX-License-Identifier: MIT */
#include "compare/numbers/gathered.h"

#include "base/memory.h"
#include "compare/files/file_names.h"
#include "compare/files/json_text.h"
#include "compare/numbers/result_times.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------- gathering */

void up_gathered_init(up_gathered *g, const up_report_options *o)
{
    *g = (up_gathered){ .options = o, .methods = o->contenders, .baseline = -1 };
    g->numbers = up_row_number_count(o);
    for (int n = 0; n < g->numbers; n++)
        g->number[n] = up_row_number_at(o, n);
    for (int i = 0; i < o->contenders; i++) {
        g->name[i] = o->contender[i].name;
        if (o->baseline && g->baseline < 0 && strcmp(o->baseline, g->name[i]) == 0)
            g->baseline = i;
    }
}

void up_gathered_clear(up_gathered *g)
{
    for (size_t i = 0; i < g->count; i++) {
        free(g->picture[i].folder);
        up_free(g->picture[i].result);
    }
    free(g->picture);
    *g = (up_gathered){ 0 };
}

double up_asked_scale(const up_options *o)
{
    if (o->width || o->height)
        return 0;
    double scale[2];
    up_options_scale(o, scale);
    return scale[0];
}

/* The folder that a file lies in, for free(); NULL: out of memory. */
static char *folder_of(const char *path)
{
    const char *last = up_last_part(path);
    if (last == path)
        return strdup(".");
    return strndup(path, last == path + 1 ? 1 : (size_t)(last - path) - 1);
}

static up_status make_room(up_gathered *g, up_error *error)
{
    if (g->count < g->room)
        return UP_OK;
    const size_t room = 2 * g->room + 16;
    up_gathered_picture *larger = realloc(g->picture, room * sizeof *larger);
    if (!larger)
        return up_fail_memory(error, "numbers", room * sizeof *larger);
    g->picture = larger;
    g->room = room;
    return UP_OK;
}

up_status up_gathered_add(up_gathered *g, const up_comparison *c, up_error *error)
{
    UP_TRY(make_room(g, error));
    up_gathered_picture picture = {
        .folder = folder_of(c->input),
        .scale = up_asked_scale(&c->options->contender[0].options),
        .result = up_alloc((size_t)g->methods, sizeof *picture.result),
    };
    if (!picture.folder || !picture.result) {
        free(picture.folder);
        up_free(picture.result);
        return up_fail_memory(error, "numbers", (size_t)g->methods * sizeof *picture.result);
    }
    const int first = c->count - g->methods; /* behind the reference */
    for (int m = 0; m < g->methods; m++) {
        const up_report_row *row = &c->result[first + m].row;
        up_gathered_result *to = &picture.result[m];
        for (int n = 0; n < g->numbers; n++)
            to->value[n] = up_row_value(row, &g->number[n]);
        to->all_threads = row->all_threads;
        to->one_thread = row->one_thread;
    }
    g->picture[g->count++] = picture;
    return UP_OK;
}

/* -------------------------------------------------------------- groups of pictures */

typedef struct {
    const up_gathered *all;
    double scale;
    const char *folder;   /* NULL: all */
    double *value, *base; /* room for the pictures */
} group;

static bool is_in(const group *g, const up_gathered_picture *p)
{
    return p->scale == g->scale && (!g->folder || strcmp(p->folder, g->folder) == 0);
}

/* Whether no picture before it is of its scale and, if `by_folder`, its folder. */
static bool is_new(const up_gathered *all, size_t i, bool by_folder)
{
    const up_gathered_picture *p = &all->picture[i];
    const group own = { all, p->scale, by_folder ? p->folder : NULL, NULL, NULL };
    for (size_t k = 0; k < i; k++)
        if (is_in(&own, &all->picture[k]))
            return false;
    return true;
}

static int values_of(const group *g, double *to, int method, int number)
{
    int count = 0;
    for (size_t i = 0; i < g->all->count; i++)
        if (is_in(g, &g->all->picture[i]))
            to[count++] = g->all->picture[i].result[method].value[number];
    return count;
}

double up_gathered_mean(const up_gathered *all, int method, int number)
{
    const group g = { all, all->picture[0].scale, NULL, NULL, NULL };
    double sum = 0;
    int count = 0;
    for (size_t i = 0; i < all->count; i++)
        if (is_in(&g, &all->picture[i])) {
            sum += all->picture[i].result[method].value[number];
            count++;
        }
    return sum / count;
}

/* -------------------------------------------------------------- as JSON */

static json_t *summary_json(const up_summary *s)
{
    const double unknown = (double)NAN;
    const up_summary none = { 0, unknown, unknown, unknown, unknown, unknown };
    s = s ? s : &none;
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "mean", up_json_number(s->mean), "median",
                     up_json_number(s->median), "deviation", up_json_number(s->deviation), "low",
                     up_json_number(s->low), "high", up_json_number(s->high));
}

static json_t *number_json(const group *g, int method, int number)
{
    up_summary s;
    const int count = values_of(g, g->value, method, number);
    const bool known = up_summarise(&s, g->value, count, g->all->options->seed, NULL) == UP_OK;
    return summary_json(known ? &s : NULL);
}

static json_t *paired_json(const group *g, int method, int number)
{
    up_paired p;
    const int count = values_of(g, g->value, method, number);
    values_of(g, g->base, g->all->baseline, number);
    if (up_compare_paired(&p, g->value, g->base, count, g->all->number[number].lower_is_better,
                          g->all->options->seed, NULL) != UP_OK)
        return json_null();
    json_t *json = summary_json(&p.difference);
    up_json_set(json, "p", up_json_number(p.p));
    up_json_set(json, "wins", json_integer(p.wins));
    up_json_set(json, "losses", json_integer(p.losses));
    up_json_set(json, "equal", json_integer(count - p.wins - p.losses));
    return json;
}

/* Of one picture after the other; runs stay those of a picture. */
static void add_timing(up_timing *sum, const up_timing *t)
{
    sum->pixels_per_second += t->median * t->pixels_per_second; /* pixels, so far */
    sum->median_spread += t->median * t->median_spread;         /* weighted likewise */
    sum->processor_spread += t->processor * t->processor_spread;
    sum->median += t->median;
    sum->low += t->low;
    sum->high += t->high;
    sum->processor += t->processor;
    sum->runs = sum->runs < t->runs ? sum->runs : t->runs;
    sum->peak_bytes = sum->peak_bytes > t->peak_bytes ? sum->peak_bytes : t->peak_bytes;
}

static void take_mean(up_timing *sum, int count)
{
    sum->pixels_per_second = sum->median > 0 ? sum->pixels_per_second / sum->median : 0;
    sum->median_spread = sum->median > 0 ? sum->median_spread / sum->median : 0;
    sum->processor_spread = sum->processor > 0 ? sum->processor_spread / sum->processor : 0;
    sum->median /= count;
    sum->low /= count;
    sum->high /= count;
    sum->processor /= count;
}

static void set_times(json_t *json, const group *g, int method)
{
    up_report_row mean = { .all_threads.runs = INT_MAX, .one_thread.runs = INT_MAX };
    int count = 0;
    for (size_t i = 0; i < g->all->count; i++) {
        const up_gathered_result *r = &g->all->picture[i].result[method];
        if (!is_in(g, &g->all->picture[i]))
            continue;
        add_timing(&mean.all_threads, &r->all_threads);
        add_timing(&mean.one_thread, &r->one_thread);
        count++;
    }
    take_mean(&mean.all_threads, count);
    take_mean(&mean.one_thread, count);
    up_times_set(json, &mean);
}

static json_t *method_json(const group *g, int method)
{
    json_t *json = json_pack("{s:o}", "name", up_json_bytes(g->all->name[method]));
    json_t *against = json_object();
    const bool compared = g->all->baseline >= 0 && g->all->baseline != method;
    for (int n = 0; n < g->all->numbers; n++) {
        const up_row_number *number = &g->all->number[n];
        up_json_set(json, number->key, number_json(g, method, n));
        if (compared && number->quality)
            up_json_set(against, number->key, paired_json(g, method, n));
    }
    if (compared)
        up_json_set(json, "against_baseline", json_incref(against));
    set_times(json, g, method);
    json_decref(against);
    return json;
}

/* Its own name, unless another set is called so too. */
static const char *set_name(const up_gathered *all, const char *folder)
{
    const char *name = up_last_part(folder);
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->picture[i].folder, folder) != 0 &&
            strcmp(up_last_part(all->picture[i].folder), name) == 0)
            return folder;
    return name;
}

static json_t *group_json(const group *g)
{
    json_t *methods = json_array();
    int count = 0;
    for (size_t i = 0; i < g->all->count; i++)
        count += is_in(g, &g->all->picture[i]);
    for (int m = 0; m < g->all->methods; m++)
        up_json_append(methods, method_json(g, m));
    return json_pack("{s:o, s:o, s:i, s:o}", "scale",
                     g->scale != 0 ? up_json_number(g->scale) : json_null(), "set",
                     g->folder ? up_json_bytes(set_name(g->all, g->folder)) : json_null(),
                     "pictures", count, "methods", methods);
}

static bool has_sets(const up_gathered *all)
{
    for (size_t i = 1; i < all->count; i++)
        if (strcmp(all->picture[i].folder, all->picture[0].folder) != 0)
            return true;
    return false;
}

static void add_sets(json_t *list, const group *whole)
{
    const up_gathered *all = whole->all;
    for (size_t i = 0; i < all->count; i++) {
        group g = *whole;
        g.folder = all->picture[i].folder;
        if (is_in(whole, &all->picture[i]) && is_new(all, i, true))
            up_json_append(list, group_json(&g));
    }
}

json_t *up_gathered_json(const up_gathered *all)
{
    double *values = up_alloc(2 * all->count, sizeof *values);
    json_t *list = values ? json_array() : NULL;
    for (size_t i = 0; list && i < all->count; i++) {
        const group g = { all, all->picture[i].scale, NULL, values, values + all->count };
        if (!is_new(all, i, false))
            continue;
        up_json_append(list, group_json(&g));
        if (has_sets(all))
            add_sets(list, &g);
    }
    up_free(values);
    return list;
}
