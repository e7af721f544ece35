/* SPDX-License-Identifier: MIT */
/* Which shard of the work is this process's. */
#ifndef UP_CLI_SHARD_CHOICE_H
#define UP_CLI_SHARD_CHOICE_H

#include <stdbool.h>

/* `text`: I/N, auto or auto/N. `shards`: of the plan; 0: there is none, and the text or the
 * environment must tell. *shard is 1 .. *of. false: it makes no sense, and that was said. What auto
 * took is said unless quiet. */
bool cli_shard_choose(const char *text, int shards, bool quiet, int *shard, int *of);

#endif
