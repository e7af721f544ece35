/* SPDX-License-Identifier: MIT */
#include "io/formats.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "io/held_rows.h"
#include "io/pixels.h"
#include "io/png/animation/png_frames.h"
#include "io/png/png_chunk.h"
#include "io/png/png_colour.h"
#include "io/png/png_metadata.h"
#include "io/png/png_raw_profile.h"
#include "io/png/png_stream.h"

#include <limits.h>
#include <png.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Those that libpng would otherwise read itself, not handing them on. */
#define OTHER_TYPES "bKGD\0hIST\0oFFs\0pCAL\0sBIT\0sCAL\0sPLT\0sTER\0tIME\0zTXt\0tEXt\0iTXt"
#define OTHER_COUNT 12

typedef struct {
    up_source base;
    png_structp png;
    png_infop info;
    up_reader *reader;
    up_png_stream stream;
    up_error *error;  /* of the call that runs */
    up_status status; /* of the last call */
    size_t row_bytes;
    int y;            /* next row to deliver */
    up_sequence said; /* by acTL */
    int frame_chunks; /* fcTL seen before the pixels, which are a frame then */
    bool started;
    bool bad_chunk; /* the checksum of the chunk that is being read is wrong */
    bool starved;   /* libpng asked for more pixel data than there is */
    bool broken_off;
    int whole;             /* rows that are there, where it broke off */
    uint8_t *held;         /* an interlaced image */
    up_png_frames *frames; /* of an animation; NULL: it is none, or cannot be searched */
    int64_t shown;         /* of them, that have been read; then it is no more the one picture */
    bool add_alpha;        /* for what they leave free */
} png_source;

typedef struct {
    void *const *row;
    int count;
} read_request;

typedef void png_step(png_source *s, const read_request *request);

/* libpng leaves by longjmp when something is wrong. Nothing that changes lives in this frame. */
static up_status attempt(png_source *s, png_step *step, const read_request *request,
                         up_error *error)
{
    s->error = error;
    s->status = UP_OK;
    if (!setjmp(png_jmpbuf(s->png)))
        step(s, request);
    return s->status;
}

/* In one of the ways in which libpng and zlib say so. */
static bool is_out_of_memory(const char *message)
{
    return strstr(message, "emory") && !strstr(message, "limit");
}

static void on_error(png_structp png, png_const_charp message)
{
    png_source *s = png_get_error_ptr(png);
    const char *name = up_reader_name(s->reader);
    s->starved = s->stream.cut || strcmp(message, "Not enough image data") == 0;
    if (s->status == UP_OK && is_out_of_memory(message))
        s->status = up_fail(s->error, UP_ERROR_MEMORY, "%s: out of memory", name);
    else if (s->status == UP_OK)
        s->status = up_fail(s->error, UP_ERROR_INPUT, "%s: damaged PNG: %s", name, message);
    png_longjmp(png, 1);
}

static void add_note(png_source *s, const char *format, const char *what)
{
    up_status status = up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, s->error, format, what);
    s->status = s->status == UP_OK ? status : s->status;
}

static void name_too_large(png_source *s)
{
    up_status status = up_png_name_too_large(&s->base.metadata, s->error);
    s->status = s->status == UP_OK ? status : s->status;
}

/* "tEXt: CRC error": libpng names the chunk. What else it warns of spoils nothing. */
static void on_warning(png_structp png, png_const_charp message)
{
    png_source *s = png_get_error_ptr(png);
    char chunk[5] = "";
    strncat(chunk, message, 4);
    if (strcmp(message + strlen(chunk), ": CRC error") == 0) {
        s->bad_chunk = true;
        add_note(s, "its %s chunk has a wrong checksum and is left out", chunk);
    } else if (strcmp(message, "IDAT: incorrect data check") == 0)
        add_note(s, "the %s of its pixels is wrong", "checksum");
    else if (strstr(message, "Extra compressed data") || strstr(message, "Too much image data"))
        add_note(s, "there are bytes too many behind its %s", "pixels");
    else if (strstr(message, "exceeds memory limits"))
        name_too_large(s);
}

static void on_read(png_structp png, png_bytep data, size_t size)
{
    png_source *s = png_get_io_ptr(png);
    s->status = up_png_stream_read(&s->stream, data, size, s->error);
    if (s->status != UP_OK)
        png_error(png, "");
}

