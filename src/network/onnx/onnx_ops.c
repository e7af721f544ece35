/* SPDX-License-Identifier: MIT */
#include "network/onnx/onnx_ops.h"

#include <stdlib.h>
#include <string.h>

static const up_onnx_op ops[] = {
    { "Abs", up_onnx_activation, up_onnx_fold_arithmetic },
    { "Add", up_onnx_combine, up_onnx_fold_arithmetic },
    { "And", NULL, up_onnx_fold_arithmetic },
    { "AveragePool", up_onnx_pooling, NULL },
    { "BatchNormalization", up_onnx_batch_norm, NULL },
    { "Cast", up_onnx_cast, up_onnx_fold_cast },
    { "Ceil", NULL, up_onnx_fold_arithmetic },
    { "Clip", up_onnx_clip, NULL },
    { "Concat", up_onnx_concat, up_onnx_fold_concat },
    { "Constant", NULL, up_onnx_fold_constant },
    { "ConstantOfShape", NULL, up_onnx_fold_constant_of_shape },
    { "Conv", up_onnx_convolution, NULL },
    { "ConvTranspose", up_onnx_transposed, NULL },
    { "DepthToSpace", up_onnx_depth_to_space, NULL },
    { "Div", up_onnx_combine, up_onnx_fold_arithmetic },
    { "Dropout", up_onnx_pass, up_onnx_pass },
    { "Elu", up_onnx_activation, NULL },
    { "Equal", NULL, up_onnx_fold_arithmetic },
    { "Erf", up_onnx_activation, NULL },
    { "Exp", up_onnx_activation, up_onnx_fold_arithmetic },
    { "Expand", up_onnx_expand, up_onnx_fold_expand },
    { "Flatten", up_onnx_flatten, up_onnx_fold_flatten },
    { "Floor", NULL, up_onnx_fold_arithmetic },
    { "Gather", up_onnx_gather, up_onnx_fold_gather },
    { "Gelu", up_onnx_activation, NULL },
    { "Gemm", up_onnx_matrix, NULL },
    { "GlobalAveragePool", up_onnx_global_pooling, NULL },
    { "GlobalMaxPool", up_onnx_global_pooling, NULL },
    { "Greater", NULL, up_onnx_fold_arithmetic },
    { "GreaterOrEqual", NULL, up_onnx_fold_arithmetic },
    { "HardSigmoid", up_onnx_activation, NULL },
    { "HardSwish", up_onnx_activation, NULL },
    { "Identity", up_onnx_pass, up_onnx_pass },
    { "InstanceNormalization", up_onnx_instance_norm, NULL },
    { "LeakyRelu", up_onnx_activation, NULL },
    { "Less", NULL, up_onnx_fold_arithmetic },
    { "LessOrEqual", NULL, up_onnx_fold_arithmetic },
    { "Log", up_onnx_activation, up_onnx_fold_arithmetic },
    { "MatMul", up_onnx_matrix, NULL },
    { "Max", up_onnx_combine, up_onnx_fold_arithmetic },
    { "MaxPool", up_onnx_pooling, NULL },
    { "Mean", up_onnx_combine, NULL },
    { "Min", up_onnx_combine, up_onnx_fold_arithmetic },
    { "Mish", up_onnx_activation, NULL },
    { "Mod", NULL, up_onnx_fold_arithmetic },
    { "Mul", up_onnx_combine, up_onnx_fold_arithmetic },
    { "Neg", up_onnx_negate, up_onnx_fold_arithmetic },
    { "Not", NULL, up_onnx_fold_arithmetic },
    { "Or", NULL, up_onnx_fold_arithmetic },
    { "PRelu", up_onnx_prelu, NULL },
    { "Pad", up_onnx_pad, NULL },
    { "Pow", up_onnx_power, up_onnx_fold_arithmetic },
    { "Range", NULL, up_onnx_fold_range },
    { "Reciprocal", up_onnx_activation, up_onnx_fold_arithmetic },
    { "ReduceMax", up_onnx_reduce, NULL },
    { "ReduceMean", up_onnx_reduce, NULL },
    { "ReduceSum", up_onnx_reduce, NULL },
    { "Relu", up_onnx_activation, NULL },
    { "Reshape", up_onnx_reshape, up_onnx_fold_reshape },
    { "Resize", up_onnx_resize, NULL },
    { "Round", NULL, up_onnx_fold_arithmetic },
    { "Selu", up_onnx_selu, NULL },
    { "Shape", up_onnx_shape, up_onnx_fold_constant_shape },
    { "Sigmoid", up_onnx_activation, NULL },
    { "Slice", up_onnx_slice, up_onnx_fold_slice },
    { "Softmax", up_onnx_softmax, NULL },
    { "Softplus", up_onnx_activation, NULL },
    { "SpaceToDepth", up_onnx_space_to_depth, NULL },
    { "Split", up_onnx_split, up_onnx_fold_split },
    { "Sqrt", up_onnx_activation, up_onnx_fold_arithmetic },
    { "Squeeze", up_onnx_squeeze, up_onnx_fold_squeeze },
    { "Sub", up_onnx_combine, up_onnx_fold_arithmetic },
    { "Sum", up_onnx_combine, up_onnx_fold_arithmetic },
    { "Tanh", up_onnx_activation, NULL },
    { "Tile", up_onnx_tile, NULL },
    { "Transpose", up_onnx_transpose, up_onnx_fold_transpose },
    { "Unsqueeze", up_onnx_squeeze, up_onnx_fold_squeeze },
    { "Upsample", up_onnx_resize, NULL },
    { "Where", NULL, up_onnx_fold_arithmetic },
};

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const up_onnx_op *)a)->name, ((const up_onnx_op *)b)->name);
}

const up_onnx_op *up_onnx_op_find(const char *name)
{
    const up_onnx_op key = { .name = name };
    return bsearch(&key, ops, sizeof ops / sizeof *ops, sizeof key, compare_names);
}
