/* SPDX-License-Identifier: MIT */
#include "cli/weights/weights_report.h"

#include "cli/show/console.h"
#include "cli/weights/layer_runs.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 80, INDENT = 16, NAME = 12, SETTINGS = 12, MOST_MAP = 12, FEW_LAYERS = 32 };

/* -------------------------------------------------------------- numbers */

cli_short_text cli_scale_text(const int scale[2])
{
    cli_short_text result = { "?" };
    if (scale[0] > 0 && scale[0] == scale[1])
        snprintf(result.text, sizeof result.text, "x%d", scale[0]);
    else if (scale[0] > 0)
        snprintf(result.text, sizeof result.text, "x%d,%d", scale[0], scale[1]);
    return result;
}

cli_short_text cli_count_text(double count)
{
    cli_short_text result;
    if (count >= 1e7) {
        static const char units[] = "MGTPE";
        size_t unit = 0;
        for (count /= 1e6; count >= 999.5 && unit + 2 < sizeof units; unit++)
            count /= 1000;
        snprintf(result.text, sizeof result.text, "%.3g %c", count, units[unit]);
        return result;
    }
    int whole = (int)(count + 0.5), thousands = whole / 1000 % 1000;
    if (whole >= 1000000)
        snprintf(result.text, sizeof result.text, "%d,%03d,%03d", whole / 1000000, thousands,
                 whole % 1000);
    else if (whole >= 1000)
        snprintf(result.text, sizeof result.text, "%d,%03d", thousands, whole % 1000);
    else
        snprintf(result.text, sizeof result.text, "%.3g", count);
    return result;
}

/* "3" or "3,5" */
static cli_short_text pair_text(const int pair[2])
{
    cli_short_text result;
    if (pair[0] == pair[1])
        snprintf(result.text, sizeof result.text, "%d", pair[0]);
    else
        snprintf(result.text, sizeof result.text, "%d,%d", pair[0], pair[1]);
    return result;
}

/* -------------------------------------------------------------- what it is */

/* A line "  HEAD   text", continued below itself where 80 columns are not enough. */
static void show_line(const char *head, const char *text)
{
    char *printable = cli_printable(text);
    for (const char *at = printable; *at;) {
        size_t room = COLUMNS - INDENT, length = strlen(at);
        if (length > room) {
            for (length = room; length > 0 && at[length] != ' ';)
                length--;
            length = length ? length : strcspn(at, " "); /* no space to break at */
        }
        cli_print("  %-*s%.*s", INDENT - 2, head, (int)length, at);
        at += length;
        at += strspn(at, " ");
        head = "";
    }
    free(printable);
}

static void show_text(const char *head, char *text)
{
    show_line(head, text);
    free(text);
}

static const char *color_words(const up_weights_info *info)
{
    const char *const words[][2] = {
        { "any", info->in_channels == 1 ? "any: each channel by itself" : "any" },
        { "y", "y: full-range BT.601 luma" },
        { "y-studio", "y-studio: BT.601 luma of 16..235, as MATLAB makes it" },
        { "ycbcr", "ycbcr: BT.601 luma and chroma" },
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i][0], info->color) == 0)
            return words[i][1];
    }
    return info->color;
}

/* What the file does not say is assumed, and flags say it. */
static void show_colours(const up_weights_info *info)
{
    const char *flags = info->color_told   ? "--weights-range"
                        : info->range_told ? "--weights-color"
                                           : "--weights-color, --weights-range";
    const bool told = info->color_told && info->range_told;
    show_text("colour", cli_format("%s; white is %g%s%s%s", color_words(info), info->range,
                                   told ? "" : " (assumed: ", told ? "" : flags, told ? "" : ")"));
}

