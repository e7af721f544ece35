/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/memory.h"
#include "io/jpeg/jpeg_guard.h"
#include "io/jpeg/jpeg_segments.h"
#include "io/metadata/declared_colour.h"
#include "io/metadata/photoshop.h"
#include "io/pixels.h"

#include <math.h>
#include <string.h>

enum { DEFAULT_QUALITY = 90, FULL_CHROMA_QUALITY = 90 };
enum { ROWS_PER_CALL = 64 };

typedef struct {
    up_sink base;
    struct jpeg_compress_struct info;
    up_jpeg_guard guard;
    struct jpeg_destination_mgr output;
    up_writer *writer;
    const up_encoding *encoding; /* while opening */
    up_blob resources;           /* Photoshop's, while opening */
    uint8_t *inverted;           /* CMYK: ROWS_PER_CALL rows as Adobe stores them */
    uint8_t buffer[1 << 16];
} jpeg_sink;

typedef struct {
    jpeg_sink *jpeg;
    const void *const *row;
    int count;
} write_request;

static up_status choose(up_format *format, up_error *error)
{
    UP_TRY(up_sink_choose_picture("JPEG", format, error));
    if (up_color_has_alpha(format->color))
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "JPEG cannot hold transparency: put the picture on a colour with "
                       "--background, or write PNG instead");
    if (format->width > JPEG_MAX_DIMENSION || format->height > JPEG_MAX_DIMENSION)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "JPEG holds at most %ld pixels per side, not %dx%d: write PNG instead",
                       JPEG_MAX_DIMENSION, format->width, format->height);
    format->sample = UP_SAMPLE_U8;
    format->depth = 8;
    return UP_OK;
}

static up_status declare(up_metadata *m, const up_format *input, const up_format *output,
                         up_notes *notes, up_error *error)
{
    UP_TRY(up_declared_by_profile(m, input, output, notes, error));
    if (m->icc.size <= UP_JPEG_ICC_MOST)
        return UP_OK;
    UP_TRY(up_notes_add(notes, UP_NOTE_DROPPED, error, "ICC profile, too large for JPEG"));
    return up_blob_set(&m->icc, NULL, 0, error);
}

/* ---- bytes */

static void init_output(j_compress_ptr info)
{
    jpeg_sink *jpeg = info->client_data;
    jpeg->output.next_output_byte = jpeg->buffer;
    jpeg->output.free_in_buffer = sizeof jpeg->buffer;
}

static void write_buffer(jpeg_sink *jpeg, size_t size)
{
    up_status status = up_writer_write(jpeg->writer, jpeg->buffer, size, jpeg->guard.error);
    if (status != UP_OK)
        up_jpeg_escape(&jpeg->guard, status);
}

static boolean empty_output(j_compress_ptr info)
{
    jpeg_sink *jpeg = info->client_data;
    write_buffer(jpeg, sizeof jpeg->buffer);
    init_output(info);
    return TRUE;
}

static void term_output(j_compress_ptr info)
{
    jpeg_sink *jpeg = info->client_data;
    write_buffer(jpeg, sizeof jpeg->buffer - jpeg->output.free_in_buffer);
}

/* ---- header */

static int quality_of(const up_encoding *encoding)
{
    return encoding->quality > 0 ? encoding->quality : DEFAULT_QUALITY;
}

static up_subsampling subsampling_of(const up_encoding *encoding)
{
    if (encoding->subsampling != UP_SUBSAMPLING_AUTO)
        return encoding->subsampling;
    return quality_of(encoding) >= FULL_CHROMA_QUALITY ? UP_SUBSAMPLING_444 : UP_SUBSAMPLING_420;
}

/* Luma samples per chroma sample. Black ink, like luma, is never reduced; plain inks have neither
 * luma nor chroma. */
static void sampling_factors(up_color color, const up_encoding *encoding, int *h, int *v)
{
    bool chroma = color == UP_COLOR_RGB || (color == UP_COLOR_CMYK && !encoding->plain_inks);
    up_subsampling subsampling = chroma ? subsampling_of(encoding) : UP_SUBSAMPLING_444;
    *h = subsampling == UP_SUBSAMPLING_444 ? 1 : 2;
    *v = subsampling == UP_SUBSAMPLING_420 ? 2 : 1;
}

