/* SPDX-License-Identifier: MIT */
#include "cli/show/lines/progress.h"

#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/json_lines.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INTERVAL 0.1  /* seconds between two looks */
#define ETA_AFTER 0.5 /* seconds before which a guess is worthless */

typedef struct {
    cli_progress *progress;
    char *name; /* NULL: idle */
    double weight, done;
} progress_slot;

struct cli_progress {
    pthread_mutex_t lock;
    cli_progress_show show;
    size_t files, ended;
    double weight, weight_ended, start, shown;
    int jobs, latest;
    progress_slot *slot;
};

cli_progress_show cli_progress_choose(const cli_settings *settings)
{
    if (settings->progress == CLI_PROGRESS_JSON)
        return CLI_SHOW_JSON;
    const char *terminal = getenv("TERM");
    bool able = isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
    bool wanted = settings->progress == CLI_PROGRESS_AUTO && !settings->quiet && !settings->dry_run;
    return able && wanted ? CLI_SHOW_BAR : CLI_SHOW_NOTHING;
}

cli_progress *cli_progress_new(const cli_settings *settings, size_t files, double weight, int jobs)
{
    cli_progress *p = cli_alloc(1, sizeof *p);
    *p = (cli_progress){ .show = cli_progress_choose(settings), .files = files, .weight = weight };
    pthread_mutex_init(&p->lock, NULL);
    p->start = cli_now();
    p->jobs = jobs;
    p->slot = cli_alloc((size_t)jobs, sizeof *p->slot);
    for (int i = 0; i < jobs; i++)
        p->slot[i].progress = p;
    return p;
}

void cli_progress_free(cli_progress *p)
{
    if (p->show == CLI_SHOW_BAR)
        cli_bar_set(NULL);
    for (int i = 0; i < p->jobs; i++)
        free(p->slot[i].name);
    free(p->slot);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static double fraction_done(const cli_progress *p)
{
    double done = p->weight_ended;
    for (int i = 0; i < p->jobs; i++)
        done += p->slot[i].weight * p->slot[i].done;
    double fraction = p->weight > 0 ? done / p->weight : 0;
    return fraction < 1 ? fraction : 1;
}

/* Seconds left; negative while nobody knows. */
static double time_left(const cli_progress *p, double fraction, double now)
{
    double elapsed = now - p->start;
    return elapsed < ETA_AFTER || fraction < 0.01 ? -1 : elapsed * (1 - fraction) / fraction;
}

static const char *current_name(const cli_progress *p)
{
    if (p->slot[p->latest].name)
        return p->slot[p->latest].name;
    for (int i = 0; i < p->jobs; i++) {
        if (p->slot[i].name)
            return p->slot[i].name;
    }
    return "";
}

char *cli_progress_bar(double fraction, int columns)
{
    enum { MOST = 200 };
    static const char full[] = "=============================================================="
                               "=============================================================="
                               "=============================================================="
                               "==============";
    columns = columns > MOST ? MOST : columns;
    int filled = columns > 0 ? (int)(fraction * columns) : 0;
    return columns < 5 ? cli_format("%3.0f%%", 100 * fraction)
                       : cli_format("[%.*s%*s] %3.0f%%", filled, full, columns - filled, "",
                                    100 * fraction);
}

/* NAME  [=====>    ]  45%  3/12  0:12 left */
static void show_bar(const cli_progress *p, double fraction, double left)
{
    int columns = cli_terminal_columns() - 1, name_columns = columns / 3;
    char *name = cli_fit(current_name(p), name_columns, false);
    char *count = p->files > 1 ? cli_format("  %zu/%zu", p->ended, p->files) : cli_copy("");
    char *eta = left < 0 ? cli_copy("") : cli_format("  %s left", cli_clock_text(left + 0.5).text);
    int room = columns - name_columns - 9 - (int)strlen(count) - 14;
    char *bar = cli_progress_bar(fraction, room);
    char *line = room < 5 ? cli_format("%s%s%s", bar, count, eta)
                          : cli_format("%s  %s%s%s", name, bar, count, eta);
    cli_bar_set(line);
    free(line);
    free(bar);
    free(eta);
    free(count);
    free(name);
}

static void show_json(const cli_progress *p, double fraction, double left)
{
    json_t *line = json_object();
    json_object_set_new(line, "progress", json_real(fraction));
    json_object_set_new(line, "done", json_integer((json_int_t)p->ended));
    json_object_set_new(line, "total", json_integer((json_int_t)p->files));
    json_object_set_new(line, "file", cli_json_text(current_name(p)));
    json_object_set_new(line, "seconds_left", left < 0 ? json_null() : json_real(left));
    cli_json_note(line);
}

static void look(cli_progress *p, bool last)
{
    double now = cli_now();
    if (p->show == CLI_SHOW_NOTHING || (!last && now - p->shown < INTERVAL))
        return;
    p->shown = now;
    double fraction = fraction_done(p), left = time_left(p, fraction, now);
    if (p->show == CLI_SHOW_BAR)
        show_bar(p, fraction, left);
    else
        show_json(p, fraction, left);
}

void cli_progress_begin(cli_progress *p, int slot, const char *name, double weight)
{
    char *utf8 = p->show == CLI_SHOW_BAR ? cli_printable(name) : cli_copy(name);
    pthread_mutex_lock(&p->lock);
    p->slot[slot].name = utf8;
    p->slot[slot].weight = weight;
    p->slot[slot].done = 0;
    p->latest = slot;
    look(p, false);
    pthread_mutex_unlock(&p->lock);
}

void cli_progress_end(cli_progress *p, int slot)
{
    pthread_mutex_lock(&p->lock);
    p->weight_ended += p->slot[slot].weight;
    p->slot[slot].weight = 0;
    p->ended++;
    look(p, p->ended == p->files && p->show == CLI_SHOW_JSON);
    free(p->slot[slot].name);
    p->slot[slot].name = NULL;
    pthread_mutex_unlock(&p->lock);
}

void cli_progress_update(void *user, double done)
{
    progress_slot *slot = user;
    cli_progress *p = slot->progress;
    pthread_mutex_lock(&p->lock);
    slot->done = done > slot->done && done <= 1 ? done : slot->done;
    p->latest = (int)(slot - p->slot);
    look(p, false);
    pthread_mutex_unlock(&p->lock);
}

void *cli_progress_user(cli_progress *p, int slot)
{
    return &p->slot[slot];
}
