/* SPDX-License-Identifier: MIT */
#include "compare/overview.h"

#include "api/plan.h"
#include "compare/files/file_names.h"
#include "compare/files/json_text.h"
#include "compare/files/work_folder.h"
#include "compare/numbers/result_times.h"
#include "compare/pages.h"
#include "compare/quality_plot.h"
#include "io/sink.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { THUMB = 320 };

up_status up_overview_init(up_overview *overview, const up_report_options *options, up_error *error)
{
    *overview = (up_overview){ .pictures = json_array() };
    up_gathered_init(&overview->gathered, options);
    return overview->pictures ? UP_OK : up_fail_memory(error, "an overview", sizeof *overview);
}

void up_overview_clear(up_overview *overview)
{
    json_decref(overview->pictures);
    json_decref(overview->protocol);
    up_gathered_clear(&overview->gathered);
    *overview = (up_overview){ 0 };
}

/* -------------------------------------------------------------- one picture more */

static const char *thumb_name(void)
{
    const up_sink_format *webp;
    return up_sink_format_find(&webp, "webp", NULL, NULL) == UP_OK ? "thumb.webp" : "thumb.png";
}

static up_status draw_thumb(const up_comparison *c, up_error *error)
{
    up_options small = up_options_running(&c->options->contender[0].options);
    small.method = "bicubic";
    small.width = small.height = THUMB;
    small.fit = true;
    small.depth = 8;
    const char *from = up_has_original(c->options) ? c->result[0].path : c->given;
    char *path = up_path_join(c->folder, thumb_name(), error);
    up_status status = path ? up_upscale_file(from, path, &small, error) : UP_ERROR_MEMORY;
    free(path);
    return status;
}

static json_t *results_json(const up_comparison *c)
{
    json_t *list = json_array();
    for (int i = 0; i < c->count; i++) {
        if (c->result[i].row.reference)
            continue;
        json_t *json = json_pack("{s:o}", "name", up_json_bytes(c->result[i].row.name));
        up_json_set_numbers(json, &c->result[i].row, c->options);
        up_times_set(json, &c->result[i].row);
        up_json_append(list, json);
    }
    return list;
}

static const up_report_row *best_of(const up_comparison *c)
{
    const up_report_row *best = NULL;
    for (int i = 0; i < c->count; i++) {
        const up_report_row *row = &c->result[i].row;
        if (!row->reference && !isnan(row->psnr_y) && (!best || row->psnr_y > best->psnr_y))
            best = row;
    }
    return best;
}

static json_t *picture_json(const up_comparison *c, const up_gathered *all, const char *place)
{
    const up_report_row *best = best_of(c);
    const up_gathered_picture *own = &all->picture[all->count - 1];
    json_t *json = json_pack("{s:o, s:o, s:o, s:o, s:o, s:i, s:i, s:o}", "name",
                             up_json_bytes(up_last_part(c->input)), "page",
                             json_sprintf("%s/index.html", place), "thumb",
                             json_sprintf("%s/%s", place, thumb_name()), "scale",
                             own->scale != 0 ? up_json_number(own->scale) : json_null(), "set",
                             up_json_bytes(up_last_part(own->folder)), "width", c->output.width,
                             "height", c->output.height, "results", results_json(c));
    if (best) {
        up_json_set(json, "best", up_json_bytes(best->name));
        up_json_set(json, "best_psnr_y", up_json_number(best->psnr_y));
    }
    return json;
}

/* Sentences that another scale has not said yet. */
static up_status add_protocol(up_overview *overview, const up_comparison *c, up_error *error)
{
    json_t *own = up_comparison_protocol(c), *sentence;
    size_t i;
    if (!overview->protocol)
        overview->protocol = json_array();
    json_array_foreach(own, i, sentence)
    {
        bool said = false;
        for (size_t k = 0; k < json_array_size(overview->protocol) && !said; k++)
            said = json_equal(json_array_get(overview->protocol, k), sentence);
        if (!said)
            json_array_append(overview->protocol, sentence);
    }
    json_decref(own);
    return own && overview->protocol ? UP_OK : up_fail_memory(error, "an overview", sizeof *own);
}

up_status up_overview_add(up_overview *overview, const up_comparison *c, const char *place,
                          up_error *error)
{
    UP_TRY(draw_thumb(c, error));
    UP_TRY(up_gathered_add(&overview->gathered, c, error));
    UP_TRY(add_protocol(overview, c, error));
    return json_array_append_new(overview->pictures, picture_json(c, &overview->gathered, place)) ==
                   0
               ? UP_OK
               : up_fail_memory(error, "an overview", sizeof *overview);
}

/* -------------------------------------------------------------- the page */

static json_t *means_json(const up_gathered *all)
{
    json_t *list = json_array();
    for (int m = 0; m < all->methods; m++) {
        json_t *json = json_pack("{s:o}", "name", up_json_bytes(all->name[m]));
        for (int n = 0; n < all->numbers; n++)
            up_json_set(json, all->number[n].key, up_json_number(up_gathered_mean(all, m, n)));
        up_json_append(list, json);
    }
    return list;
}

static bool put_text(FILE *out, const void *text)
{
    return fputs(text, out) >= 0;
}

static double mean_of(const up_gathered *all, int method, const char *key)
{
    for (int n = 0; n < all->numbers; n++)
        if (strcmp(all->number[n].key, key) == 0)
            return up_gathered_mean(all, method, n);
    return (double)NAN;
}

static up_status draw_plot(char **svg, const up_gathered *all, up_error *error)
{
    up_quality_point point[UP_MOST_CONTENDERS];
    const bool processor = all->options->time_runs > 0;
    for (int m = 0; m < all->methods; m++)
        point[m] =
            (up_quality_point){ all->name[m], mean_of(all, m, processor ? "processor" : "seconds"),
                                mean_of(all, m, "psnr_y") };
    return up_quality_plot(svg, point, all->methods,
                           processor ? "processor time, one thread" : "time", error);
}

up_status up_overview_write(const up_overview *overview, const char *folder, json_t *files,
                            up_error *error)
{
    const up_gathered *all = &overview->gathered;
    json_t *baseline = all->baseline < 0 ? json_null() : up_json_bytes(all->name[all->baseline]);
    json_t *data = json_pack("{s:s, s:O, s:O, s:o, s:o, s:o, s:o, s:I, s:o, s:O}", "program",
                             "upscale " UP_VERSION, "pictures", overview->pictures, "protocol",
                             overview->protocol, "measures", up_json_measures(all->options),
                             "machine", up_machine_json(all->options), "means", means_json(all),
                             "baseline", baseline, "seed", (json_int_t)all->options->seed,
                             "statistics", up_gathered_json(all), "files", files);
    char *plot = NULL;
    up_status status = draw_plot(&plot, all, error);
    const up_page_content content = { .data = data };
    if (status == UP_OK)
        status = data ? up_page_write(folder, &up_page_overview, &content, error)
                      : up_fail_memory(error, "an overview", sizeof *overview);
    if (status == UP_OK && plot)
        status = up_file_write_in(folder, "plot.svg", put_text, plot, error);
    free(plot);
    json_decref(data);
    return status;
}
