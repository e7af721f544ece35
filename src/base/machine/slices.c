/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/machine/slices.h"

#include "base/machine/machine.h"
#include "base/memory.h"

#include <omp.h>
#include <sched.h>
#include <stdint.h>
#include <time.h>

#define PATIENCE 300000 /* nanoseconds that a helper waits for work: longer than most ops take */
#define PAUSES 64       /* of some nanoseconds each, before others get the processor */

/* ---- turns */

#define COUNT_SHIFT 16
#define NUMBER_SHIFT 32

static unsigned taken_of(uint64_t turn)
{
    return turn & 0xffff;
}

static unsigned count_of(uint64_t turn)
{
    return turn >> COUNT_SHIFT & 0xffff;
}

/* Does one slice; false: all are taken. */
static bool take_one(up_slices *slices)
{
    unsigned long long turn = atomic_load_explicit(&slices->turn, memory_order_relaxed);
    do {
        if (taken_of(turn) >= count_of(turn))
            return false;
    } while (!atomic_compare_exchange_weak(&slices->turn, &turn, turn + 1));
    slices->work(slices->user, (int)taken_of(turn));
    atomic_fetch_add(&slices->done, 1);
    return true;
}

/* ---- waiting */

static void pause_briefly(void)
{
#if defined __x86_64__
    __builtin_ia32_pause();
#elif defined __aarch64__
    __asm__ volatile("yield");
#endif
}

/* For the i-th time: there may be more threads than processors. */
static void wait_a_little(unsigned i)
{
    pause_briefly();
    if (i % PAUSES == PAUSES - 1)
        sched_yield();
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void help(up_slices *slices)
{
    const bool asked = omp_get_thread_num() != slices->thread; /* else nobody was there to be */
    int64_t last = now();
    for (unsigned i = 0; asked && !atomic_load(&slices->closed); i++) {
        if (take_one(slices))
            last = now();
        else if (i % PAUSES == 0 && now() - last >= PATIENCE)
            break;
        else
            wait_a_little(i);
    }
    atomic_fetch_sub(&slices->helpers, 1);
}

/* ---- handing out */

void up_slices_open(up_slices *slices)
{
    atomic_init(&slices->turn, 0);
    atomic_init(&slices->done, 0);
    atomic_init(&slices->helpers, 0);
    atomic_init(&slices->closed, false);
    slices->thread = omp_get_thread_num();
    slices->most = up_min(omp_get_num_threads(), up_machine_cores()) - 1;
}

static void call_helpers(up_slices *slices, int count)
{
    while (atomic_load(&slices->helpers) < count) {
        atomic_fetch_add(&slices->helpers, 1);
#pragma omp task
        help(slices);
    }
}

void up_slices_run(up_slices *slices, int count, void (*work)(void *user, int slice), void *user)
{
    const uint64_t number = atomic_load(&slices->turn) >> NUMBER_SHIFT;
    slices->work = work;
    slices->user = user;
    atomic_store(&slices->done, 0);
    atomic_store(&slices->turn, (number + 1) << NUMBER_SHIFT | (uint64_t)count << COUNT_SHIFT);
    call_helpers(slices, up_min(count - 1, slices->most));
    while (take_one(slices))
        ;
    for (unsigned i = 0; atomic_load(&slices->done) < count; i++)
        wait_a_little(i);
}

void up_slices_close(up_slices *slices)
{
    atomic_store(&slices->closed, true);
#pragma omp taskwait
}
