/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "support/network/network_rewritten.h"

#include "network/layer_kind.h"
#include "network/metadata/upscale_layers.h"
#include "support/weights/tensor_data.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- what is the same */

static void expect_values(const float *got, const float *wanted, size_t count, const char *what,
                          int n)
{
    cr_expect_eq(got == NULL, wanted == NULL, "%s: layer %d", what, n);
    if (got && wanted)
        cr_expect_arr_eq(got, wanted, count * sizeof *got, "%s: layer %d", what, n);
}

size_t network_fields_size(const up_layer_kind *kind)
{
    size_t flags = 0; /* they are last */
    for (const up_layer_field *field = kind->field; field && field->key; field++)
        if (field->type == UP_FIELD_FLAG && field->offset + sizeof(bool) > flags)
            flags = field->offset + sizeof(bool);
    return flags ? flags : kind->fields_size;
}

static void expect_node(const up_network_node *got, const up_network_node *wanted, const char *what,
                        int n)
{
    cr_assert_eq(got->kind, wanted->kind, "%s: layer %d is %s, not %s", what, n, got->kind->name,
                 wanted->kind->name);
    cr_assert_eq(got->inputs, wanted->inputs, "%s: layer %d", what, n);
    for (int i = 0; i < got->inputs; i++)
        cr_expect_eq(got->input[i], wanted->input[i], "%s: layer %d", what, n);
    cr_assert_eq(got->channels, wanted->channels, "%s: layer %d", what, n);
    cr_expect_arr_eq(got->size, wanted->size, sizeof got->size, "%s: layer %d", what, n);
    cr_assert_eq(got->weight.count, wanted->weight.count, "%s: layer %d", what, n);
    if (got->kind->fields_size)
        cr_expect_arr_eq(got->fields, wanted->fields, network_fields_size(got->kind),
                         "%s: layer %d", what, n);
    expect_values(got->weight.value, wanted->weight.value, got->weight.count, what, n);
    expect_values(got->bias.value, wanted->bias.value, got->bias.count, what, n);
    expect_values(got->bounds, wanted->bounds, 2 * (size_t)got->channels, what, n);
}

void network_expect_equal(const up_network *got, const up_network *wanted, const char *what)
{
    cr_assert_eq(got->output, wanted->output, "%s", what);
    cr_expect_eq(got->in_channels, wanted->in_channels, "%s", what);
    for (int n = 0; n <= got->output; n++)
        expect_node(&got->node[n], &wanted->node[n], what, n);
    for (int axis = 0; axis < 2; axis++) {
        cr_expect_eq(got->multiple[axis], wanted->multiple[axis], "%s", what);
        cr_expect_eq(got->least[axis], wanted->least[axis], "%s", what);
        cr_expect_eq(got->receptive_field[axis], wanted->receptive_field[axis], "%s", what);
    }
}

/* ---------------------------------------------------------------- as a file */

static void put_tensor(FILE *header, FILE *data, int n, const char *what, const up_values *values)
{
    const long from = ftell(data);
    if (!values->value)
        return;
    fprintf(header, ",\"%d.%s\":{\"dtype\":\"F32\",\"shape\":[", n, what);
    for (int i = 0; i < values->dims; i++)
        fprintf(header, "%s%zu", i ? "," : "", values->shape[i]);
    fwrite(values->value, sizeof *values->value, values->count, data);
    fprintf(header, "],\"data_offsets\":[%ld,%ld]}", from, ftell(data));
}

static char *layers_of(const up_network *network)
{
    char *text = up_network_layers(network, true);
    up_json_writer json = { 0 };
    cr_assert_not_null(text);
    up_json_put_text(&json, text);
    char *quoted = up_json_take(&json);
    cr_assert_not_null(quoted);
    free(text);
    return quoted;
}

static tensor_file file_of(const up_network *network)
{
    char *text = NULL, *values = NULL, *layers = layers_of(network);
    size_t text_size, values_size;
    FILE *header = open_memstream(&text, &text_size), *data = open_memstream(&values, &values_size);
    fprintf(header, "{\"__metadata__\":{\"upscale.channels\":\"%d\",\"upscale.layers\":%s}",
            network->in_channels, layers);
    for (int n = 0; n <= network->output; n++) {
        const up_network_node *node = &network->node[n];
        if (!node->kind->tensors)
            continue;
        put_tensor(header, data, n, "weight", &node->weight);
        put_tensor(header, data, n, "bias", &node->bias);
    }
    fprintf(header, "}");
    fclose(header);
    fclose(data);
    tensor_file file = tensor_file_make(values, values_size, "%s", text);
    free(layers);
    free(text);
    free(values);
    return file;
}

void network_expect_rewritten(const up_network *network, const char *what)
{
    up_error error = { 0 };
    tensor_file bytes = file_of(network);
    up_tensor_file *file;
    up_network *again = NULL;
    cr_assert_eq(
        up_tensor_file_from_memory(&file, bytes.bytes, bytes.size, "again.safetensors", &error),
        UP_OK, "%s: %s", what, error.message);
    cr_assert_eq(up_network_load(&again, file, NULL, &error), UP_OK, "%s: %s", what, error.message);
    network_expect_equal(again, network, what);
    up_network_free(&again);
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
}
