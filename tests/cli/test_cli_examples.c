/* SPDX-License-Identifier: MIT */
/* Every command line in the READMEs, in each --help and in the manual is run, and must succeed.
 * What an example reads is made in a folder of its own; programs of others are stood in for. */
#define _GNU_SOURCE
#include "support/network/esrgan_file.h"
#include "support/network/network_file.h"
#include "support/pictures/tiff_book.h"
#include "support/sanitized.h"
#include "support/shell.h"
#include "support/weights/metric_files.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPOSITORY UP_GOLDEN_DIR "/../.."

typedef struct {
    char *line[128];
    int count;
} commands;

/* -------------------------------------------------------------- what examples need */

/* Stand-ins: what they get must be what they are for. jq is the real one where there is one. */
static const char stand_ins[] =
    "mkdir -p bin samples/train tests\n"
    "cat > bin/curl <<'E'\n#!/bin/sh\ntest $# -ge 1 && exec cat photo.jpg\nE\n"
    "cat > bin/display <<'E'\n#!/bin/sh\n"
    "test \"$(head -c 4 | tail -c 3)\" = PNG && cat > /dev/null\nE\n"
    "cat > bin/ffmpeg <<'E'\n#!/bin/sh\ncase $* in\n*in.mp4*) cat in.y4m ;;\n"
    "*) test \"$(head -c 9)\" = YUV4MPEG2 && cat > /dev/null ;;\nesac\nE\n"
    "printf '#!/bin/sh\\nshift 2; exec \"$@\"\\n' > bin/watch\n"
    "command -v jq > /dev/null || cat > bin/jq <<'E'\n#!/bin/sh\n! grep -v '^{'\nE\n"
    "for f in samples/run tests/run samples/train/clean samples/train/small; do\n"
    "echo \"exec test -x '" REPOSITORY "/$f'\" > $f; done\n"
    "chmod +x bin/* samples/run tests/run samples/train/*\n";

static const char pictures[] =
    "mkdir -p photos/more Set5\n"
    "for f in photo.png original.png; do upscale -q large.ppm -m nearest -s 1 -o $f; done\n"
    "for f in a.png scan.png in.png photos/1.png photos/more/2.png; do\n"
    "upscale -q middle.ppm -m nearest -s 1 -o $f; done\n"
    "cp photos/1.png Set5/baby.png; cp photos/more/2.png Set5/bird.png\n"
    "cp '" REPOSITORY "/samples/pictures/icon.png' icon.png\n"
    "cp '" UP_GOLDEN_DIR "/cases/apng.png' dance.gif\n"
    "upscale photo.png -q -m nearest -s 1 -o photo.jpg\n"
    "cp photo.jpg phone.jpg; cp photo.jpg old.jpg; cp photo.png huge.png\n"
    "cp -r '" REPOSITORY "/samples/train/designs' samples/train\n"
    "cp samples/train/designs/small.json n.json\n"
    "upscale small.ppm -q -m nearest -s 1 -o x.npy\n"
    "cp '" UP_UNPACKED_DIR "/nets/fsrcnn_x2/weights.safetensors' fsrcnn.safetensors\n"
    "cp fsrcnn.safetensors network.safetensors\n"
    "cp fsrcnn.safetensors yjn870-fsrcnn-x2.safetensors\n"
    "for f in 1 2 3; do printf 'FRAME\\n0123456789abcdef'; done > frames\n"
    "{ printf 'YUV4MPEG2 W4 H4 Cmono\\n'; cat frames; } > in.y4m\n"
    "rm *.ppm\n";

