/* SPDX-License-Identifier: MIT */
/*
 * upscale - reads an image band by band into channel tensors, runs any upsampler over them row by
 * row and writes the result, in memory that does not grow with the height of the image.
 * The shortest program is in the README.
 *
 * Conventions
 *   - Options are set up by up_options_init() or up_train_options_init(), and then say what they
 *     say: a zero is a zero where zero makes sense, elsewhere it means "choose for me". `{0}`, and
 *     `{ .method = "lanczos" }`, are sane defaults too: there, fields with a default in [brackets]
 *     have it where they are zero.
 *   - Pairs are in PyTorch's order: rows first, columns second. Sizes of pictures are width and
 *     height.
 *   - Tensors are CHW (planar), frames of a batch follow each other. Weights have the layouts of
 *     PyTorch.
 *   - Functions return an up_status and, where it is not UP_OK, fill the caller's up_error, which
 *     may be NULL. Nothing is printed, no signal is handled, there is no global state: different
 *     objects may be used from different threads at once.
 *   - Calls run on threads of their own (options.threads) and return when those have done their
 *     part; callbacks come from any of them, one at a time. A process made by fork() may call
 *     everything, also while calls were under way in its parent, as long as it leaves alone the
 *     objects that those were using; such calls start their threads anew each time, which takes a
 *     fraction of a millisecond.
 *   - Functions that destroy take the address of the pointer and null it; NULL inside is fine.
 *
 * Headers, of which this one includes the first five
 *   upscale_base.h       errors, formats, pixels
 *   upscale_options.h    what to do, what to write, how to run
 *   upscale_image.h      opened files: what they are and say
 *   upscale_plan.h       what a run will make and take, and the run
 *   upscale_catalogue.h  methods, file formats, the machine
 *   upscale_weights.h    weights: opened once, looked into, converted
 *   upscale_measure.h    how much pictures differ
 *   upscale_train.h, upscale_compare.h, upscale_explain.h, upscale_cluster.h
 *                        the parts that a build may be without
 */
#ifndef UPSCALE_H
#define UPSCALE_H

#include "upscale_base.h"
#include "upscale_catalogue.h"
#include "upscale_image.h"
#include "upscale_options.h"
#include "upscale_plan.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header, and the one place where it is written; UP_VERSION is "0.2.0". */
#define UP_VERSION_MAJOR 0
#define UP_VERSION_MINOR 2
#define UP_VERSION_PATCH 0
#define UP_VERSION UP_DOTTED_(UP_VERSION_MAJOR, UP_VERSION_MINOR, UP_VERSION_PATCH)
#define UP_DOTTED_(major, minor, patch) UP_TEXT_(major) "." UP_TEXT_(minor) "." UP_TEXT_(patch)
#define UP_TEXT_(number) #number

/* That of the library that runs, in the same form. */
UP_API const char *up_version(void);

/* ---------------------------------------------------------------- one call */

/* Reads `input`, upscales it and writes `output`. "-" is standard input or output. The output
 * appears whole or not at all, and is on disk when this returns, unless up_is_stream(output). What
 * is left behind of a file is told step by step only, by up_plan_note_at(). */
UP_API up_status up_upscale_file(const char *input, const char *output, const up_options *options,
                                 up_error *error);

/* The same from memory to memory. `output->format` must have the size, channels and color that
 * up_output_format() gives; sample type and planar may differ. `output->data` is the caller's. */
UP_API up_status up_upscale_pixels(const up_pixels *input, const up_pixels *output,
                                   const up_options *options, up_error *error);

/* The same as up_upscale_file() of the bytes of a file in memory, to those of another: of
 * options->output_format, or the input's. The output counts against max_memory as it grows, the
 * input, which is the caller's, does not. On failure there is no output. */
UP_API up_status up_upscale_memory(const void *input, size_t size, up_bytes *output,
                                   const up_options *options, up_error *error);

/* Whether bytes go to an output of this name as they come: "-" (standard output), a descriptor
 * (/dev/stdout, /dev/fd/3), a FIFO or a character device. Nothing is replaced there, so overwrite
 * does not matter, and what was written before a failure stays. Where the name has no extension of
 * a format, and options name none, the format is the input's. */
UP_API bool up_is_stream(const char *output);

/* Writes pixels to a file in the format of its extension, or options->output_format, encoded as
 * options (may be NULL) say. Nothing is resized. The file appears whole or not at all; one that
 * exists is UP_ERROR_EXISTS unless options->overwrite. */
UP_API up_status up_write_pixels(const char *output, const up_pixels *pixels,
                                 const up_options *options, up_error *error);

/* Writes bytes, such as a table, as a file in the same way; of options (may be NULL) overwrite
 * counts. */
UP_API up_status up_write_bytes(const char *output, const void *bytes, size_t size,
                                const up_options *options, up_error *error);

/* The same of what `print` prints; nothing is written where memory does not hold all of it. */
typedef void up_print(FILE *out, const void *user);
UP_API up_status up_write_text(const char *output, up_print *print, const void *user,
                               const up_options *options, up_error *error);

/* Reads a whole image into new memory, which up_pixels_free() frees. Of the options (may be NULL)
 * count depth, has_background, strict, threads, max_memory and cancel. Nothing is resized. */
UP_API up_status up_read_pixels(up_pixels *pixels, const char *input, const up_options *options,
                                up_error *error);
UP_API void up_pixels_free(up_pixels *pixels);

/* Reads a tensor as it is given to a command: text (`0,1;2,3`: rows end with `;`, channels with
 * `|`), or the name of a file (.txt, .csv, .npy, or a picture, which stays one). What consists of
 * digits, separators and the like only is text; ./ before the name of such a file tells it apart.
 * `name` begins the messages about text. For up_pixels_free(). */
UP_API up_status up_tensor_read(up_pixels *pixels, const char *text_or_path, const char *name,
                                up_error *error);

/* The format that up_upscale_pixels() would make of an input. */
UP_API up_status up_output_format(const up_format *input, const up_options *options,
                                  up_format *output, up_error *error);

/* Max pooling (PyTorch's MaxPool2d with return_indices): `pooled` gets the maxima in the format of
 * its extension, `indices` an int64 .npy of flat positions row * width + column inside one plane of
 * the input, shaped like the pooled tensor. The first maximum wins a tie, NaN wins over numbers.
 * Metadata goes to `pooled`. */
UP_API up_status up_pool_file(const char *input, const char *pooled, const char *indices,
                              const up_options *options, up_error *error);

#ifdef __cplusplus
}
#endif

#endif
