/* SPDX-License-Identifier: MIT */

#include "cli/eval/eval_show.h"

#include "cli/batch/file_types.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/weights/weights_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 80, LEAST_NAME = 16, COST = 29, NARROWEST = 6, STATISTICS = 43 };

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

/* Two spaces before it. */
static int metric_columns(const up_measure_info *metric)
{
    const int title = (int)strlen(metric->title);
    return 2 + (title > NARROWEST ? title : NARROWEST);
}

/* As many metrics from `first` on as fit; returns where they end. */
static size_t metrics_that_fit(const cli_evaluations *all, size_t first, int columns, int *used)
{
    size_t end = first;
    *used = 0;
    while (end < all->metrics &&
           (end == first || *used + metric_columns(all->metric[end]) <= columns))
        *used += metric_columns(all->metric[end++]);
    return end;
}

static void append_number(char **line, int columns, int digits, double value)
{
    if (isnan(value))
        cli_append(line, "%*s", columns, "-");
    else
        cli_append(line, "%*.*f", columns, digits, value);
}

static void append_value(char **line, const up_measure_info *metric, double value)
{
    append_number(line, metric_columns(metric), metric->digits, value);
}

/* -------------------------------------------------------------- pictures */

static int name_columns(const cli_evaluations *all, int most)
{
    int longest = (int)strlen("picture");
    for (size_t i = 0; i < all->count; i++) {
        char *name = picture_name(&all->item[i]);
        const int columns = cli_columns(name);
        longest = columns > longest ? columns : longest;
        free(name);
    }
    return longest < most ? longest : most;
}

typedef struct {
    size_t first, end;   /* methods side by side */
    size_t metric, last; /* metrics of each */
    int columns;         /* that they take */
} table_block;

static void show_heads(const cli_evaluations *all, const table_block *b, int columns)
{
    char *names = cli_fit("", columns, false), *units = cli_fit("picture", columns, false);
    for (size_t m = b->first; m < b->end; m++) {
        char *head = cli_fit(all->label[m], b->columns - 2, true);
        cli_append(&names, "  %s", head);
        for (size_t k = b->metric; k < b->last; k++)
            cli_append(&units, "%*s", metric_columns(all->metric[k]), all->metric[k]->title);
        free(head);
    }
    put(names);
    put(units);
}

static void show_block(const cli_evaluations *all, const table_block *b)
{
    const int columns = name_columns(all, COLUMNS - b->columns * (int)(b->end - b->first));
    cli_put_line("");
    show_heads(all, b, columns);
    for (size_t i = 0; i < all->count; i++) {
        char *name = picture_name(&all->item[i]), *line = cli_fit(name, columns, false);
        for (size_t m = b->first; m < b->end; m++)
            for (size_t k = b->metric; k < b->last; k++)
                append_value(&line, all->metric[k], all->item[i].value[m * all->metrics + k]);
        put(line);
        free(name);
    }
}

static void show_pictures(const cli_evaluations *all)
{
    table_block b = { 0 };
    for (b.metric = 0; b.metric < all->metrics; b.metric = b.last) {
        b.last = metrics_that_fit(all, b.metric, COLUMNS - LEAST_NAME, &b.columns);
        const size_t abreast = (size_t)((COLUMNS - LEAST_NAME) / b.columns);
        for (b.first = 0; b.first < all->methods; b.first = b.end) {
            b.end = b.first + abreast < all->methods ? b.first + abreast : all->methods;
            show_block(all, &b);
        }
    }
}

/* -------------------------------------------------------------- means */

static char *title_of(const cli_evaluations *all, size_t set)
{
    const size_t count = cli_set_count(all, set);
    if (set == CLI_ALL_SETS)
        return count > 1 ? cli_format("mean of %zu pictures", count) : cli_copy("");
    char *folder = cli_printable(all->sets.item[set]);
    char *title = cli_format("%s, mean of %zu", folder, count);
    free(folder);
    return title;
}

