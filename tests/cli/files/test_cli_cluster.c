/* SPDX-License-Identifier: MIT */
/* Work in shards: planned, done by many processes, killed and gone on with, verified, joined. */
#include "support/sanitized.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PICTURES = 12 };

static void set_up(void)
{
    scratch_init();
    for (int i = 0; i < PICTURES; i++) {
        char name[32];
        snprintf(name, sizeof name, "in/%c/%02d.ppm", 'a' + i % 2, i);
        write_ppm(name, 30 + 17 * i, 40 + 9 * (i % 5));
    }
}

TestSuite(cli_cluster, .init = set_up, .fini = scratch_fini);

#define PLAN "upscale plan -r in -o out -s 2 -m bicubic -f png --shards 3 --plan p.jsonl -q"
#define ALL_SHARDS "for i in 1 2 3; do upscale --manifest p.jsonl --shard $i/3 -q; done"

/* -------------------------------------------------------------- plans */

Test(cli_cluster, a_plan_is_the_same_for_the_same_inputs)
{
    static const shell_case tests[] = {
        { PLAN " && mv p.jsonl q.jsonl && " PLAN " -j 1 && sed -i s/q.jsonl/p.jsonl/ q.jsonl && "
               "cmp p.jsonl q.jsonl && wc -l < p.jsonl",
          0, "13\n", "" },
        { "sed 1d p.jsonl | jq -r .output | head -2", 0, "out/a/00.png\nout/a/02.png\n", "" },
        { PLAN, 1, "", "p.jsonl: exists already" },
        { "upscale plan in/a/*.ppm -o out/ --shards 2 --plan r.jsonl --json | jq '.pieces,.shards'",
          0, "6\n2\n", "" },
    };
    if (shell_code("jq --version > v 2>&1"))
        cr_skip_test("there is no jq");
    SHELL_EXPECT_ALL(tests);
}

