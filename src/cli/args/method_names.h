/* SPDX-License-Identifier: MIT */
/* Methods under the names that people give them. */
#ifndef UP_CLI_METHOD_NAMES_H
#define UP_CLI_METHOD_NAMES_H

#include "cli/settings.h"

/* What `fast`, `good` and `best` stand for, or NULL. By position, NULL past the last: the names. */
const char *cli_method_alias(const char *name);
const char *cli_method_alias_at(int i);

/* --weights beside methods that are weights inside the program: tconv joins them at the end of the
 * list, where it is none of them. false: the one method leaves no room for it, and that was said.
 */
bool cli_methods_join(cli_settings *settings);

/* Where several --weights were given, or one beside others that are named or as names are asked
 * for: in the place of tconv a method for each, tconv:NAME by the name of its file, and
 * `told_weights` beside them. Once is enough. false: something else stands in their way, and that
 * was said. */
bool cli_methods_spread(cli_settings *settings);

#endif
