/* SPDX-License-Identifier: MIT */
#include "network/metadata/stated.h"

#include <math.h>
#include <string.h>

#include "weights/label.h"

#define MOST_SHARE 1000

static const struct {
    const char *name;
    int channels; /* 0: any */
} colors[] = {
    [UP_WEIGHTS_ANY] = { "any", 0 },           [UP_WEIGHTS_Y] = { "y", 1 },
    [UP_WEIGHTS_Y_STUDIO] = { "y-studio", 1 }, [UP_WEIGHTS_YCBCR] = { "ycbcr", 3 },
    [UP_WEIGHTS_RGB] = { "rgb", 3 },
};

const char *up_weights_color_name(up_weights_color color)
{
    return colors[color].name;
}

/* "metadata KEY is VALUE, expected ..." */
static up_status refuse(const up_tensor_file *file, const char *key, const char *expected,
                        up_error *error)
{
    char label[UP_LABEL];
    return up_fail(error, UP_ERROR_WEIGHTS, "%s: metadata %s is %s, expected %s",
                   up_tensor_file_name(file), key,
                   up_label(label, up_tensor_file_metadata(file, key)), expected);
}

/* Digits up to `end`; false for anything else and for what is too large for any parameter. */
static bool parse_int(const char *text, const char *end, int *value)
{
    *value = 0;
    for (const char *at = text; at < end; at++) {
        if (*at < '0' || *at > '9')
            return false;
        *value = *value * 10 + (*at - '0');
        if (*value > UP_MOST_PARAMETER)
            return false;
    }
    return end > text;
}

static bool parse_pair(const char *text, int pair[2])
{
    const char *end = text + strlen(text), *comma = strchr(text, ',');
    if (comma)
        return parse_int(text, comma, &pair[0]) && parse_int(comma + 1, end, &pair[1]);
    bool good = parse_int(text, end, &pair[0]);
    pair[1] = pair[0];
    return good;
}

up_status up_stated_pair(const up_tensor_file *file, const char *key, int least, int pair[2],
                         up_error *error)
{
    const char *text = up_tensor_file_metadata(file, key);
    if (!text || (parse_pair(text, pair) && pair[0] >= least && pair[1] >= least))
        return UP_OK;
    return refuse(file, key,
                  least ? "N or ROWS,COLUMNS, each from 1 to 65536"
                        : "N or ROWS,COLUMNS, each from 0 to 65536",
                  error);
}

up_status up_stated_count(const up_tensor_file *file, const char *key, int *count, up_error *error)
{
    const char *text = up_tensor_file_metadata(file, key);
    if (!text || (parse_int(text, text + strlen(text), count) && *count >= 1))
        return UP_OK;
    return refuse(file, key, "a number from 1 to 65536", error);
}

up_status up_stated_check_flag(const char *flag, int value, int least, up_error *error)
{
    if (value >= least && value <= UP_MOST_PARAMETER)
        return UP_OK;
    return up_fail(error, UP_ERROR_ARGUMENT, "%s %d is out of range: %d to %d", flag, value, least,
                   UP_MOST_PARAMETER);
}

up_status up_stated_pair_or_flag(const up_tensor_file *file, const char *key, const up_pair *flag,
                                 const char *flag_name, int least, int pair[2], up_error *error)
{
    if (!flag->set)
        return up_stated_pair(file, key, least, pair, error);
    pair[0] = flag->rows;
    pair[1] = flag->columns;
    UP_TRY(up_stated_check_flag(flag_name, pair[0], least, error));
    return up_stated_check_flag(flag_name, pair[1], least, error);
}

up_status up_stated_color(const up_tensor_file *file, const char *flag, int in_channels,
                          int out_channels, up_weights_color *color, up_error *error)
{
    const char *text = flag ? flag : up_tensor_file_metadata(file, "upscale.color");
    if (!text)
        return UP_OK;
    size_t i = 0;
    while (i < sizeof colors / sizeof *colors && strcmp(colors[i].name, text) != 0)
        i++;
    if (i == sizeof colors / sizeof *colors && flag)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "--weights-color %s is unknown: any, y, y-studio, ycbcr or rgb", flag);
    if (i == sizeof colors / sizeof *colors)
        return refuse(file, "upscale.color", "any, y, y-studio, ycbcr or rgb", error);
    int channels = colors[i].channels;
    if (channels && (in_channels != channels || out_channels != channels))
        return up_fail(
            error, UP_ERROR_WEIGHTS,
            "%s: %s %s needs %d channels of colour in and out, the weights have %d and %d",
            up_tensor_file_name(file), flag ? "--weights-color" : "upscale.color", text, channels,
            in_channels, out_channels);
    *color = (up_weights_color)i;
    return UP_OK;
}

/* Digits, and a point among them; strtod() would take a comma where the locale does. */
static bool parse_share(const char *text, double *share)
{
    double value = 0, unit = 1;
    bool fraction = false, digits = false;
    for (; *text; text++) {
        if (*text == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (*text < '0' || *text > '9' || value > MOST_SHARE)
            return false;
        digits = true;
        unit = fraction ? unit / 10 : unit;
        value = fraction ? value + (*text - '0') * unit : value * 10 + (*text - '0');
    }
    *share = value;
    return digits && value <= MOST_SHARE;
}

up_status up_stated_limit(const up_tensor_file *file, double *limit, up_error *error)
{
    const char *text = up_tensor_file_metadata(file, "upscale.limit");
    *limit = INFINITY;
    if (!text || parse_share(text, limit))
        return UP_OK;
    return refuse(file, "upscale.limit", "a share such as 0.6, from 0 to 1000", error);
}

up_status up_stated_word(const up_tensor_file *file, const char *key, const char *word, bool *said,
                         up_error *error)
{
    const char *text = up_tensor_file_metadata(file, key);
    if (text && strcmp(text, word) != 0)
        return refuse(file, key, word, error);
    *said = *said || text;
    return UP_OK;
}

up_status up_stated_condition(const up_tensor_file *file, up_condition *condition, up_error *error)
{
    bool strength = false;
    UP_TRY(up_stated_word(file, "upscale.condition", up_condition_name(UP_CONDITION_STRENGTH),
                          &strength, error));
    *condition = strength ? UP_CONDITION_STRENGTH : UP_CONDITION_NONE;
    return UP_OK;
}

up_status up_stated_edge(const up_tensor_file *file, up_edge *edge, up_error *error)
{
    const char *text = up_tensor_file_metadata(file, "upscale.edge");
    if (!text)
        return UP_OK;
    *edge = strcmp(text, "reflect") == 0 ? UP_EDGE_REFLECT : UP_EDGE_CLAMP;
    return *edge == UP_EDGE_REFLECT || strcmp(text, "clamp") == 0
               ? UP_OK
               : refuse(file, "upscale.edge", "clamp or reflect", error);
}

up_status up_stated_range(const up_tensor_file *file, float *range, up_error *error)
{
    const char *text = up_tensor_file_metadata(file, "upscale.range");
    if (text && strcmp(text, "1") != 0 && strcmp(text, "255") != 0)
        return refuse(file, "upscale.range", "1 or 255", error);
    if (text)
        *range = strcmp(text, "255") == 0 ? 255.0f : 1.0f;
    return UP_OK;
}
