/* SPDX-License-Identifier: MIT */
#include "train/data/patch_shape.h"

#include "base/memory.h"

up_patch_shape up_patch_shape_make(int width, int height, int margin)
{
    int side = (int)up_round_up(margin, 16), stride = width + side;
    return (up_patch_shape){
        .width = width,
        .height = height,
        .stride = stride,
        .size = (size_t)(height + 2 * margin) * stride + 2 * side,
        .before = (size_t)margin * stride + side,
    };
}
