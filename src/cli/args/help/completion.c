/* SPDX-License-Identifier: MIT */
#include "cli/args/help/completion.h"

#include "cli/args/options.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"

#include <stdlib.h>
#include <string.h>

static char *append(char *text, char *more)
{
    char *joined = cli_format("%s%s%s", text, *text && *more ? " " : "", more);
    free(text);
    free(more);
    return joined;
}

static char *all_methods(void)
{
    char *list = cli_copy("");
    const up_method_info *method;
    for (int i = 0; (method = up_method_at(i)); i++)
        list = append(list, cli_copy(method->name));
    return list;
}

static char *all_formats(void)
{
    char *list = cli_copy("");
    const up_file_format_info *format;
    for (int i = 0; (format = up_file_format_at(i)); i++) {
        if (format->writes)
            list = append(list, cli_copy(format->extensions));
    }
    return list;
}

/* The words a value may be, in new memory; "" if it may be anything. */
static char *words_of(const cli_option *option)
{
    if (option->choices)
        return cli_copy(option->choices);
    if (option->hint == CLI_HINT_METHOD)
        return all_methods();
    return option->hint == CLI_HINT_FORMAT ? all_formats() : cli_copy("");
}

static bool is_shown(const cli_option *option, const cli_command *command)
{
    return option->group != CLI_GROUP_HIDDEN && cli_option_belongs(option, command);
}

/* The flags of a command as they are typed. */
static char *flags_of(const cli_command *command)
{
    char *list = cli_copy("");
    for (const cli_option *o = cli_options; o->name; o++) {
        if (!is_shown(o, command))
            continue;
        list = append(list, cli_format("--%s", o->name));
        if (o->letter)
            list = append(list, cli_format("-%c", o->letter));
    }
    return list;
}

static char *command_names(void)
{
    char *list = cli_copy("");
    for (const cli_command *const *c = cli_commands + 1; *c; c++)
        list = append(list, cli_copy((*c)->name));
    return list;
}

static void bash_values(const cli_option *option)
{
    char *words = words_of(option),
         *letter = option->letter ? cli_format("-%c|", option->letter) : cli_copy("");
    if (*words)
        cli_print("        %s--%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;", letter,
                  option->name, words);
    else if (option->value && option->hint != CLI_HINT_FILE)
        cli_print("        %s--%s) return ;;", letter, option->name);
    else if (option->value)
        cli_print("        %s--%s) COMPREPLY=($(compgen -f -- \"$word\")); return ;;", letter,
                  option->name);
    free(letter);
    free(words);
}

static void print_bash(void)
{
    char *names = command_names();
    cli_put_line("# bash completion of upscale: source <(upscale --completion bash)");
    cli_put_line("_upscale() {");
    cli_put_line("    local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]} flags");
    cli_put_line("    COMPREPLY=()");
    cli_put_line("    case $last in");
    for (const cli_option *o = cli_options; o->name; o++) {
        if (o->group != CLI_GROUP_HIDDEN)
            bash_values(o);
    }
    cli_put_line("    esac");
    cli_put_line("    case ${COMP_WORDS[1]} in");
    for (const cli_command *const *c = cli_commands + 1; *c; c++) {
        char *flags = flags_of(*c);
        cli_print("        %s) flags='%s' ;;", (*c)->name, flags);
        free(flags);
    }
    char *flags = flags_of(cli_commands[0]);
    cli_print("        *) flags='%s' ;;", flags);
    cli_put_line("    esac");
    cli_put_line("    if [[ $word == -* ]]; then");
    cli_put_line("        COMPREPLY=($(compgen -W \"$flags\" -- \"$word\"))");
    cli_put_line("    else");
    cli_put_line("        COMPREPLY=($(compgen -f -- \"$word\"))");
    cli_print("        ((COMP_CWORD > 1)) || COMPREPLY+=($(compgen -W '%s' -- \"$word\"))", names);
    cli_put_line("    fi");
    cli_put_line("}");
    cli_put_line("complete -o filenames -F _upscale upscale");
    free(flags);
    free(names);
}

