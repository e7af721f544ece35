/* SPDX-License-Identifier: MIT */

#include "cli/commands.h"

#include "cli/args/options.h"
#include "cli/batch/inputs.h"
#include "cli/batch/output_check.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/json_lines.h"
#include "cli/show/lines/train_progress.h"
#include "cli/signals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    const cli_settings *settings;
    up_train_options options;
    cli_inputs pictures, validation;
    cli_train_progress progress;
    size_t skipped;
    double start;
} training;

/* ---------------------------------------------------------------- the command line */

static bool take_scale(const cli_settings *s, int *scale)
{
    double asked[2];
    up_options_scale(&s->up, asked);
    *scale = (int)asked[0];
    const int least = s->train.recipe || s->train.network ? 1 : 2;
    if (asked[0] == asked[1] && asked[0] == *scale && *scale >= least && *scale <= 8)
        return true;
    cli_say("--scale: training is for a whole number from 2 to 8, and for 1 with --recipe");
    return false;
}

static bool check_arguments(const cli_settings *s)
{
    const char *problem = NULL;
    if (!s->operand_count && !s->files_from)
        problem = "train needs pictures: upscale train PICTURES... -s SCALE -o FILE.safetensors";
    else if (!s->output)
        problem = "train needs a name for the weights: -o FILE.safetensors";
    else if (cli_is_standard_output(s->output) && s->json)
        problem = "--json and -o - both want standard output; write the weights to a file";
    if (problem)
        cli_say("%s", problem);
    return !problem;
}

static bool check_inputs(const cli_inputs *inputs, const cli_settings *s)
{
    struct stat output;
    const bool exists = stat(s->output, &output) == 0;
    for (size_t i = 0; i < inputs->count; i++) {
        const cli_input *input = &inputs->item[i];
        const bool is_output = exists && input->exists && input->device == output.st_dev &&
                               input->inode == output.st_ino;
        const char *problem = NULL;
        if (cli_is_stream(input->path))
            problem = "train reads files, not standard input";
        else if (is_output)
            problem = "-o is one of the pictures; give it another name";
        if (problem)
            cli_say("%s", problem);
        if (problem)
            return false;
    }
    return true;
}

/* Folders for validation are taken with all that is in them. */
static bool expand(training *t, cli_ledger *ledger)
{
    const cli_settings *s = t->settings;
    cli_settings aside = { .operands = s->validation.item,
                           .operand_count = s->validation.count,
                           .recursive = true,
                           .json = s->json,
                           .quiet = s->quiet };
    return cli_inputs_expand(&t->pictures, s, ledger) &&
           cli_inputs_expand(&t->validation, &aside, ledger) && check_inputs(&t->pictures, s) &&
           check_inputs(&t->validation, s);
}

/* ---------------------------------------------------------------- what is said */

static void skipped(void *user, const char *picture, const up_error *why)
{
    training *t = user;
    t->skipped++;
    cli_say("skipped %s", why->message);
    if (!t->settings->json)
        return;
    json_t *line = json_object();
    json_object_set_new(line, "input", cli_json_text(picture));
    json_object_set_new(line, "status", json_string("skipped"));
    json_object_set_new(line, "error", cli_json_text(why->message));
    cli_json_put(line);
}

static void report(void *user, const up_train_state *state)
{
    training *t = user;
    cli_train_progress_update(&t->progress, state);
}

static void show_json(const training *t, const up_error *error, double seconds)
{
    const bool fine = error->status == UP_OK;
    const double psnr = t->progress.state.best_psnr;
    json_t *line = json_object();
    json_object_set_new(line, "output", cli_json_text(t->settings->output));
    json_object_set_new(line, "status", json_string(fine ? "done" : "failed"));
    if (!fine)
        json_object_set_new(line, "error", cli_json_text(error->message));
    json_object_set_new(line, "scale", json_integer(t->options.scale));
    json_object_set_new(
        line, "pictures",
        json_integer((json_int_t)(t->pictures.count + t->validation.count - t->skipped)));
    json_object_set_new(line, "skipped", json_integer((json_int_t)t->skipped));
    json_object_set_new(line, "psnr", cli_json_number(psnr));
    json_object_set_new(line, "seconds", json_real(seconds));
    cli_json_put(line);
}

/* weights.safetensors: x2 from 120 pictures (3 skipped), 32.74 dB, 8.10 s */
static void show_text(const training *t, double seconds)
{
    const double psnr = t->progress.state.best_psnr;
    char *left_out = t->skipped ? cli_format(" (%zu skipped)", t->skipped) : cli_copy("");
    char *quality = isfinite(psnr) ? cli_format(", %.2f dB", psnr) : cli_copy("");
    cli_say("%s: x%d from %zu pictures%s%s, %s", t->settings->output, t->options.scale,
            t->pictures.count + t->validation.count - t->skipped, left_out, quality,
            cli_seconds_text(seconds).text);
    free(quality);
    free(left_out);
}

