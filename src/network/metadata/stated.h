/* SPDX-License-Identifier: MIT */
/* What a weight file states in its metadata, with flags before it; for the readers of layers and
 * networks. */
#ifndef UP_NETWORK_STATED_H
#define UP_NETWORK_STATED_H

#include "network/metadata/condition.h"
#include "ops/op.h"
#include "weights/tensor_file.h"

#define UP_MOST_PARAMETER 65536

/* What the channels of a picture must be for the weights. */
typedef enum {
    UP_WEIGHTS_ANY,      /* whatever there is; a 1 -> 1 layer runs on each channel */
    UP_WEIGHTS_Y,        /* full-range BT.601 luma */
    UP_WEIGHTS_Y_STUDIO, /* 16..235 (MATLAB) */
    UP_WEIGHTS_YCBCR,
    UP_WEIGHTS_RGB,
} up_weights_color;

/* As metadata spells it: "y-studio". */
const char *up_weights_color_name(up_weights_color color);

/* "N" or "ROWS,COLUMNS", each from `least` to UP_MOST_PARAMETER. What the file does not state stays
 * as it is. */
up_status up_stated_pair(const up_tensor_file *file, const char *key, int least, int pair[2],
                         up_error *error);
up_status up_stated_count(const up_tensor_file *file, const char *key, int *count, up_error *error);

/* The same, but a flag that is set hides what the file states. */
up_status up_stated_pair_or_flag(const up_tensor_file *file, const char *key, const up_pair *flag,
                                 const char *flag_name, int least, int pair[2], up_error *error);
up_status up_stated_check_flag(const char *flag, int value, int least, up_error *error);

/* `flag`, else upscale.color, else *color as it is; what is stated must fit the channels of colour.
 */
up_status up_stated_color(const up_tensor_file *file, const char *flag, int in_channels,
                          int out_channels, up_weights_color *color, up_error *error);

/* upscale.limit, or INFINITY. */
up_status up_stated_limit(const up_tensor_file *file, double *limit, up_error *error);

/* upscale.condition, or none. */
up_status up_stated_condition(const up_tensor_file *file, up_condition *condition, up_error *error);

/* Sets *said where a key is stated, which has one value only. */
up_status up_stated_word(const up_tensor_file *file, const char *key, const char *word, bool *said,
                         up_error *error);

/* upscale.edge, else *edge as it is. */
up_status up_stated_edge(const up_tensor_file *file, up_edge *edge, up_error *error);

/* upscale.range, else *range as it is. */
up_status up_stated_range(const up_tensor_file *file, float *range, up_error *error);

#endif