static void set_colors(struct jpeg_compress_struct *info, up_color color, bool plain_inks)
{
    info->in_color_space = color == UP_COLOR_GREY  ? JCS_GRAYSCALE
                           : color == UP_COLOR_RGB ? JCS_RGB
                                                   : JCS_CMYK;
    jpeg_set_defaults(info);
    if (color == UP_COLOR_CMYK && plain_inks)
        info->write_Adobe_marker = FALSE;
    else if (color == UP_COLOR_CMYK)
        jpeg_set_colorspace(info, JCS_YCCK);
}

static void set_quality(struct jpeg_compress_struct *info, up_color color,
                        const up_encoding *encoding)
{
    int h, v;
    sampling_factors(color, encoding, &h, &v);
    jpeg_set_quality(info, quality_of(encoding), TRUE);
    for (int i = 0; i < info->num_components; i += 3) {
        info->comp_info[i].h_samp_factor = h;
        info->comp_info[i].v_samp_factor = v;
    }
    info->dct_method = JDCT_ISLOW;
    if (encoding->piece)
        info->restart_in_rows = 1; /* behind which nothing depends on what was before */
    if (encoding->progressive)
        jpeg_simple_progression(info); /* brings optimised tables with it */
}

static UINT16 density(double value)
{
    return (UINT16)fmin(fmax(round(value), 1), UINT16_MAX);
}

static void set_density(struct jpeg_compress_struct *info, const up_metadata *m)
{
    if (m->dpi_x > 0 && m->dpi_y > 0) {
        info->density_unit = 1;
        info->X_density = density(m->dpi_x);
        info->Y_density = density(m->dpi_y);
    } else if (m->aspect > 0) {
        info->density_unit = 0;
        info->X_density = density(m->aspect < 1 ? 1000 / m->aspect : 1000);
        info->Y_density = density(m->aspect < 1 ? 1000 : 1000 * m->aspect);
    }
}

static void write_header(void *arg)
{
    jpeg_sink *jpeg = arg;
    struct jpeg_compress_struct *info = &jpeg->info;
    const up_metadata *m = &jpeg->encoding->metadata;
    jpeg_create_compress(info);
    info->dest = &jpeg->output;
    info->image_width = (JDIMENSION)jpeg->base.format.width;
    info->image_height = (JDIMENSION)jpeg->base.format.height;
    info->input_components = jpeg->base.format.channels;
    set_colors(info, jpeg->base.format.color, jpeg->encoding->plain_inks);
    set_quality(info, jpeg->base.format.color, jpeg->encoding);
    set_density(info, m);
    jpeg_start_compress(info, TRUE);
    up_jpeg_write_segments(info, m, &jpeg->resources);
}

/* ---- memory */

static size_t ceil_div(int a, int b)
{
    return ((size_t)a + (size_t)b - 1) / (size_t)b;
}

/* A progressive file is written from all its coefficients. */
static size_t coefficient_bytes(const up_format *format, const up_encoding *encoding)
{
    if (!encoding->progressive)
        return 0;
    int h, v;
    sampling_factors(format->color, encoding, &h, &v);
    size_t full = format->color == UP_COLOR_CMYK ? 2 : 1, reduced = (size_t)format->channels - full;
    size_t per_mcu = full * (size_t)(h * v) + reduced;
    return ceil_div(format->width, 8 * h) * ceil_div(format->height, 8 * v) * per_mcu *
           sizeof(JBLOCK);
}

static size_t inverted_bytes(const up_format *format, const up_encoding *encoding)
{
    bool inverts = format->color == UP_COLOR_CMYK && !encoding->plain_inks;
    return inverts ? (size_t)format->width * 4 * ROWS_PER_CALL : 0;
}

static size_t held(const up_format *format, const up_encoding *encoding)
{
    size_t rows = (size_t)format->width * (size_t)format->channels * 64; /* libjpeg's strips */
    return sizeof(jpeg_sink) + rows + inverted_bytes(format, encoding) +
           coefficient_bytes(format, encoding);
}

/* ---- pixels */

