/* SPDX-License-Identifier: MIT */
#include "cli/eval_report.h"

#include "cli/args/method_choice.h"
#include "cli/batch/file_types.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/json_lines.h"
#include "cli/weights/weights_report.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 80, CELL = 16, ABREAST = 4, LABEL = CELL - 2, SUMMARY = 34 };

static size_t method_count(const cli_evaluations *all)
{
    return cli_method_count(all->settings);
}

/* The method; of weights from a file the name of the file, which tells more. */
static char *label(const cli_evaluations *all, size_t m)
{
    const char *method = cli_method_at(all->settings, m), *weights = all->settings->up.weights;
    if (!weights || strcmp(method, "tconv") != 0)
        return cli_printable(method);
    const char *base = cli_base_name(weights);
    char *stem = cli_copy_part(base, (size_t)(cli_extension_dot(base) - base));
    char *printable = cli_printable(stem);
    free(stem);
    return printable;
}

static up_eval_result mean_of(const cli_evaluations *all, size_t m)
{
    up_eval_result mean = { 0 };
    double share = 1 / (double)all->count;
    for (size_t i = 0; i < all->count; i++) {
        const up_eval_result *r = &all->item[i].result[m];
        mean.psnr += share * r->psnr;
        mean.ssim += share * r->ssim;
        mean.seconds += share * r->seconds;
        mean.multiply_adds += share * r->multiply_adds;
    }
    return mean;
}

static const char *channel_name(const cli_evaluations *all)
{
    return all->how.channel == UP_CHANNEL_RGB ? "rgb" : "y";
}

/* -------------------------------------------------------------- tables */

static void put(char *line)
{
    cli_put_line(line);
    free(line);
}

static char *picture_name(const cli_evaluation *one)
{
    char *name = cli_format("%s%s", one->input->folder, cli_base_name(one->input->path));
    char *printable = cli_printable(name);
    free(name);
    return printable;
}

static int name_columns(const cli_evaluations *all, int most)
{
    int longest = (int)strlen("picture");
    for (size_t i = 0; i < all->count; i++) {
        char *name = picture_name(&all->item[i]);
        int columns = cli_columns(name);
        longest = columns > longest ? columns : longest;
        free(name);
    }
    return longest < most ? longest : most;
}

static void show_heads(const cli_evaluations *all, size_t first, size_t end, int columns)
{
    char *names = cli_fit("", columns, false), *units = cli_fit("picture", columns, false);
    for (size_t m = first; m < end; m++) {
        char *name = label(all, m), *head = cli_fit(name, LABEL, true);
        cli_append(&names, "  %s", head);
        cli_append(&units, "    PSNR    SSIM");
        free(head);
        free(name);
    }
    put(names);
    put(units);
}

/* Methods first <= m < end side by side. */
static void show_block(const cli_evaluations *all, size_t first, size_t end)
{
    int columns = name_columns(all, COLUMNS - CELL * (int)(end - first));
    cli_put_line("");
    show_heads(all, first, end, columns);
    for (size_t i = 0; i < all->count; i++) {
        char *name = picture_name(&all->item[i]), *line = cli_fit(name, columns, false);
        for (size_t m = first; m < end; m++) {
            const up_eval_result *r = &all->item[i].result[m];
            cli_append(&line, "  %6.2f  %6.4f", r->psnr, r->ssim);
        }
        put(line);
        free(name);
    }
}

static void show_summary(const cli_evaluations *all)
{
    char *title = all->count > 1 ? cli_format("mean of %zu pictures", all->count) : cli_copy("");
    char *head = cli_fit(title, SUMMARY, false);
    cli_put_line("");
    cli_print("%s  %6s  %6s  %10s  %15s", head, "PSNR", "SSIM", "ms/picture", "mul-adds/pixel");
    for (size_t m = 0; m < method_count(all); m++) {
        up_eval_result mean = mean_of(all, m);
        char *method = label(all, m), *name = cli_fit(method, SUMMARY, false);
        cli_print("%s  %6.2f  %6.4f  %10.1f  %15s", name, mean.psnr, mean.ssim, 1000 * mean.seconds,
                  cli_count_text(mean.multiply_adds).text);
        free(name);
        free(method);
    }
    free(head);
    free(title);
}

static void show_protocol(const cli_evaluations *all, void (*say)(const char *format, ...)
                                                          __attribute__((format(printf, 1, 2))))
{
    bool rgb = all->how.channel == UP_CHANNEL_RGB;
    say("Scale %d: originals of 8 bits, cut at the top left to a multiple of %d, reduced",
        all->scale, all->scale);
    if (all->settings->degrade)
        say("and spoilt by %s (seed %llu), and upscaled to 8 bits.", all->settings->degrade,
            (unsigned long long)all->settings->seed);
    else
        say("to 8 bits by bicubic as MATLAB's imresize does it, and upscaled to 8 bits.");
    say("%s without %d pixels at every edge:",
        rgb ? "Red, green and blue" : "Luma (BT.601, 16..235, as MATLAB makes it)",
        all->how.border);
    say("PSNR in dB, SSIM by Gaussian windows of 11x11; multiply-adds per input pixel.");
}

