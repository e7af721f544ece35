/* SPDX-License-Identifier: MIT */
#include "cli/args/help/man_page.h"

#include "cli/args/options.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"

#include <stdlib.h>
#include <string.h>

/* Text for troff: hyphens that may be copied, and no line that looks like a request. */
static char *troff(const char *text, size_t length)
{
    char *out = cli_alloc(3 * length + 3, 1), *end = out;
    for (size_t i = 0; i < length; i++) {
        if (i == 0 && (text[i] == '.' || text[i] == '\'')) {
            memcpy(end, "\\&", 2);
            end += 2;
        }
        if (text[i] == '-' || text[i] == '\\')
            *end++ = '\\';
        *end++ = text[i];
        if (text[i] == '\\')
            end[-1] = 'e';
    }
    return out;
}

static void print_text(const char *before, const char *text, size_t length)
{
    char *safe = troff(text, length);
    cli_print("%s%s", before, safe);
    free(safe);
}

static void print_synopsis(const cli_command *command)
{
    bool top = command == cli_commands[0];
    for (const char *line = command->synopsis; *line;) {
        size_t length = strcspn(line, "\n");
        cli_print(".B upscale%s%s", top ? "" : " ", top ? "" : command->name);
        print_text("", line, length);
        cli_put_line(".br");
        line += length + 1;
    }
}

static void print_paragraphs(const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        cli_put_line(".PP");
        print_text("", text, length);
        text += length + 1;
    }
}

static void print_option(const cli_option *option)
{
    char *name = troff(option->name, strlen(option->name));
    char *letter = option->letter ? cli_format("\\-%c\\fR, \\fB", option->letter) : cli_copy("");
    char *value =
        troff(option->value ? option->value : "", option->value ? strlen(option->value) : 0);
    cli_put_line(".TP");
    cli_print("\\fB%s\\-\\-%s\\fR%s\\fI%s\\fR", letter, name, *value ? " " : "", value);
    print_text("", option->help, strlen(option->help));
    free(value);
    free(letter);
    free(name);
}

static void print_options(const cli_command *command)
{
    for (cli_group group = 0; group < CLI_GROUP_HIDDEN; group++) {
        bool titled = false;
        for (const cli_option *o = cli_options; o->name; o++) {
            if (o->group != group || !cli_option_belongs(o, command))
                continue;
            if (!titled)
                print_text(".SS ", cli_group_titles[group], strlen(cli_group_titles[group]));
            titled = true;
            print_option(o);
        }
    }
}

/* Commands share most flags: only their names are listed here. */
static void print_command(const cli_command *command)
{
    cli_print(".SS upscale %s", command->name);
    print_synopsis(command);
    print_paragraphs(command->about);
    char *list = cli_copy("Takes");
    for (const cli_option *o = cli_options; o->name; o++)
        if (cli_option_belongs(o, command))
            cli_append(&list, " --%s", o->name);
    cli_put_line(".PP");
    print_text("", list, strlen(list));
    free(list);
}

static void print_examples(void)
{
    for (const cli_command *const *c = cli_commands; *c; c++) {
        for (const char *line = (*c)->examples; *line;) {
            size_t length = strcspn(line, "\n");
            bool why = *line == '#';
            cli_put_line(why ? ".TP" : ".br");
            print_text(why ? "" : "  ", line + (why ? 2 : 0), length - (why ? 2 : 0));
            line += length + 1;
        }
    }
}

void cli_man_page_print(void)
{
    static const char *const ending[] = {
        ".SH EXIT STATUS",
        ".TP\n0\nall done",
        ".TP\n1\nsome file failed; the others are done",
        ".TP\n2\nthe command line is wrong; nothing was touched",
        ".TP\n75\nthe disk or the memory is full: try again later",
        ".TP\n130, 143\ninterrupted by SIGINT or SIGTERM; no partial file is left",
        ".TP\n141\nwhat read standard output has gone",
        ".SH ENVIRONMENT",
        ".TP\n.B UPSCALE_CPU\nlimits the kernels in use: baseline, avx2, avx512 or avx512-vnni",
        ".TP\n.B UPSCALE_WEIGHTS\nfolders with weight files, separated by colons; looked into "
        "after \\-\\-weights\\-dir, before XDG_DATA_HOME/upscale/weights (~/.local/share) and "
        "share/upscale/weights of the installation, for NAME.safetensors, NAME.pth, NAME.onnx ...",
    };
    const cli_command *top = cli_commands[0];
    cli_print(".TH UPSCALE 1 \"\" \"upscale %s\"", UP_VERSION);
    cli_print(".SH NAME");
    print_text("upscale \\- ", top->summary, strlen(top->summary));
    cli_put_line(".SH SYNOPSIS");
    for (const cli_command *const *c = cli_commands; *c; c++)
        print_synopsis(*c);
    cli_put_line(".SH DESCRIPTION");
    print_paragraphs(top->about);
    cli_put_line(".SH OPTIONS");
    print_options(top);
    cli_put_line(".SH COMMANDS");
    for (const cli_command *const *c = cli_commands + 1; *c; c++)
        print_command(*c);
    cli_put_line(".SH EXAMPLES");
    print_examples();
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        cli_put_line(ending[i]);
}
