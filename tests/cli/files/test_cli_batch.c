/* SPDX-License-Identifier: MIT */
/* Many files: failures, exit codes, JSON, jobs, interruption. */
#include "support/shell.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void set_up(void)
{
    scratch_init();
    write_ppm("a.ppm", 12, 10);
    write_ppm("b.ppm", 40, 30);
    write_ppm("c.ppm", 33, 21);
    shell_code("printf 'P6 99 99 255\\nshort' > broken.ppm; echo nothing > text.ppm");
}

TestSuite(cli_batch, .init = set_up, .fini = scratch_fini);

Test(cli_batch, a_bad_file_never_stops_the_others)
{
    process_result r =
        shell("upscale a.ppm broken.ppm b.ppm missing.ppm c.ppm text.ppm -o out -j2");
    cr_expect_eq(r.exit_code, 1);
    cr_expect(strstr(r.err, "3 done, 3 failed in"), "%s", r.err);
    const char *list = strstr(r.err, "failed in");
    const char *const names[] = { "broken.ppm", "missing.ppm", "text.ppm" };
    for (int i = 0; i < 3; i++) {
        cr_expect(strstr(r.err, names[i]) < list, "%s is not named at once", names[i]);
        cr_expect(list && strstr(list, names[i]), "%s is not in the list", names[i]);
    }
    cr_expect_eq(shell_code("test \"$(ls -A out | tr '\\n' ' ')\" = 'a.ppm b.ppm c.ppm '"), 0);
    process_free(&r);
}

Test(cli_batch, exit_codes)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -o o.ppm", 0, "", "" },
        { "upscale broken.ppm -o o1.ppm", 1, "", "broken.ppm: " },
        { "upscale missing.ppm -o o2.ppm", 1, "", "missing.ppm: " },
        { "upscale a.ppm -o o3.ppm --max-memory 1K", 1, "", "a.ppm" },
        { "test -e /dev/full || exit 75; upscale a.ppm -o - > /dev/full", 75, "", NULL },
        { "upscale a.ppm -o o4.ppm --json > /dev/full", 1, "", "standard output" },
        { "upscale a.ppm -m max-unpool -o o5.ppm", 2, "", "--indices" },
        { "upscale a.ppm --size 30000x30000 -m nearest -o - --max-memory 8G | size_of", 0,
          "P6 30000", NULL },
        { "ls o?.ppm 2> /dev/null | grep -v o4", 1, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_batch, bad_weights_are_said_once)
{
    static const shell_case tests[] = {
        { "upscale a.ppm b.ppm c.ppm -w broken.ppm -o o 2> said; s=$?; cat said; exit $s", 1,
          "upscale: broken.ppm: ", "" },
        { "upscale a.ppm b.ppm -m nearest -m tconv -w none.safetensors -o o 2> said; s=$?; "
          "cat said; exit $s",
          1, "upscale: none.safetensors: cannot be opened", "" },
        { "test $(wc -l < said) = 1 && test ! -e o", 0, "", "" },
        { "upscale a.ppm b.ppm -w none.safetensors --skip-existing -o o", 1, "", "none" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_batch, read_only_folders_are_a_clear_error)
{
    if (geteuid() == 0)
        cr_skip_test("root writes everywhere");
    static const shell_case tests[] = {
        { "mkdir ro; chmod 555 ro; upscale a.ppm -o ro/a.ppm", 1, "", "ro/a.ppm" },
        { "upscale a.ppm -o ro/new/a.ppm", 1, "", "ro/new: cannot make this folder" },
    };
    SHELL_EXPECT_ALL(tests);
}

static json_t *parse_line(const char *line)
{
    size_t length = strcspn(line, "\n");
    json_error_t error;
    json_t *json = json_loadb(line, length, 0, &error);
    cr_expect(json, "%.*s: %s", (int)length, line, error.text);
    return json;
}

static const char *text(const json_t *json, const char *key)
{
    const char *value = json_string_value(json_object_get(json, key));
    return value ? value : "";
}

Test(cli_batch, json_has_one_valid_line_per_file)
{
    process_result r = shell("upscale a.ppm broken.ppm b.ppm -o out --json -q -j2");
    int done = 0, failed = 0, lines = 0;
    for (const char *line = r.out; *line; line = strchr(line, '\n') + 1, lines++) {
        json_t *json = parse_line(line);
        done += strcmp(text(json, "status"), "done") == 0;
        failed += strcmp(text(json, "status"), "failed") == 0;
        cr_expect_str_eq(text(json, "method"), "tconv:small");
        if (strcmp(text(json, "input"), "a.ppm") == 0) {
            cr_expect_str_eq(text(json, "output"), "out/a.ppm");
            cr_expect_eq(json_integer_value(json_object_get(json, "width")), 24);
            cr_expect_eq(json_integer_value(json_object_get(json, "height")), 20);
            cr_expect_gt(json_integer_value(json_object_get(json, "memory")), 0);
        }
        if (strcmp(text(json, "input"), "broken.ppm") == 0)
            cr_expect(*text(json, "error"));
        json_decref(json);
    }
    cr_expect(lines == 3 && done == 2 && failed == 1, "%s", r.out);
    process_free(&r);
}

Test(cli_batch, json_states)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -o o.ppm --json -n", 0, "\"status\":\"planned\"", "" },
        { "upscale a.ppm -o o.ppm --json", 0, "\"status\":\"done\"", "" },
        { "upscale a.ppm -o o.ppm --json --skip-existing", 0, "\"status\":\"skipped\"", "" },
        { "upscale broken.ppm text.ppm -o w --name '{width}' --json", 1, "\"status\":\"failed\"",
          NULL },
        { "upscale text.ppm -o w --name '{width}' --json", 1, "\"output\":null", NULL },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_batch, odd_names_break_neither_json_nor_the_terminal)
{
    process_result r = shell("n=$(printf 'o\\377\\033[2J\\nx.ppm'); cp a.ppm \"$n\"; "
                             "upscale \"$n\" -o out/ --json; upscale \"$n\" -o out/; "
                             "upscale -n \"$n\" -o out2/");
    json_t *json = parse_line(r.out);
    cr_expect_str_eq(text(json, "input"), "o\xEF\xBF\xBD\x1b[2J\nx.ppm");
    json_decref(json);
    cr_expect(strstr(r.err, "o\\xff\\x1b[2J\\nx.ppm"), "%s", r.err);
    cr_expect_null(strchr(r.err, 27));
    cr_expect_null(strchr(r.out, 27));
    cr_expect_eq(shell_code("test -s out/o*x.ppm"), 0);
    process_free(&r);
}

