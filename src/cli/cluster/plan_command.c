/* SPDX-License-Identifier: MIT */

#include "cli/commands.h"

#include "cli/args/method_choice.h"
#include "cli/args/options.h"
#include "cli/batch/file_types.h"
#include "cli/batch/inputs.h"
#include "cli/batch/output_check.h"
#include "cli/batch/tasks/tasks.h"
#include "cli/cluster/plan_cost.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/json_lines.h"
#include "cli/signals.h"
#include "upscale_cluster.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1024, JOBS = 16 /* waiting for a network file system, not computing */ };

typedef struct {
    up_piece piece;
    up_error error;
} planned_piece;

typedef struct {
    const cli_settings *settings;
    cli_ledger *ledger;
    up_planner *planner;
    cli_costs costs;
    cli_target target;
    size_t memory;  /* that a picture may take */
    char **options; /* of each method */
    cli_input input[BLOCK];
    size_t count;
    planned_piece *made; /* of each input, one for each method */
    atomic_size_t next;
    int failed; /* exit code; 0: it has not */
} planning;

/* ---- what is said of how pictures are made */

static bool makes_pictures(const cli_option *o)
{
    static const char others[] = " method format overwrite strict weights-dir ";
    char *name = cli_format(" %s ", o->name);
    const bool listed = strstr(others, name) != NULL;
    free(name);
    if (strcmp(o->name, "method") == 0)
        return false;
    return listed || o->group == CLI_GROUP_SIZE || o->group == CLI_GROUP_WEIGHTS ||
           o->group == CLI_GROUP_FILTER || o->group == CLI_GROUP_RESTORE ||
           o->group == CLI_GROUP_PICTURE || o->group == CLI_GROUP_LAYER;
}

static char *options_text(const cli_settings *s, const char *method)
{
    json_t *list = json_array();
    char *word = cli_format("--method=%s", method);
    json_array_append_new(list, cli_json_text(word));
    for (size_t i = 0; cli_options[i].name; i++) {
        const cli_option *o = &cli_options[i];
        if (!s->given[i] || !makes_pictures(o))
            continue;
        free(word);
        word = o->value ? cli_format("--%s=%s", o->name, s->said[i]) : cli_format("--%s", o->name);
        json_array_append_new(list, cli_json_text(word));
    }
    free(word);
    char *text = json_dumps(list, JSON_COMPACT);
    cli_json_check();
    json_decref(list);
    return text;
}

/* ---- headers, many at once */

static void plan_one(planning *p, const cli_input *input, size_t method, planned_piece *made)
{
    const char *name = cli_method_at(p->settings, method);
    up_options options = cli_method_options(p->settings, name);
    options.max_memory = p->memory; /* which takes a dozen files to find out */
    options.threads = 1;
    *made = (planned_piece){ .error.status = UP_OK };
    char *path = cli_output_name(p->target, input, name, p->settings, &made->error);
    if (!path)
        return;
    made->piece = (up_piece){ .input = cli_copy(input->path),
                              .output = path,
                              .options = cli_copy(p->options[method]),
                              .bytes = (int64_t)input->bytes };
    cli_cost_of(&p->costs, &options, &made->piece, &made->error);
}

static void *work(void *user)
{
    planning *p = user;
    const size_t methods = cli_method_count(p->settings);
    size_t i;
    while ((i = atomic_fetch_add(&p->next, 1)) < p->count * methods)
        plan_one(p, &p->input[i / methods], i % methods, &p->made[i]);
    return NULL;
}

