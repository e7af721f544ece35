/* SPDX-License-Identifier: MIT */
#include "cli/args/metric_choice.h"

#include "cli/commands.h"
#include "cli/show/console.h"

int cli_metrics_settle(cli_settings *s)
{
    up_error error;
    const cli_words *files = &s->metric_weights, *names = &s->metrics;
    if (files->count > 0 &&
        up_metric_weights_open(&s->opened_metric_weights, (const char *const *)files->item,
                               (int)files->count, s->up.max_memory, &error) != UP_OK) {
        cli_say("--metric-weights: %s", error.message);
        return error.status == UP_ERROR_MEMORY ? CLI_EXIT_TRY_AGAIN : CLI_EXIT_FAILED;
    }
    s->measuring.weights = s->opened_metric_weights;
    for (size_t i = 0; i < names->count; i++)
        if (up_measure_check(names->item[i], &s->measuring, &error) != UP_OK) {
            cli_say("--metrics: %s", error.message);
            return CLI_EXIT_USAGE;
        }
    return CLI_EXIT_OK;
}

void cli_metrics_release(cli_settings *s)
{
    up_metric_weights_close(&s->opened_metric_weights);
    s->measuring.weights = NULL;
}
