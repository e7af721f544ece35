/* SPDX-License-Identifier: MIT */
#include "cli/args/method_choice.h"

#include "cli/args/method_names.h"
#include "cli/args/options.h"
#include "cli/batch/file_types.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/weights/weights_folders.h"
#include "upscale_weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char prefix[] = "tconv:";

static const char *implied_method(const cli_settings *settings)
{
    if (settings->up.weights || settings->up.kernel)
        return "tconv";
    return settings->up.indices ? "max-unpool" : up_default_method();
}

size_t cli_method_count(const cli_settings *settings)
{
    return settings->methods.count ? settings->methods.count : 1;
}

const char *cli_method_at(const cli_settings *settings, size_t i)
{
    return settings->methods.count ? settings->methods.item[i] : implied_method(settings);
}

static bool is_chosen(const cli_settings *settings, const char *name)
{
    for (size_t i = 0; i < cli_method_count(settings); i++) {
        const char *method = cli_method_at(settings, i);
        if (strncmp(method, name, strlen(name)) == 0 && strchr(":", method[strlen(name)]))
            return true;
    }
    return false;
}

static bool check_files(const cli_settings *settings)
{
    const struct {
        const char *flag, *file, *method;
    } readers[] = { { "--weights", settings->up.weights, "tconv" },
                    { "--kernel-values", settings->up.kernel, "tconv" },
                    { "--indices", settings->up.indices, "max-unpool" } };
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (!readers[i].file || is_chosen(settings, readers[i].method))
            continue;
        cli_say("%s: %s does not read it; -m %s does", readers[i].flag, cli_method_at(settings, 0),
                readers[i].method);
        return false;
    }
    return true;
}

/* Flags about a convolution need something that undoes one. */
static bool check_blur(const cli_settings *settings)
{
    static const char *const flags[] = { "solver", "noise", "regularise", "iterations",
                                         "blur",   "edge",  "kernel-file" };
    const bool undoes = is_chosen(settings, "deconvolve");
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        const bool shared = i >= 4 && settings->up.back_project > 0;
        if (undoes || shared || !cli_given(settings, flags[i]))
            continue;
        cli_say("--%s: %s does nothing with it; -m deconvolve does%s", flags[i],
                cli_method_at(settings, 0), i >= 4 ? ", and --back-project" : "");
        return false;
    }
    return true;
}

static void add_words(char **text, const char *before, const cli_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        cli_append(text, "%s%s", i ? ", " : before, words->item[i]);
}

/* What is not there, where it was looked for, and what is there. */
static void fail_unknown(const char *name, const cli_words *folders, up_error *error)
{
    char *text = cli_format("%s: there is no %s.safetensors, .pth, .onnx ... or %s-xSCALE", name,
                            name, name);
    add_words(&text, " in ", folders);
    for (size_t i = 0; i < folders->count; i++) {
        cli_words names = cli_weights_in(folders->item[i]);
        char *head = cli_format("; in %s there are ", folders->item[i]);
        add_words(&text, head, &names);
        free(head);
        cli_words_clear(&names);
    }
    error->status = UP_ERROR_ARGUMENT;
    snprintf(error->message, sizeof error->message, "%s", text);
    free(text);
}

char *cli_named_weights(const cli_settings *settings, const char *name, up_error *error)
{
    cli_words folders = cli_weights_folders(settings);
    double scale[2];
    up_options_scale(&settings->up, scale);
    char *path = cli_weights_find(&folders, name, scale[0]);
    if (!path)
        fail_unknown(name, &folders, error);
    cli_words_clear(&folders);
    return path;
}

/* A path, or what looks like the name of a file, is left for the library to open. */
char *cli_weights_file(const cli_settings *settings, const char *weights, up_error *error)
{
    const char *dot = cli_extension_dot(weights);
    const bool is_name = !strchr(weights, '/') && !(*dot && cli_weights_extension(dot + 1)) &&
                         access(weights, F_OK) != 0;
    return is_name ? cli_named_weights(settings, weights, error) : cli_copy(weights);
}

static bool find_named(cli_settings *settings)
{
    up_error error;
    if (settings->weights.count != 1 || settings->told_weights.count > 0)
        return true;
    settings->named_weights = cli_weights_file(settings, settings->weights.item[0], &error);
    if (!settings->named_weights)
        cli_say("--weights %s; those inside the program are -m tconv:NAME", error.message);
    settings->up.weights = settings->named_weights;
    return settings->named_weights != NULL;
}

