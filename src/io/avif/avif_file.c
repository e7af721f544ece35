/* SPDX-License-Identifier: MIT */
#include "io/avif/avif_file.h"

#include "base/memory.h"

static avifResult read_bytes(avifIO *io, uint32_t flags, uint64_t offset, size_t size,
                             avifROData *out)
{
    up_avif_file *file = io->data;
    const uint64_t all = (uint64_t)up_reader_size(file->reader);
    if (flags != 0 || offset > all)
        return AVIF_RESULT_IO_ERROR;
    const size_t count = size < all - offset ? size : (size_t)(all - offset);
    if (count > file->room) {
        up_free(file->bytes);
        file->bytes = up_alloc(count, 1);
        file->room = file->bytes ? count : 0;
        if (!file->bytes)
            return AVIF_RESULT_OUT_OF_MEMORY;
    }
    if (count > 0 &&
        up_reader_read_at(file->reader, (int64_t)offset, file->bytes, count, NULL) != UP_OK)
        return AVIF_RESULT_IO_ERROR;
    *out = (avifROData){ file->bytes, count };
    return AVIF_RESULT_OK;
}

up_status up_avif_fail(const up_avif_file *file, avifResult said, up_error *error)
{
    const char *name = up_reader_name(file->reader);
    const char *text = up_avif.avifResultToString(said);
    switch (said) {
    case AVIF_RESULT_OUT_OF_MEMORY:
        return up_fail_memory(error, name, 0);
    case AVIF_RESULT_TRUNCATED_DATA:
    case AVIF_RESULT_IO_ERROR:
        return up_fail(error, UP_ERROR_INPUT, "%s: truncated: AVIF ends early", name);
    case AVIF_RESULT_NOT_IMPLEMENTED:
    case AVIF_RESULT_UNSUPPORTED_DEPTH:
    case AVIF_RESULT_NO_CODEC_AVAILABLE:
        return up_fail(error, UP_ERROR_UNSUPPORTED, "%s: AVIF of this kind cannot be read: %s",
                       name, text);
    default:
        return up_fail(error, UP_ERROR_INPUT, "%s: damaged AVIF: %s", name, text);
    }
}

up_status up_avif_open(up_avif_file *file, up_reader *reader, up_avif_parts parts, uint32_t most,
                       up_error *error)
{
    const bool cut = parts == UP_AVIF_CUT;
    *file =
        (up_avif_file){ .reader = reader,
                        .io = { .read = read_bytes,
                                .sizeHint = cut ? INT64_MAX : (uint64_t)up_reader_size(reader) } };
    file->io.data = file;
    file->decoder = up_avif.avifDecoderCreate();
    if (!file->decoder)
        return up_fail_memory(error, up_reader_name(reader), 0);
    file->decoder->ignoreExif = parts != UP_AVIF_WITH_EXIF;
    file->decoder->ignoreXMP = parts != UP_AVIF_WITH_EXIF;
    if (cut) /* of what items say they have, memory would be taken */
        file->decoder->requestedSource = AVIF_DECODER_SOURCE_TRACKS;
    file->decoder->imageSizeLimit = most;
    file->decoder->strictFlags = AVIF_STRICT_DISABLED; /* what can be shown is */
    up_avif.avifDecoderSetIO(file->decoder, &file->io);
    const avifResult said = up_avif.avifDecoderParse(file->decoder);
    return said == AVIF_RESULT_OK ? UP_OK : up_avif_fail(file, said, error);
}

void up_avif_close(up_avif_file *file)
{
    if (file->decoder)
        up_avif.avifDecoderDestroy(file->decoder);
    up_free(file->bytes);
    *file = (up_avif_file){ 0 };
}

static bool is_whole(const up_avif_file *file, int frame)
{
    avifExtent extent;
    const uint64_t size = (uint64_t)up_reader_size(file->reader);
    return up_avif.avifDecoderNthImageMaxExtent(file->decoder, (uint32_t)frame, &extent) ==
               AVIF_RESULT_OK &&
           extent.offset <= size && extent.size <= size - extent.offset;
}

/* They lie one behind the other: each is asked for as the last of those since a whole picture. */
int up_avif_whole_frames(const up_avif_file *file)
{
    int whole = 0, end = file->decoder->imageCount;
    while (whole < end) {
        const int middle = whole + (end - whole) / 2;
        if (is_whole(file, middle))
            whole = middle + 1;
        else
            end = middle;
    }
    return whole;
}

int up_avif_orientation(const avifImage *picture)
{
    static const int plain[4] = { 1, 8, 3, 6 };           /* anticlockwise, by quarters */
    static const int mirrored[2][4] = { { 4, 5, 2, 7 },   /* top and bottom exchanged after that */
                                        { 2, 7, 4, 5 } }; /* left and right */
    const int angle = picture->transformFlags & AVIF_TRANSFORM_IROT ? picture->irot.angle & 3 : 0;
    if (!(picture->transformFlags & AVIF_TRANSFORM_IMIR))
        return plain[angle];
#if AVIF_VERSION >= 1000000
    return mirrored[picture->imir.axis & 1][angle];
#else
    return mirrored[picture->imir.mode & 1][angle];
#endif
}
