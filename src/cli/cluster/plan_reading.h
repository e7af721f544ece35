/* SPDX-License-Identifier: MIT */
/* Commands that read a plan: what each of them needs first. */
#ifndef UP_CLI_PLAN_READING_H
#define UP_CLI_PLAN_READING_H

#include "cli/settings.h"
#include "upscale_cluster.h"

typedef struct {
    up_manifest *manifest;
    const up_manifest_info *info;
    up_records *records;   /* of all journals ... */
    up_overview *overview; /* ... or what is enough for those who only count */
} cli_plan_reading;

typedef enum { CLI_PLAN_RECORDS, CLI_PLAN_OVERVIEW } cli_plan_need;

/* The one operand, and what is needed of its journals. Otherwise says why, and returns the exit
 * code; 0 is success.
 */
int cli_plan_open(cli_plan_reading *reading, const cli_settings *settings, cli_plan_need need);
void cli_plan_close(cli_plan_reading *reading);

#endif
