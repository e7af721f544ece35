/* SPDX-License-Identifier: MIT */
/* What a process that was killed has left behind, on file systems that know no nameless files. */
#ifndef UP_CLI_LEFTOVERS_H
#define UP_CLI_LEFTOVERS_H

/* Removes hidden files of this mark from the folder of `output`, unless it is that of `before`,
 * which has been seen to. */
void cli_leftovers_remove(const char *output, const char *mark, const char *before);

#endif
