/* SPDX-License-Identifier: MIT */
/* The layers of a design, one by one. */

#include "train/design/design.h"

#include "base/json/json_number.h"
#include "weights/label.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LAYERS = 4096, MOST_DEPTH = 4, ID = 96 };

/* A list on its way into the whole one. */
typedef struct {
    const char *name; /* of the design */
    int scale, colors, depth;
    json_t *to;
    json_t *ids;     /* an object: what ids of the design are called in `to` */
    char before[ID]; /* what comes into the list */
    up_error *error;
} expansion;

static up_status fail(const expansion *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static up_status fail(const expansion *e, const char *format, ...)
{
    char reason[256];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    return up_fail(e->error, UP_ERROR_WEIGHTS, "%s: %s", e->name, reason);
}

/* The id of the last layer that is there. */
static const char *last_id(const expansion *e)
{
    const json_t *last = json_array_get(e->to, json_array_size(e->to) - 1);
    return last ? json_string_value(json_object_get(last, "id")) : "input";
}

/* ---------------------------------------------------------------- one layer */

static up_status no_memory(const expansion *e)
{
    return up_fail_memory(e->error, e->name, sizeof *e);
}

/* A copy that is whole: json_deep_copy() leaves out what it has no memory for. NULL: it is not. */
static json_t *copied(const json_t *value)
{
    json_t *copy = json_deep_copy(value);
    if (copy && json_equal(copy, value))
        return copy;
    json_decref(copy);
    return NULL;
}

/* Numbers in place of words. These return false where there is no memory. */
static bool set_word(json_t *layer, const char *key, const char *word, int number)
{
    const char *stated = json_string_value(json_object_get(layer, key));
    return !stated || strcmp(stated, word) != 0 ||
           json_object_set_new(layer, key, json_integer(number)) == 0;
}

static bool set_words(const expansion *e, json_t *layer)
{
    return set_word(layer, "factor", "scale", e->scale) &&
           set_word(layer, "stride", "scale", e->scale) &&
           set_word(layer, "channels", "colors", e->colors) &&
           set_word(layer, "channels", "phases", e->colors * e->scale * e->scale);
}

static json_t *renamed(const expansion *e, const json_t *reference)
{
    const char *id = json_string_value(reference);
    const json_t *called = id ? json_object_get(e->ids, id) : NULL;
    if (id && strcmp(id, "before") == 0)
        return json_string(e->before);
    return copied(called ? called : reference);
}

static bool rename_references(const expansion *e, json_t *layer)
{
    json_t *from = json_object_get(layer, "from"), *inputs = json_object_get(layer, "inputs");
    if (from && json_object_set_new(layer, "from", renamed(e, from)) != 0)
        return false;
    for (size_t i = 0; i < json_array_size(inputs); i++)
        if (json_array_set_new(inputs, i, renamed(e, json_array_get(inputs, i))) != 0)
            return false;
    return true;
}

/* From now on `id` of the design, if there is one, is what is called `called`. */
static up_status know(const expansion *e, const json_t *id, const char *called)
{
    const char *text = json_string_value(id);
    if (id && (!text || strcmp(text, "input") == 0 || strcmp(text, "before") == 0))
        return fail(e, "an id must be a text, and neither \"input\" nor \"before\"");
    if (text && json_object_set_new(e->ids, text, json_string(called)) != 0)
        return no_memory(e);
    return UP_OK;
}

static up_status add_layer(const expansion *e, const json_t *from)
{
    char called[ID];
    if (json_array_size(e->to) >= MOST_LAYERS)
        return fail(e, "more than %d layers", MOST_LAYERS);
    snprintf(called, sizeof called, "#%zu", json_array_size(e->to));
    UP_TRY(know(e, json_object_get(from, "id"), called));
    json_t *layer = copied(from);
    const bool whole = layer && rename_references(e, layer) && set_words(e, layer) &&
                       json_object_set_new(layer, "id", json_string(called)) == 0;
    if (!whole)
        json_decref(layer);
    return whole && json_array_append_new(e->to, layer) == 0 ? UP_OK : no_memory(e);
}

/* ---------------------------------------------------------------- lists */

static up_status add_list(expansion *e, const json_t *list);

/* How often, or 0 if that makes no sense. */
static json_int_t times_of(const expansion *e, const json_t *entry)
{
    const json_t *stated = json_object_get(entry, "repeat");
    const json_t *times =
        json_is_array(stated) ? json_array_get(stated, (size_t)e->scale - 1) : stated;
    const json_int_t number = json_integer_value(times);
    return json_is_integer(times) && number >= 1 && number <= MOST_LAYERS ? number : 0;
}

static up_status check_repeat(const expansion *e, const json_t *entry)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)entry, key, value)
    {
        char label[UP_LABEL];
        if (strcmp(key, "repeat") != 0 && strcmp(key, "layers") != 0 && strcmp(key, "id") != 0)
            return fail(e, "%s is not a field of a repeat", up_label(label, key));
    }
    if (!times_of(e, entry))
        return fail(e,
                    "repeat must be a number from 1 to %d, or a list of one for each scale from 1 "
                    "to %d on",
                    MOST_LAYERS, e->scale);
    if (e->depth == MOST_DEPTH)
        return fail(e, "more than %d repeats within each other", MOST_DEPTH);
    return UP_OK;
}

