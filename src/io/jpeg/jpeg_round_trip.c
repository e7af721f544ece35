/* SPDX-License-Identifier: MIT */
#include "io/jpeg/jpeg_round_trip.h"

#include "base/memory.h"
#include "io/jpeg/jpeg_guard.h"

#include <stdlib.h>

enum { BLOCKS = 16, HEADERS = 2048 }; /* pixels on a side that are coded together; bytes */

typedef struct {
    const up_pixels *pixels;
    int quality;
    up_subsampling chroma;
    struct jpeg_compress_struct encoder;
    struct jpeg_decompress_struct decoder;
    up_jpeg_guard guard;
    unsigned char *bytes;
    unsigned long size;
} round_trip;

static JSAMPROW row_at(const up_pixels *pixels, JDIMENSION y)
{
    return (JSAMPROW)pixels->data + y * pixels->row_stride;
}

static void encode(round_trip *trip)
{
    struct jpeg_compress_struct *info = &trip->encoder;
    const up_format *f = &trip->pixels->format;
    jpeg_create_compress(info);
    jpeg_mem_dest(info, &trip->bytes, &trip->size);
    info->image_width = (JDIMENSION)f->width;
    info->image_height = (JDIMENSION)f->height;
    info->input_components = f->channels;
    info->in_color_space = f->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(info); /* 4:2:0 */
    if (f->channels == 3 && trip->chroma == UP_SUBSAMPLING_422)
        info->comp_info[0].v_samp_factor = 1;
    if (f->channels == 3 && trip->chroma == UP_SUBSAMPLING_444)
        info->comp_info[0].v_samp_factor = info->comp_info[0].h_samp_factor = 1;
    jpeg_set_quality(info, trip->quality, TRUE);
    jpeg_start_compress(info, TRUE);
    while (info->next_scanline < info->image_height) {
        JSAMPROW row = row_at(trip->pixels, info->next_scanline);
        jpeg_write_scanlines(info, &row, 1);
    }
    jpeg_finish_compress(info);
}

static void decode(round_trip *trip)
{
    struct jpeg_decompress_struct *info = &trip->decoder;
    jpeg_create_decompress(info);
    jpeg_mem_src(info, trip->bytes, trip->size);
    jpeg_read_header(info, TRUE);
    jpeg_start_decompress(info);
    while (info->output_scanline < info->output_height) {
        JSAMPROW row = row_at(trip->pixels, info->output_scanline);
        jpeg_read_scanlines(info, &row, 1);
    }
    jpeg_finish_decompress(info);
}

static void go(void *arg)
{
    encode(arg);
    decode(arg);
}

/* Where libjpeg finds the buffer too small it goes on in one of its own. */
up_status up_jpeg_round_trip(const up_pixels *pixels, int quality, up_subsampling chroma,
                             up_error *error)
{
    const size_t width = up_round_up((size_t)pixels->format.width, BLOCKS);
    const size_t size = width * up_round_up((size_t)pixels->format.height, BLOCKS) * 3 + HEADERS;
    unsigned char *buffer = up_alloc(size, 1);
    if (!buffer)
        return up_fail_memory(error, "a JPEG", size);
    round_trip trip = {
        .pixels = pixels, .quality = quality, .chroma = chroma, .bytes = buffer, .size = size
    };
    trip.encoder.err = trip.decoder.err =
        up_jpeg_guard_init(&trip.guard, "a picture in memory", UP_ERROR_MEMORY);
    up_status status = up_jpeg_guarded(&trip.guard, go, &trip, error);
    jpeg_destroy_compress(&trip.encoder);
    jpeg_destroy_decompress(&trip.decoder);
    if (trip.bytes != buffer)
        free(trip.bytes);
    up_free(buffer);
    return status;
}
