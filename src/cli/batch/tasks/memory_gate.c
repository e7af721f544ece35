/* SPDX-License-Identifier: MIT */
#include "cli/batch/tasks/memory_gate.h"

#include "upscale.h"

void cli_gate_init(cli_memory_gate *gate, size_t limit, size_t held)
{
    *gate = (cli_memory_gate){ .limit = up_memory_limit(limit), .used = held };
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->left, NULL);
}

void cli_gate_clear(cli_memory_gate *gate)
{
    pthread_cond_destroy(&gate->left);
    pthread_mutex_destroy(&gate->lock);
}

static bool fits(const cli_memory_gate *gate, size_t bytes)
{
    return gate->used <= gate->limit && bytes <= gate->limit - gate->used;
}

static void forget_plan(cli_memory_gate *gate)
{
    gate->used -= gate->planned;
    gate->planned = 0;
    gate->planning = false;
    pthread_cond_broadcast(&gate->left);
}

void cli_gate_plan(cli_memory_gate *gate, size_t bytes)
{
    if (bytes == 0)
        return;
    pthread_mutex_lock(&gate->lock);
    while (gate->planning || (gate->inside > 0 && !fits(gate, bytes)))
        pthread_cond_wait(&gate->left, &gate->lock);
    gate->planning = true;
    gate->planned = bytes;
    gate->used += bytes;
    pthread_mutex_unlock(&gate->lock);
}

void cli_gate_plan_end(cli_memory_gate *gate, size_t bytes)
{
    if (bytes == 0)
        return;
    pthread_mutex_lock(&gate->lock);
    forget_plan(gate);
    pthread_mutex_unlock(&gate->lock);
}

void cli_gate_enter(cli_memory_gate *gate, size_t planned, size_t bytes)
{
    const size_t more = bytes > planned ? bytes - planned : 0;
    pthread_mutex_lock(&gate->lock);
    while ((gate->inside > 0 || (gate->planning && planned == 0)) && !fits(gate, more))
        pthread_cond_wait(&gate->left, &gate->lock);
    if (planned > 0)
        forget_plan(gate);
    gate->used += bytes;
    gate->inside++;
    pthread_mutex_unlock(&gate->lock);
}

void cli_gate_leave(cli_memory_gate *gate, size_t bytes)
{
    pthread_mutex_lock(&gate->lock);
    gate->used -= bytes;
    gate->inside--;
    pthread_cond_broadcast(&gate->left);
    pthread_mutex_unlock(&gate->lock);
}
