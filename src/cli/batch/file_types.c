/* SPDX-License-Identifier: MIT */
#include "cli/batch/file_types.h"

#include "cli/show/cli_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

const char *cli_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *cli_extension_dot(const char *path)
{
    const char *base = cli_base_name(path), *dot = strrchr(base, '.');
    return dot && dot > base ? dot : base + strlen(base);
}

/* The format called `name`, or with that extension. */
static const up_file_format_info *find_format(const char *name)
{
    const up_file_format_info *format;
    for (int i = 0; (format = up_file_format_at(i)); i++) {
        if (strcasecmp(format->name, name) == 0 ||
            cli_list_find(format->extensions, name, strlen(name)) >= 0)
            return format;
    }
    return NULL;
}

static const up_file_format_info *format_of_path(const char *path, const char **extension)
{
    const char *dot = cli_extension_dot(path);
    *extension = dot + 1;
    return *dot && dot[1] ? find_format(dot + 1) : NULL;
}

const char *cli_readable_extension(const char *path)
{
    const char *extension;
    const up_file_format_info *format = format_of_path(path, &extension);
    return format && format->reads ? extension : NULL;
}

const char *cli_writable_extension(const char *path)
{
    const char *extension;
    const up_file_format_info *format = format_of_path(path, &extension);
    return format && format->writes ? extension : NULL;
}

char *cli_usual_extension(const char *format_name)
{
    const up_file_format_info *format = find_format(format_name);
    if (!format)
        return cli_copy(format_name);
    bool is_name = strcasecmp(format->name, format_name) == 0;
    return is_name ? cli_copy_part(format->extensions, strcspn(format->extensions, " "))
                   : cli_copy(format_name);
}

bool cli_is_written(const char *format_name)
{
    const up_file_format_info *format = find_format(format_name);
    return format && format->writes;
}

bool cli_same_format(const char *a, const char *b)
{
    const up_file_format_info *format = find_format(a);
    return format && format == find_format(b);
}

char *cli_tidy_path(const char *path)
{
    char *tidy = cli_alloc(strlen(path) + 2, 1);
    size_t length = 0;
    if (*path == '/')
        tidy[length++] = '/';
    for (const char *part = path; *part;) {
        size_t size = strcspn(part, "/");
        bool here = size == 1 && *part == '.';
        if (size > 0 && !here) {
            memcpy(tidy + length, part, size);
            length += size;
            tidy[length++] = '/';
        }
        part += size;
        part += *part == '/';
    }
    if (length > 1)
        length--;
    if (length == 0)
        tidy[length++] = '.';
    tidy[length] = 0;
    return tidy;
}

bool cli_make_folders(const char *path, up_error *error)
{
    char *folder = cli_copy(path);
    bool fine = true;
    for (char *slash = folder; fine && (slash = strchr(slash + 1, '/'));) {
        *slash = 0;
        fine = mkdir(folder, 0777) == 0 || errno == EEXIST;
        if (!fine) {
            error->status = errno == ENOSPC ? UP_ERROR_SPACE : UP_ERROR_OUTPUT;
            snprintf(error->message, sizeof error->message, "%s: cannot make this folder: %s",
                     folder, strerror(errno));
        }
        *slash = '/';
    }
    free(folder);
    return fine;
}
