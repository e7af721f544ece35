/* SPDX-License-Identifier: MIT */
/* Looks for outputs that would meet each other or an input, before anything is touched. */

#include "cli/batch/tasks/tasks.h"

#include "cli/show/cli_text.h"
#include "cli/show/console.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_REPORTS = 10 };

static int by_output(const void *a, const void *b)
{
    const cli_task *const *x = a, *const *y = b;
    int order = strcmp((*x)->output, (*y)->output);
    return order ? order : (*x > *y) - (*x < *y);
}

static bool same_file(const cli_input *a, const cli_input *b)
{
    return a == b || (a->exists && b->exists && a->device == b->device && a->inode == b->inode);
}

/* The same file given twice is one task. */
static bool is_repeat(const cli_task *a, const cli_task *b)
{
    return a->input != b->input && same_file(a->input, b->input) &&
           strcmp(a->method, b->method) == 0;
}

static void remove_repeats(cli_tasks *tasks)
{
    size_t kept = 0;
    for (size_t i = 0; i < tasks->count; i++) {
        if (tasks->item[i].output || tasks->item[i].error)
            tasks->item[kept++] = tasks->item[i];
    }
    tasks->count = kept;
}

static void report_collision(const cli_task *a, const cli_task *b)
{
    if (a->input == b->input)
        cli_say("methods %s and %s would both write %s; put {method} into --name", a->method,
                b->method, a->output);
    else
        cli_say("%s and %s would both become %s; --name '{dir}/{stem}.{ext}', or another --name, "
                "keeps them apart",
                a->input->path, b->input->path, a->output);
}

static bool check_collisions(cli_tasks *tasks)
{
    cli_task **sorted = cli_alloc(tasks->count, sizeof *sorted);
    size_t count = 0, found = 0;
    for (size_t i = 0; i < tasks->count; i++) {
        if (tasks->item[i].output)
            sorted[count++] = &tasks->item[i];
    }
    qsort(sorted, count, sizeof *sorted, by_output);
    const cli_task *last = count ? sorted[0] : NULL;
    for (size_t i = 1; i < count; i++) {
        if (strcmp(last->output, sorted[i]->output) != 0) {
            last = sorted[i];
        } else if (is_repeat(last, sorted[i])) {
            free(sorted[i]->output);
            sorted[i]->output = NULL;
        } else if (found++ < MOST_REPORTS) {
            report_collision(last, sorted[i]);
        }
    }
    free(sorted);
    if (found > MOST_REPORTS)
        cli_say("... and %zu more like this", found - MOST_REPORTS);
    remove_repeats(tasks);
    return found == 0;
}

static int by_inode(const void *a, const void *b)
{
    const cli_input *const *x = a, *const *y = b;
    if ((*x)->device != (*y)->device)
        return (*x)->device < (*y)->device ? -1 : 1;
    return ((*x)->inode > (*y)->inode) - ((*x)->inode < (*y)->inode);
}

/* Everything the run reads, by device and inode: the inputs, and the files that flags name. */
typedef struct {
    const cli_input **sorted;
    size_t count;
    cli_input *extra;
} cli_read_files;

static void add_file(cli_read_files *files, cli_input *extra, const char *path)
{
    struct stat st;
    if (!path || stat(path, &st) != 0)
        return;
    *extra = (cli_input){ .exists = true, .device = st.st_dev, .inode = st.st_ino };
    files->sorted[files->count++] = extra;
}

static void gather(cli_read_files *files, const cli_inputs *inputs, const cli_settings *s)
{
    const char *const paths[] = { s->up.weights, s->up.indices, s->files_from };
    files->count = 0;
    files->extra = cli_alloc(3 + s->methods.count, sizeof *files->extra);
    files->sorted = cli_alloc(inputs->count + 3 + s->methods.count, sizeof *files->sorted);
    for (size_t i = 0; i < inputs->count; i++) {
        if (inputs->item[i].exists)
            files->sorted[files->count++] = &inputs->item[i];
    }
    for (size_t i = 0; i < 3; i++)
        add_file(files, &files->extra[i], paths[i]);
    for (size_t i = 0; i < s->methods.count; i++)
        add_file(files, &files->extra[3 + i], s->method_weights[i]);
    qsort(files->sorted, files->count, sizeof *files->sorted, by_inode);
}

static bool check_output(const cli_task *task, const cli_read_files *files, bool overwrite)
{
    struct stat st;
    if (!task->output || strcmp(task->output, "-") == 0 || stat(task->output, &st) != 0)
        return true;
    bool stream = up_is_stream(task->output);
    if (S_ISCHR(st.st_mode))
        return true;
    if (!S_ISREG(st.st_mode) && !stream) {
        cli_say("%s: this is no file that could be written; give another -o or --name",
                task->output);
        return false;
    }
    const cli_input key = { .exists = true, .device = st.st_dev, .inode = st.st_ino };
    const cli_input *wanted = &key;
    bool is_own = same_file(task->input, &key);
    bool is_read = (overwrite || stream) &&
                   bsearch(&wanted, files->sorted, files->count, sizeof wanted, by_inode);
    if (is_own)
        cli_say("%s: the output would replace its input; give another -o or --name", task->output);
    else if (is_read)
        cli_say("%s: this would replace a file that is read; give another -o or --name",
                task->output);
    return !is_own && !is_read;
}

bool cli_tasks_check(cli_tasks *tasks, const cli_inputs *inputs, const cli_settings *settings)
{
    if (!check_collisions(tasks))
        return false;
    cli_read_files files;
    gather(&files, inputs, settings);
    bool fine = true;
    for (size_t i = 0; i < tasks->count && fine; i++)
        fine = check_output(&tasks->item[i], &files, settings->up.overwrite);
    free(files.extra);
    free(files.sorted);
    return fine;
}
