/* SPDX-License-Identifier: MIT */

#include "cli/weights/weights_report.h"

#include "cli/show/json_lines.h"
#include "upscale_weights.h"

#include <limits.h>
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

static json_t *inputs_json(const up_weights_layer *layer)
{
    json_t *list = json_array();
    for (int i = 0; i < layer->inputs; i++)
        json_array_append_new(list, layer->input[i] < 0 ? json_string("input")
                                                        : json_integer(layer->input[i]));
    return list;
}

/* What the layer is told, as upscale.layers spells it, and what follows from it. */
static json_t *layer_json(const up_weights *weights, int i, const up_weights_layer *layer)
{
    json_t *object = json_loads(layer->json, 0, NULL);
    json_object_del(object, "id");
    json_object_del(object, "name");
    json_object_set_new(object, "inputs", inputs_json(layer));
    if (layer->name)
        json_object_set_new(object, "name", cli_json_text(layer->name));
    set_int(object, "in_channels", layer->in_channels);
    set_int(object, "out_channels", layer->out_channels);
    if (layer->kernel[0]) {
        set_pair(object, "kernel", layer->kernel);
        set_known(object, "stride", layer->stride);
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
    json_object_set_new(line, "enlarges_first", json_boolean(info->enlarges_first));
    set_known(line, "least_input", info->least);
    set_known(line, "multiple", info->multiple);
    if (info->receptive_field[0] == INT_MAX || info->receptive_field[1] == INT_MAX)
        json_object_set_new(line, "receptive_field", json_string("image"));
    else
        set_known(line, "receptive_field", info->receptive_field);
}

void cli_weights_show_json(const char *title, const up_weights *weights)
{
    const up_weights_info *info = up_weights_get_info(weights);
    const up_weights_layer *layer;
    json_t *line = json_object(), *layers = json_array();
    json_object_set_new(line, "input", cli_json_text(title));
    json_object_set_new(line, "type", json_string("weights"));
    json_object_set_new(line, "format", json_string(info->format));
    if (info->part)
        json_object_set_new(line, "part", cli_json_text(info->part));
    json_object_set_new(line, "family", json_string(info->family));
    set_int(line, "in_channels", info->in_channels);
    set_int(line, "out_channels", info->out_channels);
    json_object_set_new(line, "color", json_string(info->color));
    json_object_set_new(line, "range", cli_json_number(info->range));
    json_object_set_new(line, "color_told", json_boolean(info->color_told));
    json_object_set_new(line, "range_told", json_boolean(info->range_told));
    json_object_set_new(line, "limit", cli_json_number(info->limit));
    json_object_set_new(line, "condition",
                        info->condition ? json_string(info->condition) : json_null());
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
