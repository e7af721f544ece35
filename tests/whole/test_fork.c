/* SPDX-License-Identifier: MIT */
/* Calls in a process that was forked after others had run on threads (-j): they work there too. */
#include "support/sanitized.h"
#include "support/scratch.h"
#include "support/shell.h"
#include "upscale_compare.h"
#include "upscale_measure.h"
#include "upscale_train.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WIDTH = 256, HEIGHT = 96, PATIENCE = 60 };

static uint8_t picture[3 * WIDTH * HEIGHT], expected[12 * WIDTH * HEIGHT];

static up_status enlarge(uint8_t *result)
{
    const up_format small = { .width = WIDTH,
                              .height = HEIGHT,
                              .channels = 3,
                              .frames = 1,
                              .color = UP_COLOR_RGB,
                              .depth = 8 };
    up_format large = small;
    large.width *= 2;
    large.height *= 2;
    const up_pixels in = { .format = small, .data = picture };
    const up_pixels out = { .format = large, .data = result };
    const up_options options = { .method = "lanczos", .threads = 4 };
    return up_upscale_pixels(&in, &out, &options, NULL);
}

static bool enlarges(void)
{
    static uint8_t result[sizeof expected];
    memset(result, 0, sizeof result);
    return enlarge(result) == UP_OK && memcmp(result, expected, sizeof result) == 0;
}

static void set_up(void)
{
    if (THREAD_SANITIZED) /* it lets no forked process make threads */
        cr_skip_test("no threads after a fork here");
    scratch_init();
    for (size_t i = 0; i < sizeof picture; i++)
        picture[i] = (uint8_t)(i * i >> 5);
    cr_assert_eq(enlarge(expected), UP_OK);
}

TestSuite(fork, .init = set_up, .fini = scratch_fini);

/* Whether `work` is true in a process of its own, before patience ends. */
static bool holds_in_child(bool (*work)(void))
{
    int status;
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        alarm(PATIENCE);
        _exit(work() ? 0 : 1);
    }
    cr_assert_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool again_and_again(void)
{
    return enlarges() && enlarges() && enlarges();
}

/* AddressSanitizer's allocator keeps its locks over a fork, held for ever if a thread that was
 * ending held one. */
static void wait_for_ending_threads(void)
{
    int threads = 0;
    while (threads != 1) {
        threads = 0;
        DIR *tasks = opendir("/proc/self/task");
        for (const struct dirent *task; tasks && (task = readdir(tasks));)
            threads += task->d_name[0] != '.';
        if (tasks)
            closedir(tasks);
    }
}

static bool in_a_child_of_its_own(void)
{
    if (!enlarges())
        return false;
    if (SANITIZED)
        wait_for_ending_threads();
    return holds_in_child(again_and_again);
}

static void *on_a_thread(void *fine)
{
    *(bool *)fine = enlarges();
    return NULL;
}

static bool on_new_threads(void)
{
    bool fine[2] = { false, false };
    pthread_t thread;
    for (int i = 0; i < 2; i++)
        if (pthread_create(&thread, NULL, on_a_thread, &fine[i]) == 0)
            pthread_join(thread, NULL);
    return fine[0] && fine[1] && enlarges();
}

static bool measures(void)
{
    const up_format format = { .width = 2 * WIDTH,
                               .height = 2 * HEIGHT,
                               .channels = 3,
                               .frames = 1,
                               .color = UP_COLOR_RGB,
                               .depth = 8 };
    const up_pixels pixels = { .format = format, .data = expected };
    const up_measuring how = { .threads = 4 };
    double ssim;
    return up_ssim(&ssim, &pixels, &pixels, &how, NULL) == UP_OK && ssim > 0.999;
}

static bool writes_a_file(void)
{
    const up_options options = { .method = "bicubic", .threads = 3, .overwrite = true };
    return up_upscale_file(scratch_path("in.ppm"), scratch_path("out.png"), &options, NULL) ==
           UP_OK;
}

static bool compares(void)
{
    static const up_contender contender = { "bicubic", { .method = "bicubic", .threads = 3 } };
    const up_report_options options = { .contender = &contender, .contenders = 1 };
    up_report *report;
    bool fine = up_report_open(&report, scratch_path("report"), &options, NULL) == UP_OK &&
                up_report_add(report, scratch_path("in.ppm"), NULL) == UP_OK &&
                up_report_finish(report, NULL, NULL) == UP_OK;
    up_report_close(&report);
    return fine;
}

static bool trains(up_train_kind kind)
{
    const char *const pictures[] = { scratch_path("in.ppm"), scratch_path("in2.ppm") };
    const up_train_options options = { .kind = kind,
                                       .pictures = pictures,
                                       .picture_count = 2,
                                       .threads = 3,
                                       .steps = 2,
                                       .batch = 4,
                                       .overwrite = true };
    return up_train(scratch_path("w.safetensors"), &options, NULL) == UP_OK;
}

static bool trains_linear(void)
{
    return trains(UP_TRAIN_LINEAR);
}

static bool trains_net(void)
{
    return trains(UP_TRAIN_NET);
}

Test(fork, calls_give_the_same_bits_in_a_child)
{
    cr_expect(holds_in_child(again_and_again));
    cr_expect(holds_in_child(in_a_child_of_its_own));
    cr_expect(holds_in_child(on_new_threads));
    cr_expect(enlarges());
}

Test(fork, everything_that_runs_on_threads_works_in_a_child)
{
    write_ppm("in.ppm", 160, 120);
    write_ppm("in2.ppm", 160, 120);
    cr_expect(writes_a_file() && holds_in_child(writes_a_file), "a file");
    cr_expect(measures() && holds_in_child(measures), "a measure");
    cr_expect(holds_in_child(compares), "a report");
    cr_expect(trains_linear() && holds_in_child(trains_linear), "least squares");
    cr_expect(trains_net() && holds_in_child(trains_net), "a network");
}

/* Threads of the program itself, by the same OpenMP, are gone in a child as well. */
Test(fork, the_program_may_have_had_threads_of_its_own)
{
    int met = 0;
#pragma omp parallel num_threads(3) reduction(+ : met)
    met++;
    cr_expect(met >= 1 && holds_in_child(again_and_again));
}
