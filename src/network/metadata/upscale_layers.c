/* SPDX-License-Identifier: MIT */
#include "network/metadata/upscale_layers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "network/layers.h"
#include "network/metadata/fields.h"
#include "network/tensor_values.h"

#define MOST_TEXT (1 << 24)
#define MOST_LAYERS 65536

/* A layer of the list on its way to a node. */
typedef struct {
    up_network_builder *builder;
    const up_new_tensors *tensors; /* NULL: they are in the file */
    json_t *object;
    int number; /* in the list: some of its entries make two nodes */
    const up_layer_kind *kind;
    up_node_spec spec;
    up_field_target target;
    int *input;
} entry;

static up_status refuse(const entry *e, const char *key, const char *reason, const char *detail)
{
    char label[UP_LABEL];
    return up_network_fail(e->builder, "layer %d (%s): %s %s%s", e->number, e->kind->name,
                           up_label(label, key), reason, detail);
}

/* ---------------------------------------------------------------- what all layers have */

static up_status read_kind(entry *e)
{
    char label[UP_LABEL] = "no op";
    const char *op = json_string_value(json_object_get(e->object, "op"));
    e->kind = op ? up_layer_kind_find(op) : NULL;
    if (e->kind)
        return UP_OK;
    if (op)
        up_label(label, op);
    return up_network_fail(e->builder,
                           "%slayer %d has %s, expected an object whose op "
                           "is conv2d, conv_transpose2d, prelu, ...",
                           e->tensors ? "" : "metadata upscale.layers: ", e->number, label);
}

static bool find_id(const up_network *network, const char *id, int *found)
{
    *found = UP_NETWORK_INPUT;
    if (strcmp(id, "input") == 0)
        return true;
    for (*found = network->nodes - 1; *found >= 0; --*found)
        if (network->node[*found].id && strcmp(network->node[*found].id, id) == 0)
            return true;
    return false;
}

static up_status read_reference(const entry *e, const char *key, const json_t *value, int *node)
{
    const char *id = json_string_value(value);
    if (id && find_id(e->builder->network, id, node))
        return UP_OK;
    return refuse(e, key, "must be ", "\"input\" or the id of an earlier layer");
}

static up_status read_id(entry *e)
{
    int other;
    const json_t *value = json_object_get(e->object, "id");
    e->spec.id = json_string_value(value);
    if (!value || (e->spec.id && !find_id(e->builder->network, e->spec.id, &other)))
        return UP_OK;
    return refuse(e, "id", "must be ", "a name that no earlier layer has");
}

/* ---------------------------------------------------------------- inputs */

/* The second input of an op with `resize`, in the size of the first. */
static up_status read_resize(entry *e, int first, int *second)
{
    static const up_layer_field cubic_a = UP_FIELD("cubic_a", UP_FIELD_NUMBER, up_resize, cubic_a);
    const up_layer_kind *kind = &up_layer_resize;
    const json_t *mode = json_object_get(e->object, "resize");
    const json_t *a = json_object_get(e->object, "cubic_a");
    up_resize resize = *(const up_resize *)kind->defaults;
    up_field_target target = { .fields = &resize };
    bool good = true;
    if (a)
        UP_TRY(up_field_read(&target, &cubic_a, a, &good));
    if (!good)
        return refuse(e, "cubic_a", "must be ", "a number");
    if (!mode || (json_is_string(mode) && strcmp(json_string_value(mode), "none") == 0))
        return UP_OK;
    UP_TRY(up_field_read(&target, &kind->field[0], mode, &good));
    if (!good)
        return refuse(e, "resize", "must be ", "none, nearest, bilinear or bicubic");
    const up_node_spec spec = { .fields = &resize,
                                .input = (int[]){ *second, first },
                                .inputs = 2 };
    return up_network_add(e->builder, kind, &spec, second);
}

