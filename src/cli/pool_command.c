/* SPDX-License-Identifier: MIT */

#include "cli/commands.h"

#include "cli/args/options.h"
#include "cli/batch/output_check.h"
#include "cli/batch/tasks/ledger.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/json_lines.h"
#include "cli/show/lines/file_notes.h"
#include "cli/signals.h"

#include <stdlib.h>
#include <string.h>

static bool check_arguments(const cli_settings *s)
{
    const char *problem = NULL;
    if (s->operand_count != 1)
        problem = "pool takes one input: upscale pool IN -o POOLED --indices IDX.npy --kernel K";
    else if (!s->output)
        problem = "pool needs a name for the pooled image: -o POOLED";
    else if (!s->up.indices)
        problem = "pool needs a name for the index file: --indices IDX.npy";
    else if (!s->up.layer.kernel.set)
        problem = "pool needs the size of its window: --kernel K";
    else if (up_is_stream(s->up.indices))
        problem = "--indices: the index file cannot go to a stream; give it a name";
    else if (cli_is_standard_output(s->output) && s->json)
        problem = "--json and -o - both want standard output; write the image to a file";
    else if (cli_same_file(s->output, s->up.indices))
        problem = "-o and --indices name the same file; give each its own";
    else if (!cli_is_stream(s->output) && cli_same_file(s->operands[0], s->output))
        problem = "-o is the input itself; give it another name";
    else if (cli_same_file(s->operands[0], s->up.indices))
        problem = "--indices is the input itself; give it another name";
    if (problem)
        cli_say("%s", problem);
    return !problem;
}

/* The pooled image carries what an upscaled one would. */
static void take_notes(const cli_settings *s, cli_notes *notes)
{
    const up_options same_size = { .method = "nearest",
                                   .scale = { 1, 1 },
                                   .output_format = s->up.output_format };
    up_image *image = NULL;
    up_plan *plan = NULL;
    if (!cli_is_stream(s->operands[0]) && up_image_open(&image, s->operands[0], NULL) == UP_OK &&
        up_plan_create(&plan, image, s->output, &same_size, NULL) == UP_OK)
        cli_notes_take(notes, plan);
    up_plan_destroy(&plan);
    up_image_close(&image);
}

static void warn(const cli_settings *s, const cli_notes *notes)
{
    char *text = cli_notes_text(notes);
    if (text && !s->quiet)
        cli_say("%s: warning: %s", s->operands[0], text);
    free(text);
}

static void show(const cli_settings *s, const up_error *error, const cli_notes *notes,
                 double seconds)
{
    if (!s->json) {
        if (s->verbose && error->status == UP_OK)
            cli_say("%s -> %s and %s, %s", s->operands[0], s->output, s->up.indices,
                    cli_seconds_text(seconds).text);
        return;
    }
    bool fine = error->status == UP_OK;
    json_t *line = json_object();
    json_object_set_new(line, "input", cli_json_text(s->operands[0]));
    json_object_set_new(line, "output", cli_json_text(s->output));
    json_object_set_new(line, "indices", cli_json_text(s->up.indices));
    json_object_set_new(line, "status", json_string(fine ? "done" : "failed"));
    if (!fine)
        json_object_set_new(line, "error", cli_json_text(error->message));
    cli_notes_json(notes, line);
    json_object_set_new(line, "seconds", json_real(seconds));
    cli_json_put(line);
}

static int run_pool(cli_settings *s)
{
    if (!check_arguments(s))
        return CLI_EXIT_USAGE;
    double start = cli_now();
    up_error error = { 0 };
    s->up.cancel = cli_signals_flag();
    /* The library writes two files: better to hear of either being in the way before the work. */
    if (cli_output_prepare(s->output, s->up.overwrite, &error) &&
        cli_output_prepare(s->up.indices, s->up.overwrite, &error))
        error.status = up_pool_file(s->operands[0], s->output, s->up.indices, &s->up, &error);
    cli_ledger ledger;
    cli_ledger_init(&ledger);
    if (error.status == UP_OK)
        cli_ledger_done(&ledger);
    else
        cli_ledger_failed(&ledger, s->operands[0], &error);
    cli_notes notes = { 0 };
    if (error.status == UP_OK)
        take_notes(s, &notes);
    if (!ledger.interrupted)
        show(s, &error, &notes, cli_now() - start);
    warn(s, &notes);
    cli_notes_clear(&notes);
    int code = cli_ledger_close(&ledger, s->quiet, cli_now() - start);
    cli_ledger_clear(&ledger);
    return code;
}

const cli_command cli_pool_command = {
    .name = "pool",
    .bit = CLI_POOL,
    .synopsis = "IN -o POOLED --indices IDX.npy --kernel K [options]\n",
    .summary = "max-pool an image and keep the positions of the maxima",
    .about =
        "Takes the maximum of each window (PyTorch's MaxPool2d with return_indices) and writes "
        "two files: the pooled image, and the positions row * width + column of the maxima as "
        "int64 in a .npy of the same shape. 'upscale POOLED -m max-unpool' undoes it.\n",
    .examples = "# halve, then put the maxima back where they were\n"
                "upscale pool in.png -o half.png --indices idx.npy --kernel 2\n"
                "upscale half.png -m max-unpool --indices idx.npy --kernel 2 -o back.png\n",
    .run = run_pool,
};
