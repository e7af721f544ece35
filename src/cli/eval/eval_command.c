/* SPDX-License-Identifier: MIT */

#include "cli/commands.h"

#include "cli/args/method_choice.h"
#include "cli/args/metric_choice.h"
#include "cli/args/options.h"
#include "cli/batch/file_types.h"
#include "cli/batch/inputs.h"
#include "cli/eval/eval_show.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/lines/progress.h"
#include "cli/signals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What standard output holds. */
typedef struct {
    const char *name, *extension;
    bool given;
} output_form;

/* In compare these flags take a file; a picture has none of these extensions. */
static bool check_operands(const cli_settings *s, const output_form *form)
{
    for (size_t i = 0; i < s->operand_count; i++)
        if (strcasecmp(cli_extension_dot(s->operands[i]), form->extension) == 0) {
            cli_say("--%s takes no file here: eval writes to standard output (--%s > %s)",
                    form->name, form->name, s->operands[i]);
            return false;
        }
    return true;
}

static bool check_outputs(const cli_settings *s)
{
    const output_form form[] = {
        { "json", ".json", s->json },
        { "csv", ".csv", s->csv },
        { "latex", ".tex", s->latex },
        { "markdown", ".md", s->markdown },
    };
    const output_form *first = NULL;
    for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
        if (first && form[i].given) {
            cli_say("--%s and --%s exclude each other; give one of them", first->name,
                    form[i].name);
            return false;
        }
        first = form[i].given ? &form[i] : first;
    }
    return !first || check_operands(s, first);
}

static bool check_arguments(cli_settings *s)
{
    if (s->operand_count == 0 && !s->files_from) {
        cli_say("eval needs high-resolution pictures: upscale eval PICTURE|DIR... -m METHOD,...");
        return false;
    }
    if (s->scales.count == 0)
        s->scales.item[s->scales.count++] = 2;
    for (size_t i = 0; i < s->scales.count && !s->degrade; i++)
        if (s->scales.item[i] < 2) {
            cli_say("-s: a scale of 1 measures something with --degrade only");
            return false;
        }
    return check_outputs(s);
}

/* The methods of a scale in the place of those before: weights that are named are found by it. */
static int settle_scale(cli_settings *s, double scale)
{
    up_error error;
    cli_methods_release(s);
    s->up.scale.rows = s->up.scale.columns = scale;
    s->weights_as_names = true;
    if (!cli_methods_settle(s))
        return CLI_EXIT_USAGE;
    return cli_methods_share(s, &error) == UP_OK ? CLI_EXIT_OK : cli_fail(&error);
}

static int check_scale(cli_settings *s, double scale)
{
    cli_evaluations all;
    const int code = settle_scale(s, scale);
    if (code != CLI_EXIT_OK)
        return code;
    const bool fine = cli_evaluations_init(&all, s, (int)scale);
    cli_evaluations_clear(&all);
    return fine ? CLI_EXIT_OK : CLI_EXIT_USAGE;
}

/* What is wrong with the command line, or with weights, is said before anything is measured. The
 * first scale is the last, so that what it needs is open. */
static int check_scales(cli_settings *s)
{
    int code = CLI_EXIT_OK;
    for (size_t i = s->scales.count; i > 0 && code == CLI_EXIT_OK; i--)
        code = check_scale(s, s->scales.item[i - 1]);
    return code;
}

/* Which of several methods it was belongs to the reason. */
static up_status name_method(up_error *error, const cli_settings *s, size_t m)
{
    up_error reason = *error;
    if (cli_method_count(s) > 1)
        snprintf(error->message, sizeof error->message, "%s: %.440s", cli_method_at(s, m),
                 reason.message);
    return error->status;
}

