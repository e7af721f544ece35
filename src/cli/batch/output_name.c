/* SPDX-License-Identifier: MIT */

#include "cli/batch/tasks/tasks.h"

#include "cli/args/method_choice.h"
#include "cli/args/values/name_template.h"
#include "cli/batch/file_types.h"
#include "cli/show/cli_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Is the scale what -s says (or 2), or does it come from sizes, weights or indices? */
static bool scale_is_said(const cli_settings *s, const char *method)
{
    double scale[2];
    if (up_options_scale(&s->up, scale))
        return true;
    bool by_size = s->up.width > 0 || s->up.height > 0 || s->up.layer.output_size.set;
    return !by_size && !s->up.weights && strcmp(method, "max-unpool") != 0;
}

static const char *default_template(cli_target target, const cli_settings *s, const char *method)
{
    bool several = s->methods.count > 1;
    if (target == CLI_TO_FOLDER)
        return several ? "{stem}-{method}.{ext}" : "{stem}.{ext}";
    if (scale_is_said(s, method))
        return several ? "{stem}-{method}-x{scale}.{ext}" : "{stem}-x{scale}.{ext}";
    return several ? "{stem}-{method}-{width}x{height}.{ext}" : "{stem}-{width}x{height}.{ext}";
}

static char *type_extension(const char *path)
{
    up_image *image = NULL;
    bool opened = up_image_open(&image, path, NULL) == UP_OK;
    const char *type = opened ? up_image_get_info(image)->type : "png";
    char *extension = cli_usual_extension(cli_is_written(type) ? type : "png");
    up_image_close(&image);
    return extension;
}

static char *choose_extension(const cli_input *input, const cli_settings *s)
{
    const char *own = cli_writable_extension(input->path), *format = s->up.output_format;
    if (format && !(own && cli_same_format(own, format)))
        return cli_usual_extension(format);
    if (own)
        return cli_copy(own);
    return strcmp(input->path, "-") == 0 ? cli_copy("png") : type_extension(input->path);
}

/* The folders of a path that may be put below another folder: neither absolute nor upwards. */
static char *inner_folders(const char *path)
{
    char *tidy = cli_tidy_path(path), *slash = strrchr(tidy, '/');
    char *inner = tidy;
    if (slash)
        *slash = 0;
    else
        *tidy = 0;
    inner += *inner == '/';
    while (strncmp(inner, "../", 3) == 0)
        inner += 3;
    if (strcmp(inner, "..") == 0)
        inner += 2;
    char *copy = cli_copy(inner);
    free(tidy);
    return copy;
}

static char *scale_text(double rows, double columns)
{
    return rows == columns ? cli_format("%.6g", rows) : cli_format("%.6g,%.6g", rows, columns);
}

static bool measure(const cli_input *input, const up_options *options, char **value,
                    bool want_scale, up_error *error)
{
    up_image *image = NULL;
    up_format output;
    if (strcmp(input->path, "-") == 0) {
        error->status = UP_ERROR_ARGUMENT;
        snprintf(error->message, sizeof error->message,
                 "the size of standard input is not known before it is read: give -o a file");
        return false;
    }
    if (up_image_open(&image, input->path, error) != UP_OK)
        return false;
    const up_format *format = &up_image_get_info(image)->format;
    bool fine = up_output_format(format, options, &output, error) == UP_OK;
    if (fine) {
        value[CLI_FIELD_WIDTH] = cli_format("%d", output.width);
        value[CLI_FIELD_HEIGHT] = cli_format("%d", output.height);
    }
    if (fine && want_scale)
        value[CLI_FIELD_SCALE] = scale_text((double)output.height / format->height,
                                            (double)output.width / format->width);
    up_image_close(&image);
    return fine;
}

static char *method_value(const char *method)
{
    char *value = cli_copy(method);
    for (char *c = value; *c; c++) {
        if (*c == ':' || *c == '/')
            *c = '-';
    }
    return value;
}

/* Fills in the template; NULL: the input had to be opened for it and could not be. */
static char *expand(const char *name_template, const cli_input *input, const char *method,
                    const cli_settings *s, up_error *error)
{
    char *value[CLI_FIELDS] = { 0 };
    const up_options options = cli_method_options(s, method);
    bool wants_scale = cli_template_uses(name_template, CLI_FIELD_SCALE);
    bool known_scale = scale_is_said(s, method);
    bool wants_size = cli_template_uses(name_template, CLI_FIELD_WIDTH) ||
                      cli_template_uses(name_template, CLI_FIELD_HEIGHT) ||
                      (wants_scale && !known_scale);
    bool is_stdin = strcmp(input->path, "-") == 0;
    const char *base = is_stdin ? "stdin" : cli_base_name(input->path);
    size_t stem = (size_t)(cli_extension_dot(base) - base);
    value[CLI_FIELD_STEM] = cli_copy_part(base, stem);
    value[CLI_FIELD_EXT] = choose_extension(input, s);
    value[CLI_FIELD_METHOD] = method_value(method);
    value[CLI_FIELD_DIR] = inner_folders(input->path);
    double scale[2];
    up_options_scale(&s->up, scale);
    if (wants_scale && known_scale)
        value[CLI_FIELD_SCALE] = scale_text(scale[0], scale[1]);
    char *name = NULL;
    if (!wants_size || measure(input, &options, value, wants_scale && !known_scale, error))
        name = cli_template_expand(name_template, value);
    for (int i = 0; i < CLI_FIELDS; i++)
        free(value[i]);
    return name;
}

/* The folder of `path` with its slash, "" if there is none. */
static char *folder_of(const char *path)
{
    return cli_copy_part(path, (size_t)(cli_base_name(path) - path));
}

/* -o itself; with several methods OUT-METHOD.EXT. */
static char *file_name(const char *output, const char *method, bool several)
{
    if (!several)
        return cli_copy(output);
    const char *dot = cli_extension_dot(output);
    char *value = method_value(method);
    char *name = cli_format("%.*s-%s%s", (int)(dot - output), output, value, dot);
    free(value);
    return name;
}

char *cli_output_name(cli_target target, const cli_input *input, const char *method,
                      const cli_settings *settings, up_error *error)
{
    if (target == CLI_TO_STDOUT)
        return cli_copy("-");
    if (target == CLI_TO_FILE)
        return file_name(settings->output, method, settings->methods.count > 1);
    const char *name_template = settings->name_template
                                    ? settings->name_template
                                    : default_template(target, settings, method);
    char *name = expand(name_template, input, method, settings, error);
    if (!name)
        return NULL;
    bool mirrors = target == CLI_TO_FOLDER && !cli_template_uses(name_template, CLI_FIELD_DIR);
    char *folder =
        target == CLI_BESIDE ? folder_of(input->path) : cli_format("%s/", settings->output);
    char *path = cli_format("%s%s%s", folder, mirrors ? input->folder : "", name);
    char *tidy = cli_tidy_path(path);
    free(path);
    free(folder);
    free(name);
    return tidy;
}
