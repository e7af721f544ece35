/* SPDX-License-Identifier: MIT */
#include "cli/args/method_names.h"

#include "cli/batch/file_types.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/weights/weights_folders.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *method;
} aliases[] = { { "fast", "tconv:linear" },
                { "good", "tconv:small" },
                { "best", "tconv:large" },
                { "photo", "tconv:photo" } };

enum { ALIASES = sizeof aliases / sizeof *aliases };

const char *cli_method_alias(const char *name)
{
    for (int i = 0; i < ALIASES; i++)
        if (strcmp(aliases[i].name, name) == 0)
            return aliases[i].method;
    return NULL;
}

const char *cli_method_alias_at(int i)
{
    return i >= 0 && i < ALIASES ? aliases[i].name : NULL;
}

static bool is_taken(const cli_words *methods, const char *name)
{
    for (size_t i = 0; i < methods->count; i++)
        if (strcmp(methods->item[i], name) == 0)
            return true;
    return false;
}

/* tconv:STEM, with a number where another is called so. */
static char *name_of(const char *weights, const cli_words *taken)
{
    const char *base = cli_base_name(weights), *dot = cli_extension_dot(base);
    const bool is_file = *dot && cli_weights_extension(dot + 1);
    char *stem = is_file ? cli_copy_part(base, (size_t)(dot - base)) : cli_copy(base);
    char *name = cli_format("tconv:%s", stem);
    for (int i = 2; is_taken(taken, name); i++) {
        free(name);
        name = cli_format("tconv:%s-%d", stem, i);
    }
    free(stem);
    return name;
}

static void add(cli_words *methods, cli_words *told, char *method, const char *weights)
{
    cli_words_add(methods, method);
    cli_words_add(told, cli_copy(weights));
}

static bool names_embedded(const cli_settings *s)
{
    for (size_t i = 0; i < s->methods.count; i++)
        if (strncmp(s->methods.item[i], "tconv:", strlen("tconv:")) == 0)
            return true;
    return false;
}

/* One file is for tconv alone where weights inside the program stand beside it. */
static bool is_for_one(const cli_settings *s)
{
    return s->weights_as_names || (is_taken(&s->methods, "tconv") && names_embedded(s));
}

bool cli_methods_join(cli_settings *s)
{
    if (s->weights.count == 0 || s->told_weights.count > 0 || !names_embedded(s) ||
        is_taken(&s->methods, "tconv"))
        return true;
    if (s->methods.count == 1)
        cli_say("--weights: %s are weights inside the program: choose one, or -m %s,tconv for both",
                s->methods.item[0], s->methods.item[0]);
    else
        cli_words_add(&s->methods, cli_copy("tconv"));
    return s->methods.count > 1;
}

bool cli_methods_spread(cli_settings *s)
{
    static char *const implied[] = { "tconv" };
    cli_words methods = { 0 }, told = { 0 };
    const size_t count = s->methods.count ? s->methods.count : 1;
    char *const *given = s->methods.count ? s->methods.item : implied;
    bool spread = false;
    const size_t least = is_for_one(s) ? 1 : 2;
    if (s->weights.count < least || s->told_weights.count > 0)
        return true;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(given[i], "tconv") != 0) {
            add(&methods, &told, cli_copy(given[i]), "");
            continue;
        }
        spread = true;
        for (size_t w = 0; w < s->weights.count; w++)
            add(&methods, &told, name_of(s->weights.item[w], &methods), s->weights.item[w]);
    }
    if (!spread)
        cli_say("--weights: several of them are methods in the place of tconv, which -m does not "
                "name");
    cli_words_clear(&s->methods);
    s->methods = methods;
    s->told_weights = told;
    s->up.weights = NULL;
    return spread;
}
