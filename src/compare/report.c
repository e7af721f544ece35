/* SPDX-License-Identifier: MIT */

#include <upscale_compare.h>

#include "base/memory.h"
#include "compare/classroom/lessons.h"
#include "compare/files/file_names.h"
#include "compare/files/json_text.h"
#include "compare/files/other_files.h"
#include "compare/files/work_folder.h"
#include "compare/overview.h"
#include "compare/pages.h"
#include "compare/pictures/crop_pictures.h"
#include "compare/sheet/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_ASKED_BOXES = UP_MOST_BOXES - UP_AUTOMATIC_BOXES };

struct up_report {
    const up_report_options *options;
    up_lessons lessons;
    up_report_options in_classroom; /* with the lessons as contenders */
    bool kept;                      /* a report is wanted, not only a sheet */
    up_work_folder work;
    up_overview overview;
    up_sheet sheet;
    up_report_row row[UP_MOST_CONTENDERS + 1];
    int rows, pictures;
};

/* -------------------------------------------------------------- opening */

static bool has_contender(const up_report_options *o, const char *name)
{
    for (int i = 0; i < o->contenders; i++)
        if (strcmp(o->contender[i].name, name) == 0)
            return true;
    return false;
}

static up_status check_options(const char *path, const up_report_options *o, up_error *error)
{
    struct stat info;
    if (o->contenders < 1 || o->contenders > UP_MOST_CONTENDERS)
        return up_fail(error, UP_ERROR_ARGUMENT, "%d methods cannot be compared; 1 to %d can",
                       o->contenders, UP_MOST_CONTENDERS);
    for (int i = 0; i < o->contenders; i++) /* they lie one behind the other */
        if (o->contender[i].options.size && o->contender[i].options.size != sizeof(up_options))
            return up_fail(error, UP_ERROR_ARGUMENT,
                           "these methods were made for another version of this library (%s)",
                           UP_VERSION);
    if (o->boxes < 0 || o->boxes > MOST_ASKED_BOXES)
        return up_fail(error, UP_ERROR_ARGUMENT, "%d crops are too many; %d is the most", o->boxes,
                       MOST_ASKED_BOXES);
    if (o->metrics < 0 || o->metrics > UP_MOST_METRICS)
        return up_fail(error, UP_ERROR_ARGUMENT, "%d measures are too many; %d is the most",
                       o->metrics, UP_MOST_METRICS);
    if (o->baseline && !has_contender(o, o->baseline))
        return up_fail(error, UP_ERROR_ARGUMENT, "%s, the baseline, is none of the methods",
                       o->baseline);
    if (o->classroom && (o->contenders != 1 || o->from_original || o->reference || o->many))
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "the classroom has methods of its own, for one picture, which is the "
                       "reference itself");
    if (o->from_original && o->reference)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "the reference is the original or another file, not both");
    if (!path && !o->sheet)
        return up_fail(error, UP_ERROR_ARGUMENT, "neither a report nor a sheet is wanted");
    if (o->many && (o->single_file || o->reference))
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "many pictures make a folder of pages: no single file or reference");
    if (o->files < 0 || o->files > UP_MOST_FILES)
        return up_fail(error, UP_ERROR_ARGUMENT, "%d other files are too many; %d is the most",
                       o->files, UP_MOST_FILES);
    if (o->zoom < 0 || o->zoom > 64)
        return up_fail(error, UP_ERROR_ARGUMENT, "a zoom is 1 to 64, not %d", o->zoom);
    if (o->sheet && !o->overwrite && lstat(o->sheet, &info) == 0)
        return up_fail(error, UP_ERROR_OUTPUT, "%s: exists already; --overwrite replaces it",
                       o->sheet);
    return UP_OK;
}

static up_status take_lessons(up_report *r, up_error *error)
{
    UP_TRY(up_lessons_init(&r->lessons, &r->options->contender[0].options, error));
    r->in_classroom = *r->options;
    r->in_classroom.contender = r->lessons.contender;
    r->in_classroom.contenders = UP_LESSONS;
    r->options = &r->in_classroom;
    return UP_OK;
}

