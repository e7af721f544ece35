/* SPDX-License-Identifier: MIT */
#include "api/plan.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "io/formats.h"
#include "io/metadata/metadata_rescale.h"
#include "kernels/matrix.h"
#include "methods/back_project.h"
#include "methods/colour/to_srgb.h"
#include "methods/picture.h"
#include "pipeline/state.h"

#include <string.h>

static up_status check_options(const up_options *o, up_error *error)
{
    if (o->threads < 0 || o->threads > UP_MOST_THREADS)
        return up_fail(error, UP_ERROR_ARGUMENT, "threads must be 0 to %d, not %d", UP_MOST_THREADS,
                       o->threads);
    if (o->quality < 0 || o->quality > 100)
        return up_fail(error, UP_ERROR_ARGUMENT, "quality is 1 to 100, not %d", o->quality);
    if (o->png_level < 0 || o->png_level > 9)
        return up_fail(error, UP_ERROR_ARGUMENT, "PNG level is 1 to 9, not %d", o->png_level);
    if (o->effort < 0 || o->effort > 9)
        return up_fail(error, UP_ERROR_ARGUMENT, "effort is 1 to 9, not %d", o->effort);
    if (o->band < 0)
        return up_fail(error, UP_ERROR_ARGUMENT, "a band has at least one row, not %d", o->band);
    if (o->arithmetic < UP_ARITHMETIC_AUTO || o->arithmetic > UP_ARITHMETIC_BFLOAT16)
        return up_fail(error, UP_ERROR_ARGUMENT, "there is no arithmetic %d", (int)o->arithmetic);
    return UP_OK;
}

static bool is_fast(up_arithmetic arithmetic, const up_format *input)
{
    return arithmetic == UP_ARITHMETIC_AUTO ? input->color != UP_COLOR_TENSOR
                                            : arithmetic != UP_ARITHMETIC_EXACT;
}

up_status up_plan_begin(up_plan **plan, up_image *image, const up_options *options, up_error *error)
{
    up_options taken;
    *plan = NULL;
    UP_TRY(up_options_take(&taken, options, error));
    UP_TRY(check_options(&taken, error));
    if (image->used)
        return up_fail(error, UP_ERROR_ARGUMENT, "an image can be run once; open it again");
    up_plan *p = up_alloc_zero(1, sizeof *p);
    if (!p)
        return up_fail_memory(error, "a plan", sizeof *p);
    p->image = image;
    p->options = taken;
    const up_status status = up_plan_choose_page(p, error);
    if (status != UP_OK) {
        up_image_close(&p->page);
        up_free(p);
        return status;
    }
    image = p->image;
    const up_format *input = &image->source->format;
    p->request = (up_request){
        .options = &p->options,
        .given = *input,
        .input = *input,
        .source = image->source,
        .declared = &image->source->metadata,
        .tensor = input->color == UP_COLOR_TENSOR,
        .white = up_white(input->sample),
    };
    up_metadata_init(&p->encoding.metadata);
    up_graph_init(&p->graph);
    p->options.max_memory = up_machine_memory_limit(taken.max_memory); /* found out once */
    if (taken.threads == 0)
        p->options.threads = up_min(up_machine_cores(), UP_MOST_THREADS);
    p->graph.most_bytes = p->options.max_memory;
    p->graph.fast = is_fast(taken.arithmetic, input);
    p->graph.bfloat16 = taken.arithmetic == UP_ARITHMETIC_BFLOAT16 && up_matrix_kernels_gain();
    p->run = (up_run){
        .graph = &p->graph,
        .source = image->source,
        .band = taken.band,
        .threads = p->options.threads,
        .cancel = taken.cancel,
        .progress = taken.progress,
        .user = taken.user,
    };
    *plan = p;
    return UP_OK;
}

