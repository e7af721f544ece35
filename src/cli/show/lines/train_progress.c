/* SPDX-License-Identifier: MIT */
#include "cli/show/lines/train_progress.h"

#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/show/json_lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INTERVAL 0.1 /* seconds between two looks */

void cli_train_progress_begin(cli_train_progress *p, const cli_settings *settings, size_t pictures)
{
    *p = (cli_train_progress){
        .show = cli_progress_choose(settings),
        .state = { .psnr = NAN, .best_psnr = NAN, .expected_psnr = NAN, .loss = NAN }
    };
    if (p->show != CLI_SHOW_BAR)
        return;
    char *line = cli_format("reading %zu pictures", pictures);
    cli_bar_set(line);
    free(line);
}

void cli_train_progress_end(cli_train_progress *p)
{
    if (p->show == CLI_SHOW_BAR)
        cli_bar_set(NULL);
}

static double fraction_done(const up_train_state *s)
{
    return s->steps > 0 ? (double)s->step / (double)s->steps : 0;
}

/* What is known: "  loss 0.0123  36.71 dB (best 36.80) (at the end about 36.9)  1.20 Mpx/s  1:23
 * left". */
static char *figures(const up_train_state *s)
{
    char *text = cli_copy("");
    if (!isnan(s->loss))
        cli_append(&text, "  loss %.5f", s->loss);
    if (!isnan(s->psnr))
        cli_append(&text, "  %.2f dB", s->psnr);
    if (!isnan(s->psnr) && s->best_psnr > s->psnr)
        cli_append(&text, " (best %.2f)", s->best_psnr);
    if (!isnan(s->expected_psnr) && s->step < s->steps)
        cli_append(&text, " (at the end about %.2f)", s->expected_psnr);
    cli_append(&text, "  %.2f Mpx/s", s->pixels_per_second / 1e6);
    if (!isnan(s->seconds_left))
        cli_append(&text, "  %s left", cli_clock_text(s->seconds_left + 0.5).text);
    return text;
}

static void show_bar(const up_train_state *s)
{
    char *text = figures(s);
    int room = cli_terminal_columns() - 1 - (int)strlen(text) - 7;
    char *line = cli_progress_bar(fraction_done(s), room < 40 ? room : 40);
    cli_append(&line, "%s", text);
    cli_bar_set(line);
    free(line);
    free(text);
}

static void show_json(const up_train_state *s)
{
    json_t *line = json_object();
    json_object_set_new(line, "progress", json_real(fraction_done(s)));
    json_object_set_new(line, "step", json_integer(s->step));
    json_object_set_new(line, "steps", json_integer(s->steps));
    json_object_set_new(line, "loss", cli_json_number(s->loss));
    json_object_set_new(line, "psnr", cli_json_number(s->psnr));
    json_object_set_new(line, "best_psnr", cli_json_number(s->best_psnr));
    json_object_set_new(line, "expected_psnr", cli_json_number(s->expected_psnr));
    json_object_set_new(line, "pixels_per_second", cli_json_number(s->pixels_per_second));
    json_object_set_new(line, "seconds_left", cli_json_number(s->seconds_left));
    cli_json_note(line);
}

void cli_train_progress_update(cli_train_progress *p, const up_train_state *state)
{
    const bool news = state->psnr != p->state.psnr && !isnan(state->psnr);
    const double time = cli_now();
    p->state = *state;
    if (p->show == CLI_SHOW_NOTHING || (!news && time - p->shown < INTERVAL))
        return;
    p->shown = time;
    if (p->show == CLI_SHOW_BAR)
        show_bar(state);
    else
        show_json(state);
}