static void run_workers(planning *p)
{
    pthread_t thread[JOBS];
    const int jobs = p->settings->jobs ? p->settings->jobs : JOBS;
    int started = 0;
    atomic_store(&p->next, 0);
    while (started < jobs - 1 && started < JOBS &&
           pthread_create(&thread[started], NULL, work, p) == 0)
        started++;
    work(p);
    for (int i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
}

/* In the order of the inputs, so that the same ones give the same plan. */
static void flush(planning *p)
{
    const size_t methods = cli_method_count(p->settings);
    up_error error;
    run_workers(p);
    for (size_t i = 0; i < p->count * methods; i++) {
        planned_piece *made = &p->made[i];
        if (made->error.status != UP_OK)
            cli_ledger_failed(p->ledger, p->input[i / methods].path, &made->error);
        else if (!p->failed && up_planner_add(p->planner, &made->piece, &error) != UP_OK)
            p->failed = cli_fail(&error);
        else
            cli_ledger_done(p->ledger);
        up_piece_clear(&made->piece);
    }
    for (size_t i = 0; i < p->count; i++) {
        free(p->input[i].path);
        free(p->input[i].folder);
    }
    p->count = 0;
}

static bool take(void *user, cli_input *input)
{
    planning *p = user;
    p->input[p->count++] = *input;
    if (strcmp(input->path, "-") == 0) {
        cli_say("standard input (-) cannot be planned: each shard reads its inputs itself");
        p->failed = CLI_EXIT_FAILED;
    } else if (p->count == BLOCK) {
        flush(p);
    }
    return !p->failed && !*cli_signals_flag();
}

/* ---- the command */

static bool check(const cli_settings *s)
{
    const char *missing = !s->output   ? "-o OUT/: where outputs go"
                          : !s->plan   ? "--plan PLAN: the file to write"
                          : !s->shards ? "--shards N: how many tasks will do it"
                                       : NULL;
    if (missing)
        cli_say("plan needs %s", missing);
    else if (s->operand_count == 0 && !s->files_from)
        cli_say("no input; name pictures, or folders with -r");
    else if (up_is_stream(s->output) || up_is_stream(s->plan))
        cli_say("a plan and its outputs must be files");
    else
        return true;
    return false;
}

static cli_target target_of(const cli_settings *s)
{
    const bool one = s->operand_count == 1 && !s->recursive && !s->files_from && !s->name_template;
    const bool file = one && !cli_names_folder(s->output) && cli_writable_extension(s->output);
    return file ? CLI_TO_FILE : CLI_TO_FOLDER;
}

static void tell(const cli_settings *s, const up_planned *planned, double seconds)
{
    const double mean = planned->cost / s->shards;
    if (s->json)
        cli_json_put(json_pack("{ss sI si sI sf sf sf sf}", "plan", s->plan, "pieces",
                               (json_int_t)planned->pieces, "shards", s->shards, "cut",
                               (json_int_t)planned->cut, "cost", planned->cost, "least",
                               planned->least, "most", planned->most, "seconds", seconds));
    else if (!s->quiet)
        cli_say("%zu pieces in %d shards of about %s of a core, which differ by %.1f %%; 'upscale "
                "--manifest %s --shard I/%d' does one",
                planned->pieces, s->shards, cli_seconds_text(mean).text,
                mean > 0 ? 100 * (planned->most - planned->least) / mean : 0, s->plan, s->shards);
}

static int finish(planning *p, double start)
{
    const cli_settings *s = p->settings;
    up_planned planned;
    up_error error;
    if (*cli_signals_flag())
        return cli_signals_exit_code();
    if (p->failed)
        return p->failed;
    if (up_planner_write(p->planner, s->plan, s->shards, s->rows, s->up.overwrite, &planned,
                         &error) != UP_OK)
        return cli_fail(&error);
    tell(s, &planned, cli_now() - start);
    return cli_ledger_close(p->ledger, true, cli_now() - start);
}

static int run_planning(planning *p)
{
    const cli_settings *s = p->settings;
    const double start = cli_now();
    up_error error;
    if (up_planner_open(&p->planner, &error) != UP_OK)
        return cli_fail(&error);
    if (!cli_inputs_each(s, p->ledger, take, p))
        return CLI_EXIT_USAGE;
    flush(p);
    return finish(p, start);
}

static int run_plan(cli_settings *s)
{
    cli_ledger ledger;
    if (!check(s) || !cli_methods_settle(s))
        return CLI_EXIT_USAGE;
    cli_methods_share(s, NULL);
    const size_t methods = cli_method_count(s);
    planning *p = cli_alloc(1, sizeof *p);
    p->settings = s;
    p->ledger = &ledger;
    p->target = target_of(s);
    p->memory = up_memory_limit(s->up.max_memory);
    p->made = cli_alloc(BLOCK * methods, sizeof *p->made);
    p->options = cli_alloc(methods, sizeof *p->options);
    for (size_t m = 0; m < methods; m++)
        p->options[m] = options_text(s, cli_method_at(s, m));
    cli_costs_init(&p->costs);
    cli_ledger_init(&ledger);
    const int code = run_planning(p);
    cli_ledger_clear(&ledger);
    cli_costs_clear(&p->costs);
    up_planner_close(&p->planner);
    for (size_t m = 0; m < methods; m++)
        free(p->options[m]);
    free(p->options);
    free(p->made);
    free(p);
    return code;
}

const cli_command cli_plan_command = {
    .name = "plan",
    .bit = CLI_PLAN,
    .synopsis = "INPUT... -o OUT/ --shards N --plan PLAN.jsonl [options]\n",
    .summary = "share pictures out to many machines",
    .about =
        "Reads the headers of all inputs, estimates what each costs, and writes a plan: a line of "
        "JSON for each output, in shards that cost the same. 'upscale --manifest PLAN --shard I/N' "
        "does one of them, on any machine that sees the same files under the same names.\n"
        "--rows cuts what is too large for one shard into bands of rows, each with the bits of a "
        "whole run; 'upscale join' puts them together.\n",
    .examples = "# 400 tasks, of any scheduler\n"
                "upscale plan -r photos -o large/ -s 4 --shards 400 --plan plan.jsonl\n"
                "upscale --manifest plan.jsonl --shard auto\n"
                "upscale verify plan.jsonl -o missing.jsonl\n"
                "# one picture by 16 machines\n"
                "upscale plan huge.png -o x4.png -s 4 --rows --shards 16 --plan rows.jsonl\n"
                "upscale --manifest rows.jsonl --shard auto\n"
                "upscale join rows.jsonl\n",
    .run = run_plan,
};