static void show_size(const up_weights_info *info)
{
    if (info->scale[0] == 0) {
        show_line("scale", "not in the file: give -s 2, 3 or 4");
        return;
    }
    bool reduced = info->reduction[0] * info->reduction[1] > 1;
    show_text("scale", reduced ? cli_format("%s / %s", cli_scale_text(info->scale).text,
                                            pair_text(info->reduction).text)
                               : cli_copy(cli_scale_text(info->scale).text));
    bool cropped = info->extra[0] < 0 || info->extra[1] < 0;
    bool exact = info->extra[0] == 0 && info->extra[1] == 0;
    const int missing[2] = { abs(info->extra[0]), abs(info->extra[1]) };
    show_text("output", exact
                            ? cli_copy("exactly the input times the scale")
                            : cli_format("%s by %s: pictures are %s",
                                         cropped ? "cropped" : "extended", pair_text(missing).text,
                                         cropped ? "padded to make up for it"
                                                 : "cut to size, tensors are not"));
    if (info->enlarges_first)
        show_line("before it", "pictures are enlarged by bicubic, to any size");
    if (info->least[0] > 1 || info->least[1] > 1)
        show_text("input", cli_format("at least %s rows, columns", pair_text(info->least).text));
    if (info->multiple[0] > 1 || info->multiple[1] > 1)
        show_text("sides", cli_format("multiples of %s: pictures are extended, and cut to size",
                                      pair_text(info->multiple).text));
}

static void show_cost(const up_weights_info *info)
{
    char *adds = info->multiply_adds > 0 ? cli_format("%s multiply-adds per input pixel",
                                                      cli_count_text(info->multiply_adds).text)
                                         : cli_copy("multiply-adds depend on the scale");
    show_text("cost",
              cli_format("%s, %s parameters", adds, cli_count_text((double)info->parameters).text));
    free(adds);
    if (info->receptive_field[0] == INT_MAX || info->receptive_field[1] == INT_MAX)
        show_line("reach", "every pixel is made from the whole image");
    else if (info->receptive_field[0] > 0)
        show_text("reach", cli_format("receptive field of %d x %d input pixels",
                                      info->receptive_field[0], info->receptive_field[1]));
    else
        show_line("reach", "the receptive field depends on the scale");
}

static void show_metadata(const up_weights *weights)
{
    const char *key, *value;
    for (int i = 0; (key = up_weights_metadata_at(weights, i, &value)); i++) {
        if (strncmp(key, "upscale.", strlen("upscale.")) == 0)
            continue; /* all that it states is shown already */
        bool fits = strlen(key) < INDENT - 2;
        show_text(fits ? key : "", cli_format("%s%s%s", fits ? "" : key, fits ? "" : ": ", value));
    }
}

const char *cli_weights_licence(const up_weights *weights)
{
    const char *key, *value;
    for (int i = 0; (key = up_weights_metadata_at(weights, i, &value)); i++) {
        if (strcmp(key, "licence") == 0 || strcmp(key, "license") == 0)
            return value;
    }
    return NULL;
}

/* -------------------------------------------------------------- layers */

static void append(char **text, const char *more)
{
    cli_append(text, "%s%s", **text && *more ? ", " : "", more);
}

/* "layer 3, input": where it is not the layer before alone. */
static char *inputs_of(int i, const up_weights_layer *layer)
{
    char *text = cli_copy("");
    for (int k = 0; k < layer->inputs && (layer->inputs > 1 || layer->input[0] != i - 1); k++) {
        char *one = layer->input[k] < 0 ? cli_copy("input") : cli_format("%d", layer->input[k]);
        cli_append(&text, "%s%s", k ? " + " : "of ", one);
        free(one);
    }
    return text;
}

/* What a layer is told but for its kernel and channels, in new memory. */
static char *settings_of(int i, const up_weights_layer *layer)
{
    char *text = inputs_of(i, layer);
    if (layer->kernel[0] && layer->stride[0] != 1) {
        char *stride =
            cli_format("stride %s", layer->stride[0] ? pair_text(layer->stride).text : "?");
        append(&text, stride);
        free(stride);
    }
    append(&text, layer->settings);
    if (layer->groups > 1)
        cli_append(&text, "%s%d groups", *text ? ", " : "", layer->groups);
    return text;
}

static void show_layer(int i, const up_weights_layer *layer)
{
    char *printable = cli_printable(layer->name ? layer->name : "");
    char *name = cli_fit(printable, NAME, false), *settings = settings_of(i, layer);
    char *kernel =
        layer->kernel[0] ? cli_format("%dx%d", layer->kernel[0], layer->kernel[1]) : cli_copy("");
    char *channels = cli_format("%d>%d", layer->in_channels, layer->out_channels);
    bool fits = strlen(settings) <= SETTINGS;
    bool counts = layer->multiply_adds > 0;
    char *line = cli_format("%3d %-16s %s %5s %9s %-*s %8s %8s", i, layer->op, name, kernel,
                            channels, SETTINGS, fits ? settings : "",
                            layer->parameters ? cli_count_text((double)layer->parameters).text : "",
                            counts ? cli_count_text(layer->multiply_adds).text : "");
    for (size_t end = strlen(line); line[end - 1] == ' ';)
        line[--end] = 0;
    cli_print("%s", line);
    if (!fits)
        show_line("", settings);
    free(line);
    free(channels);
    free(kernel);
    free(settings);
    free(name);
    free(printable);
}