static up_status measure(double *value, const cli_evaluations *all, const up_eval_result *result,
                         const up_eval_picture *picture, const up_pixels *upscaled, up_error *error)
{
    for (size_t k = 0; k < all->metrics; k++) {
        const char *name = all->metric[k]->name;
        up_status status = UP_OK;
        if (strcmp(name, "psnr") == 0)
            value[k] = result->psnr;
        else if (strcmp(name, "ssim") == 0)
            value[k] = result->ssim;
        else
            status = up_measure(&value[k], name, &picture->reference, upscaled, &all->how, error);
        if (status != UP_OK)
            return status;
    }
    return UP_OK;
}

static up_status run_methods(cli_evaluation *one, const up_eval_picture *picture,
                             const cli_evaluations *all, void *progress, up_error *error)
{
    const cli_settings *s = all->settings;
    for (size_t m = 0; m < all->methods; m++) {
        up_pixels upscaled = { 0 };
        up_options options = cli_method_options(s, cli_method_at(s, m));
        error->status =
            up_eval_run(&one->result[m], picture, &options, &all->how, &upscaled, error);
        if (error->status == UP_OK)
            error->status = measure(one->value + m * all->metrics, all, &one->result[m], picture,
                                    &upscaled, error);
        up_pixels_free(&upscaled);
        if (error->status != UP_OK)
            return name_method(error, s, m);
        cli_progress_update(progress, (double)(m + 1) / (double)all->methods);
    }
    return UP_OK;
}

/* Those of which one run says little: by turns, more often. */
static up_status time_quick_ones(cli_evaluation *one, const up_eval_picture *picture,
                                 const cli_evaluations *all, up_error *error)
{
    up_options *options = cli_alloc(all->methods, sizeof *options);
    up_timing *timing = cli_alloc(all->methods, sizeof *timing);
    int quick = 0;
    for (size_t m = 0; m < all->methods; m++)
        if (one->result[m].seconds < UP_QUICK_SECONDS)
            options[quick++] = cli_method_options(all->settings, cli_method_at(all->settings, m));
    up_status status =
        quick ? up_eval_time(timing, picture, options, quick, UP_QUICK_RUNS, error) : UP_OK;
    quick = 0;
    for (size_t m = 0; m < all->methods && status == UP_OK; m++)
        if (one->result[m].seconds < UP_QUICK_SECONDS)
            one->result[m].seconds = timing[quick++].median;
    free(options);
    free(timing);
    return status;
}

static up_status time_all(cli_evaluation *one, const up_eval_picture *picture,
                          const cli_evaluations *all, up_error *error)
{
    const cli_settings *s = all->settings;
    up_options *options = cli_alloc(all->methods, sizeof *options);
    up_status status = UP_OK;
    for (int i = 0; i < CLI_TIMINGS && status == UP_OK; i++) {
        one->timing[i] = cli_alloc(all->methods, sizeof(up_timing));
        for (size_t m = 0; m < all->methods; m++) {
            options[m] = cli_method_options(s, cli_method_at(s, m));
            if (i == CLI_ONE_THREAD)
                options[m].threads = 1;
        }
        status =
            up_eval_time(one->timing[i], picture, options, (int)all->methods, s->time_runs, error);
    }
    for (size_t m = 0; m < all->methods && status == UP_OK; m++) {
        one->result[m].seconds = one->timing[CLI_ALL_THREADS][m].median;
        one->result[m].processor = one->timing[CLI_ONE_THREAD][m].processor;
    }
    free(options);
    return status;
}

/* A picture that one method cannot do counts for none: means are over the same pictures. */
static up_status evaluate(cli_evaluation *one, const cli_evaluations *all, void *progress,
                          up_error *error)
{
    up_eval_picture picture;
    up_status status =
        up_eval_open_degraded(&picture, one->input->path, all->scale, all->settings->degrade,
                              all->settings->seed, &all->settings->up, error);
    if (status != UP_OK)
        return status;
    one->width = picture.reference.format.width;
    one->height = picture.reference.format.height;
    status = run_methods(one, &picture, all, progress, error);
    if (status == UP_OK && !all->settings->no_time)
        status = (all->settings->time_runs ? time_all : time_quick_ones)(one, &picture, all, error);
    up_eval_close(&picture);
    return status;
}

