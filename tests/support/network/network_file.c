/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "support/network/network_file.h"

#include "support/network/network_rewritten.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_quoted(FILE *out, const char *text, const char *quote)
{
    for (; *text; text++)
        if (*text == '\'')
            fputs(quote, out);
        else
            fputc(*text, out);
}

/* Writes the tensors of `list` as members of the header; how many values they have. */
static size_t put_tensors(FILE *out, const char *list)
{
    size_t end = 0;
    char *copy = strdup(list), *rest = copy, *tensor;
    while ((tensor = strtok_r(rest, " ", &rest))) {
        char *shape = strrchr(tensor, ':');
        cr_assert_not_null(shape);
        *shape++ = '\0';
        size_t count = 1;
        for (char *at = shape; *at; at += *at == ',')
            count *= strtoul(at, &at, 10);
        fprintf(out, ",\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%zu,%zu]}",
                tensor, shape, end * 4, (end + count) * 4);
        end += count;
    }
    free(copy);
    return end;
}

tensor_file network_file(const char *tensors, const char *layers, const char *metadata)
{
    char *header = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&header, &size);
    fputs("{\"__metadata__\":{", out);
    put_quoted(out, metadata, "\"");
    if (layers) {
        fputs(*metadata ? ",\"upscale.layers\":\"" : "\"upscale.layers\":\"", out);
        put_quoted(out, layers, "\\\"");
        fputs("\"", out);
    }
    fputs("}", out);
    size_t count = put_tensors(out, tensors);
    fputs("}", out);
    fclose(out);
    float *values = malloc(count * sizeof *values + 1);
    for (size_t i = 0; i < count; i++)
        values[i] = (float)((int)(i * 7 % 31) - 15) / 64;
    tensor_file file = tensor_file_make(values, count * sizeof *values, "%s", header);
    free(values);
    free(header);
    return file;
}

up_network *network_read(tensor_file bytes, const up_network_hints *hints, up_error *error)
{
    up_tensor_file *file;
    up_network *network;
    cr_assert_eq(up_tensor_file_from_memory(&file, bytes.bytes, bytes.size, "w.safetensors", error),
                 UP_OK, "%s", error->message);
    up_status status = up_network_load(&network, file, hints, error);
    cr_expect_eq(status == UP_OK, network != NULL);
    if (network)
        network_expect_rewritten(network, network->family);
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
    return network;
}

up_network *network_open(const char *path, const up_network_hints *hints)
{
    up_error error = { 0 };
    up_tensor_file *file;
    up_network *network;
    cr_assert_eq(up_tensor_file_open(&file, path, SIZE_MAX, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_network_load(&network, file, hints, &error), UP_OK, "%s", error.message);
    network_expect_rewritten(network, path);
    up_tensor_file_close(&file);
    return network;
}

up_network *network_made(const char *tensors, const char *layers, const char *metadata, int scale)
{
    const up_network_hints hints = { .scale = scale };
    up_error error = { 0 };
    up_network *network = network_read(network_file(tensors, layers, metadata), &hints, &error);
    cr_assert(network, "%s", error.message);
    return network;
}

void expect_refusal(up_network *network, const up_error *error, const char *culprit,
                    const char *reason)
{
    cr_expect_null(network, "should fail with: %s", reason);
    cr_expect(strstr(error->message, culprit), "\"%s\" in: %s", culprit, error->message);
    cr_expect(strstr(error->message, reason), "\"%s\" in: %s", reason, error->message);
    cr_expect_null(strchr(error->message, '\n'));
    up_network_free(&network);
}

void network_refused(tensor_file bytes, const up_network_hints *hints, const char *culprit,
                     const char *reason)
{
    up_error error = { 0 };
    up_network *network = network_read(bytes, hints, &error);
    expect_refusal(network, &error, culprit, reason);
}
