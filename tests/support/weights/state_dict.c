/* SPDX-License-Identifier: MIT */
#include "support/weights/state_dict.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------- state dicts */

void keys_begin(keys *k)
{
    k->metadata = NULL;
    k->out = open_memstream(&k->text, &k->size);
}

void keys_put(keys *k, const char *tensors, ...)
{
    va_list args;
    va_start(args, tensors);
    fputc(' ', k->out);
    vfprintf(k->out, tensors, args);
    va_end(args);
}

void keys_conv(keys *k, int out, int in, int size, const char *name, ...)
{
    char key[128];
    va_list args;
    va_start(args, name);
    vsnprintf(key, sizeof key, name, args);
    va_end(args);
    keys_put(k, "%s.weight:%d,%d,%d,%d %s.bias:%d", key, out, in, size, size, key, out);
}

up_network *state_read(tensor_file bytes, const up_network_hints *hints, up_error *error)
{
    up_tensor_file *file;
    up_network *network = NULL;
    cr_assert_eq(up_tensor_file_from_memory(&file, bytes.bytes, bytes.size, "w.safetensors", error),
                 UP_OK, "%s", error->message);
    up_network_load(&network, file, hints, error);
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
    return network;
}

tensor_file keys_file(keys *k)
{
    fclose(k->out);
    tensor_file file =
        network_file(k->text + strspn(k->text, " "), NULL, k->metadata ? k->metadata : "");
    free(k->text);
    return file;
}

up_network *state_made(keys *k, const up_network_hints *hints)
{
    up_error error = { 0 };
    up_network *network = state_read(keys_file(k), hints, &error);
    cr_assert(network, "%s", error.message);
    return network;
}

void state_refused(keys *k, const up_network_hints *hints, const char *culprit, const char *reason)
{
    up_error error = { 0 };
    up_network *network = state_read(keys_file(k), hints, &error);
    expect_refusal(network, &error, culprit, reason);
}

/* -------------------------------------------------------------- what is expected */

void expect_figures(const up_network *network, figures wanted)
{
    const char *family = wanted.family;
    cr_expect_str_eq(network->family, family);
    cr_expect_eq(network->in_channels, wanted.in, "%s: %d in", family, network->in_channels);
    cr_expect_eq(network->out_channels, wanted.out, "%s: %d out", family, network->out_channels);
    for (int axis = 0; axis < 2; axis++) {
        cr_expect_eq(network->scale[axis], wanted.scale, "%s: scale %d", family,
                     network->scale[axis]);
        cr_expect_eq(network->reduction[axis], 1, "%s", family);
        cr_expect_eq(network->missing[axis], wanted.missing, "%s: %d are missing", family,
                     network->missing[axis]);
        cr_expect_eq(network->surplus[axis], 0, "%s: %d are too many", family,
                     network->surplus[axis]);
        cr_expect_eq(network->multiple[axis], wanted.multiple ? wanted.multiple : 1,
                     "%s: multiple of %d", family, network->multiple[axis]);
        cr_expect_eq(network->least[axis], wanted.least ? wanted.least : 1, "%s: least %d", family,
                     network->least[axis]);
    }
}

int count_of(const up_network *network, const up_layer_kind *kind)
{
    int count = 0;
    for (int i = 0; i < network->nodes; i++)
        count += network->node[i].kind == kind;
    return count;
}

void expect_kinds(const up_network *network, const char *kinds)
{
    char got[1024] = "";
    for (int i = 0; i < network->nodes; i++) {
        strcat(got, i ? " " : "");
        strcat(got, network->node[i].kind->name);
    }
    cr_expect_str_eq(got, kinds, "%s: %s", network->family, got);
}

void state_expect(keys *k, const up_network_hints *hints, figures wanted, const char *kinds)
{
    up_network *network = state_made(k, hints);
    expect_figures(network, wanted);
    if (kinds)
        expect_kinds(network, kinds);
    up_network_free(&network);
}
