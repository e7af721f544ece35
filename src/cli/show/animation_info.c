/* SPDX-License-Identifier: MIT */
#include "cli/show/animation_info.h"

#include "cli/show/cli_text.h"
#include "cli/show/console.h"

#include <stdlib.h>

void cli_animation_show(const up_image_info *info)
{
    if (info->frames == 0)
        return;
    char *count = info->frames < 0 ? cli_copy("as many frames as come")
                                   : cli_format("%lld frame%s", (long long)info->frames,
                                                info->frames > 1 ? "s" : "");
    char *time = info->seconds > 0 ? cli_format(", %.4g s", info->seconds) : cli_copy("");
    char *loops = info->loops > 1 ? cli_format(", shown %d times", info->loops)
                                  : cli_copy(info->loops ? ", shown once" : ", shown for ever");
    cli_print("  animation of %s%s%s", count, time, info->frames < 0 ? "" : loops);
    free(loops);
    free(time);
    free(count);
}

void cli_animation_json(json_t *object, const up_image_info *info)
{
    json_object_set_new(object, "animation_frames", json_integer((json_int_t)info->frames));
    json_object_set_new(object, "loops", json_integer(info->loops));
    json_object_set_new(object, "seconds", json_real(info->seconds));
}