void up_plan_destroy(up_plan **plan)
{
    up_plan *p = *plan;
    if (!p)
        return;
    up_plan_clear_chroma(p);
    up_run_clear(&p->run);
    up_graph_free(&p->graph);
    up_request_clear(&p->request);
    up_metadata_clear(&p->encoding.metadata);
    up_notes_clear(&p->notes);
    up_weights_close(&p->weights);
    up_free(p->left_out);
    up_image_close(&p->page);
    up_free(p);
    *plan = NULL;
}

up_status up_plan_sink_format(const up_plan *plan, const char *path, const up_sink_format **type,
                              up_error *error)
{
    const char *name = plan->options.output_format;
    bool told =
        path && (!up_is_stream(path) || up_sink_format_find(type, NULL, path, NULL) == UP_OK);
    const char *own = plan->image->source->type;
    if (!name && !told && up_sink_format_find(type, own, path, NULL) != UP_OK)
        own = "png"; /* a format that is read only */
    return up_sink_format_find(type, name || told ? name : own, path, error);
}

/* Of the rows that are made. */
static up_format made_format(const up_plan *plan, int output)
{
    up_format format = plan->to[output].format;
    if (plan->options.rows.end > 0)
        format.height = plan->options.rows.end - plan->options.rows.first;
    return format;
}

static up_status check_rows(const up_plan *plan, const up_pixels *pixels, up_error *error)
{
    const int first = plan->options.rows.first, end = plan->options.rows.end;
    const up_format *whole = &plan->to[0].format;
    if (first == 0 && end == 0)
        return UP_OK;
    if (first < 0 || end <= first || end > whole->height)
        return up_fail(error, UP_ERROR_ARGUMENT, "rows %d to %d are not among the %d of the output",
                       first, end, whole->height);
    if (pixels || whole->frames != 1)
        return up_fail(error, UP_ERROR_ARGUMENT, "rows are made into files, of single pictures");
    return UP_OK;
}

/* The output's format as the file type, or the caller's memory, can hold it. */
static up_status choose_destination(up_plan *plan, const char *path, const up_pixels *pixels,
                                    up_error *error)
{
    up_destination *to = &plan->to[0];
    if (pixels) {
        const up_format *want = &pixels->format;
        if (want->width != to->format.width || want->height != to->format.height ||
            want->channels != to->format.channels)
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "the output must be %dx%d with %d channels, not %dx%d with %d",
                           to->format.width, to->format.height, to->format.channels, want->width,
                           want->height, want->channels);
        to->format.sample = want->sample;
        to->format.planar = want->planar;
        return up_plan_choose_frames(plan, NULL, error);
    }
    UP_TRY(up_plan_sink_format(plan, path, &to->type, error));
    plan->stream = path && up_is_stream(path);
    plan->run.rows[0] = plan->options.rows.first;
    plan->run.rows[1] = plan->options.rows.end;
    plan->encoding.piece = plan->options.rows.end > 0;
    if (plan->encoding.piece)
        UP_TRY(up_sink_check_bands(to->type, path ? path : "the output", error));
    plan->request.unit_floats = to->type->unit_floats;
    UP_TRY(up_plan_choose_frames(plan, to->type, error));
    return up_sink_choose(to->type, &to->format, error);
}

