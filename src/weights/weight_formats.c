/* SPDX-License-Identifier: MIT */
#include "weights/weight_format.h"

const up_weight_format *const up_weight_formats[] = {
    &up_pytorch_format, &up_onnx_format, &up_safetensors_format, &up_ncnn_format, NULL,
};
