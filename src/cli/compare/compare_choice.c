/* SPDX-License-Identifier: MIT */
#include "cli/compare/compare_choice.h"

#include "cli/args/method_choice.h"
#include "cli/args/options.h"
#include "cli/batch/file_types.h"
#include "cli/batch/output_check.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "cli/weights/weights_folders.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static const char default_methods[] = "nearest,bilinear,bicubic,lanczos,tconv:linear,tconv:small";

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool cli_compare_is_many(const cli_settings *s)
{
    bool many = s->operand_count > 1 || s->files_from || s->scales.count > 1;
    for (size_t i = 0; i < s->operand_count; i++)
        many |= is_folder(s->operands[i]);
    return many;
}

void cli_compare_choose(cli_settings *s)
{
    if (s->methods.count > 0 || s->classroom)
        return;
    if (s->up.weights)
        cli_words_add(&s->methods, cli_copy("bicubic"));
    const char *list = s->up.weights ? "tconv" : default_methods;
    for (const char *at = list; *at; at += *at == ',') {
        size_t length = strcspn(at, ",");
        cli_words_add(&s->methods, cli_copy_part(at, length));
        at += length;
    }
}

/* -------------------------------------------------------------- measures */

static const up_measure_info *measure_called(const char *name)
{
    const up_measure_info *info;
    for (int i = 0; (info = up_measure_at(i)); i++)
        if (strcmp(info->name, name) == 0)
            return info;
    return NULL;
}

/* A measure that has nothing to measure against; NULL: there is none. */
static const char *without_reference(const cli_settings *s)
{
    for (size_t i = 0; i < s->metrics.count && !s->reference && !s->from_original; i++)
        if (!measure_called(s->metrics.item[i])->alone && !s->classroom)
            return s->metrics.item[i];
    return NULL;
}

static bool is_usual(const char *metric)
{
    static const char *const usual[] = { "psnr", "ssim", "ms-ssim" };
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (strcmp(usual[i], metric) == 0)
            return true;
    return false;
}

bool cli_compare_finds_crops(const cli_settings *s, const cli_inputs *inputs)
{
    for (int k = 0; k < s->crops.count; k++) {
        const char *picture = s->crops.picture[k];
        cli_nearest nearest = { .word = picture };
        bool found = !picture;
        for (size_t i = 0; i < inputs->count && !found; i++) {
            const char *name = cli_base_name(inputs->item[i].path);
            found = strcmp(name, picture) == 0;
            cli_nearest_offer(&nearest, name);
        }
        if (found)
            continue;
        const char *meant = cli_nearest_found(&nearest);
        cli_say("--crop: no picture is called '%s'%s%s%s", picture, meant ? "; did you mean '" : "",
                meant ? meant : "", meant ? "'?" : "");
        return false;
    }
    return true;
}

const char **cli_compare_metrics(const cli_settings *s, size_t *count)
{
    const char **kept = cli_alloc(s->metrics.count + 1, sizeof *kept);
    *count = 0;
    for (size_t i = 0; i < s->metrics.count; i++) {
        bool known = is_usual(s->metrics.item[i]);
        for (size_t k = 0; k < *count && !known; k++)
            known = strcmp(kept[k], s->metrics.item[i]) == 0;
        if (!known)
            kept[(*count)++] = s->metrics.item[i];
    }
    return kept;
}

/* -------------------------------------------------------------- scales */

size_t cli_compare_turns(const cli_settings *s)
{
    return s->scales.count ? s->scales.count : 1;
}

double cli_compare_scale(const cli_settings *s, size_t turn)
{
    if (s->scales.count > 0)
        return s->scales.item[turn];
    return s->up.width || s->up.height ? 0 : 2;
}

bool cli_compare_settle(cli_settings *s, double scale)
{
    if (s->scales.count > 0)
        s->up.scale.rows = s->up.scale.columns = scale;
    s->weights_as_names = true;
    return cli_methods_settle(s);
}

/* -------------------------------------------------------------- what makes no sense */

