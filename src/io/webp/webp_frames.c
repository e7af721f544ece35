/* SPDX-License-Identifier: MIT */
#include "io/webp/webp_frames.h"

#include "base/memory.h"

#include <webp/decode.h>

enum { RIFF_HEAD = 12, CHANNELS = 4, LIBRARY_BYTES = 5 /* a pixel */ };

static up_format screen_format(const up_format *format)
{
    up_format screen = *format;
    screen.channels = CHANNELS;
    screen.color = UP_COLOR_RGBA;
    return screen;
}

bool up_webp_frames_bytes(const up_webp_layout *layout, const up_format *format, size_t *bytes)
{
    const up_format screen = screen_format(format);
    size_t frame;
    return up_screen_bytes(&screen, false, bytes) &&
           up_mul((size_t)layout->pixels_most, CHANNELS + LIBRARY_BYTES, &frame) &&
           up_add(*bytes, frame, bytes) && up_add(*bytes, layout->packed_most, bytes);
}

up_status up_webp_frames_begin(up_webp_frames *frames, up_reader *reader, const up_format *format,
                               up_error *error)
{
    const up_format screen = screen_format(format);
    frames->reader = reader;
    frames->at = RIFF_HEAD;
    frames->shown = 0;
    return up_screen_begin(&frames->screen, &screen, error);
}

void up_webp_frames_end(up_webp_frames *frames)
{
    up_screen_end(&frames->screen);
}

static up_status decode(up_webp_frames *frames, const up_webp_frame *frame, uint8_t *packed,
                        uint8_t *pixels, bool *sound, up_error *error)
{
    const up_webp_pixels *p = &frame->pixels;
    const size_t size = (size_t)(p->end - p->at), row = (size_t)p->columns * CHANNELS;
    WebPDecoderConfig config;
    UP_TRY(up_reader_read_at(frames->reader, p->at, packed, size, error));
    if (!WebPInitDecoderConfig(&config))
        return up_fail(error, UP_ERROR_UNSUPPORTED, "this libwebp cannot decode");
    config.output.colorspace = MODE_RGBA;
    config.output.is_external_memory = 1;
    config.output.u.RGBA = (WebPRGBABuffer){ pixels, (int)row, row * (size_t)p->rows };
    const VP8StatusCode code = WebPDecode(packed, size, &config);
    if (code == VP8_STATUS_OUT_OF_MEMORY)
        return up_fail_memory(error, up_reader_name(frames->reader), row * (size_t)p->rows);
    *sound = code == VP8_STATUS_OK;
    for (int y = 0; y < p->rows && *sound; y++)
        up_screen_put(&frames->screen, y, pixels + (size_t)y * row);
    return UP_OK;
}

static up_status put_frame(up_webp_frames *frames, const up_webp_frame *frame, bool *sound,
                           up_error *error)
{
    const up_webp_pixels *p = &frame->pixels;
    size_t bytes;
    *sound = false;
    UP_TRY(up_screen_place(&frames->screen, &frame->place, error));
    if (!p->at)
        return UP_OK;
    if (!up_mul((size_t)p->columns * CHANNELS, (size_t)p->rows, &bytes))
        bytes = SIZE_MAX;
    uint8_t *packed = up_alloc((size_t)(p->end - p->at), 1);
    uint8_t *pixels = up_alloc(bytes, 1);
    up_status status = packed && pixels
                           ? decode(frames, frame, packed, pixels, sound, error)
                           : up_fail_memory(error, up_reader_name(frames->reader), bytes);
    up_free(packed);
    up_free(pixels);
    return status;
}

up_status up_webp_frames_next(up_webp_frames *frames, bool *there, up_duration *duration,
                              up_notes *notes, up_error *error)
{
    up_webp_chunk chunk;
    up_webp_frame frame;
    bool sound;
    *there = false;
    while (!*there) {
        if (!up_webp_next_chunk(&chunk, frames->reader, &frames->at,
                                up_reader_size(frames->reader)))
            return UP_OK;
        *there =
            up_webp_is(&chunk, "ANMF") && up_webp_read_frame(&frame, &chunk, frames->reader, NULL);
    }
    UP_TRY(put_frame(frames, &frame, &sound, error));
    if (!sound)
        UP_TRY(up_notes_add(notes, UP_NOTE_DAMAGE, error, "its frame %lld, counted from 0, %s",
                            (long long)frames->shown,
                            frame.pixels.cut ? "breaks off" : "is damaged"));
    *duration = frame.duration;
    frames->shown++;
    return UP_OK;
}
