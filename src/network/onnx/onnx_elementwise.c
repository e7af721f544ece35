/* SPDX-License-Identifier: MIT */
/* Arithmetic of pictures, with each other and with constants. */

#include "network/onnx/onnx_ops.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- of two pictures */

/* Axes counted from the last one are the same planes, as far as they have more than one. */
static bool is_aligned(const up_onnx_view *a, const int a_dim[3], const up_onnx_view *b,
                       const int b_dim[3])
{
    for (int plane = 0; plane < 3; plane++) {
        const int left = a_dim[plane], right = b_dim[plane];
        const bool spread = left < 0 || right < 0 || !a->factors[left] || !b->factors[right];
        if (!spread && a->dims - left != b->dims - right)
            return false;
    }
    return true;
}

static up_status combine_pictures(up_onnx *onnx, const up_layer_kind *kind, const up_onnx_view *a,
                                  const up_onnx_view *b, up_onnx_view *to)
{
    up_onnx_view left = *a, right = *b;
    int a_dim[3], b_dim[3], node;
    if (!up_onnx_views_same(a, b)) {
        UP_TRY(up_onnx_pure(onnx, a, &left, a_dim));
        UP_TRY(up_onnx_pure(onnx, b, &right, b_dim));
        if (!is_aligned(&left, a_dim, &right, b_dim))
            return up_onnx_refuse(onnx, "its pictures have shapes that do not go together");
    }
    const int input[2] = { left.node, right.node };
    UP_TRY(up_onnx_add_node(onnx, kind, NULL, input, 2, &node));
    if (up_onnx_views_same(&left, &right)) {
        *to = up_onnx_view_with(&left, node);
        return UP_OK;
    }
    const up_onnx_view made = up_onnx_view_of(onnx, node);
    const bool right_leads = right.dims > left.dims;
    const up_onnx_view *lead = right_leads ? &right : &left;
    const int *dim = right_leads ? b_dim : a_dim;
    *to = (up_onnx_view){ .node = node, .dims = lead->dims };
    for (int plane = 0; plane < 3; plane++)
        if (dim[plane] >= 0) {
            to->factors[dim[plane]] = made.factors[plane + 1];
            to->factor[dim[plane]][0] = made.factor[plane + 1][0];
        }
    return UP_OK;
}

/* ---------------------------------------------------------------- with a constant */

typedef enum { ADD, SUB, MUL, DIV, LEAST, GREATEST } operation;

/* weight[c] * x + bias[c] that does it; `left`: the constant comes first. */
static void as_affine(operation op, bool left, int count, const double *number, double *weight,
                      double *bias)
{
    for (int c = 0; c < count; c++) {
        weight[c] = op == MUL ? number[c] : op == DIV ? left ? number[c] : 1 / number[c] : 1;
        bias[c] = op == ADD ? number[c] : op == SUB ? -number[c] : 0;
        if (op == SUB && left) {
            weight[c] = -1;
            bias[c] = number[c];
        }
    }
}

static up_status limit(up_onnx *onnx, operation op, const double *number, int count, int *node)
{
    up_clip clip = { -INFINITY, INFINITY };
    if (count != 1)
        return up_onnx_refuse(onnx, "a limit for each channel cannot be run");
    *(op == LEAST ? &clip.high : &clip.low) = (float)*number;
    return up_onnx_add_node(onnx, &up_layer_clip, &clip, node, 1, node);
}

static up_status combine_constant(up_onnx *onnx, operation op, const up_onnx_view *picture,
                                  const up_onnx_constant *constant, bool left, up_onnx_view *to)
{
    double *number, *factor;
    int count;
    *to = *picture;
    UP_TRY(up_onnx_per_channel(onnx, constant, to, &number, &count));
    if (op == LEAST || op == GREATEST)
        return limit(onnx, op, number, count, &to->node);
    if (op == DIV && left)
        UP_TRY(up_onnx_add_node(onnx, &up_layer_reciprocal, NULL, &to->node, 1, &to->node));
    UP_TRY(up_onnx_keep(onnx, 2 * (size_t)count, sizeof *factor, &factor));
    as_affine(op, left, count, number, factor, factor + count);
    bool nothing = true;
    for (int c = 0; c < count; c++)
        nothing = nothing && factor[c] == 1 && factor[count + c] == 0;
    return nothing ? UP_OK
                   : up_onnx_affine(onnx, to->node, factor, factor + count, count, &to->node);
}

