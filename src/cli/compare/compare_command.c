/* SPDX-License-Identifier: MIT */

#include "cli/commands.h"

#include "cli/args/method_choice.h"
#include "cli/args/method_names.h"
#include "cli/args/metric_choice.h"
#include "cli/batch/file_types.h"
#include "cli/batch/inputs.h"
#include "cli/batch/output_check.h"
#include "cli/compare/compare_choice.h"
#include "cli/compare/compare_papers.h"
#include "cli/compare/compare_table.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/lines/progress.h"
#include "cli/signals.h"

#include <stdlib.h>
#include <string.h>

static up_contender *contenders_of(const cli_settings *s)
{
    size_t count = cli_method_count(s);
    up_contender *list = cli_alloc(count, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        list[i].name = cli_method_at(s, i);
        list[i].options = cli_method_options(s, list[i].name);
        list[i].options.cancel = cli_signals_flag();
    }
    return list;
}

enum { TABLES = 3 };

typedef struct {
    cli_settings *settings;
    const cli_inputs *inputs;
    up_report_options options;
    const char *table[TABLES]; /* files of them, which the options have */
    up_contender *contender;   /* of the scale that is being done */
    up_report *report;
    cli_papers papers;
    cli_progress *progress;
    cli_ledger *ledger;
} comparing;

static void add_picture(comparing *c, const cli_input *input)
{
    up_error error = { 0 };
    cli_progress_begin(c->progress, 0, input->path, 1);
    error.status = up_report_add(c->report, input->path, &error);
    cli_progress_end(c->progress, 0);
    if (error.status != UP_OK) {
        cli_ledger_failed(c->ledger, input->path, &error);
        return;
    }
    cli_ledger_done(c->ledger);
    cli_compare_show(c->report, input->path, c->settings);
    cli_papers_add(&c->papers, c->report, input);
}

static void say_files(const comparing *c, size_t bytes)
{
    const cli_settings *s = c->settings;
    if (s->output)
        cli_say("%s%s  %s", s->output, s->single_file ? "" : " (open index.html in it)",
                cli_bytes_text((double)bytes).text);
    if (s->sheet)
        cli_say("%s", s->sheet);
    for (int i = 0; i < c->options.files; i++)
        cli_say("%s", c->table[i]);
}

/* `path` is what the report, or else the sheet, is called. */
static void finish(comparing *c, const char *path)
{
    up_error error = { 0 };
    size_t bytes;
    error.status = up_report_finish(c->report, &bytes, &error);
    if (error.status == UP_OK)
        error.status = cli_papers_write(&c->papers, &error);
    if (error.status != UP_OK)
        cli_ledger_failed(c->ledger, path, &error);
    else if (!c->settings->quiet && !c->settings->json)
        say_files(c, bytes);
}

/* What is in the way of tables is said before the work; of the report, which may be called DIR/,
 * and the sheet the folders above them are made. */
static bool open_report(comparing *c)
{
    const cli_settings *s = c->settings;
    char *path = s->output ? cli_tidy_path(s->output) : NULL;
    const char *named = path ? path : s->sheet;
    up_error error = { 0 };
    bool fine = true;
    if (s->sheet)
        fine = cli_output_prepare(named = s->sheet, s->up.overwrite, &error);
    for (int i = 0; i < c->options.files && fine; i++)
        fine = cli_output_prepare(named = c->table[i], s->up.overwrite, &error);
    if (fine)
        named = path ? path : s->sheet;
    if (fine && (!path || cli_make_folders(path, &error)))
        error.status = up_report_open(&c->report, path, &c->options, &error);
    if (error.status != UP_OK)
        cli_ledger_failed(c->ledger, named, &error);
    free(path);
    return error.status == UP_OK;
}

/* The methods of a scale in the place of those before. Weights that cannot be opened would fail
 * every picture. */
static int settle_turn(cli_settings *s, size_t turn)
{
    up_error error;
    cli_methods_release(s);
    if (!cli_compare_settle(s, cli_compare_scale(s, turn)))
        return CLI_EXIT_USAGE;
    return cli_methods_share(s, &error) == UP_OK ? CLI_EXIT_OK : cli_fail(&error);
}

