/* SPDX-License-Identifier: MIT */
/* Arithmetic on constants, number by number. */

#include "network/onnx/onnx_ops.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

enum { MOST_OPERANDS = 3 };

/* ---------------------------------------------------------------- functions */

#define ONE(name, expression)                                                                      \
    static double name(const double *v)                                                            \
    {                                                                                              \
        return expression;                                                                         \
    }

ONE(sum, v[0] + v[1])
ONE(difference, v[0] - v[1])
ONE(product, v[0] * v[1])
ONE(ratio, v[0] / v[1])
ONE(power, pow(v[0], v[1]))
ONE(least, v[0] < v[1] ? v[0] : v[1])
ONE(greatest, v[0] > v[1] ? v[0] : v[1])
ONE(remainder_of, v[0] - floor(v[0] / v[1]) * v[1])
ONE(is_equal, v[0] == v[1])
ONE(is_greater, v[0] > v[1])
ONE(is_less, v[0] < v[1])
ONE(is_not_less, v[0] >= v[1])
ONE(is_not_greater, v[0] <= v[1])
ONE(both, v[0] != 0 && v[1] != 0)
ONE(either, v[0] != 0 || v[1] != 0)
ONE(none, v[0] == 0)
ONE(choice, v[0] != 0 ? v[1] : v[2])
ONE(negative, -v[0])
ONE(root, sqrt(v[0]))
ONE(magnitude, fabs(v[0]))
ONE(inverse, 1 / v[0])
ONE(exponential, exp(v[0]))
ONE(logarithm, log(v[0]))
ONE(down, floor(v[0]))
ONE(up, ceil(v[0]))
ONE(nearest, nearbyint(v[0]))

typedef enum { LIKE_INPUT, LIKE_SECOND, WHOLE } result_type;

typedef struct {
    const char *op;
    double (*function)(const double *v);
    int operands;
    bool many; /* or any number of them, one after the other */
    result_type type;
} arithmetic;

static const arithmetic kinds[] = {
    { "Add", sum, 2, false, LIKE_INPUT },
    { "Sub", difference, 2, false, LIKE_INPUT },
    { "Mul", product, 2, false, LIKE_INPUT },
    { "Div", ratio, 2, false, LIKE_INPUT },
    { "Pow", power, 2, false, LIKE_INPUT },
    { "Mod", remainder_of, 2, false, LIKE_INPUT },
    { "Sum", sum, 2, true, LIKE_INPUT },
    { "Min", least, 2, true, LIKE_INPUT },
    { "Max", greatest, 2, true, LIKE_INPUT },
    { "Equal", is_equal, 2, false, WHOLE },
    { "Greater", is_greater, 2, false, WHOLE },
    { "Less", is_less, 2, false, WHOLE },
    { "GreaterOrEqual", is_not_less, 2, false, WHOLE },
    { "LessOrEqual", is_not_greater, 2, false, WHOLE },
    { "And", both, 2, false, WHOLE },
    { "Or", either, 2, false, WHOLE },
    { "Not", none, 1, false, WHOLE },
    { "Where", choice, 3, false, LIKE_SECOND },
    { "Neg", negative, 1, false, LIKE_INPUT },
    { "Sqrt", root, 1, false, LIKE_INPUT },
    { "Abs", magnitude, 1, false, LIKE_INPUT },
    { "Reciprocal", inverse, 1, false, LIKE_INPUT },
    { "Exp", exponential, 1, false, LIKE_INPUT },
    { "Log", logarithm, 1, false, LIKE_INPUT },
    { "Floor", down, 1, false, LIKE_INPUT },
    { "Ceil", up, 1, false, LIKE_INPUT },
    { "Round", nearest, 1, false, LIKE_INPUT },
};

/* ---------------------------------------------------------------- broadcasting */

/* The shape that operands come to when each is spread over the others. */
static up_status spread(const up_onnx *onnx, const up_onnx_constant *const *operand, int count,
                        int *dims, size_t *shape)
{
    *dims = 0;
    for (int i = 0; i < count; i++)
        *dims = up_max(*dims, operand[i]->dims);
    for (int d = 0; d < *dims; d++) {
        shape[d] = 1;
        for (int i = 0; i < count; i++) {
            const int at = d - (*dims - operand[i]->dims);
            const size_t size = at < 0 ? 1 : operand[i]->shape[at];
            if (size != 1 && shape[d] != 1 && size != shape[d])
                return up_onnx_refuse(onnx, "its constants have shapes that do not go together");
            shape[d] = size == 1 ? shape[d] : size;
        }
    }
    return UP_OK;
}

/* Where the operand has the number for element `i` of a result. */
static size_t place(const up_onnx_constant *operand, const up_onnx_constant *result, size_t i)
{
    size_t at = 0, stride = 1;
    for (int d = result->dims, own = operand->dims; own-- > 0;) {
        d--;
        if (operand->shape[own] > 1)
            at += i % result->shape[d] * stride;
        stride *= operand->shape[own];
        i /= result->shape[d];
    }
    return at;
}

