#include "memory_gate.h"

#include "upscale.h"

void cli_gate_init(cli_memory_gate *gate, size_t limit)
{
    *gate = (cli_memory_gate){ .limit = up_memory_limit(limit) };
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->left, NULL);
}

void cli_gate_clear(cli_memory_gate *gate)
{
    pthread_cond_destroy(&gate->left);
    pthread_mutex_destroy(&gate->lock);
}

void cli_gate_enter(cli_memory_gate *gate, size_t bytes)
{
    pthread_mutex_lock(&gate->lock);
    while (gate->inside > 0 && (gate->used > gate->limit || bytes > gate->limit - gate->used))
        pthread_cond_wait(&gate->left, &gate->lock);
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