static void write_rows(void *arg)
{
    const write_request *request = arg;
    jpeg_sink *jpeg = request->jpeg;
    size_t row_bytes = (size_t)jpeg->base.format.width * (size_t)jpeg->base.format.channels;
    JSAMPROW rows[ROWS_PER_CALL];
    for (int done = 0; done < request->count; done += ROWS_PER_CALL) {
        int count = up_min(ROWS_PER_CALL, request->count - done);
        for (int i = 0; i < count; i++) {
            const uint8_t *row = request->row[done + i];
            rows[i] = (JSAMPROW)row;
            if (!jpeg->inverted)
                continue;
            rows[i] = jpeg->inverted + (size_t)i * row_bytes;
            for (size_t x = 0; x < row_bytes; x++)
                rows[i][x] = (JSAMPLE)(MAXJSAMPLE - row[x]);
        }
        jpeg_write_scanlines(&jpeg->info, rows, (JDIMENSION)count);
    }
}

static up_status settle(jpeg_sink *jpeg, up_status status)
{
    if (status != UP_OK)
        jpeg_abort_compress(&jpeg->info); /* further calls fail cleanly */
    return status;
}

static up_status accept_rows(up_sink *sink, int slot, const void *const *row, int count,
                             up_error *error)
{
    (void)slot;
    jpeg_sink *jpeg = (jpeg_sink *)sink;
    write_request request = { jpeg, row, count };
    return settle(jpeg, up_jpeg_guarded(&jpeg->guard, write_rows, &request, error));
}

static void write_trailer(void *arg)
{
    jpeg_finish_compress(&((jpeg_sink *)arg)->info);
}

static up_status finish(up_sink *sink, up_error *error)
{
    jpeg_sink *jpeg = (jpeg_sink *)sink;
    UP_TRY(settle(jpeg, up_jpeg_guarded(&jpeg->guard, write_trailer, jpeg, error)));
    return up_writer_publish(jpeg->writer, error);
}

static void close_jpeg(up_sink *sink)
{
    jpeg_sink *jpeg = (jpeg_sink *)sink;
    jpeg_destroy_compress(&jpeg->info);
    up_free(jpeg->inverted);
    up_free(jpeg->resources.data);
}

static up_status open_jpeg(up_sink **sink, up_writer *writer, const up_format *format,
                           const up_encoding *encoding, int slots, size_t group_bytes,
                           up_error *error)
{
    (void)group_bytes;
    jpeg_sink *jpeg = up_alloc_zero(1, sizeof *jpeg);
    if (!jpeg)
        return up_fail_memory(error, up_writer_name(writer), sizeof *jpeg);
    jpeg->base = (up_sink){ .type = "jpeg",
                            .format = *format,
                            .slots = slots,
                            .accept = accept_rows,
                            .finish = finish,
                            .close = close_jpeg };
    jpeg->writer = writer;
    jpeg->encoding = encoding;
    jpeg->output = (struct jpeg_destination_mgr){ .init_destination = init_output,
                                                  .empty_output_buffer = empty_output,
                                                  .term_destination = term_output };
    jpeg->info.client_data = jpeg;
    jpeg->info.err = up_jpeg_guard_init(&jpeg->guard, up_writer_name(writer), UP_ERROR_OUTPUT);
    size_t inverted = inverted_bytes(format, encoding);
    up_status status = UP_OK;
    if (inverted > 0 && !(jpeg->inverted = up_alloc(inverted, 1)))
        status = up_fail_memory(error, up_writer_name(writer), inverted);
    if (status == UP_OK)
        status = up_photoshop_resources(&encoding->metadata, &jpeg->resources, error);
    if (status == UP_OK)
        status = up_jpeg_guarded(&jpeg->guard, write_header, jpeg, error);
    jpeg->encoding = NULL;
    return up_sink_opened(sink, &jpeg->base, status);
}

const up_sink_format up_jpeg_sink = { .type = "jpeg",
                                      .extensions = "jpg jpeg jpe jfif",
                                      .bands = true,
                                      .lossy = true,
                                      .choose = choose,
                                      .declare = declare,
                                      .keep = up_jpeg_keep,
                                      .open = open_jpeg,
                                      .held = held };
