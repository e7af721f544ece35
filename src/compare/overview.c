/* SPDX-License-Identifier: MIT */
#include "compare/overview.h"

#include "api/plan.h"
#include "compare/files/file_names.h"
#include "compare/files/json_text.h"
#include "compare/files/work_folder.h"
#include "compare/pages.h"
#include "compare/quality_plot.h"

#include <math.h>
#include <stdlib.h>

enum { THUMB = 320 };

up_status up_overview_init(up_overview *overview, const up_report_options *options, up_error *error)
{
    *overview = (up_overview){ .options = options, .pictures = json_array() };
    return overview->pictures ? UP_OK : up_fail_memory(error, "an overview", sizeof *overview);
}

void up_overview_clear(up_overview *overview)
{
    json_decref(overview->pictures);
    json_decref(overview->protocol);
    *overview = (up_overview){ 0 };
}

/* -------------------------------------------------------------- one picture more */

static void add_row(up_report_row *sum, const up_report_row *row)
{
    sum->name = row->name;
    sum->psnr_y += row->psnr_y;
    sum->psnr_rgb += row->psnr_rgb;
    sum->ssim += row->ssim;
    sum->ms_ssim += row->ms_ssim;
    for (int k = 0; k < UP_MOST_METRICS; k++)
        sum->metric[k] += row->metric[k];
    sum->seconds += row->seconds;
    sum->multiply_adds += row->multiply_adds;
}

static up_status draw_thumb(const up_comparison *c, up_error *error)
{
    up_options small = up_options_running(&c->options->contender[0].options);
    small.method = "bicubic";
    small.width = small.height = THUMB;
    small.fit = true;
    small.depth = 8;
    const char *from = up_has_original(c->options) ? c->result[0].path : c->given;
    char *path = up_path_join(c->folder, "thumb.png", error);
    up_status status = path ? up_upscale_file(from, path, &small, error) : UP_ERROR_MEMORY;
    free(path);
    return status;
}

static json_t *picture_json(const up_comparison *c, const char *place)
{
    const up_report_row *best = NULL;
    for (int i = 0; i < c->count; i++) {
        const up_report_row *row = &c->result[i].row;
        if (!row->reference && !isnan(row->psnr_y) && (!best || row->psnr_y > best->psnr_y))
            best = row;
    }
    json_t *json = json_pack("{s:o, s:o, s:o}", "name", up_json_bytes(up_last_part(c->input)),
                             "page", json_sprintf("%s/index.html", place), "thumb",
                             json_sprintf("%s/thumb.png", place));
    if (best) {
        json_object_set_new(json, "best", up_json_bytes(best->name));
        json_object_set_new(json, "best_psnr_y", up_json_number(best->psnr_y));
    }
    return json;
}

up_status up_overview_add(up_overview *overview, const up_comparison *c, const char *place,
                          up_error *error)
{
    UP_TRY(draw_thumb(c, error));
    if (!overview->protocol)
        overview->protocol = up_comparison_protocol(c);
    overview->methods = 0;
    for (int i = 0; i < c->count; i++)
        if (!c->result[i].row.reference)
            add_row(&overview->sum[overview->methods++], &c->result[i].row);
    overview->count++;
    return json_array_append_new(overview->pictures, picture_json(c, place)) == 0
               ? UP_OK
               : up_fail_memory(error, "an overview", sizeof *overview);
}

/* -------------------------------------------------------------- the page */

static up_report_row mean_of(const up_report_row *sum, int count)
{
    up_report_row mean = *sum;
    double *const value[] = { &mean.psnr_y,  &mean.psnr_rgb, &mean.ssim,
                              &mean.ms_ssim, &mean.seconds,  &mean.multiply_adds };
    for (size_t i = 0; i < sizeof value / sizeof *value; i++)
        *value[i] /= count;
    for (int k = 0; k < UP_MOST_METRICS; k++)
        mean.metric[k] /= count;
    return mean;
}

static json_t *mean_json(const up_report_row *mean, const up_report_options *options)
{
    json_t *json = json_pack("{s:o}", "name", up_json_bytes(mean->name));
    up_json_set_numbers(json, mean, options);
    return json;
}

static bool put_text(FILE *out, const void *text)
{
    return fputs(text, out) >= 0;
}

up_status up_overview_write(const up_overview *overview, const char *folder, up_error *error)
{
    up_quality_point point[UP_MOST_CONTENDERS];
    json_t *means = json_array();
    for (int i = 0; i < overview->methods; i++) {
        const up_report_row mean = mean_of(&overview->sum[i], overview->count);
        json_array_append_new(means, mean_json(&mean, overview->options));
        point[i] = up_quality_point_of(&mean);
    }
    json_t *data = json_pack("{s:s, s:O, s:O, s:o, s:o}", "program", "upscale " UP_VERSION,
                             "pictures", overview->pictures, "protocol", overview->protocol,
                             "measures", up_json_measures(overview->options), "means", means);
    char *plot = NULL;
    up_status status = up_quality_plot(&plot, point, overview->methods, error);
    const up_page_content content = { .data = data, .plot = plot };
    if (status == UP_OK)
        status = data ? up_page_write(folder, &up_page_overview, &content, error)
                      : up_fail_memory(error, "an overview", sizeof *overview);
    if (status == UP_OK && plot)
        status = up_file_write_in(folder, "plot.svg", put_text, plot, error);
    free(plot);
    json_decref(data);
    return status;
}