static void evaluate_input(cli_evaluations *all, const cli_input *input, void *progress,
                           cli_ledger *ledger)
{
    const cli_settings *s = all->settings;
    up_error error = { 0 };
    cli_evaluation one = { .input = input };
    one.result = cli_alloc(all->methods, sizeof *one.result);
    one.value = cli_alloc(all->methods * all->metrics, sizeof *one.value);
    error.status = evaluate(&one, all, progress, &error);
    if (error.status != UP_OK) {
        cli_ledger_failed(ledger, input->path, &error);
        if (!ledger->interrupted && s->json)
            cli_eval_json_failed(all, input->path, &error);
        cli_evaluation_clear(&one);
        return;
    }
    const cli_evaluation *added = cli_evaluations_add(all, &one);
    if (s->json)
        cli_eval_json_picture(all, added);
    if (s->csv)
        cli_eval_csv_picture(NULL, all, added);
    cli_ledger_done(ledger);
}

static void evaluate_all(cli_evaluations *all, const cli_inputs *inputs, cli_ledger *ledger)
{
    cli_progress *progress =
        cli_progress_new(all->settings, inputs->count, (double)inputs->count, 1);
    size_t next = 0;
    for (; next < inputs->count && !*cli_signals_flag() && !cli_output_gone(); next++) {
        cli_progress_begin(progress, 0, inputs->item[next].path, 1);
        evaluate_input(all, &inputs->item[next], cli_progress_user(progress, 0), ledger);
        cli_progress_end(progress, 0);
    }
    cli_progress_free(progress);
    ledger->interrupted |= *cli_signals_flag() != 0;
    ledger->unread |= next < inputs->count && cli_output_gone();
}

static void show_start(const cli_evaluations *all, bool first)
{
    const cli_settings *s = all->settings;
    if ((s->csv || s->latex || s->markdown) && !s->quiet)
        cli_eval_protocol(all, cli_note);
    if (s->csv && first)
        cli_eval_csv_start(NULL, all);
}

static void show_end(const cli_evaluations *all, bool first)
{
    const cli_settings *s = all->settings;
    if (all->count == 0 || s->latex || s->markdown)
        return;
    if (s->json)
        cli_eval_json_end(all);
    else if (s->csv)
        cli_eval_csv_end(NULL, all);
    else if (!first)
        cli_put_line("");
    if (!s->json && !s->csv)
        cli_eval_show_tables(all);
}

static void evaluate_scales(cli_settings *s, const cli_inputs *inputs, cli_ledger *ledger)
{
    cli_evaluations *scale = cli_alloc(s->scales.count, sizeof *scale);
    size_t done = 0, pictures = 0;
    for (; done < s->scales.count && !*cli_signals_flag(); done++) {
        cli_evaluations *all = &scale[done];
        if (done > 0 && settle_scale(s, s->scales.item[done]) != CLI_EXIT_OK)
            break;
        cli_evaluations_init(all, s, (int)s->scales.item[done]);
        show_start(all, done == 0);
        evaluate_all(all, inputs, ledger);
        show_end(all, done == 0);
        pictures += all->count;
    }
    cli_methods_release(s);
    if (s->latex && pictures > 0)
        cli_eval_show_latex(NULL, scale, done);
    if (s->markdown && pictures > 0)
        cli_eval_show_markdown(NULL, scale, done);
    for (size_t i = 0; i < done; i++)
        cli_evaluations_clear(&scale[i]);
    free(scale);
}

