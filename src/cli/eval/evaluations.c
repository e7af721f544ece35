/* SPDX-License-Identifier: MIT */
#include "cli/eval/evaluations.h"

#include "cli/args/method_choice.h"
#include "cli/args/options.h"
#include "cli/batch/file_types.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/weights/weights_folders.h"

#include <stdlib.h>
#include <string.h>

/* -------------------------------------------------------------- what is asked for */

/* The method; of weights from files the name of the file, which tells more. */
static char *label_of(const cli_settings *s, size_t m)
{
    const char *method = cli_method_at(s, m), *weights = cli_method_file(s, m);
    if (!weights)
        return cli_printable(method);
    const char *base = cli_base_name(weights);
    char *stem = cli_copy_part(base, (size_t)(cli_extension_dot(base) - base));
    char *printable = cli_printable(stem);
    free(stem);
    return printable;
}

static bool is_listed(const cli_words *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->item[i], name) == 0)
            return true;
    return false;
}

static void choose_metrics(cli_evaluations *all)
{
    static char *const usual[] = { "psnr", "ssim" };
    cli_words names = all->settings->metrics;
    if (names.count == 0)
        names = (cli_words){ (char **)usual, sizeof usual / sizeof *usual };
    const up_measure_info *info;
    for (int i = 0; (info = up_measure_at(i)); i++) {
        if (!is_listed(&names, info->name))
            continue;
        all->metric = cli_grow(all->metric, all->metrics, sizeof(const up_measure_info *));
        all->metric[all->metrics++] = info;
    }
}

/* By the name that was given, or the one that is shown. */
static bool find_baseline(cli_evaluations *all)
{
    const char *name = all->settings->baseline;
    cli_nearest nearest = { .word = name };
    all->baseline = all->methods;
    if (!name)
        return true;
    for (size_t m = 0; m < all->methods && all->baseline == all->methods; m++) {
        const char *method = cli_method_at(all->settings, m);
        cli_nearest_offer(&nearest, method);
        cli_nearest_offer(&nearest, all->label[m]);
        if (strcmp(method, name) == 0 || strcmp(all->label[m], name) == 0 ||
            cli_method_means(all->settings, m, name))
            all->baseline = m;
    }
    if (all->baseline < all->methods)
        return true;
    const char *meant = cli_nearest_found(&nearest);
    if (meant)
        cli_say("--baseline: %s is none of the methods; did you mean '%s'?", name, meant);
    else
        cli_say("--baseline: %s is none of the methods; -m has them", name);
    return false;
}

bool cli_evaluations_init(cli_evaluations *all, const cli_settings *settings, int scale)
{
    *all = (cli_evaluations){
        .settings = settings,
        .scale = scale,
        .how = settings->measuring,
        .methods = cli_method_count(settings),
    };
    all->how.border = cli_given(settings, "border") ? settings->measuring.border : scale;
    all->how.threads = settings->up.threads;
    all->how.max_memory = settings->up.max_memory;
    all->how.cancel = settings->up.cancel;
    all->label = cli_alloc(all->methods, sizeof(char *));
    for (size_t m = 0; m < all->methods; m++)
        all->label[m] = label_of(settings, m);
    choose_metrics(all);
    return find_baseline(all);
}

void cli_evaluation_clear(cli_evaluation *one)
{
    free(one->result);
    free(one->value);
    for (int i = 0; i < CLI_TIMINGS; i++)
        free(one->timing[i]);
}

void cli_evaluations_clear(cli_evaluations *all)
{
    for (size_t i = 0; i < all->count; i++)
        cli_evaluation_clear(&all->item[i]);
    for (size_t m = 0; m < all->methods; m++)
        free(all->label[m]);
    free(all->label);
    free(all->metric);
    free(all->item);
    cli_words_clear(&all->sets);
    *all = (cli_evaluations){ 0 };
}

/* -------------------------------------------------------------- pictures and their sets */

