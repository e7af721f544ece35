/* SPDX-License-Identifier: MIT */
#include "cli/compare_table.h"

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

static void show_json(const char *input, const up_report_row *row)
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
    set_number(line, "seconds", row->seconds);
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

static void show_row(const up_report_row *row, bool measured, int columns)
{
    char *printable = cli_printable(row->name), *name = cli_fit(printable, columns, false);
    if (measured)
        cli_print("  %s  %9s %9s %8s  %9s", name, number(row->psnr_y, 2).text,
                  number(row->psnr_rgb, 2).text, number(row->ssim, 4).text,
                  number(1000 * row->seconds, 1).text);
    else
        cli_print("  %s  %9s ms  %5d x %-5d  %s", name, number(1000 * row->seconds, 1).text,
                  row->width, row->height, cli_bytes_text((double)row->bytes).text);
    free(name);
    free(printable);
}

void cli_compare_show(const up_report *report, const char *input, const cli_settings *settings)
{
    const up_report_row *row;
    int columns = 12;
    bool measured = up_report_row_at(report, 0)->reference;
    for (int i = 0; (row = up_report_row_at(report, i)); i++) {
        int wide = (int)strlen(row->name);
        columns = wide > columns ? (wide < 40 ? wide : 40) : columns;
    }
    if (!settings->json && !settings->quiet) {
        cli_print("%s", input);
        if (measured)
            cli_print("  %-*s  %9s %9s %8s  %9s", columns, "method", "PSNR Y", "PSNR RGB", "SSIM",
                      "ms");
    }
    for (int i = 0; (row = up_report_row_at(report, i)); i++) {
        if (row->reference)
            continue;
        if (settings->json)
            show_json(input, row);
        else if (!settings->quiet)
            show_row(row, measured, columns);
    }
}
