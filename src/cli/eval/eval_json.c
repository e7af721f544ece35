/* SPDX-License-Identifier: MIT */

#include "cli/eval/eval_show.h"

#include "cli/args/method_choice.h"
#include "cli/show/cli_text.h"
#include "cli/show/json_lines.h"

#include <stdlib.h>
#include <string.h>

static void set_value(json_t *json, const up_measure_info *metric, json_t *value)
{
    char *key = cli_metric_key(metric->name);
    json_object_set_new(json, key, value);
    free(key);
}

static json_t *method_json(const cli_evaluations *all, size_t m)
{
    json_t *json = json_object();
    const char *file = cli_method_file(all->settings, m);
    json_object_set_new(json, "method", cli_json_text(cli_method_at(all->settings, m)));
    if (file)
        json_object_set_new(json, "weights", cli_json_text(file));
    return json;
}

static void set_cost(json_t *json, const cli_evaluations *all, const up_eval_result *r)
{
    if (!all->settings->no_time)
        json_object_set_new(json, "seconds", json_real(r->seconds));
    if (all->settings->time_runs)
        json_object_set_new(json, "processor", json_real(r->processor));
    json_object_set_new(json, "multiply_adds", json_real(r->multiply_adds));
    cli_json_set_cleaning(json, &r->cleaning);
}

static json_t *summary_json(const up_summary *s)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "mean", cli_json_number(s->mean), "median",
                     cli_json_number(s->median), "deviation", cli_json_number(s->deviation), "low",
                     cli_json_number(s->low), "high", cli_json_number(s->high));
}

static json_t *paired_json(const cli_evaluations *all, size_t set, size_t m, size_t k)
{
    const up_paired p = cli_paired(all, set, m, k);
    json_t *json = summary_json(&p.difference);
    const int equal = p.difference.count - p.wins - p.losses;
    json_object_set_new(json, "p", cli_json_number(p.p));
    json_object_set_new(json, "wins", json_integer(p.wins));
    json_object_set_new(json, "losses", json_integer(p.losses));
    json_object_set_new(json, "equal", json_integer(equal));
    return json;
}

void cli_eval_json_picture(const cli_evaluations *all, const cli_evaluation *one)
{
    json_t *line = json_object(), *results = json_array();
    for (size_t m = 0; m < all->methods; m++) {
        json_t *json = method_json(all, m);
        for (size_t k = 0; k < all->metrics; k++)
            set_value(json, all->metric[k], cli_json_number(one->value[m * all->metrics + k]));
        set_cost(json, all, &one->result[m]);
        json_array_append_new(results, json);
    }
    json_object_set_new(line, "input", cli_json_text(one->input->path));
    json_object_set_new(line, "status", json_string("done"));
    json_object_set_new(line, "scale", json_integer(all->scale));
    json_object_set_new(line, "width", json_integer(one->width));
    json_object_set_new(line, "height", json_integer(one->height));
    json_object_set_new(line, "results", results);
    cli_json_put(line);
}

void cli_eval_json_failed(const cli_evaluations *all, const char *path, const up_error *error)
{
    json_t *line = json_object();
    json_object_set_new(line, "input", cli_json_text(path));
    json_object_set_new(line, "status", json_string("failed"));
    json_object_set_new(line, "scale", json_integer(all->scale));
    json_object_set_new(line, "error", cli_json_text(error->message));
    cli_json_put(line);
}

