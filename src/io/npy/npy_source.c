/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/memory.h"
#include "io/npy/npy_header.h"
#include "io/pixels.h"

#include <limits.h>
#include <string.h>

typedef struct {
    up_source base;
    up_npy_header header;
    size_t stored;    /* bytes of a row in the file */
    int64_t frame;    /* the current one */
    int y;            /* next row of it */
    uint8_t *scratch; /* a stored row that is wider than a delivered one */
    uint8_t *held;    /* a frame from a pipe, whose planes do not come row by row */
} npy_source;

static bool must_hold(const npy_source *s, const up_reader *reader)
{
    return s->base.format.channels > 1 && up_reader_size(reader) < 0;
}

static size_t frame_bytes(const npy_source *s)
{
    return s->stored * (size_t)s->base.format.height * (size_t)s->base.format.channels;
}

static up_status prepare(npy_source *s, up_error *error)
{
    const char *name = up_reader_name(s->base.reader);
    if (s->header.type == UP_NPY_F64 && !s->scratch) {
        s->scratch = up_alloc(s->stored, 1);
        if (!s->scratch)
            return up_fail_memory(error, name, s->stored);
    }
    if (!must_hold(s, s->base.reader) || s->y > 0)
        return UP_OK;
    if (!s->held)
        s->held = up_alloc(frame_bytes(s), 1);
    if (!s->held)
        return up_fail_memory(error, name, frame_bytes(s));
    return up_reader_exact(s->base.reader, s->held, frame_bytes(s), error);
}

static up_status fetch(npy_source *s, int channel, int y, void *row, up_error *error)
{
    const up_format *f = &s->base.format;
    size_t line = (size_t)channel * (size_t)f->height + (size_t)y;
    if (s->held) {
        memcpy(row, s->held + line * s->stored, s->stored);
        return UP_OK;
    }
    if (up_reader_size(s->base.reader) < 0)
        return up_reader_exact(s->base.reader, row, s->stored, error);
    int64_t offset = s->header.offset + s->frame * (int64_t)frame_bytes(s);
    return up_reader_read_at(s->base.reader, offset + (int64_t)(line * s->stored), row, s->stored,
                             error);
}

static void to_native(void *row, size_t count, size_t element)
{
    uint16_t *v2 = row;
    uint32_t *v4 = row;
    uint64_t *v8 = row;
    for (size_t i = 0; i < count; i++)
        if (element == 2)
            v2[i] = __builtin_bswap16(v2[i]);
        else if (element == 4)
            v4[i] = __builtin_bswap32(v4[i]);
        else
            v8[i] = __builtin_bswap64(v8[i]);
}

static up_status fetch_native(npy_source *s, int channel, int y, void *row, up_error *error)
{
    size_t width = (size_t)s->base.format.width;
    void *stored = s->scratch ? s->scratch : row;
    UP_TRY(fetch(s, channel, y, stored, error));
    if (s->header.swapped)
        to_native(stored, width, s->header.element);
    const double *wide = stored;
    if (s->scratch)
        for (size_t x = 0; x < width; x++)
            ((float *)row)[x] = (float)wide[x];
    return UP_OK;
}

static up_status go_on(npy_source *s, int count)
{
    s->y += count;
    if (s->y >= s->base.format.height) {
        s->y = 0;
        s->frame++;
    }
    return UP_OK;
}

static up_status read_rows(up_source *source, void *const *row, int count, up_error *error)
{
    npy_source *s = (npy_source *)source;
    UP_TRY(prepare(s, error));
    for (int c = 0; c < source->format.channels; c++)
        for (int i = 0; i < count; i++)
            UP_TRY(fetch_native(s, c, s->y + i, row[c * count + i], error));
    return go_on(s, count);
}

static up_status skip_rows(up_source *source, int count, up_error *error)
{
    (void)error;
    return go_on((npy_source *)source, count);
}

static void close_npy(up_source *source)
{
    npy_source *s = (npy_source *)source;
    up_free(s->scratch);
    up_free(s->held);
}

/* The last dimension is the width, then height, channels and frames. */
static up_status set_format(npy_source *s, const char *name, up_error *error)
{
    const up_npy_header *h = &s->header;
    up_format *f = &s->base.format;
    int64_t size[UP_NPY_MAX_DIMS] = { 1, 1, 1, 1 };
    for (int i = 0; i < h->dims; i++)
        size[UP_NPY_MAX_DIMS - h->dims + i] = h->shape[i];
    for (int i = 1; i < UP_NPY_MAX_DIMS; i++)
        if (size[i] < 1 || size[i] > INT_MAX)
            return up_fail(error, UP_ERROR_INPUT, "%s: .npy with a dimension of %lld", name,
                           (long long)size[i]);
    if (h->type == UP_NPY_I64)
        return up_fail(error, UP_ERROR_INPUT,
                       "%s: int64 .npy; as positions it goes to --indices, as an image it must be "
                       "uint8, uint16 or float32",
                       name);
    static const up_sample sample[] = { [UP_NPY_U8] = UP_SAMPLE_U8,
                                        [UP_NPY_U16] = UP_SAMPLE_U16,
                                        [UP_NPY_F32] = UP_SAMPLE_F32,
                                        [UP_NPY_F64] = UP_SAMPLE_F32 };
    *f = (up_format){ .frames = size[0],
                      .channels = (int)size[1],
                      .height = (int)size[2],
                      .width = (int)size[3],
                      .color = UP_COLOR_TENSOR,
                      .sample = sample[h->type],
                      .depth = h->element > 4 ? 32 : 8 * (int)h->element,
                      .planar = true,
                      .dims = h->dims };
    s->stored = (size_t)f->width * h->element;
    size_t bytes;
    if (!up_frame_size(f, &bytes) || !up_mul(bytes, 2, &bytes) || bytes > INT64_MAX)
        return up_fail(error, UP_ERROR_INPUT, "%s: .npy of an impossible size", name);
    return UP_OK;
}

static up_status open_npy(up_source **source, up_reader *reader, up_error *error)
{
    npy_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_reader_name(reader), sizeof *s);
    up_metadata_init(&s->base.metadata);
    s->base.type = "npy";
    s->base.read = read_rows;
    s->base.close = close_npy;
    up_status status = up_npy_header_read(&s->header, reader, error);
    if (status == UP_OK)
        status = set_format(s, up_reader_name(reader), error);
    if (status != UP_OK) {
        up_free(s);
        return status;
    }
    if (up_reader_size(reader) >= 0)
        s->base.skip = skip_rows;
    if (must_hold(s, reader))
        s->base.held_bytes = frame_bytes(s);
    *source = &s->base;
    return UP_OK;
}

const up_source_format up_npy_source = { .type = "npy", .probe = up_npy_probe, .open = open_npy };
