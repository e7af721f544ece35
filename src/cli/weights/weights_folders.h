/* SPDX-License-Identifier: MIT */
/* The folders that weight files are looked for in, and the files there. */
#ifndef UP_CLI_WEIGHTS_FOLDERS_H
#define UP_CLI_WEIGHTS_FOLDERS_H

#include "cli/settings.h"

/* In this order: --weights-dir, UPSCALE_WEIGHTS (separated by colons), the user's data folder, that
 * of the installed program. They need not exist. */
cli_words cli_weights_folders(const cli_settings *settings);

/* Whether files of weights have this extension ("pth"). */
bool cli_weights_extension(const char *extension);

/* Names of the weight files in a folder, without extensions, sorted, each once. */
cli_words cli_weights_in(const char *folder);

/* FOLDER/NAME with the extension that there is a file of, safetensors first; or NULL. */
char *cli_weights_path(const char *folder, const char *name);

/* The path of NAME in the first folder that has it, or else of NAME-xN: of the smallest N that is
 * enough for `scale`, or the largest. NULL if there is none. */
char *cli_weights_find(const cli_words *folders, const char *name, double scale);

/* Is NAME inside the library, for any scale? */
bool cli_weights_embedded(const char *name);

void cli_words_add(cli_words *words, char *word);
void cli_words_clear(cli_words *words);

#endif
