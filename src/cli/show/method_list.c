/* SPDX-License-Identifier: MIT */
#include "cli/show/method_list.h"

#include "cli/args/method_names.h"
#include "cli/show/console.h"
#include "cli/weights/weights_folders.h"
#include "cli/weights/weights_report.h"
#include "upscale_weights.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------- speed */

enum { SIDE = 256, RUNS = 9 }; /* of the square picture that is timed, and how often */

/* A picture of waves, in memory of its own. */
static uint8_t *draw_waves(void)
{
    uint8_t *rgb = cli_alloc(3 * SIDE, SIDE);
    for (int i = 0; i < 3 * SIDE * SIDE; i++)
        rgb[i] = (uint8_t)(i / 3 % SIDE * (i / 3 / SIDE + i % 3 + 1) % 251);
    return rgb;
}

/* Megapixels of the result a second of one thread, or "-". Its processor time is what counts: what
 * else the machine does disturbs that least. */
static cli_short_text speed_text(const up_options *how, int scale)
{
    up_options options = *how;
    options.threads = 1;
    cli_short_text text = { "-" };
    up_format format = {
        .width = SIDE, .height = SIDE, .channels = 3, .frames = 1, .color = UP_COLOR_RGB, .depth = 8
    };
    up_eval_picture picture = { .scale = scale };
    uint8_t *rgb = draw_waves();
    picture.reduced = (up_pixels){ .format = format, .data = rgb };
    format.width *= scale;
    format.height *= scale;
    picture.reference.format = format;
    up_timing timing;
    const double pixels = (double)format.width * format.height;
    if (up_eval_time(&timing, &picture, &options, 1, RUNS, NULL) == UP_OK && timing.processor > 0) {
        const double speed = pixels / timing.processor / 1e6;
        snprintf(text.text, sizeof text.text, "%.*f", speed < 10 ? 2 : speed < 100 ? 1 : 0, speed);
    }
    free(rgb);
    return text;
}

/* -------------------------------------------------------------- methods */

static void show_methods(const cli_settings *settings)
{
    const up_method_info *method;
    for (int i = 0; (method = up_method_at(i)); i++)
        cli_print("%-14s %s", method->name, method->summary);
    cli_print("The default is %s.", up_default_method());
    const char *alias;
    for (int i = 0; (alias = cli_method_alias_at(i)); i++)
        cli_print("%-14s the same as %s", alias, cli_method_alias(alias));
    if (!settings->verbose)
        return;
    cli_put_line("");
    cli_print("Megapixels of the result a second, x2, on one thread of");
    cli_print("%s:", up_machine_words());
    for (int i = 0; (method = up_method_at(i)); i++) {
        up_options how = settings->up;
        how.method = method->name;
        cli_print("  %-41s %8s", method->name, speed_text(&how, 2).text);
    }
}

/* -------------------------------------------------------------- weights */

static const char *metadata_of(const up_weights *weights, const char *wanted)
{
    const char *key, *value;
    for (int i = 0; (key = up_weights_metadata_at(weights, i, &value)); i++)
        if (strcmp(key, wanted) == 0)
            return value;
    return "-";
}

/* Names are shown shorter where there is a column more. */
static int name_columns(const cli_settings *settings)
{
    return settings->verbose ? 32 : 41;
}

/* "  tconv:NAME  x2  1,234  LICENCE  37.21"; or why it cannot be used. Closes the weights. */
static void show_weights(const cli_settings *settings, const char *name, up_weights **weights,
                         const up_error *error)
{
    char *shown = cli_format("tconv:%s", name);
    const int columns = name_columns(settings);
    if (!*weights) {
        cli_print("  %-*s not usable: %s", columns, shown, error->message);
        free(shown);
        return;
    }
    const up_weights_info *info = up_weights_get_info(*weights);
    const char *licence = cli_weights_licence(*weights);
    cli_short_text speed = { "" };
    if (settings->verbose) {
        up_options how = settings->up;
        how.method = "tconv";
        how.model = *weights;
        speed = speed_text(&how, info->scale[0] > 0 ? info->scale[0] : 1);
    }
    cli_print("  %-*s %-5s %8s  %-13s %5s%s%s", columns, shown, cli_scale_text(info->scale).text,
              info->multiply_adds > 0 ? cli_count_text(info->multiply_adds).text : "?",
              licence ? licence : "licence not stated", metadata_of(*weights, "set5_psnr_y"),
              settings->verbose ? "  " : "", speed.text);
    free(shown);
    up_weights_close(weights);
}

static void show_title(const cli_settings *settings, const char *title)
{
    cli_put_line("");
    cli_print("%s:", title);
    cli_print("  %-*s %-5s %8s  %-13s %5s%s", name_columns(settings), "-m NAME", "scale",
              "mul-adds", "licence", "Set5", settings->verbose ? "  MP/s" : "");
}

static void show_embedded(const cli_settings *settings)
{
    int scale;
    const char *name;
    for (int i = 0; (name = up_embedded_weights_at(i, &scale)); i++) {
        up_error error;
        up_weights *weights;
        if (i == 0)
            show_title(settings, "Weights inside the program (multiply-adds per input pixel; PSNR "
                                 "in dB)");
        up_embedded_weights_open(&weights, i, &error);
        show_weights(settings, name, &weights, &error);
    }
    const char *enlarges;
    for (int i = 0; (name = up_photo_method_at(i, &enlarges)); i++)
        cli_print("  tconv:%-12s cleans by tconv:clean, as --clean says, then tconv:%s", name,
                  enlarges);
}

static void show_folder(const cli_settings *settings, const char *folder)
{
    cli_words names = cli_weights_in(folder);
    for (size_t i = 0; i < names.count; i++) {
        up_error error;
        up_weights *weights;
        char *path = cli_weights_path(folder, names.item[i]);
        if (i == 0)
            show_title(settings, folder);
        up_weights_open(&weights, path, NULL, &error);
        show_weights(settings, names.item[i], &weights, &error);
        free(path);
    }
    cli_words_clear(&names);
}

void cli_methods_show(const cli_settings *settings)
{
    show_methods(settings);
    show_embedded(settings);
    cli_words folders = cli_weights_folders(settings);
    for (size_t i = 0; i < folders.count; i++)
        show_folder(settings, folders.item[i]);
    cli_words_clear(&folders);
}
