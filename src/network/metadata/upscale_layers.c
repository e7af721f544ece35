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
    const up_json *object;
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
    const char *op = up_json_text(up_json_get(e->object, "op"));
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

static up_status read_reference(const entry *e, const char *key, const up_json *value, int *node)
{
    const char *id = up_json_text(value);
    if (id && find_id(e->builder->network, id, node))
        return UP_OK;
    return refuse(e, key, "must be ", "\"input\" or the id of an earlier layer");
}

static up_status read_id(entry *e)
{
    int other;
    const up_json *value = up_json_get(e->object, "id");
    e->spec.id = up_json_text(value);
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
    const up_json *mode = up_json_get(e->object, "resize");
    const up_json *a = up_json_get(e->object, "cubic_a");
    up_resize resize = *(const up_resize *)kind->defaults;
    up_field_target target = { .fields = &resize };
    bool good = true;
    if (a)
        UP_TRY(up_field_read(&target, &cubic_a, a, &good));
    if (!good)
        return refuse(e, "cubic_a", "must be ", "a number");
    const char *word = up_json_text(mode);
    if (!mode || (word && strcmp(word, "none") == 0))
        return UP_OK;
    UP_TRY(up_field_read(&target, &kind->field[0], mode, &good));
    if (!good)
        return refuse(e, "resize", "must be ", "none, nearest, bilinear or bicubic");
    const up_node_spec spec = { .fields = &resize,
                                .input = (int[]){ *second, first },
                                .inputs = 2 };
    return up_network_add(e->builder, kind, &spec, second);
}

static up_status read_from(entry *e, const up_json *from)
{
    e->input[0] = up_network_last(e->builder);
    UP_TRY(read_reference(e, "from", from, &e->input[1]));
    UP_TRY(read_resize(e, e->input[0], &e->input[1]));
    e->spec.inputs = 2;
    return UP_OK;
}

static up_status read_list(entry *e, const up_json *list)
{
    if (list->kind != UP_JSON_ARRAY || list->count < 1)
        return refuse(e, "inputs", "must be ", "a list of \"input\" and ids of earlier layers");
    const up_json *element = list->first;
    e->spec.inputs = (int)list->count;
    for (int i = 0; i < e->spec.inputs; i++, element = element->next)
        UP_TRY(read_reference(e, "inputs", element, &e->input[i]));
    return UP_OK;
}

static up_status read_inputs(entry *e)
{
    const up_json *from = up_json_get(e->object, "from");
    const up_json *list = up_json_get(e->object, "inputs");
    const size_t most = (list ? list->count : 0) + 2;
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
    return is_among(all, key) || (up_json_get(e->object, "from") && is_among(with_from, key)) ||
           (tensors && is_among(with_tensors, key)) ||
           (tensors && e->tensors && is_among(e->tensors->keys, key));
}

