/* SPDX-License-Identifier: MIT */
/* What an image declares of its colours, for people and for scripts. */
#ifndef CLI_COLOR_INFO_H
#define CLI_COLOR_INFO_H

#include <jansson.h>
#include <upscale.h>

void cli_color_show(const up_image *image);
void cli_color_set_json(json_t *object, const up_image *image);

#endif
