/* SPDX-License-Identifier: MIT */
#include "cli/compare/compare_table.h"

#include "cli/compare/compare_choice.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/json_lines.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set_number(json_t *line, const char *key, double value)
{
    json_object_set_new(line, key, isinf(value) ? json_string("infinity") : cli_json_number(value));
}

static void set_metrics(json_t *line, const up_report_row *row, const cli_words *metrics)
{
    for (size_t i = 0; i < metrics->count; i++) {
        char *key = cli_metric_key(metrics->item[i]);
        set_number(line, key, row->metric[i]);
        free(key);
    }
}

static void show_json(const char *input, const up_report_row *row, const cli_words *metrics)
{
    json_t *line = json_object();
    json_object_set_new(line, "input", cli_json_text(input));
    json_object_set_new(line, "method", cli_json_text(row->name));
    json_object_set_new(line, "width", json_integer(row->width));
    json_object_set_new(line, "height", json_integer(row->height));
    json_object_set_new(line, "bytes", json_integer((json_int_t)row->bytes));
    set_number(line, "psnr_y", row->psnr_y);
    set_number(line, "psnr_rgb", row->psnr_rgb);
    set_number(line, "ssim", row->ssim);
    set_number(line, "ms_ssim", row->ms_ssim);
    set_metrics(line, row, metrics);
    set_number(line, "seconds", row->seconds);
    if (row->one_thread.runs > 0)
        set_number(line, "processor", row->processor);
    set_number(line, "multiply_adds", row->multiply_adds);
    json_object_set_new(line, "steps", cli_json_text(row->steps));
    cli_json_put(line);
}

static cli_short_text number(double value, int digits)
{
    cli_short_text text;
    if (isinf(value))
        snprintf(text.text, sizeof text.text, "identical");
    else if (isnan(value))
        snprintf(text.text, sizeof text.text, "-");
    else
        snprintf(text.text, sizeof text.text, "%.*f", digits, value);
    return text;
}

/* -------------------------------------------------------------- the table */

typedef struct {
    const up_measure_info *info[UP_MOST_METRICS];
    int metrics, columns; /* of names */
    bool measured;        /* against something */
} table;

static int width_of(const up_measure_info *info)
{
    const int wide = (int)strlen(info->title);
    return wide > 8 ? wide : 8;
}

static void show_head(const table *t)
{
    if (!t->measured && t->metrics == 0)
        return;
    char line[40 * (UP_MOST_METRICS + 2)] = "";
    size_t used = 0;
    if (t->measured)
        used += (size_t)snprintf(line, sizeof line, "  %9s %9s %8s", "PSNR Y", "PSNR RGB", "SSIM");
    for (int i = 0; i < t->metrics; i++) {
        used += (size_t)snprintf(line + used, sizeof line - used, " %*s", width_of(t->info[i]),
                                 t->info[i]->title);
    }
    cli_print("  %-*s%s  %9s", t->columns, "method", line, "ms");
}

static void show_row(const table *t, const up_report_row *row)
{
    char *printable = cli_printable(row->name), *name = cli_fit(printable, t->columns, false);
    char line[40 * (UP_MOST_METRICS + 2)] = "";
    size_t used = 0;
    if (t->measured)
        used += (size_t)snprintf(line, sizeof line, "  %9s %9s %8s", number(row->psnr_y, 2).text,
                                 number(row->psnr_rgb, 2).text, number(row->ssim, 4).text);
    for (int i = 0; i < t->metrics; i++)
        used += (size_t)snprintf(line + used, sizeof line - used, " %*s", width_of(t->info[i]),
                                 number(row->metric[i], t->info[i]->digits).text);
    const cli_short_text ms = number(1000 * row->seconds, 1);
    if (t->measured || t->metrics > 0)
        cli_print("  %s%s  %9s", name, line, ms.text);
    else
        cli_print("  %s  %9s ms  %5d x %-5d  %s", name, ms.text, row->width, row->height,
                  cli_bytes_text((double)row->bytes).text);
    free(name);
    free(printable);
}

static table table_of(const up_report *report, const cli_words *metrics)
{
    table t = { .columns = 12, .measured = up_report_row_at(report, 0)->reference };
    const up_report_row *row;
    const up_measure_info *info;
    for (int i = 0; (row = up_report_row_at(report, i)); i++) {
        int wide = (int)strlen(row->name);
        t.columns = wide > t.columns ? (wide < 40 ? wide : 40) : t.columns;
    }
    for (size_t i = 0; i < metrics->count; i++)
        for (int k = 0; (info = up_measure_at(k)); k++)
            if (strcmp(info->name, metrics->item[i]) == 0)
                t.info[t.metrics++] = info;
    return t;
}

void cli_compare_show(const up_report *report, const char *input, const cli_settings *settings)
{
    const up_report_row *row;
    size_t count;
    const char **asked = cli_compare_metrics(settings, &count);
    const cli_words metrics = { (char **)asked, count };
    const table t = table_of(report, &metrics);
    if (!settings->json && !settings->quiet) {
        cli_print("%s", input);
        show_head(&t);
    }
    for (int i = 0; (row = up_report_row_at(report, i)); i++) {
        if (row->reference)
            continue;
        if (settings->json)
            show_json(input, row, &metrics);
        else if (!settings->quiet)
            show_row(&t, row);
    }
    free(asked);
}
