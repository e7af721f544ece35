/* SPDX-License-Identifier: MIT */
/* Small tensors as text, in memory. */

#include <upscale.h>

#include "base/memory.h"
#include "io/text/given_tensor.h"
#include "upscale.h"

#include <string.h>

up_status up_tensor_read(up_pixels *pixels, const char *text_or_path, const char *name,
                         up_error *error)
{
    up_text_tensor t;
    *pixels = (up_pixels){ 0 };
    if (!up_is_tensor_text(text_or_path))
        return up_read_pixels(pixels, text_or_path, NULL, error);
    UP_TRY(up_text_tensor_parse(&t, text_or_path, strlen(text_or_path), name, error));
    *pixels = (up_pixels){ .format = { .width = t.width,
                                       .height = t.height,
                                       .channels = t.channels,
                                       .frames = 1,
                                       .color = UP_COLOR_TENSOR,
                                       .sample = UP_SAMPLE_F32,
                                       .depth = 32,
                                       .planar = true,
                                       .dims = t.channels > 1 ? 3 : 2 },
                           .data = t.value };
    return UP_OK;
}
