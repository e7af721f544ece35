/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* asprintf */

#include "compare/classroom/lessons.h"

#include "api/option_defaults.h"
#include "base/scale.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNPOOL, NAILS, NEAREST, BILINEAR, EVEN, UNEVEN, LEARNED };

static const struct {
    const char *name, *method, *look;
} lesson[UP_LESSONS] = {
    [UNPOOL] = { "max-unpool", "max-unpool",
                 "The maxima are back at the places that they were taken from, with zeros between: "
                 "dots, but along the edges of the original. It alone is told the positions." },
    [NAILS] = { "bed-of-nails", "bed-of-nails",
                "Each pixel at the top left of its cell, and zeros. The dots lie in a regular "
                "grid: compare with max-unpool where an edge runs." },
    [NEAREST] = { "nearest", "nearest",
                  "Each pixel repeated: blocks. Every row of W has a single one." },
    [BILINEAR] = { "bilinear", "bilinear",
                   "Neighbours mixed by their distance. The weights of every row of W sum to one, "
                   "so that a flat area stays flat; edges get soft." },
    [EVEN] = { "tconv, even overlap", "tconv",
               "The stride divides the kernel: as many taps meet in every output away from the "
               "border, and a flat area stays flat. All taps are the same here." },
    [UNEVEN] = { "tconv, uneven overlap", "tconv",
                 "The stride does not divide the kernel: more taps meet in some outputs than in "
                 "others, and a flat area becomes a checkerboard. All taps are the same here, too; "
                 "training can make up for the overlap, and often does not quite." },
    [LEARNED] = { "tconv:linear", "tconv:linear",
                  "Taps learned from photographs, other ones for each place in a cell, and some "
                  "below zero: edges stay sharp. It was never shown pooled pictures." },
};

/* side x side equal taps, so that a flat area keeps its mean. */
static void write_kernel(char *text, size_t room, int side, int stride)
{
    const double tap = (double)stride * stride / ((double)side * side);
    size_t used = 0;
    for (int i = 0; i < side * side && used < room; i++)
        used += (size_t)snprintf(text + used, room - used, "%s%.9g",
                                 i == 0          ? ""
                                 : i % side == 0 ? ";"
                                                 : ",",
                                 tap);
}

static up_pair pair(int value)
{
    return (up_pair){ value, value, true };
}

/* A layer whose output is exactly `stride` times as large, by half of what the kernel overlaps as
 * padding. */
static up_layer layer_of(int kernel, int stride)
{
    const int over = kernel - stride, padding = (over + 1) / 2;
    return (up_layer){ .stride = pair(stride),
                       .padding = pair(padding),
                       .output_padding = pair(2 * padding - over) };
}

static void set_options(up_lessons *l, int i, const up_options *how)
{
    const int kernel[2] = { 2 * l->scale, l->scale + 1 };
    up_options *o = &l->contender[i].options;
    *o = up_options_running(how);
    o->method = lesson[i].method;
    o->png_level = how->png_level;
    o->has_background = true; /* alpha would be one thing more to be explained */
    memset(o->background, 255, sizeof o->background);
    if (i == UNPOOL) {
        o->layer.kernel = pair(l->scale);
    } else if (i == EVEN || i == UNEVEN) {
        write_kernel(l->kernel[i - EVEN], sizeof l->kernel[0], kernel[i - EVEN], l->scale);
        o->kernel = l->kernel[i - EVEN];
        o->layer = layer_of(kernel[i - EVEN], l->scale);
    } else {
        o->scale.rows = o->scale.columns = l->scale;
        o->limit = (up_limit){ (double)INFINITY, i == LEARNED };
    }
}

up_status up_lessons_init(up_lessons *lessons, const up_options *how, up_error *error)
{
    up_options taken;
    UP_TRY(up_options_take(&taken, how, error));
    double asked[2];
    up_options_scale(&taken, asked);
    const int scale = up_scale_whole(asked, 4);
    if (scale < 2 || taken.width || taken.height)
        return up_fail(error, UP_ERROR_ARGUMENT,
                       "the classroom pools and enlarges by 2, 3 or 4: --scale 2");
    *lessons = (up_lessons){ .scale = scale };
    for (int i = 0; i < UP_LESSONS; i++) {
        lessons->contender[i].name = lesson[i].name;
        set_options(lessons, i, &taken);
    }
    return UP_OK;
}

const char *up_lesson_look(int i)
{
    return lesson[i].look;
}

bool up_lesson_needs_positions(const up_contender *of)
{
    return of->name == lesson[UNPOOL].name;
}

char *up_lesson_command(const up_contender *of, int scale, const char *input, const char *positions)
{
    const up_options *o = &of->options;
    const up_layer *l = &o->layer;
    char *text = NULL;
    int length;
    if (up_lesson_needs_positions(of))
        length = asprintf(&text, "upscale explain max-unpool --x '%s' --indices '%s' --kernel %d",
                          input, positions, scale);
    else if (o->kernel)
        length =
            asprintf(&text,
                     "upscale explain tconv --x '%s' --k '%s' --stride %d --padding %d "
                     "--output-padding %d",
                     input, o->kernel, l->stride.rows, l->padding.rows, l->output_padding.rows);
    else if (o->limit.set)
        length =
            asprintf(&text, "upscale --x '%s' -m %s --limit none -s %d", input, o->method, scale);
    else
        length = asprintf(&text, "upscale explain %s --x '%s' --scale %d", o->method, input, scale);
    return length < 0 ? NULL : text;
}
