/* SPDX-License-Identifier: MIT */
#include "cli/args/settings_clear.h"

#include "cli/args/method_choice.h"
#include "cli/args/metric_choice.h"
#include "cli/weights/weights_folders.h"

#include <stdlib.h>

void cli_settings_clear(cli_settings *settings)
{
    cli_methods_release(settings);
    cli_words_clear(&settings->weights);
    cli_words_clear(&settings->told_weights);
    cli_metrics_release(settings);
    cli_words_clear(&settings->metric_weights);
    cli_words_clear(&settings->metrics);
    cli_words_clear(&settings->sheet_columns);
    cli_words_clear(&settings->methods);
    cli_words_clear(&settings->validation);
    for (int i = 0; i < settings->crops.count; i++)
        free(settings->crops.picture[i]);
    free(settings->operands);
    *settings = (cli_settings){ 0 };
}
