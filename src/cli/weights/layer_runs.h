/* SPDX-License-Identifier: MIT */
/* Blocks of layers that repeat: networks have hundreds of layers, and few that differ. */
#ifndef UP_CLI_LAYER_RUNS_H
#define UP_CLI_LAYER_RUNS_H

#include "upscale_weights.h"

/* `times` blocks of `length` equal layers each, one after the other. */
typedef struct {
    int length, times;
} cli_layer_run;

/* The run from layer `start` on, and before `end`, that has most in it behind its first block; one
 * layer, once, where nothing repeats. */
cli_layer_run cli_layer_run_at(const up_weights *weights, int start, int end);

#endif
