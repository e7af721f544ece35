/* SPDX-License-Identifier: MIT */
/* The journals of a plan, one after the other. */
#ifndef UP_CLUSTER_JOURNAL_FILES_H
#define UP_CLUSTER_JOURNAL_FILES_H

#include "cluster/journal/journal_text.h"

#include <stdio.h>

/* What is told of each; `shard` is 0 where a journal is not of one of this plan's shards. */
typedef struct {
    void (*begin)(void *reader, int shard, FILE *file); /* may be NULL */
    up_status (*line)(void *reader, int shard, const json_t *line,
                      up_error *error); /* whole ones */
} up_journal_visit;

/* Of the journal of this shard, and of all that are not of one of its neighbours (of another cut of
 * the same pictures, say); 0: of all journals. */
up_status up_journal_files_read(const up_manifest_info *info, int shard,
                                const up_journal_visit *visit, void *reader, up_error *error);

#endif
