/* SPDX-License-Identifier: MIT */
/* Reports on how methods differ, for people to look at; see upscale_measure.h for the figures. They
 * are there unless the library was built with -DUPSCALE_COMPARE=OFF. */
#ifndef UPSCALE_COMPARE_H
#define UPSCALE_COMPARE_H

#include "upscale_measure.h"

#ifdef __cplusplus
extern "C" {
#endif

#define UP_MOST_METRICS 32
#define UP_MOST_FILES 16

/* A method to compare, and how it is called. Of its options count what makes the result, how it is
 * encoded (as PNG), strict, threads, max_memory and cancel. */
typedef struct {
    const char *name;
    up_options options;
} up_contender;

/* Pixels x <= column < x + width, y <= row < y + height of the output. */
typedef struct {
    int x, y, width, height;
} up_box;

/* What a sheet shows below its crops: |result - reference| of luma, or result - reference. */
typedef enum {
    UP_MAP_NONE,
    UP_MAP_ERROR,
    UP_MAP_DIFFERENCE,
} up_sheet_map;

typedef struct {
    const up_contender *contender;
    int contenders;        /* 1 .. 64 */
    const char *reference; /* a picture of the size of the outputs to measure against, or NULL */
    bool from_original;    /* the input is the original: up_eval_open()'s protocol ... */
    const char *degrade;   /* ... or, if not NULL, up_eval_open_degraded()'s */
    uint64_t seed;         /* of its noise, and of intervals */
    const char *baseline;  /* the contender that the others are compared with, or NULL */
    bool classroom; /* upsamplers to learn from, in the place of the contenders. There must be
                       one, of whose options count scale (2, 3 or 4), png_level, threads,
                       max_memory and cancel. The input, on white, is the original; pooled by
                       its maxima, it is brought back by each. The page shows their matrices */
    const char *const *metric; /* measures by their names in up_measure_at(), beside PSNR, SSIM and
                                  MS-SSIM; without anything to measure against only those that
                                  need no reference */
    int metrics;               /* 0 .. UP_MOST_METRICS */
    const up_metric_weights *metric_weights; /* that these need; NULL: none */
    const up_box *box; /* crops to look at, beside those chosen by how much results differ */
    const char *const *box_picture; /* for each the one picture that it is of, by the name of its
                                       file without folders; NULL: of all. May itself be NULL */
    int boxes;                      /* 0 .. 60 */
    bool single_file;               /* a page that holds its pictures, as crops only ... */
    bool full;                      /* ... or whole; of many pictures, the results as files, too */
    bool many;         /* a folder of pages with an overview, however many are added. Results are
                          kept in the pages only, which can save them */
    const char *sheet; /* draw a contact sheet into this .pdf, .svg or .png; NULL: none */
    const char *const
        *sheet_column;      /* the results on it: NAME or NAME=CAPTION, in this order ... */
    int sheet_columns;      /* ... or 0: all; the reference is called original, reference */
    up_sheet_map sheet_map; /* below each result; needs something to measure against */
    bool sheet_narrow;      /* PDF and SVG: for one column of a page instead of its width */
    int zoom;               /* of the crops on a PNG; 0: so that they fill it well */
    int time_runs; /* time every method so many times by turns from memory to memory or, until its
                      time settles, more often, as up_eval_time() does, with all threads and with
                      one; 0: what takes little time UP_QUICK_RUNS times or more with all threads,
                      the rest once */
    bool no_time;  /* no times: the same command gives the same report */
    const char *const *file; /* other files of the same run, by their paths, which the report names
                                beside its sheet; their folders are there. In its own folder they
                                may lie, too: `overwrite` replaces a report with such files in it */
    int files;               /* 0 .. UP_MOST_FILES */
    bool overwrite;          /* replace an existing report (nothing else) and sheet */
    void (*progress)(void *user, double done); /* 0..1 of each picture; may be NULL */
    void *user;
} up_report_options;

/* What is known of one result; NaN where a number is not. */
typedef struct {
    const char *name;
    bool reference; /* it is what the others are measured against */
    int width, height;
    size_t bytes;                           /* of its PNG */
    double psnr_y, psnr_rgb, ssim, ms_ssim; /* inside a border of the scale, rounded up */
    double metric[UP_MOST_METRICS];         /* those asked for, in their order, likewise */
    double seconds;       /* the median of all_threads, or where that has no runs of reading,
                             upscaling and writing, once */
    double processor;     /* that of one_thread, NaN where it has no runs: what to compare by */
    double multiply_adds; /* per pixel of the input */
    up_timing all_threads, one_thread; /* from memory to memory; not timed: no runs */
    char steps[512];                   /* as in up_plan_info */
} up_report_row;

/* A report on how methods differ: a folder with index.html, which opens without network or server,
 * the results as lossless PNG (the very files that up_upscale_file() writes; of many pictures only
 * with `full`) and results.json; or one HTML file. It appears whole or not at all. Memory does not
 * grow with the height of the results but for references, which are held as a whole. `path` may be
 * NULL where only a sheet is wanted. The options must outlive the report. Between pictures
 * `contender` may be changed to as many that are named alike and have another scale: with `many`, a
 * report is of several. */
typedef struct up_report up_report;

UP_API up_status up_report_open(up_report **report, const char *path,
                                const up_report_options *options, up_error *error);
/* About how large a report of these pictures becomes, from parts of some of them and the sizes of
 * all; what cannot be read counts nothing, and the contenders' scale alone. A page of crops is at
 * most what is said. UP_ERROR_INPUT: none can be read. */
UP_API up_status up_report_estimate(size_t *bytes, const up_report_options *options,
                                    const char *const *input, size_t count, up_error *error);
/* Upscales and measures a picture. Where one fails, others can still be added. */
UP_API up_status up_report_add(up_report *report, const char *input, up_error *error);
/* Rows of the picture added last, the reference first if there is one; NULL past the last. */
UP_API const up_report_row *up_report_row_at(const up_report *report, int i);
/* Writes what is over all pages, and gives the report its name. *bytes (may be NULL): its size. */
UP_API up_status up_report_finish(up_report *report, size_t *bytes, up_error *error);
/* Removes what was not finished. */
UP_API void up_report_close(up_report **report);

#ifdef __cplusplus
}
#endif

#endif
