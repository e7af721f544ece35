/* SPDX-License-Identifier: MIT */
#include "cli/weights/layer_runs.h"

#include <string.h>

enum { MOST_LENGTH = 512 };

static bool same_pair(const int a[2], const int b[2])
{
    return a[0] == b[0] && a[1] == b[1];
}

/* The same layer at the same distance, or a layer before all blocks. */
static bool same_inputs(const up_weights_layer *x, int a, const up_weights_layer *y, int b)
{
    if (x->inputs != y->inputs)
        return false;
    for (int i = 0; i < x->inputs; i++)
        if (x->input[i] != y->input[i] && (x->input[i] < 0 || a - x->input[i] != b - y->input[i]))
            return false;
    return true;
}

static bool alike(const up_weights *weights, int a, int b)
{
    const up_weights_layer *x = up_weights_layer_at(weights, a);
    const up_weights_layer *y = up_weights_layer_at(weights, b);
    return strcmp(x->op, y->op) == 0 && x->in_channels == y->in_channels &&
           x->out_channels == y->out_channels && same_pair(x->kernel, y->kernel) &&
           same_pair(x->stride, y->stride) && x->groups == y->groups &&
           same_pair(x->scale, y->scale) && same_pair(x->reduction, y->reduction) &&
           x->parameters == y->parameters && strcmp(x->settings, y->settings) == 0 &&
           same_inputs(x, a, y, b);
}

cli_layer_run cli_layer_run_at(const up_weights *weights, int start, int end)
{
    cli_layer_run best = { 1, 1 };
    for (int length = 1; length <= MOST_LENGTH && start + 2 * length <= end; length++) {
        int same = 0;
        while (start + length + same < end && alike(weights, start + same, start + length + same))
            same++;
        const int times = same / length + 1;
        if ((times - 1) * length > (best.times - 1) * best.length)
            best = (cli_layer_run){ length, times };
    }
    return best;
}
