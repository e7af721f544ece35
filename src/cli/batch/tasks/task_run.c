/* SPDX-License-Identifier: MIT */
#include "cli/batch/tasks/task_run.h"

#include "cli/batch/file_types.h"
#include "cli/batch/skip_check.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/describe.h"
#include "upscale_weights.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Also links that lead nowhere: they are in the way as well. */
static bool output_exists(const cli_task *task)
{
    struct stat st;
    return lstat(task->output, &st) == 0 && !up_is_stream(task->output);
}

static up_status fail_exists(const cli_task *task, up_error *error)
{
    error->status = UP_ERROR_EXISTS;
    snprintf(error->message, sizeof error->message,
             "%s exists; --overwrite replaces it, --skip-existing leaves it", task->output);
    return error->status;
}

static void say_plan(const cli_task *task, const cli_result *r)
{
    char *from = cli_describe_format(&r->input), *to = cli_describe_format(&r->output);
    char *pages = r->pages ? cli_format("%d pages, the first ", r->pages) : cli_copy("");
    cli_say("%s: %s%s to %s; %s; about %s", task->input->path, pages, from, to, r->steps,
            cli_bytes_text((double)r->memory).text);
    free(pages);
    free(from);
    free(to);
}

/* Of weights that all jobs share, which are counted already. */
static size_t shared_bytes(const up_options *options)
{
    return options->model ? up_weights_get_info(options->model)->memory_bytes : 0;
}

/* Of a file of weights: itself, its values as floats (twice that, if they are halves), and what is
 * packed from them; that alone of shared ones, which is about as much as they are. */
static size_t planning_bytes(const up_options *options)
{
    struct stat weights, indices;
    size_t bytes = shared_bytes(options);
    if (options->weights && stat(options->weights, &weights) == 0)
        bytes += 5 * (size_t)weights.st_size;
    if (options->indices && stat(options->indices, &indices) == 0)
        bytes += (size_t)indices.st_size;
    return bytes;
}

/* Leaves the planning at the gate in any case. */
static up_status run_plan(const cli_task *task, up_plan *plan, size_t planned, size_t shared,
                          cli_memory_gate *gate, up_batch *batch, cli_result *r)
{
    const size_t own = r->memory - shared;
    if (!cli_make_folders(task->output, &r->error)) {
        cli_gate_plan_end(gate, planned);
        return r->error.status;
    }
    cli_gate_enter(gate, planned, own);
    up_status status = up_plan_run_in(plan, batch, task->output, r, &r->error);
    cli_gate_leave(gate, own);
    r->pending = batch && status == UP_OK;
    return status;
}

static up_status plan_and_run(const cli_task *task, up_image *image, const up_options *options,
                              const cli_settings *s, cli_memory_gate *gate, up_batch *batch,
                              cli_result *r)
{
    up_plan *plan = NULL;
    const size_t held = up_image_get_info(image)->held_bytes; /* where noise is measured */
    const size_t planned = planning_bytes(options) + held;
    cli_gate_plan(gate, planned);
    up_status status = up_plan_create(&plan, image, task->output, options, &r->error);
    if (status != UP_OK || s->dry_run)
        cli_gate_plan_end(gate, planned);
    if (status != UP_OK)
        return status;
    const up_plan_info *info = up_plan_get_info(plan);
    r->input = info->input;
    r->pages = info->pages;
    r->output = info->output;
    r->memory = info->memory_bytes;
    memcpy(r->steps, info->steps, sizeof r->steps);
    r->steps[sizeof r->steps - 1] = 0;
    r->cleaning = info->cleaning;
    if (s->verbose)
        say_plan(task, r);
    r->state = s->dry_run ? CLI_PLANNED : CLI_DONE;
    if (!s->dry_run)
        status = run_plan(task, plan, planned, shared_bytes(options), gate, batch, r);
    cli_notes_take(&r->notes, plan);
    up_plan_destroy(&plan);
    return status;
}

void cli_result_fail(cli_result *r, const up_error *error, const cli_settings *settings)
{
    bool lost_race = error->status == UP_ERROR_EXISTS && settings->skip_existing;
    r->state = lost_race ? CLI_SKIPPED : CLI_FAILED;
    r->error = *error;
}

void cli_task_run(const cli_task *task, const up_options *options, const cli_settings *settings,
                  cli_memory_gate *gate, up_batch *batch, cli_result *r)
{
    *r = (cli_result){ .state = CLI_DONE, .record = r->record };
    double start = cli_now();
    up_status status = UP_OK;
    if (!task->output) {
        r->error = *task->error;
        status = task->error->status;
    } else if (output_exists(task) && settings->skip_existing) {
        r->state = CLI_SKIPPED;
        cli_skip_check(task, options, r->differs, sizeof r->differs);
    } else if (output_exists(task) && !options->overwrite) {
        status = fail_exists(task, &r->error);
    } else {
        up_image *image = NULL;
        status = up_image_open(&image, task->input->path, &r->error);
        if (status == UP_OK) {
            r->input = up_image_get_info(image)->format;
            status = plan_and_run(task, image, options, settings, gate, batch, r);
        }
        up_image_close(&image);
    }
    r->error.status = status;
    if (status != UP_OK)
        cli_result_fail(r, &r->error, settings);
    r->seconds = cli_now() - start;
}
