/* SPDX-License-Identifier: MIT */
/* A picture of the filters of a network: for each convolution a grid, one cell for each kernel. */
#ifndef UP_CLI_FILTER_PLOT_H
#define UP_CLI_FILTER_PLOT_H

#include "upscale_weights.h"

/* Blue is negative, white zero, red positive. The kernels that belong to one output channel (of a
 * transposed convolution: one input channel) lie side by side and share a scale, so that 1x1
 * kernels, too, can be compared. What does not fit is left out, and the labels say so. */
up_status cli_plot_filters(const up_weights *weights, const char *path, const up_options *options,
                           up_error *error);

#endif
