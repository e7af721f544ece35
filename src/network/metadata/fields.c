/* SPDX-License-Identifier: MIT */
#include "network/metadata/fields.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- reading */

static bool whole(const json_t *value, int least, int *number)
{
    json_int_t n = json_integer_value(value);
    if (!json_is_integer(value) || n < least || n > UP_MOST_PARAMETER)
        return false;
    *number = (int)n;
    return true;
}

static bool to_float(const json_t *value, float *number)
{
    double given = json_number_value(value);
    if (!json_is_number(value) || fabs(given) > (double)FLT_MAX)
        return false;
    *number = (float)given;
    return true;
}

/* One number for all of `count`, or a list of as many, or of half as many twice. */
static bool read_wholes(const json_t *value, int least, int count, int *numbers)
{
    const bool list = json_is_array(value);
    const size_t given = json_array_size(value);
    if (list && given != (size_t)count && (count != 4 || given != 2))
        return false;
    for (size_t i = 0; i < (size_t)count; i++)
        if (!whole(list ? json_array_get(value, i % given) : value, least, &numbers[i]))
            return false;
    return true;
}

static bool read_choice(const json_t *value, const char *const *names, int *choice)
{
    const char *text = json_string_value(value);
    for (*choice = 0; text && names[*choice]; ++*choice)
        if (strcmp(text, names[*choice]) == 0)
            return true;
    return false;
}

static bool read_floats(const json_t *value, int count, float *numbers)
{
    const bool list = json_is_array(value);
    if (list && json_array_size(value) != (size_t)count)
        return false;
    for (int c = 0; c < count; c++)
        if (!to_float(list ? json_array_get(value, (size_t)c) : value, &numbers[c]))
            return false;
    return true;
}

static up_status read_values(const up_field_target *target, const json_t *value, up_values *values,
                             bool *good)
{
    const size_t channels = (size_t)target->channels;
    float *write;
    UP_TRY(up_network_new_values(target->builder, 1, &channels, values, &write));
    *good = read_floats(value, target->channels, write);
    return UP_OK;
}

up_status up_field_read(const up_field_target *target, const up_layer_field *field,
                        const json_t *value, bool *good)
{
    void *place = (char *)target->fields + field->offset;
    switch (field->type) {
    case UP_FIELD_COUNT:
        *good = whole(value, field->least, place);
        break;
    case UP_FIELD_PAIR:
        *good = read_wholes(value, field->least, 2, place);
        break;
    case UP_FIELD_SIDES:
        *good = read_wholes(value, field->least, 4, place);
        break;
    case UP_FIELD_NUMBER:
        *good = to_float(value, place);
        break;
    case UP_FIELD_FLAG:
        *good = json_is_boolean(value);
        *(bool *)place = json_is_true(value);
        break;
    case UP_FIELD_CHOICE:
        *good = read_choice(value, field->names, place);
        break;
    case UP_FIELD_WEIGHT:
        return read_values(target, value, &target->spec->weight, good);
    case UP_FIELD_BIAS:
        return read_values(target, value, &target->spec->bias, good);
    case UP_FIELD_LEAST:
        *good = read_floats(value, target->channels, target->bounds);
        break;
    case UP_FIELD_GREATEST:
        *good = read_floats(value, target->channels, target->bounds + target->channels);
        break;
    }
    return UP_OK;
}

/* "one of zeros, replicate, reflect" */
static const char *expected_choice(char text[UP_FIELD_EXPECTED], const char *const *names)
{
    size_t used = (size_t)snprintf(text, UP_FIELD_EXPECTED, "one of %s", names[0]);
    for (int i = 1; names[i] && used < UP_FIELD_EXPECTED; i++)
        used += (size_t)snprintf(text + used, UP_FIELD_EXPECTED - used, ", %s", names[i]);
    return text;
}