Test(cli_cluster, what_makes_no_sense_is_refused)
{
    static const shell_case tests[] = {
        { "upscale plan in -o out --shards 3 --plan p.jsonl", 2, "", "-r takes the images" },
        { "upscale plan -r in --shards 3 --plan p.jsonl", 2, "", "plan needs -o" },
        { "upscale plan -r in -o out/ --plan p.jsonl", 2, "", "plan needs --shards" },
        { "upscale plan -r in -o out/ --shards 3", 2, "", "plan needs --plan" },
        { "cp in/a/00.ppm in/a/00.pgm; upscale plan -r in -o o -f png --shards 2 --plan c.jsonl", 2,
          "", "would both become o/a/00.png" },
        { "rm in/a/00.pgm; echo text > in/a/bad.png; " PLAN, 1, "", "in/a/bad.png: is in no" },
        { "upscale --manifest p.jsonl --shard 4/3", 2, "", "4 is not among the shards 1 to 3" },
        { "upscale --manifest p.jsonl --shard 1/4", 2, "", "has 3 shards, not 4" },
        { "upscale --manifest p.jsonl in/a/00.ppm", 2, "", "one too many" },
        { "upscale --manifest p.jsonl -s 3", 2, "", "exclude each other" },
        { "upscale --manifest in/a/00.ppm", 1, "", "is no plan" },
        { "upscale verify nothing.jsonl", 1, "", "cannot be opened" },
        { "upscale verify", 2, "", "takes one plan" },
        { "upscale in/a/00.ppm -o o.png --shard 2", 2, "", "'2' is not I/N" },
        { "(head -1 p.jsonl; echo '{}') > bad.jsonl; upscale --manifest bad.jsonl", 1, "",
          "line 2 is no piece" },
        { "sed '1s/\"shards\":3/\"shards\":2000000000/' p.jsonl > many.jsonl; upscale status "
          "many.jsonl",
          1, "", "is no plan" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* -------------------------------------------------------------- which shard */

Test(cli_cluster, schedulers_tell_the_shard)
{
    static const shell_case tests[] = {
        { PLAN, 0, "", "" },
        { "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1 upscale "
          "--manifest p.jsonl --shard auto",
          0, "", "shard 2 of 3, by SLURM_ARRAY_TASK_ID" },
        { "JOB_COMPLETION_INDEX=0 upscale --manifest p.jsonl --shard auto", 0, "",
          "shard 1 of 3, by JOB_COMPLETION_INDEX" },
        { "AWS_BATCH_JOB_ARRAY_INDEX=2 upscale --manifest p.jsonl --shard auto", 0, "",
          "shard 3 of 3, by AWS" },
        { "OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=3 PMI_RANK=1 PMI_SIZE=3 upscale "
          "--manifest p.jsonl --shard auto",
          0, "", "shard 2 of 3, by OMPI" },
        { "PBS_ARRAY_INDEX=3 upscale --manifest p.jsonl --shard auto", 0, "", "shard 3 of 3" },
        { "SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=0 PMI_RANK=0 "
          "PMI_SIZE=1 upscale --manifest p.jsonl --shard auto",
          0, "", "shard 3 of 3, by SLURM" },
        { "SLURM_ARRAY_TASK_ID=2 OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=3 upscale --manifest "
          "p.jsonl --shard auto",
          2, "", "SLURM_ARRAY_TASK_ID says 3 and OMPI_COMM_WORLD_RANK says 2" },
        { "upscale --manifest p.jsonl --shard auto", 2, "", "nothing in the environment" },
        { "PBS_ARRAY_INDEX=1 upscale in/a/00.ppm -o x/ --shard auto", 2, "",
          "give --shard auto/N" },
        { "PBS_ARRAY_INDEX=x upscale in/a/00.ppm -o x/ --shard auto/2", 2, "", "nothing in" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_cluster, without_a_plan_inputs_fall_into_shards_by_their_names)
{
    static const shell_case tests[] = {
        { "for i in 1 2 3; do upscale -r in -o o$i -q --shard $i/3; done; cat o?/*/*.ppm | wc -c > "
          "x; upscale -r in -o whole -q; cat whole/*/*.ppm | wc -c | cmp - x; find o? -type f | wc "
          "-l",
          0, "12\n", "" },
        { "mv in other; upscale -r other -o moved -q --shard 2/3; diff -r o2 moved", 0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* -------------------------------------------------------------- journals */

Test(cli_cluster, what_is_complete_is_left_and_what_has_changed_is_made_again)
{
    static const shell_case tests[] = {
        { PLAN " && " ALL_SHARDS " && upscale verify p.jsonl", 0, "", "all 12 are complete" },
        { "upscale -r in -o ref -s 2 -m bicubic -f png -q && diff -r ref out", 0, "", "" },
        { ALL_SHARDS "; upscale --manifest p.jsonl", 0, "", "upscale: 12 skipped in" },
        { "touch in/a/00.ppm; upscale --manifest p.jsonl", 0, "", "upscale: 12 skipped in" },
        { "cp in/a/02.ppm in/a/00.ppm; upscale --manifest p.jsonl", 0, "", "1 done, 11 skipped" },
        { "upscale in/a/00.ppm -o ref/a/00.png -s 2 -m bicubic --overwrite && diff -r ref out", 0,
          "", "" },
        { "upscale plan -r in -o out -s 3 -m bicubic -f png --shards 2 --plan p.jsonl --overwrite "
          "-q; upscale --manifest p.jsonl",
          0, "", "upscale: 12 done in" },
        { "upscale verify p.jsonl --json", 0, "{\"complete\":12,\"missing\":0}", "" },
        { "upscale status p.jsonl", 0, "12 of 12 done", "" },
        { "upscale status p.jsonl --json", 0,
          "\"done\":12,\"failed\":0,\"running\":0,\"not_begun\":2,\"eta\":0.0", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_cluster, what_is_missing_is_a_plan_itself)
{
    static const shell_case tests[] = {
        { PLAN " && " ALL_SHARDS "; cp -r out ref", 0, "", "" },
        { "rm out/a/00.png; echo >> out/a/02.png; printf y | dd of=out/a/04.png bs=1 seek=50 "
          "conv=notrunc 2> x; upscale verify p.jsonl -o m.jsonl",
          1, "", "9 complete, 3 not; what is missing is in m.jsonl" },
        { "upscale --manifest m.jsonl", 0, "", "upscale: 3 done in" },
        { "upscale verify p.jsonl && diff -r ref out", 0, "", "all 12 are complete" },
        { "rm out/b/01.png; upscale verify p.jsonl -o m.jsonl --overwrite -q; upscale --manifest "
          "m.jsonl --shard 1/3 -q; upscale --manifest m.jsonl --shard 2/3 -q; upscale --manifest "
          "m.jsonl --shard 3/3 -q; upscale verify p.jsonl -q",
          0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_cluster, files_of_others_are_not_replaced)
{
    static const shell_case tests[] = {
        { PLAN "; mkdir -p out/a; echo mine > out/a/00.png; upscale --manifest p.jsonl", 1, "",
          "out/a/00.png exists; --overwrite" },
        { "cat out/a/00.png; rm out/a/00.png; upscale --manifest p.jsonl", 0, "mine\n",
          "1 done, 11 skipped" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_cluster, poison_does_not_stop_a_shard)
{
    static const shell_case tests[] = {
        { PLAN " && cp in/a/04.ppm good && echo P6 > in/a/04.ppm; upscale --manifest p.jsonl", 1,
          "", "11 done, 1 failed" },
        { "upscale --manifest p.jsonl", 1, "",
          "failed before, and is what it was; --retry-failed" },
        { "upscale --manifest p.jsonl --retry-failed", 1, "", "in/a/04.ppm: damaged PNM" },
        { "upscale verify p.jsonl", 1, "", "out/a/04.png: failed: in/a/04.ppm: damaged PNM" },
        { "upscale status p.jsonl", 0, "11 of 12 done", "" },
        { "cp good in/a/04.ppm; upscale --manifest p.jsonl", 0, "", "1 done, 11 skipped" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_cluster, a_full_disk_may_work_later)
{
    if (THREAD_SANITIZED)
        cr_skip("ThreadSanitizer writes a file that is larger");
    static const shell_case tests[] = {
        { PLAN "; (ulimit -f 8; trap '' XFSZ; upscale --manifest p.jsonl -q)", 1, "", NULL },
        { "upscale --manifest p.jsonl --retry-failed -q; upscale verify p.jsonl -q", 0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_cluster, journals_that_are_cut_or_damaged_only_lose_what_they_lost)
{
    static const shell_case tests[] = {
        { PLAN " && " ALL_SHARDS
               "; cp -r out ref; for f in p.jsonl.journals/*; do head -c -30 $f > "
               "t; cat t > $f; sed -i '4s/\"hash\":\"./\"hash\":\"x/' $f; done; rm -r out; "
               "upscale --manifest p.jsonl -q; diff -r ref out && upscale verify p.jsonl -q",
          0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* -------------------------------------------------------------- killed, and twice at once */

/* No picture is made again once it is done, and each is done once. */
#define PROOF                                                                                      \
    "cat p.jsonl.journals/* | awk -F'\"' '$8 == \"made\" && done[$4] { again++ } "                 \
    "$8 == \"done\" { done[$4]++ } END { for (k in done) { n++; more += done[k] > 1 } "            \
    "print n, again + 0, more + 0 }'"

Test(cli_cluster, killed_at_any_moment_it_goes_on)
{
    static const shell_case tests[] = {
        { "upscale -r in -o ref -s 8 -m lanczos -f png -q; upscale plan -r in -o out -s 8 -m "
          "lanczos "
          "-f png --shards 1 --plan p.jsonl -q",
          0, "", "" },
        { "for t in 01 03 05 08 11 15 20 25 30 35; do upscale --manifest p.jsonl --shard 1/1 -q -j "
          "1 "
          "& p=$!; sleep 0.$t; kill -9 $p; wait $p; done 2> x; upscale --manifest p.jsonl --shard "
          "1/1 -q",
          0, "", "" },
        { "diff -r ref out && upscale verify p.jsonl -q; find out -name '.*' | wc -l", 0, "0\n",
          "" },
        { PROOF, 0, "12 0 0\n", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_cluster, a_term_ends_it_soon_and_loses_little)
{
    static const shell_case tests[] = {
        { PLAN
          "; env --default-signal=TERM upscale --manifest p.jsonl -q -j 1 & p=$!; sleep 0.03; "
          "kill -TERM $p; wait $p; c=$?; test $c = 143 -o $c = 0 && upscale --manifest p.jsonl "
          "-q && upscale verify p.jsonl -q",
          0, "", NULL },
        { PROOF, 0, "12 0 0\n", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_cluster, two_that_begin_the_same_shard_harm_nothing)
{
    static const shell_case tests[] = {
        { "upscale -r in -o ref -s 4 -m lanczos -f png -q; upscale plan -r in -o out -s 4 -m "
          "lanczos "
          "-f png --shards 1 --plan p.jsonl -q",
          0, "", "" },
        { "upscale --manifest p.jsonl --shard 1/1 -q & upscale --manifest p.jsonl --shard 1/1 -q; "
          "a=$?; wait $!; b=$?; case $a$b in 075|750|00) ;; *) echo $a $b;; esac",
          0, "", NULL },
        { "upscale verify p.jsonl -q && diff -r ref out", 0, "", "" },
        { PROOF, 0, "12 0 0\n", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* -------------------------------------------------------------- bands */

static void check_bands(const char *type, const char *method)
{
    process_result r = shell(
        "rm -rf w o b.jsonl*; mkdir w; upscale tall.ppm -o w/t.%s -s 2 -m %s -q\n"
        "upscale plan tall.ppm -o o/t.%s -s 2 -m %s --rows --shards 5 --plan b.jsonl -q || exit 9\n"
        "upscale join b.jsonl -q && exit 8\n"
        "for i in 5 2 1 3 4; do upscale --manifest b.jsonl --shard $i/5 -q || exit 7; done\n"
        "upscale join b.jsonl -q && upscale verify b.jsonl -q || exit 6\n"
        "upscale --manifest b.jsonl -q && upscale join b.jsonl -q || exit 5\n"
        "upscale w/t.%s -s 1 -m nearest -o w.npy -q --overwrite\n"
        "upscale o/t.%s -s 1 -m nearest -o o.npy -q --overwrite\n"
        "cmp w.npy o.npy && ls -A o",
        type, method, type, method, type, type);
    char listed[16];
    snprintf(listed, sizeof listed, "t.%s\n", type);
    cr_expect_eq(r.exit_code, 0, "%s %s: %d\n%s", type, method, r.exit_code, r.err);
    cr_expect_str_eq(r.out, listed, "%s", r.out);
    process_free(&r);
}

Test(cli_cluster, bands_are_joined_to_what_a_whole_run_makes)
{
    static const char *const types[] = { "ppm", "npy", "png", "jpg" };
    write_ppm("tall.ppm", 61, 203);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        check_bands(types[i], "lanczos");
        check_bands(types[i], "tconv");
    }
    cr_expect_eq(shell_code("upscale tall.ppm -o w/u.ppm -s 2 -m lanczos -q"), 0);
}

Test(cli_cluster, formats_without_bands_are_refused_by_the_plan)
{
    write_ppm("tall.ppm", 61, 203);
    static const char *const types[] = { "bmp", "qoi", "txt" };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        process_result r = shell("upscale plan tall.ppm -o o/t.%s -s 2 -m nearest --rows --shards "
                                 "5 --plan b.jsonl -q; echo $?; test -e b.jsonl && echo there",
                                 types[i]);
        cr_expect_str_eq(r.out, "1\n", "%s: %s", types[i], r.out);
        cr_expect(strstr(r.err, " is not made in bands of rows; leave --rows out, or write PNG"),
                  "%s", r.err);
        process_free(&r);
    }
    cr_expect_eq(shell_code("upscale plan tall.ppm -o o/t.bmp -s 2 --shards 5 --plan b.jsonl -q"),
                 0);
}

Test(cli_cluster, other_pictures_are_no_bands)
{
    static const shell_case tests[] = {
        { "upscale plan in/a/10.ppm -o o/t.png -s 4 --rows --shards 2 --plan b.jsonl -q; upscale "
          "--manifest b.jsonl -q; upscale in/b/01.ppm -o o/t.png.bands/00002-of-00002.png -s 2 -q "
          "--overwrite; upscale join b.jsonl",
          1, "", "is not complete yet" },
    };
    SHELL_EXPECT_ALL(tests);
}
