/* SPDX-License-Identifier: MIT */
/* The frames or pages of an image, for people and for scripts. */
#ifndef CLI_ANIMATION_INFO_H
#define CLI_ANIMATION_INFO_H

#include <jansson.h>
#include <upscale.h>

void cli_animation_show(const up_image_info *info);
void cli_animation_json(json_t *object, const up_image_info *info);

/* Pages, each with its format or why it cannot be read; for people those of one kind in one line.
 */
void cli_pages_show(up_image *image);
void cli_pages_json(json_t *object, up_image *image);

#endif