up_status up_plan_prepare_encoding(up_plan *plan, up_error *error)
{
    const up_options *options = &plan->options;
    const up_source *source = plan->image->source;
    const up_format *in = &source->format, *out = &plan->to[0].format;
    up_encoding *e = &plan->encoding;
    e->quality = options->quality;
    e->effort = options->effort;
    e->threads = plan->run.threads;
    e->png_level = options->png_level ? options->png_level : options->effort;
    e->lossless = options->lossless || (source->lossless && !options->quality);
    e->progressive = options->progressive;
    e->plain_inks = source->plain_inks;
    e->video = plan->video.name ? &plan->video : NULL;
    e->by_planes = source->by_planes;
    e->subsampling = options->subsampling ? options->subsampling : source->subsampling;
    const up_sink_format *to = plan->to[0].type;
    if (options->lossless && to && to->lossy)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s is never lossless: leave --lossless out, or write another format",
                       to->type);
    if (e->lossless && to && to->lossless_bits && out->depth > to->lossless_bits)
        UP_TRY(up_notes_add(&plan->notes, UP_NOTE_DROPPED, error, "%d of %d bits of the samples",
                            out->depth - to->lossless_bits, out->depth));
    if (options->strip)
        return UP_OK;
    UP_TRY(up_metadata_copy(&e->metadata, &source->metadata, error));
    UP_TRY(up_metadata_rescale(&e->metadata, (double)out->width / in->width,
                               (double)out->height / in->height, out->width, out->height, error));
    if (plan->request.says_srgb)
        UP_TRY(up_metadata_say_srgb(&e->metadata, error));
    if (to && to->declare)
        UP_TRY(to->declare(&e->metadata, in, out, &plan->notes, error));
    return to ? up_sink_keep(to, &e->metadata, out, &plan->notes, error) : UP_OK;
}

up_status up_plan_size(up_plan *plan, up_error *error)
{
    up_request *request = &plan->request;
    const char *name = plan->options.method ? plan->options.method : up_default_method();
    UP_TRY(up_method_find(&plan->method, &request->variant, name, error));
    UP_TRY(up_to_srgb_prepare(request, error));
    UP_TRY(up_request_size(request, error));
    if (plan->method->prepare)
        UP_TRY(plan->method->prepare(request, error));
    UP_TRY(up_back_project_prepare(request, plan->method, error));
    return up_picture_format(plan->method, request, &plan->to[0].format, error);
}

up_status up_plan_upscaling(up_plan *plan, const char *output_path, const up_pixels *pixels,
                            up_error *error)
{
    UP_TRY(up_plan_share_weights(plan, output_path, pixels, error));
    UP_TRY(up_plan_size(plan, error));
    UP_TRY(up_plan_split(plan, output_path, pixels, error));
    UP_TRY(check_rows(plan, pixels, error));
    UP_TRY(choose_destination(plan, output_path, pixels, error));
    plan->request.past = pixels != NULL;
    const up_format *format = &plan->to[0].format;
    up_request *request = &plan->request;
    plan->graph.held_bytes = request->values_bytes + request->model_bytes;
    UP_TRY(up_build_picture(&plan->graph, plan->method, request, format, error));
    UP_TRY(up_plan_chroma(plan, error));
    plan->building_bytes = plan->graph.held_bytes;
    plan->graph.held_bytes -= request->values_bytes;
    up_model_close(&request->loaded); /* the ops have packed their weights */
    request->network = NULL;
    return up_plan_prepare_encoding(plan, error);
}

