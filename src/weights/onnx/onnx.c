/* SPDX-License-Identifier: MIT */
#include "weights/onnx/onnx.h"

#include "base/memory.h"
#include "base/words.h"
#include "weights/label.h"
#include "weights/onnx/onnx_tensor.h"

#include <string.h>

enum { PRODUCER = 2, PRODUCER_VERSION, GRAPH = 7, OPSET = 8, METADATA = 14 }; /* ModelProto */
enum { NODE = 1, INITIALIZER = 5, INPUT = 11, OUTPUT, SPARSE = 15 };          /* GraphProto */
enum { NODE_INPUT = 1, NODE_OUTPUT, NODE_NAME, NODE_OP, NODE_ATTRIBUTE, NODE_DOMAIN = 7 };
enum { ATTRIBUTE_NAME = 1, FLOAT, INT, TEXT, TENSOR, FLOATS = 7, INTS };

#define MOST_VALUES 1024 /* inputs or outputs of a graph or node */

static const char *const no_text = "";

/* A producer's name, or what else it is that TensorFlow has in field 2. */
static bool begins_text(const unsigned char *field, size_t size)
{
    return size < 2 || field[0] == 0 || (field[0] < 128 && field[1] >= ' ');
}

/* A version of the format, and then what follows it in a ModelProto; or named so, and no text. */
static bool is_onnx(const unsigned char *bytes, size_t size, const char *path)
{
    /* Version 3 was the first in public; a SavedModel of TensorFlow begins with 1. */
    static const unsigned char next[] = { 0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72 };
    if (size > 2 && bytes[0] == 0x08 && bytes[1] > 2 && bytes[1] < 32 &&
        memchr(next, bytes[2], sizeof next))
        return bytes[2] != 0x12 || begins_text(bytes + 3, size - 3);
    return size && bytes[0] < ' ' &&
           up_word_listed(up_onnx_format.extensions, up_path_extension(path));
}

/* ---------------------------------------------------------------- attributes */

const up_onnx_attribute *up_onnx_find(const up_onnx_node *node, const char *name)
{
    for (int i = 0; i < node->attributes; i++)
        if (strcmp(node->attribute[i].name, name) == 0)
            return &node->attribute[i];
    return NULL;
}

static up_status keep_text(up_tensor_file *file, const up_wire_field *field, const char **text,
                           up_error *error)
{
    if (field->type != UP_WIRE_BYTES)
        return up_onnx_damaged(file, error);
    *text = up_onnx_text(file, field->bytes);
    return *text ? UP_OK : up_tensor_file_no_room(file, error);
}

static up_status read_tensor(up_tensor_file *file, const up_wire_field *field,
                             const up_tensor **tensor, up_error *error)
{
    up_tensor *kept = up_tensor_file_keep(file, 1, sizeof *kept);
    if (!kept)
        return up_tensor_file_no_room(file, error);
    *tensor = kept;
    return up_onnx_read_tensor(file, field->bytes, kept, error);
}

static up_status read_attribute_field(up_tensor_file *file, const up_wire_field *field,
                                      up_onnx_attribute *attribute, up_error *error)
{
    const uint32_t bits = (uint32_t)field->value;
    switch (field->number) {
    case ATTRIBUTE_NAME:
        return keep_text(file, field, &attribute->name, error);
    case FLOAT:
        memcpy(&attribute->number, &bits, sizeof bits);
        return UP_OK;
    case INT:
        attribute->whole = (int64_t)field->value;
        return UP_OK;
    case TEXT:
        return keep_text(file, field, &attribute->text, error);
    case TENSOR:
        return field->type == UP_WIRE_BYTES ? read_tensor(file, field, &attribute->tensor, error)
                                            : up_onnx_damaged(file, error);
    default:
        return UP_OK;
    }
}

static up_status read_attribute(up_tensor_file *file, up_wire wire, up_onnx_attribute *attribute,
                                up_error *error)
{
    up_wire_field field;
    up_wire fields = wire;
    size_t numbers = 0, wholes = 0;
    attribute->name = no_text;
    while (up_wire_next(&fields, &field)) {
        UP_TRY(read_attribute_field(file, &field, attribute, error));
        numbers += field.number == FLOATS;
        wholes += field.number == INTS;
    }
    if (fields.damaged || (numbers && wholes))
        return up_onnx_damaged(file, error);
    const void *list = NULL;
    if (numbers)
        UP_TRY(up_onnx_read_list(file, wire, FLOATS, 4, &list, &attribute->count, error));
    if (numbers) { /* maybe not aligned where it lies */
        float *kept = up_tensor_file_keep(file, attribute->count, sizeof *kept);
        if (!kept)
            return up_tensor_file_no_room(file, error);
        attribute->numbers = memcpy(kept, list, attribute->count * sizeof *kept);
    }
    if (wholes)
        UP_TRY(up_onnx_read_list(file, wire, INTS, 0, &list, &attribute->count, error));
    attribute->wholes = wholes ? list : NULL;
    return UP_OK;
}

