/* SPDX-License-Identifier: MIT */

#include "compare/comparison.h"

#include "api/plan.h"
#include "base/machine/clock.h"
#include "base/machine/machine.h"
#include "base/memory.h"
#include "base/scale.h"
#include "compare/classroom/classroom.h"
#include "compare/classroom/lessons.h"
#include "compare/comparison_numbers.h"
#include "compare/files/file_names.h"
#include "compare/files/work_folder.h"
#include "compare/numbers/result_times.h"
#include "compare/pictures/tiles.h"
#include "io/pixels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define UPSCALING 0.6 /* of the time of a result; the rest goes into its tiles */

bool up_has_reference(const up_report_options *options)
{
    return up_has_original(options) || options->reference;
}

bool up_keeps_files(const up_report_options *options)
{
    return !options->single_file && (!options->many || options->full);
}

bool up_has_original(const up_report_options *options)
{
    return options->from_original || options->classroom;
}

/* -------------------------------------------------------------- progress */

typedef struct {
    const up_comparison *comparison;
    int result;
} progress_of;

static void report_progress(const up_comparison *c, int result, double share)
{
    if (c->options->progress)
        c->options->progress(c->options->user, (result + share) / c->count);
}

static void pass_progress(void *user, double done)
{
    const progress_of *p = user;
    report_progress(p->comparison, p->result, UPSCALING * done);
}

/* -------------------------------------------------------------- what is compared */

static up_status name_result(up_comparison *c, int i, const char *name, up_error *error)
{
    char safe[UP_SAFE_NAME], file[UP_SAFE_NAME + 16];
    up_compared *r = &c->result[i];
    for (int place = 0, taken = 1; taken; place++) {
        up_safe_name(safe, name, place ? place + 1 : 0);
        snprintf(file, sizeof file, "results/%s.png", safe);
        taken = 0;
        for (int k = 0; k < i; k++)
            taken |= strcmp(c->result[k].file, file) == 0;
    }
    r->row.name = name;
    r->row.psnr_y = r->row.psnr_rgb = r->row.ssim = r->row.ms_ssim = (double)NAN;
    r->row.seconds = r->row.processor = r->row.multiply_adds = (double)NAN;
    for (int k = 0; k < UP_MOST_METRICS; k++)
        r->row.metric[k] = (double)NAN;
    r->file = strdup(file);
    r->path = r->file ? up_path_join(c->folder, file, error) : NULL;
    return r->path ? UP_OK : up_fail_memory(error, "names", sizeof file);
}

static up_status list_results(up_comparison *c, up_error *error)
{
    const up_report_options *o = c->options;
    int first = up_has_reference(o);
    c->result = up_alloc_zero((size_t)(o->contenders + first), sizeof *c->result);
    if (!c->result)
        return up_fail_memory(error, "results", (size_t)o->contenders * sizeof *c->result);
    if (first) {
        UP_TRY(name_result(c, c->count++, up_has_original(o) ? "original" : "reference", error));
        c->result[0].row.reference = true;
    }
    for (int i = 0; i < o->contenders; i++) {
        c->result[c->count].options = &o->contender[i].options;
        UP_TRY(name_result(c, c->count++, o->contender[i].name, error));
    }
    return UP_OK;
}

/* The same scale for all: the first contender's. */
static up_status whole_scale(const up_options *options, int least, int *scale, up_error *error)
{
    double asked[2];
    up_options_scale(options, asked);
    *scale = up_scale_whole(asked, 64);
    if (options->width || options->height || *scale < least)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "the input is reduced and enlarged by the same whole number of %d or more: "
                       "give a --scale such as 2, 3 or 4",
                       least);
    return UP_OK;
}

/* Into what the methods are given, its positions beside it. */
static up_status pool_original(up_comparison *c, up_error *error)
{
    const int scale = c->original.scale;
    up_options how = up_options_running(&c->options->contender[0].options);
    how.layer.kernel = (up_pair){ scale, scale, true };
    c->indices = up_path_join(c->folder, "indices.npy", error);
    if (!c->indices)
        return UP_ERROR_MEMORY;
    c->reference = c->original.reference;
    c->original.reference = (up_pixels){ 0 };
    return up_pool_file(c->result[0].path, c->given, c->indices, &how, error);
}

static up_status write_original(up_comparison *c, up_error *error)
{
    const up_options *first = c->options->classroom ? &c->options->contender[1].options
                                                    : &c->options->contender[0].options;
    int scale;
    UP_TRY(whole_scale(first, c->options->degrade ? 1 : 2, &scale, error));
    UP_TRY(up_eval_open_degraded(&c->original, c->input, scale, c->options->degrade,
                                 c->options->seed, first, error));
    c->given = up_path_join(c->folder, "input.png", error);
    if (!c->given)
        return UP_ERROR_MEMORY;
    const up_options plain = up_options_running(first);
    const up_metadata *declared = c->original.declared;
    UP_TRY(up_write_declared(c->result[0].path, &c->original.reference, declared, &plain, error));
    return c->options->classroom
               ? pool_original(c, error)
               : up_write_declared(c->given, &c->original.reduced, declared, &plain, error);
}

