/* SPDX-License-Identifier: MIT */

#include "cli/batch/tasks/task_run.h"

#include "cli/args/method_choice.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/json_lines.h"

#include <stdlib.h>
#include <string.h>

static void show_json(const cli_task *task, const cli_result *r)
{
    static const char *const states[] = {
        [CLI_DONE] = "done",
        [CLI_PLANNED] = "planned",
        [CLI_SKIPPED] = "skipped",
        [CLI_FAILED] = "failed",
    };
    json_t *line = json_object();
    json_object_set_new(line, "input", cli_json_text(task->input->path));
    json_object_set_new(line, "output", task->output ? cli_json_text(task->output) : json_null());
    json_object_set_new(line, "status", json_string(states[r->state]));
    if (r->state == CLI_FAILED)
        json_object_set_new(line, "error", cli_json_text(r->error.message));
    if (*r->differs)
        json_object_set_new(line, "differs", cli_json_text(r->differs));
    json_object_set_new(line, "method", cli_json_text(task->method));
    if (r->input.width > 0) {
        json_object_set_new(line, "input_width", json_integer(r->input.width));
        json_object_set_new(line, "input_height", json_integer(r->input.height));
    }
    if (r->output.width > 0) {
        cli_json_set_format(line, &r->output);
        if (r->pages)
            json_object_set_new(line, "pages", json_integer(r->pages));
        json_object_set_new(line, "memory", json_integer((json_int_t)r->memory));
        json_object_set_new(line, "steps", cli_json_text(r->steps));
        cli_json_set_cleaning(line, &r->cleaning);
    }
    cli_notes_json(&r->notes, line);
    json_object_set_new(line, "seconds", json_real(r->seconds));
    cli_json_put(line);
}

static void show_words(const cli_task *task, const cli_result *r, const cli_settings *s, bool tell)
{
    const char *input = task->input->path;
    if (*r->differs && !s->quiet)
        cli_say("%s: kept, but it %s; --overwrite replaces it", task->output, r->differs);
    if (r->state == CLI_PLANNED)
        cli_print("%s -> %s  %d x %d, %s, %s", input, task->output, r->output.width,
                  r->output.height, task->method, cli_bytes_text((double)r->memory).text);
    else if (r->state == CLI_SKIPPED && s->dry_run)
        cli_print("%s -> %s  exists, would be skipped", input, task->output);
    else if (r->state == CLI_SKIPPED && s->verbose)
        cli_say("%s: %s exists, skipped", input, task->output);
    else if (r->state == CLI_DONE && tell)
        cli_say("%s -> %s  %d x %d, %s, %s", input, task->output, r->output.width, r->output.height,
                task->method, cli_seconds_text(r->seconds).text);
}

/* Several methods leave the same behind: it is said once. */
static void warn(const cli_task *task, const cli_result *r, const cli_settings *s)
{
    char *text = cli_notes_text(&r->notes);
    if (text && r->state != CLI_FAILED && !s->quiet &&
        strcmp(task->method, cli_method_at(s, 0)) == 0)
        cli_say("%s: warning: %s", task->input->path, text);
    free(text);
}

void cli_result_show(const cli_task *task, const cli_result *result, const cli_settings *settings,
                     bool named_by_default)
{
    bool tell = !settings->quiet && (named_by_default || settings->verbose);
    bool interrupted = result->error.status == UP_ERROR_INTERRUPTED;
    if (settings->json && !interrupted)
        show_json(task, result);
    else
        show_words(task, result, settings, tell);
    warn(task, result, settings);
}