/* ---------------------------------------------------------------- nodes */

static up_status keep_names(up_tensor_file *file, up_wire wire, uint32_t number,
                            const char ***names, int *count, up_error *error)
{
    up_wire_field field;
    size_t most;
    up_wire_count(wire, number, &most);
    if (most > MOST_VALUES)
        return up_tensor_file_refuse(file, error, "a node of more than %d values", MOST_VALUES);
    *names = up_tensor_file_keep(file, most, sizeof **names);
    if (!*names)
        return up_tensor_file_no_room(file, error);
    while (up_wire_next(&wire, &field))
        if (field.number == number)
            UP_TRY(keep_text(file, &field, &(*names)[(*count)++], error));
    return UP_OK;
}

static up_status read_node(up_tensor_file *file, up_wire wire, up_onnx_node *node, up_error *error)
{
    up_wire_field field;
    size_t attributes;
    if (!up_wire_count(wire, NODE_ATTRIBUTE, &attributes))
        return up_onnx_damaged(file, error);
    *node = (up_onnx_node){ .op = no_text, .name = no_text, .domain = no_text };
    UP_TRY(keep_names(file, wire, NODE_INPUT, &node->input, &node->inputs, error));
    UP_TRY(keep_names(file, wire, NODE_OUTPUT, &node->output, &node->outputs, error));
    node->attribute = up_tensor_file_keep(file, attributes, sizeof *node->attribute);
    if (!node->attribute)
        return up_tensor_file_no_room(file, error);
    while (up_wire_next(&wire, &field)) {
        const char **text = field.number == NODE_NAME     ? &node->name
                            : field.number == NODE_OP     ? &node->op
                            : field.number == NODE_DOMAIN ? &node->domain
                                                          : NULL;
        if (text)
            UP_TRY(keep_text(file, &field, text, error));
        if (field.number == NODE_ATTRIBUTE && field.type == UP_WIRE_BYTES)
            UP_TRY(read_attribute(file, field.bytes, &node->attribute[node->attributes++], error));
    }
    return UP_OK;
}

/* ---------------------------------------------------------------- inputs and outputs */

/* The bytes of the last field of this number, or none. */
static up_wire inside(up_wire wire, uint32_t number)
{
    up_wire_field field;
    up_wire found = up_wire_of(wire.at, 0);
    while (up_wire_next(&wire, &field))
        if (field.number == number && field.type == UP_WIRE_BYTES)
            found = field.bytes;
    return found;
}

/* ValueInfoProto: name = 1, type = 2 { tensor_type = 1 { elem_type = 1, shape = 2 { dim = 1 {
 * dim_value = 1 } } } }. */
static up_status read_value(up_tensor_file *file, up_wire wire, up_onnx_info *value,
                            up_error *error)
{
    up_wire_field field, dim;
    up_wire tensor = inside(inside(wire, 2), 1), shape = inside(tensor, 2);
    const char *name = up_onnx_text(file, inside(wire, 1));
    if (!name)
        return up_tensor_file_no_room(file, error);
    *value = (up_onnx_info){ .name = name };
    while (up_wire_next(&tensor, &field))
        if (field.number == 1)
            value->type = (int)(field.value & 255);
    while (up_wire_next(&shape, &field)) {
        if (field.number != 1 || field.type != UP_WIRE_BYTES)
            continue;
        if (value->dims == UP_ONNX_DIMS)
            return up_tensor_file_refuse(file, error, "an input or output of more than %d axes",
                                         UP_ONNX_DIMS);
        while (up_wire_next(&field.bytes, &dim))
            if (dim.number == 1 && (int64_t)dim.value > 0)
                value->dim[value->dims] = (int64_t)dim.value;
        value->dims++;
    }
    return tensor.damaged || shape.damaged ? up_onnx_damaged(file, error) : UP_OK;
}

/* ---------------------------------------------------------------- graph */

static up_status add_initializer(up_tensor_file *file, up_wire wire, up_error *error)
{
    up_tensor tensor;
    UP_TRY(up_onnx_read_tensor(file, wire, &tensor, error));
    if (up_tensor_file_count(file) >= UP_ONNX_MOST_NODES)
        return up_tensor_file_refuse(file, error, "more than %d tensors", UP_ONNX_MOST_NODES);
    return up_tensor_file_add(file, &tensor, error);
}

