/* SPDX-License-Identifier: MIT */
#include "base/machine/team.h"

#include <omp.h>
#include <pthread.h>
#include <unistd.h>

typedef struct {
    void (*work)(void *);
    void *user;
} call;

static pid_t loaded_by; /* written before main(), then only read */

__attribute__((constructor)) static void remember_process(void)
{
    loaded_by = getpid();
}

static void *run(void *user)
{
    const call *c = user;
    c->work(c->user);
    return NULL;
}

/* A region of one thread waits for nobody. */
static void run_alone(call *c)
{
    int levels = omp_get_max_active_levels();
    omp_set_max_active_levels(0);
    run(c);
    omp_set_max_active_levels(levels);
}

void up_team_run(void (*work)(void *), void *user)
{
    call c = { work, user };
    pthread_t thread;
    if (getpid() == loaded_by)
        run(&c);
    else if (pthread_create(&thread, NULL, run, &c) == 0)
        pthread_join(thread, NULL);
    else
        run_alone(&c);
}