static up_status add_repeat(const expansion *e, const json_t *entry)
{
    UP_TRY(check_repeat(e, entry));
    const json_int_t times = times_of(e, entry);
    for (json_int_t i = 0; i < times; i++) {
        expansion inner = *e;
        inner.depth++;
        inner.ids = copied(e->ids);
        if (!inner.ids)
            return no_memory(e);
        snprintf(inner.before, sizeof inner.before, "%s", last_id(e));
        up_status status = add_list(&inner, json_object_get(entry, "layers"));
        json_decref(inner.ids);
        UP_TRY(status);
    }
    return know(e, json_object_get(entry, "id"), last_id(e));
}

static up_status add_list(expansion *e, const json_t *list)
{
    if (!json_is_array(list) || json_array_size(list) < 1)
        return fail(e, "layers must be a list of at least one layer");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        if (!json_is_object(entry))
            return fail(e, "layer %zu of a list is no object", i);
        UP_TRY(json_object_get(entry, "repeat") ? add_repeat(e, entry) : add_layer(e, entry));
    }
    return UP_OK;
}

/* As the network reads it, which knows nothing of designs. */
static up_status take_layers(const expansion *e, up_json **layers)
{
    up_json_problem problem;
    char *text = json_dumps(e->to, JSON_COMPACT | JSON_REAL_PRECISION(UP_DOUBLE_DIGITS));
    up_status status = text
                           ? up_json_parse(layers, text, strlen(text), UP_JSON_MOST_DEPTH, &problem)
                           : UP_ERROR_MEMORY;
    free(text);
    return status == UP_ERROR_MEMORY ? no_memory(e)
           : status != UP_OK         ? fail(e, "the layers cannot be read: %s", problem.reason)
                                     : UP_OK;
}

up_status up_design_expand(up_json **layers, const json_t *design, int scale, const char *name,
                           up_error *error)
{
    up_weights_color color;
    bool conditioned;
    UP_TRY(up_design_colors(design, name, &color, &conditioned, error));
    expansion e = { .name = name,
                    .scale = scale,
                    .colors = color == UP_WEIGHTS_Y_STUDIO ? 1 : 3,
                    .to = json_array(),
                    .ids = json_object(),
                    .before = "input",
                    .error = error };
    up_status status =
        e.to && e.ids ? add_list(&e, json_object_get(design, "layers")) : no_memory(&e);
    if (status == UP_OK)
        status = take_layers(&e, layers);
    json_decref(e.ids);
    json_decref(e.to);
    return status;
}
