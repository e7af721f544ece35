/* SPDX-License-Identifier: MIT */
/* Whole images in and out through sources and sinks, as the pipeline would drive them. */
#ifndef SUPPORT_IMAGE_IO_H
#define SUPPORT_IMAGE_IO_H

#include "io/sink.h"
#include "io/source.h"

typedef struct {
    up_format format;
    up_metadata metadata;
    bool interlaced;
    size_t held_bytes;
    char damage[256]; /* the first note that says so; "" if there is none */
    uint8_t *data;    /* tightly packed: frames of rows, or of planes if planar */
    size_t size;
} image;

/* Reads all rows of all frames, `rows` at a time. */
up_status image_load(image *loaded, const char *path, int rows, up_error *error);
/* The same, but damage is an error. */
up_status image_load_strictly(image *loaded, const char *path, int rows, up_error *error);
/* All of a file that is to be read without a fault, an odd number of rows at a time. */
image image_load_whole(const char *path);
void image_free(image *loaded);

/* Writes all rows, `rows` at a time into `slots` groups in flight, which are packed in reverse. */
up_status image_save(const char *path, const up_format *format, const void *data,
                     const up_encoding *encoding, int slots, int rows, up_error *error);

/* Metadata that says nothing. */
up_encoding plain_encoding(void);

/* A picture's format: channels 1..4 give the colour. */
up_format picture_format(int width, int height, int channels, up_sample sample);

/* Of 8 bits, with samples that are `level` of their place; free(data). */
up_pixels drawn_pixels(int width, int height, int channels, int (*level)(int x, int y, int c));

/* Bytes at random; free(data). */
up_pixels random_pixels(int width, int height, int channels, up_sample sample);

/* Writes a picture into the scratch folder whose samples are `level` of their place, 0..255, asked
 * for in the order of the file; in 16 bits 257 times that. Returns its path. */
const char *picture_save(const char *name, const up_format *format,
                         int (*level)(int x, int y, int c));

/* Loads `path` and expects an error that begins with its name, on one line. */
void expect_damaged(const char *path);

/* Loads `path`, expects damage of these words, and that it is an error where that is asked for. */
image expect_read_with_damage(const char *path, const char *damage);

/* Expects every truncation of `file` to fail or, of pictures, to be read with a note of what is
 * missing: what is there is as in the whole file. Survives `mutations` random changes of it. Each
 * is written to `path` first. */
void expect_hostile_survived(const char *path, const uint8_t *file, size_t size, int mutations);

/* A repeatable random number. */
uint32_t next_random(uint32_t *state);

#endif
