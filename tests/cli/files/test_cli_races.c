/* SPDX-License-Identifier: MIT */
/* Several runs beside each other on the same files. */
#include "support/shell.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { ROUNDS = 2 };

static void set_up(void)
{
    scratch_init();
    for (int i = 0; i < 12; i++) {
        char name[32];
        snprintf(name, sizeof name, "in/%d/%d.ppm", i % 3, i);
        write_ppm(name, 20 + i, 30);
    }
    write_ppm("a.ppm", 30, 20);
    write_ppm("b.ppm", 20, 30);
    shell_code("upscale -r in -m lanczos -s 24 -q -o right; upscale a.ppm -q -o a2.ppm");
}

TestSuite(cli_races, .init = set_up, .fini = scratch_fini);

/* Two runs that start together; all outputs must be whole, and nothing else may be there. */
static void expect_both(const char *flags, int exit_code)
{
    for (int i = 0; i < ROUNDS; i++)
        cr_expect_eq(shell_code("upscale -r in -m lanczos -s 24 -o out%d/new/deep %s -q & p=$!; "
                                "upscale -r in -m lanczos -s 24 -o out%d/new/deep %s -q; a=$?; "
                                "wait $p; b=$?; diff -r right out%d/new/deep || exit 1; "
                                "echo $a $b; test $a -le %d -a $b -le %d",
                                i, flags, i, flags, i, exit_code, exit_code),
                     0, "%s", flags);
}

Test(cli_races, two_runs_that_skip)
{
    expect_both("--skip-existing", 0);
    expect_both("--skip-existing -j1", 0);
}

Test(cli_races, two_runs_that_overwrite)
{
    expect_both("--overwrite", 0);
}

Test(cli_races, two_runs_that_do_neither_leave_whole_files)
{
    expect_both("", 1);
}

Test(cli_races, a_run_that_is_killed_leaves_the_rest_to_the_other)
{
    for (int i = 0; i < ROUNDS; i++)
        cr_expect_eq(
            shell_code("upscale -r in -m lanczos -s 24 -o out%d --skip-existing -q & p=$!; "
                       "upscale -r in -m lanczos -s 24 -o out%d --skip-existing -q & q=$!; "
                       "sleep 0.%d; kill -9 $p; wait $q && "
                       "upscale -r in -m lanczos -s 24 -o out%d --skip-existing -q && "
                       "diff -r right out%d",
                       i, i, i, i, i),
            0);
}

/* A run whose input stalls has found its output absent; another one makes it meanwhile. */
static process_result lose(const char *arguments)
{
    return shell("mkfifo pipe; upscale - %s < pipe & p=$!\n"
                 "exec 9> pipe; head -c 300 b.ppm >&9; sleep 0.3\n"
                 "upscale a.ppm -q -o out/stdin.ppm || exit 9\n"
                 "tail -c +301 b.ppm >&9; exec 9>&-; wait $p; code=$?\n"
                 "cmp out/stdin.ppm a2.ppm && exit $code",
                 arguments);
}

static void expect_lost(const char *arguments, int exit_code, const char *out, const char *err)
{
    process_result r = lose(arguments);
    cr_expect(r.exit_code == exit_code && strstr(r.out, out) && strstr(r.err, err),
              "%s: %d\n%s\n%s", arguments, r.exit_code, r.out, r.err);
    process_free(&r);
}

Test(cli_races, losing_is_a_skip)
{
    expect_lost("-o out/stdin.ppm --skip-existing -v", 0, "", "out/stdin.ppm exists, skipped");
}

Test(cli_races, losing_is_a_skip_in_a_batch)
{
    expect_lost("a.ppm -f ppm -o out --skip-existing", 0, "", "1 done, 1 skipped");
}

Test(cli_races, losing_is_told_to_scripts)
{
    expect_lost("a.ppm -f ppm -o out --skip-existing --json", 0,
                "\"output\":\"out/stdin.ppm\",\"status\":\"skipped\"", "");
}

Test(cli_races, losing_is_an_error_otherwise)
{
    expect_lost("-o out/stdin.ppm", 1, "", "out/stdin.ppm: exists already; --overwrite");
}

Test(cli_races, losing_is_an_error_otherwise_in_a_batch)
{
    expect_lost("a.ppm -f ppm -o out", 1, "", "1 done, 1 failed");
}

Test(cli_races, overwriting_wins)
{
    process_result r = lose("-o out/stdin.ppm --overwrite");
    cr_expect_eq(r.exit_code, 1); /* of cmp: it is b.ppm now */
    cr_expect_eq(shell_code("upscale b.ppm -q -o b2.ppm; cmp b2.ppm out/stdin.ppm"), 0);
    process_free(&r);
}