/* Of blocks that repeat the first, within which others may. */
static void show_range(const up_weights *weights, int start, int end)
{
    while (start < end) {
        const cli_layer_run run = cli_layer_run_at(weights, start, end);
        const int next = start + run.length, behind = start + run.times * run.length;
        if (run.times == 1) {
            show_layer(start, up_weights_layer_at(weights, start));
        } else {
            show_range(weights, start, next);
            cli_print("    %d to %d: %s once more, %d time%s", next, behind - 1,
                      run.length == 1 ? "this layer" : "these layers", run.times - 1,
                      run.times == 2 ? "" : "s");
        }
        start = behind;
    }
}

static void show_layers(const up_weights *weights, bool all)
{
    const up_weights_layer *layer;
    const int layers = up_weights_get_info(weights)->layers;
    cli_put_line("");
    cli_print("%3s %-16s %-*s %5s %9s %-*s %8s %8s", "#", "layer", NAME, "tensors", "size",
              "channels", SETTINGS, "settings", "params", "mul-adds");
    if (!all && layers > FEW_LAYERS) {
        show_range(weights, 0, layers);
        return;
    }
    for (int i = 0; (layer = up_weights_layer_at(weights, i)); i++)
        show_layer(i, layer);
}

/* -------------------------------------------------------------- overlap */

static void show_map(const up_weights *weights, int i, const up_weights_layer *layer)
{
    for (int row = 0; row < layer->stride[0]; row++) {
        char *line = cli_copy("     ");
        for (int column = 0; column < layer->stride[1]; column++)
            cli_append(&line, " %4d", up_weights_overlap(weights, i, row, column));
        cli_put_line(line);
        free(line);
    }
}

static void show_overlap(const up_weights *weights, int i, const up_weights_layer *layer)
{
    bool small = layer->stride[0] <= MOST_MAP && layer->stride[1] <= MOST_MAP;
    cli_put_line("");
    if (layer->stride[0] == 0) {
        cli_print("Overlap of layer %d: depends on the stride, which is the scale.", i);
        return;
    }
    cli_print("Overlap of layer %d, kernel %s, stride %s: %s%s", i, pair_text(layer->kernel).text,
              pair_text(layer->stride).text,
              layer->overlap_even ? "even" : "taps that meet in each output pixel",
              layer->overlap_even ? ""
              : small             ? ":"
                                  : " differ.");
    if (layer->overlap_even)
        return;
    if (small)
        show_map(weights, i, layer);
    cli_put_line("  warning: the overlap is uneven, for the kernel is no multiple of the stride;");
    cli_put_line("  unless training has made up for it, this leaves a checkerboard.");
}

void cli_weights_show(const char *title, const up_weights *weights, bool all)
{
    const up_weights_info *info = up_weights_get_info(weights);
    const up_weights_layer *layer;
    cli_print("%s", title);
    const char *family =
        strcmp(info->family, "layers") == 0 ? "as its upscale.layers describes it" : info->family;
    show_text("network", cli_format("%s, %d channel%s in, %d out", family, info->in_channels,
                                    info->in_channels == 1 ? "" : "s", info->out_channels));
    show_text("file", cli_format("%s%s%s", info->format, info->part ? ", of which " : "",
                                 info->part ? info->part : ""));
    show_size(info);
    show_colours(info);
    if (isfinite(info->limit))
        show_text("limit",
                  cli_format("within the 5x5 pixels around, and %g %% of their range beyond",
                             100 * info->limit));
    if (info->condition)
        show_text("condition", cli_format("%s: how much to clean away is its last input plane "
                                          "(--clean)",
                                          info->condition));
    show_cost(info);
    show_metadata(weights);
    show_layers(weights, all);
    for (int i = 0; (layer = up_weights_layer_at(weights, i)); i++) {
        if (strcmp(layer->op, "conv_transpose2d") == 0)
            show_overlap(weights, i, layer);
    }
}
