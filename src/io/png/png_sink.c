/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/memory.h"
#include "io/deflate/adler.h"
#include "io/metadata/declared_colour.h"
#include "io/pixels.h"
#include "io/png/animation/png_animation.h"
#include "io/png/png_chunk.h"
#include "io/png/png_deflate.h"
#include "io/png/png_filter.h"
#include "io/png/png_metadata.h"

#include <string.h>
#include <zlib.h>

/* The stream starts with zlib's two bytes, and ends with an empty block and the checksum. */
#define STREAM_HEAD "\x78\x5e"
#define STREAM_HEAD_SIZE 2
#define STREAM_TAIL "\x03\x00"
#define STREAM_TAIL_SIZE 6

#define NUMBER_SIZE 4 /* before the data of fdAT */

#define CHUNK_MOST ((size_t)1 << 30) /* bytes of a group: a chunk has a 31-bit length */

typedef struct {
    uint8_t *window; /* UP_DEFLATE_WINDOW bytes of earlier rows, then the group's */
    size_t before, size;
    up_png_deflater *deflater;
    uint8_t *chunk; /* data of the IDAT chunk that comes out, sealed */
    size_t chunk_size;
    uint32_t adler;
    bool first;
    bool further;    /* of a frame behind the first of an animation, where the chunk is fdAT ... */
    uint32_t number; /* ... and this its number */
} png_slot;

typedef struct {
    up_sink base;
    size_t row_bytes, pixel;
    uint8_t *row[2];    /* a row and the one above it, padded, high byte first */
    int turn;           /* which of them is the next */
    bool piece;         /* its first row has others above it, elsewhere */
    int last;           /* slot of the group before; -1: none */
    uint32_t adler;     /* of what has been written */
    up_metadata behind; /* of metadata, the chunks that stand behind the pixels */
    bool further;       /* this frame is not the first of the animation */
    int64_t frames;     /* of it, that have begun */
    uint32_t number;    /* of the next fcTL or fdAT */
    png_slot slot[];
} png_sink;

static up_status choose(up_format *format, up_error *error)
{
    UP_TRY(up_sink_refuse_inks("PNG", format, error));
    return up_sink_choose_picture("PNG", format, error);
}

/* Filtered bytes of the rows that fit into a group. */
static size_t filtered_most(size_t group_bytes, size_t row_bytes)
{
    return group_bytes + group_bytes / row_bytes;
}

/* ---- stage 1: filters */

static void set_row(png_sink *s, uint8_t *to, const void *row)
{
    const uint16_t *sample = row;
    if (s->base.format.sample == UP_SAMPLE_U8)
        memcpy(to, row, s->row_bytes);
    else
        for (size_t i = 0; i < s->row_bytes / 2; i++) {
            to[2 * i] = (uint8_t)(sample[i] >> 8);
            to[2 * i + 1] = (uint8_t)sample[i];
        }
}

/* Carries the end of the group before into the window, so that pieces can refer back to it; the
 * first of a frame must not, whatever its slot was used for. */
static void set_window(png_sink *s, png_slot *to)
{
    to->before = 0;
    if (s->last < 0)
        return;
    const png_slot *from = &s->slot[s->last];
    size_t there = from->before + from->size;
    size_t keep = there < UP_DEFLATE_WINDOW ? there : UP_DEFLATE_WINDOW;
    memmove(to->window + UP_DEFLATE_WINDOW - keep,
            from->window + UP_DEFLATE_WINDOW + from->size - keep, keep);
    to->before = keep;
}

static up_status accept_rows(up_sink *sink, int slot, const void *const *row, int count,
                             up_error *error)
{
    (void)error;
    png_sink *s = (png_sink *)sink;
    png_slot *to = &s->slot[slot];
    set_window(s, to);
    to->first = s->last < 0;
    to->further = s->further;
    to->number = s->further ? s->number++ : 0;
    uint8_t *out = to->window + UP_DEFLATE_WINDOW;
    for (int i = 0; i < count; i++, out += 1 + s->row_bytes) {
        uint8_t *now = s->row[s->turn], *above = s->row[!s->turn];
        set_row(s, now, row[i]);
        if (s->piece && to->first && i == 0)
            up_png_filter_alone(out, now, s->row_bytes, s->pixel);
        else
            up_png_filter(out, now, above, s->row_bytes, s->pixel);
        s->turn = !s->turn;
    }
    to->size = (size_t)count * (1 + s->row_bytes);
    s->last = slot;
    return UP_OK;
}

