/* SPDX-License-Identifier: MIT */
/* Arithmetic with blobs, with numbers of the file, and of one blob alone. */

#include "network/ncnn/ncnn_layer.h"

#include <math.h>

#include "base/memory.h"

enum { ADD, SUB, MUL, DIV, MAX, MIN, POW, RSUB, RDIV, RPOW };

/* a op b; the operations that begin with R are b op a. */
typedef struct {
    int op;
    bool swapped;
} operation;

static up_status take_operation(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                                operation *with)
{
    static const int plain[] = { [RSUB] = SUB, [RDIV] = DIV, [RPOW] = POW };
    int op;
    if (!up_ncnn_whole(layer, 0, ADD, &op) || op < ADD || op > RPOW)
        return up_ncnn_refuse(reader, layer, "its operation cannot be run (parameter 0)");
    with->swapped = op >= RSUB;
    with->op = op >= RSUB ? plain[op] : op;
    return UP_OK;
}

/* ---------------------------------------------------------------- with numbers */

/* factor[c] * x + offset[c] for numbers k[c]: one of the first four operations. */
static void linear(operation with, float k, float *factor, float *offset)
{
    *factor = with.op == MUL                   ? k
              : with.op == DIV && with.swapped ? k
              : with.op == DIV                 ? 1 / k
              : with.op == SUB && with.swapped ? -1
                                               : 1;
    *offset = with.op == ADD || (with.op == SUB && with.swapped) ? k : with.op == SUB ? -k : 0;
}

static up_status add_linear(up_ncnn_reader *reader, const up_ncnn_layer *layer, operation with,
                            const up_values *number, int *node)
{
    up_node_spec spec = { .fields = NULL };
    float *factor, *offset;
    if (with.op == DIV && with.swapped)
        UP_TRY(up_ncnn_add(reader, layer, &up_layer_reciprocal, NULL, node));
    UP_TRY(up_network_new_values(reader->builder, 1, &number->count, &spec.weight, &factor));
    UP_TRY(up_network_new_values(reader->builder, 1, &number->count, &spec.bias, &offset));
    for (size_t c = 0; c < number->count; c++) {
        linear(with, number->value[c], &factor[c], &offset[c]);
        if (!isfinite(factor[c]) || !isfinite(offset[c]))
            return up_ncnn_refuse(reader, layer, "divides by zero");
    }
    return up_ncnn_add_spec(reader, layer, &up_layer_affine, &spec, node);
}

static up_status add_numbers(up_ncnn_reader *reader, const up_ncnn_layer *layer, operation with,
                             const up_values *number, int *node)
{
    if (with.op <= DIV)
        return add_linear(reader, layer, with, number, node);
    if (number->count != 1)
        return up_ncnn_refuse(reader, layer, "another bound or power for each channel");
    const float k = *number->value;
    if (with.op == MAX)
        return up_ncnn_add(reader, layer, &up_layer_clip, &(up_clip){ k, INFINITY }, node);
    if (with.op == MIN)
        return up_ncnn_add(reader, layer, &up_layer_clip, &(up_clip){ -INFINITY, k }, node);
    if (!with.swapped)
        return up_ncnn_add(reader, layer, &up_layer_power, &(up_power){ k }, node);
    if (k <= 0)
        return up_ncnn_refuse(reader, layer, "powers of zero or less");
    UP_TRY(up_ncnn_add_affine(reader, layer, logf(k), 0, node));
    return up_ncnn_add(reader, layer, &up_layer_exp, NULL, node);
}

/* One number, or one for each channel. */
static bool spreads(const up_values *number, const up_layer_shape *shape)
{
    const bool vector = number->dims == 1, pixel = number->shape[0] == number->count;
    return number->count == 1 ||
           ((vector || (number->dims == 3 && pixel)) && number->count == (size_t)shape->channels);
}

