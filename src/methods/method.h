/* SPDX-License-Identifier: MIT */
/*
 * The table of upsamplers. A new method is one file with an up_method in it, its declaration at the
 * end of this header and one line in methods.c.
 */
#ifndef UP_METHODS_METHOD_H
#define UP_METHODS_METHOD_H

#include "io/colour/plain_srgb.h"
#include "io/pixels.h"
#include "io/source.h"
#include "network/model.h"
#include "ops/resample/axis.h"
#include "pipeline/graph.h"
#include "restore/blur/blur.h"

/* What a method is given, and so what is done to a picture before and after it. */
typedef enum {
    UP_ON_RAW,         /* whole pixels as they are: raw rows in, raw rows out */
    UP_ON_SAMPLES,     /* float planes of the very samples: values are only moved */
    UP_ON_COLOUR,      /* float planes; alpha premultiplied, linear light if asked for */
    UP_ON_COLOUR_ONLY, /* colours or alpha, never both at once: see alpha.h */
} up_domain;

/* Samples that are brought to 0 .. white and back: those that are black and white in the file, and
 * that are to be in the output. */
typedef struct {
    bool set; /* else they are that */
    float in[2], out[2];
} up_levels;

/* One upscaling: what was asked for, and what the method makes of it. */
typedef struct {
    const up_options *options;
    const char *variant;         /* what follows "METHOD:", or NULL */
    up_format given;             /* the samples of the file */
    up_format input;             /* and as methods get them: sRGB, where that was asked for */
    const up_metadata *declared; /* what the input says of its colours */
    up_plain_srgb plain;         /* see to_srgb.h */
    bool says_srgb;              /* and so does the output */
    bool tensor;                 /* no colour handling */
    bool past;                   /* the output is memory that nobody reads soon */
    float white;                 /* the value of white in the samples */
    bool unit_floats;            /* and in floats of the output 1, else as in the samples */
    bool sized; /* a scale or size was asked for; else the method may have its own */
    int height, width;
    up_ratio step[2]; /* inputs per output: rows, columns */
    int sited[2][2];  /* of resamplings, rows, columns: see up_positions_sited(); 0: centres */
    up_levels levels;
    const up_network *network;          /* tconv, from a file: of `loaded` or options->model */
    up_model loaded;                    /* for this picture alone */
    int output_padding[2];              /* on top of that of the network's last layer */
    size_t values_bytes, loading_bytes; /* of `loaded`: its values, and its file with them */
    size_t model_bytes;                 /* of options->model, which other pictures share */
    int64_t *indices;                   /* max-unpool: [frames][channels][height][width] */
    int unpooled[2];
    up_source *source;    /* the input's, not read yet */
    up_cleaning cleaning; /* for networks that are told a strength: see clean/strength.h */
    bool cleans;          /* the method does, unless the options say otherwise */
    bool told;            /* to a network of the method's own, which so cleans by itself */
    bool clean;           /* what comes next has nothing to be cleaned away */
    up_blur blur;         /* deconvolve, back-projection; weight NULL: none is said */
    char steps[sizeof(((up_plan_info *)0)->steps)]; /* what build() did, in words */
} up_request;

typedef struct {
    const up_filter *filter;
    double parameter;
    bool align_corners, antialias;
    float rounded; /* > 0: rows first, then rounded to whole numbers of 0 .. rounded in between */
} up_resampling;

typedef struct up_method {
    up_method_info info;
    up_domain domain;
    /* What build() does, where it is a resampling and nothing else; NULL: it is not. */
    void (*resampling)(const up_request *request, up_resampling *resampling);
    /* Reads what the method needs besides the picture and may settle height and width. May be
     * NULL. What it puts into the request is freed by up_request_clear(). */
    up_status (*prepare)(up_request *request, up_error *error);
    /* Adds ops behind node `from`; they end in a tensor of height x width. */
    up_status (*build)(up_graph *graph, int from, up_request *request, int *to, up_error *error);
} up_method;

const up_method *up_method_table(int i); /* NULL past the last */

/* By "NAME" or "NAME:VARIANT"; an error lists the names. */
up_status up_method_find(const up_method **method, const char **variant, const char *name,
                         up_error *error);

/* The size that the options ask for, checked, in request->height, width, step and sized. */
up_status up_request_size(up_request *request, up_error *error);

/* Sets height, width and step for a scale that is given per axis: rows, columns. */
up_status up_request_scale(up_request *request, double rows, double columns, up_error *error);

void up_request_clear(up_request *request);

/* Whether alpha gives way to a background, and whether grey becomes RGB by its colour. */
bool up_request_flattens(const up_request *request);
bool up_request_colours_grey(const up_request *request);

/* The domain that a method works in, which back-projection may change. */
up_domain up_request_domain(const up_request *request, const up_method *method);

/* The scale asked for as whole numbers (rows, columns); 0: it is none, or nothing is asked for. */
void up_request_whole_scale(const up_request *request, int scale[2]);

/* Channels of what a method is given, but for alpha. */
int up_request_colours(const up_request *request);

/* The value of white: 255, 65535, or 1 for floats. */
float up_white(up_sample sample);

/* Appends to request->steps, with ", then " between. */
void up_request_say(up_request *request, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

extern const up_resampling up_bicubic_resampling; /* a = -0.5, antialiased */

/* Adds both passes of a resampling to request->height x width, in the cheaper order. */
up_status up_add_resample(up_graph *graph, int from, const up_resampling *resampling,
                          const up_request *request, int *to, up_error *error);

/* The same from raw rows of 8-bit samples to such rows, by one op in whole numbers; *to is `from`
 * where there is none that is near enough. */
up_status up_add_resample_bytes(up_graph *graph, int from, const up_resampling *resampling,
                                const up_request *request, int *to, up_error *error);

extern const up_method up_nearest, up_nearest_exact, up_bed_of_nails, up_max_unpool;
extern const up_method up_bilinear, up_bicubic, up_lanczos, up_tconv, up_deconvolve;

#endif
