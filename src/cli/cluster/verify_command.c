/* SPDX-License-Identifier: MIT */

#include "cli/commands.h"

#include "cli/cluster/plan_reading.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/json_lines.h"
#include "cli/signals.h"

enum { MOST_NAMES = 10 };

typedef struct {
    const cli_settings *settings;
    cli_plan_reading plan;
    up_manifest_writer *missing; /* NULL: not asked for */
    size_t complete, others;
} verifying;

static void tell_piece(const verifying *v, const up_piece *piece, up_piece_state state)
{
    const up_record *r = up_records_find(v->plan.records, up_piece_key(piece->output));
    const char *why = r && r->event == UP_EVENT_FAILED ? r->message : NULL;
    const cli_settings *s = v->settings;
    if (s->json) {
        json_t *line = json_object();
        json_object_set_new(line, "output", cli_json_text(piece->output));
        json_object_set_new(line, "input", cli_json_text(piece->input));
        json_object_set_new(line, "shard", json_integer(piece->shard));
        json_object_set_new(line, "problem", json_string(up_piece_state_name(state)));
        if (why)
            json_object_set_new(line, "error", cli_json_text(why));
        cli_json_put(line);
    } else if (!s->quiet && (s->verbose || v->others <= MOST_NAMES)) {
        cli_say("%s: %s%s%s", piece->output, up_piece_state_name(state), why ? ": " : "",
                why ? why : "");
    }
}

static up_status check(verifying *v, const up_piece *piece, up_error *error)
{
    const up_piece_state state = up_piece_check(piece, v->plan.records, true);
    v->complete += state == UP_PIECE_COMPLETE;
    if (state == UP_PIECE_COMPLETE)
        return UP_OK;
    v->others++;
    tell_piece(v, piece, state);
    return v->missing ? up_manifest_put(v->missing, piece, error) : UP_OK;
}

static up_status check_all(verifying *v, up_error *error)
{
    up_piece piece;
    bool more = true;
    up_status status = UP_OK;
    while (status == UP_OK && more && !*cli_signals_flag()) {
        status = up_manifest_next(v->plan.manifest, &piece, &more, error);
        if (status == UP_OK && more)
            status = check(v, &piece, error);
        up_piece_clear(&piece);
    }
    return status;
}

static void tell(const verifying *v)
{
    const cli_settings *s = v->settings;
    if (s->json)
        cli_json_put(json_pack("{sI sI}", "complete", (json_int_t)v->complete, "missing",
                               (json_int_t)v->others));
    else if (!s->quiet && v->others > 0)
        cli_say("%zu complete, %zu not%s%s", v->complete, v->others,
                v->missing ? "; what is missing is in " : "", v->missing ? s->output : "");
    else if (!s->quiet)
        cli_say("all %zu are complete", v->complete);
}

static int verify(verifying *v)
{
    const cli_settings *s = v->settings;
    up_error error;
    up_status status = UP_OK;
    if (s->output)
        status = up_manifest_create(&v->missing, s->output, s->up.overwrite, v->plan.info, &error);
    if (status == UP_OK)
        status = check_all(v, &error);
    const bool fine = status == UP_OK && !*cli_signals_flag();
    if (fine)
        tell(v);
    const up_status written = up_manifest_finish(&v->missing, fine ? &error : NULL);
    if (status != UP_OK || written != UP_OK) {
        cli_say("%s", error.message);
        return CLI_EXIT_FAILED;
    }
    if (*cli_signals_flag())
        return cli_signals_exit_code();
    return v->others ? CLI_EXIT_FAILED : CLI_EXIT_OK;
}

static int run_verify(cli_settings *s)
{
    verifying v = { .settings = s };
    int code = cli_plan_open(&v.plan, s, CLI_PLAN_RECORDS);
    if (code == CLI_EXIT_OK) {
        code = verify(&v);
        cli_plan_close(&v.plan);
    }
    return code;
}

const cli_command cli_verify_command = {
    .name = "verify",
    .bit = CLI_VERIFY,
    .synopsis = "PLAN.jsonl [-o MISSING.jsonl] [options]\n",
    .summary = "whether all that was planned is there, to the byte",
    .about =
        "Reads every output of a plan and compares size and XXH64 with what its journal says was "
        "written. Exit code 0: all of it is there; 1: something is not, and -o writes what is "
        "missing as a plan that can be run like the first.\n",
    .examples = "# is everything there?\n"
                "upscale verify plan.jsonl\n"
                "# and if not, the rest\n"
                "upscale verify plan.jsonl -o missing.jsonl || upscale --manifest missing.jsonl\n",
    .run = run_verify,
};
