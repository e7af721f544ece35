/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* versionsort: -x2 comes before -x10 */
#include "cli/weights/weights_folders.h"

#include "cli/batch/file_types.h"
#include "cli/show/cli_text.h"
#include "upscale_weights.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char subfolder[] = "upscale/weights";

void cli_words_add(cli_words *words, char *word)
{
    words->item = cli_grow(words->item, words->count, sizeof *words->item);
    words->item[words->count++] = word;
}

void cli_words_clear(cli_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->item[i]);
    free(words->item);
    *words = (cli_words){ 0 };
}

/* -------------------------------------------------------------- folders */

static void add_from_environment(cli_words *folders)
{
    const char *list = getenv("UPSCALE_WEIGHTS");
    while (list && *list) {
        size_t length = strcspn(list, ":");
        if (length > 0)
            cli_words_add(folders, cli_copy_part(list, length));
        list += length;
        list += *list == ':';
    }
}

static void add_user_folder(cli_words *folders)
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (data && *data == '/')
        cli_words_add(folders, cli_format("%s/%s", data, subfolder));
    else if (home && *home)
        cli_words_add(folders, cli_format("%s/.local/share/%s", home, subfolder));
}

/* Cuts the last part of a path off. */
static void go_up(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = 0;
}

/* Found from where the program lies, so that an installation may be moved. */
static void add_installed_folder(cli_words *folders)
{
    char program[PATH_MAX];
    const char *way = UP_DATA_FROM_PROGRAM;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return;
    program[length] = 0;
    go_up(program);
    for (; strncmp(way, "../", 3) == 0; way += 3)
        go_up(program);
    cli_words_add(folders, cli_format("%s/%s/%s", program, way, subfolder));
}

cli_words cli_weights_folders(const cli_settings *settings)
{
    cli_words folders = { 0 };
    if (settings->weights_folder)
        cli_words_add(&folders, cli_copy(settings->weights_folder));
    add_from_environment(&folders);
    add_user_folder(&folders);
    add_installed_folder(&folders);
    return folders;
}

/* -------------------------------------------------------------- files */

bool cli_weights_extension(const char *extension)
{
    const char *list;
    for (int i = 0; up_weights_format_at(i, &list); i++)
        if (cli_list_find(list, extension, strlen(extension)) >= 0)
            return true;
    return false;
}

static int is_weights_name(const struct dirent *entry)
{
    const char *dot = cli_extension_dot(entry->d_name);
    return *dot && cli_weights_extension(dot + 1);
}

static bool is_listed(const cli_words *names, const char *name, size_t length)
{
    for (size_t i = 0; i < names->count; i++)
        if (strncmp(names->item[i], name, length) == 0 && !names->item[i][length])
            return true;
    return false;
}

cli_words cli_weights_in(const char *folder)
{
    cli_words names = { 0 };
    struct dirent **entry;
    int count = scandir(folder, &entry, is_weights_name, versionsort);
    for (int i = 0; i < count; i++) {
        const char *name = entry[i]->d_name;
        const size_t length = (size_t)(cli_extension_dot(name) - name);
        if (!is_listed(&names, name, length))
            cli_words_add(&names, cli_copy_part(name, length));
        free(entry[i]);
    }
    if (count >= 0)
        free(entry);
    return names;
}

/* FOLDER/NAME.EXTENSION, if it is a file. */
static char *path_of(const char *folder, const char *name, const char *extension, size_t length)
{
    struct stat st;
    char *path = cli_format("%s/%s.%.*s", folder, name, (int)length, extension);
    if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
        return path;
    free(path);
    return NULL;
}

char *cli_weights_path(const char *folder, const char *name)
{
    static const char first[] = "safetensors";
    char *path = path_of(folder, name, first, strlen(first));
    const char *list, *word;
    size_t length;
    for (int i = 0; !path && up_weights_format_at(i, &list); i++)
        while (!path && cli_list_next(&list, &word, &length))
            path = path_of(folder, name, word, length);
    return path;
}

/* The N of NAME-xN, or 0. */
static int scale_of(const char *file, const char *name)
{
    size_t length = strlen(name);
    if (strncmp(file, name, length) != 0 || strncmp(file + length, "-x", 2) != 0)
        return 0;
    const char *digits = file + length + 2;
    size_t count = strspn(digits, "0123456789");
    return count > 0 && count < 6 && !digits[count] ? atoi(digits) : 0;
}

static bool is_better(int scale, int best, double wanted)
{
    if (best == 0)
        return scale > 0;
    return scale >= wanted ? scale < best || best < wanted : scale > best;
}

static char *find_in(const char *folder, const char *name, double wanted)
{
    char *path = cli_weights_path(folder, name);
    int best = 0;
    cli_words files = path ? (cli_words){ 0 } : cli_weights_in(folder);
    for (size_t i = 0; i < files.count; i++) {
        int scale = scale_of(files.item[i], name);
        if (scale == 0 || !is_better(scale, best, wanted))
            continue;
        free(path);
        path = cli_weights_path(folder, files.item[i]);
        best = scale;
    }
    cli_words_clear(&files);
    return path;
}

char *cli_weights_find(const cli_words *folders, const char *name, double scale)
{
    char *path = NULL;
    for (size_t i = 0; i < folders->count && !path; i++)
        path = find_in(folders->item[i], name, scale);
    return path;
}

bool cli_weights_embedded(const char *name)
{
    int scale;
    const char *embedded;
    for (int i = 0; (embedded = up_embedded_weights_at(i, &scale)); i++) {
        if (strcmp(embedded, name) == 0)
            return true;
    }
    for (int i = 0; (embedded = up_photo_method_at(i, NULL)); i++)
        if (strcmp(embedded, name) == 0)
            return true;
    return false;
}
