/* SPDX-License-Identifier: MIT */
/* Files of pages: which of them a plan makes, and a plan for each further one behind it. */
#include "api/plan.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "io/pixels.h"
#include "io/source_open.h"

#include <string.h>

#define ELSE_ALONE "; --page takes another one alone"

/* ---- one page */

/* `scraps`: of one among others, whatever is there. */
static up_status open_page(up_image **image, up_source *source, int number, bool scraps,
                           up_error *error)
{
    up_source *page;
    *image = NULL;
    UP_TRY(up_source_open_page(&page, source, number, scraps, error));
    return up_image_from_source(image, page, error);
}

/* What is wrong with a page, without the name of the file. */
static const char *reason_of(const up_source *source, const up_error *own)
{
    const size_t name = strlen(source->name);
    const char *text = own->message;
    return strncmp(text, source->name, name) == 0 && strncmp(text + name, ": ", 2) == 0
               ? text + name + 2
               : text;
}

/* "NAME: page 3: damaged TIFF ...", where it is the page that is at fault. */
static up_status fail_page(const up_source *source, int number, const up_error *own,
                           const char *hint, up_error *error)
{
    if (own->status != UP_ERROR_INPUT && own->status != UP_ERROR_UNSUPPORTED &&
        own->status != UP_ERROR_LIMIT)
        return up_fail(error, own->status, "%s", own->message);
    return up_fail(error, own->status, "%s: page %d: %s%s", source->name, number + 1,
                   reason_of(source, own), hint);
}

static up_status check_page(const up_source *source, int page, up_error *error)
{
    if (page < 1)
        return up_fail(error, UP_ERROR_ARGUMENT, "pages are counted from 1, not %d", page);
    if (source->pages == 0)
        return up_fail(error, UP_ERROR_ARGUMENT, "%s: is one picture, with no page %d",
                       source->name, page);
    if (page > source->pages)
        return up_fail(error, UP_ERROR_ARGUMENT, "%s: has %d pages, and no page %d", source->name,
                       source->pages, page);
    return UP_OK;
}

up_status up_image_open_page(up_image **page, up_image *image, int number, up_error *error)
{
    up_error own = { 0 };
    *page = NULL;
    UP_TRY(check_page(image->source, number, error));
    return open_page(page, image->source, number - 1, false, &own) == UP_OK
               ? UP_OK
               : fail_page(image->source, number - 1, &own, "", error);
}

up_status up_image_page(up_image *image, int page, up_format *format, up_error *error)
{
    up_image *opened;
    if (page == image->source->own_page + 1) {
        *format = image->info.format;
        return UP_OK;
    }
    UP_TRY(up_image_open_page(&opened, image, page, error));
    *format = opened->info.format;
    up_image_close(&opened);
    return UP_OK;
}

up_status up_plan_choose_page(up_plan *plan, up_error *error)
{
    up_source *source = plan->image->source;
    const int page = plan->options.page;
    if (page > source->own_page + 1 || (page > 0 && page <= source->own_page)) {
        UP_TRY(up_image_open_page(&plan->page, plan->image, page, error));
        plan->image = plan->page;
        plan->held_bytes = source->held_bytes;
    }
    plan->image->source->strict = plan->options.strict;
    return up_source_check(plan->image->source, error);
}

/* ---- all of them */

/* Whether all pages go into one file; `path` may be NULL. */
static bool makes_pages(const up_plan *plan, const char *path, const up_pixels *pixels)
{
    const up_sink_format *type;
    return plan->image->source->pages > 1 && !plan->options.page && !pixels &&
           plan->options.rows.end == 0 && up_plan_sink_format(plan, path, &type, NULL) == UP_OK &&
           type->keep_in_pages;
}

up_status up_plan_share_weights(up_plan *plan, const char *path, const up_pixels *pixels,
                                up_error *error)
{
    up_options *options = &plan->options;
    if (!options->weights || options->model || options->kernel || !makes_pages(plan, path, pixels))
        return UP_OK;
    UP_TRY(up_weights_open(&plan->weights, options->weights, options, error));
    options->model = plan->weights;
    options->weights = NULL;
    return UP_OK;
}

static void show_progress(void *user, double done)
{
    const up_plan *plan = user;
    const up_options *o = &plan->options;
    o->progress(o->user, (plan->pages_done + done) / plan->encoding.pages.count);
}

