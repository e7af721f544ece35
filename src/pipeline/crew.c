#include "pipeline/crew.h"

#include <sched.h>

#define PATIENCE 2000 /* turns before the processor is offered to others */

static void relax(int *turns)
{
#if defined __x86_64__ || defined __i386__
    __builtin_ia32_pause();
#endif
    if (++*turns % PATIENCE == 0)
        sched_yield();
}

void up_crew_init(up_crew *crew, void (*work)(void *, int, int, int), void *user)
{
    crew->work = work;
    crew->user = user;
    atomic_init(&crew->ticket, 0);
    atomic_init(&crew->job, 0);
    atomic_init(&crew->slices, 0);
    atomic_init(&crew->done, 0);
    atomic_init(&crew->members, 1);
    atomic_init(&crew->dismissed, false);
}

static int choose_slice(unsigned left, int member)
{
    return member < UP_CREW_SLICES && left >> member & 1 ? member : __builtin_ctz(left);
}

/* Takes slices of the current call until there are none; whether it got any. A slice that has been
 * taken keeps the call, and so the job, from changing. */
static bool take_slices(up_crew *crew, int member)
{
    bool worked = false;
    unsigned long long ticket = atomic_load_explicit(&crew->ticket, memory_order_acquire);
    while ((unsigned)ticket != 0) {
        int slice = choose_slice((unsigned)ticket, member);
        if (!atomic_compare_exchange_weak_explicit(&crew->ticket, &ticket,
                                                   ticket & ~(1ull << slice), memory_order_acq_rel,
                                                   memory_order_acquire))
            continue;
        crew->work(crew->user, atomic_load_explicit(&crew->job, memory_order_relaxed), slice,
                   atomic_load_explicit(&crew->slices, memory_order_relaxed));
        atomic_fetch_add_explicit(&crew->done, 1, memory_order_release);
        worked = true;
        ticket = atomic_load_explicit(&crew->ticket, memory_order_acquire);
    }
    return worked;
}

void up_crew_call(up_crew *crew, int job, int slices)
{
    unsigned long long call = (atomic_load_explicit(&crew->ticket, memory_order_relaxed) >> 32) + 1;
    unsigned long long all = (1ull << slices) - 1;
    atomic_store_explicit(&crew->job, job, memory_order_relaxed);
    atomic_store_explicit(&crew->slices, slices, memory_order_relaxed);
    atomic_store_explicit(&crew->done, 0, memory_order_relaxed);
    atomic_store_explicit(&crew->ticket, call << 32 | all, memory_order_release);
    take_slices(crew, 0);
    for (int turns = 0; atomic_load_explicit(&crew->done, memory_order_acquire) < slices;)
        relax(&turns);
}

void up_crew_join(up_crew *crew)
{
    int member = atomic_fetch_add_explicit(&crew->members, 1, memory_order_relaxed);
    for (int turns = 0; !atomic_load_explicit(&crew->dismissed, memory_order_acquire);)
        if (!take_slices(crew, member))
            relax(&turns);
}

void up_crew_dismiss(up_crew *crew)
{
    atomic_store_explicit(&crew->dismissed, true, memory_order_release);
}
