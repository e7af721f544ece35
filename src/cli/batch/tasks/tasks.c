/* SPDX-License-Identifier: MIT */
#include "cli/batch/tasks/tasks.h"

#include "cli/args/method_choice.h"
#include "cli/batch/file_types.h"
#include "cli/batch/output_check.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_stdin(const cli_input *input)
{
    return strcmp(input->path, "-") == 0;
}

static bool choose_stdout(const cli_inputs *inputs, const cli_settings *s)
{
    if (inputs->many || inputs->count * cli_method_count(s) > 1) {
        cli_say("-o -: standard output takes one image; give -o a folder");
        return false;
    }
    if (s->json && !s->dry_run) {
        cli_say("--json and -o - both want standard output; write the image to a file");
        return false;
    }
    if (isatty(STDOUT_FILENO) && !s->dry_run) {
        cli_say("the image would go to your terminal; redirect it, or give -o a file");
        return false;
    }
    return true;
}

static bool choose_beside(const cli_inputs *inputs, const cli_settings *s)
{
    if (inputs->many && !s->files_from) {
        cli_say("folders need an output folder of their own; give one with -o DIR/");
        return false;
    }
    for (size_t i = 0; i < inputs->count; i++) {
        if (is_stdin(&inputs->item[i])) {
            cli_say("standard input (-) has no folder to write beside; give -o a file or folder");
            return false;
        }
    }
    return true;
}

static bool choose_named(const cli_inputs *inputs, const cli_settings *s, cli_target *target)
{
    struct stat st;
    const char *output = s->output;
    if (up_is_stream(output) && (inputs->many || inputs->count * cli_method_count(s) > 1)) {
        cli_say("-o %s: this takes one image; give -o a folder", output);
        return false;
    }
    bool exists = stat(output, &st) == 0, is_folder = exists && S_ISDIR(st.st_mode);
    bool said = output[strlen(output) - 1] == '/';
    bool needed = inputs->many || inputs->count > 1 || s->name_template;
    *target = said || is_folder || needed ? CLI_TO_FOLDER : CLI_TO_FILE;
    bool unclear = !exists && !up_is_stream(output) && !*cli_extension_dot(output);
    if (*target == CLI_TO_FILE && unclear && !s->up.output_format) {
        cli_say("-o %s: if this is to be a folder, write -o %s/; a file needs an extension such as "
                ".png, or --format",
                output, output);
        return false;
    }
    if (*target == CLI_TO_FILE || is_folder)
        return true;
    if (exists) {
        cli_say("-o %s: this is a file, but a folder is needed here", output);
        return false;
    }
    if (!said && cli_writable_extension(output)) {
        cli_say("-o %s: a folder is needed here; if this is to be one, write -o %s/", output,
                output);
        return false;
    }
    return true;
}

static bool choose_target(const cli_inputs *inputs, const cli_settings *s, cli_target *target)
{
    if (!s->output) {
        bool filter = inputs->count == 1 && is_stdin(&inputs->item[0]) && cli_method_count(s) == 1;
        *target = filter ? CLI_TO_STDOUT : CLI_BESIDE;
        return filter ? choose_stdout(inputs, s) : choose_beside(inputs, s);
    }
    if (!cli_is_standard_output(s->output))
        return choose_named(inputs, s, target);
    *target = CLI_TO_STDOUT;
    return choose_stdout(inputs, s);
}

static void add(cli_tasks *tasks, const cli_input *input, const char *method, char *output,
                const up_error *error)
{
    tasks->item = cli_grow(tasks->item, tasks->count, sizeof *tasks->item);
    cli_task *task = &tasks->item[tasks->count++];
    *task = (cli_task){
        .input = input,
        .method = method,
        .output = output,
        .weight = input->exists && input->bytes > 0 ? (double)input->bytes : 1,
    };
    if (output)
        return;
    task->error = cli_alloc(1, sizeof *task->error);
    *task->error = *error;
}

bool cli_tasks_make(cli_tasks *tasks, const cli_inputs *inputs, const cli_settings *settings)
{
    cli_target target;
    *tasks = (cli_tasks){ 0 };
    if (!choose_target(inputs, settings, &target))
        return false;
    tasks->named_by_default = target == CLI_BESIDE;
    for (size_t i = 0; i < inputs->count; i++) {
        for (size_t m = 0; m < cli_method_count(settings); m++) {
            const cli_input *input = &inputs->item[i];
            const char *method = cli_method_at(settings, m);
            up_error error;
            char *output = cli_output_name(target, input, method, settings, &error);
            add(tasks, input, method, output, &error);
        }
    }
    return true;
}

void cli_tasks_clear(cli_tasks *tasks)
{
    for (size_t i = 0; i < tasks->count; i++) {
        free(tasks->item[i].output);
        free(tasks->item[i].error);
    }
    free(tasks->item);
    *tasks = (cli_tasks){ 0 };
}