static up_status make_with_numbers(up_ncnn_reader *reader, const up_ncnn_layer *layer,
                                   operation with, const up_ncnn_blob *in, const up_values *number)
{
    const up_layer_shape shape = up_network_shape(reader->builder->network, in->node);
    const int dims = in->dims;
    int node = in->node;
    if (!spreads(number, &shape))
        return up_ncnn_refuse(reader, layer,
                              "numbers that are not one for all or one for each channel");
    UP_TRY(add_numbers(reader, layer, with, number, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

/* ---------------------------------------------------------------- of two */

/* A vector goes with channels, where their numbers agree. */
static up_status check_vectors(const up_ncnn_reader *reader, const up_ncnn_layer *layer,
                               const up_ncnn_blob *a, const up_ncnn_blob *b)
{
    const up_ncnn_blob *vector = a->dims < b->dims ? a : b, *other = a->dims < b->dims ? b : a;
    const up_network *network = reader->builder->network;
    const int channels = up_network_shape(network, vector->node).channels;
    if (vector->dims == other->dims || channels == 1 ||
        channels == up_network_shape(network, other->node).channels)
        return UP_OK;
    return up_ncnn_refuse(reader, layer, "a vector that is not one number for each channel");
}

static up_status make_of_two(up_ncnn_reader *reader, const up_ncnn_layer *layer, operation with)
{
    static const up_layer_kind *const kinds[] = { &up_layer_add,     &up_layer_sub,
                                                  &up_layer_mul,     &up_layer_div,
                                                  &up_layer_maximum, &up_layer_minimum };
    const up_ncnn_blob *a, *b;
    UP_TRY(up_ncnn_input(reader, layer, with.swapped, &a));
    UP_TRY(up_ncnn_input(reader, layer, !with.swapped, &b));
    if (with.op == POW)
        return up_ncnn_refuse(reader, layer, "a power that is no number");
    UP_TRY(check_vectors(reader, layer, a, b));
    const int dims = up_max(a->dims, b->dims);
    int node = a->node;
    UP_TRY(up_ncnn_add_two(reader, layer, kinds[with.op], NULL, b->node, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

up_status up_ncnn_make_binary(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    operation with;
    int scalar;
    float number;
    UP_TRY(take_operation(reader, layer, &with));
    UP_TRY(up_ncnn_take_whole(reader, layer, 1, 0, 0, 1, &scalar));
    UP_TRY(up_ncnn_take_number(reader, layer, 2, 0, &number));
    if (layer->bottoms != (scalar ? 1 : 2))
        return up_ncnn_refuse(reader, layer, "cannot work on %d blobs", layer->bottoms);
    const up_values one = { .value = &number, .dims = 1, .shape = { 1 }, .count = 1 };
    const up_ncnn_blob *a = &reader->blob[layer->bottom[0]];
    const up_ncnn_blob *b = &reader->blob[layer->bottom[scalar ? 0 : 1]];
    if (!scalar && !a->number.value && b->number.value)
        return make_with_numbers(reader, layer, with, a, &b->number);
    if (!scalar && a->number.value && !b->number.value) {
        with.swapped = !with.swapped;
        return make_with_numbers(reader, layer, with, b, &a->number);
    }
    if (!scalar)
        return make_of_two(reader, layer, with);
    UP_TRY(up_ncnn_input(reader, layer, 0, &a));
    return make_with_numbers(reader, layer, with, a, &one);
}

/* ---------------------------------------------------------------- of any number */

enum { PRODUCT, SUM, GREATEST };

/* Its inputs, times what they count. */
static up_status take_terms(up_ncnn_reader *reader, const up_ncnn_layer *layer,
                            const up_ncnn_parameter *factors, int *input)
{
    for (int i = 0; i < layer->bottoms; i++) {
        const up_ncnn_blob *blob;
        UP_TRY(up_ncnn_input(reader, layer, i, &blob));
        input[i] = blob->node;
        if (factors)
            UP_TRY(up_ncnn_add_affine(reader, layer, (float)factors->value[i], 0, &input[i]));
    }
    return UP_OK;
}

up_status up_ncnn_make_eltwise(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    static const up_layer_kind *const kinds[] = { &up_layer_mul, &up_layer_add, &up_layer_maximum };
    const up_ncnn_parameter *factors;
    int op, node = UP_NETWORK_INPUT;
    UP_TRY(up_ncnn_take_whole(reader, layer, 0, PRODUCT, PRODUCT, GREATEST, &op));
    UP_TRY(up_ncnn_take_list(reader, layer, 1, &factors));
    factors = op == SUM ? factors : NULL;
    if (factors && factors->count != layer->bottoms)
        return up_ncnn_refuse(reader, layer, "%d factors for %d blobs", factors->count,
                              layer->bottoms);
    int *input = up_alloc((size_t)layer->bottoms, sizeof *input);
    if (!input)
        return up_fail_memory(reader->builder->error, "a layer",
                              (size_t)layer->bottoms * sizeof *input);
    up_status status = take_terms(reader, layer, factors, input);
    const up_node_spec spec = { .input = input, .inputs = layer->bottoms };
    if (status == UP_OK)
        status = up_ncnn_add_spec(reader, layer, kinds[op], &spec, &node);
    up_free(input);
    up_ncnn_made(reader, layer, node, reader->blob[layer->bottom[0]].dims);
    return status;
}

/* ---------------------------------------------------------------- of one */

enum { ABS, NEG, SQUARE = 4, SQRT, RSQRT, EXP, LOG, RECIPROCAL = 15, TANH, LOG10 };

static up_status add_unary(up_ncnn_reader *reader, const up_ncnn_layer *layer, int op, int *node)
{
    switch (op) {
    case ABS:
        return up_ncnn_add(reader, layer, &up_layer_abs, NULL, node);
    case NEG:
        return up_ncnn_add_affine(reader, layer, -1, 0, node);
    case SQUARE:
        return up_ncnn_add_two(reader, layer, &up_layer_mul, NULL, *node, node);
    case SQRT:
        return up_ncnn_add(reader, layer, &up_layer_sqrt, NULL, node);
    case RSQRT:
        UP_TRY(up_ncnn_add(reader, layer, &up_layer_sqrt, NULL, node));
        return up_ncnn_add(reader, layer, &up_layer_reciprocal, NULL, node);
    case EXP:
        return up_ncnn_add(reader, layer, &up_layer_exp, NULL, node);
    case LOG:
        return up_ncnn_add(reader, layer, &up_layer_log, NULL, node);
    case RECIPROCAL:
        return up_ncnn_add(reader, layer, &up_layer_reciprocal, NULL, node);
    case TANH:
        return up_ncnn_add(reader, layer, &up_layer_tanh, NULL, node);
    case LOG10:
        UP_TRY(up_ncnn_add(reader, layer, &up_layer_log, NULL, node));
        return up_ncnn_add_affine(reader, layer, 0.4342944819f, 0, node);
    default:
        return up_ncnn_refuse(reader, layer, "its operation %d cannot be run", op);
    }
}

up_status up_ncnn_make_unary(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    int node, dims;
    int op;
    UP_TRY(up_ncnn_begin(reader, layer, &node, &dims));
    UP_TRY(up_ncnn_take_whole(reader, layer, 0, ABS, ABS, UP_MOST_PARAMETER, &op));
    UP_TRY(add_unary(reader, layer, op, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

/* factor * x + offset, by parameters 1 and 2, times `times`. */
static up_status add_scaled(up_ncnn_reader *reader, const up_ncnn_layer *layer, float times,
                            int *node)
{
    float factor, offset;
    UP_TRY(up_ncnn_take_number(reader, layer, 1, 1, &factor));
    UP_TRY(up_ncnn_take_number(reader, layer, 2, 0, &offset));
    return up_ncnn_add_affine(reader, layer, factor * times, offset * times, node);
}

up_status up_ncnn_make_power(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    int node, dims;
    up_power power;
    UP_TRY(up_ncnn_begin(reader, layer, &node, &dims));
    UP_TRY(up_ncnn_take_number(reader, layer, 0, 1, &power.exponent));
    UP_TRY(add_scaled(reader, layer, 1, &node));
    if (power.exponent != 1)
        UP_TRY(up_ncnn_add(reader, layer, &up_layer_power, &power, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

/* The natural logarithm of the base, parameter 0, of which -1 means e. */
static up_status take_base(const up_ncnn_reader *reader, const up_ncnn_layer *layer, float *log)
{
    float base;
    UP_TRY(up_ncnn_take_number(reader, layer, 0, -1, &base));
    *log = base == -1 ? 1 : logf(base);
    return isfinite(*log) && *log != 0 ? UP_OK : up_ncnn_refuse(reader, layer, "a bad base");
}

up_status up_ncnn_make_exp(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    int node, dims;
    float base;
    UP_TRY(up_ncnn_begin(reader, layer, &node, &dims));
    UP_TRY(take_base(reader, layer, &base));
    UP_TRY(add_scaled(reader, layer, base, &node));
    UP_TRY(up_ncnn_add(reader, layer, &up_layer_exp, NULL, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}

up_status up_ncnn_make_log(up_ncnn_reader *reader, const up_ncnn_layer *layer)
{
    int node, dims;
    float base;
    UP_TRY(up_ncnn_begin(reader, layer, &node, &dims));
    UP_TRY(take_base(reader, layer, &base));
    UP_TRY(add_scaled(reader, layer, 1, &node));
    UP_TRY(up_ncnn_add(reader, layer, &up_layer_log, NULL, &node));
    UP_TRY(up_ncnn_add_affine(reader, layer, 1 / base, 0, &node));
    up_ncnn_made(reader, layer, node, dims);
    return UP_OK;
}