static up_status check_memory(const up_plan *plan, size_t need, up_error *error)
{
    const size_t most = up_machine_memory_limit(plan->options.max_memory);
    if (need <= most)
        return UP_OK;
    const up_format *out = &plan->info.output;
    return up_fail(error, UP_ERROR_LIMIT,
                   "%dx%d would need %zu MiB of memory, more than the %zu MiB allowed; %s",
                   out->width, out->height, (need >> 20) + 1, most >> 20,
                   plan->image->source->held_bytes
                       ? "raise --max-memory, or save the input upright, as PNG without "
                         "interlacing, which is read row by row"
                       : "raise --max-memory or lower --threads");
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* The most that comes to a sink at once. */
static size_t group_bytes(const up_plan *plan, int output)
{
    return larger(up_run_group_bytes(&plan->run, output), up_plan_chroma_group(plan));
}

static void add(size_t *bytes, size_t more)
{
    if (!up_add(*bytes, more, bytes))
        *bytes = SIZE_MAX;
}

/* Of all outputs, where they cannot be gone back in. */
static size_t held_back_bytes(const up_plan *plan)
{
    size_t bytes = 0;
    for (int o = 0; o < plan->graph.outputs; o++) {
        const up_sink_format *type = plan->to[o].type;
        const up_format format = made_format(plan, o);
        if (type && type->held_back)
            add(&bytes, type->held_back(&format, &plan->encoding));
    }
    return bytes;
}

/* While the graph runs; SIZE_MAX: more than can be counted. */
static size_t running_bytes(const up_plan *plan)
{
    const up_source *source = plan->image->source;
    size_t bytes = up_run_bytes(&plan->run) + plan->graph.held_bytes;
    add(&bytes, source->held_bytes);
    add(&bytes, up_plan_chroma_bytes(plan));
    if (plan->run.frames.count)
        add(&bytes, source->sequence.held_bytes);
    for (int o = 0; o < plan->graph.outputs; o++) {
        const up_destination *to = &plan->to[o];
        const up_format format = made_format(plan, o);
        if (to->type)
            add(&bytes, up_sink_memory(to->type, &format, &plan->encoding, plan->run.slots,
                                       group_bytes(plan, o)));
    }
    return bytes;
}

static void set_at_once(up_plan *plan, int frames)
{
    plan->run.frames.at_once = plan->chroma.run.frames.at_once = frames;
    plan->encoding.overlaps = frames > 1;
}

/* Two frames, where there is memory for that. */
static void choose_at_once(up_plan *plan, size_t most)
{
    const int64_t count = plan->run.frames.count;
    const bool overlaps = count != 0 && count != 1 && up_run_overlaps(&plan->run);
    set_at_once(plan, overlaps ? UP_FRAMES_AT_ONCE : 1);
    if (overlaps && running_bytes(plan) > most)
        set_at_once(plan, 1);
}

up_status up_plan_finish(up_plan *plan, up_error *error)
{
    const bool mapped = plan->image->source->mapped.data && !plan->to[0].type;
    const size_t most = plan->options.max_memory;
    const size_t back = plan->stream ? held_back_bytes(plan) : 0;
    size_t beside = plan->held_bytes + up_machine_program_bytes(plan->run.threads);
    add(&beside, back);
    UP_TRY(up_plan_prepare_run(plan, &plan->run, mapped, error));
    size_t others = running_bytes(plan) - up_run_bytes(&plan->run);
    add(&others, beside);
    UP_TRY(up_run_fit(&plan->run, most > others ? most - others : 0, error));
    UP_TRY(up_plan_finish_chroma(plan, most, error));
    choose_at_once(plan, most > beside ? most - beside : 0);
    const size_t loading = plan->request.loading_bytes + plan->request.model_bytes;
    const size_t before = larger(plan->building_bytes, loading);
    double pixels = (double)plan->request.input.width * plan->request.input.height;
    plan->info.output = made_format(plan, 0);
    if (plan->chroma.used) { /* what people see of it */
        plan->info.output.color = UP_COLOR_RGB;
        plan->info.output.channels = 3;
    }
    if (plan->run.frames.count)
        plan->info.output.frames = plan->run.frames.count;
    plan->info.memory_bytes = larger(running_bytes(plan), before);
    add(&plan->info.memory_bytes, beside);
    plan->info.cleaning = plan->request.cleaning;
    plan->info.multiply_adds = up_run_multiply_adds(&plan->run) / pixels;
    memcpy(plan->info.steps, plan->request.steps, sizeof plan->info.steps);
    plan->info.input = plan->image->info.format;
    UP_TRY(check_memory(plan, plan->info.memory_bytes, error));
    UP_TRY(up_plan_add_pages(plan, error));
    if (!plan->stream || plan->info.pages == 0)
        return UP_OK;
    add(&plan->info.memory_bytes, held_back_bytes(plan) - back);
    return check_memory(plan, plan->info.memory_bytes, error);
}

up_status up_plan_create(up_plan **plan, up_image *image, const char *output_path,
                         const up_options *options, up_error *error)
{
    UP_TRY(up_plan_begin(plan, image, options, error));
    up_status status = up_plan_upscaling(*plan, output_path, NULL, error);
    if (status == UP_OK)
        status = up_plan_finish(*plan, error);
    if (status != UP_OK)
        up_plan_destroy(plan);
    return status;
}

const up_plan_info *up_plan_get_info(const up_plan *plan)
{
    return &plan->info;
}

const up_note *up_plan_note_at(const up_plan *plan, int i)
{
    static const up_notes none;
    const up_source *source = plan->image->source;
    const up_notes *lost = plan->options.strip ? &none : &source->metadata.lost;
    const up_notes *const lists[] = { &source->notes, lost, &plan->notes };
    for (size_t k = 0; k < sizeof lists / sizeof *lists; i -= lists[k++]->count)
        if (i < lists[k]->count)
            return up_notes_at(lists[k], i);
    return NULL;
}

up_status up_plan_open_sink(const up_plan *plan, int output, const char *path, up_sink **sink,
                            up_error *error)
{
    const up_naming naming = { plan->options.overwrite, plan->options.unfinished };
    up_writer *writer;
    UP_TRY(up_writer_open_as(&writer, path, &naming, error));
    return up_plan_sink_in(plan, output, writer, sink, error);
}

up_status up_plan_sink_in(const up_plan *plan, int output, up_writer *writer, up_sink **sink,
                          up_error *error)
{
    const up_format format = made_format(plan, output);
    size_t need = plan->info.memory_bytes;
    if (!plan->stream && !up_writer_seekable(writer))
        add(&need, held_back_bytes(plan));
    const up_status status = check_memory(plan, need, error);
    if (status != UP_OK) {
        up_writer_close(&writer);
        return status;
    }
    return up_sink_open_writer(sink, plan->to[output].type, writer, &format, &plan->encoding,
                               plan->run.slots, group_bytes(plan, output), error);
}

up_status up_plan_execute(up_plan *plan, up_sink *const sinks[UP_MAX_OUTPUTS], up_error *error)
{
    plan->image->used = true;
    plan->image->source->strict = plan->options.strict;
    const int outputs = plan->graph.outputs;
    for (int o = 0; o < outputs; o++)
        plan->run.sink[o] = sinks[o];
    const up_status status = up_plan_run_pages(plan, sinks[0], error);
    for (int o = 0; o < outputs; o++)
        up_sink_close(&plan->run.sink[o]);
    return status;
}

up_status up_plan_run_in(up_plan *plan, up_batch *batch, const char *output_path, void *user,
                         up_error *error)
{
    up_sink *sinks[UP_MAX_OUTPUTS] = { NULL };
    if (plan->image->used)
        return up_fail(error, UP_ERROR_ARGUMENT, "an image can be run once; open it again");
    UP_TRY(up_plan_open_sink(plan, 0, output_path, &sinks[0], error));
    up_writer_join(sinks[0]->writer, batch, user);
    return up_plan_execute(plan, sinks, error);
}

up_status up_plan_run(up_plan *plan, const char *output_path, up_error *error)
{
    return up_plan_run_in(plan, NULL, output_path, NULL, error);
}

up_status up_plan_to_pixels(up_plan **plan, up_image *image, const up_pixels *output, size_t held,
                            const up_options *options, up_error *error)
{
    UP_TRY(up_plan_begin(plan, image, options, error));
    (*plan)->held_bytes = held;
    up_status status = up_plan_upscaling(*plan, NULL, output, error);
    if (status == UP_OK)
        status = up_plan_finish(*plan, error);
    if (status != UP_OK)
        up_plan_destroy(plan);
    return status;
}

up_status up_plan_run_to_pixels(up_plan *plan, const up_pixels *output, up_error *error)
{
    up_sink *sinks[UP_MAX_OUTPUTS] = { NULL };
    UP_TRY(up_sink_to_pixels(&sinks[0], output, error));
    return up_plan_execute(plan, sinks, error);
}
