#include "weights/layer_parameters.h"

#include <string.h>

#include "weights/label.h"

#define MOST_PARAMETER 65536

static const struct {
    const char *key, *flag;
    size_t field, option; /* in up_layer_weights and up_layer */
    int least;            /* and PyTorch's default */
} pairs[] = {
    { "upscale.stride", "--stride", offsetof(up_layer_weights, stride), offsetof(up_layer, stride),
      1 },
    { "upscale.padding", "--padding", offsetof(up_layer_weights, padding),
      offsetof(up_layer, padding), 0 },
    { "upscale.output_padding", "--output-padding", offsetof(up_layer_weights, output_padding),
      offsetof(up_layer, output_padding), 0 },
    { "upscale.dilation", "--dilation", offsetof(up_layer_weights, dilation),
      offsetof(up_layer, dilation), 1 },
};

/* Digits up to `end`; false for anything else and for what is too large for any parameter. */
static bool parse_int(const char *text, const char *end, int *value)
{
    *value = 0;
    for (const char *at = text; at < end; at++) {
        if (*at < '0' || *at > '9')
            return false;
        *value = *value * 10 + (*at - '0');
        if (*value > MOST_PARAMETER)
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

static up_status bad_metadata(const up_safetensors *file, const char *key, const char *expected,
                              up_error *error)
{
    char label[UP_LABEL];
    return up_fail(error, UP_ERROR_WEIGHTS, "%s: metadata %s is %s, expected %s",
                   up_safetensors_name(file), key,
                   up_label(label, up_safetensors_metadata(file, key)), expected);
}

/* Leaves `pair` as it is where the file says nothing. */
static up_status read_pair(const up_safetensors *file, const char *key, int least, int pair[2],
                           up_error *error)
{
    const char *text = up_safetensors_metadata(file, key);
    if (!text || (parse_pair(text, pair) && pair[0] >= least && pair[1] >= least))
        return UP_OK;
    return bad_metadata(file, key,
                        least ? "N or ROWS,COLUMNS, each from 1 to 65536"
                              : "N or ROWS,COLUMNS, each from 0 to 65536",
                        error);
}

static up_status check_flag(const char *flag, int value, int least, up_error *error)
{
    if (value >= least && value <= MOST_PARAMETER)
        return UP_OK;
    return up_fail(error, UP_ERROR_ARGUMENT, "%s %d is out of range: %d to %d", flag, value, least,
                   MOST_PARAMETER);
}

static up_status read_groups(up_layer_weights *layer, const up_safetensors *file, int flag,
                             up_error *error)
{
    const char *text = up_safetensors_metadata(file, "upscale.groups");
    layer->groups = 1;
    if (flag) {
        layer->groups = flag;
        return check_flag("--groups", flag, 1, error);
    }
    if (text && (!parse_int(text, text + strlen(text), &layer->groups) || layer->groups < 1))
        return bad_metadata(file, "upscale.groups", "a number from 1 to 65536", error);
    return UP_OK;
}

static up_status read_scale(up_layer_weights *layer, const up_safetensors *file, bool stride_given,
                            up_error *error)
{
    memcpy(layer->scale, layer->stride, sizeof layer->scale);
    if (stride_given) /* and what the file says is out of date */
        return UP_OK;
    UP_TRY(read_pair(file, "upscale.scale", 1, layer->scale, error));
    if (memcmp(layer->scale, layer->stride, sizeof layer->scale) == 0)
        return UP_OK;
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "%s: upscale.scale is %d,%d but the stride is %d,%d: state upscale.stride in "
                   "the file or give --stride",
                   up_safetensors_name(file), layer->scale[0], layer->scale[1], layer->stride[0],
                   layer->stride[1]);
}

up_status up_layer_read_parameters(up_layer_weights *layer, const up_safetensors *file,
                                   const up_layer *flags, up_error *error)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        int *pair = (int *)((char *)layer + pairs[i].field), least = pairs[i].least;
        const up_pair *option = (const up_pair *)((const char *)flags + pairs[i].option);
        pair[0] = option->set ? option->rows : least;
        pair[1] = option->set ? option->columns : least;
        if (!option->set)
            UP_TRY(read_pair(file, pairs[i].key, least, pair, error));
        UP_TRY(check_flag(pairs[i].flag, pair[0], least, error));
        UP_TRY(check_flag(pairs[i].flag, pair[1], least, error));
    }
    UP_TRY(read_groups(layer, file, flags->groups, error));
    return read_scale(layer, file, flags->stride.set, error);
}

static up_status read_color(up_layer_weights *layer, const up_safetensors *file, up_error *error)
{
    static const struct {
        const char *name;
        int channels; /* 0: any */
    } colors[] = {
        [UP_WEIGHTS_ANY] = { "any", 0 },           [UP_WEIGHTS_Y] = { "y", 1 },
        [UP_WEIGHTS_Y_STUDIO] = { "y-studio", 1 }, [UP_WEIGHTS_YCBCR] = { "ycbcr", 3 },
        [UP_WEIGHTS_RGB] = { "rgb", 3 },
    };
    const char *text = up_safetensors_metadata(file, "upscale.color");
    bool three = layer->in_channels == 3 && layer->out_channels == 3;
    layer->color = three ? UP_WEIGHTS_RGB : UP_WEIGHTS_ANY;
    if (!text)
        return UP_OK;
    size_t i = 0;
    while (i < sizeof colors / sizeof *colors && strcmp(colors[i].name, text) != 0)
        i++;
    if (i == sizeof colors / sizeof *colors)
        return bad_metadata(file, "upscale.color", "any, y, y-studio, ycbcr or rgb", error);
    int channels = colors[i].channels;
    if (channels && (layer->in_channels != channels || layer->out_channels != channels))
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "%s: upscale.color %s needs %d channels in and out, the layer has %d and %d",
                       up_safetensors_name(file), text, channels, layer->in_channels,
                       layer->out_channels);
    layer->color = (up_weights_color)i;
    return UP_OK;
}

up_status up_layer_read_use(up_layer_weights *layer, const up_safetensors *file, up_error *error)
{
    UP_TRY(read_color(layer, file, error));
    const char *range = up_safetensors_metadata(file, "upscale.range");
    if (range && strcmp(range, "1") != 0 && strcmp(range, "255") != 0)
        return bad_metadata(file, "upscale.range", "1 or 255", error);
    layer->range = range && strcmp(range, "255") == 0 ? 255.0f : 1.0f;
    return UP_OK;
}
