/* SPDX-License-Identifier: MIT */
/* libtiff over writers: straight into files; into memory where the output is a pipe, which cannot
 * be written at a place. */
#ifndef UP_IO_TIFF_OUTPUT_H
#define UP_IO_TIFF_OUTPUT_H

#include "io/files/writer.h"
#include "io/tiff/tiff_said.h"

typedef struct {
    TIFF *tiff;
    up_writer *writer;
    int64_t at, size;
    uint8_t *held; /* for a pipe */
    size_t room;
    up_error failure; /* of the writer */
    char said[UP_TIFF_SAID];
} up_tiff_output;

/* `mode` as TIFFOpen takes it. The struct must stay where it is. */
up_status up_tiff_output_open(up_tiff_output *out, up_writer *writer, const char *mode,
                              up_error *error);
/* Puts bytes at the end, at an even place *at. */
up_status up_tiff_output_add(up_tiff_output *out, const void *bytes, size_t size, uint64_t *at,
                             up_error *error);
/* Why a call of libtiff failed. */
up_status up_tiff_output_fail(const up_tiff_output *out, up_error *error);
/* Writes the directory; the next one begins. */
up_status up_tiff_output_page(up_tiff_output *out, up_error *error);
/* After the last: writes what is held. */
up_status up_tiff_output_finish(up_tiff_output *out, up_error *error);
void up_tiff_output_close(up_tiff_output *out);

#endif