/* How many frames an animation has is said before its first. */
static void take_frames(png_source *s, png_unknown_chunkp chunk)
{
    if (memcmp(chunk->name, "acTL", 5) == 0 && chunk->size == 8)
        s->said = (up_sequence){ .frames = up_png_get_u32(chunk->data) & INT32_MAX,
                                 .loops = (int)(up_png_get_u32(chunk->data + 4) & INT32_MAX) };
    s->frame_chunks += memcmp(chunk->name, "fcTL", 5) == 0;
}

/* Chunks behind the pixels have been read before them, but for those of a pipe. */
static up_status take_late_chunk(png_source *s, png_unknown_chunkp chunk)
{
    const char *type = (const char *)chunk->name;
    if (up_reader_size(s->reader) >= 0 || memcmp(type, "fdAT", 4) == 0 ||
        memcmp(type, "fcTL", 4) == 0)
        return UP_OK;
    return up_notes_add(&s->base.metadata.lost, UP_NOTE_DROPPED, s->error,
                        "%.4s chunk, behind the pixels of a pipe", type);
}

static int on_chunk(png_structp png, png_unknown_chunkp chunk)
{
    png_source *s = png_get_user_chunk_ptr(png);
    if (s->started && !s->bad_chunk) {
        s->status = take_late_chunk(s, chunk);
    } else if (!s->bad_chunk) {
        take_frames(s, chunk);
        s->status = up_png_metadata_take(&s->base.metadata, (const char *)chunk->name, false,
                                         chunk->data, chunk->size, s->error);
    }
    s->bad_chunk = false;
    return s->status == UP_OK ? 1 : -1;
}

/* ---- opening */

static void set_policy(png_source *s)
{
    png_set_user_limits(s->png, INT_MAX, INT_MAX);
    png_set_chunk_malloc_max(s->png, UP_PNG_METADATA_MOST);
    png_set_crc_action(s->png, PNG_CRC_QUIET_USE /* see png_stream.h */, PNG_CRC_WARN_DISCARD);
    png_set_keep_unknown_chunks(s->png, PNG_HANDLE_CHUNK_NEVER,
                                (png_const_bytep)up_png_metadata_types, UP_PNG_METADATA_COUNT);
    png_set_keep_unknown_chunks(s->png, PNG_HANDLE_CHUNK_NEVER,
                                (png_const_bytep)up_png_colour_types, UP_PNG_COLOUR_COUNT);
    png_set_keep_unknown_chunks(s->png, PNG_HANDLE_CHUNK_NEVER, (png_const_bytep)OTHER_TYPES,
                                OTHER_COUNT);
    png_set_read_user_chunk_fn(s->png, s, on_chunk);
    png_set_read_fn(s->png, s, on_read);
}

static void read_header(png_source *s, const read_request *request)
{
    (void)request;
    set_policy(s);
    png_read_info(s->png, s->info);
}

static up_status set_format(png_source *s, bool clears, up_error *error)
{
    up_format *f = &s->base.format;
    int type = png_get_color_type(s->png, s->info), depth = png_get_bit_depth(s->png, s->info);
    bool alpha = (type & PNG_COLOR_MASK_ALPHA) || png_get_valid(s->png, s->info, PNG_INFO_tRNS);
    s->add_alpha = clears && !alpha;
    alpha |= clears;
    *f = (up_format){ .width = (int)png_get_image_width(s->png, s->info),
                      .height = (int)png_get_image_height(s->png, s->info),
                      .channels = (type & PNG_COLOR_MASK_COLOR ? 3 : 1) + alpha,
                      .frames = 1,
                      .sample = depth == 16 ? UP_SAMPLE_U16 : UP_SAMPLE_U8,
                      .depth = type == PNG_COLOR_TYPE_PALETTE ? 8 : depth };
    f->color = up_color_of_channels(f->channels);
    s->base.interlaced = png_get_interlace_type(s->png, s->info) != PNG_INTERLACE_NONE;
    size_t all;
    if (!up_row_size(f, &s->row_bytes) || !up_frame_size(f, &all))
        return up_fail_size(up_reader_name(s->reader), f, error);
    s->base.held_bytes = up_reader_held(s->reader) + (s->base.interlaced ? all : 0);
    return UP_OK;
}

static void close_png(up_source *source)
{
    png_source *s = (png_source *)source;
    png_destroy_read_struct(&s->png, &s->info, NULL);
    up_png_frames_close(&s->frames);
    up_free(s->held);
}

