/* SPDX-License-Identifier: MIT */
#include "cli/show/method_list.h"

#include "cli/args/method_names.h"
#include "cli/show/console.h"
#include "cli/weights/weights_folders.h"
#include "cli/weights/weights_report.h"
#include "upscale_weights.h"

#include <stdlib.h>

static void show_methods(void)
{
    const up_method_info *method;
    for (int i = 0; (method = up_method_at(i)); i++)
        cli_print("%-14s %s", method->name, method->summary);
    cli_print("The default is %s.", up_default_method());
    const char *alias;
    for (int i = 0; (alias = cli_method_alias_at(i)); i++)
        cli_print("%-14s the same as %s", alias, cli_method_alias(alias));
}

/* "  tconv:NAME  x2  1,234  LICENCE"; or why it cannot be used. Closes the weights. */
static void show_weights(const char *name, up_weights **weights, const up_error *error)
{
    char *shown = cli_format("tconv:%s", name);
    if (!*weights) {
        cli_print("  %-41s not usable: %s", shown, error->message);
        free(shown);
        return;
    }
    const up_weights_info *info = up_weights_get_info(*weights);
    const char *licence = cli_weights_licence(*weights);
    cli_print("  %-41s %-5s %8s  %s", shown, cli_scale_text(info->scale).text,
              info->multiply_adds > 0 ? cli_count_text(info->multiply_adds).text : "?",
              licence ? licence : "licence not stated");
    free(shown);
    up_weights_close(weights);
}

static void show_title(const char *title)
{
    cli_put_line("");
    cli_print("%s:", title);
    cli_print("  %-41s %-5s %8s  %s", "-m NAME", "scale", "mul-adds", "licence");
}

static void show_embedded(void)
{
    int scale;
    const char *name;
    for (int i = 0; (name = up_embedded_weights_at(i, &scale)); i++) {
        up_error error;
        up_weights *weights;
        if (i == 0)
            show_title("Weights inside the program (multiply-adds per input pixel)");
        up_embedded_weights_open(&weights, i, &error);
        show_weights(name, &weights, &error);
    }
}

static void show_folder(const char *folder)
{
    cli_words names = cli_weights_in(folder);
    for (size_t i = 0; i < names.count; i++) {
        up_error error;
        up_weights *weights;
        char *path = cli_weights_path(folder, names.item[i]);
        if (i == 0)
            show_title(folder);
        up_weights_open(&weights, path, NULL, &error);
        show_weights(names.item[i], &weights, &error);
        free(path);
    }
    cli_words_clear(&names);
}

void cli_methods_show(const cli_settings *settings)
{
    show_methods();
    show_embedded();
    cli_words folders = cli_weights_folders(settings);
    for (size_t i = 0; i < folders.count; i++)
        show_folder(folders.item[i]);
    cli_words_clear(&folders);
}