static const struct {
    const char *op;
    operation operation;
    const up_layer_kind *kind;
} operations[] = {
    { "Add", ADD, &up_layer_add },          { "Sub", SUB, &up_layer_sub },
    { "Mul", MUL, &up_layer_mul },          { "Div", DIV, &up_layer_div },
    { "Sum", ADD, &up_layer_add },          { "Min", LEAST, &up_layer_minimum },
    { "Max", GREATEST, &up_layer_maximum }, { "Mean", ADD, &up_layer_add },
};

/* Of which one is a picture. */
static up_status combine_two(up_onnx *onnx, int kind, const up_onnx_value *a,
                             const up_onnx_value *b, up_onnx_value *to)
{
    up_onnx_view *made;
    const bool left = !a->picture;
    UP_TRY(up_onnx_keep(onnx, 1, sizeof *made, &made));
    if (a->picture && b->picture)
        UP_TRY(combine_pictures(onnx, operations[kind].kind, a->picture, b->picture, made));
    else
        UP_TRY(combine_constant(onnx, operations[kind].operation, left ? b->picture : a->picture,
                                left ? a->constant : b->constant, left, made));
    *to = (up_onnx_value){ .picture = made };
    return UP_OK;
}

/* Add, Sub, Mul, Div of two; Sum, Min, Max, Mean of any number, pictures first. */
up_status up_onnx_combine(up_onnx *onnx)
{
    const int inputs = onnx->node->inputs;
    int kind = 0;
    up_onnx_value value = { NULL, NULL };
    while (strcmp(operations[kind].op, onnx->node->op) != 0)
        kind++;
    if (kind < 4 && inputs != 2)
        return up_onnx_refuse(onnx, "cannot work on %d inputs", inputs);
    for (int pass = 0; pass < 2; pass++) /* two are taken as they come */
        for (int i = 0; i < inputs; i++) {
            const up_onnx_value *next = up_onnx_input(onnx, i);
            if (!next || (!next->picture && !next->constant))
                return up_onnx_refuse(onnx, "its input %d is missing", i);
            if (inputs == 2 ? pass : pass != (next->picture == NULL))
                continue;
            if (value.picture || value.constant)
                UP_TRY(combine_two(onnx, kind, &value, next, &value));
            else
                value = *next;
        }
    if (strcmp(onnx->node->op, "Mean") == 0) {
        const double weight = 1.0 / inputs, bias = 0;
        up_onnx_view mean = *value.picture;
        UP_TRY(up_onnx_affine(onnx, mean.node, &weight, &bias, 1, &mean.node));
        return up_onnx_set_view(onnx, 0, &mean);
    }
    return up_onnx_set(onnx, 0, value);
}

/* ---------------------------------------------------------------- of one picture */

up_status up_onnx_negate(up_onnx *onnx)
{
    const double weight = -1, bias = 0;
    up_onnx_view view = *up_onnx_picture(onnx, 0);
    UP_TRY(up_onnx_affine(onnx, view.node, &weight, &bias, 1, &view.node));
    return up_onnx_set_view(onnx, 0, &view);
}

/* Squares and cubes are multiplied, which is exact for what is below 0, too. */
up_status up_onnx_power(up_onnx *onnx)
{
    const up_onnx_constant *exponent = up_onnx_constant_input(onnx, 1);
    const up_onnx_view *view = up_onnx_picture(onnx, 0);
    bool single = false;
    double value;
    if (exponent)
        UP_TRY(up_onnx_single(onnx, exponent, &single, &value));
    if (!single || !view)
        return up_onnx_refuse(onnx, "the exponent must be one number");
    up_onnx_view made = *view;
    const up_power power = { (float)value };
    if (value == 2 || value == 3) {
        const int input[3] = { view->node, view->node, view->node };
        UP_TRY(up_onnx_add_node(onnx, &up_layer_mul, NULL, input, (int)value, &made.node));
    } else if (value == 0.5) {
        UP_TRY(up_onnx_add_node(onnx, &up_layer_sqrt, NULL, &view->node, 1, &made.node));
    } else if (value != 1) {
        UP_TRY(up_onnx_add_node(onnx, &up_layer_power, &power, &view->node, 1, &made.node));
    }
    return up_onnx_set_view(onnx, 0, &made);
}