/* ---- stage 2: deflates */

static up_status pack(up_sink *sink, int slot, up_error *error)
{
    (void)error;
    png_slot *s = &((png_sink *)sink)->slot[slot];
    const uint8_t *in = s->window + UP_DEFLATE_WINDOW;
    s->chunk_size = up_png_deflate(s->deflater, in, s->size, s->before, &s->chunk);
    if (s->first) {
        s->chunk -= STREAM_HEAD_SIZE;
        s->chunk_size += STREAM_HEAD_SIZE;
        memcpy(s->chunk, STREAM_HEAD, STREAM_HEAD_SIZE);
    }
    if (s->further) {
        s->chunk -= NUMBER_SIZE;
        s->chunk_size += NUMBER_SIZE;
        up_png_put_u32(s->chunk, s->number);
    }
    up_png_seal(s->chunk, s->further ? "fdAT" : "IDAT", s->chunk_size);
    s->adler = up_adler(in, s->size);
    return UP_OK;
}

/* ---- stage 3: writes */

static up_status emit(up_sink *sink, int slot, up_error *error)
{
    png_sink *s = (png_sink *)sink;
    const png_slot *from = &s->slot[slot];
    s->adler = (uint32_t)adler32_combine(s->adler, from->adler, (z_off_t)from->size);
    return up_writer_write(sink->writer, from->chunk - UP_PNG_CHUNK_HEAD,
                           UP_PNG_CHUNK_HEAD + from->chunk_size + UP_PNG_CHUNK_TAIL, error);
}

static up_status end_stream(png_sink *s, up_error *error)
{
    uint8_t data[NUMBER_SIZE + STREAM_TAIL_SIZE], *tail = data + NUMBER_SIZE;
    memcpy(tail, STREAM_TAIL, sizeof STREAM_TAIL - 1);
    up_png_put_u32(tail + 2, s->adler);
    if (!s->further)
        return up_png_write_chunk(s->base.writer, "IDAT", tail, STREAM_TAIL_SIZE, error);
    up_png_put_u32(data, s->number++);
    return up_png_write_chunk(s->base.writer, "fdAT", data, sizeof data, error);
}

static up_status begin_frame(up_sink *sink, up_duration duration, up_error *error)
{
    png_sink *s = (png_sink *)sink;
    if (s->frames > 0) {
        UP_TRY(end_stream(s, error));
        for (int i = 0; i < 2; i++)
            memset(s->row[i], 0, s->row_bytes);
        s->further = true;
        s->last = -1;
        s->adler = 1;
    }
    s->frames++;
    return up_png_write_frame(sink->writer, s->number++, &sink->format, duration, error);
}

static up_status finish(up_sink *sink, up_error *error)
{
    UP_TRY(end_stream((png_sink *)sink, error));
    UP_TRY(up_png_metadata_write_trailing(&((png_sink *)sink)->behind, sink->writer, error));
    UP_TRY(up_png_write_chunk(sink->writer, "IEND", "", 0, error));
    return up_writer_publish(sink->writer, error);
}

/* ---- opening and closing */

static up_status write_header(const up_format *f, const up_encoding *encoding, up_writer *writer,
                              up_error *error)
{
    static const uint8_t color_type[] = { 0, 0, 4, 2, 6 }; /* by channels */
    uint8_t data[13] = { 0 };
    up_png_put_u32(data, (uint32_t)f->width);
    up_png_put_u32(data + 4, (uint32_t)f->height);
    data[8] = (uint8_t)f->depth;
    data[9] = color_type[f->channels];
    UP_TRY(up_writer_write(writer, UP_PNG_SIGNATURE, UP_PNG_SIGNATURE_SIZE, error));
    UP_TRY(up_png_write_chunk(writer, "IHDR", data, sizeof data, error));
    if (encoding->sequence.frames > 0)
        UP_TRY(up_png_write_animation(writer, &encoding->sequence, error));
    return up_png_metadata_write(&encoding->metadata, f->channels < 3, writer, error);
}

