/* SPDX-License-Identifier: MIT */

#include "cli/commands.h"

#include "cli/args/method_choice.h"
#include "cli/args/options.h"
#include "cli/batch/file_types.h"
#include "cli/batch/inputs.h"
#include "cli/batch/output_check.h"
#include "cli/compare_table.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/lines/progress.h"
#include "cli/signals.h"
#include "cli/weights/weights_folders.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char default_methods[] = "nearest,bilinear,bicubic,lanczos,tconv:linear,tconv:small";

/* -------------------------------------------------------------- what is asked for */

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_many(const cli_settings *s)
{
    bool many = s->operand_count > 1 || s->files_from;
    for (size_t i = 0; i < s->operand_count; i++)
        many |= is_folder(s->operands[i]);
    return many;
}

/* A flag that says what the classroom decides; NULL: there is none. */
static const char *against_classroom(const cli_settings *s)
{
    static const char *const flags[] = { "method",  "weights",   "kernel-values", "k",
                                         "from-hr", "reference", "size",          "width",
                                         "height",  "fit" };
    for (size_t i = 0; s->classroom && i < sizeof flags / sizeof *flags; i++)
        if (cli_given(s, flags[i]))
            return flags[i];
    return NULL;
}

static const up_measure_info *measure_called(const char *name)
{
    const up_measure_info *info;
    for (int i = 0; (info = up_measure_at(i)); i++)
        if (strcmp(info->name, name) == 0)
            return info;
    return NULL;
}

/* A measure that has nothing to measure against; NULL: there is none. */
static const char *without_reference(const cli_settings *s)
{
    for (size_t i = 0; i < s->metrics.count && !s->reference && !s->from_original; i++)
        if (!measure_called(s->metrics.item[i])->alone && !s->classroom)
            return s->metrics.item[i];
    return NULL;
}

static bool is_usual(const char *metric)
{
    static const char *const usual[] = { "psnr", "ssim", "ms-ssim" };
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (strcmp(usual[i], metric) == 0)
            return true;
    return false;
}

/* Those that are not in every report, each once: what is left of the list. */
static void choose_metrics(cli_words *metrics)
{
    size_t kept = 0;
    for (size_t i = 0; i < metrics->count; i++) {
        bool known = is_usual(metrics->item[i]);
        for (size_t k = 0; k < kept && !known; k++)
            known = strcmp(metrics->item[k], metrics->item[i]) == 0;
        if (known)
            free(metrics->item[i]);
        else
            metrics->item[kept++] = metrics->item[i];
    }
    metrics->count = kept;
}

static bool check_arguments(const cli_settings *s)
{
    const char *problem = NULL;
    bool many = is_many(s), input_is_stream = false;
    for (size_t i = 0; i < s->operand_count; i++)
        input_is_stream |= cli_is_stream(s->operands[i]);
    if (s->operand_count == 0 && !s->files_from)
        problem = "compare needs a picture: upscale compare PICTURE -m METHOD,... -o REPORT/";
    else if (!s->output && !s->sheet)
        problem = "compare needs a name for the report: -o REPORT/, or --sheet SHEET.png";
    else if (input_is_stream)
        problem = "compare reads its input more than once: give it a file, not standard input";
    else if ((s->output && cli_is_stream(s->output)) || (s->sheet && cli_is_stream(s->sheet)))
        problem = "a report or sheet cannot go to standard output; give it a name";
    else if (s->degrade && !s->from_original)
        problem = "--degrade spoils originals: it needs --from-hr";
    else if (s->single_file && !s->output)
        problem = "--single-file needs a name: -o REPORT.html";
    else if (s->single_file && cli_names_folder(s->output))
        problem = "--single-file writes one file, and -o names a folder: -o REPORT.html";
    else if (many && (s->single_file || s->sheet || s->reference || s->classroom))
        problem = "--single-file, --sheet, --reference and --classroom are for one picture";
    if (problem)
        cli_say("%s", problem);
    else if (against_classroom(s))
        cli_say("--%s: --classroom has methods and a reference of its own; --scale is all it takes",
                against_classroom(s));
    else if (without_reference(s))
        cli_say("--metrics: %s needs something to measure against: --from-hr or --reference",
                without_reference(s));
    return !problem && !against_classroom(s) && !without_reference(s);
}

/* What is compared if nothing is said. */
static void choose_methods(cli_settings *s)
{
    if (s->methods.count > 0 || s->classroom)
        return;
    if (s->up.weights)
        cli_words_add(&s->methods, cli_copy("bicubic"));
    const char *list = s->up.weights ? "tconv" : default_methods;
    for (const char *at = list; *at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        cli_words_add(&s->methods, cli_copy_part(at, length));
        at += length;
    }
}

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

/* -------------------------------------------------------------- doing it */

typedef struct {
    const cli_settings *settings;
    const cli_inputs *inputs;
    up_report_options options;
    up_report *report;
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
}