/* ---- pixels */

static void start(png_source *s)
{
    png_set_expand(s->png);
    if (s->add_alpha)
        png_set_add_alpha(s->png, UINT16_MAX, PNG_FILLER_AFTER);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    png_set_swap(s->png);
#endif
    png_set_interlace_handling(s->png);
    png_read_update_info(s->png, s->info);
    if (png_get_rowbytes(s->png, s->info) != s->row_bytes)
        png_error(s->png, "rows of an unexpected size");
    s->started = true;
}

/* The passes of an interlaced image add up row by row. Each fills what those after it have not
 * brought yet, so that what breaks off is less sharp, and not full of holes. */
static void hold(png_source *s)
{
    s->held = up_alloc((size_t)s->base.format.height, s->row_bytes);
    if (!s->held)
        png_error(s->png, "Out of memory");
    for (int y = 0; y < s->base.format.height; y++)
        up_fill_missing(s->held + (size_t)y * s->row_bytes, &s->base.format);
    for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; pass++)
        for (int y = 0; y < s->base.format.height; y++)
            png_read_row(s->png, NULL, s->held + (size_t)y * s->row_bytes);
}

static void read_step(png_source *s, const read_request *request)
{
    if (!s->started)
        start(s);
    if (s->base.interlaced && !s->held)
        hold(s);
    for (int i = 0; i < request->count && !s->held; i++)
        png_read_row(s->png, request->row[i], NULL);
    if (s->held || s->y + request->count == s->base.format.height)
        png_read_end(s->png, s->info);
}

/* Says what is missing of an image that libpng could not read to its end. */
static up_status note_end(png_source *s, up_error *error)
{
    const int height = s->base.format.height, row = (int)png_get_current_row_number(s->png);
    const int pass = s->base.interlaced ? png_get_current_pass_number(s->png) : 0;
    const bool all = s->base.interlaced ? pass == PNG_INTERLACE_ADAM7_PASSES : row == height;
    char where[32];
    s->broken_off = true;
    s->whole = all || pass > 0 ? height : row;
    if (all)
        return up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error, "its end is missing");
    if (!s->base.interlaced)
        return up_source_lacks_rows(&s->base, height - row, error);
    snprintf(where, sizeof where, "within pass %d of %d", pass + 1, PNG_INTERLACE_ADAM7_PASSES);
    return up_source_lacks_details(&s->base, where, height - s->whole, error);
}

static void deliver(png_source *s, const read_request *request)
{
    for (int i = 0; i < request->count; i++)
        if (s->held)
            memcpy(request->row[i], s->held + (size_t)(s->y + i) * s->row_bytes, s->row_bytes);
        else if (s->broken_off && s->y + i >= s->whole)
            up_fill_missing(request->row[i], &s->base.format);
    s->y += request->count;
}

static up_status read_rows(up_source *source, void *const *row, int count, up_error *error)
{
    png_source *s = (png_source *)source;
    const read_request request = { row, count };
    up_status status = UP_OK;
    if (s->shown > 0) {
        up_screen_get(up_png_frames_screen(s->frames), s->y, row, count);
        s->y += count;
        return UP_OK;
    }
    if (!s->broken_off && (!s->held || s->y == 0))
        status = attempt(s, read_step, &request, error);
    if (status == UP_ERROR_INPUT && s->starved && !up_reader_failed(s->reader))
        status = note_end(s, error);
    if (status == UP_OK && !s->broken_off && (s->stream.cut || s->stream.bad_end))
        status = up_notes_add(&source->notes, UP_NOTE_DAMAGE, error, "its end is %s",
                              s->stream.cut ? "missing" : "damaged");
    if (status == UP_OK)
        deliver(s, &request);
    return status;
}

/* ---- animation */

static up_status next_frame(up_source *source, bool *there, up_error *error)
{
    png_source *s = (png_source *)source;
    *there = s->shown < source->sequence.frames;
    if (!*there)
        return UP_OK;
    if (!s->frames)
        UP_TRY(up_png_frames_open(&s->frames, s->reader, &source->format, error));
    UP_TRY(up_png_frames_next(s->frames, there, &source->duration, &source->notes, error));
    s->shown += *there;
    s->y = 0;
    return UP_OK;
}