/* A picture as it is, but for inks, which PNG cannot hold: they become sRGB. */
static up_options copy_options(const up_comparison *c, bool inks)
{
    up_options copy = up_options_running(&c->options->contender[0].options);
    copy.method = "nearest";
    copy.scale.rows = copy.scale.columns = 1;
    copy.to_srgb = inks;
    return copy;
}

/* The reference as PNG, and in memory. */
static up_status write_reference(up_comparison *c, up_error *error)
{
    up_image *image;
    UP_TRY(up_image_open(&image, c->options->reference, error));
    const up_options copy =
        copy_options(c, up_image_get_info(image)->format.color == UP_COLOR_CMYK);
    up_image_close(&image);
    UP_TRY(up_read_pixels(&c->reference, c->options->reference, &copy, error));
    return up_upscale_file(c->options->reference, c->result[0].path, &copy, error);
}

static up_status look_at_input(up_comparison *c, up_error *error)
{
    up_image *image;
    UP_TRY(up_image_open(&image, c->input, error));
    const up_image_info *info = up_image_get_info(image);
    c->inks = info->format.color == UP_COLOR_CMYK;
    c->frames = info->frames;
    c->pages = info->pages;
    up_image_close(&image);
    return UP_OK;
}

/* The input itself, or a copy of it in colours. */
static up_status give_input(up_comparison *c, up_error *error)
{
    const up_options copy = copy_options(c, c->inks);
    c->given = c->inks ? up_path_join(c->folder, "input.png", error) : strdup(c->input);
    if (!c->given)
        return up_fail_memory(error, "a path", strlen(c->input));
    return c->inks ? up_upscale_file(c->input, c->given, &copy, error) : UP_OK;
}

static up_status prepare(up_comparison *c, up_error *error)
{
    up_image *image;
    up_status status = look_at_input(c, error);
    if (status == UP_OK)
        status = up_folder_make_in(c->folder, "results", error);
    if (status == UP_OK)
        status = list_results(c, error);
    if (status == UP_OK && up_has_original(c->options))
        status = write_original(c, error);
    if (status == UP_OK && c->options->reference)
        status = write_reference(c, error);
    if (status == UP_OK && !c->given)
        status = give_input(c, error);
    UP_TRY(status);
    UP_TRY(up_image_open(&image, c->given, error));
    c->input_format = up_image_get_info(image)->format;
    c->jpeg_quality =
        c->original.jpeg_quality ? c->original.jpeg_quality : image->source->jpeg_quality;
    up_image_close(&image);
    if (c->input_format.color == UP_COLOR_TENSOR)
        return up_fail(error, UP_ERROR_UNSUPPORTED, "%s: is a tensor; compare takes pictures",
                       c->input);
    return UP_OK;
}

/* -------------------------------------------------------------- one result */

static up_status run_plan(up_compared *r, up_image *image, const up_options *options,
                          up_error *error)
{
    up_plan *plan;
    UP_TRY(up_plan_create(&plan, image, r->path, options, error));
    const up_plan_info *info = up_plan_get_info(plan);
    r->row.multiply_adds = info->multiply_adds;
    memcpy(r->row.steps, info->steps, sizeof r->row.steps);
    up_status status = up_plan_run(plan, r->path, error);
    up_plan_destroy(&plan);
    return status;
}

/* Of what results are measured against. */
static size_t held_bytes(const up_comparison *c)
{
    const up_pixels *held[] = { &c->reference, &c->original.reference, &c->original.reduced };
    size_t sum = 0, bytes;
    for (int i = 0; i < 3; i++)
        if (held[i]->data && up_frame_size(&held[i]->format, &bytes))
            sum += bytes;
    return sum;
}

static up_status upscale(up_comparison *c, int i, up_error *error)
{
    up_compared *r = &c->result[i];
    up_options options = *r->options;
    progress_of progress = { c, i };
    up_image *image;
    options.progress = pass_progress;
    options.user = &progress;
    options.output_format = "png";
    if (c->options->classroom && up_lesson_needs_positions(&c->options->contender[i - 1]))
        options.indices = c->indices;
    const size_t most = up_machine_memory_limit(options.max_memory), held = held_bytes(c);
    options.max_memory = most > held ? most - held : 1;
    double start = up_now();
    UP_TRY(up_image_open(&image, c->given, error));
    image->source->jpeg_quality = c->jpeg_quality; /* a PNG of a spoilt picture cannot tell */
    up_status status = run_plan(r, image, &options, error);
    up_image_close(&image);
    r->row.seconds = up_now() - start;
    return status;
}