static void show_tables(const cli_evaluations *all)
{
    size_t methods = method_count(all);
    show_protocol(all, cli_print);
    for (size_t m = 0; m < methods && !all->settings->quiet; m += ABREAST)
        show_block(all, m, m + ABREAST < methods ? m + ABREAST : methods);
    show_summary(all);
}

/* -------------------------------------------------------------- JSON */

static json_t *result_json(const cli_evaluations *all, size_t m, const up_eval_result *r)
{
    json_t *json = json_object();
    const char *method = cli_method_at(all->settings, m), *weights = all->settings->up.weights;
    json_object_set_new(json, "method", cli_json_text(method));
    if (weights && strcmp(method, "tconv") == 0)
        json_object_set_new(json, "weights", cli_json_text(weights));
    json_object_set_new(json, "psnr", cli_json_number(r->psnr));
    json_object_set_new(json, "ssim", cli_json_number(r->ssim));
    json_object_set_new(json, "seconds", json_real(r->seconds));
    json_object_set_new(json, "multiply_adds", json_real(r->multiply_adds));
    cli_json_set_cleaning(json, &r->cleaning);
    return json;
}

static void picture_json(const cli_evaluations *all, const cli_evaluation *one)
{
    json_t *line = json_object(), *results = json_array();
    for (size_t m = 0; m < method_count(all); m++)
        json_array_append_new(results, result_json(all, m, &one->result[m]));
    json_object_set_new(line, "input", cli_json_text(one->input->path));
    json_object_set_new(line, "status", json_string("done"));
    json_object_set_new(line, "width", json_integer(one->width));
    json_object_set_new(line, "height", json_integer(one->height));
    json_object_set_new(line, "results", results);
    cli_json_put(line);
}

static void means_json(const cli_evaluations *all)
{
    json_t *line = json_object(), *means = json_array(), *protocol = json_object();
    for (size_t m = 0; m < method_count(all); m++) {
        up_eval_result mean = mean_of(all, m);
        json_array_append_new(means, result_json(all, m, &mean));
    }
    json_object_set_new(protocol, "scale", json_integer(all->scale));
    json_object_set_new(protocol, "channel", json_string(channel_name(all)));
    json_object_set_new(protocol, "border", json_integer(all->how.border));
    json_object_set_new(protocol, "depth", json_integer(8));
    json_object_set_new(protocol, "reduction",
                        all->settings->degrade ? cli_json_text(all->settings->degrade)
                                               : json_string("MATLAB imresize bicubic"));
    if (all->settings->degrade)
        json_object_set_new(protocol, "seed", json_integer((json_int_t)all->settings->seed));
    json_object_set_new(line, "pictures", json_integer((json_int_t)all->count));
    json_object_set_new(line, "protocol", protocol);
    json_object_set_new(line, "mean", means);
    cli_json_put(line);
}

static void failed_json(const char *path, const up_error *error)
{
    json_t *line = json_object();
    json_object_set_new(line, "input", cli_json_text(path));
    json_object_set_new(line, "status", json_string("failed"));
    json_object_set_new(line, "error", cli_json_text(error->message));
    cli_json_put(line);
}

/* -------------------------------------------------------------- CSV */

/* Quoted (RFC 4180) where it must be, in new memory. */
static char *csv_text(const char *bytes)
{
    char *text = cli_utf8(bytes);
    if (!text[strcspn(text, ",\"\r\n")])
        return text;
    char *quoted = cli_alloc(2 * strlen(text) + 3, 1), *to = quoted;
    *to++ = '"';
    for (const char *from = text; *from; from++) {
        if (*from == '"')
            *to++ = '"';
        *to++ = *from;
    }
    *to = '"';
    free(text);
    return quoted;
}

static void put_csv(const cli_evaluations *all, const char *picture, size_t m,
                    const up_eval_result *r)
{
    char *name = label(all, m), *method = csv_text(name), *path = csv_text(picture);
    put(cli_format("%s,%s,%d,%s,%d,%.6f,%.8f,%.6f,%.6g", path, method, all->scale,
                   channel_name(all), all->how.border, r->psnr, r->ssim, r->seconds,
                   r->multiply_adds));
    free(path);
    free(method);
    free(name);
}

/* -------------------------------------------------------------- any of them */

void cli_eval_show_start(const cli_evaluations *all)
{
    if (!all->settings->csv)
        return;
    if (!all->settings->quiet)
        show_protocol(all, cli_note);
    cli_put_line("picture,method,scale,channel,border,psnr,ssim,seconds,multiply_adds");
}

void cli_eval_show_picture(const cli_evaluations *all, const cli_evaluation *one)
{
    if (all->settings->json)
        picture_json(all, one);
    for (size_t m = 0; m < method_count(all) && all->settings->csv; m++)
        put_csv(all, one->input->path, m, &one->result[m]);
}

void cli_eval_show_failed(const cli_evaluations *all, const char *path, const up_error *error)
{
    if (all->settings->json)
        failed_json(path, error);
}

void cli_eval_show_end(const cli_evaluations *all)
{
    if (all->count == 0)
        return;
    if (all->settings->json)
        means_json(all);
    for (size_t m = 0; m < method_count(all) && all->settings->csv; m++) {
        up_eval_result mean = mean_of(all, m);
        put_csv(all, "(mean)", m, &mean);
    }
    if (!all->settings->json && !all->settings->csv)
        show_tables(all);
}
