/* SPDX-License-Identifier: MIT */
#include "cli/weights/weights_info.h"

#include "cli/args/method_choice.h"
#include "cli/batch/file_types.h"
#include "cli/batch/output_check.h"
#include "cli/weights/filter_plot.h"
#include "cli/weights/weights_folders.h"
#include "cli/weights/weights_report.h"
#include "upscale_weights.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char prefix[] = "tconv:";

static bool is_named(const cli_input *input)
{
    return !input->exists && strncmp(input->path, prefix, strlen(prefix)) == 0;
}

/* Names decide where files are missing, or are not what they are called. */
bool cli_weights_meant(const cli_input *input)
{
    struct stat st;
    up_content content;
    const char *dot = cli_extension_dot(input->path);
    if (is_named(input) || strcmp(dot, ".safetensors") == 0)
        return true;
    if (stat(input->path, &st) != 0 || !S_ISREG(st.st_mode))
        return *dot && cli_weights_extension(dot + 1);
    if (up_content_of(&content, input->path) && content.picture)
        return false;
    return (*dot && cli_weights_extension(dot + 1)) || up_is_weights_file(input->path);
}

/* Takes the weights over; NULL: `error` says why. */
static void show(up_weights *weights, const char *title, const cli_settings *s, const char *plot,
                 up_error *error, cli_ledger *ledger)
{
    if (!weights) {
        cli_ledger_failed(ledger, title, error);
        return;
    }
    if (s->json)
        cli_weights_show_json(title, weights);
    else
        cli_weights_show(title, weights, s->all_layers);
    if (!plot || (cli_output_prepare(plot, s->up.overwrite, error) &&
                  cli_plot_filters(weights, plot, &s->up, error) == UP_OK))
        cli_ledger_done(ledger);
    else
        cli_ledger_failed(ledger, plot, error);
    up_weights_close(&weights);
}

static void show_path(const char *path, const char *title, const cli_settings *s,
                      cli_ledger *ledger)
{
    up_error error;
    up_weights *weights;
    up_weights_open(&weights, path, &s->up, &error);
    show(weights, title, s, s->plot, &error, ledger);
}

/* All scales of a name, or the one asked for; only the first is plotted. */
static int show_embedded(const char *title, const cli_settings *s, cli_ledger *ledger)
{
    double wanted[2];
    const bool asked = up_options_scale(&s->up, wanted);
    int scale, shown = 0;
    const char *name;
    for (int i = 0; (name = up_embedded_weights_at(i, &scale)); i++) {
        if (strcmp(name, title + strlen(prefix)) != 0 || (asked && wanted[0] != scale))
            continue;
        up_error error;
        up_weights *weights;
        up_embedded_weights_open(&weights, i, &error);
        show(weights, title, s, shown++ ? NULL : s->plot, &error, ledger);
    }
    return shown;
}

void cli_weights_info(const cli_input *input, const cli_settings *settings, cli_ledger *ledger)
{
    up_error error;
    if (!is_named(input)) {
        show_path(input->path, input->path, settings, ledger);
        return;
    }
    if (show_embedded(input->path, settings, ledger) > 0)
        return;
    char *path = cli_named_weights(settings, input->path + strlen(prefix), &error);
    if (path)
        show_path(path, path, settings, ledger);
    else
        cli_ledger_failed(ledger, input->path, &error);
    free(path);
}