static up_status look_at(up_comparison *c, up_compared *r, up_error *error)
{
    up_image *image;
    struct stat info;
    UP_TRY(up_image_open(&image, r->path, error));
    const up_format format = r->format = up_image_get_info(image)->format;
    up_image_close(&image);
    r->row.width = format.width;
    r->row.height = format.height;
    r->row.bytes = stat(r->path, &info) == 0 ? (size_t)info.st_size : 0;
    if (c->output.width == 0) {
        c->output = format;
        c->border = (int)ceil(fmax((double)format.width / c->input_format.width,
                                   (double)format.height / c->input_format.height));
    }
    if (format.width == c->output.width && format.height == c->output.height)
        return UP_OK;
    return up_fail(error, UP_ERROR_ARGUMENT,
                   "%s makes %dx%d, but %s is %dx%d: only pictures of one size can be compared; a "
                   "--scale or --size that fits makes them so",
                   r->row.name, format.width, format.height, c->result[0].row.name, c->output.width,
                   c->output.height);
}

static up_status take_boxes(up_comparison *c, up_error *error)
{
    const up_report_options *o = c->options;
    for (int i = 0; i < o->boxes; i++) {
        const up_box *b = &o->box[i];
        const char *picture = o->box_picture ? o->box_picture[i] : NULL;
        if (picture && strcmp(picture, up_last_part(c->input)) != 0)
            continue;
        if (b->x < 0 || b->y < 0 || b->width < 1 || b->height < 1 ||
            b->x > c->output.width - b->width || b->y > c->output.height - b->height)
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "the crop %d,%d,%d,%d lies outside the output of %dx%d; it is counted "
                           "in pixels of the output",
                           b->x, b->y, b->width, b->height, c->output.width, c->output.height);
        c->box[c->asked++] = *b;
    }
    return UP_OK;
}

/* Reads the PNG once: for tiles, if they are wanted, and for the regions to look at. */
static up_status read_result(up_comparison *c, int i, up_error *error)
{
    const up_report_options *o = c->options;
    char *tiles = NULL;
    if (!o->single_file && c->inlined == NULL && !(tiles = up_path_join(c->folder, "tiles", error)))
        return UP_ERROR_MEMORY;
    up_status status = tiles ? up_folder_make(tiles, error) : UP_OK;
    int threads = o->contender[0].options.threads;
    const up_tiling tiling = {
        .folder = tiles,
        .page = c->inlined,
        .result = i,
        .threads = threads ? threads : up_machine_cores(),
        .watch = up_regions_watch,
        .user = &c->regions,
        .cancel = o->contender[0].options.cancel,
    };
    up_regions_begin(&c->regions, i, &c->result[i].format);
    if (status == UP_OK)
        status = up_tiles_cut(c->result[i].path, &tiling, error);
    free(tiles);
    return status;
}

static up_status make_result(up_comparison *c, int i, up_error *error)
{
    up_compared *r = &c->result[i];
    if (r->options)
        UP_TRY(upscale(c, i, error));
    UP_TRY(look_at(c, r, error));
    if (i == 0) {
        UP_TRY(take_boxes(c, error));
        UP_TRY(up_regions_init(&c->regions, c->output.width, c->output.height, c->count, error));
    }
    report_progress(c, i, UPSCALING);
    if (r->options)
        UP_TRY(up_comparison_measure(c, r, error));
    UP_TRY(read_result(c, i, error));
    report_progress(c, i, 1);
    return UP_OK;
}

/* -------------------------------------------------------------- the whole */

static void choose_boxes(up_comparison *c)
{
    /* Where there are only crops, they are all that one sees. */
    const bool only = c->options->single_file && !c->options->full;
    const bool whole_things = c->options->classroom; /* not a detail alone */
    int side = up_min(c->output.width, c->output.height) / (whole_things ? 2 : only ? 4 : 6);
    side = up_clamp(side, 24, only || whole_things ? 256 : 128);
    c->boxes = c->asked + up_regions_find(&c->regions, c->box + c->asked, UP_AUTOMATIC_BOXES, side,
                                          c->box, c->asked);
}

up_status up_comparison_run(up_comparison **comparison, const char *input, const char *folder,
                            const up_report_options *options, FILE *inlined, up_error *error)
{
    up_comparison *c = *comparison = up_alloc_zero(1, sizeof *c);
    if (!c)
        return up_fail_memory(error, "a comparison", sizeof *c);
    c->options = options;
    c->input = input;
    c->inlined = inlined;
    c->folder = strdup(folder);
    up_status status =
        c->folder ? prepare(c, error) : up_fail_memory(error, "a path", strlen(folder));
    for (int i = 0; i < c->count && status == UP_OK; i++)
        status = make_result(c, i, error);
    if (status == UP_OK)
        status = up_comparison_time(c, error);
    if (status == UP_OK)
        choose_boxes(c);
    if (status == UP_OK && options->classroom)
        status = up_classroom_json(&c->classroom, c, error);
    if (status != UP_OK)
        up_comparison_free(comparison);
    return status;
}

void up_comparison_free(up_comparison **comparison)
{
    up_comparison *c = *comparison;
    if (!c)
        return;
    for (int i = 0; c->result && i < c->count; i++) {
        free(c->result[i].path);
        free(c->result[i].file);
    }
    up_free(c->result);
    up_regions_clear(&c->regions);
    up_eval_close(&c->original);
    up_pixels_free(&c->reference);
    json_decref(c->classroom);
    free(c->indices);
    free(c->given);
    free(c->folder);
    up_free(c);
    *comparison = NULL;
}
