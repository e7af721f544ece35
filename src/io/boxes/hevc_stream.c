/* SPDX-License-Identifier: MIT */
#include "io/boxes/hevc_stream.h"

#include "base/memory.h"
#include "io/boxes/bits.h"
#include "io/boxes/box.h"
#include "io/boxes/coded_items.h"

enum { UNITS_MOST = 1 << 16 /* of all pictures of a file */ };
enum { SPS_BYTES = 256, SIZE_BYTES = 4, NAL_HEADER = 2 };
enum { CODED_END = 32, IDR_FIRST = 19, IDR_LAST = 20, SPS = 33 }; /* kinds of units */
/* Coded sizes are multiples of a smallest block, at most 64. */
enum { ALIGNED = 64 };
/* Pictures that are missing are made up by decoders, as many as a slice can refer to; libde265
 * keeps 30, and makes one more. */
enum { REFERENCES = 16, KEPT_MOST = 31 };

/* ---- sequence parameter sets */

/* Without its header and emulation prevention; the number of bytes. */
static size_t take_payload(uint8_t payload[SPS_BYTES], const uint8_t *nal, size_t bytes)
{
    size_t count = 0;
    int zeros = 0;
    for (size_t i = NAL_HEADER; i < bytes && count < SPS_BYTES; i++) {
        if (zeros >= 2 && nal[i] == 3) {
            zeros = 0;
            continue;
        }
        zeros = nal[i] == 0 ? zeros + 1 : 0;
        payload[count++] = nal[i];
    }
    return count;
}

static void pass_profile(up_bits *b, unsigned sub_layers)
{
    enum { PROFILE = 88, LEVEL = 8 };
    bool has_profile[8], has_level[8];
    b->at += PROFILE + LEVEL;
    for (unsigned i = 0; i < sub_layers; i++) {
        has_profile[i] = up_bits_take(b, 1);
        has_level[i] = up_bits_take(b, 1);
    }
    for (unsigned i = sub_layers; sub_layers > 0 && i < 8; i++)
        b->at += 2;
    for (unsigned i = 0; i < sub_layers; i++)
        b->at += (has_profile[i] ? PROFILE : 0) + (has_level[i] ? LEVEL : 0);
}

bool up_hevc_read_size(up_hevc_size *size, const uint8_t *nal, size_t bytes)
{
    uint8_t payload[SPS_BYTES];
    up_bits b = { .bytes = payload, .bits = 8 * take_payload(payload, nal, bytes) };
    up_bits_take(&b, 4);
    const unsigned sub_layers = up_bits_take(&b, 3);
    up_bits_take(&b, 1);
    pass_profile(&b, sub_layers);
    up_bits_code(&b);
    if (up_bits_code(&b) == 3) /* 4:4:4, in separate planes or not */
        up_bits_take(&b, 1);
    size->width = up_bits_code(&b);
    size->height = up_bits_code(&b);
    for (int i = up_bits_take(&b, 1) ? 4 : 0; i > 0; i--) /* cropping */
        up_bits_code(&b);
    const unsigned luma = up_bits_code(&b), chroma = up_bits_code(&b);
    size->bits = 8 + (luma > chroma ? luma : chroma);
    return sub_layers < 7 && b.at <= b.bits && size->width > 0 && size->height > 0 &&
           size->bits <= 16;
}

/* ---- streams */

typedef struct {
    up_reader *reader;
    up_hevc_luma luma;
    int units;
} stream_look;

/* What there is of one item. */
typedef struct {
    size_t luma; /* bytes of the largest picture that its parameter sets say */
    int kept;    /* pictures that are in memory together */
} item_look;

static up_status take_set(const stream_look *l, const up_coded_item *item, const uint8_t *nal,
                          size_t bytes, item_look *seen, up_error *error)
{
    up_hevc_size size;
    const char *name = up_reader_name(l->reader);
    if (!up_hevc_read_size(&size, nal, bytes))
        return up_fail(error, UP_ERROR_INPUT, "%s: damaged HEIF: a stream does not say its size",
                       name);
    const uint32_t longer = item->width > item->height ? item->width : item->height;
    if (longer > 0 && (size.width > (uint64_t)longer + ALIGNED - 1 ||
                       size.height > (uint64_t)longer + ALIGNED - 1))
        return up_fail(error, UP_ERROR_INPUT,
                       "%s: damaged HEIF: %u x %u pixels are coded where it says %u x %u", name,
                       size.width, size.height, item->width, item->height);
    size_t luma;
    if (!up_mul(size.width, size.height, &luma) || !up_mul(luma, size.bits > 8 ? 2 : 1, &luma))
        luma = SIZE_MAX;
    seen->luma = luma > seen->luma ? luma : seen->luma;
    return UP_OK;
}

