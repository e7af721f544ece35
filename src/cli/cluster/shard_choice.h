/* SPDX-License-Identifier: MIT */
/* Which shard of the work is this process's. */
#ifndef UP_CLI_SHARD_CHOICE_H
#define UP_CLI_SHARD_CHOICE_H

#include "cli/batch/inputs.h"

/* `text`: I/N, auto or auto/N. `shards`: of the plan; 0: there is none, and the text or the
 * environment must tell. *shard is 1 .. *of. false: it makes no sense, and that was said. What auto
 * took is said unless quiet. */
bool cli_shard_choose(const char *text, int shards, bool quiet, int *shard, int *of);

/* With --shard, keeps the inputs whose names fall into it, wherever the folder lies that was named.
 * false as above. */
bool cli_shard_take(cli_inputs *inputs, const cli_settings *settings);

#endif