/* A flag that says what the classroom decides; NULL: there is none. */
static const char *against_classroom(const cli_settings *s)
{
    static const char *const flags[] = { "method",  "weights",   "kernel-values", "k",
                                         "from-hr", "reference", "size",          "width",
                                         "height",  "fit",       "baseline",      "time" };
    for (size_t i = 0; s->classroom && i < sizeof flags / sizeof *flags; i++)
        if (cli_given(s, flags[i]))
            return flags[i];
    return NULL;
}

/* Originals are reduced by what enlarges them again. */
static bool reduces_by_all(const cli_settings *s)
{
    bool fine = true;
    for (size_t i = 0; i < s->scales.count; i++)
        fine &= s->scales.item[i] == floor(s->scales.item[i]) &&
                s->scales.item[i] >= (s->degrade ? 1 : 2);
    return fine;
}

static const char *problem_of_names(const cli_settings *s)
{
    bool stream = false;
    for (size_t i = 0; i < s->operand_count; i++)
        stream |= cli_is_stream(s->operands[i]);
    if (s->operand_count == 0 && !s->files_from)
        return "compare needs a picture: upscale compare PICTURE -m METHOD,... -o REPORT/";
    if (!s->output && !s->sheet)
        return "compare needs a name for the report: -o REPORT/, or --sheet SHEET.pdf";
    if (stream)
        return "compare reads its input more than once: give it a file, not standard input";
    if ((s->output && cli_is_stream(s->output)) || (s->sheet && cli_is_stream(s->sheet)))
        return "a report or sheet cannot go to standard output; give it a name";
    if (s->single_file && !s->output)
        return "--single-file needs a name: -o REPORT.html";
    if (s->single_file && cli_names_folder(s->output))
        return "--single-file writes one file, and -o names a folder: -o REPORT.html";
    return NULL;
}

static const char *problem_of_sheet(const cli_settings *s)
{
    const char *dot = cli_extension_dot(s->sheet);
    const bool png = strcasecmp(dot, ".png") == 0;
    if (cli_names_folder(s->sheet))
        return NULL; /* which is said with its name */
    if (!png && strcasecmp(dot, ".pdf") != 0 && strcasecmp(dot, ".svg") != 0)
        return "--sheet draws .pdf, .svg or .png, which its name says: --sheet SHEET.pdf";
    if (png && cli_given(s, "sheet-width"))
        return "--sheet-width: a sheet as PNG is as wide as its pixels, --zoom enlarges them; .pdf "
               "and .svg have a width";
    if (!png && s->zoom)
        return "--zoom: a sheet as .pdf or .svg is as wide as --sheet-width says; .png has pixels";
    if (s->sheet_map && !s->from_original && !s->reference)
        return "--sheet-map needs something to measure against: --from-hr or --reference";
    return NULL;
}

static const char *problem_of(const cli_settings *s)
{
    const char *names = problem_of_names(s);
    if (names)
        return names;
    if (s->degrade && !s->from_original)
        return "--degrade spoils originals: it needs --from-hr";
    if (s->from_original && !reduces_by_all(s))
        return "--from-hr reduces and enlarges by a whole number of 2 or more (1 with --degrade): "
               "-s 2,3,4";
    if (s->full && !s->single_file && !cli_compare_is_many(s))
        return "--full means nothing without --single-file or several pictures";
    if (cli_compare_is_many(s) && (s->single_file || s->reference || s->classroom))
        return "--single-file, --reference and --classroom are for one picture at one scale";
    if (s->sheet && problem_of_sheet(s))
        return problem_of_sheet(s);
    if ((s->csv_file || s->latex_file || s->markdown_file || s->baseline) && !s->from_original)
        return "--csv, --latex, --markdown and --baseline are about what is measured: they need "
               "--from-hr";
    return NULL;
}

bool cli_compare_check(const cli_settings *s)
{
    const char *problem = problem_of(s);
    if (problem)
        cli_say("%s", problem);
    else if (against_classroom(s))
        cli_say("--%s: --classroom has methods and a reference of its own; --scale is all it takes",
                against_classroom(s));
    else if (without_reference(s))
        cli_say("--metrics: %s needs something to measure against: --from-hr or --reference",
                without_reference(s));
    return !problem && !against_classroom(s) && !without_reference(s);
}
