/* SPDX-License-Identifier: MIT */
#include "cli/show/animation_info.h"

#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/describe.h"
#include "cli/show/json_lines.h"

#include <stdlib.h>
#include <string.h>

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

/* ---- pages */

static char *describe_page(up_image *image, int page)
{
    up_format format;
    up_error error = { 0 };
    if (up_image_page(image, page, &format, &error) != UP_OK)
        return cli_copy(error.message);
    return cli_describe_format(&format);
}

static void show_pages(int first, int last, const char *what)
{
    if (first == last)
        cli_print("  page %-4d %s", first, what);
    else
        cli_print("  pages     %d to %d: %s", first, last, what);
}

void cli_pages_show(up_image *image)
{
    const int pages = up_image_get_info(image)->pages;
    int first = 1;
    char *what = pages > 0 ? describe_page(image, 1) : NULL;
    for (int page = 2; page <= pages + (pages > 0); page++) {
        char *next = page <= pages ? describe_page(image, page) : NULL;
        if (next && strcmp(next, what) == 0) {
            free(next);
            continue;
        }
        show_pages(first, page - 1, what);
        free(what);
        what = next;
        first = page;
    }
}

void cli_pages_json(json_t *object, up_image *image)
{
    const int pages = up_image_get_info(image)->pages;
    json_t *list = json_array();
    for (int page = 1; page <= pages; page++) {
        json_t *item = json_object();
        up_format format;
        up_error error = { 0 };
        if (up_image_page(image, page, &format, &error) == UP_OK)
            cli_json_set_format(item, &format);
        else
            json_object_set_new(item, "error", cli_json_text(error.message));
        json_array_append_new(list, item);
    }
    json_object_set_new(object, "pages", list);
}
