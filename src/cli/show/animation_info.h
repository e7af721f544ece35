/* SPDX-License-Identifier: MIT */
/* The frames of an image, for people and for scripts. */
#ifndef CLI_ANIMATION_INFO_H
#define CLI_ANIMATION_INFO_H

#include <jansson.h>
#include <upscale.h>

void cli_animation_show(const up_image_info *info);
void cli_animation_json(json_t *object, const up_image_info *info);

#endif