/* Tables and a sheet may lie in the report, too. */
static up_status make_work_folder(up_work_folder *work, const char *path, bool is_folder,
                                  const up_report_options *o, up_error *error)
{
    const char *name[UP_MOST_FILES + 1];
    up_work_names also = { name, o->files };
    for (int i = 0; i < o->files; i++)
        name[i] = o->file[i];
    if (o->sheet)
        name[also.count++] = o->sheet;
    return up_work_folder_make(work, path, is_folder, o->overwrite, &also, error);
}

up_status up_report_open(up_report **report, const char *path, const up_report_options *options,
                         up_error *error)
{
    *report = NULL;
    UP_TRY(check_options(path, options, error));
    up_report *r = up_alloc_zero(1, sizeof *r);
    if (!r)
        return up_fail_memory(error, "a report", sizeof *r);
    up_json_was_short(); /* in something that was given up */
    r->options = options;
    r->kept = path != NULL;
    bool is_folder = path && !options->single_file;
    up_status status = options->classroom ? take_lessons(r, error) : UP_OK;
    if (status == UP_OK)
        status =
            make_work_folder(&r->work, path ? path : options->sheet, is_folder, options, error);
    if (status == UP_OK)
        status = up_overview_init(&r->overview, r->options, error);
    if (status == UP_OK)
        status = up_sheet_init(&r->sheet, r->options, error);
    if (status == UP_OK)
        *report = r;
    else
        up_report_close(&r);
    return status;
}

void up_report_close(up_report **report)
{
    if (!*report)
        return;
    up_work_folder_clear(&(*report)->work);
    up_overview_clear(&(*report)->overview);
    up_sheet_clear(&(*report)->sheet);
    up_free(*report);
    *report = NULL;
}

/* -------------------------------------------------------------- a picture */

static up_status write_page(const up_report *r, const up_comparison *c, const char *pictures,
                            up_error *error)
{
    json_t *data = up_comparison_json(c);
    if (data && !r->options->many)
        up_json_set(data, "files", up_other_files_json(r->options, r->work.target));
    const up_page_content content = { data, pictures };
    up_status status = data ? up_page_write(c->folder, &up_page_picture, &content, error)
                            : up_fail_memory(error, "a page", sizeof *c);
    json_decref(data);
    return status;
}

static up_status finish_picture(up_report *r, up_comparison *c, const char *place,
                                const char *pictures, FILE *inlined, up_error *error)
{
    const up_report_options *o = r->options;
    if (o->single_file && !o->full)
        UP_TRY(up_crop_pictures_write(c, inlined, error));
    if (inlined && fflush(inlined))
        return up_fail_write(pictures, error);
    if (r->kept)
        UP_TRY(write_page(r, c, pictures, error));
    if (o->many)
        UP_TRY(up_overview_add(&r->overview, c, place, error));
    if (o->sheet)
        UP_TRY(up_sheet_add(&r->sheet, c, error));
    r->rows = c->count;
    for (int i = 0; i < c->count; i++)
        r->row[i] = c->result[i].row;
    r->pictures++;
    return UP_OK;
}

/* The tiles hold every sample once more: of many pictures that would be most of the report. */
static up_status drop_files(const up_comparison *c, up_error *error)
{
    static const char *const files[] = { "results", "input.png" };
    for (size_t i = 0; i < sizeof files / sizeof *files && !up_keeps_files(c->options); i++) {
        char *path = up_path_join(c->folder, files[i], error);
        if (!path)
            return UP_ERROR_MEMORY;
        up_folder_remove(path);
        free(path);
    }
    return UP_OK;
}

