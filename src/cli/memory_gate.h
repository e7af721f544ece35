/* Lets jobs run at the same time as long as they fit into memory together. */
#ifndef UP_CLI_MEMORY_GATE_H
#define UP_CLI_MEMORY_GATE_H

#include <pthread.h>
#include <stddef.h>

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t left;
    size_t limit, used, inside;
} cli_memory_gate;

/* A limit of 0: half of the machine's memory, like the library's own. */
void cli_gate_init(cli_memory_gate *gate, size_t limit);
void cli_gate_clear(cli_memory_gate *gate);
/* Waits until `bytes` more fit, or nobody else is inside. */
void cli_gate_enter(cli_memory_gate *gate, size_t bytes);
void cli_gate_leave(cli_memory_gate *gate, size_t bytes);

#endif
