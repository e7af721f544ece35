/* SPDX-License-Identifier: MIT */
#include "compare/files/other_files.h"

#include "compare/files/file_names.h"
#include "compare/files/json_text.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The folder that `path` lies in, without links, in new memory; NULL: it is not there. */
static char *folder_of(const char *path)
{
    char *copy = strdup(path), *folder = copy ? realpath(dirname(copy), NULL) : NULL;
    free(copy);
    return folder;
}

/* What comes behind `folder` in `path`, "" or "/..."; NULL: it is not below it. */
static const char *below(const char *path, const char *folder)
{
    const size_t length = strcmp(folder, "/") == 0 ? 0 : strlen(folder);
    const bool is = strncmp(path, folder, length) == 0 && (!path[length] || path[length] == '/');
    return is ? path + length : NULL;
}

/* NULL: none, or one that is no UTF-8. */
static json_t *link_to(const char *file, const up_report_options *o, const char *target)
{
    char *folder = folder_of(file), *parent = folder_of(target);
    const char *rest = folder && parent ? below(folder, parent) : NULL;
    const char *name = up_last_part(file), *own = up_last_part(target);
    const char *inside = rest && *rest ? below(rest + 1, own) : NULL;
    json_t *link = NULL;
    if (inside && !o->single_file)
        link = json_sprintf("%s%s%s", *inside ? inside + 1 : "", *inside ? "/" : "", name);
    else if (rest)
        link = json_sprintf("%s%s%s%s", o->single_file ? "" : "../", *rest ? rest + 1 : "",
                            *rest ? "/" : "", name);
    free(folder);
    free(parent);
    return link;
}

static void add_file(json_t *list, const char *file, const up_report_options *o, const char *target)
{
    if (!file)
        return;
    json_t *json = json_pack("{s:o}", "name", up_json_bytes(up_last_part(file)));
    json_t *link = link_to(file, o, target);
    if (link)
        up_json_set(json, "link", link);
    up_json_append(list, json);
}

json_t *up_other_files_json(const up_report_options *o, const char *target)
{
    json_t *list = json_array();
    add_file(list, o->sheet, o, target);
    for (int i = 0; i < o->files; i++)
        add_file(list, o->file[i], o, target);
    return list;
}
