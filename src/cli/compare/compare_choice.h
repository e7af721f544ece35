/* SPDX-License-Identifier: MIT */
/* What upscale compare is asked for. */
#ifndef UP_CLI_COMPARE_CHOICE_H
#define UP_CLI_COMPARE_CHOICE_H

#include "cli/batch/inputs.h"
#include "cli/settings.h"

/* Several pictures, or several scales of one. */
bool cli_compare_is_many(const cli_settings *settings);

/* What is compared if nothing is said. */
void cli_compare_choose(cli_settings *settings);

/* false: something makes no sense, and that was said. */
bool cli_compare_check(const cli_settings *settings);

/* Whether every picture that a crop is of is there. false: one is not, and that was said. */
bool cli_compare_finds_crops(const cli_settings *settings, const cli_inputs *inputs);

/* Of --metrics those that are not in every report, each once; the words stay the settings'. For
 * free(). */
const char **cli_compare_metrics(const cli_settings *settings, size_t *count);

/* Finds what the methods of a scale need; 0: sizes were asked for. */
bool cli_compare_settle(cli_settings *settings, double scale);

/* How many turns of scales there are, and the scale of one; 0: sizes were asked for. */
size_t cli_compare_turns(const cli_settings *settings);
double cli_compare_scale(const cli_settings *settings, size_t turn);

#endif
