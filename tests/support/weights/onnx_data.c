/* SPDX-License-Identifier: MIT */
#include "support/weights/onnx_data.h"

#include <stdlib.h>
#include <string.h>

static void put(onnx_bytes *to, const void *bytes, size_t size)
{
    if (to->size + size > to->room) {
        to->room = 2 * (to->size + size);
        to->data = realloc(to->data, to->room);
    }
    if (size)
        memcpy(to->data + to->size, bytes, size);
    to->size += size;
}

static void put_varint(onnx_bytes *to, uint64_t value)
{
    do {
        const unsigned char byte = (unsigned char)((value & 127) | (value > 127 ? 128 : 0));
        put(to, &byte, 1);
        value >>= 7;
    } while (value);
}

void onnx_put_whole(onnx_bytes *to, int field, int64_t value)
{
    put_varint(to, (uint64_t)field << 3);
    put_varint(to, (uint64_t)value);
}

void onnx_put_bytes(onnx_bytes *to, int field, const void *bytes, size_t size)
{
    put_varint(to, (uint64_t)field << 3 | 2);
    put_varint(to, size);
    put(to, bytes, size);
}

void onnx_put_text(onnx_bytes *to, int field, const char *text)
{
    onnx_put_bytes(to, field, text, strlen(text));
}

void onnx_put_message(onnx_bytes *to, int field, onnx_bytes *message)
{
    onnx_put_bytes(to, field, message->data, message->size);
    free(message->data);
    *message = (onnx_bytes){ 0 };
}

/* ---------------------------------------------------------------- nodes */

static void put_names(onnx_bytes *to, int field, const char *names)
{
    while (*names) {
        const size_t length = strcspn(names, " ");
        onnx_put_bytes(to, field, names, *names == '-' ? 0 : length);
        names += length + (names[length] == ' ');
    }
}

static void finish_node(onnx_model *model)
{
    if (model->node.size)
        onnx_put_message(&model->graph, 1, &model->node);
}

onnx_model onnx_begin(int opset)
{
    return (onnx_model){ .opset = opset };
}

void onnx_node(onnx_model *model, const char *op, const char *inputs, const char *outputs)
{
    finish_node(model);
    put_names(&model->node, 1, inputs);
    put_names(&model->node, 2, outputs);
    onnx_put_text(&model->node, 4, op);
}

static onnx_bytes attribute(const char *name)
{
    onnx_bytes message = { 0 };
    onnx_put_text(&message, 1, name);
    return message;
}

void onnx_whole(onnx_model *model, const char *name, int64_t value)
{
    onnx_bytes message = attribute(name);
    onnx_put_whole(&message, 3, value);
    onnx_put_message(&model->node, 5, &message);
}

void onnx_real(onnx_model *model, const char *name, float value)
{
    onnx_bytes message = attribute(name);
    put_varint(&message, 2 << 3 | 5);
    put(&message, &value, sizeof value);
    onnx_put_message(&model->node, 5, &message);
}

void onnx_text(onnx_model *model, const char *name, const char *value)
{
    onnx_bytes message = attribute(name);
    onnx_put_text(&message, 4, value);
    onnx_put_message(&model->node, 5, &message);
}

/* Packed or not, which readers must both take. */
void onnx_wholes(onnx_model *model, const char *name, int count, const int64_t *values)
{
    onnx_bytes message = attribute(name), packed = { 0 };
    for (int i = 0; i < count; i++)
        if (count % 2)
            onnx_put_whole(&message, 8, values[i]);
        else
            put_varint(&packed, (uint64_t)values[i]);
    if (packed.size)
        onnx_put_message(&message, 8, &packed);
    onnx_put_message(&model->node, 5, &message);
}

/* ---------------------------------------------------------------- values */

void onnx_input(onnx_model *model, const char *name, int rank, const int64_t *shape)
{
    onnx_bytes dims = { 0 }, tensor = { 0 }, type = { 0 }, value = { 0 };
    finish_node(model);
    for (int d = 0; d < rank; d++) {
        onnx_bytes dim = { 0 };
        if (shape[d])
            onnx_put_whole(&dim, 1, shape[d]);
        else
            onnx_put_text(&dim, 2, "open");
        onnx_put_message(&dims, 1, &dim);
    }
    onnx_put_whole(&tensor, 1, 1);
    onnx_put_message(&tensor, 2, &dims);
    onnx_put_message(&type, 1, &tensor);
    onnx_put_text(&value, 1, name);
    onnx_put_message(&value, 2, &type);
    onnx_put_message(&model->graph, 11, &value);
}

void onnx_output(onnx_model *model, const char *name)
{
    onnx_bytes value = { 0 };
    finish_node(model);
    onnx_put_text(&value, 1, name);
    onnx_put_message(&model->graph, 12, &value);
}

void onnx_floats(onnx_model *model, const char *name, int rank, const int64_t *shape,
                 const float *values)
{
    onnx_bytes tensor = { 0 };
    size_t count = 1;
    for (int d = 0; d < rank; d++) {
        onnx_put_whole(&tensor, 1, shape[d]);
        count *= (size_t)shape[d];
    }
    onnx_put_whole(&tensor, 2, 1);
    onnx_put_text(&tensor, 8, name);
    onnx_put_bytes(&tensor, 9, values, count * sizeof *values);
    onnx_tensor(model, &tensor);
}

void onnx_indices(onnx_model *model, const char *name, int count, const int64_t *values)
{
    onnx_bytes tensor = { 0 }, packed = { 0 };
    for (int i = 0; i < count; i++)
        put_varint(&packed, (uint64_t)values[i]);
    onnx_put_whole(&tensor, 1, count);
    onnx_put_whole(&tensor, 2, 7);
    onnx_put_text(&tensor, 8, name);
    onnx_put_message(&tensor, 7, &packed);
    onnx_tensor(model, &tensor);
}

void onnx_tensor(onnx_model *model, onnx_bytes *tensor)
{
    finish_node(model);
    onnx_put_message(&model->graph, 5, tensor);
}

onnx_bytes onnx_end(onnx_model *model)
{
    onnx_bytes file = { 0 }, opset = { 0 };
    finish_node(model);
    onnx_put_whole(&file, 1, 8);
    onnx_put_text(&file, 2, "tests");
    onnx_put_message(&file, 7, &model->graph);
    onnx_put_text(&opset, 1, "");
    onnx_put_whole(&opset, 2, model->opset);
    onnx_put_message(&file, 8, &opset);
    return file;
}