static up_status read_from(entry *e, const json_t *from)
{
    e->input[0] = up_network_last(e->builder);
    UP_TRY(read_reference(e, "from", from, &e->input[1]));
    UP_TRY(read_resize(e, e->input[0], &e->input[1]));
    e->spec.inputs = 2;
    return UP_OK;
}

static up_status read_list(entry *e, const json_t *list)
{
    if (!json_is_array(list) || json_array_size(list) < 1)
        return refuse(e, "inputs", "must be ", "a list of \"input\" and ids of earlier layers");
    e->spec.inputs = (int)json_array_size(list);
    for (int i = 0; i < e->spec.inputs; i++)
        UP_TRY(read_reference(e, "inputs", json_array_get(list, (size_t)i), &e->input[i]));
    return UP_OK;
}

static up_status read_inputs(entry *e)
{
    const json_t *from = json_object_get(e->object, "from");
    const json_t *list = json_object_get(e->object, "inputs");
    const size_t most = json_array_size(list) + 2;
    if (e->kind->least_inputs > 1 && !from && !list)
        return refuse(e, "from", "is missing, expected ",
                      "\"input\" or the id of an earlier layer");
    e->input = up_alloc(most, sizeof *e->input);
    if (!e->input)
        return up_fail_memory(e->builder->error, "a layer", most * sizeof *e->input);
    e->input[0] = up_network_last(e->builder);
    e->spec.input = e->input;
    e->spec.inputs = 1;
    if (from && list)
        return refuse(e, "from", "and inputs cannot both be stated", "");
    if (from && e->kind->most_inputs < 2)
        return refuse(e, "from", "is not a field of this op", "");
    return from ? read_from(e, from) : list ? read_list(e, list) : UP_OK;
}

/* ---------------------------------------------------------------- fields */

static const up_layer_field *find_field(const up_layer_kind *kind, const char *key)
{
    const up_layer_field *field = kind->field;
    while (field && field->key && strcmp(field->key, key) != 0)
        field++;
    return field && field->key ? field : NULL;
}

static bool is_among(const char *const *keys, const char *key)
{
    while (*keys && strcmp(*keys, key) != 0)
        keys++;
    return *keys;
}

static bool is_common(const entry *e, const char *key)
{
    static const char *const all[] = { "op", "id", "inputs", NULL };
    static const char *const with_from[] = { "from", "resize", "cubic_a", NULL };
    static const char *const with_tensors[] = { "name", NULL };
    const bool tensors = e->kind->tensors != UP_NO_TENSORS;
    return is_among(all, key) || (json_object_get(e->object, "from") && is_among(with_from, key)) ||
           (tensors && is_among(with_tensors, key)) ||
           (tensors && e->tensors && is_among(e->tensors->keys, key));
}

/* Where an activation states any: a number of them is enough to begin with no bounds. */
static up_status make_bounds(entry *e)
{
    const size_t shape[2] = { 2, (size_t)e->target.channels }, channels = shape[1];
    const bool stated = json_object_get(e->object, "min") || json_object_get(e->object, "max");
    up_values bounds;
    if (!stated || !e->kind->activation)
        return UP_OK;
    UP_TRY(up_network_new_values(e->builder, 2, shape, &bounds, &e->target.bounds));
    e->spec.bounds = e->target.bounds;
    for (size_t c = 0; c < channels; c++) {
        e->target.bounds[c] = -INFINITY;
        e->target.bounds[channels + c] = INFINITY;
    }
    return UP_OK;
}

static up_status check_bounds(const entry *e)
{
    for (int c = 0; e->target.bounds && c < e->target.channels; c++)
        if (e->target.bounds[c] > e->target.bounds[e->target.channels + c])
            return refuse(e, "min", "is above max", "");
    return UP_OK;
}

