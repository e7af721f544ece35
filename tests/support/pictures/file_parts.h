/* SPDX-License-Identifier: MIT */
/* Chunks of PNG files and segments of JPEG files: put in, and found. */
#ifndef SUPPORT_FILE_PARTS_H
#define SUPPORT_FILE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All paths are names in the scratch folder. */

/* Puts a chunk in behind IHDR, or before IEND. */
void png_insert(const char *name, const char *type, bool behind, const void *data, size_t size);
/* The same for a segment right behind the start of a JPEG file. */
void jpeg_insert(const char *name, int marker, const void *data, size_t size);

typedef struct {
    uint8_t *data; /* followed by a NUL; free() it. NULL: there is none */
    size_t size;
    bool behind; /* the pixels */
} file_part;

/* The n-th (from 0) chunk of a type, or segment of a marker, whose data begin with `start`. */
file_part png_part(const char *name, const char *type, const char *start, int n);
file_part jpeg_part(const char *name, int marker, const char *start, int n);

/* How many there are. */
int png_count(const char *name, const char *type, const char *start);
int jpeg_count(const char *name, int marker, const char *start);

#endif
