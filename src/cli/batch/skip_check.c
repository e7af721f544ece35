/* SPDX-License-Identifier: MIT */
#include "cli/batch/skip_check.h"

#include "cli/batch/file_types.h"

#include <stdio.h>
#include <string.h>

/* A size or scale that is said is what every method makes: no weights need be read to know it. */
static up_options cheapest(const up_options *options)
{
    up_options cheap = *options;
    double scale[2];
    bool said = up_options_scale(options, scale) || cheap.width > 0 || cheap.height > 0;
    if (said && !cheap.layer.output_size.set && !cheap.indices) {
        cheap.method = "nearest";
        cheap.weights = NULL;
    }
    return cheap;
}

/* What this run would make; false: it would fail. */
static bool wanted_format(const cli_task *task, const up_options *options, up_format *format)
{
    const up_options cheap = cheapest(options);
    up_image *image = NULL;
    if (strcmp(task->input->path, "-") == 0)
        return false;
    bool fine = up_image_open(&image, task->input->path, NULL) == UP_OK &&
                up_output_format(&up_image_get_info(image)->format, &cheap, format, NULL) == UP_OK;
    up_image_close(&image);
    return fine;
}

static void compare(const cli_task *task, const up_image *image, const up_options *options,
                    char *text, size_t size)
{
    const up_image_info *info = up_image_get_info(image);
    const char *dot = cli_extension_dot(task->output);
    const char *type = options->output_format ? options->output_format : dot + (*dot == '.');
    up_format wanted;
    if (!up_image_is_whole(image))
        snprintf(text, size, "is cut short");
    else if (*type && !cli_same_format(type, info->type))
        snprintf(text, size, "holds %s, and this run makes %s", info->type, type);
    else if (wanted_format(task, options, &wanted) &&
             (wanted.width != info->format.width || wanted.height != info->format.height))
        snprintf(text, size, "is %d x %d, and this run makes %d x %d", info->format.width,
                 info->format.height, wanted.width, wanted.height);
}

void cli_skip_check(const cli_task *task, const up_options *options, char *text, size_t size)
{
    up_image *image = NULL;
    up_error error;
    *text = 0;
    if (up_image_open(&image, task->output, &error) == UP_OK) {
        compare(task, image, options, text, size);
    } else {
        size_t named = strlen(task->output);
        bool repeats = strncmp(error.message, task->output, named) == 0 &&
                       strncmp(error.message + named, ": ", 2) == 0;
        snprintf(text, size, "cannot be read: %s", error.message + (repeats ? named + 2 : 0));
    }
    up_image_close(&image);
}