/* Of a page that is open. */
static up_status plan_page(up_plan **page, up_plan *plan, up_image *image, up_error *error)
{
    up_options options = plan->options;
    options.output_format = plan->to[0].type->type;
    if (options.progress) {
        options.progress = show_progress;
        options.user = plan;
    }
    UP_TRY(up_plan_begin(page, image, &options, error));
    (*page)->held_bytes = plan->held_bytes;
    up_status status = up_plan_upscaling(*page, NULL, NULL, error);
    if (status == UP_OK)
        status = up_plan_finish(*page, error);
    if (status != UP_OK)
        up_plan_destroy(page);
    return status;
}

static bool is_said(const up_plan *plan, const up_note *wanted)
{
    const up_note *note;
    for (int i = 0; (note = up_plan_note_at(plan, i)); i++)
        if (note->kind == wanted->kind && strcmp(note->text, wanted->text) == 0)
            return true;
    return false;
}

/* What is dropped is said once for all pages; of damage, where it is. */
static up_status take_note(up_plan *plan, const up_note *note, int number, up_error *error)
{
    if (note->kind == UP_NOTE_DAMAGE)
        return up_notes_add(&plan->notes, note->kind, error, "page %d: %s", number + 1, note->text);
    return is_said(plan, note) ? UP_OK
                               : up_notes_add(&plan->notes, note->kind, error, "%s", note->text);
}

static up_status take_notes(up_plan *plan, const up_plan *page, int number, up_error *error)
{
    const up_note *note;
    for (int i = 0; (note = up_plan_note_at(page, i)); i++)
        UP_TRY(take_note(plan, note, number, error));
    return UP_OK;
}

static bool add_pixels(up_encoding *encoding, const up_format *output)
{
    size_t bytes;
    return up_frame_size(output, &bytes) &&
           up_add(encoding->pages.bytes, bytes, &encoding->pages.bytes);
}

/* What pages have that are planned alike. */
typedef struct {
    up_format input, output;
    size_t held_bytes;
} page_kind;

