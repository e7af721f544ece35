/* SPDX-License-Identifier: MIT */
/*
 * One picture, upscaled by all methods: the files of the results, their numbers, and where to look.
 * The page's data is one JSON object, in index.html and in results.json:
 *
 *   program       "upscale 0.1.0"
 *   picture       name, width, height, bits and channels of the input, alpha (whether it has some)
 *   output        width, height
 *   scale         rows and columns of the output per row and column of the input
 *   reference     what the results were measured against, in words, or null
 *   protocol      sentences
 *   measures      those asked for beside PSNR, SSIM and MS-SSIM: key (in results), title, about,
 *                 digits (behind the point), lower_is_better
 *   methods       how many results are no reference
 *   tile, levels  see compare/pictures/tiles.h: [[width, height], ...], null where none is kept
 *   inlined       the pictures are in the page itself; crops_only: and only the crops
 *   part_of_many  there is an overview two folders up
 *   crops         x, y, width, height, automatic (chosen by the program)
 *   results       the reference first if there is one:
 *     name, reference, file (the PNG, from the page on; absent where only tiles are kept), bytes,
 *     width, height, channels, scale, steps (what was done), psnr_y, psnr_rgb, ssim, ms_ssim
 *     (null: not known; "infinity": identical), the measures below alike, seconds,
 *     processor, multiply_adds (as in up_report_row)
 *     impulse     width, height, values: see compare/impulse.h
 *     network     family, layers, parameters, receptive_field, and shown layers with their filters
 *                 in steps of 1/127 and, if transposed, how many taps overlap
 *     times       see compare/numbers/result_times.h
 *   machine       likewise
 *   files         see compare/files/other_files.h; absent in parts of many
 *   classroom     see compare/classroom/classroom.h
 */
#ifndef UP_COMPARE_COMPARISON_H
#define UP_COMPARE_COMPARISON_H

#include "compare/regions.h"

#include <jansson.h>
#include <stdio.h>

#define UP_MOST_CONTENDERS 64
#define UP_MOST_BOXES 64
#define UP_AUTOMATIC_BOXES 4

typedef struct {
    up_report_row row;
    char *path, *file;         /* the PNG, and its path from the page on */
    up_format format;          /* of the PNG */
    const up_options *options; /* NULL: the reference */
} up_compared;

typedef struct {
    const up_report_options *options;
    const char *input; /* as it was named */
    char *folder;      /* of the page, being made */
    char *given;       /* the file that the methods are given */
    bool inks;         /* it is CMYK, which became sRGB */
    int64_t frames;    /* of an animation or video it is, of which the first was taken */
    int pages;         /* of a TIFF, likewise */
    up_format input_format, output;
    int jpeg_quality;         /* of what the methods are given; 0: it was no JPEG */
    char *indices;            /* positions of the maxima that are given, in a classroom */
    up_eval_picture original; /* with from_original; in a classroom without its reference */
    up_pixels reference;      /* with a reference of its own, and in a classroom */
    int border;
    up_compared *result; /* the reference first if there is one */
    int count;
    up_box box[UP_MOST_BOXES]; /* those asked for of this picture, then those chosen */
    int asked, boxes;          /* how many of the former; of both */
    up_regions regions;
    FILE *inlined;     /* whole pictures for one page go here; may be NULL */
    json_t *classroom; /* see compare/classroom/classroom.h; NULL: this is none */
} up_comparison;

/* Makes all results in `folder`, which exists, and their tiles there or, if it is not NULL, into
 * the page `inlined`. */
up_status up_comparison_run(up_comparison **comparison, const char *input, const char *folder,
                            const up_report_options *options, FILE *inlined, up_error *error);
void up_comparison_free(up_comparison **comparison);

/* The JSON above, and its `protocol` alone; NULL: out of memory. */
json_t *up_comparison_json(const up_comparison *comparison);
json_t *up_comparison_protocol(const up_comparison *comparison);

bool up_has_reference(const up_report_options *options);

/* Whether the results stay beside the page as files. */
bool up_keeps_files(const up_report_options *options);

/* Whether the input itself is what results are measured against. */
bool up_has_original(const up_report_options *options);

#endif