static size_t set_of(cli_evaluations *all, const char *path)
{
    const char *base = cli_base_name(path);
    const size_t length = base > path + 1 ? (size_t)(base - path) - 1 : (size_t)(base - path);
    char *folder = length > 0 ? cli_copy_part(path, length) : cli_copy(".");
    for (size_t i = 0; i < all->sets.count; i++)
        if (strcmp(all->sets.item[i], folder) == 0) {
            free(folder);
            return i;
        }
    cli_words_add(&all->sets, folder);
    return all->sets.count - 1;
}

cli_evaluation *cli_evaluations_add(cli_evaluations *all, const cli_evaluation *one)
{
    all->item = cli_grow(all->item, all->count, sizeof *all->item);
    cli_evaluation *added = &all->item[all->count++];
    *added = *one;
    added->set = set_of(all, one->input->path);
    return added;
}

static bool is_in(const cli_evaluation *one, size_t set)
{
    return set == CLI_ALL_SETS || one->set == set;
}

size_t cli_set_count(const cli_evaluations *all, size_t set)
{
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++)
        count += is_in(&all->item[i], set);
    return count;
}

/* -------------------------------------------------------------- numbers */

up_eval_result cli_mean_result(const cli_evaluations *all, size_t set, size_t method)
{
    up_eval_result mean = { 0 };
    const double share = 1 / (double)cli_set_count(all, set);
    for (size_t i = 0; i < all->count; i++) {
        if (!is_in(&all->item[i], set))
            continue;
        const up_eval_result *r = &all->item[i].result[method];
        mean.seconds += share * r->seconds;
        mean.processor += share * r->processor;
        mean.multiply_adds += share * r->multiply_adds;
        mean.cleaning = r->cleaning;
    }
    return mean;
}

up_timing cli_mean_timing(const cli_evaluations *all, size_t method, int threads)
{
    up_timing mean = { 0 };
    double pixels = 0;
    for (size_t i = 0; i < all->count; i++) {
        const up_timing *t = &all->item[i].timing[threads][method];
        mean.runs = i == 0 || t->runs < mean.runs ? t->runs : mean.runs;
        mean.median_spread += t->median * t->median_spread / (double)all->count;
        mean.processor += t->processor / (double)all->count;
        mean.processor_spread += t->processor * t->processor_spread / (double)all->count;
        mean.median += t->median / (double)all->count;
        mean.low += t->low / (double)all->count;
        mean.high += t->high / (double)all->count;
        mean.peak_bytes = t->peak_bytes > mean.peak_bytes ? t->peak_bytes : mean.peak_bytes;
        pixels += t->median * t->pixels_per_second;
    }
    mean.median_spread /= mean.median > 0 ? mean.median : 1;
    mean.processor_spread /= mean.processor > 0 ? mean.processor : 1;
    if (mean.median > 0)
        mean.pixels_per_second = pixels / (mean.median * (double)all->count);
    return mean;
}

/* In new memory; *count of them. */
static double *values_of(const cli_evaluations *all, size_t set, size_t method, size_t metric,
                         size_t *count)
{
    double *value = cli_alloc(all->count, sizeof *value);
    *count = 0;
    for (size_t i = 0; i < all->count; i++)
        if (is_in(&all->item[i], set))
            value[(*count)++] = all->item[i].value[method * all->metrics + metric];
    return value;
}

double cli_mean(const cli_evaluations *all, size_t set, size_t method, size_t metric)
{
    size_t count;
    double mean = 0, *value = values_of(all, set, method, metric, &count);
    for (size_t i = 0; i < count; i++)
        mean += value[i] / (double)count;
    free(value);
    return mean;
}

up_summary cli_summary(const cli_evaluations *all, size_t set, size_t method, size_t metric)
{
    size_t count;
    up_summary summary;
    double *value = values_of(all, set, method, metric, &count);
    up_summarise(&summary, value, (int)count, all->settings->seed, NULL);
    free(value);
    return summary;
}

up_paired cli_paired(const cli_evaluations *all, size_t set, size_t method, size_t metric)
{
    size_t count;
    up_paired paired;
    double *value = values_of(all, set, method, metric, &count);
    double *base = values_of(all, set, all->baseline, metric, &count);
    up_compare_paired(&paired, value, base, (int)count, all->metric[metric]->lower_is_better,
                      all->settings->seed, NULL);
    free(value);
    free(base);
    return paired;
}
