/* SPDX-License-Identifier: MIT */
/* Commands that read a plan: what each of them needs first. */
#ifndef UP_CLI_PLAN_READING_H
#define UP_CLI_PLAN_READING_H

#include "cli/settings.h"
#include "upscale_cluster.h"

typedef struct {
    up_manifest *manifest;
    const up_manifest_info *info;
    up_records *records;
} cli_plan_reading;

/* The one operand, and all journals. Otherwise says why, and returns the exit code; 0 is success.
 */
int cli_plan_open(cli_plan_reading *reading, const cli_settings *settings);
void cli_plan_close(cli_plan_reading *reading);

#endif