static up_status apply(up_onnx *onnx, const arithmetic *kind,
                       const up_onnx_constant *const *operand, up_onnx_constant **result)
{
    size_t shape[UP_ONNX_RANK];
    int dims, probes = 1;
    for (int i = 0; i < kind->operands; i++) {
        UP_TRY(up_onnx_numbers(onnx, operand[i]));
        probes = up_max(probes, operand[i]->probes);
    }
    UP_TRY(spread(onnx, operand, kind->operands, &dims, shape));
    UP_TRY(up_onnx_new_constant(onnx, dims, shape, probes, result));
    up_onnx_constant *made = *result;
    made->integer = kind->type == WHOLE || operand[kind->type == LIKE_SECOND]->integer;
    for (int p = 0; p < probes; p++)
        for (size_t i = 0; i < made->count; i++) {
            double v[MOST_OPERANDS];
            for (int k = 0; k < kind->operands; k++)
                v[k] = operand[k]
                           ->number[(operand[k]->probes > 1 ? (size_t)p : 0) * operand[k]->count +
                                    place(operand[k], made, i)];
            const double value = kind->function(v);
            made->number[(size_t)p * made->count + i] = made->integer ? trunc(value) : value;
        }
    return UP_OK;
}

static const arithmetic *find_kind(const char *op)
{
    size_t i = 0;
    while (strcmp(kinds[i].op, op) != 0)
        i++;
    return &kinds[i];
}

up_status up_onnx_fold_arithmetic(up_onnx *onnx)
{
    const arithmetic *kind = find_kind(onnx->node->op);
    const up_onnx_constant *operand[MOST_OPERANDS] = { NULL };
    up_onnx_constant *result = NULL;
    const int inputs = onnx->node->inputs;
    if (kind->many ? inputs < 1 : inputs != kind->operands)
        return up_onnx_refuse(onnx, "cannot work on %d inputs", inputs);
    for (int i = 0; i < inputs; i++)
        if (!up_onnx_constant_input(onnx, i))
            return up_onnx_refuse(onnx, "its input %d is missing", i);
    for (int i = 0; i < kind->operands; i++)
        operand[i] = up_onnx_constant_input(onnx, up_min(i, inputs - 1));
    if (inputs == 1 && kind->many)
        return up_onnx_set(onnx, 0, (up_onnx_value){ .constant = operand[0] });
    UP_TRY(apply(onnx, kind, operand, &result));
    for (int i = kind->operands; i < inputs; i++) {
        operand[0] = result;
        operand[1] = up_onnx_constant_input(onnx, i);
        UP_TRY(apply(onnx, kind, operand, &result));
    }
    return up_onnx_set(onnx, 0, (up_onnx_value){ .constant = result });
}

/* ---------------------------------------------------------------- other types */

static bool is_real_type(int64_t type)
{
    return type == UP_ONNX_FLOAT || type == UP_ONNX_FLOAT16 || type == UP_ONNX_DOUBLE ||
           type == UP_ONNX_BFLOAT16;
}

up_status up_onnx_fold_cast(up_onnx *onnx)
{
    const up_onnx_constant *from = up_onnx_constant_input(onnx, 0);
    const bool real = is_real_type(up_onnx_whole(onnx, "to", 0));
    up_onnx_constant *to;
    if (!from)
        return up_onnx_refuse(onnx, "has no input");
    if (real == !from->integer)
        return up_onnx_set(onnx, 0, (up_onnx_value){ .constant = from });
    UP_TRY(up_onnx_numbers(onnx, from));
    UP_TRY(up_onnx_keep(onnx, 1, sizeof *to, &to));
    *to = *from;
    to->tensor = NULL;
    to->in_file = false;
    to->integer = !real;
    const size_t count = from->count * (size_t)from->probes;
    UP_TRY(up_onnx_keep(onnx, count, sizeof *to->number, &to->number));
    for (size_t i = 0; i < count; i++)
        to->number[i] = real ? from->number[i] : trunc(from->number[i]);
    return up_onnx_set(onnx, 0, (up_onnx_value){ .constant = to });
}

up_status up_onnx_cast(up_onnx *onnx)
{
    if (!is_real_type(up_onnx_whole(onnx, "to", 0)))
        return up_onnx_refuse(onnx, "makes whole numbers of a picture");
    return up_onnx_pass(onnx);
}

up_status up_onnx_pass(up_onnx *onnx)
{
    const up_onnx_value *value = up_onnx_input(onnx, 0);
    return value ? up_onnx_set(onnx, 0, *value) : up_onnx_refuse(onnx, "has no input");
}

/* A scalar or list of an attribute. */
static up_status list_constant(up_onnx *onnx, const up_onnx_attribute *attribute)
{
    const bool list = attribute->wholes || attribute->numbers;
    const size_t count = list ? attribute->count : 1;
    const bool integer = strncmp(attribute->name, "value_int", 9) == 0;
    up_onnx_constant *made;
    UP_TRY(up_onnx_new_constant(onnx, attribute->name[strlen(attribute->name) - 1] == 's', &count,
                                1, &made));
    made->integer = integer;
    for (size_t i = 0; i < made->count; i++)
        made->number[i] = attribute->wholes    ? (double)attribute->wholes[i]
                          : attribute->numbers ? (double)attribute->numbers[i]
                          : integer            ? (double)attribute->whole
                                               : (double)attribute->number;
    return up_onnx_set(onnx, 0, (up_onnx_value){ .constant = made });
}

up_status up_onnx_fold_constant(up_onnx *onnx)
{
    static const char *const lists[] = { "value_float", "value_floats", "value_int", "value_ints" };
    const up_onnx_attribute *value = up_onnx_find(onnx->node, "value");
    const up_onnx_constant *made;
    if (value && value->tensor) {
        UP_TRY(up_onnx_tensor_constant(onnx, value->tensor, false, &made));
        return up_onnx_set(onnx, 0, (up_onnx_value){ .constant = made });
    }
    for (int i = 0; i < 4; i++)
        if ((value = up_onnx_find(onnx->node, lists[i])))
            return list_constant(onnx, value);
    return up_onnx_refuse(onnx, "is a constant of another kind than numbers");
}
