/* SPDX-License-Identifier: MIT */
#include "cli/args/method_choice.h"
#include "cli/args/options.h"
#include "cli/batch/inputs.h"
#include "cli/commands.h"
#include "cli/eval_report.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/progress.h"
#include "cli/signals.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool check_arguments(cli_settings *s)
{
    if (s->operand_count == 0 && !s->files_from) {
        cli_say("eval needs high-resolution pictures: upscale eval PICTURE|DIR... -m METHOD,...");
        return false;
    }
    double scale = s->up.scale.rows;
    const int least = s->degrade ? 1 : 2;
    bool whole = scale >= least && scale == floor(scale) && scale == s->up.scale.columns;
    if (cli_given(s, "scale") && !whole) {
        cli_say("-s: eval takes a whole number from %d on, the same for rows and columns", least);
        return false;
    }
    if (!cli_given(s, "scale"))
        s->up.scale.rows = s->up.scale.columns = 2;
    return true;
}

/* Which of several methods it was belongs to the reason. */
static void name_method(up_error *error, const cli_settings *s, size_t m)
{
    up_error reason = *error;
    if (cli_method_count(s) > 1)
        snprintf(error->message, sizeof error->message, "%s: %.440s", cli_method_at(s, m),
                 reason.message);
}

static up_status run_methods(up_eval_result *result, const up_eval_picture *picture,
                             const cli_evaluations *all, void *progress, up_error *error)
{
    const cli_settings *s = all->settings;
    size_t count = cli_method_count(s);
    for (size_t m = 0; m < count; m++) {
        up_options options = cli_method_options(s, cli_method_at(s, m));
        up_status status = up_eval_run(&result[m], picture, &options, &all->how, NULL, error);
        if (status != UP_OK) {
            name_method(error, s, m);
            return status;
        }
        cli_progress_update(progress, (double)(m + 1) / (double)count);
    }
    return UP_OK;
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
    status = run_methods(one->result, &picture, all, progress, error);
    up_eval_close(&picture);
    return status;
}

static void evaluate_input(cli_evaluations *all, const cli_input *input, void *progress,
                           cli_ledger *ledger)
{
    up_error error = { 0 };
    cli_evaluation one = { .input = input };
    one.result = cli_alloc(cli_method_count(all->settings), sizeof *one.result);
    error.status = evaluate(&one, all, progress, &error);
    if (error.status != UP_OK) {
        cli_ledger_failed(ledger, input->path, &error);
        if (!ledger->interrupted)
            cli_eval_show_failed(all, input->path, &error);
        free(one.result);
        return;
    }
    all->item = cli_grow(all->item, all->count, sizeof *all->item);
    all->item[all->count++] = one;
    cli_eval_show_picture(all, &one);
    cli_ledger_done(ledger);
}

static void evaluate_all(cli_evaluations *all, const cli_inputs *inputs, cli_ledger *ledger)
{
    cli_progress *progress =
        cli_progress_new(all->settings, inputs->count, (double)inputs->count, 1);
    cli_eval_show_start(all);
    size_t next = 0;
    for (; next < inputs->count && !*cli_signals_flag() && !cli_output_gone(); next++) {
        cli_progress_begin(progress, 0, inputs->item[next].path, 1);
        evaluate_input(all, &inputs->item[next], cli_progress_user(progress, 0), ledger);
        cli_progress_end(progress, 0);
    }
    cli_progress_free(progress);
    ledger->interrupted |= *cli_signals_flag() != 0;
    ledger->unread |= next < inputs->count && cli_output_gone();
    cli_eval_show_end(all);
    for (size_t i = 0; i < all->count; i++)
        free(all->item[i].result);
    free(all->item);
}

static int run_eval(cli_settings *s)
{
    if (!check_arguments(s) || !cli_methods_settle(s))
        return CLI_EXIT_USAGE;
    s->flat_folders = true;
    s->up.cancel = cli_signals_flag();
    cli_evaluations all = { .settings = s, .scale = (int)s->up.scale.rows, .how = s->measuring };
    all.how.border = cli_given(s, "border") ? s->measuring.border : all.scale;
    all.how.threads = s->up.threads;
    double start = cli_now();
    cli_ledger ledger;
    cli_inputs inputs;
    cli_ledger_init(&ledger);
    int code = CLI_EXIT_USAGE;
    if (cli_inputs_expand(&inputs, s, &ledger)) {
        cli_methods_share(s);
        evaluate_all(&all, &inputs, &ledger);
        code = cli_ledger_close(&ledger, s->quiet, cli_now() - start);
    }
    cli_inputs_clear(&inputs);
    cli_ledger_clear(&ledger);
    return code;
}

const cli_command cli_eval_command = {
    .name = "eval",
    .bit = CLI_EVAL,
    .synopsis = "PICTURE|DIR... [-m METHOD,...] [-s SCALE] [options]\n",
    .summary = "measure methods on high-resolution pictures: PSNR, SSIM, time, cost",
    .about =
        "Measures how well methods bring back what a reduction has taken away, by the protocol of "
        "super-resolution papers: each picture is cut at the top left to a multiple of the scale, "
        "reduced by bicubic exactly as MATLAB's imresize does it, upscaled by each method, and "
        "compared with the original in 8 bits, on luma and without a border as wide as the scale "
        "unless --channel and --border say otherwise. The protocol is printed with the numbers.\n"
        "--degrade measures on pictures that are spoilt as those are that people have: reduced in "
        "other ways, blurred, sharpened, noisy, JPEGs; then the scale may be 1.\n"
        "Grey pictures are compared as they are; 16-bit pictures are brought to 8 bits first; "
        "pictures with alpha are compared as they look on white, and CMYK as RGB. A picture that "
        "cannot be read, or that one of the methods cannot do, is named and left out of all means. "
        "Of a folder the pictures in it are taken, with -r also those in its folders.\n",
    .examples = "# which method is best on my pictures?\n"
                "upscale eval photos -m nearest,bicubic,lanczos,tconv\n"
                "# a network on a test set, as papers report it\n"
                "upscale eval Set5 -s 2 -m bicubic,tconv -w fsrcnn.safetensors\n"
                "# into a spreadsheet, on all three colours\n"
                "upscale eval photos -m bicubic,lanczos -s 4 --channel rgb --csv > eval.csv\n"
                "# on what cameras and JPEG leave\n"
                "upscale eval photos -m bicubic,tconv --degrade box+noise:3+jpeg:75\n"
                "# the means alone\n"
                "upscale eval photos --json | jq -c '.mean[]?'\n",
    .run = run_eval,
};
