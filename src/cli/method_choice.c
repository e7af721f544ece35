#include "method_choice.h"

#include "console.h"

#include <string.h>

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

bool cli_methods_check(const cli_settings *settings)
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

up_options cli_method_options(const cli_settings *settings, const char *method)
{
    up_options options = settings->up;
    options.method = method;
    return options;
}
