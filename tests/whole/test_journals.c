/* SPDX-License-Identifier: MIT */
/* Journals of shards: what is read of them, whole and in short. */
#include "support/sanitized.h"
#include "support/scratch.h"

#include "upscale_cluster.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

TestSuite(journals, .init = scratch_init, .fini = scratch_fini);

enum { SHARDS = 3, OUTPUTS = 50 };

static uint64_t key_of(int i)
{
    return (uint64_t)(i + 1) * 0x9E3779B185EBCA87u;
}

/* Of any outputs, in any order, by any shard. */
static void write_some(const up_manifest_info *info, int shard, int lines)
{
    static const up_event events[] = { UP_EVENT_MADE, UP_EVENT_DONE, UP_EVENT_FAILED };
    up_journal *journal;
    up_error error;
    cr_assert_eq(up_journal_open(&journal, info, shard, &error), UP_OK, "%s", error.message);
    for (int i = 0; i < lines; i++) {
        const up_record record = { .key = key_of(rand() % OUTPUTS),
                                   .event = events[rand() % 3],
                                   .output.bytes = i,
                                   .message = "why" };
        cr_assert_eq(up_journal_write(journal, &record, 1, false, &error), UP_OK);
    }
    up_journal_close(&journal);
}

static void compare(const up_manifest_info *info)
{
    up_records *records;
    up_overview *overview;
    up_error error;
    cr_assert_eq(up_records_read(&records, info, 0, &error), UP_OK, "%s", error.message);
    cr_assert_eq(up_overview_read(&overview, info, &error), UP_OK, "%s", error.message);
    for (int i = 0; i < OUTPUTS + 5; i++) {
        int64_t time;
        const up_record *r = up_records_find(records, key_of(i));
        const up_event event = up_overview_find(overview, key_of(i), &time);
        cr_expect_eq(event, r ? r->event : UP_EVENT_NONE, "output %d", i);
        cr_expect_eq(time, r ? r->time : 0, "output %d", i);
    }
    up_records_free(&records);
    up_overview_free(&overview);
}

Test(journals, an_overview_tells_what_the_records_do)
{
    const up_manifest_info info = { 7, SHARDS, scratch_path("plan.jsonl.journals") };
    compare(&info);
    for (int i = 0; i < MANY_OR_FEW(60, 10); i++) {
        write_some(&info, i % (SHARDS + 2) - 1, 1 + rand() % 20);
        compare(&info);
    }
}

Test(journals, an_overview_tells_which_shards_run)
{
    const up_manifest_info info = { 7, SHARDS, scratch_path("plan.jsonl.journals") };
    up_journal *journal;
    up_overview *overview;
    up_error error;
    write_some(&info, 1, 5);
    cr_assert_eq(up_journal_open(&journal, &info, 2, &error), UP_OK);
    cr_assert_eq(up_overview_read(&overview, &info, &error), UP_OK);
    for (int i = 1; i <= SHARDS; i++) {
        const up_journal_state *state = up_overview_shard(overview, i);
        cr_expect_eq(state->begun, i < 3, "%d", i);
        cr_expect_eq(state->running, i == 2, "%d", i);
        cr_expect_eq(state->started > 0 && state->last >= state->started, i < 3, "%d", i);
    }
    cr_expect_null(up_overview_shard(overview, 0));
    cr_expect_null(up_overview_shard(overview, SHARDS + 1));
    up_overview_free(&overview);
    up_journal_close(&journal);
}