/* `path` is what the report, or else the sheet, is called. */
static void finish(comparing *c, const char *path)
{
    const cli_settings *s = c->settings;
    up_error error = { 0 };
    size_t bytes;
    error.status = up_report_finish(c->report, &bytes, &error);
    if (error.status != UP_OK) {
        cli_ledger_failed(c->ledger, path, &error);
        return;
    }
    if (s->quiet || s->json)
        return;
    if (s->output)
        cli_say("%s%s  %s", s->output, s->single_file ? "" : " (open index.html in it)",
                cli_bytes_text((double)bytes).text);
    if (s->sheet)
        cli_say("%s", s->sheet);
}

/* Of the report, which may be called DIR/, and the sheet the folders above them are made. */
static bool open_report(comparing *c)
{
    const cli_settings *s = c->settings;
    char *path = s->output ? cli_tidy_path(s->output) : NULL;
    up_error error = { 0 };
    if ((!s->sheet || cli_output_prepare(s->sheet, s->up.overwrite, &error)) &&
        (!path || cli_make_folders(path, &error)))
        error.status = up_report_open(&c->report, path, &c->options, &error);
    bool opened = error.status == UP_OK;
    if (!opened)
        cli_ledger_failed(c->ledger, path ? path : s->sheet, &error);
    free(path);
    return opened;
}

static void compare_all(comparing *c)
{
    const cli_settings *s = c->settings;
    if (!open_report(c))
        return;
    c->progress = cli_progress_new(s, c->inputs->count, (double)c->inputs->count, 1);
    c->options.progress = cli_progress_update;
    c->options.user = cli_progress_user(c->progress, 0);
    for (size_t i = 0; i < c->inputs->count && !*cli_signals_flag(); i++)
        add_picture(c, &c->inputs->item[i]);
    cli_progress_free(c->progress);
    c->ledger->interrupted |= *cli_signals_flag() != 0;
    if (c->ledger->done > 0 && !c->ledger->interrupted)
        finish(c, s->output ? s->output : s->sheet);
    up_report_close(&c->report);
}

static int run_compare(cli_settings *s)
{
    choose_methods(s);
    if (!check_arguments(s) || !cli_methods_settle(s))
        return CLI_EXIT_USAGE;
    s->flat_folders = true;
    double start = cli_now();
    cli_ledger ledger;
    cli_inputs inputs;
    cli_ledger_init(&ledger);
    int code = CLI_EXIT_USAGE;
    cli_methods_share(s);
    choose_metrics(&s->metrics);
    up_contender *contenders = contenders_of(s);
    comparing c = { .settings = s, .inputs = &inputs, .ledger = &ledger };
    c.options = (up_report_options){
        .contender = contenders,
        .contenders = (int)cli_method_count(s),
        .reference = s->reference,
        .from_original = s->from_original,
        .classroom = s->classroom,
        .degrade = s->degrade,
        .seed = s->seed,
        .metric = (const char *const *)s->metrics.item,
        .metrics = (int)s->metrics.count,
        .box = s->crops.item,
        .boxes = s->crops.count,
        .single_file = s->single_file,
        .full = s->full,
        .many = is_many(s),
        .sheet = s->sheet,
        .zoom = s->zoom,
        .time_runs = s->time_runs,
        .no_time = s->no_time,
        .overwrite = s->up.overwrite,
    };
    if (cli_inputs_expand(&inputs, s, &ledger)) {
        if (inputs.count > 0)
            compare_all(&c);
        code = cli_ledger_close(&ledger, s->quiet || !c.options.many, cli_now() - start);
    }
    free(contenders);
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
        "all of them an overview with means "
        "and a plot of quality against time. --sheet draws a figure like those in papers. The "
        "report appears whole or not at all, in a new folder or an empty one; --overwrite replaces "
        "a "
        "report, and nothing else.\n",
    .examples = "# which method is best for my picture?\n"
                "upscale compare photo.jpg -s 4 -o report/\n"
                "# how much does each method bring back?\n"
                "upscale compare photo.png --from-hr -m bicubic,lanczos -s 4 -o report/\n"
                "# and how does that look to an eye?\n"
                "upscale compare photo.png --from-hr -s 4 --metrics ssimulacra2,fsim -o report/\n"
                "# a page to send\n"
                "upscale compare photo.png -s 3 --single-file -o report.html\n"
                "# a figure for a paper\n"
                "upscale compare photo.png --from-hr -s 4 --sheet sheet.png \\\n"
                "    --crop 120,80,48,48 --zoom 4\n"
                "# how do they work?\n"
                "upscale compare photo.png --classroom -o classroom/\n"
                "# a set of pictures, with means\n"
                "upscale compare Set5 --from-hr -m bicubic,lanczos -s 3 -o report/\n",
    .run = run_compare,
};
