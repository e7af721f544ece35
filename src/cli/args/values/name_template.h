/* SPDX-License-Identifier: MIT */
/* Names of outputs: {stem}-x{scale}.{ext}. */
#ifndef UP_CLI_NAME_TEMPLATE_H
#define UP_CLI_NAME_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    CLI_FIELD_STEM,
    CLI_FIELD_EXT,
    CLI_FIELD_METHOD,
    CLI_FIELD_SCALE,
    CLI_FIELD_WIDTH,
    CLI_FIELD_HEIGHT,
    CLI_FIELD_DIR,
    CLI_FIELDS,
} cli_field;

/* false: `wanted` says what a template is. */
bool cli_template_check(const char *name_template, char *wanted, size_t size);
bool cli_template_uses(const char *name_template, cli_field field);

/* The name in new memory, with ".EXT" behind it where the template has no extension of its own. */
char *cli_template_expand(const char *name_template, char *const value[CLI_FIELDS]);

#endif