static up_status read_fields(entry *e)
{
    char expected[UP_FIELD_EXPECTED];
    const char *key;
    json_t *value;
    json_object_foreach(e->object, key, value)
    {
        const up_layer_field *field = find_field(e->kind, key);
        bool good = true;
        if (!field && !is_common(e, key))
            return refuse(e, key, "is not a field of this op", "");
        if (field)
            UP_TRY(up_field_read(&e->target, field, value, &good));
        if (!good)
            return refuse(e, key, "must be ", up_field_expected(expected, field));
    }
    for (const up_layer_field *field = e->kind->field; field && field->key; field++)
        if (field->required && !json_object_get(e->object, field->key))
            return refuse(e, field->key, "is missing, expected ",
                          up_field_expected(expected, field));
    return check_bounds(e);
}

/* ---------------------------------------------------------------- tensors */

static up_status read_tensors(entry *e)
{
    char label[UP_LABEL], wanted[UP_LABEL];
    const up_network_builder *b = e->builder;
    const json_t *value = json_object_get(e->object, "name");
    const char *name = json_string_value(value);
    if (!e->kind->tensors)
        return UP_OK;
    if (e->tensors)
        return e->tensors->make(e->tensors->user, e->builder, e->object, e->kind, e->target.fields,
                                up_network_shape(b->network, e->input[0]).channels, &e->spec);
    if (!value)
        return refuse(e, "name", "is missing, expected ", "the name of tensors");
    if (!name || !*name)
        return refuse(e, "name", "must be ", "the name of tensors");
    const up_tensor *weight = up_network_tensor(b, name, "weight");
    const up_tensor *bias = up_network_tensor(b, name, "bias");
    snprintf(wanted, sizeof wanted, "%s.weight", name);
    if (!weight)
        return up_network_fail(b, "layer %d (%s): there is no tensor %s in the file", e->number,
                               e->kind->name, up_label(label, wanted));
    e->spec.name = name;
    UP_TRY(up_network_take(e->builder, weight, &e->spec.weight));
    return bias && e->kind->tensors == UP_WEIGHT_AND_BIAS
               ? up_network_take(e->builder, bias, &e->spec.bias)
               : UP_OK;
}

/* ---------------------------------------------------------------- the list */

static up_status read_layer(entry *e)
{
    UP_TRY(read_kind(e));
    UP_TRY(read_id(e));
    UP_TRY(read_inputs(e));
    e->target.channels = up_network_shape(e->builder->network, e->input[0]).channels;
    e->target.fields = up_alloc_zero(1, e->kind->fields_size + 1);
    if (!e->target.fields)
        return up_fail_memory(e->builder->error, "a layer", e->kind->fields_size);
    if (e->kind->defaults)
        memcpy(e->target.fields, e->kind->defaults, e->kind->fields_size);
    e->spec.fields = e->target.fields;
    UP_TRY(make_bounds(e));
    UP_TRY(read_fields(e));
    UP_TRY(read_tensors(e));
    return up_network_add(e->builder, e->kind, &e->spec, NULL);
}

static up_status append_layer(up_network_builder *builder, json_t *object, int number,
                              const up_new_tensors *tensors)
{
    entry e = { .builder = builder, .tensors = tensors, .object = object, .number = number };
    e.target.builder = builder;
    e.target.spec = &e.spec;
    up_status status = read_layer(&e);
    up_free(e.input);
    up_free(e.target.fields);
    return status;
}

/* Channels that a layer's tensor asks for, or 0; 1 where it asks for none that there can be, so
 * that the layer is refused for what is wrong with it. */