static up_status take_unit(stream_look *l, const up_coded_item *item, const uint8_t *nal,
                           size_t bytes, item_look *seen, up_error *error)
{
    if (++l->units > UNITS_MOST)
        return up_fail(error, UP_ERROR_LIMIT, "%s: its streams have more parts than are read",
                       up_reader_name(l->reader));
    const unsigned kind = bytes > NAL_HEADER ? nal[0] >> 1 & 63u : CODED_END;
    const bool further_layer = bytes > NAL_HEADER && ((nal[0] & 1) || nal[1] >> 3);
    if (further_layer) /* which decoders of one layer pass by */
        return UP_OK;
    if (kind == SPS)
        return take_set(l, item, nal, bytes, seen, error);
    if (kind < CODED_END && nal[NAL_HEADER] & 0x80) /* the first slice of a picture */
        seen->kept += kind >= IDR_FIRST && kind <= IDR_LAST ? 1 : 1 + REFERENCES;
    return UP_OK;
}

/* The arrays of an hvcC (ISO/IEC 14496-15, 8.3.3.1). */
static up_status look_at_config(stream_look *l, const up_coded_item *item, int number,
                                item_look *seen, up_error *error)
{
    enum { FIXED = 22 };
    up_box_bytes config = { .bytes = item->config[number].bytes,
                            .size = item->config[number].size };
    up_box_part(&config, FIXED - 1);
    if ((up_box_number(&config, 1) & 3) != SIZE_BYTES - 1 && !config.ended)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s: HEIF of this kind cannot be read: sizes in its streams are short",
                       up_reader_name(l->reader));
    for (uint64_t arrays = up_box_number(&config, 1); arrays > 0 && !config.ended; arrays--) {
        up_box_number(&config, 1);
        for (uint64_t n = up_box_number(&config, 2); n > 0 && !config.ended; n--) {
            const up_box_bytes nal = up_box_part(&config, up_box_number(&config, 2));
            UP_TRY(take_unit(l, item, nal.bytes, nal.size, seen, error));
        }
    }
    return UP_OK;
}

static up_status look_at_stream(stream_look *l, const up_coded_item *item, item_look *seen,
                                up_error *error)
{
    uint8_t bytes[SIZE_BYTES + SPS_BYTES];
    uint64_t at = 0;
    size_t count;
    while ((count = up_item_read(l->reader, item, at, bytes, sizeof bytes)) > SIZE_BYTES) {
        up_box_bytes from = { .bytes = bytes, .size = count };
        const uint64_t size = up_box_number(&from, SIZE_BYTES);
        const up_box_bytes nal = up_box_part(&from, size);
        UP_TRY(take_unit(l, item, nal.bytes, nal.size, seen, error));
        at += SIZE_BYTES + size;
    }
    return UP_OK;
}

static up_status look_at_item(const up_coded_item *item, void *user, up_error *error)
{
    stream_look *l = user;
    item_look seen = { 0 };
    for (int i = 0; i < item->configs; i++)
        UP_TRY(look_at_config(l, item, i, &seen, error));
    UP_TRY(look_at_stream(l, item, &seen, error));
    size_t beside;
    if (!up_mul(seen.luma, (size_t)up_clamp(seen.kept, 1, KEPT_MOST) - 1, &beside))
        beside = SIZE_MAX;
    l->luma.bytes = seen.luma > l->luma.bytes ? seen.luma : l->luma.bytes;
    l->luma.beside = beside > l->luma.beside ? beside : l->luma.beside;
    return UP_OK;
}

up_status up_hevc_look(up_reader *reader, up_hevc_luma *luma, up_error *error)
{
    static const up_item_kind kind = { "hvc1", "hvcC", look_at_item };
    stream_look l = { .reader = reader };
    const up_status status = up_coded_items(reader, &kind, &l, error);
    *luma = l.luma;
    return status;
}