static bool is_kind(const page_kind *kind, const up_image_info *info)
{
    const up_format *a = &kind->input, *b = &info->format;
    return a->width == b->width && a->height == b->height && a->channels == b->channels &&
           a->sample == b->sample && a->color == b->color && a->depth == b->depth &&
           kind->held_bytes == info->held_bytes;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* While the graph of the first page waits for its run. */
static size_t planning_bytes(const up_plan *plan, const up_plan *page)
{
    return plan->graph.held_bytes + page->building_bytes + page->held_bytes +
           up_machine_program_bytes(plan->run.threads);
}

/* Plans a page, unless one like it has been, and counts it. */
static up_status count_page(up_plan *plan, up_image *image, int number, page_kind *kind,
                            up_error *error)
{
    up_plan *page;
    if (!is_kind(kind, &image->info)) {
        UP_TRY(plan_page(&page, plan, image, error));
        const up_plan_info *info = &page->info;
        *kind = (page_kind){ image->info.format, info->output, image->info.held_bytes };
        plan->info.memory_bytes = larger(plan->info.memory_bytes, info->memory_bytes);
        plan->info.memory_bytes = larger(plan->info.memory_bytes, planning_bytes(plan, page));
        const up_status status = take_notes(plan, page, number, error);
        up_plan_destroy(&page);
        UP_TRY(status);
    }
    if (!add_pixels(&plan->encoding, &kind->output))
        return up_fail(error, UP_ERROR_LIMIT, "the pages up to this are too large");
    return UP_OK;
}

/* One that cannot be opened, which is noted, unless all is to be whole. */
static up_status leave_out(up_plan *plan, int number, const up_error *own, up_error *error)
{
    const up_source *source = plan->image->source;
    const bool damaged = own->status == UP_ERROR_INPUT;
    if (plan->options.strict || (!damaged && own->status != UP_ERROR_UNSUPPORTED))
        return fail_page(source, number, own, ELSE_ALONE, error);
    return damaged ? up_notes_add(&plan->notes, UP_NOTE_DAMAGE, error, "page %d is left out: %s",
                                  number + 1, reason_of(source, own))
                   : up_notes_add(&plan->notes, UP_NOTE_DROPPED, error,
                                  "page %d, which cannot be read: %s", number + 1,
                                  reason_of(source, own));
}

/* Those before the first that can be read. */
static up_status leave_first_out(up_plan *plan, up_error *error)
{
    up_source *source = plan->image->source;
    for (int n = 0; n < source->own_page; n++) {
        up_image *image;
        up_error own = { 0 };
        const up_status status = open_page(&image, source, n, true, &own);
        up_image_close(&image);
        if (status != UP_OK)
            UP_TRY(leave_out(plan, n, &own, error));
    }
    return UP_OK;
}

static up_status count_pages(up_plan *plan, up_error *error)
{
    up_source *source = plan->image->source;
    page_kind kind = { source->format, plan->info.output, SIZE_MAX };
    for (int n = source->own_page + 1; n < source->pages; n++) {
        up_image *image;
        up_error own = { 0 };
        if (plan->options.cancel && *plan->options.cancel)
            return up_fail(error, UP_ERROR_INTERRUPTED, "interrupted");
        if (open_page(&image, source, n, true, &own) != UP_OK) {
            UP_TRY(leave_out(plan, n, &own, error));
            plan->left_out[n] = true;
            continue;
        }
        const up_status status = count_page(plan, image, n, &kind, &own);
        up_image_close(&image);
        if (status != UP_OK)
            return fail_page(source, n, &own, ELSE_ALONE, error);
        plan->encoding.pages.count++;
    }
    return UP_OK;
}

up_status up_plan_add_pages(up_plan *plan, up_error *error)
{
    const int pages = plan->options.page ? 0 : plan->image->source->pages;
    const up_sink_format *to = plan->to[0].type;
    if (pages < 2)
        return UP_OK;
    UP_TRY(leave_first_out(plan, error));
    const int further = pages - 1 - plan->image->source->own_page;
    if (!to || !to->keep_in_pages || plan->graph.outputs > 1 || plan->options.rows.end > 0)
        return plan->options.strip || further == 0
                   ? UP_OK
                   : up_notes_add(&plan->notes, UP_NOTE_DROPPED, error, "%d further page%s",
                                  further, further > 1 ? "s" : "");
    plan->left_out = up_alloc_zero((size_t)pages, sizeof *plan->left_out);
    if (!plan->left_out)
        return up_fail_memory(error, "pages", (size_t)pages);
    plan->encoding.pages.count = 1;
    if (plan->options.progress) {
        plan->run.progress = show_progress;
        plan->run.user = plan;
    }
    if (!add_pixels(&plan->encoding, &plan->info.output))
        return up_fail(error, UP_ERROR_LIMIT, "its first page is too large");
    UP_TRY(count_pages(plan, error));
    const int made = plan->encoding.pages.count;
    plan->info.pages = made > 1 ? made : 0;
    return to->keep_in_pages(&plan->encoding, &plan->notes, error);
}

static up_status run_page(up_plan *plan, up_image *image, up_sink *sink, int number,
                          up_error *error)
{
    up_plan *page;
    UP_TRY(plan_page(&page, plan, image, error));
    page->encoding.pages = plan->encoding.pages;
    page->encoding.pages.number = plan->pages_done;
    up_status status = plan->to[0].type->keep_in_pages(&page->encoding, &page->notes, error);
    if (status == UP_OK)
        status = sink->page(sink, &page->to[0].format, &page->encoding, page->run.slots,
                            up_run_group_bytes(&page->run, 0), error);
    page->run.sink[0] = sink;
    if (status == UP_OK)
        status = up_run_start(&page->run, error);
    if (status == UP_OK)
        status = take_notes(plan, page, number, error);
    up_plan_destroy(&page);
    return status;
}

/* Of damage to it is said where it is, as of the others; the source's notes are of the file. */
static up_status run_first_page(up_plan *plan, up_error *error)
{
    up_source *source = plan->image->source;
    const up_notes of_file = source->notes;
    up_error own = { 0 };
    source->notes = (up_notes){ 0 };
    source->scraps = true;
    const up_status ran = up_run_start(&plan->run, &own);
    up_notes found = source->notes;
    source->notes = of_file;
    up_status status = UP_OK;
    for (int i = 0; i < found.count && status == UP_OK; i++)
        status = take_note(plan, &found.item[i], source->own_page, error);
    up_notes_clear(&found);
    return ran == UP_OK ? status : fail_page(source, source->own_page, &own, ELSE_ALONE, error);
}

up_status up_plan_run_pages(up_plan *plan, up_sink *sink, up_error *error)
{
    up_source *source = plan->image->source;
    if (plan->encoding.pages.count == 0)
        return up_run_start(&plan->run, error);
    UP_TRY(run_first_page(plan, error));
    up_run_clear(&plan->run); /* of the first page nothing is needed any more */
    up_graph_free(&plan->graph);
    up_source_release(source);
    for (int n = source->own_page + 1; n < source->pages; n++) {
        up_image *image;
        up_error own = { 0 };
        if (plan->left_out[n])
            continue;
        plan->pages_done++;
        up_status status = open_page(&image, source, n, true, &own);
        if (status == UP_OK)
            status = run_page(plan, image, sink, n, &own);
        up_image_close(&image);
        if (status != UP_OK)
            return fail_page(source, n, &own, ELSE_ALONE, error);
    }
    return UP_OK;
}
