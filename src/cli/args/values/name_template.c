/* SPDX-License-Identifier: MIT */
#include "cli/args/values/name_template.h"

#include "cli/batch/file_types.h"
#include "cli/show/cli_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char field_names[] = "stem ext method scale width height dir";

/* The field at `at`, which is a '{'; -1 if it is none. *end is behind its '}'. */
static int field_at(const char *at, const char **end)
{
    size_t length = strcspn(at + 1, "{}");
    if (at[1 + length] != '}')
        return -1;
    *end = at + length + 2;
    return cli_list_find(field_names, at + 1, length);
}

static bool leaves_folder(const char *name_template)
{
    for (const char *part = name_template; *part;) {
        size_t length = strcspn(part, "/");
        if (length == 2 && strncmp(part, "..", 2) == 0)
            return true;
        part += length;
        part += *part == '/';
    }
    return *name_template == '/';
}

bool cli_template_check(const char *name_template, char *wanted, size_t size)
{
    static const char fields[] =
        "a template of names; its fields are {stem} {ext} {method} {scale} {width} {height} {dir}";
    if (!*name_template || leaves_folder(name_template) ||
        name_template[strlen(name_template) - 1] == '/') {
        snprintf(wanted, size, "the name of a file inside the output folder, which -o gives");
        return false;
    }
    for (const char *at = name_template; (at = strpbrk(at, "{}"));) {
        const char *end = at;
        if (*at == '}' || field_at(at, &end) < 0) {
            snprintf(wanted, size, "%s", fields);
            return false;
        }
        at = end;
    }
    return true;
}

bool cli_template_uses(const char *name_template, cli_field field)
{
    const char *end;
    for (const char *at = name_template; (at = strchr(at, '{')); at = end) {
        end = at + 1;
        if (field_at(at, &end) == (int)field)
            return true;
    }
    return false;
}

char *cli_template_expand(const char *name_template, char *const value[CLI_FIELDS])
{
    char *name = cli_copy("");
    for (const char *at = name_template; *at;) {
        const char *end = at + 1, *text = at;
        size_t length = strcspn(at, "{");
        if (length == 0) {
            text = value[field_at(at, &end)];
            length = strlen(text);
        } else {
            end = at + length;
        }
        cli_append(&name, "%.*s", (int)length, text);
        at = end;
    }
    if (!cli_template_uses(name_template, CLI_FIELD_EXT) && !cli_writable_extension(name))
        cli_append(&name, ".%s", value[CLI_FIELD_EXT]);
    return name;
}
