/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/memory.h"
#include "io/held_rows.h"
#include "io/metadata/declared_colour.h"
#include "io/pixels.h"
#include "io/webp/webp_animation.h"

#include <webp/decode.h>
#include <webp/encode.h>
#include <webp/mux.h>

enum { LOSSLESS_LEAST = 8 << 20 /* as measured: of histograms */ };
enum { DEFAULT_QUALITY = 90, DEFAULT_EFFORT = 6, MOST_EFFORT = 9, MOST_METHOD = 6 };

/* A picture, or a frame that comes or is encoded. */
typedef struct {
    WebPPicture pixels;
    WebPMemoryWriter packed;
    up_duration duration;
} webp_frame;

typedef struct {
    up_sink base;
    up_writer *writer;
    webp_frame frame[2];
    int frames; /* of these that there are: 2 where one comes while the one before is encoded */
    int now;    /* the one that comes */
    WebPConfig config;
    up_metadata metadata; /* ICC, EXIF and XMP, for the end */
    size_t held_bytes;    /* for all of it, about */
    int y;
    up_webp_animation animation;
    bool animated;
    webp_frame *ended[]; /* by slot: the frame whose last rows it has brought; NULL: none */
} webp_sink;

static up_status choose(up_format *format, up_error *error)
{
    UP_TRY(up_sink_refuse_inks("WebP", format, error));
    UP_TRY(up_sink_choose_picture("WebP", format, error));
    if (format->width > WEBP_MAX_DIMENSION || format->height > WEBP_MAX_DIMENSION)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "WebP holds at most %d pixels per side, not %dx%d: write PNG instead",
                       WEBP_MAX_DIMENSION, format->width, format->height);
    format->sample = UP_SAMPLE_U8;
    format->depth = 8;
    return UP_OK;
}

/* All of it is RGB, so that greys need a profile for that. */
static up_status declare(up_metadata *m, const up_format *input, const up_format *output,
                         up_notes *notes, up_error *error)
{
    up_format stored = *output;
    stored.color = up_color_has_alpha(output->color) ? UP_COLOR_RGBA : UP_COLOR_RGB;
    return up_declared_by_profile(m, input, &stored, notes, error);
}

/* ---- rows */

static uint32_t argb(uint8_t a, uint8_t r, uint8_t g, uint8_t b)
{
    return (uint32_t)a << 24 | (uint32_t)r << 16 | (uint32_t)g << 8 | b;
}

static void set_row(uint32_t *to, const uint8_t *from, int width, int channels)
{
    for (int x = 0; x < width; x++, from += channels)
        switch (channels) {
        case 1:
        case 2:
            to[x] = argb(channels == 2 ? from[1] : UINT8_MAX, from[0], from[0], from[0]);
            break;
        default:
            to[x] = argb(channels == 4 ? from[3] : UINT8_MAX, from[0], from[1], from[2]);
        }
}

static up_status accept_rows(up_sink *sink, int slot, const void *const *row, int count,
                             up_error *error)
{
    (void)error;
    webp_sink *s = (webp_sink *)sink;
    webp_frame *frame = &s->frame[s->now];
    for (int i = 0; i < count; i++, s->y++)
        set_row(frame->pixels.argb + (size_t)s->y * (size_t)frame->pixels.argb_stride, row[i],
                sink->format.width, sink->format.channels);
    s->ended[slot] = s->y == sink->format.height ? frame : NULL;
    return UP_OK;
}

/* ---- the file */

/* libwebp 1.2.4 does not see that its writer of bits was refused memory, and the file ends there.
 * Whoever keeps the last pixel only has read all of them; by the incremental decoder, as the other
 * ends the program where that is refused memory. */
static bool ends_well(const webp_frame *frame)
{
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config))
        return false;
    config.options.use_cropping = 1;
    config.options.crop_left = frame->pixels.width - 1;
    config.options.crop_top = frame->pixels.height - 1;
    config.options.crop_width = config.options.crop_height = 1;
    WebPIDecoder *decoder = WebPIDecode(NULL, 0, &config);
    const bool fine =
        decoder && WebPIUpdate(decoder, frame->packed.mem, frame->packed.size) == VP8_STATUS_OK;
    WebPIDelete(decoder);
    WebPFreeDecBuffer(&config.output);
    return fine;
}