/* The file that method i means by its name, or by what it was told. */
static char *find_variant(const cli_settings *settings, size_t i, up_error *error)
{
    const char *told = settings->told_weights.count ? settings->told_weights.item[i] : "";
    return *told ? cli_weights_file(settings, told, error)
                 : cli_named_weights(settings, settings->methods.item[i] + strlen(prefix), error);
}

static bool find_variants(cli_settings *settings)
{
    const size_t length = strlen(prefix);
    settings->method_weights = cli_alloc(settings->methods.count, sizeof(char *));
    for (size_t i = 0; i < settings->methods.count; i++) {
        const char *method = settings->methods.item[i], *name = method + length;
        const bool told = settings->told_weights.count && *settings->told_weights.item[i];
        if (!told && (settings->up.weights || strncmp(method, prefix, length) != 0 ||
                      strchr(name, '/') || cli_weights_embedded(name)))
            continue;
        up_error error;
        settings->method_weights[i] = find_variant(settings, i, &error);
        if (settings->method_weights[i])
            continue;
        cli_say("%s%s; --list-methods shows what there is", told ? "--weights " : prefix,
                error.message);
        return false;
    }
    return true;
}

bool cli_methods_settle(cli_settings *settings)
{
    return cli_methods_join(settings) && check_files(settings) && check_blur(settings) &&
           cli_methods_spread(settings) && find_named(settings) && find_variants(settings);
}

void cli_methods_release(cli_settings *settings)
{
    for (size_t i = 0; settings->method_weights && i < settings->methods.count; i++)
        free(settings->method_weights[i]);
    for (size_t i = 0; settings->method_shared && i < settings->methods.count; i++)
        up_weights_close(&settings->method_shared[i]);
    up_weights_close(&settings->shared);
    free(settings->method_shared);
    free(settings->method_weights);
    free(settings->named_weights);
    settings->method_shared = NULL;
    settings->method_weights = NULL;
    settings->named_weights = NULL;
    if (settings->weights.count == 1 && settings->told_weights.count == 0)
        settings->up.weights = settings->weights.item[0];
}

const char *cli_method_file(const cli_settings *settings, size_t i)
{
    if (settings->told_weights.count && *settings->told_weights.item[i])
        return settings->told_weights.item[i];
    return settings->weights.count == 1 && strcmp(cli_method_at(settings, i), "tconv") == 0
               ? settings->weights.item[0]
               : NULL;
}

bool cli_method_means(const cli_settings *settings, size_t i, const char *name)
{
    return settings->weights.count == 1 && strcmp(name, "tconv") == 0 &&
           cli_method_file(settings, i);
}

up_status cli_methods_share(cli_settings *settings, up_error *error)
{
    const up_options *how = &settings->up;
    up_status status = UP_OK;
    if (how->weights)
        status = up_weights_open(&settings->shared, how->weights, how, error);
    settings->method_shared = cli_alloc(settings->methods.count, sizeof(up_weights *));
    for (size_t i = 0; i < settings->methods.count; i++)
        if (settings->method_weights[i]) {
            const up_status opened =
                up_weights_open(&settings->method_shared[i], settings->method_weights[i], how,
                                status == UP_OK ? error : NULL);
            status = status == UP_OK ? opened : status;
        }
    return status;
}

size_t cli_methods_shared_bytes(const cli_settings *settings)
{
    size_t bytes = settings->shared ? up_weights_get_info(settings->shared)->memory_bytes : 0;
    for (size_t i = 0; settings->method_shared && i < settings->methods.count; i++)
        if (settings->method_shared[i])
            bytes += up_weights_get_info(settings->method_shared[i])->memory_bytes;
    return bytes;
}

static void use(up_options *options, const char *path, const up_weights *shared)
{
    options->weights = shared ? NULL : path;
    options->model = shared;
}

up_options cli_method_options(const cli_settings *settings, const char *method)
{
    up_options options = settings->up;
    options.method = method;
    use(&options, settings->up.weights, settings->shared);
    for (size_t i = 0; i < settings->methods.count; i++) {
        if (!settings->method_weights[i] || strcmp(settings->methods.item[i], method) != 0)
            continue;
        options.method = "tconv";
        use(&options, settings->method_weights[i],
            settings->method_shared ? settings->method_shared[i] : NULL);
    }
    return options;
}
