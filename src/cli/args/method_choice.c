#include "cli/args/method_choice.h"

#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/weights/weights_folders.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *implied_method(const cli_settings *settings)
{
    if (settings->up.weights)
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

char *cli_named_weights(const cli_settings *settings, const char *name, up_error *error)
{
    cli_words folders = cli_weights_folders(settings);
    double scale = settings->up.scale.rows;
    char *path = cli_weights_find(&folders, name, scale > 0 ? scale : 2);
    size_t room = sizeof error->message, used = 0;
    if (!path) {
        error->status = UP_ERROR_ARGUMENT;
        used = (size_t)snprintf(error->message, room,
                                "%s: there is no %s.safetensors or %s-xSCALE.safetensors in", name,
                                name, name);
    }
    for (size_t i = 0; i < folders.count && !path && used < room; i++)
        used += (size_t)snprintf(error->message + used, room - used, "%s %s", i ? "," : "",
                                 folders.item[i]);
    cli_words_clear(&folders);
    return path;
}

/* A path, or what looks like the name of a file, is left for the library to open. */
static bool is_name(const char *weights)
{
    return !strchr(weights, '/') && !strstr(weights, ".safetensors") && access(weights, F_OK) != 0;
}

static bool find_named(cli_settings *settings)
{
    if (!settings->up.weights || !is_name(settings->up.weights))
        return true;
    up_error error;
    settings->named_weights = cli_named_weights(settings, settings->up.weights, &error);
    if (!settings->named_weights)
        cli_say("--weights %s; those inside the program are -m tconv:NAME", error.message);
    settings->up.weights = settings->named_weights;
    return settings->named_weights != NULL;
}

static bool find_variants(cli_settings *settings)
{
    static const char prefix[] = "tconv:";
    size_t length = strlen(prefix);
    settings->method_weights = cli_alloc(settings->methods.count, sizeof(char *));
    for (size_t i = 0; i < settings->methods.count; i++) {
        const char *method = settings->methods.item[i], *name = method + length;
        if (settings->up.weights || strncmp(method, prefix, length) != 0 || strchr(name, '/') ||
            cli_weights_embedded(name))
            continue;
        up_error error;
        settings->method_weights[i] = cli_named_weights(settings, name, &error);
        if (settings->method_weights[i])
            continue;
        cli_say("%s%s; --list-methods shows what there is", prefix, error.message);
        return false;
    }
    return true;
}

bool cli_methods_settle(cli_settings *settings)
{
    return check_files(settings) && find_named(settings) && find_variants(settings);
}

up_options cli_method_options(const cli_settings *settings, const char *method)
{
    up_options options = settings->up;
    options.method = method;
    for (size_t i = 0; i < settings->methods.count; i++) {
        if (!settings->method_weights[i] || strcmp(settings->methods.item[i], method) != 0)
            continue;
        options.method = "tconv";
        options.weights = settings->method_weights[i];
    }
    return options;
}
