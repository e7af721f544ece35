/* SPDX-License-Identifier: MIT */
/* Lines of journals: JSON, its last member a checksum of what stands before it. */
#ifndef UP_CLUSTER_JOURNAL_TEXT_H
#define UP_CLUSTER_JOURNAL_TEXT_H

#include "base/status.h"
#include "upscale_cluster.h"

#include <jansson.h>

/* PLAN.journals/ID-00003-of-00016.jsonl, ID-all.jsonl, ID-join.jsonl, in new memory. */
char *up_journal_name(const up_manifest_info *info, int shard);

/* In new memory; takes the object over. NULL: no memory. */
char *up_journal_seal(json_t *object);
char *up_journal_line(const up_record *record);

/* *object NULL: the line is cut short or damaged. */
up_status up_journal_unseal(json_t **object, const char *line, size_t size, up_error *error);
/* The event of a line that is about an output; its message lives as long as the object. */
bool up_journal_record(const json_t *object, up_record *record);
/* What is known of an output of which so much was known, since then, behind another record;
 * UP_EVENT_NONE: it changes nothing. */
up_event up_journal_event_after(up_event known, int64_t since, const up_record *record);

#endif
