/* SPDX-License-Identifier: MIT */
#include "cli/args/help/help.h"

#include "cli/args/options.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 80, HELP_COLUMN = 27 };

/* "-s, --scale SCALE" in new memory. */
static char *label_of(const cli_option *option)
{
    char *letter = option->letter ? cli_format("-%c, ", option->letter) : cli_copy("    ");
    char *label = cli_format("  %s--%s%s%s", letter, option->name, option->value ? " " : "",
                             option->value ? option->value : "");
    free(letter);
    return label;
}

/* How much of `text` fits into `columns`, broken at a space. */
static size_t line_length(const char *text, size_t columns)
{
    size_t length = strcspn(text, "\n");
    if (length <= columns)
        return length;
    for (size_t at = columns; at > 0; at--) {
        if (text[at] == ' ')
            return at;
    }
    return columns;
}

/* Prints `text`, its first line behind `head`, all of it from column `indent` on. */
static void print_wrapped(const char *head, int indent, const char *text)
{
    while (*text) {
        size_t length = line_length(text, (size_t)(COLUMNS - indent));
        cli_print("%-*s%.*s", indent, head, (int)length, text);
        text += length;
        text += strspn(text, " ");
        text += *text == '\n';
        head = "";
    }
}

static void print_option(const cli_option *option)
{
    char *label = label_of(option);
    if (strlen(label) + 2 > HELP_COLUMN) {
        cli_print("%s", label);
        *label = 0;
    }
    print_wrapped(label, HELP_COLUMN, option->help);
    free(label);
}

static void print_group(const cli_command *command, cli_group group)
{
    bool titled = false;
    for (const cli_option *o = cli_options; o->name; o++) {
        if (o->group != group || !cli_option_belongs(o, command))
            continue;
        if (!titled)
            cli_print("%s:", cli_group_titles[group]);
        titled = true;
        print_option(o);
    }
    if (titled)
        cli_put_line("");
}

static bool is_top(const cli_command *command)
{
    return command == cli_commands[0];
}

static void print_synopsis(const cli_command *command)
{
    const char *head = "Usage:";
    for (const char *line = command->synopsis; *line;) {
        size_t length = strcspn(line, "\n");
        cli_print("%-7supscale %s%s%.*s", head, is_top(command) ? "" : command->name,
                  is_top(command) ? "" : " ", (int)length, line);
        line += length + 1;
        head = "";
    }
    for (const cli_command *const *c = cli_commands + 1; is_top(command) && *c; c++) {
        size_t length = strcspn((*c)->synopsis, "\n");
        cli_print("%-7supscale %s %.*s", "", (*c)->name, (int)length, (*c)->synopsis);
    }
    cli_put_line("");
}

static void print_commands(void)
{
    cli_put_line("Commands (each with its own --help):");
    for (const cli_command *const *c = cli_commands + 1; *c; c++) {
        char *head = cli_format("  %s", (*c)->name);
        print_wrapped(head, HELP_COLUMN, (*c)->summary);
        free(head);
    }
    for (const char *const *left = cli_left_out; *left; left++)
        cli_print("  %-*s(left out of this build)", HELP_COLUMN - 2, *left);
    cli_put_line("");
}

static void print_examples(const char *examples)
{
    cli_put_line("Examples:");
    for (const char *line = examples; *line;) {
        size_t length = strcspn(line, "\n");
        cli_print("%s%.*s", *line == '#' ? "  " : "    ", (int)length, line);
        line += length + 1;
    }
    cli_put_line("");
}

void cli_help_print(const cli_command *command)
{
    print_synopsis(command);
    print_wrapped("", 0, command->about);
    cli_put_line("");
    print_examples(command->examples);
    if (is_top(command))
        print_commands();
    for (cli_group group = 0; group < CLI_GROUP_HIDDEN; group++)
        print_group(command, group);
    print_wrapped("", 0,
                  "Exit codes: 0 all done, 1 some file failed, 2 wrong usage, 75 try again (disk "
                  "or memory full), 130 interrupted, 141 nobody reads the output.");
}
