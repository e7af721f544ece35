/* SPDX-License-Identifier: MIT */
#include "compare/numbers/result_times.h"

#include "api/plan.h"
#include "base/machine/machine.h"
#include "base/memory.h"
#include "compare/files/json_text.h"
#include "io/pixels.h"

#include <math.h>

/* Results and inputs that are read into memory only to be timed. */
#define MOST_BYTES (64 << 20)
/* From file to file: what takes longer is not done again for its time. */
#define MOST_SECONDS 1.0

/* -------------------------------------------------------------- timing */

void up_row_take_run(up_report_row *row, const up_eval_result *run)
{
    const double pixels = (double)row->width * row->height, seconds = run->seconds;
    row->seconds = seconds;
    row->all_threads = (up_timing){
        .runs = 1,
        .median = seconds,
        .low = seconds,
        .high = seconds,
        .processor = run->processor,
        .pixels_per_second = seconds > 0 ? pixels / seconds : 0,
    };
}

typedef struct {
    up_comparison *comparison;
    const up_eval_picture *picture;
    int method[UP_MOST_CONTENDERS],
        count; /* those to be timed, by their places among the results */
    int runs;
} turns;

static up_status take_turns(const turns *t, bool one_thread, up_error *error)
{
    up_timing *timing = up_alloc((size_t)t->count, sizeof *timing);
    up_options *options = up_alloc((size_t)t->count, sizeof *options);
    up_status status = timing && options
                           ? UP_OK
                           : up_fail_memory(error, "times", (size_t)t->count * sizeof *options);
    for (int i = 0; i < t->count && status == UP_OK; i++) {
        options[i] = *t->comparison->result[t->method[i]].options;
        if (one_thread)
            options[i].threads = 1;
    }
    if (status == UP_OK)
        status = up_eval_time(timing, t->picture, options, t->count, t->runs, error);
    for (int i = 0; i < t->count && status == UP_OK; i++) {
        up_report_row *row = &t->comparison->result[t->method[i]].row;
        *(one_thread ? &row->one_thread : &row->all_threads) = timing[i];
        row->seconds = row->all_threads.median;
        if (one_thread)
            row->processor = row->one_thread.processor;
    }
    up_free(timing);
    up_free(options);
    return status;
}

static up_status time_on(up_comparison *c, const up_eval_picture *picture, double quick,
                         up_error *error)
{
    const int asked = c->options->time_runs;
    turns t = { .comparison = c, .picture = picture, .runs = asked ? asked : UP_QUICK_RUNS };
    for (int i = 0; i < c->count; i++)
        if (c->result[i].options && (asked || c->result[i].row.seconds < quick))
            t.method[t.count++] = i;
    if (t.count == 0)
        return UP_OK;
    UP_TRY(take_turns(&t, false, error));
    return asked ? take_turns(&t, true, error) : UP_OK;
}

/* The input is read for it, and what becomes of it is as large as the results are. */
static up_status time_in_memory(up_comparison *c, up_error *error)
{
    const up_options reading = up_options_running(&c->options->contender[0].options);
    up_eval_picture picture = { .reference.format = c->output, .jpeg_quality = c->jpeg_quality };
    UP_TRY(up_read_pixels(&picture.reduced, c->given, &reading, error));
    up_status status = time_on(c, &picture, MOST_SECONDS, error);
    up_eval_close(&picture);
    return status;
}

static bool is_small(const up_comparison *c)
{
    size_t in, out;
    return up_frame_size(&c->input_format, &in) && up_frame_size(&c->output, &out) &&
           in <= MOST_BYTES && 2 * out <= MOST_BYTES - in;
}

up_status up_comparison_time(up_comparison *c, up_error *error)
{
    const up_report_options *o = c->options;
    for (int i = 0; i < c->count && o->no_time; i++) {
        c->result[i].row.seconds = (double)NAN;
        c->result[i].row.all_threads.runs = 0;
    }
    if (o->no_time || o->classroom)
        return UP_OK;
    if (o->from_original)
        return time_on(c, &c->original, UP_QUICK_SECONDS, error);
    return o->time_runs || is_small(c) ? time_in_memory(c, error) : UP_OK;
}

/* -------------------------------------------------------------- telling */

static int threads_of(const up_report_options *o)
{
    const int threads = o->contender[0].options.threads;
    return threads ? threads : up_machine_cores();
}

void up_times_say(json_t *list, const up_comparison *c)
{
    const up_report_options *o = c->options;
    if (o->no_time)
        return;
    const char *how =
        o->time_runs ? "by turns of the methods, after one to warm up"
        : o->from_original
            ? "the median of five or more runs by turns of the methods, after one to "
              "warm up, or once where it takes 0.1 s or more"
        : o->classroom
            ? "once, and reading and writing PNG with it"
            : "the median of five or more runs by turns of the methods, after one "
              "to warm up; where results are large or take a second or more once, reading and "
              "writing PNG with it";
    if (o->time_runs)
        up_json_add_sentence(
            list,
            "Time: upscaling from memory to memory, %d or more runs %s: the least "
            "processor time with one thread, and the median by the clock with all.",
            o->time_runs, how);
    else
        up_json_add_sentence(list, "Time: upscaling from memory to memory, %s.", how);
    up_json_add_sentence(list, "Timed with %d threads by upscale %s on %s.", threads_of(o),
                         UP_VERSION, up_machine_words());
}

static json_t *timing_json(const up_timing *t)
{
    return json_pack("{s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:I}", "runs", t->runs, "median",
                     t->median, "low", t->low, "high", t->high, "median_spread", t->median_spread,
                     "processor", t->processor, "processor_spread", t->processor_spread,
                     "pixels_per_second", t->pixels_per_second, "peak_bytes",
                     (json_int_t)t->peak_bytes);
}

void up_times_set(json_t *object, const up_report_row *row)
{
    if (row->all_threads.runs == 0)
        return;
    json_t *times = json_pack("{s:o}", "all_threads", timing_json(&row->all_threads));
    if (row->one_thread.runs > 0)
        up_json_set(times, "one_thread", timing_json(&row->one_thread));
    up_json_set(object, "times", times);
}

json_t *up_machine_json(const up_report_options *o)
{
    char processor[200];
    if (o->no_time)
        return json_null();
    up_machine_processor(processor, sizeof processor);
    return json_pack("{s:o, s:i, s:s, s:i, s:i, s:f}", "processor", up_json_bytes(processor),
                     "cores", up_machine_cores(), "kernels", up_cpu_name(), "threads",
                     threads_of(o), "runs", o->time_runs, "settled", UP_SETTLED);
}