static int list_metrics(void)
{
    const up_measure_info *info;
    for (int i = 0; (info = up_measure_at(i)); i++)
        cli_print("%-13s %-6s  %s", info->name, info->lower_is_better ? "lower" : "higher",
                  info->summary);
    cli_put_line(
        "The second word is what is better; psnr and ssim are measured if nothing is said.");
    return CLI_EXIT_OK;
}

static int run_eval(cli_settings *s)
{
    if (s->show.metrics)
        return list_metrics();
    if (!check_arguments(s))
        return CLI_EXIT_USAGE;
    int code = cli_metrics_settle(s);
    if (code != CLI_EXIT_OK)
        return code;
    code = check_scales(s);
    if (code != CLI_EXIT_OK)
        return code;
    s->flat_folders = true;
    s->up.cancel = cli_signals_flag();
    double start = cli_now();
    cli_ledger ledger;
    cli_inputs inputs;
    cli_ledger_init(&ledger);
    code = CLI_EXIT_USAGE;
    if (cli_inputs_expand(&inputs, s, &ledger)) {
        evaluate_scales(s, &inputs, &ledger);
        code = cli_ledger_close(&ledger, s->quiet, cli_now() - start);
    }
    cli_inputs_clear(&inputs);
    cli_ledger_clear(&ledger);
    return code;
}

const cli_command cli_eval_command = {
    .name = "eval",
    .bit = CLI_EVAL,
    .synopsis = "PICTURE|DIR... [-m METHOD,...] [-s SCALE,...] [options]\n",
    .summary = "measure methods on high-resolution pictures: PSNR, SSIM, time, cost",
    .about =
        "Measures how well methods bring back what a reduction has taken away, by the protocol of "
        "super-resolution papers: each picture is cut at the top left to a multiple of the scale, "
        "reduced by bicubic exactly as MATLAB's imresize does it, upscaled by each method, and "
        "compared with the original in 8 bits, on luma and without a border as wide as the scale "
        "unless --channel and --border say otherwise. The protocol is printed with the numbers.\n"
        "--degrade measures on pictures that are spoilt as those are that people have: reduced in "
        "other ways, blurred, sharpened, noisy, JPEGs; then the scale may be 1.\n"
        "Beside the means stand median, deviation and the 95 % interval of the mean, by bootstrap "
        "over the pictures; --baseline METHOD compares the others with it picture by picture: mean "
        "difference, its interval, Wilcoxon's p, and how often they win. Pictures of one folder "
        "are "
        "a set, and several sets are summed up each. --latex and --markdown make the table for a "
        "paper: best bold, second underlined.\n"
        "Grey pictures are compared as they are; 16-bit pictures are brought to 8 bits first; "
        "pictures with alpha are compared as they look on white, CMYK as sRGB, by the profile if "
        "there "
        "is one, and of animations and pages the first. A picture that "
        "cannot be read, or that one of the methods cannot do, is named and left out of all means. "
        "Of a folder the pictures in it are taken, with -r also those in its folders.\n",
    .examples = "# which method is best on my pictures?\n"
                "upscale eval photos -m nearest,bicubic,lanczos,tconv\n"
                "# a network on a test set, as papers report it\n"
                "upscale eval Set5 -s 2 -m bicubic,tconv -w fsrcnn.safetensors\n"
                "# into a spreadsheet, on all three colours\n"
                "upscale eval photos -m bicubic,lanczos -s 4 --channel rgb --csv > eval.csv\n"
                "# the table of a paper, two sets at three scales\n"
                "upscale eval photos Set5 -s 2,3,4 -m bicubic,tconv --latex > table.tex\n"
                "# is it better than bicubic, or by chance?\n"
                "upscale eval photos -m bicubic,tconv --baseline bicubic --metrics psnr,vifp\n"
                "# on what cameras and JPEG leave\n"
                "upscale eval photos -m bicubic,tconv --degrade box+noise:3+jpeg:75\n"
                "# the means alone\n"
                "upscale eval photos --json | jq -c '.mean[]?'\n",
    .run = run_eval,
};