Test(cli_batch, jobs_and_threads_change_nothing)
{
    cr_expect_eq(shell_code("upscale a.ppm b.ppm c.ppm -s 1.7 -o j1 -j1 -q && "
                            "upscale a.ppm b.ppm c.ppm -s 1.7 -o j3 -j3 -q && "
                            "upscale a.ppm b.ppm c.ppm -s 1.7 -o t3 -j1 --threads 3 -q && "
                            "diff -r j1 j3 && diff -r j1 t3"),
                 0);
}

Test(cli_batch, little_memory_makes_jobs_wait_for_each_other)
{
    cr_expect_eq(shell_code("m=$(upscale -n c.ppm -s 30 -o x/ --json --threads 1 | "
                            "sed 's/.*\"memory\":\\([0-9]*\\).*/\\1/'); "
                            "for i in 1 2 3 4 5 6; do cp c.ppm c$i.ppm; done; "
                            "upscale c?.ppm -s 30 -j6 --threads 1 -o many --max-memory $((m + 9)) "
                            "&& test $(ls many | wc -l) = 6"),
                 0);
}

Test(cli_batch, progress_as_json_goes_to_standard_error)
{
    process_result r = shell("upscale a.ppm b.ppm c.ppm -o out --progress=json -j1");
    cr_expect_eq(r.exit_code, 0);
    cr_expect_str_empty(r.out);
    json_t *json = parse_line(r.err);
    cr_expect_eq(json_integer_value(json_object_get(json, "total")), 3);
    json_decref(json);
    cr_expect(strstr(r.err, "{\"progress\":1.0,\"done\":3,\"total\":3"), "%s", r.err);
    process_free(&r);
}

Test(cli_batch, no_bar_without_a_terminal)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -o o1.ppm", 0, "", "" },
        { "upscale a.ppm b.ppm -q -o o2", 0, "", "" },
        { "upscale a.ppm b.ppm -v -o o3", 0, "", "tconv:small x2" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_batch, a_terminal_gets_a_bar_that_goes_away)
{
    if (shell_code("command -v script") != 0)
        cr_skip_test("there is no script(1) to make a terminal");
    process_result r =
        shell("stty cols 80 2> /dev/null; cp b.ppm \"$(printf 'b\\001.ppm')\"; "
              "TERM=xterm script -qec 'upscale a.ppm b.ppm b?.ppm -o out' /dev/null");
    cr_expect_eq(r.exit_code, 0);
    cr_expect(strstr(r.out, "] "), "no bar: %s", r.out);
    cr_expect_null(strchr(r.out, 1), "a control character was shown");
    const char *last = strrchr(r.out, 27);
    cr_expect(last && strncmp(last, "\033[K", 3) == 0 && !strchr(last, '%'), "a bar was left");
    process_free(&r);
}

/* The picture comes through a pipe that stalls, so that the signal always finds work going on. */
static void expect_interrupted(const char *signal_name, int exit_code)
{
    process_result r = shell("mkfifo pipe; mkdir out\n"
                             "env --default-signal=INT upscale - -o out/o.ppm < pipe & p=$!\n"
                             "exec 9> pipe; printf 'P6 900 900 255\\n' >&9\n"
                             "head -c 400000 /dev/zero >&9; sleep 0.5\n"
                             "kill -%s $p; exec 9>&-; wait $p",
                             signal_name);
    cr_expect_eq(r.exit_code, exit_code, "%s: %d", signal_name, r.exit_code);
    cr_expect(strstr(r.err, "interrupted"), "%s", r.err);
    cr_expect_eq(shell_code("test -z \"$(ls -A out)\""), 0, "%s left a file", signal_name);
    process_free(&r);
}

Test(cli_batch, sigint_leaves_nothing)
{
    expect_interrupted("INT", 130);
}

Test(cli_batch, sigterm_leaves_nothing)
{
    expect_interrupted("TERM", 143);
}