static up_status encode(webp_sink *s, webp_frame *frame, up_error *error)
{
    const char *name = up_writer_name(s->writer);
    if (WebPEncode(&s->config, &frame->pixels)) {
        const bool fine = !s->config.lossless || ends_well(frame);
        return fine ? UP_OK : up_fail_memory(error, name, s->held_bytes);
    }
    switch (frame->pixels.error_code) {
    case VP8_ENC_ERROR_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BAD_WRITE: /* into memory */
        return up_fail_memory(error, name, s->held_bytes);
    case VP8_ENC_ERROR_PARTITION0_OVERFLOW:
    case VP8_ENC_ERROR_PARTITION_OVERFLOW:
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s: too much detail for WebP at this size: use --lossless, or a lower "
                       "--quality",
                       name);
    default:
        return up_fail(error, UP_ERROR_OUTPUT, "%s: cannot be encoded as WebP (error %d)", name,
                       (int)frame->pixels.error_code);
    }
}

static WebPMuxError add_chunk(WebPMux *mux, const char *type, const up_blob *blob)
{
    const WebPData data = { blob->data, blob->size };
    return blob->data ? WebPMuxSetChunk(mux, type, &data, 0) : WEBP_MUX_OK;
}

/* Around the picture a container that holds the metadata. */
static up_status write_container(webp_sink *s, up_error *error)
{
    const WebPData picture = { s->frame[0].packed.mem, s->frame[0].packed.size };
    const up_metadata *m = &s->metadata;
    WebPData all = { NULL, 0 };
    WebPMux *mux = WebPMuxCreate(&picture, 0);
    WebPMuxError code = mux ? add_chunk(mux, "ICCP", &m->icc) : WEBP_MUX_MEMORY_ERROR;
    code = code == WEBP_MUX_OK ? add_chunk(mux, "EXIF", &m->exif) : code;
    code = code == WEBP_MUX_OK ? add_chunk(mux, "XMP ", &m->xmp) : code;
    code = code == WEBP_MUX_OK ? WebPMuxAssemble(mux, &all) : code;
    up_status status;
    if (code == WEBP_MUX_OK)
        status = up_writer_write(s->writer, all.bytes, all.size, error);
    else if (code == WEBP_MUX_MEMORY_ERROR)
        status = up_fail_memory(error, up_writer_name(s->writer), picture.size);
    else
        status = up_fail(error, UP_ERROR_OUTPUT, "%s: WebP cannot hold its metadata (error %d)",
                         up_writer_name(s->writer), (int)code);
    WebPDataClear(&all);
    WebPMuxDelete(mux);
    return status;
}

/* ---- frames */

static up_status begin_frame(up_sink *sink, up_duration duration, up_error *error)
{
    (void)error;
    webp_sink *s = (webp_sink *)sink;
    s->now = (s->now + 1) % s->frames;
    s->frame[s->now].duration = duration;
    s->y = 0;
    return UP_OK;
}

static up_status pack_frame(up_sink *sink, int slot, up_error *error)
{
    webp_sink *s = (webp_sink *)sink;
    return s->ended[slot] ? encode(s, s->ended[slot], error) : UP_OK;
}

/* libwebp has turned its pixels into YUV, and is to take new ones. */
static up_status emit_frame(up_sink *sink, int slot, up_error *error)
{
    webp_sink *s = (webp_sink *)sink;
    webp_frame *frame = s->ended[slot];
    if (!frame)
        return UP_OK;
    UP_TRY(up_webp_animation_add(&s->animation, frame->packed.mem, frame->packed.size,
                                 frame->duration, error));
    WebPMemoryWriterClear(&frame->packed);
    frame->pixels.use_argb = 1;
    return UP_OK;
}

/* ---- the end */

static up_status finish(up_sink *sink, up_error *error)
{
    webp_sink *s = (webp_sink *)sink;
    const up_metadata *m = &s->metadata;
    webp_frame *frame = &s->frame[0];
    if (s->animated) {
        UP_TRY(up_webp_animation_end(&s->animation, error));
        return up_writer_publish(s->writer, error);
    }
    UP_TRY(encode(s, frame, error));
    WebPPictureFree(&frame->pixels);
    if (m->icc.data || m->exif.data || m->xmp.data)
        UP_TRY(write_container(s, error));
    else
        UP_TRY(up_writer_write(s->writer, frame->packed.mem, frame->packed.size, error));
    return up_writer_publish(s->writer, error);
}

static void close_webp(up_sink *sink)
{
    webp_sink *s = (webp_sink *)sink;
    for (int i = 0; i < s->frames; i++) {
        WebPPictureFree(&s->frame[i].pixels);
        WebPMemoryWriterClear(&s->frame[i].packed);
    }
    up_metadata_clear(&s->metadata);
}

