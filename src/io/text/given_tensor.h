/* SPDX-License-Identifier: MIT */
/* Tensors as they are given to a command or option: as text, or by the name of a file. */
#ifndef UP_IO_GIVEN_TENSOR_H
#define UP_IO_GIVEN_TENSOR_H

#include "io/source.h"
#include "io/text/text_tensor.h"

typedef struct {
    up_text_tensor tensor; /* channels are those of all frames, one after the other */
    int frames;
    bool picture; /* its samples are as they lie in the file */
} up_given_tensor;

/* `0,1;2,3`, or a file (.txt, .csv, .npy, a picture). What consists of nothing but what numbers,
 * their separators and comments do is text. `flag` is how it was given, for messages; more than
 * `most` values are UP_ERROR_UNSUPPORTED. given->tensor.value is for up_free(). */
up_status up_given_tensor_read(up_given_tensor *given, const char *text_or_path, const char *flag,
                               size_t most, up_error *error);

/* The same of a file alone, whatever it is called. */
up_status up_given_tensor_read_file(up_given_tensor *given, const char *path, const char *flag,
                                    size_t most, up_error *error);

up_status up_given_tensor_from_source(up_given_tensor *given, up_source *source, const char *flag,
                                      size_t most, up_error *error);

/* Whether so many values may be taken. */
up_status up_check_tensor_count(int64_t channels, int64_t height, int64_t width, size_t most,
                                const char *flag, up_error *error);

/* Whether it is text. */
bool up_is_tensor_text(const char *given);

#endif
