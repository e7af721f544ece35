/* SPDX-License-Identifier: MIT */
/* libjxl's decoder, fed with what a reader gives. */
#ifndef UP_IO_JXL_FILE_H
#define UP_IO_JXL_FILE_H

#include "io/files/reader.h"
#include "io/jxl/jxl_library.h"

#define UP_JXL_PIECE ((size_t)1 << 16) /* bytes that it is fed with at a time */

typedef struct {
    up_reader *reader; /* one that can seek */
    JxlDecoder *decoder;
    int64_t at;     /* the next bytes of the file */
    size_t pending; /* of `piece`, at the decoder */
    bool ended;     /* all are there */
    uint8_t piece[2 * UP_JXL_PIECE];
} up_jxl_file;

/* Begins to read, for these events (JXL_DEC_FULL_IMAGE ...). Needs up_jxl_close() in any case. */
up_status up_jxl_open(up_jxl_file *file, up_reader *reader, int events, up_error *error);

/* Goes on to the next event, or the next thing that the decoder wants. JXL_DEC_NEED_MORE_INPUT: the
 * file ends. What is broken is an error. */
up_status up_jxl_next(up_jxl_file *file, JxlDecoderStatus *event, up_error *error);

void up_jxl_close(up_jxl_file *file);

#endif
