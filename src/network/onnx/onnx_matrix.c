/* SPDX-License-Identifier: MIT */
/* Products with a constant matrix along the last axis, which are convolutions of 1x1. */

#include "network/onnx/onnx_ops.h"

#include "base/memory.h"

#include <string.h>

/* Weights [out][in] of a matrix that is [in][out], or the other way around: `turned`. */
static up_status read_matrix(up_onnx *onnx, bool turned, double factor, up_values *values)
{
    const up_onnx_constant *matrix = up_onnx_constant_input(onnx, 1);
    float *write;
    if (!matrix || matrix->dims != 2 || matrix->probes > 1 || !matrix->count)
        return up_onnx_refuse(onnx, "works with something else than a constant matrix");
    const size_t in = matrix->shape[turned], out = matrix->shape[!turned];
    const size_t shape[4] = { out, in, 1, 1 };
    UP_TRY(up_onnx_numbers(onnx, matrix));
    UP_TRY(up_network_new_values(onnx->builder, 4, shape, values, &write));
    for (size_t o = 0; o < out; o++)
        for (size_t i = 0; i < in; i++)
            write[o * in + i] = (float)(factor * matrix->number[turned ? o * in + i : i * out + o]);
    return UP_OK;
}

/* MatMul, and Gemm with an offset. */
up_status up_onnx_matrix(up_onnx *onnx)
{
    const bool general = strcmp(onnx->node->op, "Gemm") == 0;
    const up_onnx_constant *offset = general ? up_onnx_constant_input(onnx, 2) : NULL;
    const up_onnx_view *view = up_onnx_picture(onnx, 0);
    up_onnx_view pure;
    up_values weight;
    int dim[3];
    if (!view || up_onnx_picture(onnx, 2) || (general && up_onnx_whole(onnx, "transA", 0)))
        return up_onnx_refuse(onnx, "works with something else than a constant matrix");
    UP_TRY(up_onnx_pure(onnx, view, &pure, dim));
    const int last = pure.dims - 1;
    if (dim[0] != last)
        return up_onnx_refuse(onnx, "works along another axis than the channels");
    UP_TRY(read_matrix(onnx, general && up_onnx_whole(onnx, "transB", 0),
                       general ? up_onnx_real(onnx, "alpha", 1) : 1, &weight));
    UP_TRY(
        up_onnx_add_weighted(onnx, &up_layer_conv2d, NULL, pure.node, &weight, NULL, &pure.node));
    const int channels = up_network_shape(onnx->builder->network, pure.node).channels;
    pure.factors[last] = channels > 1;
    pure.factor[last][0] = (up_onnx_factor){ 0, 1, channels };
    if (offset) {
        double *number, *ones;
        const double beta = up_onnx_real(onnx, "beta", 1);
        int count;
        UP_TRY(up_onnx_per_channel(onnx, offset, &pure, &number, &count));
        UP_TRY(up_onnx_keep(onnx, (size_t)count, sizeof *ones, &ones));
        for (int c = 0; c < count; c++) {
            ones[c] = 1;
            number[c] *= beta;
        }
        UP_TRY(up_onnx_affine(onnx, pure.node, ones, number, count, &pure.node));
    }
    return up_onnx_set_view(onnx, 0, &pure);
}