static json_t *means_json(const cli_evaluations *all, size_t set)
{
    json_t *list = json_array();
    for (size_t m = 0; m < all->methods; m++) {
        json_t *json = method_json(all, m);
        const up_eval_result mean = cli_mean_result(all, set, m);
        for (size_t k = 0; k < all->metrics; k++)
            set_value(json, all->metric[k], cli_json_number(cli_mean(all, set, m, k)));
        set_cost(json, all, &mean);
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *statistics_json(const cli_evaluations *all, size_t set)
{
    json_t *list = json_array();
    for (size_t m = 0; m < all->methods; m++) {
        json_t *json = method_json(all, m);
        json_t *against = all->baseline < all->methods && m != all->baseline ? json_object() : NULL;
        for (size_t k = 0; k < all->metrics; k++) {
            const up_summary s = cli_summary(all, set, m, k);
            set_value(json, all->metric[k], summary_json(&s));
            if (against)
                set_value(against, all->metric[k], paired_json(all, set, m, k));
        }
        if (against)
            json_object_set_new(json, "against_baseline", against);
        json_array_append_new(list, json);
    }
    return list;
}

/* NULL without --time. */
static json_t *times_json(const cli_evaluations *all)
{
    static const char *const threads[CLI_TIMINGS] = { "all_threads", "one_thread" };
    json_t *list = all->settings->time_runs ? json_array() : NULL;
    for (size_t m = 0; list && m < all->methods; m++) {
        json_t *json = method_json(all, m);
        for (int i = 0; i < CLI_TIMINGS; i++) {
            const up_timing t = cli_mean_timing(all, m, i);
            json_object_set_new(json, threads[i],
                                json_pack("{s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:I}", "runs",
                                          t.runs, "median", t.median, "low", t.low, "high", t.high,
                                          "median_spread", t.median_spread, "processor",
                                          t.processor, "processor_spread", t.processor_spread,
                                          "pixels_per_second", t.pixels_per_second, "peak_bytes",
                                          (json_int_t)t.peak_bytes));
        }
        json_array_append_new(list, json);
    }
    return list;
}

static json_t *protocol_json(const cli_evaluations *all)
{
    const cli_settings *s = all->settings;
    json_t *json = json_object(), *lower = json_array();
    json_object_set_new(json, "scale", json_integer(all->scale));
    json_object_set_new(json, "channel",
                        json_string(all->how.channel == UP_CHANNEL_RGB ? "rgb" : "y"));
    json_object_set_new(json, "border", json_integer(all->how.border));
    json_object_set_new(json, "depth", json_integer(8));
    json_object_set_new(json, "reduction",
                        s->degrade ? cli_json_text(s->degrade)
                                   : json_string("MATLAB imresize bicubic"));
    json_object_set_new(json, "seed", json_integer((json_int_t)s->seed));
    for (size_t k = 0; k < all->metrics; k++)
        if (all->metric[k]->lower_is_better)
            json_array_append_new(lower, json_string(all->metric[k]->name));
    json_object_set_new(json, "lower_is_better", lower);
    if (all->baseline < all->methods)
        json_object_set_new(json, "baseline", cli_json_text(cli_method_at(s, all->baseline)));
    json_object_set_new(json, "program", json_string("upscale " UP_VERSION));
    if (!s->no_time) {
        json_object_set_new(json, "machine", cli_json_text(up_machine_words()));
        json_object_set_new(json, "threads",
                            json_integer(s->up.threads ? s->up.threads : up_cpu_count()));
    }
    return json;
}

static json_t *sets_json(const cli_evaluations *all)
{
    json_t *list = json_array();
    for (size_t set = 0; set < all->sets.count; set++)
        json_array_append_new(
            list, json_pack("{s:o, s:i, s:o, s:o}", "set", cli_json_text(all->sets.item[set]),
                            "pictures", (int)cli_set_count(all, set), "mean", means_json(all, set),
                            "statistics", statistics_json(all, set)));
    return list;
}

void cli_eval_json_end(const cli_evaluations *all)
{
    json_t *line = json_object();
    json_object_set_new(line, "pictures", json_integer((json_int_t)all->count));
    json_object_set_new(line, "protocol", protocol_json(all));
    json_object_set_new(line, "mean", means_json(all, CLI_ALL_SETS));
    json_object_set_new(line, "statistics", statistics_json(all, CLI_ALL_SETS));
    json_t *times = times_json(all);
    if (times)
        json_object_set_new(line, "times", times);
    if (all->sets.count > 1)
        json_object_set_new(line, "sets", sets_json(all));
    cli_json_put(line);
}
