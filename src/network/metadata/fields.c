/* SPDX-License-Identifier: MIT */
#include "network/metadata/fields.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---------------------------------------------------------------- reading */

static bool to_float(const up_json *value, float *number)
{
    double given;
    if (!up_json_real(value, &given) || fabs(given) > (double)FLT_MAX)
        return false;
    *number = (float)given;
    return true;
}

/* One number for all of `count`, or a list of as many, or of half as many twice. */
static bool read_wholes(const up_json *value, int least, int count, int *numbers)
{
    const bool list = value->kind == UP_JSON_ARRAY;
    if (list && value->count != (uint32_t)count && (count != 4 || value->count != 2))
        return false;
    for (size_t i = 0; i < (size_t)count; i++)
        if (!up_json_whole(list ? up_json_at(value, i % value->count) : value, least,
                           UP_MOST_PARAMETER, &numbers[i]))
            return false;
    return true;
}

static bool read_choice(const up_json *value, const char *const *names, int *choice)
{
    const char *text = up_json_text(value);
    for (*choice = 0; text && names[*choice]; ++*choice)
        if (strcmp(text, names[*choice]) == 0)
            return true;
    return false;
}

static bool read_floats(const up_json *value, int count, float *numbers)
{
    const bool list = value->kind == UP_JSON_ARRAY;
    const up_json *element = list ? value->first : value;
    if (list && value->count != (uint32_t)count)
        return false;
    for (int c = 0; c < count; c++, element = list ? element->next : element)
        if (!to_float(element, &numbers[c]))
            return false;
    return true;
}

static up_status read_values(const up_field_target *target, const up_json *value, up_values *values,
                             bool *good)
{
    const size_t channels = (size_t)target->channels;
    float *write;
    UP_TRY(up_network_new_values(target->builder, 1, &channels, values, &write));
    *good = read_floats(value, target->channels, write);
    return UP_OK;
}

up_status up_field_read(const up_field_target *target, const up_layer_field *field,
                        const up_json *value, bool *good)
{
    void *place = (char *)target->fields + field->offset;
    switch (field->type) {
    case UP_FIELD_COUNT:
        *good = up_json_whole(value, field->least, UP_MOST_PARAMETER, place);
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
        *good = value->kind == UP_JSON_TRUE || value->kind == UP_JSON_FALSE;
        *(bool *)place = value->kind == UP_JSON_TRUE;
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

static void write_wholes(up_json_writer *to, const int *numbers, int count)
{
    bool same = true, halves = count == 4;
    for (int i = 1; i < count; i++)
        same = same && numbers[i] == numbers[0];
    for (int i = 0; halves && i < 2; i++)
        halves = numbers[i] == numbers[2 + i];
    if (same) {
        up_json_put_integer(to, numbers[0]);
        return;
    }
    up_json_open(to, '[');
    for (int i = 0; i < (halves ? 2 : count); i++)
        up_json_put_integer(to, numbers[i]);
    up_json_close(to, ']');
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

/* What a number for each channel is, and what it is if it is not stated. */
static const float *floats_of(const up_network_node *node, up_field_type type, float *otherwise)
{
    *otherwise = type == UP_FIELD_WEIGHT  ? 1
                 : type == UP_FIELD_BIAS  ? 0
                 : type == UP_FIELD_LEAST ? -INFINITY
                                          : INFINITY;
    if (type == UP_FIELD_WEIGHT || type == UP_FIELD_BIAS)
        return type == UP_FIELD_WEIGHT ? node->weight.value : node->bias.value;
    return node->bounds && type == UP_FIELD_GREATEST ? node->bounds + node->channels : node->bounds;
}

static bool floats_matter(const up_network_node *node, up_field_type type)
{
    float otherwise;
    const float *numbers = floats_of(node, type, &otherwise);
    bool stated = false, finite = true;
    for (int c = 0; numbers && c < node->channels; c++) {
        stated = stated || numbers[c] != otherwise;
        finite = finite && isfinite(numbers[c]);
    }
    return stated && finite;
}

static void write_floats(up_json_writer *to, const up_network_node *node, up_field_type type,
                         int digits)
{
    float otherwise;
    const float *numbers = floats_of(node, type, &otherwise);
    up_json_open(to, '[');
    for (int c = 0; c < node->channels; c++)
        up_json_put_real(to, (double)numbers[c], digits);
    up_json_close(to, ']');
}

bool up_field_matters(const up_network_node *node, const up_layer_field *field)
{
    if (field->type >= UP_FIELD_WEIGHT)
        return floats_matter(node, field->type);
    const float *number = (const float *)((const char *)node->fields + field->offset);
    return !is_default(node, field) && (field->type != UP_FIELD_NUMBER || isfinite(*number));
}

void up_field_write(up_json_writer *to, const up_network_node *node, const up_layer_field *field,
                    int digits)
{
    if (field->type >= UP_FIELD_WEIGHT) {
        write_floats(to, node, field->type, digits);
        return;
    }
    const void *place = (const char *)node->fields + field->offset;
    switch (field->type) {
    case UP_FIELD_COUNT:
        up_json_put_integer(to, *(const int *)place);
        break;
    case UP_FIELD_PAIR:
        write_wholes(to, place, 2);
        break;
    case UP_FIELD_SIDES:
        write_wholes(to, place, 4);
        break;
    case UP_FIELD_NUMBER:
        up_json_put_real(to, (double)*(const float *)place, digits);
        break;
    case UP_FIELD_FLAG:
        up_json_put_flag(to, *(const bool *)place);
        break;
    default:
        up_json_put_text(to, field->names[*(const int *)place]);
    }
}
