/* SPDX-License-Identifier: MIT */
/* The methods a command line asks for: -m, or what its other flags imply. */
#ifndef UP_CLI_METHOD_CHOICE_H
#define UP_CLI_METHOD_CHOICE_H

#include "cli/settings.h"

size_t cli_method_count(const cli_settings *settings); /* >= 1 */
const char *cli_method_at(const cli_settings *settings, size_t i);

/* Finds the files that names of weights stand for. false: there is none, or a file is given that
 * none of the methods reads, and that was said. */
bool cli_methods_settle(cli_settings *settings);

/* Undoes that and cli_methods_share(), so that it may be done again for another scale. */
void cli_methods_release(cli_settings *settings);

/* The file of weights that a method runs with, as --weights says it; NULL: none was given. */
const char *cli_method_file(const cli_settings *settings, size_t i);

/* Whether `name` is tconv, and method i the only one of a file. */
bool cli_method_means(const cli_settings *settings, size_t i, const char *name);

/* The path of the weights called `name` in the weights folders, in new memory; NULL: `error` says
 * where they were looked for. */
char *cli_named_weights(const cli_settings *settings, const char *name, up_error *error);

/* The path of weights given as one, or by their name; in new memory, or NULL as above. */
char *cli_weights_file(const cli_settings *settings, const char *weights, up_error *error);

/* Opens all weight files that methods run with, once for all pictures, and returns how the first
 * failed that did: each picture will fail so, too. */
up_status cli_methods_share(cli_settings *settings, up_error *error);
size_t cli_methods_shared_bytes(const cli_settings *settings);

/* The options of the library for one method, as it is named by cli_method_at(). */
up_options cli_method_options(const cli_settings *settings, const char *method);

#endif