/* Where an activation states any: a number of them is enough to begin with no bounds. */
static up_status make_bounds(entry *e)
{
    const size_t shape[2] = { 2, (size_t)e->target.channels }, channels = shape[1];
    const bool stated = up_json_get(e->object, "min") || up_json_get(e->object, "max");
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
    for (const up_json *value = e->object->first; value; value = value->next) {
        const char *key = value->key;
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
        if (field->required && !up_json_get(e->object, field->key))
            return refuse(e, field->key, "is missing, expected ",
                          up_field_expected(expected, field));
    return check_bounds(e);
}

/* ---------------------------------------------------------------- tensors */

static up_status read_tensors(entry *e)
{
    char label[UP_LABEL], wanted[UP_LABEL];
    const up_network_builder *b = e->builder;
    const up_json *value = up_json_get(e->object, "name");
    const char *name = up_json_text(value);
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

static up_status append_layer(up_network_builder *builder, const up_json *object, int number,
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
static int channels_of(const up_network_builder *builder, const up_json *object)
{
    const char *op = up_json_text(up_json_get(object, "op"));
    const char *name = up_json_text(up_json_get(object, "name"));
    const up_json *stated = up_json_get(object, "groups");
    const up_tensor *weight = name ? up_network_tensor(builder, name, "weight") : NULL;
    if (!op || !weight)
        return 0;
    const bool conv = strcmp(op, "conv2d") == 0, transposed = strcmp(op, "conv_transpose2d") == 0;
    size_t channels = 0, groups = 1;
    if (stated && stated->kind == UP_JSON_INTEGER)
        groups = (size_t)stated->integer;
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

static up_status find_channels(up_network_builder *builder, const up_json *list)
{
    int *channels = &builder->network->in_channels;
    UP_TRY(up_stated_count(builder->file, "upscale.channels", channels, builder->error));
    for (const up_json *layer = list->first; !*channels && layer; layer = layer->next)
        *channels = channels_of(builder, layer);
    if (*channels)
        return UP_OK;
    return up_network_fail(builder, "no tensor of upscale.layers tells how many channels come in: "
                                    "state them in the metadata upscale.channels");
}

static up_status append_layers(up_network_builder *builder, const up_json *list,
                               const up_new_tensors *tensors)
{
    int number = 0;
    if (list->kind != UP_JSON_ARRAY || list->count < 1 || list->count > MOST_LAYERS)
        return up_network_fail(builder, "%s must be a list of 1 to %d layers",
                               tensors ? "layers" : "metadata upscale.layers", MOST_LAYERS);
    if (!tensors)
        UP_TRY(find_channels(builder, list));
    for (const up_json *layer = list->first; layer; layer = layer->next)
        UP_TRY(append_layer(builder, layer, number++, tensors));
    return UP_OK;
}

up_status up_network_from_new_layers(up_network_builder *builder, const up_json *list,
                                     const up_new_tensors *tensors)
{
    builder->network->family = "layers";
    return append_layers(builder, list, tensors);
}

/* Builds the tree, beside the values of the file. */
static up_status parse(const up_network_builder *builder, up_json **list, const char *text,
                       size_t size)
{
    up_json_problem problem;
    const size_t bytes = up_json_tree_bytes(text, size, UP_JSON_MOST_DEPTH, &problem);
    if (bytes)
        UP_TRY(up_tensor_file_fits(builder->file, bytes, builder->error));
    up_status status =
        bytes ? up_json_parse(list, text, size, UP_JSON_MOST_DEPTH, &problem) : UP_ERROR_INPUT;
    if (status == UP_ERROR_MEMORY)
        return up_fail_memory(builder->error, "upscale.layers", bytes);
    return status == UP_OK
               ? UP_OK
               : up_network_fail(builder, "metadata upscale.layers: bad JSON at byte %zu: %s",
                                 problem.at, problem.reason);
}

up_status up_network_from_layers(up_network_builder *builder, const char *text)
{
    const size_t size = strlen(text);
    up_json *list;
    builder->network->family = "layers";
    if (size > MOST_TEXT)
        return up_network_fail(builder, "metadata upscale.layers is longer than 16 MiB");
    UP_TRY(parse(builder, &list, text, size));
    up_status status = append_layers(builder, list, NULL);
    up_free(list);
    return status;
}

/* ---------------------------------------------------------------- writing */

static void put_number(up_json_writer *to, int node)
{
    char text[16];
    snprintf(text, sizeof text, "%d", node);
    up_json_put_text(to, node == UP_NETWORK_INPUT ? "input" : text);
}

void up_network_put_layer(up_json_writer *to, const up_network *network, int n, int tensors,
                          bool bounds)
{
    const up_network_node *node = &network->node[n];
    up_json_open(to, '{');
    up_json_put_key(to, "op");
    up_json_put_text(to, node->kind->name);
    up_json_put_key(to, "id");
    put_number(to, n);
    if (node->inputs != 1 || node->input[0] != n - 1) {
        up_json_put_key(to, "inputs");
        up_json_open(to, '[');
        for (int i = 0; i < node->inputs; i++)
            put_number(to, node->input[i]);
        up_json_close(to, ']');
    }
    if (node->kind->tensors) {
        up_json_put_key(to, "name");
        put_number(to, tensors);
    }
    for (const up_layer_field *field = node->kind->field; field && field->key; field++) {
        const bool bound = field->type == UP_FIELD_LEAST || field->type == UP_FIELD_GREATEST;
        if ((bound && !bounds) || !up_field_matters(node, field))
            continue;
        up_json_put_key(to, field->key);
        up_field_write(to, node, field, UP_FLOAT_DIGITS);
    }
    up_json_close(to, '}');
}

char *up_network_layers(const up_network *network, bool bounds)
{
    up_json_writer to = { 0 };
    up_json_open(&to, '[');
    for (int n = 0; n <= network->output; n++)
        up_network_put_layer(&to, network, n, n, bounds);
    up_json_close(&to, ']');
    return up_json_take(&to);
}
