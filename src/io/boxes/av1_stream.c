/* SPDX-License-Identifier: MIT */
#include "io/boxes/av1_stream.h"

#include "base/memory.h"
#include "io/boxes/bits.h"
#include "io/boxes/box.h"
#include "io/boxes/coded_items.h"

enum { UNITS_MOST = 1 << 16 /* of all pictures of a file */, HEAD_BYTES = 256, CONFIG_FIXED = 4 };
enum { SEQUENCE_HEADER = 1, FRAME_HEADER = 3, FRAME = 6 }; /* kinds of units */

/* ---- sequence headers */

typedef struct {
    bool model, delay;
    int delay_bits;
} timing;

static void pass_timing(up_bits *b, timing *t)
{
    if (!up_bits_take(b, 1))
        return;
    b->at += 32 + 32;
    if (up_bits_take(b, 1))
        up_bits_code(b);
    t->model = up_bits_take(b, 1);
    if (!t->model)
        return;
    t->delay_bits = 1 + (int)up_bits_take(b, 5);
    b->at += 32 + 5 + 5;
}

static void pass_operating_points(up_bits *b)
{
    timing t = { 0 };
    pass_timing(b, &t);
    t.delay = up_bits_take(b, 1);
    for (unsigned points = 1 + up_bits_take(b, 5); points > 0; points--) {
        b->at += 12;
        if (up_bits_take(b, 5) > 7)
            b->at++;
        if (t.model && up_bits_take(b, 1))
            b->at += 2 * (size_t)t.delay_bits + 1;
        if (t.delay && up_bits_take(b, 1))
            b->at += 4;
    }
}

/* Of a sequence header (AV1, 5.5.1). false: nobody can decode it. */
static bool read_sizes(int *log_width, int *log_height, const uint8_t *header, size_t bytes)
{
    up_bits b = { .bytes = header, .bits = 8 * bytes };
    b.at += 3 + 1;
    if (up_bits_take(&b, 1))
        b.at += 5;
    else
        pass_operating_points(&b);
    *log_width = 1 + (int)up_bits_take(&b, 4);
    *log_height = 1 + (int)up_bits_take(&b, 4);
    return b.at <= b.bits;
}

/* ---- streams */

typedef struct {
    up_reader *reader;
    up_av1_streams *streams;
    int units;
} stream_look;

static uint64_t take_leb128(up_box_bytes *from)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        const uint64_t byte = up_box_number(from, 1);
        value |= (byte & 0x7f) << 7 * i;
        if (byte < 0x80)
            break;
    }
    return value;
}

/* A unit that begins a piece of a stream; *size: of all of it. */
static up_status take_unit(stream_look *l, up_box_bytes piece, int *frames, uint64_t *size,
                           up_error *error)
{
    const char *name = up_reader_name(l->reader);
    up_av1_streams *s = l->streams;
    int width = 0, height = 0;
    if (++l->units > UNITS_MOST)
        return up_fail(error, UP_ERROR_LIMIT, "%s: its streams have more parts than are read",
                       name);
    const unsigned head = (unsigned)up_box_number(&piece, 1), kind = head >> 3 & 15;
    up_box_number(&piece, head & 4 ? 1 : 0);
    const uint64_t rest = head & 2 ? take_leb128(&piece) : UINT64_MAX;
    *size = rest == UINT64_MAX ? rest : piece.at + rest;
    *frames += kind == FRAME_HEADER || kind == FRAME;
    if (kind != SEQUENCE_HEADER)
        return UP_OK;
    const up_box_bytes header = up_box_part(&piece, rest);
    if (!read_sizes(&width, &height, header.bytes, header.size))
        return up_fail(error, UP_ERROR_INPUT, "%s: damaged: an AV1 stream does not say its size",
                       name);
    s->log_width = up_max(s->log_width, width);
    s->log_height = up_max(s->log_height, height);
    return UP_OK;
}

static up_status look_at_config(stream_look *l, up_box_bytes config, up_error *error)
{
    int frames = 0;
    up_box_part(&config, CONFIG_FIXED);
    while (config.at < config.size) {
        uint64_t size = 0;
        const up_box_bytes piece = { .bytes = config.bytes + config.at,
                                     .size = config.size - config.at };
        UP_TRY(take_unit(l, piece, &frames, &size, error));
        up_box_part(&config, size);
    }
    return UP_OK;
}

static up_status look_at_item(const up_coded_item *item, void *user, up_error *error)
{
    stream_look *l = user;
    uint8_t bytes[HEAD_BYTES];
    int frames = 0;
    size_t count;
    for (int i = 0; i < item->configs; i++)
        UP_TRY(look_at_config(
            l, (up_box_bytes){ .bytes = item->config[i].bytes, .size = item->config[i].size },
            error));
    for (uint64_t at = 0; (count = up_item_read(l->reader, item, at, bytes, sizeof bytes)) > 0;) {
        uint64_t size = 0;
        UP_TRY(
            take_unit(l, (up_box_bytes){ .bytes = bytes, .size = count }, &frames, &size, error));
        if (size > INT64_MAX - at)
            break;
        at += size;
    }
    l->streams->frames = up_max(l->streams->frames, frames);
    return UP_OK;
}

up_status up_av1_look(up_reader *reader, up_av1_streams *streams, up_error *error)
{
    static const up_item_kind kind = { "av01", "av1C", look_at_item };
    stream_look l = { .reader = reader, .streams = streams };
    *streams = (up_av1_streams){ 0 };
    return up_coded_items(reader, &kind, &l, error);
}