static void show_mean_rows(const cli_evaluations *all, size_t set, size_t first, size_t end,
                           int name_width)
{
    for (size_t m = 0; m < all->methods; m++) {
        char *line = cli_fit(all->label[m], name_width, false);
        for (size_t k = first; k < end; k++)
            append_value(&line, all->metric[k], cli_mean(all, set, m, k));
        const up_eval_result mean = cli_mean_result(all, set, m);
        if (first == 0 && all->settings->no_time)
            cli_append(&line, "  %10s", "-");
        else if (first == 0)
            cli_append(&line, "  %10.1f",
                       1000 * (all->settings->time_runs ? mean.processor : mean.seconds));
        if (first == 0)
            cli_append(&line, "  %15s", cli_count_text(mean.multiply_adds).text);
        put(line);
    }
}

/* With the first metrics stands what it takes; those that do not fit beside it follow. */
static void show_means(const cli_evaluations *all, size_t set)
{
    char *title = title_of(all, set);
    for (size_t first = 0, end; first < all->metrics; first = end) {
        int used;
        const int room = COLUMNS - 1 - LEAST_NAME - (first == 0 ? COST : 0);
        end = metrics_that_fit(all, first, room, &used);
        const int name_width = COLUMNS - 1 - used - (first == 0 ? COST : 0);
        char *line = cli_fit(title, name_width, false);
        for (size_t k = first; k < end; k++)
            cli_append(&line, "%*s", metric_columns(all->metric[k]), all->metric[k]->title);
        if (first == 0)
            cli_append(&line, "  %10s  %15s", all->settings->time_runs ? "CPU ms" : "ms/picture",
                       "mul-adds/pixel");
        cli_put_line("");
        put(line);
        show_mean_rows(all, set, first, end, name_width);
    }
    free(title);
}

/* -------------------------------------------------------------- statistics */

static char *interval_text(const up_summary *s, int digits, bool sign)
{
    if (isnan(s->low))
        return cli_copy("-");
    return cli_format(sign ? "%+.*f to %+.*f" : "%.*f to %.*f", digits, s->low, digits, s->high);
}

static void show_spread(const cli_evaluations *all, size_t k)
{
    const up_measure_info *metric = all->metric[k];
    const int name_width = COLUMNS - 1 - STATISTICS;
    char *title =
        cli_format("%s%s", metric->title, metric->lower_is_better ? ", lower is better" : "");
    char *head = cli_fit(title, name_width, false);
    cli_put_line("");
    cli_print("%s  %8s  %9s  %20s", head, "median", "deviation", "mean, 95 % interval");
    for (size_t m = 0; m < all->methods; m++) {
        const up_summary s = cli_summary(all, CLI_ALL_SETS, m, k);
        char *interval = interval_text(&s, metric->digits, false);
        char *line = cli_fit(all->label[m], name_width, false);
        append_number(&line, 10, metric->digits, s.median);
        append_number(&line, 11, metric->digits, s.deviation);
        cli_append(&line, "  %20s", interval);
        put(line);
        free(interval);
    }
    free(head);
    free(title);
}

static void show_against(const cli_evaluations *all, size_t k)
{
    const up_measure_info *metric = all->metric[k];
    const int digits = metric->digits, name_width = COLUMNS - 1 - STATISTICS - 9;
    char *title = cli_format("%s over %s", metric->title, all->label[all->baseline]);
    char *head = cli_fit(title, name_width, false);
    cli_put_line("");
    cli_print("%s  %8s  %20s  %7s  %4s  %4s", head, "mean", "95 % interval", "p", "won", "lost");
    for (size_t m = 0; m < all->methods; m++) {
        if (m == all->baseline)
            continue;
        const up_paired p = cli_paired(all, CLI_ALL_SETS, m, k);
        char *interval = interval_text(&p.difference, digits, true);
        char *line = cli_fit(all->label[m], name_width, false);
        if (isnan(p.p))
            cli_append(&line, "  %8s  %20s  %7s  %4s  %4s", "-", "-", "-", "-", "-");
        else
            cli_append(&line, "  %+8.*f  %20s  %7.2g  %4d  %4d", digits, p.difference.mean,
                       interval, p.p, p.wins, p.losses);
        put(line);
        free(interval);
    }
    free(head);
    free(title);
}

