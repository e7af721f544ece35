/* SPDX-License-Identifier: MIT */
#include "compare/network_facts.h"

#include "base/memory.h"
#include "compare/files/json_text.h"
#include "upscale_weights.h"
#include "weights/embedded.h"

#include <math.h>
#include <string.h>

enum { MOST_FILTERS = 64, MOST_LAYERS = 6, MOST_TAPS = 8192, MOST_STRIDE = 8 };

/* Those that the first stage of tconv runs with. */
static up_weights *open_embedded(const char *name, double scale)
{
    up_weights *weights = NULL;
    const up_embedded *used = up_embedded_find(name, up_clamp((int)ceil(scale), 2, 4)), *known;
    for (int i = 0; used && (known = up_embedded_at(i)); i++)
        if (known == used)
            up_embedded_weights_open(&weights, i, NULL);
    return weights;
}

/* Weights to look into: *opened if they are to be closed again; NULL: there are none. */
static const up_weights *find_weights(const up_options *options, double scale, up_weights **opened)
{
    static const char learned[] = "tconv";
    const char *method = options->method ? options->method : up_default_method();
    size_t length = strlen(learned);
    if (strncmp(method, learned, length) != 0 || !strchr(":", method[length]))
        return NULL;
    if (options->model)
        return options->model;
    if (options->weights)
        up_weights_open(opened, options->weights, options, NULL);
    else
        *opened = open_embedded(method[length] ? method + length + 1 : NULL, scale);
    return *opened;
}

static json_t *pair(const int values[2])
{
    return json_pack("[i,i]", values[0], values[1]);
}

/* The first filters, in steps of 1/127 of the largest weight of each. */
static json_t *filters_of(const up_weights_layer *layer, int count)
{
    json_t *list = json_array();
    size_t taps = (size_t)layer->kernel[0] * (size_t)layer->kernel[1];
    for (size_t k = 0; k < (size_t)count; k++) {
        const float *weight = layer->weight + k * taps;
        float most = 0;
        for (size_t i = 0; i < taps; i++)
            most = fmaxf(most, fabsf(weight[i]));
        for (size_t i = 0; i < taps; i++)
            up_json_append(list, json_integer(most > 0 ? lroundf(127 * weight[i] / most) : 0));
    }
    return list;
}

static json_t *overlap_of(const up_weights *weights, int i, const up_weights_layer *layer)
{
    json_t *map = json_array();
    for (int row = 0; row < layer->stride[0]; row++) {
        json_t *line = json_array();
        for (int column = 0; column < layer->stride[1]; column++)
            up_json_append(line, json_integer(up_weights_overlap(weights, i, row, column)));
        up_json_append(map, line);
    }
    return map;
}

static json_t *layer_facts(const up_weights *weights, int i, const up_weights_layer *layer)
{
    bool transposed = strcmp(layer->op, "conv_transpose2d") == 0;
    int taps = layer->kernel[0] * layer->kernel[1];
    int all = layer->in_channels * layer->out_channels / layer->groups;
    int shown = up_min(all, up_min(MOST_FILTERS, up_max(MOST_TAPS / taps, 1)));
    json_t *facts =
        json_pack("{s:s, s:s, s:i, s:i, s:o, s:o, s:i, s:o}", "op", layer->op, "name",
                  layer->name ? layer->name : "", "in_channels", layer->in_channels, "out_channels",
                  layer->out_channels, "kernel", pair(layer->kernel), "stride", pair(layer->stride),
                  "filters_all", all, "filters", filters_of(layer, shown));
    if (facts && transposed && layer->stride[0] > 0 && layer->stride[0] <= MOST_STRIDE &&
        layer->stride[1] <= MOST_STRIDE) {
        up_json_set(facts, "overlap", overlap_of(weights, i, layer));
        up_json_set(facts, "overlap_even", json_boolean(layer->overlap_even));
    }
    return facts;
}

/* The first layers with filters, and the last one, which makes the picture. */
static json_t *shown_layers(const up_weights *weights)
{
    const up_weights_layer *layer;
    json_t *shown = json_array();
    int count = 0, seen = 0;
    for (int i = 0; (layer = up_weights_layer_at(weights, i)); i++)
        count += layer->kernel[0] > 0;
    for (int i = 0; (layer = up_weights_layer_at(weights, i)); i++) {
        if (layer->kernel[0] == 0)
            continue;
        seen++;
        if (seen < MOST_LAYERS || seen == count)
            up_json_append(shown, layer_facts(weights, i, layer));
    }
    return shown;
}

json_t *up_network_facts(const up_options *options, double scale)
{
    up_weights *opened = NULL;
    const up_weights *weights = find_weights(options, scale, &opened);
    if (!weights)
        return NULL;
    const up_weights_info *info = up_weights_get_info(weights);
    json_t *facts = up_json_made(
        json_pack("{s:s, s:i, s:I, s:o, s:o}", "family", info->family, "layers", info->layers,
                  "parameters", (json_int_t)info->parameters, "receptive_field",
                  pair(info->receptive_field), "shown", shown_layers(weights)));
    up_weights_close(&opened);
    return facts;
}
