/* SPDX-License-Identifier: MIT */
#include "cli/cluster/plan_reading.h"

#include "cli/batch/tasks/ledger.h"
#include "cli/commands.h"
#include "cli/show/console.h"

int cli_plan_open(cli_plan_reading *r, const cli_settings *settings, cli_plan_need need)
{
    up_error error;
    *r = (cli_plan_reading){ 0 };
    if (settings->operand_count != 1) {
        cli_say("this takes one plan, as 'upscale plan' writes it");
        return CLI_EXIT_USAGE;
    }
    up_status status = up_manifest_open(&r->manifest, settings->operands[0], &error);
    if (status == UP_OK) {
        r->info = up_manifest_get_info(r->manifest);
        status = need == CLI_PLAN_RECORDS ? up_records_read(&r->records, r->info, 0, &error)
                                          : up_overview_read(&r->overview, r->info, &error);
    }
    if (status == UP_OK)
        return CLI_EXIT_OK;
    cli_plan_close(r);
    return cli_fail(&error);
}

void cli_plan_close(cli_plan_reading *reading)
{
    up_manifest_close(&reading->manifest);
    up_records_free(&reading->records);
    up_overview_free(&reading->overview);
}
