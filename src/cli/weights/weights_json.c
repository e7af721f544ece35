#include "cli/show/json_lines.h"
#include "cli/weights/weights_report.h"

#include <string.h>

enum { MOST_MAP = 64 };

static void set_int(json_t *object, const char *key, int value)
{
    json_object_set_new(object, key, json_integer(value));
}

static void set_pair(json_t *object, const char *key, const int pair[2])
{
    json_object_set_new(object, key, json_pack("[i,i]", pair[0], pair[1]));
}

/* null where the file leaves it open. */
static void set_known(json_t *object, const char *key, const int pair[2])
{
    if (pair[0] > 0)
        set_pair(object, key, pair);
    else
        json_object_set_new(object, key, json_null());
}

static json_t *overlap_map(const up_weights *weights, int i, const int stride[2])
{
    json_t *map = json_array();
    for (int row = 0; row < stride[0]; row++) {
        json_t *line = json_array();
        for (int column = 0; column < stride[1]; column++)
            json_array_append_new(line, json_integer(up_weights_overlap(weights, i, row, column)));
        json_array_append_new(map, line);
    }
    return map;
}

static void set_overlap(json_t *object, const up_weights *weights, int i,
                        const up_weights_layer *layer)
{
    if (strcmp(layer->op, "conv_transpose2d") != 0 || layer->stride[0] == 0)
        return;
    json_object_set_new(object, "overlap_even", json_boolean(layer->overlap_even));
    if (layer->stride[0] <= MOST_MAP && layer->stride[1] <= MOST_MAP)
        json_object_set_new(object, "overlap", overlap_map(weights, i, layer->stride));
}

static void set_convolution(json_t *object, const up_weights_layer *layer)
{
    bool known = layer->stride[0] > 0;
    set_pair(object, "kernel", layer->kernel);
    set_known(object, "stride", layer->stride);
    if (known)
        set_pair(object, "padding", layer->padding);
    if (known && !layer->padding_mode)
        set_pair(object, "output_padding", layer->output_padding);
    set_pair(object, "dilation", layer->dilation);
    set_int(object, "groups", layer->groups);
}

static void set_join(json_t *object, const up_weights_layer *layer)
{
    json_object_set_new(object, "from",
                        layer->from < 0 ? json_string("input") : json_integer(layer->from));
    json_object_set_new(object, "resize", json_string(layer->resize));
    set_pair(object, "resize_factor", layer->resize_factor);
}

static json_t *numbers(const float *value, int count)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++)
        json_array_append_new(list, cli_json_number(value[i]));
    return list;
}

static json_t *layer_json(const up_weights *weights, int i, const up_weights_layer *layer)
{
    json_t *object = json_object();
    json_object_set_new(object, "op", json_string(layer->op));
    if (layer->name)
        json_object_set_new(object, "name", cli_json_text(layer->name));
    set_int(object, "in_channels", layer->in_channels);
    set_int(object, "out_channels", layer->out_channels);
    if (layer->kernel[0])
        set_convolution(object, layer);
    else if (layer->padding_mode)
        set_pair(object, "amount", layer->padding);
    if (layer->padding_mode)
        json_object_set_new(object, "padding_mode", json_string(layer->padding_mode));
    if (layer->resize)
        set_join(object, layer);
    if (layer->factor)
        set_int(object, "factor", layer->factor);
    if (strcmp(layer->op, "leaky_relu") == 0)
        json_object_set_new(object, "slope", cli_json_number(layer->slope));
    if (strcmp(layer->op, "clip") == 0) {
        json_object_set_new(object, "min", cli_json_number(layer->low));
        json_object_set_new(object, "max", cli_json_number(layer->high));
    }
    if (layer->bounds) {
        json_object_set_new(object, "min", numbers(layer->bounds, layer->out_channels));
        json_object_set_new(object, "max",
                            numbers(layer->bounds + layer->out_channels, layer->out_channels));
    }
    json_object_set_new(object, "parameters", json_integer((json_int_t)layer->parameters));
    json_object_set_new(object, "multiply_adds", cli_json_number(layer->multiply_adds));
    set_known(object, "scale", layer->scale);
    set_overlap(object, weights, i, layer);
    return object;
}

static json_t *metadata_json(const up_weights *weights)
{
    json_t *object = json_object();
    const char *key, *value;
    for (int i = 0; (key = up_weights_metadata_at(weights, i, &value)); i++)
        json_object_set_new(object, key, cli_json_text(value));
    return object;
}

static void set_size(json_t *line, const up_weights_info *info)
{
    bool known = info->scale[0] > 0;
    set_known(line, "scale", info->scale);
    if (known) {
        set_pair(line, "reduction", info->reduction);
        set_pair(line, "extra", info->extra);
    }
    set_known(line, "least_input", info->least);
    set_known(line, "receptive_field", info->receptive_field);
}

void cli_weights_show_json(const char *title, const up_weights *weights)
{
    const up_weights_info *info = up_weights_get_info(weights);
    const up_weights_layer *layer;
    json_t *line = json_object(), *layers = json_array();
    json_object_set_new(line, "input", cli_json_text(title));
    json_object_set_new(line, "type", json_string("weights"));
    json_object_set_new(line, "family", json_string(info->family));
    set_int(line, "in_channels", info->in_channels);
    set_int(line, "out_channels", info->out_channels);
    json_object_set_new(line, "color", json_string(info->color));
    json_object_set_new(line, "range", cli_json_number(info->range));
    json_object_set_new(line, "limit", cli_json_number(info->limit));
    set_size(line, info);
    json_object_set_new(line, "parameters", json_integer((json_int_t)info->parameters));
    if (info->multiply_adds > 0)
        json_object_set_new(line, "multiply_adds", cli_json_number(info->multiply_adds));
    for (int i = 0; (layer = up_weights_layer_at(weights, i)); i++)
        json_array_append_new(layers, layer_json(weights, i, layer));
    json_object_set_new(line, "layers", layers);
    json_object_set_new(line, "metadata", metadata_json(weights));
    cli_json_put(line);
}