const char *up_field_expected(char text[UP_FIELD_EXPECTED], const up_layer_field *field)
{
    static const char *const wholes[][2] = {
        [UP_FIELD_COUNT] = { "a number from 0 to 65536", "a number from 1 to 65536" },
        [UP_FIELD_PAIR] = { "N or [ROWS, COLUMNS], each from 0 to 65536",
                            "N or [ROWS, COLUMNS], each from 1 to 65536" },
        [UP_FIELD_SIDES] = { "N or [ROWS, COLUMNS] or [TOP, LEFT, BOTTOM, RIGHT], each from 0 to "
                             "65536",
                             "N or [ROWS, COLUMNS] or [TOP, LEFT, BOTTOM, RIGHT], each from 1 to "
                             "65536" },
    };
    switch (field->type) {
    case UP_FIELD_COUNT:
    case UP_FIELD_PAIR:
    case UP_FIELD_SIDES:
        return wholes[field->type][field->least > 0];
    case UP_FIELD_NUMBER:
        return "a number";
    case UP_FIELD_FLAG:
        return "true or false";
    case UP_FIELD_CHOICE:
        return expected_choice(text, field->names);
    default:
        return "a number, or a list of one for each channel";
    }
}

/* ---------------------------------------------------------------- writing */

static json_t *list_of_wholes(const int *numbers, int count)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(list, json_integer(numbers[i]));
    return list;
}

static json_t *write_wholes(const int *numbers, int count)
{
    bool same = true, halves = count == 4;
    for (int i = 1; i < count; i++)
        same = same && numbers[i] == numbers[0];
    for (int i = 0; halves && i < 2; i++)
        halves = numbers[i] == numbers[2 + i];
    return same ? json_integer(numbers[0]) : list_of_wholes(numbers, halves ? 2 : count);
}

static json_t *write_floats(const float *numbers, int count, float otherwise)
{
    bool stated = false, finite = true;
    for (int c = 0; c < count; c++) {
        stated = stated || numbers[c] != otherwise;
        finite = finite && isfinite(numbers[c]);
    }
    if (!stated || !finite)
        return NULL;
    json_t *list = json_array();
    for (int c = 0; c < count; c++)
        json_array_append_new(list, json_real((double)numbers[c]));
    return list;
}

static size_t size_of(up_field_type type)
{
    return type == UP_FIELD_PAIR    ? 2 * sizeof(int)
           : type == UP_FIELD_SIDES ? 4 * sizeof(int)
           : type == UP_FIELD_FLAG  ? sizeof(bool)
                                    : sizeof(int);
}

static bool is_default(const up_network_node *node, const up_layer_field *field)
{
    static const char zeros[sizeof(int[4])];
    const char *otherwise = node->kind->defaults;
    const char *place = (const char *)node->fields + field->offset;
    if (field->required)
        return false;
    return memcmp(place, otherwise ? otherwise + field->offset : zeros, size_of(field->type)) == 0;
}

static json_t *write_member(const up_network_node *node, const up_layer_field *field)
{
    const void *place = (const char *)node->fields + field->offset;
    if (is_default(node, field))
        return NULL;
    switch (field->type) {
    case UP_FIELD_COUNT:
        return json_integer(*(const int *)place);
    case UP_FIELD_PAIR:
        return write_wholes(place, 2);
    case UP_FIELD_SIDES:
        return write_wholes(place, 4);
    case UP_FIELD_NUMBER:
        return isfinite(*(const float *)place) ? json_real((double)*(const float *)place) : NULL;
    case UP_FIELD_FLAG:
        return json_boolean(*(const bool *)place);
    default:
        return json_string(field->names[*(const int *)place]);
    }
}

json_t *up_field_write(const up_network_node *node, const up_layer_field *field)
{
    const int channels = node->channels;
    switch (field->type) {
    case UP_FIELD_WEIGHT:
        return write_floats(node->weight.value, channels, 1);
    case UP_FIELD_BIAS:
        return write_floats(node->bias.value, channels, 0);
    case UP_FIELD_LEAST:
        return node->bounds ? write_floats(node->bounds, channels, -INFINITY) : NULL;
    case UP_FIELD_GREATEST:
        return node->bounds ? write_floats(node->bounds + channels, channels, INFINITY) : NULL;
    default:
        return write_member(node, field);
    }
}