static void close_png(up_sink *sink)
{
    png_sink *s = (png_sink *)sink;
    up_metadata_clear(&s->behind);
    for (int i = 0; i < sink->slots; i++) {
        up_free(s->slot[i].window);
        up_png_deflater_close(&s->slot[i].deflater);
    }
    for (int i = 0; i < 2; i++)
        if (s->row[i])
            up_free(s->row[i] - UP_PNG_PAD);
}

static up_status keep_for_the_end(png_sink *s, const up_metadata *m, up_error *error)
{
    for (int i = 0; i < m->chunks.count; i++)
        if (m->chunks.item[i].behind)
            UP_TRY(up_metadata_add_chunk(&s->behind, &m->chunks.item[i], error));
    return UP_OK;
}

static up_status allocate(png_sink *s, int level, size_t group_bytes, up_error *error)
{
    size_t most = filtered_most(group_bytes, s->row_bytes);
    for (int i = 0; i < 2; i++) {
        uint8_t *row = up_alloc_zero(1, s->row_bytes + 3 * UP_PNG_PAD);
        if (!row)
            return up_fail_memory(error, "encoding PNG", s->row_bytes);
        s->row[i] = row + UP_PNG_PAD;
    }
    for (int i = 0; i < s->base.slots; i++) {
        s->slot[i].window = up_alloc(1, UP_DEFLATE_WINDOW + most + UP_PNG_PAD);
        if (!s->slot[i].window)
            return up_fail_memory(error, "encoding PNG", most);
        UP_TRY(up_png_deflater_open(&s->slot[i].deflater, level, most, error));
    }
    return UP_OK;
}

static up_status open_png(up_sink **sink, up_writer *writer, const up_format *format,
                          const up_encoding *encoding, int slots, size_t group_bytes,
                          up_error *error)
{
    up_format chosen = *format;
    UP_TRY(choose(&chosen, error));
    png_sink *s = up_alloc_zero(1, sizeof *s + (size_t)slots * sizeof *s->slot);
    if (!s)
        return up_fail_memory(error, "encoding PNG", sizeof *s);
    s->base = (up_sink){ .type = "png",
                         .writer = writer,
                         .format = chosen,
                         .slots = slots,
                         .frame = encoding->sequence.frames ? begin_frame : NULL,
                         .accept = accept_rows,
                         .pack = pack,
                         .emit = emit,
                         .finish = finish,
                         .close = close_png };
    s->last = -1;
    s->piece = encoding->piece;
    up_metadata_init(&s->behind);
    s->adler = 1;
    s->pixel = (size_t)chosen.channels * up_sample_size(chosen.sample);
    up_status status = UP_OK;
    if (!up_row_size(&chosen, &s->row_bytes) ||
        filtered_most(group_bytes, s->row_bytes) > CHUNK_MOST)
        status = up_fail(error, UP_ERROR_OUTPUT,
                         "%s: rows of %d pixels are too long for PNG: write .tif or .npy instead",
                         up_writer_name(writer), chosen.width);
    if (status == UP_OK)
        status = allocate(s, encoding->png_level, group_bytes, error);
    if (status == UP_OK)
        status = keep_for_the_end(s, &encoding->metadata, error);
    if (status == UP_OK)
        status = write_header(&chosen, encoding, writer, error);
    return up_sink_opened(sink, &s->base, status);
}

static size_t held(const up_format *format, const up_encoding *encoding)
{
    size_t row_bytes;
    (void)encoding;
    return up_row_size(format, &row_bytes) && up_mul(row_bytes, 2, &row_bytes) ? row_bytes
                                                                               : SIZE_MAX;
}

static size_t slot_memory(const up_format *format, const up_encoding *encoding, size_t group_bytes)
{
    size_t row_bytes;
    (void)encoding;
    if (!up_row_size(format, &row_bytes))
        return SIZE_MAX;
    const size_t most = filtered_most(group_bytes, row_bytes);
    return UP_DEFLATE_WINDOW + most + up_png_deflater_memory(most);
}

const up_sink_format up_png_sink = { .type = "png",
                                     .extensions = "png",
                                     .bands = true,
                                     .frames = UP_COUNTED_FRAMES,
                                     .choose = choose,
                                     .declare = up_declared_by_chunks,
                                     .keep = up_png_keep,
                                     .open = open_png,
                                     .held = held,
                                     .slot = slot_memory };
