/* SPDX-License-Identifier: MIT */

#include "network/ncnn/ncnn_layer.h"

#include <string.h>

static const up_ncnn_type types[] = {
    { "Input", up_ncnn_make_input, 0, 1, false, NULL },
    { "MemoryData", up_ncnn_make_memory, 0, 1, false, NULL },
    { "Split", up_ncnn_make_same, 1, UP_NCNN_ANY, true, NULL },
    { "Noop", up_ncnn_make_same, 1, UP_NCNN_ANY, true, NULL },
    { "Dropout", up_ncnn_make_dropout, 1, 1, true, NULL },
    { "Convolution", up_ncnn_make_convolution, 1, 1, false, NULL },
    { "ConvolutionDepthWise", up_ncnn_make_convolution, 1, 1, false, NULL },
    { "Deconvolution", up_ncnn_make_deconvolution, 1, 1, false, NULL },
    { "DeconvolutionDepthWise", up_ncnn_make_deconvolution, 1, 1, false, NULL },
    { "InnerProduct", up_ncnn_make_inner_product, 1, 1, false, NULL },
    { "ReLU", up_ncnn_make_relu, 1, 1, true, NULL },
    { "PReLU", up_ncnn_make_prelu, 1, 1, true, NULL },
    { "Clip", up_ncnn_make_clip, 1, 1, true, NULL },
    { "Sigmoid", up_ncnn_make_plain, 1, 1, true, &up_layer_sigmoid },
    { "TanH", up_ncnn_make_plain, 1, 1, true, &up_layer_tanh },
    { "Swish", up_ncnn_make_plain, 1, 1, true, &up_layer_silu },
    { "Mish", up_ncnn_make_plain, 1, 1, true, &up_layer_mish },
    { "Softplus", up_ncnn_make_plain, 1, 1, true, &up_layer_softplus },
    { "BNLL", up_ncnn_make_plain, 1, 1, true, &up_layer_softplus },
    { "AbsVal", up_ncnn_make_plain, 1, 1, true, &up_layer_abs },
    { "Erf", up_ncnn_make_plain, 1, 1, true, &up_layer_erf },
    { "GELU", up_ncnn_make_gelu, 1, 1, true, NULL },
    { "ELU", up_ncnn_make_elu, 1, 1, true, NULL },
    { "SELU", up_ncnn_make_selu, 1, 1, true, NULL },
    { "HardSigmoid", up_ncnn_make_hard_sigmoid, 1, 1, true, NULL },
    { "HardSwish", up_ncnn_make_hard_swish, 1, 1, true, NULL },
    { "Softmax", up_ncnn_make_softmax, 1, 1, true, NULL },
    { "BinaryOp", up_ncnn_make_binary, UP_NCNN_ANY, 1, true, NULL },
    { "UnaryOp", up_ncnn_make_unary, 1, 1, true, NULL },
    { "Eltwise", up_ncnn_make_eltwise, UP_NCNN_ANY, 1, true, NULL },
    { "Power", up_ncnn_make_power, 1, 1, true, NULL },
    { "Exp", up_ncnn_make_exp, 1, 1, true, NULL },
    { "Log", up_ncnn_make_log, 1, 1, true, NULL },
    { "Scale", up_ncnn_make_scale, UP_NCNN_ANY, 1, true, NULL },
    { "Bias", up_ncnn_make_bias, 1, 1, true, NULL },
    { "BatchNorm", up_ncnn_make_batch_norm, 1, 1, true, NULL },
    { "InstanceNorm", up_ncnn_make_instance_norm, 1, 1, true, NULL },
    { "Concat", up_ncnn_make_concat, UP_NCNN_ANY, 1, false, NULL },
    { "Slice", up_ncnn_make_slice, 1, UP_NCNN_ANY, false, NULL },
    { "ShuffleChannel", up_ncnn_make_shuffle_channel, 1, 1, true, NULL },
    { "Flatten", up_ncnn_make_flat, 1, 1, false, NULL },
    { "Reshape", up_ncnn_make_flat, 1, 1, false, NULL },
    { "Crop", up_ncnn_make_crop, UP_NCNN_ANY, 1, false, NULL },
    { "Padding", up_ncnn_make_padding, 1, 1, true, NULL },
    { "Interp", up_ncnn_make_interp, UP_NCNN_ANY, 1, true, NULL },
    { "PixelShuffle", up_ncnn_make_pixel_shuffle, 1, 1, false, NULL },
    { "Reorg", up_ncnn_make_reorg, 1, 1, false, NULL },
    { "Pooling", up_ncnn_make_pooling, 1, 1, true, NULL },
    { "Reduction", up_ncnn_make_reduction, 1, 1, true, NULL },
};

const up_ncnn_type *up_ncnn_type_find(const char *type)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].type, type) == 0)
            return &types[i];
    return NULL;
}
