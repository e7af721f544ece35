/* SPDX-License-Identifier: MIT */

#include "cli/eval/eval_show.h"

#include "cli/show/cli_text.h"
#include "cli/show/console.h"

#include <stdlib.h>
#include <string.h>

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

static void put_row(FILE *file, const cli_evaluations *all, const char *picture, size_t m,
                    const double *value, const up_eval_result *r)
{
    char *method = csv_text(all->label[m]), *path = csv_text(picture);
    char *line = cli_format("%s,%s,%d,%s,%d", path, method, all->scale,
                            all->how.channel == UP_CHANNEL_RGB ? "rgb" : "y", all->how.border);
    for (size_t k = 0; k < all->metrics; k++)
        cli_append(&line, ",%.*f", all->metric[k]->digits + 4, value[k]);
    if (r && !all->settings->no_time)
        cli_append(&line, ",%.6f", r->seconds);
    else
        cli_append(&line, ",");
    if (r && all->settings->time_runs)
        cli_append(&line, ",%.6f", r->processor);
    else
        cli_append(&line, ",");
    if (r)
        cli_append(&line, ",%.6g", r->multiply_adds);
    else
        cli_append(&line, ",");
    cli_put_line_into(file, line);
    free(line);
    free(path);
    free(method);
}

void cli_eval_csv_start(FILE *file, const cli_evaluations *all)
{
    char *line = cli_copy("picture,method,scale,channel,border");
    for (size_t k = 0; k < all->metrics; k++)
        cli_append(&line, ",%s", all->metric[k]->name);
    cli_append(&line, ",seconds,processor,multiply_adds");
    cli_put_line_into(file, line);
    free(line);
}

void cli_eval_csv_picture(FILE *file, const cli_evaluations *all, const cli_evaluation *one)
{
    for (size_t m = 0; m < all->methods; m++)
        put_row(file, all, one->input->path, m, one->value + m * all->metrics, &one->result[m]);
}

/* The rows of a method over many pictures: (mean), (median), ... or (mean of FOLDER) ... */
static void put_summaries(FILE *file, const cli_evaluations *all, size_t set, size_t m)
{
    static const char *const head[] = { "mean", "median", "deviation", "low", "high" };
    const size_t count = cli_set_count(all, set), heads = count > 1 ? 5 : 1;
    double *value = cli_alloc(5 * all->metrics, sizeof *value);
    for (size_t k = 0; k < all->metrics; k++) {
        const up_summary s = cli_summary(all, set, m, k);
        const double of[] = { s.mean, s.median, s.deviation, s.low, s.high };
        for (size_t i = 0; i < 5; i++)
            value[i * all->metrics + k] = of[i];
    }
    const up_eval_result mean = cli_mean_result(all, set, m);
    for (size_t i = 0; i < heads; i++) {
        char *name = set == CLI_ALL_SETS ? cli_format("(%s)", head[i])
                                         : cli_format("(%s of %s)", head[i], all->sets.item[set]);
        put_row(file, all, name, m, value + i * all->metrics, i == 0 ? &mean : NULL);
        free(name);
    }
    free(value);
}

void cli_eval_csv_end(FILE *file, const cli_evaluations *all)
{
    for (size_t set = 0; set < all->sets.count && all->sets.count > 1; set++)
        for (size_t m = 0; m < all->methods; m++)
            put_summaries(file, all, set, m);
    for (size_t m = 0; m < all->methods; m++)
        put_summaries(file, all, CLI_ALL_SETS, m);
}