static void set_up(void)
{
    scratch_init();
    write_ppm("large.ppm", 176, 208);
    write_ppm("middle.ppm", 72, 64);
    write_ppm("small.ppm", 9, 8);
    cr_assert_eq(shell_code("%s%s", stand_ins, pictures), 0);
    tiff_book scans;
    tiff_book_begin(&scans);
    tiff_book_add(&scans, 20, 15, 0, 0);
    tiff_book_add(&scans, 16, 12, 30, 0);
    file_write(scratch_path("scans.tif"), scans.bytes, scans.size);
    tensor_file layer = network_file("weight:3,3,3,3 bias:3", NULL, "");
    file_write(scratch_path("layer.safetensors"), layer.bytes, layer.size);
    tensor_file_free(&layer);
    tensor_file esrgan = esrgan_file(4, 2, 1);
    metric_file_write(scratch_path("lpips-alex.pth"), UP_ALEXNET, METRIC_LPIPS, NULL);
    file_write(scratch_path("RealESRGAN_x4plus.pth"), esrgan.bytes, esrgan.size);
    tensor_file_free(&esrgan);
}

TestSuite(cli_examples, .init = set_up, .fini = scratch_fini, .timeout = 500);

/* -------------------------------------------------------------- finding them */

static void add(commands *list, const char *line, size_t length)
{
    cr_assert_lt(list->count, (int)(sizeof list->line / sizeof *list->line));
    list->line[list->count++] = strndup(line, length);
}

static void clear(commands *list)
{
    while (list->count)
        free(list->line[--list->count]);
}

/* The line at `at`, with those that a backslash at its end joins to it. */
static size_t command_length(const char *at)
{
    size_t length = strcspn(at, "\n");
    while (at[length] && length > 0 && at[length - 1] == '\\')
        length += 1 + strcspn(at + length + 1, "\n");
    return length;
}