/* ---- opening */

/* As measured, of noise: of the picture, the encoder, and what comes out. */
static size_t held(const up_format *format, const up_encoding *encoding)
{
    const size_t each = encoding->lossless                    ? 38
                        : up_color_has_alpha(format->color)   ? 34
                        : encoding->quality > DEFAULT_QUALITY ? 32
                                                              : 24;
    const size_t least = encoding->lossless ? LOSSLESS_LEAST : 0;
    const size_t one = up_held_size(format->width, format->height, each, least);
    size_t bytes;
    return up_mul(one, encoding->overlaps ? 2 : 1, &bytes) ? bytes : SIZE_MAX;
}

static bool set_config(WebPConfig *config, const up_encoding *encoding)
{
    const int effort = encoding->effort > 0 ? encoding->effort : DEFAULT_EFFORT;
    const int quality = encoding->quality > 0 ? encoding->quality : DEFAULT_QUALITY;
    if (!WebPConfigInit(config))
        return false;
    config->exact = 1; /* colours under what is transparent, too */
    if (encoding->lossless) {
        const bool set = WebPConfigLosslessPreset(config, effort);
        if (encoding->near_lossless) {
            config->near_lossless = encoding->near_lossless;
            config->exact = 0; /* libwebp 1.2.4 keeps predicted samples exact, too, where it is 1 */
        }
        return set && WebPValidateConfig(config);
    }
    config->quality = (float)quality;
    config->method = effort * MOST_METHOD / MOST_EFFORT;
    return WebPValidateConfig(config);
}

static up_status prepare_frame(webp_sink *s, webp_frame *frame, up_error *error)
{
    const up_format *f = &s->base.format;
    if (!WebPPictureInit(&frame->pixels))
        return up_fail(error, UP_ERROR_UNSUPPORTED, "this libwebp cannot encode");
    WebPMemoryWriterInit(&frame->packed);
    frame->pixels.width = f->width;
    frame->pixels.height = f->height;
    frame->pixels.use_argb = 1;
    frame->pixels.writer = WebPMemoryWrite;
    frame->pixels.custom_ptr = &frame->packed;
    return WebPPictureAlloc(&frame->pixels)
               ? UP_OK
               : up_fail_memory(error, up_writer_name(s->writer), s->held_bytes);
}

static up_status prepare(webp_sink *s, const up_encoding *encoding, up_error *error)
{
    if (!set_config(&s->config, encoding))
        return up_fail(error, UP_ERROR_UNSUPPORTED, "this libwebp cannot encode");
    for (int i = 0; i < s->frames; i++)
        UP_TRY(prepare_frame(s, &s->frame[i], error));
    UP_TRY(up_metadata_copy(&s->metadata, &encoding->metadata, error));
    return s->animated ? up_webp_animation_begin(&s->animation, s->writer, &s->base.format,
                                                 &s->metadata, encoding->sequence.loops, error)
                       : UP_OK;
}

static up_status open_webp(up_sink **sink, up_writer *writer, const up_format *format,
                           const up_encoding *encoding, int slots, size_t group_bytes,
                           up_error *error)
{
    (void)group_bytes;
    const bool animated = encoding->sequence.frames != 0;
    webp_sink *s = up_alloc_zero(1, sizeof *s + (size_t)slots * sizeof *s->ended);
    if (!s)
        return up_fail_memory(error, up_writer_name(writer), sizeof *s);
    s->base = (up_sink){ .type = "webp",
                         .format = *format,
                         .slots = slots,
                         .overlaps = encoding->overlaps,
                         .frame = animated ? begin_frame : NULL,
                         .accept = accept_rows,
                         .pack = animated ? pack_frame : NULL,
                         .emit = animated ? emit_frame : NULL,
                         .finish = finish,
                         .close = close_webp };
    s->writer = writer;
    s->held_bytes = held(format, encoding);
    s->animated = animated;
    s->frames = encoding->overlaps ? 2 : 1;
    up_metadata_init(&s->metadata);
    up_status status = choose(&s->base.format, error);
    if (status == UP_OK)
        status = prepare(s, encoding, error);
    return up_sink_opened(sink, &s->base, status);
}

const up_sink_format up_webp_sink = { .type = "webp",
                                      .extensions = "webp",
                                      .frames = UP_ANY_FRAMES,
                                      .choose = choose,
                                      .declare = declare,
                                      .keep = up_sink_keep_parts,
                                      .open = open_webp,
                                      .held = held };