static up_status read_graph_field(up_tensor_file *file, const up_wire_field *field,
                                  up_onnx_graph *graph, up_error *error)
{
    if (field->type != UP_WIRE_BYTES)
        return UP_OK;
    switch (field->number) {
    case NODE:
        return read_node(file, field->bytes, &graph->node[graph->nodes++], error);
    case INITIALIZER:
        return add_initializer(file, field->bytes, error);
    case INPUT:
        return read_value(file, field->bytes, &graph->input[graph->inputs++], error);
    case OUTPUT:
        return read_value(file, field->bytes, &graph->output[graph->outputs++], error);
    case SPARSE:
        return up_tensor_file_refuse(file, error, "sparse tensors are not supported");
    default:
        return UP_OK;
    }
}

static up_status read_graph(up_tensor_file *file, up_wire wire, up_onnx_graph *graph,
                            up_error *error)
{
    up_wire_field field;
    size_t nodes, inputs, outputs;
    if (!up_wire_count(wire, NODE, &nodes) || !up_wire_count(wire, INPUT, &inputs) ||
        !up_wire_count(wire, OUTPUT, &outputs))
        return up_onnx_damaged(file, error);
    if (nodes > UP_ONNX_MOST_NODES || outputs > MOST_VALUES || inputs > UP_ONNX_MOST_NODES)
        return up_tensor_file_refuse(file, error, "more than %d nodes", UP_ONNX_MOST_NODES);
    graph->node = up_tensor_file_keep(file, nodes, sizeof *graph->node);
    graph->input = up_tensor_file_keep(file, inputs, sizeof *graph->input);
    graph->output = up_tensor_file_keep(file, outputs, sizeof *graph->output);
    if (!graph->node || !graph->input || !graph->output)
        return up_tensor_file_no_room(file, error);
    while (up_wire_next(&wire, &field))
        UP_TRY(read_graph_field(file, &field, graph, error));
    return UP_OK;
}

/* ---------------------------------------------------------------- model */

/* OperatorSetIdProto: the version of the default domain. */
static void read_opset(up_wire wire, up_onnx_graph *graph)
{
    up_wire_field field;
    const up_wire domain = inside(wire, 1);
    const bool standard =
        !domain.left || (domain.left == 7 && memcmp(domain.at, "ai.onnx", 7) == 0);
    while (standard && up_wire_next(&wire, &field))
        if (field.number == 2 && field.value < 10000)
            graph->opset = (int)field.value;
}

static up_status add_item(up_tensor_file *file, const char *key, up_wire value, up_error *error)
{
    const char *text = up_onnx_text(file, value);
    if (!text || !key)
        return up_tensor_file_no_room(file, error);
    return up_tensor_file_add_metadata(file, key, text, error);
}

static up_status read_model_field(up_tensor_file *file, const up_wire_field *field,
                                  up_onnx_graph *graph, up_error *error)
{
    if (field->type != UP_WIRE_BYTES)
        return UP_OK;
    switch (field->number) {
    case PRODUCER:
        return add_item(file, "producer", field->bytes, error);
    case PRODUCER_VERSION:
        return add_item(file, "producer_version", field->bytes, error);
    case OPSET:
        read_opset(field->bytes, graph);
        return UP_OK;
    case METADATA:
        return add_item(file, up_onnx_text(file, inside(field->bytes, 1)), inside(field->bytes, 2),
                        error);
    default:
        return UP_OK;
    }
}

static up_status read_onnx(up_tensor_file *file, up_error *error)
{
    size_t size, graphs;
    const unsigned char *bytes = up_tensor_file_data(file, &size);
    const up_wire model = up_wire_of(bytes, size);
    up_wire_field field;
    up_onnx_graph *graph = up_tensor_file_keep(file, 1, sizeof *graph);
    if (!graph)
        return up_tensor_file_no_room(file, error);
    if (!up_wire_count(model, GRAPH, &graphs))
        return up_onnx_damaged(file, error);
    if (graphs != 1)
        return up_tensor_file_refuse(file, error, "there is no graph in it");
    up_tensor_file_set_content(file, graph);
    for (up_wire fields = model; up_wire_next(&fields, &field);)
        UP_TRY(read_model_field(file, &field, graph, error));
    return read_graph(file, inside(model, GRAPH), graph, error);
}

const up_weight_format up_onnx_format = {
    .name = "ONNX",
    .extensions = "onnx",
    .is = is_onnx,
    .read = read_onnx,
};
