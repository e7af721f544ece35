/* SPDX-License-Identifier: MIT */
/* What a program that was killed has left is removed by the next one, and nothing else. */
#include "io/files/left_over.h"

#include "support/scratch.h"
#include "support/shell.h"
#include "upscale_compare.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

TestSuite(left_over, .init = scratch_init, .fini = scratch_fini);

/* The clock is ahead by so much: whatever the tests make is old. */
static time_t ahead;

time_t __real_time(time_t *now);
time_t __wrap_time(time_t *now);

time_t __wrap_time(time_t *now)
{
    const time_t then = __real_time(NULL) + ahead;
    if (now)
        *now = then;
    return then;
}

static void write_at(const char *name)
{
    file_write(scratch_path("%s", name), "x", 1);
}

static void discard(int at, const char *name)
{
    cr_expect_eq(unlinkat(at, name, 0), 0, "%s", name);
}

static void expect_kept(const char *name, bool kept)
{
    cr_expect_eq(file_exists(scratch_path("%s", name)), kept, "%s", name);
}

Test(left_over, only_what_nobody_writes_goes)
{
    static const char *const other[] = { ".upscale-0123456789abcde", ".upscale-012345678-abcdef",
                                         "upscale-0123456789abcdef", "picture.png" };
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        write_at(other[i]);
    write_at(".upscale-0123456789abcdef");
    write_at(".upscale-fedcba9876543210");
    const int fd = open(scratch_path(".upscale-fedcba9876543210"), O_RDWR);
    up_left_over_lock(fd);
    up_left_over_each(scratch_folder(), S_IFREG, discard);
    expect_kept(".upscale-0123456789abcdef", true);
    ahead = 120;
    up_left_over_each(scratch_folder(), S_IFDIR, discard);
    expect_kept(".upscale-0123456789abcdef", true);
    up_left_over_each(scratch_folder(), S_IFREG, discard);
    expect_kept(".upscale-0123456789abcdef", false);
    expect_kept(".upscale-fedcba9876543210", true);
    close(fd);
    up_left_over_each(scratch_folder(), S_IFREG, discard);
    expect_kept(".upscale-fedcba9876543210", false);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        expect_kept(other[i], true);
}

static up_status report(const char *path)
{
    static const up_contender contender = { "nearest", { .method = "nearest" } };
    const up_report_options options = { .contender = &contender, .contenders = 1 };
    up_report *made = NULL;
    up_status status = up_report_open(&made, path, &options, NULL);
    if (status == UP_OK)
        status = up_report_add(made, scratch_path("in.ppm"), NULL);
    if (status == UP_OK)
        status = up_report_finish(made, NULL, NULL);
    up_report_close(&made);
    return status;
}

static void make_folder(const char *name)
{
    cr_assert_eq(mkdir(scratch_path("%s", name), 0777), 0, "%s", name);
}

/* The start of a report, which is in the way of a new one where it lies in the folder. */
Test(left_over, reports_that_were_broken_off_go)
{
    ahead = 120;
    write_ppm("in.ppm", 16, 12);
    make_folder(".upscale-abCD12");
    make_folder(".upscale-abCD12/tiles");
    write_at(".upscale-abCD12/tiles/0.js");
    make_folder(".upscale-other1");
    write_at(".upscale-other1/mine.txt");
    make_folder("new");
    make_folder("new/.upscale-zZ0000");
    write_at("new/.upscale-zZ0000/index.html");
    cr_expect_eq(report(scratch_path("new")), UP_OK);
    expect_kept("new/index.html", true);
    expect_kept("new/.upscale-zZ0000", false);
    expect_kept(".upscale-abCD12", false);
    expect_kept(".upscale-other1/mine.txt", true);
}
