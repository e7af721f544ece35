/* SPDX-License-Identifier: MIT */
#include "cli/batch/inputs.h"

#include "cli/args/values/path_list.h"
#include "cli/batch/file_types.h"
#include "cli/batch/tasks/left_out.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/signals.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
    cli_take_input *take;
    void *user;
    bool stopped;
    size_t count, streams; /* taken; of them standard input */
    bool many;
    cli_ledger *ledger;
    cli_left_out left_out;
    bool recursive, flat, has_output;
    struct stat output; /* the output folder, which is no input even if it lies among them */
} expansion;

static void add(expansion *e, char *path, const char *folder, const struct stat *st)
{
    cli_input input = { .path = path, .folder = cli_copy(folder), .exists = st != NULL };
    if (st) {
        input.device = st->st_dev;
        input.inode = st->st_ino;
        input.bytes = st->st_size;
    }
    e->count++;
    e->streams += strcmp(path, "-") == 0;
    e->stopped |= !e->take(e->user, &input);
}

/* Few files of text are tensors. */
static bool is_other_text(const char *path)
{
    const char *extension = cli_readable_extension(path);
    up_content content;
    return extension && cli_same_format(extension, "txt") &&
           !(up_content_of(&content, path) && content.reads);
}

/* By its extension; a file without any, and text, by what it holds. */
static bool is_image(const char *path)
{
    if (is_other_text(path))
        return false;
    if (*cli_extension_dot(path))
        return cli_readable_extension(path) != NULL;
    up_image *image = NULL;
    bool opened = up_image_open(&image, path, NULL) == UP_OK;
    up_image_close(&image);
    return opened;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void walk(expansion *e, const char *path, const char *below);

static bool is_output(const expansion *e, const struct stat *st)
{
    return e->has_output && st->st_dev == e->output.st_dev && st->st_ino == e->output.st_ino;
}

/* Links to folders are not followed, so that every walk ends. */
static void take_inner_folder(expansion *e, const char *path, const char *below, const char *name,
                              bool is_link)
{
    char *deeper = cli_format("%s%s/", below, name);
    if (is_link)
        cli_left_out_add(&e->left_out, path, "linked folder(s)",
                         "name them to take what is in them");
    else
        walk(e, path, deeper);
    free(deeper);
}

static void take_entry(expansion *e, const char *folder, const char *below, const char *name)
{
    bool slash = folder[strlen(folder) - 1] == '/';
    char *path = cli_format("%s%s%s", folder, slash ? "" : "/", name);
    struct stat st, link;
    bool known = lstat(path, &link) == 0, leads = known;
    if (known && S_ISLNK(link.st_mode))
        leads = stat(path, &st) == 0;
    else if (known)
        st = link;
    if (leads && S_ISDIR(st.st_mode)) {
        if (e->recursive && !is_output(e, &st))
            take_inner_folder(e, path, below, name, S_ISLNK(link.st_mode));
    } else if (leads ? S_ISREG(st.st_mode) && is_image(path)
                     : known && cli_readable_extension(path) && !is_other_text(path)) {
        add(e, path, below, leads ? &st : NULL);
        return;
    } else if (leads && S_ISREG(st.st_mode)) {
        cli_left_out_look(&e->left_out, path);
    }
    free(path);
}

static void walk(expansion *e, const char *path, const char *below)
{
    struct dirent **entry;
    int count = *cli_signals_flag() || e->stopped ? 0 : scandir(path, &entry, visible, by_name);
    if (count < 0) {
        up_error error = { .status = UP_ERROR_INPUT };
        snprintf(error.message, sizeof error.message, "cannot read this folder: %s",
                 strerror(errno));
        cli_ledger_failed(e->ledger, path, &error);
        return;
    }
    if (*cli_signals_flag())
        e->ledger->interrupted = true;
    for (int i = 0; i < count; i++) {
        if (!e->stopped)
            take_entry(e, path, below, entry[i]->d_name);
        free(entry[i]);
    }
    if (count > 0)
        free(entry);
}

static void take_folder(expansion *e, const char *path)
{
    size_t before = e->count, failed = e->ledger->failed, left = e->left_out.count;
    e->many = true;
    walk(e, path, "");
    if (e->count > before || e->ledger->failed > failed || e->ledger->interrupted)
        return;
    up_error error = { UP_ERROR_INPUT, "there are no images in this folder" };
    if (e->left_out.count > left)
        strcat(error.message, " that can be read");
    cli_ledger_failed(e->ledger, path, &error);
}

static bool take_operand(expansion *e, const char *path)
{
    struct stat st;
    bool is_stdin = strcmp(path, "-") == 0;
    bool exists = !is_stdin && stat(path, &st) == 0;
    if (!exists || !S_ISDIR(st.st_mode)) {
        add(e, cli_copy(path), "", exists ? &st : NULL);
        return true;
    }
    if (!e->recursive && !e->flat) {
        cli_say("%s is a folder; -r takes the images in it", path);
        return false;
    }
    take_folder(e, path);
    return true;
}

static bool take_list(expansion *e, const cli_settings *settings)
{
    cli_path_list list;
    if (!cli_path_list_read(&list, settings->files_from, settings->null_separated))
        return false;
    bool fine = true;
    e->many = true;
    for (size_t i = 0; i < list.count && fine; i++)
        fine = take_operand(e, list.path[i]);
    cli_path_list_clear(&list);
    return fine;
}

static bool check_standard_input(const expansion *e, const cli_settings *settings)
{
    size_t times = settings->files_from && strcmp(settings->files_from, "-") == 0;
    times += e->streams;
    if (times > 1)
        cli_say("standard input (-) can be read only once");
    return times <= 1;
}

static bool take_all(expansion *e, const cli_settings *settings)
{
    for (size_t i = 0; i < settings->operand_count; i++) {
        if (!take_operand(e, settings->operands[i]))
            return false;
    }
    if (settings->files_from && !take_list(e, settings))
        return false;
    return check_standard_input(e, settings);
}

static bool expand(expansion *e, const cli_settings *settings)
{
    e->recursive = settings->recursive;
    e->flat = settings->flat_folders;
    e->has_output = settings->output && stat(settings->output, &e->output) == 0;
    bool fine = take_all(e, settings);
    if (fine)
        cli_left_out_show(&e->left_out, settings);
    e->ledger->left_out += e->left_out.count;
    cli_left_out_clear(&e->left_out);
    return fine;
}

bool cli_inputs_each(const cli_settings *settings, cli_ledger *ledger, cli_take_input *take,
                     void *user)
{
    expansion e = { .take = take, .user = user, .ledger = ledger };
    return expand(&e, settings);
}

static bool keep(void *user, cli_input *input)
{
    cli_inputs *inputs = user;
    inputs->item = cli_grow(inputs->item, inputs->count, sizeof *inputs->item);
    inputs->item[inputs->count++] = *input;
    return true;
}

bool cli_inputs_expand(cli_inputs *inputs, const cli_settings *settings, cli_ledger *ledger)
{
    *inputs = (cli_inputs){ 0 };
    expansion e = { .take = keep, .user = inputs, .ledger = ledger };
    bool fine = expand(&e, settings);
    inputs->many = e.many;
    return fine;
}

void cli_inputs_clear(cli_inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++) {
        free(inputs->item[i].path);
        free(inputs->item[i].folder);
    }
    free(inputs->item);
    *inputs = (cli_inputs){ 0 };
}
