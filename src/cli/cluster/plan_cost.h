/* SPDX-License-Identifier: MIT */
/* What making an output takes, from headers alone. */
#ifndef UP_CLI_PLAN_COST_H
#define UP_CLI_PLAN_COST_H

#include "upscale.h"
#include "upscale_cluster.h"

#include <pthread.h>

/* What methods take, found out once for each kind of picture. */
typedef struct {
    pthread_mutex_t lock;
    struct {
        const char *method;
        int channels;
        up_color color;
        double multiply_adds; /* per pixel of the output */
    } kind[64];
    int count;
} cli_costs;

void cli_costs_init(cli_costs *costs);
void cli_costs_clear(cli_costs *costs);

/* The cost of a piece, its decoding, and its size: what will be made. May be called by several
 * threads. */
up_status cli_cost_of(cli_costs *costs, const up_options *options, up_piece *piece,
                      up_error *error);

#endif
