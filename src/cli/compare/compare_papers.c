/* SPDX-License-Identifier: MIT */
#include "cli/compare/compare_papers.h"

#include "cli/args/method_choice.h"
#include "cli/batch/output_check.h"
#include "cli/compare/compare_choice.h"
#include "cli/eval/eval_show.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------- before */

bool cli_papers_check(cli_settings *s)
{
    bool fine = true;
    for (size_t i = 0; i < cli_compare_turns(s) && fine; i++) {
        cli_evaluations all;
        const double scale = cli_compare_scale(s, i);
        fine = cli_compare_settle(s, scale);
        if (fine) {
            fine = cli_evaluations_init(&all, s, (int)scale);
            cli_evaluations_clear(&all);
        }
        cli_methods_release(s);
    }
    return fine;
}

const char *cli_papers_baseline(const cli_settings *s)
{
    cli_evaluations all;
    if (!s->baseline)
        return NULL;
    cli_evaluations_init(&all, s, 0);
    const char *name = cli_method_at(s, all.baseline);
    cli_evaluations_clear(&all);
    return name;
}

void cli_papers_init(cli_papers *p, const cli_settings *s)
{
    *p = (cli_papers){ .settings = s };
    p->turn = cli_alloc(cli_compare_turns(s), sizeof *p->turn);
}

void cli_papers_clear(cli_papers *p)
{
    for (size_t i = 0; i < p->turns; i++)
        cli_evaluations_clear(&p->turn[i]);
    free(p->turn);
    *p = (cli_papers){ 0 };
}

/* -------------------------------------------------------------- meanwhile */

void cli_papers_turn(cli_papers *p, double scale)
{
    if (p->settings->from_original)
        cli_evaluations_init(&p->turn[p->turns++], p->settings, (int)scale);
}

/* The place of a measure among those that the report was asked for beside the usual ones. */
static double value_of(const up_report_row *row, const cli_settings *s, const char *metric)
{
    if (strcmp(metric, "psnr") == 0)
        return row->psnr_y;
    if (strcmp(metric, "ssim") == 0)
        return row->ssim;
    if (strcmp(metric, "ms-ssim") == 0)
        return row->ms_ssim;
    size_t count, i = 0;
    const char **asked = cli_compare_metrics(s, &count);
    while (i < count && strcmp(asked[i], metric) != 0)
        i++;
    free(asked);
    return i < count ? row->metric[i] : (double)NAN;
}

static void take_row(cli_evaluation *one, const cli_evaluations *all, const up_report_row *row,
                     size_t m)
{
    one->width = row->width;
    one->height = row->height;
    one->result[m].psnr = row->psnr_y;
    one->result[m].ssim = row->ssim;
    one->result[m].seconds = row->seconds;
    one->result[m].processor = row->processor;
    one->result[m].multiply_adds = row->multiply_adds;
    for (size_t k = 0; k < all->metrics; k++)
        one->value[m * all->metrics + k] = value_of(row, all->settings, all->metric[k]->name);
    if (all->settings->time_runs) {
        one->timing[CLI_ALL_THREADS][m] = row->all_threads;
        one->timing[CLI_ONE_THREAD][m] = row->one_thread;
    }
}

void cli_papers_add(cli_papers *p, const up_report *report, const cli_input *input)
{
    if (p->turns == 0)
        return;
    cli_evaluations *all = &p->turn[p->turns - 1];
    cli_evaluation one = { .input = input };
    one.result = cli_alloc(all->methods, sizeof *one.result);
    one.value = cli_alloc(all->methods * all->metrics, sizeof *one.value);
    for (int i = 0; i < CLI_TIMINGS && all->settings->time_runs; i++)
        one.timing[i] = cli_alloc(all->methods, sizeof(up_timing));
    const up_report_row *row;
    size_t m = 0;
    for (int i = 0; (row = up_report_row_at(report, i)); i++)
        if (!row->reference)
            take_row(&one, all, row, m++);
    cli_evaluations_add(all, &one);
}

/* -------------------------------------------------------------- afterwards */

void cli_papers_show(const cli_papers *p)
{
    const cli_settings *s = p->settings;
    const cli_evaluations *all = p->turns ? &p->turn[p->turns - 1] : NULL;
    if (!all || all->count == 0 || (!cli_compare_is_many(s) && !s->baseline && !s->time_runs))
        return;
    if (s->json)
        cli_eval_json_end(all);
    else if (!s->quiet)
        cli_eval_show_summaries(all);
}

static void put_csv(FILE *file, const cli_evaluations *turn, size_t turns)
{
    cli_eval_csv_start(file, turn);
    for (size_t i = 0; i < turns; i++) {
        for (size_t k = 0; k < turn[i].count; k++)
            cli_eval_csv_picture(file, &turn[i], &turn[i].item[k]);
        if (turn[i].count > 0)
            cli_eval_csv_end(file, &turn[i]);
    }
}

typedef struct {
    const cli_papers *papers;
    void (*put)(FILE *file, const cli_evaluations *turn, size_t turns);
} table;

static void print_table(FILE *out, const void *user)
{
    const table *t = user;
    t->put(out, t->papers->turn, t->papers->turns);
}

static up_status write_table(const char *path, const table *t, up_error *error)
{
    if (!path)
        return UP_OK;
    const up_options how = { .size = sizeof how, .overwrite = t->papers->settings->up.overwrite };
    if (!cli_output_prepare(path, how.overwrite, error))
        return error->status;
    return up_write_text(path, print_table, t, &how, error);
}

up_status cli_papers_write(const cli_papers *p, up_error *error)
{
    const cli_settings *s = p->settings;
    up_status status = write_table(s->csv_file, &(table){ p, put_csv }, error);
    if (status == UP_OK)
        status = write_table(s->latex_file, &(table){ p, cli_eval_show_latex }, error);
    if (status == UP_OK)
        status = write_table(s->markdown_file, &(table){ p, cli_eval_show_markdown }, error);
    return status;
}