static bool starts(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

/* Blocks of ```sh hold commands, those of ```console what is typed after "$ ". */
static void find_in_blocks(commands *list, const char *markdown)
{
    char kind = 0;
    for (const char *at = markdown; *at;) {
        size_t length = kind ? command_length(at) : strcspn(at, "\n");
        if (starts(at, "```"))
            kind = kind ? 0 : starts(at, "```sh\n") ? 's' : starts(at, "```console\n") ? 'c' : 'x';
        else if (kind == 's' && length > 0)
            add(list, at, length);
        else if (kind == 'c' && starts(at, "$ "))
            add(list, at + 2, length - 2);
        at += length + (at[length] != 0);
    }
    cr_assert_eq(kind, 0, "a block of code has no end");
}

/* `upscale ...` in the middle of sentences. */
static void find_in_sentences(commands *list, const char *markdown)
{
    bool block = false;
    for (const char *at = markdown; *at; at++) {
        if (starts(at, "```")) {
            block = !block;
            at += 2;
        } else if (!block && *at == '`') {
            const char *end = strchr(at + 1, '`');
            cr_assert(end);
            if (starts(at + 1, "upscale "))
                add(list, at + 1, (size_t)(end - at) - 1);
            at = end;
        }
    }
}

static void find_in_help(commands *list, const char *help)
{
    const char *at = strstr(help, "\nExamples:\n");
    cr_assert(at, "%s", help);
    for (at += strlen("\nExamples:\n"); *at && *at != '\n';) {
        size_t length = command_length(at);
        if (starts(at, "    "))
            add(list, at + 4, length - 4);
        at += length + (at[length] != 0);
    }
}

/* -------------------------------------------------------------- running them */

/* What would take hours takes two steps, and one task does the shards of all. */
static void write_script(const char *command)
{
    static const char slow[] = "--kind net", task[] = " --shard auto";
    const char *at = strstr(command, slow), *shard = strstr(command, task);
    const char *end = at ? at + strlen(slow) : shard ? shard : command + strlen(command);
    char *script;
    int length = asprintf(&script,
                          "PATH=$PWD/bin:$PATH URL=https://example.org/photo.jpg\n"
                          "%.*s%s%s\n",
                          (int)(end - command), command, at ? " --steps 2 --batch 2" : "",
                          shard ? shard + strlen(task) : end);
    file_write(scratch_path("command"), script, (size_t)length);
    free(script);
}

/* One may write what another has written before. */
static void remove_output(const char *command)
{
    const char *output = strstr(command, " -o ");
    if (starts(command, "upscale convert "))
        shell_code("set -- %.*s && rm -f ./$4", (int)strcspn(command, "#\n"), command);
    if (output && !starts(output, " -o -"))
        shell_code("rm -rf ./%.*s", (int)strcspn(output + 4, " \n"), output + 4);
}

static process_result run_command(const char *command)
{
    remove_output(command);
    write_script(command);
    return shell("bash -o pipefail command");
}

static void expect_success(const char *where, const char *command)
{
    process_result r = run_command(command);
    if (strstr(r.err, "without Pango"))
        cr_log_warn("%s: not run, for Pango is not built in: %s", where, command);
    else
        cr_expect_eq(r.exit_code, 0, "%s: %s\nexit %d\n%s", where, command, r.exit_code, r.err);
    process_free(&r);
}

static void expect_all(const char *where, commands *list, int least)
{
    cr_expect_geq(list->count, least, "%s: only %d examples were found", where, list->count);
    for (int i = 0; i < list->count; i++)
        expect_success(where, list->line[i]);
    clear(list);
}

static char *output_of(const char *command)
{
    process_result r = shell("%s", command);
    cr_assert_eq(r.exit_code, 0, "%s", command);
    char *text = strdup(r.out);
    process_free(&r);
    return text;
}

/* The README, and with it those of the rooms, which say more. */
static char *readmes(void)
{
    char *text = output_of("cat '" REPOSITORY "'/README.md '" REPOSITORY "'/src/README.md "
                           "'" REPOSITORY "'/src/*/README.md '" REPOSITORY "'/samples/*/README.md "
                           "'" REPOSITORY "'/tests/*/README.md");
    cr_assert(strstr(text, "# The house\n") && strstr(text, "# Training weights\n"));
    return text;
}

Test(cli_examples, of_the_readmes)
{
    if (SANITIZED)
        cr_skip_test("those of the helps are much the same, and are run");
    commands list = { 0 };
    char *text = readmes();
    find_in_blocks(&list, text);
    free(text);
    expect_all("READMEs", &list, 60);
}

/* No commands to be run: of a method of the reader's own, and of any. */
static const char *const fragments[] = { "upscale -m METHOD", "upscale -m blend" };

Test(cli_examples, in_sentences_of_the_readmes)
{
    commands list = { 0 };
    char *text = readmes();
    find_in_sentences(&list, text);
    free(text);
    int unused = (int)(sizeof fragments / sizeof *fragments);
    for (int i = 0; i < list.count; i++) {
        char *c = list.line[i];
        bool fragment = false;
        for (size_t f = 0; f < sizeof fragments / sizeof *fragments; f++)
            fragment |= strcmp(c, fragments[f]) == 0;
        if (fragment)
            unused--;
        else if (!strchr(c + strlen("upscale "), ' ') && c[strlen("upscale ")] != '-')
            cr_expect_eq(shell_code("%s --help", c), 0, "%s: no such command", c);
        else
            expect_success("READMEs", c);
    }
    cr_expect_eq(unused, 0, "exceptions that are gone, or come twice");
    cr_expect_geq(list.count, 8);
    clear(&list);
}

static const char *const helps[] = { "upscale --help",         "upscale compare --help",
                                     "upscale eval --help",    "upscale train --help",
                                     "upscale pool --help",    "upscale info --help",
                                     "upscale convert --help", "upscale explain --help",
                                     "upscale show --help",    "upscale plan --help",
                                     "upscale verify --help",  "upscale status --help",
                                     "upscale join --help" };
enum { HELPS = sizeof helps / sizeof *helps };

Test(cli_examples, of_every_help)
{
    for (int i = 0; i < HELPS; i++) {
        commands list = { 0 };
        char *help = output_of(helps[i]);
        find_in_help(&list, help);
        free(help);
        expect_all(helps[i], &list, 2);
    }
    /* No command is forgotten here. */
    cr_expect_eq(shell_code("test $(upscale --help | sed -n '/^Commands/,/^$/p' | "
                            "grep -c '^  [a-z]') = %d",
                            HELPS - 1),
                 0);
}

/* The examples of the manual as they are typed: "\-" is "-", "\e" a backslash. */
static char *typed(const char *roff)
{
    char *text = strdup(roff), *to = text;
    for (const char *at = roff; *at; at++)
        if (starts(at, ".br\n"))
            at += 3;
        else if (*at == '\\')
            *to++ = *++at == 'e' ? '\\' : *at;
        else
            *to++ = *at;
    *to = 0;
    return text;
}

Test(cli_examples, of_the_manual_are_those_of_the_helps)
{
    char *page = output_of("upscale --man"), *start = strstr(page, ".SH EXAMPLES\n");
    cr_assert(start);
    *strstr(start, ".SH EXIT") = 0;
    char *manual = typed(start);
    free(page);
    commands list = { 0 };
    for (int i = 0; i < HELPS; i++) {
        char *help = output_of(helps[i]);
        find_in_help(&list, help);
        free(help);
    }
    for (int i = 0; i < list.count; i++) {
        const char *first = list.line[i];
        char *line = strndup(first, strcspn(first, "\n"));
        cr_expect(strstr(manual, line), "%s\nis not in the manual:\n%s", line, manual);
        free(line);
    }
    int typed_lines = 0;
    for (const char *at = manual; (at = strstr(at, "\n  ")); at += 3)
        typed_lines += at[3] != ' ';
    cr_expect_eq(typed_lines, list.count, "the manual has %d examples, the helps %d", typed_lines,
                 list.count);
    clear(&list);
    free(manual);
}

/* Flags that sentences of the READMEs speak of. */
Test(cli_examples, flags_of_the_readmes_exist)
{
    char *text = readmes();
    shell_code(": > helps");
    for (int i = 0; i < HELPS; i++)
        shell_code("%s >> helps", helps[i]);
    int found = 0;
    for (const char *at = text; (at = strstr(at, "`--")); found++) {
        int length = (int)strspn(at + 3, "abcdefghijklmnopqrstuvwxyz-");
        cr_expect_eq(shell_code("grep -q -e '--%.*s[^a-z-]' helps", length, at + 3), 0,
                     "there is no flag --%.*s", length, at + 3);
        at += 3 + length;
    }
    cr_expect_geq(found, 20);
    free(text);
}

/* -------------------------------------------------------------- could it fail? */

Test(cli_examples, wrong_examples_would_be_found)
{
    static const char text[] =
        "```sh\nupscale photo.jpg -o big.png  # fine\n"
        "upscale photo.jpg --no-such-flag\nupscale missing.png -o o.png\n"
        "curl | upscale - -f png | display\n"
        "upscale photo.jpg -f ppm -o - | display\n```\n"
        "```c\nint upscale;\n```\n"
        "```console\n$ upscale photo.jpg \\\n    -m none\nupscale: none\n```\n"
        "As `upscale nothing` and `upscale\n-x` say.\n";
    commands list = { 0 }, sentences = { 0 };
    find_in_blocks(&list, text);
    cr_assert_eq(list.count, 6, "%d", list.count);
    for (int i = 0; i < list.count; i++) {
        process_result r = run_command(list.line[i]);
        cr_expect_eq(r.exit_code == 0, i == 0, "%s: %d %s", list.line[i], r.exit_code, r.err);
        process_free(&r);
    }
    find_in_sentences(&sentences, text);
    cr_expect(sentences.count == 1 && strcmp(sentences.line[0], "upscale nothing") == 0);
    clear(&list);
    clear(&sentences);
}