/* ---------------------------------------------------------------- the run */

static const char **paths_of(const cli_inputs *inputs)
{
    const char **paths = cli_alloc(inputs->count + 1, sizeof *paths);
    for (size_t i = 0; i < inputs->count; i++)
        paths[i] = inputs->item[i].path;
    return paths;
}

/* The work, between bars. */
static void learn(training *t, up_error *error)
{
    const cli_settings *s = t->settings;
    const char **pictures = paths_of(&t->pictures), **validation = paths_of(&t->validation);
    t->options.pictures = pictures;
    t->options.picture_count = t->pictures.count;
    t->options.validation = s->validation.count ? validation : NULL;
    t->options.validation_count = t->validation.count;
    cli_train_progress_begin(&t->progress, s, t->pictures.count + t->validation.count);
    error->status = up_train(s->output, &t->options, error);
    cli_train_progress_end(&t->progress);
    free(validation);
    free(pictures);
}

static void train(training *t, cli_ledger *ledger)
{
    const cli_settings *s = t->settings;
    up_error error = { 0 };
    const char *checkpoint = t->options.checkpoint;
    if (cli_output_prepare(s->output, t->options.overwrite, &error) &&
        (!checkpoint || cli_output_prepare(checkpoint, true, &error)))
        learn(t, &error);
    if (error.status == UP_OK)
        cli_ledger_done(ledger);
    else
        cli_ledger_failed(ledger, s->output, &error);
    if (error.status == UP_ERROR_INTERRUPTED)
        cli_say("%s", error.message);
    const double seconds = cli_now() - t->start;
    if (s->json && !ledger->interrupted)
        show_json(t, &error, seconds);
    else if (!s->quiet && error.status == UP_OK)
        show_text(t, seconds);
}

/* The output is then that of the part before. */
static bool goes_on(const cli_settings *s)
{
    struct stat checkpoint;
    return s->train.resume && s->train.checkpoint && stat(s->train.checkpoint, &checkpoint) == 0;
}

static void take_options(training *t)
{
    const cli_settings *s = t->settings;
    const int scale = t->options.scale;
    t->options = s->train;
    t->options.scale = scale;
    t->options.threads = s->up.threads;
    t->options.max_memory = s->up.max_memory;
    t->options.overwrite = s->up.overwrite || goes_on(s);
    t->options.cancel = cli_signals_flag();
    t->options.skipped = skipped;
    t->options.report = report;
    t->options.user = t;
}

static int run_train(cli_settings *s)
{
    training t = { .settings = s, .start = cli_now() };
    if (!check_arguments(s) || !take_scale(s, &t.options.scale))
        return CLI_EXIT_USAGE;
    take_options(&t);
    cli_ledger ledger;
    cli_ledger_init(&ledger);
    int code = CLI_EXIT_USAGE;
    if (expand(&t, &ledger)) {
        if (t.pictures.count && !ledger.interrupted)
            train(&t, &ledger);
        code = cli_ledger_close(&ledger, s->quiet, cli_now() - t.start);
    }
    cli_inputs_clear(&t.pictures);
    cli_inputs_clear(&t.validation);
    cli_ledger_clear(&ledger);
    return code;
}

const cli_command cli_train_command = {
    .name = "train",
    .bit = CLI_TRAIN,
    .synopsis = "PICTURES... [-s SCALE] -o FILE.safetensors [options]\n",
    .summary = "learn weights for tconv from pictures",
    .about =
        "Reduces the pictures by bicubic, learns to undo it, and writes a weight file for "
        "-m tconv -w FILE. What is learned is luma; chroma is enlarged by bicubic. Every tenth "
        "picture is kept aside, and the PSNR on those is told.\n"
        "--network takes any network, also for RGB and YCbCr, and --recipe spoils its inputs in "
        "many ways; -s 1 then mends without enlarging. From a tenth of the steps on it is told "
        "what the PSNR will come to.\n"
        "--kind linear is one transposed convolution by least squares, in seconds; --kind net a "
        "network by gradient descent, in hours. With --checkpoint a training can be broken off and "
        "taken up again with --resume, to the same result; the best weights so far are kept. "
        "--kind bounds takes the network of --from and measures anew what its activations are "
        "clipped to; a net has that done at its end.\n"
        "Pictures that are broken, tiny or CMYK are named and left out, which is no failure: the "
        "exit code is 0 as long as weights came out.\n",
    .examples =
        "# one layer, in seconds, from all pictures in a folder\n"
        "upscale train -r photos -s 2 -o mine.safetensors\n"
        "upscale photo.jpg -m tconv -w mine.safetensors -s 2 -o large.png\n"
        "# a network, which may be broken off and taken up again\n"
        "upscale train -r photos --kind net --checkpoint ck --resume -o n.safetensors\n"
        "# one that mends what is spoilt as well, of a design of one's own\n"
        "upscale train -r photos --kind net --network n.json --recipe photo -o n.safetensors\n",
    .run = run_train,
};
