/* SPDX-License-Identifier: MIT */
/* Both convolutions against PyTorch, op by op. */
#include "support/reference/conv_check.h"
#include "support/reference/golden.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void read_pair(int pair[2], const json_t *golden, const char *key)
{
    for (int a = 0; a < 2; a++)
        pair[a] = (int)json_integer_value(json_array_get(json_object_get(golden, key), a));
}

static up_edge edge_of(const json_t *golden)
{
    const char *mode = json_string_value(json_object_get(golden, "padding_mode"));
    if (mode && strcmp(mode, "replicate") == 0)
        return UP_EDGE_CLAMP;
    return mode && strcmp(mode, "reflect") == 0 ? UP_EDGE_REFLECT : UP_EDGE_ZERO;
}

static up_conv read_conv(const json_t *golden, bool transposed, const ndarray *weight,
                         const ndarray *bias)
{
    int groups = (int)json_integer_value(json_object_get(golden, "groups"));
    up_conv conv = { .transposed = transposed,
                     .groups = groups,
                     .in_channels = transposed ? weight->shape[0] : weight->shape[1] * groups,
                     .out_channels = transposed ? weight->shape[1] * groups : weight->shape[0],
                     .weight = weight->data,
                     .bias = bias->data,
                     .edge = edge_of(golden) };
    read_pair(conv.kernel, golden, "kernel");
    read_pair(conv.stride, golden, "stride");
    read_pair(conv.pad_before, golden, "padding");
    read_pair(conv.pad_after, golden, "padding");
    read_pair(conv.dilation, golden, "dilation");
    if (transposed)
        read_pair(conv.output_padding, golden, "output_padding");
    return conv;
}

/* All images of the batch. */
static ndarray run_batch(const up_op *op, const ndarray *x, const ndarray *reference)
{
    ndarray out = ndarray_make("f4", 4, reference->shape);
    for (int n = 0; n < x->shape[0]; n++) {
        tensor in = { x->shape[1], x->shape[2], x->shape[3], x->data };
        in.data += n * tensor_size(&in);
        tensor made = run_op(op, &in);
        cr_assert_eq(tensor_size(&made) * x->shape[0], out.count);
        memcpy((float *)out.data + n * tensor_size(&made), made.data,
               tensor_size(&made) * sizeof(float));
        tensor_free(&made);
    }
    return out;
}

static void check_layer(const char *group, const json_t *golden, bool transposed)
{
    const char *id = golden_text(golden, "id");
    ndarray x = golden_load(group, golden, "x"), weight = golden_load(group, golden, "w");
    ndarray reference = golden_load(group, golden, "ref"), bias = { 0 };
    if (json_is_string(json_object_get(golden, "b")))
        bias = golden_load(group, golden, "b");
    up_conv conv = read_conv(golden, transposed, &weight, &bias);
    up_shape shape = { x.shape[3], x.shape[2], x.shape[1], sizeof(float), false };
    up_op *op = NULL;
    up_error error = { 0 };
    up_status status = up_conv_plan(&op, &shape, &conv, &error);
    cr_assert_eq(status, UP_OK, "%s: %s", id, error.message);
    ndarray got = run_batch(op, &x, &reference);
    bool exact = json_is_true(json_object_get(golden, "integer_valued"));
    ndarray_expect(&got, &reference, exact ? 0 : golden_tolerance(golden, &reference), id);
    ndarray_free(&got);
    up_op_destroy(&op);
    ndarray_free(&x);
    ndarray_free(&weight);
    ndarray_free(&bias);
    ndarray_free(&reference);
}

static void check_conv2d(const json_t *golden)
{
    if (strcmp(golden_text(golden, "op"), "conv2d") == 0)
        check_layer("conv_net", golden, false);
}

static void check_conv_transpose2d(const json_t *golden)
{
    check_layer("conv_transpose2d", golden, true);
}

Test(golden_conv, conv2d)
{
    golden_each("conv_net", "cases", check_conv2d);
}

Test(golden_conv, conv_transpose2d)
{
    golden_each("conv_transpose2d", "cases", check_conv_transpose2d);
}