/* Of a pipe, which cannot be searched. The picture may be a frame, or what is shown instead. */
static up_status name_frames(png_source *s, up_error *error)
{
    const int64_t frames = s->said.frames, left = frames - (s->frame_chunks > 0);
    if (left <= 0)
        return UP_OK;
    return up_notes_add(&s->base.notes, UP_NOTE_DROPPED, error,
                        "%lld of %lld animation frames, for they come by a pipe", (long long)left,
                        (long long)frames);
}

static up_status name_missing(png_source *s, const up_png_overview *overview, up_error *error)
{
    const long long found = overview->frames, said = s->said.frames;
    if (overview->flaw)
        return up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error,
                            "its frame %lld, counted from 0, %s, so that no more are read", found,
                            overview->flaw);
    if (found == said)
        return UP_OK;
    return up_notes_add(&s->base.notes, UP_NOTE_DAMAGE, error,
                        "it says that it has %lld frames, and has %lld", said, found);
}

static up_status set_frames(png_source *s, const up_png_overview *overview, up_error *error)
{
    up_sequence *sequence = &s->base.sequence;
    if (up_reader_size(s->reader) < 0)
        return name_frames(s, error);
    if (overview->frames == 0 && s->said.frames == 0)
        return UP_OK;
    UP_TRY(name_missing(s, overview, error));
    if (overview->frames < 2)
        return UP_OK;
    *sequence = (up_sequence){ .frames = overview->frames,
                               .loops = s->said.loops,
                               .seconds = overview->seconds };
    s->base.next = next_frame;
    if (up_png_frames_bytes(&s->base.format, overview, s->base.interlaced, &sequence->held_bytes))
        return UP_OK;
    return up_fail(error, UP_ERROR_LIMIT, "%s: its frames do not fit into memory",
                   up_reader_name(s->reader));
}

/* What of a pipe begins as an animation does is held, for all frames are looked through first. */
static up_status hold_animation(up_reader *reader, up_error *error)
{
    enum { AT = UP_PNG_SIGNATURE_SIZE + UP_PNG_CHUNK_HEAD + 13 + UP_PNG_CHUNK_TAIL + 4 };
    const uint8_t *head;
    const bool animated = up_reader_peek(reader, &head) >= AT + 4 && !memcmp(head + AT, "acTL", 4);
    return animated ? up_reader_hold(reader, up_machine_memory_limit(0), error) : UP_OK;
}

static up_status begin(png_source *s, up_error *error)
{
    s->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, s, on_error, on_warning);
    s->info = s->png ? png_create_info_struct(s->png) : NULL;
    if (!s->info)
        return up_fail_memory(error, up_reader_name(s->reader), sizeof *s);
    up_png_overview overview = { 0 };
    UP_TRY(attempt(s, read_header, NULL, error));
    up_metadata_order_chunks(&s->base.metadata);
    UP_TRY(up_png_take_raw_profiles(&s->base.metadata, error));
    if (s->said.frames > 0 && up_reader_size(s->reader) >= 0)
        UP_TRY(up_png_look_through(&overview, s->reader, error));
    UP_TRY(set_format(s, overview.frames > 1 && overview.clears, error));
    return set_frames(s, &overview, error);
}

static up_status open_png(up_source **source, up_reader *reader, up_error *error)
{
    png_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_reader_name(reader), sizeof *s);
    s->base.type = "png";
    s->base.read = read_rows;
    s->base.close = close_png;
    s->reader = reader;
    s->stream.reader = reader;
    up_metadata_init(&s->base.metadata);
    up_status status = hold_animation(reader, error);
    if (status == UP_OK && up_reader_size(reader) >= 0)
        status = up_png_metadata_take_trailing(&s->base.metadata, reader, error);
    if (status == UP_OK)
        status = begin(s, error);
    if (status == UP_OK) {
        *source = &s->base;
        return UP_OK;
    }
    close_png(&s->base);
    up_metadata_clear(&s->base.metadata);
    up_notes_clear(&s->base.notes);
    up_free(s);
    return status;
}

static bool probe(const uint8_t *head, size_t size)
{
    return size >= UP_PNG_SIGNATURE_SIZE &&
           memcmp(head, UP_PNG_SIGNATURE, UP_PNG_SIGNATURE_SIZE) == 0;
}

const up_source_format up_png_source = { .type = "png", .probe = probe, .open = open_png };
