/* SPDX-License-Identifier: MIT */
/* What the flags and operands of a command line come to. */
#ifndef UP_CLI_SETTINGS_H
#define UP_CLI_SETTINGS_H

#include "upscale_compare.h"
#include "upscale_explain.h"
#include "upscale_train.h"

#define CLI_MOST_OPTIONS 192

/* Names separated by commas: -m nearest,lanczos. */
typedef struct {
    char **item;
    size_t count;
} cli_words;

typedef struct {
    int width, height;
} cli_size;

typedef struct {
    up_box item[60];
    char *picture[60]; /* the name of the file that it is of, owned; NULL: of all */
    int count;
} cli_boxes;

typedef struct {
    double item[16];
    size_t count;
} cli_scales;

typedef enum {
    CLI_PROGRESS_AUTO,
    CLI_PROGRESS_JSON,
    CLI_PROGRESS_NONE,
} cli_progress_mode;

typedef struct {
    up_options up;
    cli_words methods;      /* empty: the default method */
    cli_words weights;      /* every --weights; up.weights is the only one, or its file */
    bool weights_as_names;  /* one --weights, too, is a method by the name of its file */
    cli_words told_weights; /* of several --weights for each method the one it means, or "" */
    char **method_weights;  /* for each method the file that its tconv:NAME means, or NULL */
    char *named_weights;    /* the file that the only --weights means, or NULL */
    up_weights *shared, **method_shared; /* the same files, opened: cli_methods_share() */
    const char *weights_folder, *plot;
    bool all_layers;
    cli_size size, fit; /* --size, --fit */

    up_train_options train; /* beside what `up` says */
    cli_words validation;   /* files and folders */

    const char *output, *files_from, *name_template;
    bool recursive, null_separated, skip_existing, dry_run, keep_times;
    const char *manifest, *shard, *plan;
    int shards;
    bool rows, retry_failed, keep_bands;
    bool flat_folders; /* of a folder its own pictures are taken without -r */

    const char *reference, *sheet;
    const char *degrade; /* how originals are spoilt, and the start of its noise */
    uint64_t seed;
    bool from_original, classroom, single_file, full;
    cli_words sheet_columns;
    int sheet_map, sheet_width; /* up_sheet_map; 1: one column */
    cli_boxes crops;
    int zoom;

    const char *x; /* an input: text, or the name of a file */
    int digits;
    bool all_steps;

    int jobs; /* 0: as many as cores and files */
    up_measuring measuring;
    cli_scales scales;        /* of eval and compare; empty: 2, or as sizes say */
    cli_words metrics;        /* names of measures; empty: PSNR and SSIM */
    cli_words metric_weights; /* files for them */
    up_metric_weights *opened_metric_weights;
    const char *baseline; /* a method */
    int time_runs;        /* 0: as many as are needed */
    bool no_time;
    bool json, csv, latex, markdown, quiet, verbose;
    const char *csv_file, *latex_file, *markdown_file; /* of compare */
    int progress;                                      /* cli_progress_mode */
    struct {
        bool help, version, methods, metrics, man_page;
        int shell; /* of --completion, by its place in the choices */
    } show;        /* asked for instead of work */

    char **operands;
    size_t operand_count;
    bool given[CLI_MOST_OPTIONS];       /* by place in the table of options */
    const char *said[CLI_MOST_OPTIONS]; /* likewise: the value that was given last */
} cli_settings;

#endif