/* Pictures that the page shall hold lie in a file of their own until the page is written. */
static up_status add_with_pictures(up_report *r, const char *input, const char *folder,
                                   const char *place, up_error *error)
{
    const up_report_options *o = r->options;
    char *pictures = NULL;
    FILE *inlined = NULL;
    if (o->single_file) {
        pictures = up_path_join(folder, "pictures.part", error);
        inlined = pictures ? fopen(pictures, "we") : NULL;
        if (!inlined) {
            up_status failed = pictures ? up_fail_write(pictures, error) : UP_ERROR_MEMORY;
            free(pictures);
            return failed;
        }
    }
    up_comparison *c;
    up_status status = up_comparison_run(&c, input, folder, o, o->full ? inlined : NULL, error);
    if (status == UP_OK)
        status = finish_picture(r, c, place, pictures, inlined, error);
    if (status == UP_OK && o->many)
        status = drop_files(c, error);
    up_comparison_free(&c);
    if (inlined)
        fclose(inlined);
    free(pictures);
    return status;
}

/* A folder below pages/ for the picture, and its path from the report on. A picture that comes
 * again by another scale has that behind its name. */
static up_status make_place(const up_report *r, const char *input, char **folder,
                            char place[UP_SAFE_NAME + 24], up_error *error)
{
    char safe[UP_SAFE_NAME], scale[16] = "";
    struct stat info;
    const up_gathered *all = &r->overview.gathered;
    const double asked = up_asked_scale(&r->options->contender[0].options);
    if (all->count > 0 && asked != all->picture[0].scale)
        snprintf(scale, sizeof scale, "-x%g", asked);
    up_status status = up_folder_make_in(r->work.path, "pages", error);
    for (int i = 0; status == UP_OK; i++) {
        up_safe_name(safe, up_last_part(input), i ? i + 1 : 0);
        snprintf(place, UP_SAFE_NAME + 24, "pages/%s%s", safe, scale);
        *folder = up_path_join(r->work.path, place, error);
        if (!*folder || lstat(*folder, &info) != 0)
            break;
        free(*folder);
    }
    if (status == UP_OK)
        status = *folder ? up_folder_make(*folder, error) : UP_ERROR_MEMORY;
    return status;
}

up_status up_report_add(up_report *report, const char *input, up_error *error)
{
    if (!report->options->many) {
        if (report->pictures > 0)
            return up_fail(error, UP_ERROR_ARGUMENT, "this report is of one picture");
        return add_with_pictures(report, input, report->work.path, "", error);
    }
    char *folder = NULL, place[UP_SAFE_NAME + 24];
    up_status status = make_place(report, input, &folder, place, error);
    if (status == UP_OK) {
        status = add_with_pictures(report, input, folder, place, error);
        if (status != UP_OK)
            up_folder_remove(folder);
    }
    free(folder);
    return status;
}

const up_report_row *up_report_row_at(const up_report *report, int i)
{
    return i >= 0 && i < report->rows ? &report->row[i] : NULL;
}

/* -------------------------------------------------------------- finishing */

static up_status publish(up_report *r, up_error *error)
{
    json_t *files = up_other_files_json(r->options, r->work.target);
    up_status status = UP_OK;
    if (r->options->many)
        status = up_overview_write(&r->overview, r->work.path, files, error);
    json_decref(files);
    UP_TRY(status);
    return r->options->single_file ? up_work_folder_publish_file(&r->work, "index.html", error)
                                   : up_work_folder_publish(&r->work, error);
}

/* The sheet last: it may lie in the report. */
up_status up_report_finish(up_report *report, size_t *bytes, up_error *error)
{
    if (bytes)
        *bytes = 0;
    if (report->pictures == 0)
        return up_fail(error, UP_ERROR_ARGUMENT, "there is no picture in the report");
    if (report->kept)
        UP_TRY(publish(report, error));
    if (bytes && report->kept)
        *bytes = up_tree_bytes(report->work.target);
    return report->options->sheet ? up_sheet_write(&report->sheet, error) : UP_OK;
}
