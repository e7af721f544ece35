/* SPDX-License-Identifier: MIT */
/*
 * Small tensors as text: `0,1;2,3`, or a .txt or .csv file of rows.
 *
 * Numbers are separated by blanks, tabs or a comma, rows by a semicolon or the end of a line,
 * channels by `|` or by blank lines. `#` begins a comment that the end of the line ends. All rows
 * are of one length, all channels of one height. Numbers are written as 12, -0.5, 3e-4, .5, nan or
 * inf, whatever the locale says.
 */
#ifndef UP_IO_TEXT_TENSOR_H
#define UP_IO_TEXT_TENSOR_H

#include "io/files/reader.h"

typedef struct {
    int channels, height, width;
    float *value; /* [channels][height][width]; for up_free() */
} up_text_tensor;

/* `name` begins the messages, which say line and column. Memory grows with the text alone. */
up_status up_text_tensor_parse(up_text_tensor *tensor, const char *text, size_t size,
                               const char *name, up_error *error);

/* All that a reader gives. */
up_status up_text_tensor_read(up_text_tensor *tensor, up_reader *reader, up_error *error);

/* Positions as text, or a file of them, int64 in an .npy or a regular file of text, as
 * up_npy_read_i8() gives them. */
up_status up_positions_read(const char *text_or_path, int64_t **data, int64_t shape[static 4],
                            int *dims, up_error *error);

/* Whether text consists of nothing but what numbers, their separators and comments do; at least one
 * digit, nan or inf among it. */
bool up_text_tensor_probe(const uint8_t *text, size_t size);

/* At most this much of a file is read as a tensor. */
#define UP_TEXT_TENSOR_MOST ((size_t)64 << 20)

#endif
