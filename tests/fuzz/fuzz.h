/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share. A target defines LLVMFuzzerTestOneInput(): libFuzzer calls it with
 * what it makes up, replay.c with the files of a corpus. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file with these bytes, to be opened by its path; the same file and path each time. */
const char *fuzz_file(const char *name, const void *data, size_t size);

/* Reads a picture, all of it where it is small, and forgets it. */
void fuzz_picture(const uint8_t *data, size_t size);

/* Reads weights: all tensors, and the network that they are. Of a file in memory, or by a path. */
void fuzz_weights(const void *data, size_t size, const char *name);
void fuzz_weights_file(const char *path);

/* Bytes that grow; nothing is put where there is no memory. */
typedef struct {
    uint8_t *data;
    size_t size, room;
} fuzz_bytes;

void fuzz_put(fuzz_bytes *to, const void *data, size_t size);
void fuzz_put_number(fuzz_bytes *to, uint64_t number, int bytes); /* least byte first */

#endif
