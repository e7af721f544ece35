/* SPDX-License-Identifier: MIT */
#include "io/png/animation/png_frames.h"

#include "base/memory.h"
#include "io/pixels.h"
#include "io/png/animation/png_frame_bytes.h"

#include <limits.h>
#include <png.h>
#include <string.h>

#define LIBPNG_BYTES ((size_t)64 << 10) /* beside rows: zlib's window and its own */

struct up_png_frames {
    up_reader *reader;
    up_screen canvas;
    up_png_frame_bytes bytes;
    int64_t number; /* of the frame, from 0 */
    up_error *error;
    up_status status;
    /* of the frame that is being decoded */
    png_structp png;
    png_infop info;
    uint8_t *pixels; /* a row of it, or all of them if it is interlaced */
    uint8_t **row;   /* of an interlaced one */
};

bool up_png_frames_bytes(const up_format *format, const up_png_overview *overview, bool interlaced,
                         size_t *bytes)
{
    size_t row, frame = 0;
    if (!up_screen_bytes(format, overview->goes_back, bytes) || !up_row_size(format, &row) ||
        (interlaced && !up_frame_size(format, &frame)))
        return false;
    return up_add(*bytes, frame, bytes) && up_add(*bytes, 4 * row + LIBPNG_BYTES, bytes) &&
           up_add(*bytes, sizeof(up_png_frames), bytes);
}

up_status up_png_frames_open(up_png_frames **frames, up_reader *reader, const up_format *format,
                             up_error *error)
{
    up_png_frames *f = *frames = up_alloc_zero(1, sizeof *f);
    if (!f)
        return up_fail_memory(error, up_reader_name(reader), sizeof *f);
    f->reader = reader;
    up_status status = up_screen_begin(&f->canvas, format, error);
    if (status == UP_OK)
        status = up_png_frame_bytes_open(&f->bytes, reader, error);
    if (status != UP_OK)
        up_png_frames_close(frames);
    return status;
}

void up_png_frames_close(up_png_frames **frames)
{
    if (!*frames)
        return;
    up_screen_end(&(*frames)->canvas);
    up_free(*frames);
    *frames = NULL;
}

const up_screen *up_png_frames_screen(const up_png_frames *frames)
{
    return &frames->canvas;
}

/* ---- one frame, by libpng */

static void on_error(png_structp png, png_const_charp message)
{
    up_png_frames *f = png_get_error_ptr(png);
    if (f->status == UP_OK && !f->bytes.cut)
        f->status = up_fail(f->error, UP_ERROR_INPUT, "%s: damaged PNG: frame %lld: %s",
                            up_reader_name(f->reader), (long long)f->number, message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void on_read(png_structp png, png_bytep data, size_t size)
{
    up_png_frames *f = png_get_io_ptr(png);
    f->status = up_png_frame_bytes_read(&f->bytes, data, size, f->error);
    if (f->status != UP_OK)
        png_longjmp(png, 1);
}

static void set_up(up_png_frames *f)
{
    png_set_user_limits(f->png, INT_MAX, INT_MAX);
    png_set_crc_action(f->png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE); /* they are checked before */
    png_set_read_fn(f->png, f, on_read);
    png_read_info(f->png, f->info);
    png_set_expand(f->png);
    if (up_color_has_alpha(f->canvas.format.color) &&
        !(png_get_color_type(f->png, f->info) & PNG_COLOR_MASK_ALPHA) &&
        !png_get_valid(f->png, f->info, PNG_INFO_tRNS))
        png_set_add_alpha(f->png, UINT16_MAX, PNG_FILLER_AFTER);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    png_set_swap(f->png);
#endif
    png_set_interlace_handling(f->png);
    png_read_update_info(f->png, f->info);
}

/* Into the memory that is there for it. */
static void decode(up_png_frames *f, const up_placed *place)
{
    const size_t row_bytes = (size_t)place->width * f->canvas.pixel;
    const bool interlaced = png_get_interlace_type(f->png, f->info) != PNG_INTERLACE_NONE;
    if (png_get_rowbytes(f->png, f->info) != row_bytes)
        png_error(f->png, "rows of an unexpected size");
    f->pixels = up_alloc(row_bytes, interlaced ? (size_t)place->height : 1);
    if (!f->pixels) {
        f->status = up_fail_memory(f->error, up_reader_name(f->reader), row_bytes);
        png_longjmp(f->png, 1);
    }
    if (interlaced)
        for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; pass++)
            for (int y = 0; y < place->height; y++)
                png_read_row(f->png, f->pixels + (size_t)y * row_bytes, NULL);
    for (int y = 0; y < place->height; y++) {
        if (!interlaced)
            png_read_row(f->png, f->pixels, NULL);
        up_screen_put(&f->canvas, y, f->pixels + (interlaced ? (size_t)y * row_bytes : 0));
    }
}

/* libpng leaves by longjmp when something is wrong. Nothing that changes lives in this frame. */
static void attempt(up_png_frames *f, const up_placed *place)
{
    if (setjmp(png_jmpbuf(f->png)))
        return;
    set_up(f);
    decode(f, place);
}

static up_status read_frame(up_png_frames *f, const up_placed *place, up_error *error)
{
    f->error = error;
    f->status = UP_OK;
    f->pixels = NULL;
    f->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, f, on_error, on_warning);
    f->info = f->png ? png_create_info_struct(f->png) : NULL;
    if (f->info)
        attempt(f, place);
    else
        f->status = up_fail_memory(error, up_reader_name(f->reader), sizeof *f);
    png_destroy_read_struct(&f->png, &f->info, NULL);
    up_free(f->pixels);
    f->pixels = NULL;
    return f->status;
}

up_status up_png_frames_next(up_png_frames *frames, bool *there, up_duration *duration,
                             up_notes *notes, up_error *error)
{
    up_placed place;
    *there = up_png_frame_bytes_next(&frames->bytes, &place, duration);
    if (!*there)
        return UP_OK;
    UP_TRY(up_screen_place(&frames->canvas, &place, error));
    UP_TRY(read_frame(frames, &place, error));
    if (frames->bytes.cut)
        UP_TRY(up_notes_add(notes, UP_NOTE_DAMAGE, error,
                            "its frame %lld, counted from 0, breaks off",
                            (long long)frames->number));
    frames->number++;
    return UP_OK;
}