/* The first turn is the last, so that what it needs is open. */
static int check_turns(cli_settings *s)
{
    int code = CLI_EXIT_OK;
    for (size_t turn = cli_compare_turns(s); turn > 0 && code == CLI_EXIT_OK; turn--)
        code = settle_turn(s, turn - 1);
    return code;
}

static void begin_turn(comparing *c, size_t turn)
{
    free(c->contender);
    c->options.contender = c->contender = contenders_of(c->settings);
    cli_papers_turn(&c->papers, cli_compare_scale(c->settings, turn));
}

/* Before anything is made, so that nobody is surprised by it. */
static void say_size(const comparing *c, size_t turns)
{
    const cli_settings *s = c->settings;
    size_t bytes;
    if (s->quiet || s->json || !s->output)
        return;
    const char **path = cli_alloc(c->inputs->count, sizeof *path);
    for (size_t i = 0; i < c->inputs->count; i++)
        path[i] = c->inputs->item[i].path;
    if (up_report_estimate(&bytes, &c->options, path, c->inputs->count, NULL) == UP_OK)
        cli_say("%s: a report of %s %s", s->output,
                s->single_file && !s->full ? "at most" : "about",
                cli_bytes_text((double)bytes * (double)turns).text);
    free(path);
}

static void compare_all(comparing *c)
{
    cli_settings *s = c->settings;
    const size_t turns = cli_compare_turns(s), all = turns * c->inputs->count;
    begin_turn(c, 0);
    if (!open_report(c))
        return;
    say_size(c, turns);
    c->progress = cli_progress_new(s, all, (double)all, 1);
    c->options.progress = cli_progress_update;
    c->options.user = cli_progress_user(c->progress, 0);
    for (size_t turn = 0; turn < turns && !*cli_signals_flag(); turn++) {
        if (turn > 0) {
            if (settle_turn(s, turn) != CLI_EXIT_OK)
                break;
            begin_turn(c, turn);
        }
        for (size_t i = 0; i < c->inputs->count && !*cli_signals_flag(); i++)
            add_picture(c, &c->inputs->item[i]);
        cli_papers_show(&c->papers);
    }
    cli_progress_free(c->progress);
    c->ledger->interrupted |= *cli_signals_flag() != 0;
    if (c->ledger->done > 0 && !c->ledger->interrupted)
        finish(c, s->output ? s->output : s->sheet);
    up_report_close(&c->report);
}

static up_report_options report_options(const cli_settings *s)
{
    return (up_report_options){
        .contenders = (int)cli_method_count(s),
        .reference = s->reference,
        .from_original = s->from_original,
        .classroom = s->classroom,
        .degrade = s->degrade,
        .seed = s->seed,
        .baseline = cli_papers_baseline(s),
        .box = s->crops.item,
        .box_picture = (const char *const *)s->crops.picture,
        .boxes = s->crops.count,
        .single_file = s->single_file,
        .full = s->full,
        .many = cli_compare_is_many(s),
        .sheet = s->sheet,
        .sheet_column = (const char *const *)s->sheet_columns.item,
        .sheet_columns = (int)s->sheet_columns.count,
        .sheet_map = (up_sheet_map)s->sheet_map,
        .sheet_narrow = s->sheet_width == 1,
        .zoom = s->zoom,
        .time_runs = s->time_runs,
        .no_time = s->no_time,
        .overwrite = s->up.overwrite,
    };
}

/* tconv=CAPTION means the method of the only file of weights, whatever that is called; fast, good
 * and best what they stand for. */
static void rename_columns(cli_settings *s)
{
    for (size_t i = 0; i < s->sheet_columns.count; i++) {
        char **column = &s->sheet_columns.item[i], *name = cli_copy(*column);
        char *caption = strchr(name, '=');
        if (caption)
            *caption = 0;
        const char *alias = cli_method_alias(name), *meant = NULL;
        for (size_t m = 0; m < cli_method_count(s) && !meant; m++) {
            const char *method = cli_method_at(s, m);
            const bool is = cli_method_means(s, m, name) || (alias && strcmp(alias, method) == 0);
            meant = is ? method : NULL;
        }
        char *renamed = cli_format("%s%s", meant ? meant : name, *column + strlen(name));
        free(*column);
        *column = renamed;
        free(name);
    }
}

