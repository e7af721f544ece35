/* SPDX-License-Identifier: MIT */
#include "upscale_compare.h"

#include "api/plan.h"
#include "base/memory.h"
#include "compare/classroom/lessons.h"
#include "compare/comparison.h"
#include "compare/pictures/crop_pictures.h"
#include "compare/pictures/tile_encode.h"
#include "compare/pictures/tiles.h"

#include <math.h>

enum {
    SIDE = 256,         /* of the parts of a picture that are packed to see what it takes ... */
    PARTS = 4,          /* ... from its quarters: the middle has more in it than the rest */
    MOST_LOOKED_AT = 8, /* pictures of which they are; the others count by their size */
    PAGE = 120000,      /* bytes, its data included */
    THUMB = 16000,
};

#define AS_SCRIPT 1.004 /* compare/pictures/tile_text.h */
#define AS_BASE64 (4 / 3.0)
#define FAR_VIEWS (1 + 0.82 / 3) /* near-lossless, as tile_encode.h has them */

typedef struct {
    double tile, png; /* bytes a pixel */
} density;

typedef struct {
    density result, original;
    int looked_at;
} densities;

/* -------------------------------------------------------------- a part of a picture */

static up_status add_density(density *sum, const up_pixels *pixels, up_error *error)
{
    static const up_metadata nothing = { .orientation = 1 };
    const double area = (double)pixels->format.width * pixels->format.height;
    up_kept_bytes tile, png;
    UP_TRY(up_tile_encode(&tile, pixels, &nothing, error));
    sum->tile += (double)tile.size / area;
    up_free(tile.data);
    UP_TRY(up_tile_encode_png(&png, pixels, &nothing, error));
    sum->png += (double)png.size / area;
    up_free(png.data);
    return UP_OK;
}

/* By bicubic, which stands for all: what networks make is a little larger, what `nearest` does is
 * smaller. */
static up_status resize(up_pixels *to, const up_pixels *from, const up_options *how,
                        up_error *error)
{
    UP_TRY(up_output_format(&from->format, how, &to->format, error));
    size_t bytes;
    if (!up_frame_size(&to->format, &bytes) || !(to->data = up_alloc(bytes, 1)))
        return up_fail_memory(error, "a part of a picture", SIDE);
    return up_upscale_pixels(from, to, how, error);
}

static up_status look_at_part(densities *d, const up_pixels *part, const up_report_options *o,
                              double scale, up_error *error)
{
    up_options how = up_options_running(&o->contender[0].options);
    up_pixels small = { 0 }, large = { 0 };
    const up_format *f = &part->format;
    up_status status = UP_OK;
    how.method = "bicubic";
    if (up_has_original(o)) {
        how.depth = 8;
        how.width = up_max(1, (int)(f->width / scale));
        how.height = up_max(1, (int)(f->height / scale));
        status = resize(&small, part, &how, error);
        how.width = f->width;
        how.height = f->height;
    } else {
        how.scale.rows = how.scale.columns = scale;
    }
    if (status == UP_OK)
        status = resize(&large, small.data ? &small : part, &how, error);
    if (status == UP_OK)
        status = add_density(&d->result, &large, error);
    if (status == UP_OK)
        status = add_density(&d->original, part, error);
    up_free(small.data);
    up_free(large.data);
    return status;
}

/* What its parts take, each counted as a picture. */
static up_status look_at(densities *d, const char *path, const up_format *f,
                         const up_report_options *o, double scale, up_error *error)
{
    const int width = up_min(f->width, SIDE), height = up_min(f->height, SIDE);
    const int right = f->width - width, below = f->height - height;
    up_box box[PARTS];
    up_pixels part[PARTS];
    for (int i = 0; i < PARTS; i++)
        box[i] =
            (up_box){ right * (1 + 2 * (i % 2)) / 4, below * (1 + 2 * (i / 2)) / 4, width, height };
    UP_TRY(up_cuts_read(part, path, box, PARTS, error));
    up_status status = UP_OK;
    for (int i = 0; i < PARTS && status == UP_OK; i++) {
        status = look_at_part(d, &part[i], o, scale, error);
        d->looked_at += status == UP_OK;
    }
    up_cuts_free(part, PARTS);
    return status;
}

/* -------------------------------------------------------------- a whole report */

typedef struct {
    double results, originals; /* pixels of one method, of the originals */
    double inputs;             /* pixels of what methods are given, where that is kept */
    double far_views;          /* how much larger all of it is for them */
    int pictures;
} areas;

static up_status add_areas(areas *a, const up_format *f, const up_report_options *o, double *scale,
                           up_error *error)
{
    up_format out = *f;
    const up_options *first = &o->contender[0].options;
    if (!up_has_original(o))
        UP_TRY(up_output_format(f, first, &out, error));
    double asked[2];
    up_options_scale(first, asked);
    *scale = up_has_original(o) ? asked[0] : (double)out.height / f->height;
    const double area = (double)out.width * out.height;
    a->results += area;
    if (up_has_reference(o))
        a->originals += area;
    if (up_has_original(o))
        a->inputs += area / (*scale * *scale);
    a->far_views += area * (up_tile_level_is_kept(out.width, out.height, 1) ? FAR_VIEWS : 1);
    a->pictures++;
    return UP_OK;
}

static double bytes_of(const areas *a, const densities *d, const up_report_options *o)
{
    const int methods = o->classroom ? UP_LESSONS : o->contenders;
    const double packed = o->single_file ? AS_BASE64 : AS_SCRIPT;
    const double n = up_max(d->looked_at, 1);
    const double tiles = packed * a->far_views / fmax(a->results, 1);
    double result = d->result.tile / n * tiles, original = d->original.tile / n * tiles, input = 0;
    if (up_keeps_files(o)) {
        result += d->result.png / n;
        original += d->original.png / n;
        input = d->original.png / n;
    }
    return a->results * methods * result + a->originals * original + a->inputs * input +
           (double)a->pictures * (PAGE + (o->many ? THUMB : 0)) + (o->many ? PAGE : 0);
}

static up_status format_of(up_format *format, const char *path, up_error *error)
{
    up_image *image;
    UP_TRY(up_image_open(&image, path, error));
    *format = up_image_get_info(image)->format;
    up_image_close(&image);
    return UP_OK;
}

up_status up_report_estimate(size_t *bytes, const up_report_options *options,
                             const char *const *input, size_t count, up_error *error)
{
    areas a = { 0 };
    densities d = { 0 };
    const size_t step = count / MOST_LOOKED_AT + 1;
    *bytes = 0;
    if (options->single_file && !options->full) {
        *bytes = UP_SMALL_PAGE;
        return UP_OK;
    }
    for (size_t i = 0; i < count; i++) {
        up_format format;
        double scale = 1;
        up_status status = format_of(&format, input[i], NULL);
        if (status == UP_OK && format.color != UP_COLOR_TENSOR)
            status = add_areas(&a, &format, options, &scale, NULL);
        if (status == UP_OK && i % step == 0)
            status = look_at(&d, input[i], &format, options, scale, NULL);
        if (status == UP_ERROR_MEMORY || status == UP_ERROR_INTERRUPTED)
            return up_fail(error, status, "%s: no estimate", input[i]);
    }
    if (a.pictures == 0 || d.looked_at == 0)
        return up_fail(error, UP_ERROR_INPUT, "no picture can be read to estimate by");
    *bytes = (size_t)bytes_of(&a, &d, options);
    return UP_OK;
}