/* -------------------------------------------------------------- times */

/* Threads that all of them are, in words. */
static char *threads_text(const cli_evaluations *all)
{
    const int threads = all->settings->up.threads ? all->settings->up.threads : up_cpu_count();
    return cli_format("%d thread%s", threads, threads == 1 ? "" : "s");
}

static void say_unsettled(const cli_evaluations *all, size_t m, const up_timing *one,
                          const up_timing *several)
{
    char *line = cli_format("%s did not settle:", all->label[m]), *threads = threads_text(all);
    if (one->processor_spread > UP_SETTLED)
        cli_append(&line, " one thread %.0f %%", 100 * one->processor_spread);
    if (several->median_spread > UP_SETTLED)
        cli_append(&line, "%s %s by the clock %.0f %%",
                   one->processor_spread > UP_SETTLED ? "," : "", threads,
                   100 * several->median_spread);
    put(line);
    free(threads);
}

static void show_unsettled(const cli_evaluations *all)
{
    for (size_t m = 0; m < all->methods; m++) {
        const up_timing several = cli_mean_timing(all, m, CLI_ALL_THREADS);
        const up_timing one = cli_mean_timing(all, m, CLI_ONE_THREAD);
        if (one.processor_spread > UP_SETTLED || several.median_spread > UP_SETTLED)
            say_unsettled(all, m, &one, &several);
    }
}

static void show_times(const cli_evaluations *all)
{
    enum { NAME = 24 };
    char *title = cli_format("%d runs or more", all->settings->time_runs);
    char *head = cli_fit(title, NAME, false), *threads = threads_text(all);
    cli_put_line("");
    cli_print("%s %10s %8s %15s %7s %8s", head, "CPU ms", "ms", threads, "MP/s", "peak");
    for (size_t m = 0; m < all->methods; m++) {
        const up_timing t = cli_mean_timing(all, m, CLI_ALL_THREADS);
        const up_timing one = cli_mean_timing(all, m, CLI_ONE_THREAD);
        char *line = cli_fit(all->label[m], NAME, false);
        char *range = cli_format("%.1f..%.1f", 1000 * t.low, 1000 * t.high);
        cli_append(&line, " %10.3g %8.1f %15s %7.1f %8s", 1000 * one.processor, 1000 * t.median,
                   range, t.pixels_per_second / 1e6,
                   t.peak_bytes ? cli_bytes_text((double)t.peak_bytes).text : "-");
        put(line);
        free(range);
    }
    show_unsettled(all);
    cli_put_line("CPU ms: the least processor time of a run with one thread.");
    cli_print("upscale %s on %s", UP_VERSION, up_machine_words());
    free(threads);
    free(head);
    free(title);
}

/* -------------------------------------------------------------- all of it */

void cli_eval_protocol(const cli_evaluations *all, cli_say_line *say)
{
    const bool rgb = all->how.channel == UP_CHANNEL_RGB;
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

void cli_eval_show_summaries(const cli_evaluations *all)
{
    const bool quiet = all->settings->quiet;
    for (size_t k = 0; k < all->metrics && all->count > 1 && !quiet; k++)
        show_spread(all, k);
    for (size_t set = 0; set < all->sets.count && all->sets.count > 1; set++)
        show_means(all, set);
    show_means(all, CLI_ALL_SETS);
    for (size_t k = 0; k < all->metrics && all->baseline < all->methods; k++)
        show_against(all, k);
    if (all->settings->time_runs)
        show_times(all);
}

void cli_eval_show_tables(const cli_evaluations *all)
{
    cli_eval_protocol(all, cli_print);
    if (!all->settings->quiet)
        show_pictures(all);
    cli_eval_show_summaries(all);
}