static void take_tables(comparing *c)
{
    const cli_settings *s = c->settings;
    const char *const tables[TABLES] = { s->csv_file, s->latex_file, s->markdown_file };
    for (int i = 0; i < TABLES; i++)
        if (tables[i])
            c->table[c->options.files++] = tables[i];
    c->options.file = c->table;
}

static int run_compare(cli_settings *s)
{
    int code = cli_metrics_settle(s);
    if (code != CLI_EXIT_OK)
        return code;
    cli_compare_choose(s);
    if (!cli_compare_check(s) || !cli_papers_check(s))
        return CLI_EXIT_USAGE;
    code = check_turns(s);
    if (code != CLI_EXIT_OK)
        return code;
    rename_columns(s);
    s->flat_folders = true;
    double start = cli_now();
    cli_ledger ledger;
    cli_inputs inputs;
    cli_ledger_init(&ledger);
    code = CLI_EXIT_USAGE;
    size_t metrics;
    const char **metric = cli_compare_metrics(s, &metrics);
    comparing c = { .settings = s, .inputs = &inputs, .ledger = &ledger };
    c.options = report_options(s);
    c.options.metric = metric;
    c.options.metrics = (int)metrics;
    c.options.metric_weights = s->measuring.weights;
    take_tables(&c);
    cli_papers_init(&c.papers, s);
    if (cli_inputs_expand(&inputs, s, &ledger) && cli_compare_finds_crops(s, &inputs)) {
        if (inputs.count > 0)
            compare_all(&c);
        code = cli_ledger_close(&ledger, s->quiet || !c.options.many, cli_now() - start);
    }
    cli_papers_clear(&c.papers);
    free(c.contender);
    free(metric);
    cli_inputs_clear(&inputs);
    cli_ledger_clear(&ledger);
    return code;
}

const cli_command cli_compare_command = {
    .name = "compare",
    .bit = CLI_COMPARE,
    .synopsis = "PICTURE|DIR... [-m METHOD,...] -o REPORT/ [options]\n",
    .summary = "show how methods differ: a page to look at, a sheet for papers, numbers",
    .about =
        "Upscales a picture by several methods and writes a page that opens from disk in any "
        "browser, without network or server: a slider between any two results, panes that zoom "
        "and move together, differences, pixel values, the places where results differ most, what "
        "each method makes of one white pixel, and what is inside learned ones. Results lie beside "
        "it as lossless PNG, the very files that 'upscale -m METHOD' writes, and all numbers in "
        "results.json.\n"
        "With --reference or --from-hr results are measured, with --from-hr exactly as 'upscale "
        "eval' does, by --degrade on spoilt pictures. Of a folder each picture gets a page, and "
        "all of them an overview with means, "
        "statistics, and a plot of quality against time; of several scales, too. --csv, --latex "
        "and "
        "--markdown write the tables of 'upscale eval' beside it. --sheet draws a figure like "
        "those in papers. The "
        "report appears whole or not at all, in a new folder or an empty one; --overwrite replaces "
        "a "
        "report, and nothing else.\n",
    .examples = "# which method is best for my picture?\n"
                "upscale compare photo.jpg -s 4 -o report/\n"
                "# how much does each method bring back?\n"
                "upscale compare photo.png --from-hr -m bicubic,lanczos -s 4 -o report/\n"
                "# and how does that look to an eye?\n"
                "upscale compare photo.png --from-hr -s 4 --metrics fsim,niqe -o report/\n"
                "# a page to send\n"
                "upscale compare photo.png -s 3 --single-file -o report.html\n"
                "# a figure for a paper\n"
                "upscale compare photo.png --from-hr -s 4 --sheet sheet.pdf \\\n"
                "    --crop 120,80,48,48 --sheet-map error\n"
                "# how do they work?\n"
                "upscale compare photo.png --classroom -o classroom/\n"
                "# a set of pictures, with means\n"
                "upscale compare Set5 --from-hr -m bicubic,lanczos -s 3 -o report/\n"
                "# the tables and the page of a paper, in one run\n"
                "upscale compare Set5 --from-hr -m bicubic,good,best -s 2,3 -o report/ \\\n"
                "    --baseline bicubic --csv all.csv --latex table.tex\n",
    .run = run_compare,
};
