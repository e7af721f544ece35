/* SPDX-License-Identifier: MIT */
/* Lets jobs run at the same time as long as they fit into memory together. */
#ifndef UP_CLI_MEMORY_GATE_H
#define UP_CLI_MEMORY_GATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t left;
    size_t limit, used, inside;
    bool planning; /* a job reads weights, for which it holds this much: */
    size_t planned;
} cli_memory_gate;

/* A limit of 0: half of the machine's memory, like the library's own. `held` bytes of it are taken
 * all along, whatever jobs take. */
void cli_gate_init(cli_memory_gate *gate, size_t limit, size_t held);
void cli_gate_clear(cli_memory_gate *gate);
/* What a plan takes before it can say what its run will. One job at a time, so that none waits for
 * memory that another one holds while it waits. Ends with cli_gate_enter() or cli_gate_plan_end(),
 * and is nothing at all where `bytes` are 0. */
void cli_gate_plan(cli_memory_gate *gate, size_t bytes);
void cli_gate_plan_end(cli_memory_gate *gate, size_t bytes);
/* Waits until `bytes` more fit, or nobody else is inside. `planned` is what cli_gate_plan() got. */
void cli_gate_enter(cli_memory_gate *gate, size_t planned, size_t bytes);
void cli_gate_leave(cli_memory_gate *gate, size_t bytes);

#endif
