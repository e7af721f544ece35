/* SPDX-License-Identifier: MIT */
/* What all headers of the library use: errors, formats of images, pixels and bytes in memory. */
#ifndef UPSCALE_BASE_H
#define UPSCALE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define UP_API __attribute__((visibility("default")))

/* ---------------------------------------------------------------- errors */

typedef enum {
    UP_OK = 0,
    UP_ERROR_ARGUMENT,    /* an option or argument makes no sense; nothing was touched */
    UP_ERROR_INPUT,       /* the input cannot be read: missing, truncated, corrupt, hostile */
    UP_ERROR_WEIGHTS,     /* the weight or index file is wrong, or does not fit the input */
    UP_ERROR_UNSUPPORTED, /* well-formed, but cannot be done (alpha into JPEG, ...) */
    UP_ERROR_OUTPUT,      /* the output cannot be written: read-only folder, closed pipe, ... */
    UP_ERROR_LIMIT,       /* would need more than max_memory; refused before allocating */
    UP_ERROR_MEMORY,      /* out of memory: may work later */
    UP_ERROR_SPACE,       /* no space left on the device: may work later */
    UP_ERROR_INTERRUPTED, /* options.cancel was set */
    UP_ERROR_EXISTS,      /* the output exists already, or did when it was to get its name */
    UP_ERROR_IO,          /* the disk or the network failed: may work later */
} up_status;

/* What went wrong, where, and what would mend it: one line without a trailing newline. */
typedef struct {
    up_status status;
    char message[512];
} up_error;

/* ---------------------------------------------------------------- images */

typedef enum {
    UP_COLOR_TENSOR = 0, /* any number of channels, no colour handling, no clamping (.npy) */
    UP_COLOR_GREY,
    UP_COLOR_GREY_ALPHA,
    UP_COLOR_RGB,
    UP_COLOR_RGBA,
    UP_COLOR_CMYK, /* 0 = no ink */
} up_color;

typedef enum {
    UP_SAMPLE_U8 = 0,
    UP_SAMPLE_U16, /* native byte order, 0..65535 */
    UP_SAMPLE_F32,
    UP_SAMPLE_I64, /* positions in an index file; only .npy holds it */
} up_sample;

/* The shape and sample type of an image. Alpha is straight (not premultiplied), the last channel.
 */
typedef struct {
    int width, height; /* pixels, >= 1 */
    int channels;      /* >= 1 */
    int64_t frames;    /* of a batch (.npy NCHW; 0: none), or of a plan's animation (-1: as many as
                          come); 1 for pictures */
    up_color color;
    up_sample sample;
    int depth;   /* significant bits of the file's samples: 1, 2, 4, 8, 16 or 32 */
    bool planar; /* rows of one channel after the other (CHW) instead of interleaved pixels */
    int dims;    /* of an .npy: 1 (W), 2 (HW), 3 (CHW) or 4 (NCHW); 0: 3, or 4 for a batch */
} up_format;

/* An image in the caller's memory. Pixel (x, y) of channel c lies at
 *   interleaved: data + y * row_stride + (x * channels + c) * sizeof(sample)
 *   planar:      data + c * plane_stride + y * row_stride + x * sizeof(sample)
 * A stride of 0 means tightly packed. `data` must be aligned for its sample type. */
typedef struct {
    up_format format;
    void *data;
    size_t row_stride, plane_stride; /* bytes */
} up_pixels;

/* Bytes that the library has made, for up_bytes_free(). */
typedef struct {
    void *data;
    size_t size;
} up_bytes;

UP_API void up_bytes_free(up_bytes *bytes);

#ifdef __cplusplus
}
#endif

#endif