/* `text` with a backslash before each of `special`. */
static char *escaped(const char *text, const char *special)
{
    char *out = cli_alloc(2 * strlen(text) + 1, 1), *end = out;
    for (; *text; text++) {
        if (strchr(special, *text))
            *end++ = '\\';
        *end++ = *text;
    }
    return out;
}

/* '(-s --scale)'{-s+,--scale=}"[help]:SCALE:(words)": double quotes, for help has apostrophes. */
static void zsh_option(const cli_option *option)
{
    char *help = escaped(option->help, "\\\"$`[]:"), *words = words_of(option);
    char *value = cli_copy("");
    const char *plus = option->value ? "+" : "", *equals = option->value ? "=" : "";
    if (option->value) {
        char *label = escaped(option->value, "\\\"$`[]:");
        free(value);
        value = *words ? cli_format(":%s:(%s)", label, words)
                       : cli_format(":%s:%s", label, option->hint == CLI_HINT_FILE ? "_files" : "");
        free(label);
    }
    if (option->letter)
        cli_print("        '(-%c --%s)'{-%c%s,--%s%s}\"[%s]%s\" \\", option->letter, option->name,
                  option->letter, plus, option->name, equals, help, value);
    else
        cli_print("        \"--%s%s[%s]%s\" \\", option->name, equals, help, value);
    free(value);
    free(words);
    free(help);
}

static void zsh_command(const cli_command *command)
{
    for (const cli_option *o = cli_options; o->name; o++) {
        if (is_shown(o, command))
            zsh_option(o);
    }
    cli_put_line("        '*:input:_files'");
}

static void print_zsh(void)
{
    char *names = command_names();
    cli_put_line("#compdef upscale");
    cli_put_line("# zsh completion of upscale: upscale --completion zsh > DIR_IN_FPATH/_upscale");
    cli_put_line("_upscale() {");
    cli_put_line("    local line");
    cli_print("    ((CURRENT == 2)) && compadd -- %s", names);
    cli_put_line("    case $words[2] in");
    for (const cli_command *const *c = cli_commands + 1; *c; c++) {
        cli_print("    %s)", (*c)->name);
        cli_put_line("        shift words; ((CURRENT--))");
        cli_put_line("        _arguments -s \\");
        zsh_command(*c);
        cli_put_line("        ;;");
    }
    cli_put_line("    *)");
    cli_put_line("        _arguments -s \\");
    zsh_command(cli_commands[0]);
    cli_put_line("        ;;");
    cli_put_line("    esac");
    cli_put_line("}");
    cli_put_line("(( $+functions[compdef] )) && compdef _upscale upscale");
    free(names);
}

static void fish_option(const cli_option *option, const char *condition)
{
    char *help = escaped(option->help, "\\'"), *words = words_of(option);
    char *letter = option->letter ? cli_format(" -s %c", option->letter) : cli_copy("");
    char *value = cli_copy("");
    if (option->value) {
        free(value);
        value = *words ? cli_format(" -x -a '%s'", words)
                       : cli_copy(option->hint == CLI_HINT_FILE ? " -r -F" : " -x");
    }
    cli_print("complete -c upscale -n '%s' -l %s%s%s -d '%s'", condition, option->name, letter,
              value, help);
    free(value);
    free(letter);
    free(words);
    free(help);
}

static void fish_command(const cli_command *command, const char *condition)
{
    for (const cli_option *o = cli_options; o->name; o++) {
        if (is_shown(o, command))
            fish_option(o, condition);
    }
}

static void print_fish(void)
{
    char *names = command_names();
    char *top = cli_format("not __fish_seen_subcommand_from %s", names);
    cli_put_line("# fish completion of upscale: upscale --completion fish | source");
    for (const cli_command *const *c = cli_commands + 1; *c; c++) {
        char *condition = cli_format("__fish_seen_subcommand_from %s", (*c)->name);
        cli_print("complete -c upscale -n __fish_is_first_arg -a %s -d '%s'", (*c)->name,
                  (*c)->summary);
        fish_command(*c, condition);
        free(condition);
    }
    fish_command(cli_commands[0], top);
    free(top);
    free(names);
}

void cli_completion_print(int shell)
{
    static void (*const print[])(void) = { print_bash, print_zsh, print_fish };
    print[shell]();
}
