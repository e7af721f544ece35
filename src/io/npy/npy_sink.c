/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/memory.h"
#include "io/metadata/declared_colour.h"
#include "io/npy/npy_header.h"
#include "io/pixels.h"

#include <string.h>

typedef struct {
    uint8_t *rows; /* count rows of channel 0, then of channel 1 ... */
    int64_t frame;
    int y, count;
} npy_slot;

typedef struct {
    up_sink base;
    size_t row_bytes, plane_bytes;
    int64_t offset; /* of the first element */
    int64_t frame;  /* of the next row accepted */
    int y;
    uint8_t *held; /* a frame, where the output is a pipe: planes cannot grow side by side there */
    npy_slot slot[];
} npy_sink;

static up_status choose(up_format *format, up_error *error)
{
    (void)error;
    format->planar = true;
    format->depth = format->sample == UP_SAMPLE_I64 ? 64 : 8 * (int)up_sample_size(format->sample);
    return UP_OK;
}

static up_npy_header header_of(const up_format *f)
{
    static const up_npy_type type[] = { [UP_SAMPLE_U8] = UP_NPY_U8,
                                        [UP_SAMPLE_U16] = UP_NPY_U16,
                                        [UP_SAMPLE_F32] = UP_NPY_F32,
                                        [UP_SAMPLE_I64] = UP_NPY_I64 };
    int needed = f->frames != 1 ? 4 : f->channels > 1 ? 3 : f->height > 1 ? 2 : 1;
    int wanted = f->dims ? f->dims : 3;
    up_npy_header h = { .type = type[f->sample], .dims = up_max(wanted, needed) };
    const int64_t size[UP_NPY_MAX_DIMS] = { f->frames, f->channels, f->height, f->width };
    memcpy(h.shape, size + UP_NPY_MAX_DIMS - h.dims, (size_t)h.dims * sizeof *size);
    return h;
}

/* A pipe gets its frames whole, once their last row is there. */
static up_status hold(npy_sink *s, const void *const *row, int count, up_error *error)
{
    const up_format *f = &s->base.format;
    for (int c = 0; c < f->channels; c++)
        for (int i = 0; i < count; i++)
            memcpy(s->held + (size_t)c * s->plane_bytes + (size_t)(s->y + i) * s->row_bytes,
                   row[c * count + i], s->row_bytes);
    if (s->y + count < f->height)
        return UP_OK;
    return up_writer_write(s->base.writer, s->held, s->plane_bytes * (size_t)f->channels, error);
}

static up_status accept_rows(up_sink *sink, int slot, const void *const *row, int count,
                             up_error *error)
{
    npy_sink *s = (npy_sink *)sink;
    npy_slot *to = &s->slot[slot];
    if (s->held)
        UP_TRY(hold(s, row, count, error));
    else
        for (int i = 0; i < count * sink->format.channels; i++)
            memcpy(to->rows + (size_t)i * s->row_bytes, row[i], s->row_bytes);
    to->frame = s->frame;
    to->y = s->y;
    to->count = count;
    s->y += count;
    if (s->y >= sink->format.height) {
        s->y = 0;
        s->frame++;
    }
    return UP_OK;
}

static up_status emit(up_sink *sink, int slot, up_error *error)
{
    npy_sink *s = (npy_sink *)sink;
    const npy_slot *from = &s->slot[slot];
    size_t part = (size_t)from->count * s->row_bytes;
    if (s->held)
        return UP_OK;
    if (!up_writer_seekable(sink->writer))
        return up_writer_write(sink->writer, from->rows, part, error);
    int64_t frame = s->offset + from->frame * (int64_t)s->plane_bytes * sink->format.channels;
    for (int c = 0; c < sink->format.channels; c++) {
        size_t place = (size_t)c * s->plane_bytes + (size_t)from->y * s->row_bytes;
        UP_TRY(up_writer_write_at(sink->writer, frame + (int64_t)place,
                                  from->rows + (size_t)c * part, part, error));
    }
    return UP_OK;
}

static void close_npy(up_sink *sink)
{
    npy_sink *s = (npy_sink *)sink;
    for (int i = 0; i < sink->slots; i++)
        up_free(s->slot[i].rows);
    up_free(s->held);
}

static up_status allocate(npy_sink *s, size_t group_bytes, bool hold_frame, up_error *error)
{
    size_t frame = s->plane_bytes * (size_t)s->base.format.channels;
    if (hold_frame) {
        s->held = up_alloc(frame, 1);
        return s->held ? UP_OK : up_fail_memory(error, "a frame for a pipe", frame);
    }
    for (int i = 0; i < s->base.slots; i++) {
        s->slot[i].rows = up_alloc(group_bytes, 1);
        if (!s->slot[i].rows)
            return up_fail_memory(error, "encoding .npy", group_bytes);
    }
    return UP_OK;
}

static up_status open_npy(up_sink **sink, up_writer *writer, const up_format *format,
                          const up_encoding *encoding, int slots, size_t group_bytes,
                          up_error *error)
{
    (void)encoding;
    size_t frame, file;
    if (!up_frame_size(format, &frame) || format->frames < 0 ||
        !up_mul(frame, (size_t)format->frames, &file) || file > INT64_MAX - UP_NPY_HEADER_MAX)
        return up_fail(error, UP_ERROR_OUTPUT, "%s: an .npy of an impossible size",
                       up_writer_name(writer));
    npy_sink *s = up_alloc_zero(1, sizeof *s + (size_t)slots * sizeof *s->slot);
    if (!s)
        return up_fail_memory(error, "encoding .npy", sizeof *s);
    s->base = (up_sink){ .type = "npy",
                         .writer = writer,
                         .format = *format,
                         .slots = slots,
                         .accept = accept_rows,
                         .emit = emit,
                         .finish = up_sink_publish,
                         .close = close_npy };
    s->base.format.planar = true;
    up_row_size(&s->base.format, &s->row_bytes);
    s->plane_bytes = s->row_bytes * (size_t)format->height;
    up_npy_header header = header_of(format);
    uint8_t bytes[UP_NPY_HEADER_MAX];
    size_t size = up_npy_header_make(bytes, &header);
    s->offset = (int64_t)size;
    bool hold_frame = format->channels > 1 && !up_writer_seekable(writer);
    up_status status = allocate(s, group_bytes, hold_frame, error);
    if (status == UP_OK)
        status = up_writer_write(writer, bytes, size, error);
    return up_sink_opened(sink, &s->base, status);
}

static size_t held_back(const up_format *format, const up_encoding *encoding)
{
    size_t frame;
    (void)encoding;
    if (format->channels < 2)
        return 0;
    return up_frame_size(format, &frame) ? frame : SIZE_MAX;
}

const up_sink_format up_npy_sink = { .type = "npy",
                                     .extensions = "npy",
                                     .bands = true,
                                     .choose = choose,
                                     .declare = up_declared_by_nothing,
                                     .open = open_npy,
                                     .held_back = held_back,
                                     .slot = up_sink_slot_of_rows };
