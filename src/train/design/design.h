/* SPDX-License-Identifier: MIT */
/*
 * Networks that are begun here, as JSON: an object of
 *   description  anything
 *   color      "y-studio" (if left out), "rgb" or "ycbcr": what comes in and goes out
 *   condition  "strength": a plane more comes in, behind the colours (network/metadata/condition.h)
 *   layers     a list as upscale.layers has it (network/metadata/upscale_layers.h), without
 * tensors; the last makes the result. "scale" may stand for a factor or stride: that of the run A
 * layer with tensors may state what they are to be: channels   of a convolution: those of its
 * result, a number, "colors" (as many as the picture has) or "phases" (scale^2 times that); if left
 * out, as many as come in kernel     of a convolution: odd, in pixels of its input; 3. Its padding,
 * where that is left out, keeps the size init       of a convolution: a factor for the deviation of
 * random weights, which is otherwise 1 / sqrt(numbers that a result is made of); 0: zeros, as is
 * usual for what makes the result. Of a PReLU: its slope; 0.25 branches   of conv2d: what its
 * kernel is the sum of while it learns (branches.h), up to 8 of "identity" and lists of up to 4
 * kernels, each a size or {"kernel", "channels"}; "branches": ["identity", [1], [{"kernel": 1,
 * "channels": 64}, 3]] An entry {"repeat": N, "layers": [...]} stands for N times these; N may be a
 * list, [5, 4, 3]: of scale 1, of 2, of 3. Their ids are known among themselves, and the last of
 * them behind it under the id of the entry; "before" is what comes into each time. Beyond 4096
 * layers, and 4 repeats within each other, it is refused.
 */
#ifndef UP_TRAIN_DESIGN_H
#define UP_TRAIN_DESIGN_H

#include "base/json/json_tree.h"
#include "train/passes/trainable.h"

#include <jansson.h>

/* What the shape comes to. NULL where there is no memory. */
json_t *up_design_of_shape(const up_trainable_shape *shape);

/* A list of layers without repeats, "scale" and the like, with an id for each, to be freed with
 * up_free(). `name` is for errors. */
up_status up_design_expand(up_json **layers, const json_t *design, int scale, const char *name,
                           up_error *error);

/* Colours that come in and go out: 1 or 3. */
up_status up_design_colors(const json_t *design, const char *name, up_weights_color *color,
                           bool *conditioned, up_error *error);

/* The network, random. Errors name `name`. */
up_status up_design_make(up_trainable *net, const json_t *design, const char *name, int scale,
                         uint64_t seed, up_error *error);

#endif
