/* SPDX-License-Identifier: MIT */
#include "io/jxl/jxl_file.h"

#include "base/memory.h"

#include <string.h>

up_status up_jxl_open(up_jxl_file *file, up_reader *reader, int events, up_error *error)
{
    file->reader = reader;
    file->at = 0;
    file->pending = 0;
    file->ended = false;
    file->decoder = up_jxl.JxlDecoderCreate(NULL);
    if (!file->decoder ||
        up_jxl.JxlDecoderSubscribeEvents(file->decoder, events) != JXL_DEC_SUCCESS ||
        up_jxl.JxlDecoderSetUnpremultiplyAlpha(file->decoder, JXL_TRUE) != JXL_DEC_SUCCESS ||
        up_jxl.JxlDecoderSetDecompressBoxes(file->decoder, JXL_TRUE) != JXL_DEC_SUCCESS)
        return up_fail_memory(error, up_reader_name(reader), sizeof *file);
    return UP_OK;
}

/* What the decoder has not taken comes again, before what follows. */
static up_status feed(up_jxl_file *file, up_error *error)
{
    const size_t left = up_jxl.JxlDecoderReleaseInput(file->decoder);
    const int64_t rest = up_reader_size(file->reader) - file->at;
    size_t more = sizeof file->piece - left;
    more = rest < (int64_t)more ? (size_t)rest : more;
    memmove(file->piece, file->piece + file->pending - left, left);
    if (more > 0)
        UP_TRY(up_reader_read_at(file->reader, file->at, file->piece + left, more, error));
    file->at += (int64_t)more;
    file->pending = left + more;
    up_jxl.JxlDecoderSetInput(file->decoder, file->piece, file->pending);
    if (file->at == up_reader_size(file->reader))
        up_jxl.JxlDecoderCloseInput(file->decoder);
    file->ended = more == 0;
    return UP_OK;
}

up_status up_jxl_next(up_jxl_file *file, JxlDecoderStatus *event, up_error *error)
{
    *event = up_jxl.JxlDecoderProcessInput(file->decoder);
    while (*event == JXL_DEC_NEED_MORE_INPUT && !file->ended) {
        UP_TRY(feed(file, error));
        if (!file->ended)
            *event = up_jxl.JxlDecoderProcessInput(file->decoder);
    }
    if (*event != JXL_DEC_ERROR)
        return UP_OK;
    return up_fail(error, UP_ERROR_INPUT, "%s: damaged JPEG XL: it cannot be decoded",
                   up_reader_name(file->reader));
}

void up_jxl_close(up_jxl_file *file)
{
    up_jxl.JxlDecoderDestroy(file->decoder);
    file->decoder = NULL;
}
