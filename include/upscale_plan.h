/* SPDX-License-Identifier: MIT */
/* Plans for opened inputs: what a run will make and take, the run, and outputs of many of them. */
#ifndef UPSCALE_PLAN_H
#define UPSCALE_PLAN_H

#include "upscale_image.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a network was told to clean away. With UP_CLEAN_AUTO the strength follows from the file:
 *   strength = min(1, sqrt(j^2 + n^2)), j = (100 - quality) / 70, n = noise / 15, both in 0 .. 1.
 * The pixels are read once more for the noise, row by row; those of a pipe, which cannot be read
 * twice, are held in memory. */
typedef struct {
    bool used;       /* a network was told; else nothing else is said */
    bool measured;   /* strength is what the picture needs, else what options.clean says */
    double strength; /* 0 .. 1 */
    int quality;     /* of a JPEG, see up_image_info; 0: it is none */
    double noise;    /* see up_image_noise() */
} up_cleaning;

/* A plan: the graph for one image, sized but not allocated. Takes nothing over: the image must
 * outlive it. An image can be run once. */
typedef struct up_plan up_plan;

typedef struct {
    up_format output;
    size_t memory_bytes;  /* estimated peak, of planning as well: codecs, threads, weights as a
                             file, as values and packed, and what the program itself takes */
    double multiply_adds; /* per input pixel and frame */
    up_cleaning cleaning;
    char steps[512]; /* what will be done, for people: "tconv x4, then bicubic ..." */
    up_format input; /* of the picture, or the page, that it is made of */
    int pages;       /* made, if several: all else is of the first, memory_bytes of the largest */
} up_plan_info;

/* `output_path` decides the output format where options do not; NULL: as the input's. */
UP_API up_status up_plan_create(up_plan **plan, up_image *image, const char *output_path,
                                const up_options *options, up_error *error);
UP_API const up_plan_info *up_plan_get_info(const up_plan *plan);
/* The notes of the image, which may have grown by the end of the run, and then what the output of
 * this plan cannot hold; NULL past the last. */
UP_API const up_note *up_plan_note_at(const up_plan *plan, int i);
UP_API up_status up_plan_run(up_plan *plan, const char *output_path, up_error *error);
/* The same into memory, which counts against max_memory as it grows. */
UP_API up_status up_plan_run_to_memory(up_plan *plan, up_bytes *output, up_error *error);
/* The same through a function that is given the next bytes: in order, one call at a time, from any
 * thread of the run. If it does not return UP_OK the run ends with that status, and with what it
 * has written to error->message; what it took before a failure is no whole file. TIFF, and .npy of
 * several channels, are held as a whole for it, beyond memory_bytes: more than options.max_memory
 * is UP_ERROR_LIMIT, before the first byte. */
typedef up_status up_take_bytes(void *user, const void *bytes, size_t size, up_error *error);
UP_API up_status up_plan_run_to(up_plan *plan, up_take_bytes *take, void *user, up_error *error);
UP_API void up_plan_destroy(up_plan **plan);

/* Outputs of many runs, which a thread of the batch puts on disk and names behind the work: waiting
 * for the disk takes longer than upscaling a small picture. At any moment, even if the power fails,
 * a name leads to a whole file or there is none. */
typedef struct up_batch up_batch;

/* `published` is called in the batch's thread, one call at a time, once for each run that
 * up_plan_run_in() has let through: outcome->status is UP_OK if the output has its name now.
 * `user` is what that call was given. */
UP_API up_status up_batch_open(up_batch **batch,
                               void (*published)(void *user, const up_error *outcome),
                               up_error *error);
/* up_plan_run(), up to the name: UP_OK says that the batch will publish the output. It may have by
 * then. Waits while many outputs wait. May be called by several threads at once. */
UP_API up_status up_plan_run_in(up_plan *plan, up_batch *batch, const char *output_path, void *user,
                                up_error *error);
/* An output whose bytes are all on disk, before it gets its name. */
typedef struct {
    void *user; /* of up_plan_run_in() */
    uint64_t bytes;
    uint64_t hash; /* XXH64 of them all, seed 0 */
} up_batch_file;

/* To be called before the first run: the batch hashes what is in its files, and tells `ready` of
 * each group before their names appear, which they do if it returns UP_OK. Else its error is their
 * outcome. Streams are not among them. */
UP_API void up_batch_watch(up_batch *batch,
                           up_status (*ready)(void *watcher, const up_batch_file *file, int count,
                                              up_error *error),
                           void *watcher);

/* Waits until everything is published, and on disk. */
UP_API void up_batch_close(up_batch **batch);

#ifdef __cplusplus
}
#endif

#endif