static int channels_of(const up_network_builder *builder, const json_t *object)
{
    const char *op = json_string_value(json_object_get(object, "op"));
    const char *name = json_string_value(json_object_get(object, "name"));
    const json_t *stated = json_object_get(object, "groups");
    const up_tensor *weight = name ? up_network_tensor(builder, name, "weight") : NULL;
    if (!op || !weight)
        return 0;
    const bool conv = strcmp(op, "conv2d") == 0, transposed = strcmp(op, "conv_transpose2d") == 0;
    size_t channels = 0, groups = json_is_integer(stated) ? (size_t)json_integer_value(stated) : 1;
    if (strcmp(op, "prelu") == 0 && weight->elements > 1)
        channels = weight->elements;
    if (weight->dims == 4 && conv && groups <= UP_MOST_PARAMETER)
        channels = weight->shape[1] * groups;
    if (weight->dims == 4 && transposed)
        channels = weight->shape[0];
    if (channels > UP_MOST_CHANNELS || (channels == 0 && (conv || transposed)))
        return 1;
    return (int)channels;
}

static up_status find_channels(up_network_builder *builder, const json_t *list)
{
    int *channels = &builder->network->in_channels;
    UP_TRY(up_stated_count(builder->file, "upscale.channels", channels, builder->error));
    for (size_t i = 0; !*channels && i < json_array_size(list); i++)
        *channels = channels_of(builder, json_array_get(list, i));
    if (*channels)
        return UP_OK;
    return up_network_fail(builder, "no tensor of upscale.layers tells how many channels come in: "
                                    "state them in the metadata upscale.channels");
}

static up_status append_layers(up_network_builder *builder, const json_t *list,
                               const up_new_tensors *tensors)
{
    const size_t count = json_array_size(list);
    if (count < 1 || count > MOST_LAYERS)
        return up_network_fail(builder, "%s must be a list of 1 to %d layers",
                               tensors ? "layers" : "metadata upscale.layers", MOST_LAYERS);
    if (!tensors)
        UP_TRY(find_channels(builder, list));
    for (size_t i = 0; i < count; i++)
        UP_TRY(append_layer(builder, json_array_get(list, i), (int)i, tensors));
    return UP_OK;
}

up_status up_network_from_new_layers(up_network_builder *builder, const json_t *list,
                                     const up_new_tensors *tensors)
{
    builder->network->family = "layers";
    return append_layers(builder, list, tensors);
}

up_status up_network_from_layers(up_network_builder *builder, const char *text)
{
    json_error_t problem;
    char label[UP_LABEL];
    const size_t size = strlen(text);
    builder->network->family = "layers";
    if (size > MOST_TEXT)
        return up_network_fail(builder, "metadata upscale.layers is longer than 16 MiB");
    json_t *list = json_loadb(text, size, JSON_REJECT_DUPLICATES, &problem);
    if (!list && json_error_code(&problem) == json_error_out_of_memory)
        return up_fail_memory(builder->error, "upscale.layers", size);
    if (!list)
        return up_network_fail(builder, "metadata upscale.layers: bad JSON at byte %d: %s",
                               problem.position, up_label(label, problem.text));
    up_status status = append_layers(builder, list, NULL);
    json_decref(list);
    return status;
}

/* ---------------------------------------------------------------- writing */

static json_t *numbered(int node)
{
    return node == UP_NETWORK_INPUT ? json_string("input") : json_sprintf("%d", node);
}

json_t *up_network_layer(const up_network *network, int n)
{
    const up_network_node *node = &network->node[n];
    json_t *object = json_pack("{ss}", "op", node->kind->name);
    json_object_set_new(object, "id", numbered(n));
    if (node->inputs != 1 || node->input[0] != n - 1) {
        json_t *list = json_array();
        for (int i = 0; i < node->inputs; i++)
            json_array_append_new(list, numbered(node->input[i]));
        json_object_set_new(object, "inputs", list);
    }
    if (node->kind->tensors)
        json_object_set_new(object, "name", numbered(n));
    for (const up_layer_field *field = node->kind->field; field && field->key; field++) {
        json_t *value = up_field_write(node, field);
        if (value)
            json_object_set_new(object, field->key, value);
    }
    return object;
}

json_t *up_network_layers(const up_network *network)
{
    json_t *list = json_array();
    for (int n = 0; list && n <= network->output; n++)
        json_array_append_new(list, up_network_layer(network, n));
    return list;
}
