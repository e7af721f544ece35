/* SPDX-License-Identifier: MIT */
#include "io/formats.h"

#include "base/memory.h"
#include "io/metadata/declared_colour.h"
#include "io/pixels.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    uint8_t *bytes; /* rows as they go into the file */
    size_t size;
} pnm_slot;

typedef struct {
    up_sink base;
    size_t row_bytes;
    pnm_slot slot[];
} pnm_sink;

static up_status choose(up_format *format, up_error *error)
{
    UP_TRY(up_sink_refuse_inks("PNM", format, error));
    return up_sink_choose_picture("PNM", format, error);
}

static void big_endian(uint8_t *to, const uint16_t *from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        to[2 * i] = (uint8_t)(from[i] >> 8);
        to[2 * i + 1] = (uint8_t)from[i];
    }
}

static up_status accept_rows(up_sink *sink, int slot, const void *const *row, int count,
                             up_error *error)
{
    (void)error;
    pnm_sink *s = (pnm_sink *)sink;
    pnm_slot *to = &s->slot[slot];
    to->size = (size_t)count * s->row_bytes;
    for (int i = 0; i < count; i++)
        if (sink->format.sample == UP_SAMPLE_U16)
            big_endian(to->bytes + (size_t)i * s->row_bytes, row[i], s->row_bytes / 2);
        else
            memcpy(to->bytes + (size_t)i * s->row_bytes, row[i], s->row_bytes);
    return UP_OK;
}

static up_status emit(up_sink *sink, int slot, up_error *error)
{
    const pnm_slot *from = &((pnm_sink *)sink)->slot[slot];
    return up_writer_write(sink->writer, from->bytes, from->size, error);
}

static void close_pnm(up_sink *sink)
{
    for (int i = 0; i < sink->slots; i++)
        up_free(((pnm_sink *)sink)->slot[i].bytes);
}

/* PGM or PPM, which everything reads, unless there is alpha. */
static up_status write_header(const pnm_sink *s, up_error *error)
{
    const up_format *f = &s->base.format;
    int maxval = f->sample == UP_SAMPLE_U16 ? UINT16_MAX : UINT8_MAX;
    char text[128];
    int size;
    if (f->channels % 2)
        size = snprintf(text, sizeof text, "P%d\n%d %d\n%d\n", f->channels == 1 ? 5 : 6, f->width,
                        f->height, maxval);
    else
        size = snprintf(text, sizeof text,
                        "P7\nWIDTH %d\nHEIGHT %d\nDEPTH %d\nMAXVAL %d\nTUPLTYPE %s\nENDHDR\n",
                        f->width, f->height, f->channels, maxval,
                        f->channels == 2 ? "GRAYSCALE_ALPHA" : "RGB_ALPHA");
    return up_writer_write(s->base.writer, text, (size_t)size, error);
}

static up_status open_pnm(up_sink **sink, up_writer *writer, const up_format *format,
                          const up_encoding *encoding, int slots, size_t group_bytes,
                          up_error *error)
{
    (void)encoding;
    up_format chosen = *format;
    UP_TRY(choose(&chosen, error));
    pnm_sink *s = up_alloc_zero(1, sizeof *s + (size_t)slots * sizeof *s->slot);
    if (!s)
        return up_fail_memory(error, "encoding PNM", sizeof *s);
    s->base = (up_sink){ .type = "pnm",
                         .writer = writer,
                         .format = chosen,
                         .slots = slots,
                         .accept = accept_rows,
                         .emit = emit,
                         .finish = up_sink_publish,
                         .close = close_pnm };
    up_status status = UP_OK;
    if (!up_row_size(&chosen, &s->row_bytes))
        status = up_fail(error, UP_ERROR_OUTPUT, "a row of %d pixels is too long", chosen.width);
    for (int i = 0; i < slots && status == UP_OK; i++) {
        s->slot[i].bytes = up_alloc(group_bytes, 1);
        if (!s->slot[i].bytes)
            status = up_fail_memory(error, "encoding PNM", group_bytes);
    }
    if (status == UP_OK)
        status = write_header(s, error);
    return up_sink_opened(sink, &s->base, status);
}

const up_sink_format up_pnm_sink = { .type = "pnm",
                                     .extensions = "pnm ppm pgm pam",
                                     .bands = true,
                                     .choose = choose,
                                     .declare = up_declared_by_nothing,
                                     .open = open_pnm,
                                     .slot = up_sink_slot_of_rows };
