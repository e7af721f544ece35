/* SPDX-License-Identifier: MIT */
/* A plan: from an opened image and options to a graph with its sinks. */
#ifndef UP_API_PLAN_H
#define UP_API_PLAN_H

#include "api/option_defaults.h"
#include "io/formats.h"
#include "io/png/png_text.h"
#include "methods/method.h"
#include "pipeline/run/run.h"

struct up_image {
    up_source *source;
    up_image_info info;
    up_entry *entries; /* what `texts` point into; NULL until someone asks */
    up_text *texts;
    int text_count;
    bool used;
};

/* Where one output of the graph goes. */
typedef struct {
    const up_sink_format *type; /* NULL: pixels in memory */
    up_format format;
} up_destination;

/* Planes of chroma, which are made behind luma, each by itself. */
typedef struct {
    bool used;
    up_request request;
    up_graph graph;
    up_run run;
    up_format format; /* of a plane that is made */
} up_chroma;

struct up_plan {
    up_image *image;
    up_image *page; /* that the options ask for, owned, and then the image; NULL: the image given */
    int pages_done; /* while those behind the first are run */
    bool *left_out; /* pages that cannot be read, by their numbers from 0; NULL: one is made */
    up_weights *weights; /* owned: those of options, opened once for all pages; NULL: not needed */
    up_options options;  /* its strings are the caller's */
    const up_method *method;
    up_request request;
    up_graph graph;
    up_run run;
    up_destination to[UP_MAX_OUTPUTS]; /* of whole pictures */
    up_chroma chroma;
    up_video video; /* of a plan that takes a video as one: how the output has its samples */
    up_encoding encoding;
    bool stream;           /* the output was said to be one that cannot be gone back in */
    up_notes notes;        /* what the output cannot hold */
    size_t building_bytes; /* of the graph, and the values that its weights are packed from */
    size_t held_bytes;     /* what the caller holds in memory beside the run, counted with it */
    up_plan_info info;
};

/* A fresh plan for an image that has not been run. */
up_status up_plan_begin(up_plan **plan, up_image *image, const up_options *options,
                        up_error *error);

/* Settles the method and the format that it makes, in to[0]. */
up_status up_plan_size(up_plan *plan, up_error *error);

/* That, what the destination (a path, or pixels) can hold of it, and the graph. */
up_status up_plan_upscaling(up_plan *plan, const char *output_path, const up_pixels *pixels,
                            up_error *error);

/* How to[0] is encoded, and what of the metadata goes with it. */
up_status up_plan_prepare_encoding(up_plan *plan, up_error *error);

/* Once the graph is built: sizes it and refuses what needs too much memory. */
up_status up_plan_finish(up_plan *plan, up_error *error);

/* The type of an output: as options say, else by the extension of `path`, else (standard output and
 * other streams, or NULL) the input's. */
up_status up_plan_sink_format(const up_plan *plan, const char *path, const up_sink_format **type,
                              up_error *error);

/* Which frames of a sequence are made: all, those that options ask for, or the one that an output
 * of this type (NULL: memory) has room for, with a note of the others. */
up_status up_plan_choose_frames(up_plan *plan, const up_sink_format *type, up_error *error);

/* Once method and size are known: whether the planes of a video go through one by one, as they lie,
 * where the output takes them and the method knows nothing of colours. Settles to[0] anew then, and
 * how a video has its samples in any case. */
up_status up_plan_split(up_plan *plan, const char *path, const up_pixels *pixels, up_error *error);
/* Behind the graph of luma: that of chroma, if there is any. */
up_status up_plan_chroma(up_plan *plan, up_error *error);
/* up_run_prepare() of either. */
up_status up_plan_prepare_run(const up_plan *plan, up_run *run, bool mapped, up_error *error);
/* Sizes it; `most`: bytes that it may take. */
up_status up_plan_finish_chroma(up_plan *plan, size_t most, up_error *error);
/* Memory of it while it runs, and raw bytes of its largest chunk, as far as they are known. */
size_t up_plan_chroma_bytes(const up_plan *plan);
size_t up_plan_chroma_group(const up_plan *plan);
void up_plan_clear_chroma(up_plan *plan);

/* Opens the page that options ask for, to be the plan's image. */
up_status up_plan_choose_page(up_plan *plan, up_error *error);

/* Where all pages are made, opens the weights that they have in common. */
up_status up_plan_share_weights(up_plan *plan, const char *path, const up_pixels *pixels,
                                up_error *error);

/* Plans all pages of the image where the output holds them, and counts what they take; else notes
 * those that are left behind, as those are that cannot be read. Then all are run, those behind the
 * first when what the plan holds of that is gone; what has no pages is run, too. */
up_status up_plan_add_pages(up_plan *plan, up_error *error);
up_status up_plan_run_pages(up_plan *plan, up_sink *sink, up_error *error);

/* Runs the graph into the sinks, which it closes. */
up_status up_plan_execute(up_plan *plan, up_sink *const sinks[UP_MAX_OUTPUTS], up_error *error);

up_status up_plan_open_sink(const up_plan *plan, int output, const char *path, up_sink **sink,
                            up_error *error);

/* The same into a writer, which it takes over. */
up_status up_plan_sink_in(const up_plan *plan, int output, up_writer *writer, up_sink **sink,
                          up_error *error);

up_status up_image_from_source(up_image **image, up_source *source, up_error *error);
up_status up_image_from_pixels(up_image **image, const up_pixels *pixels, up_error *error);
/* The same, of pixels whose colours are those that `declared` tells about. */
up_status up_image_declared(up_image **image, const up_pixels *pixels, const up_metadata *declared,
                            up_error *error);

/* up_read_pixels() of an opened image, and up_write_pixels() of what `declared` tells about. */
up_status up_image_to_pixels(up_pixels *pixels, up_image *image, const up_options *options,
                             up_error *error);
up_status up_write_declared(const char *output, const up_pixels *pixels,
                            const up_metadata *declared, const up_options *options,
                            up_error *error);

/* An upscale into the caller's memory, of which `held` bytes are taken already: planned, and run.
 */
up_status up_plan_to_pixels(up_plan **plan, up_image *image, const up_pixels *output, size_t held,
                            const up_options *options, up_error *error);
up_status up_plan_run_to_pixels(up_plan *plan, const up_pixels *output, up_error *error);

#endif
