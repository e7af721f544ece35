/* SPDX-License-Identifier: MIT */
#include "io/tiff/tiff_pack.h"

#include "base/memory.h"

#include <string.h>
#include <zlib.h>

#define DEFLATE_BYTES ((size_t)280 << 10) /* what zlib takes */

size_t up_tiff_packed_most(const up_tiff_packing *packing)
{
    return compressBound(packing->row_bytes * (size_t)packing->rows);
}

size_t up_tiff_slot_bytes(const up_tiff_packing *packing, int strips)
{
    const size_t strip = packing->row_bytes * (size_t)packing->rows + up_tiff_packed_most(packing);
    return strip * (size_t)strips + packing->row_bytes + DEFLATE_BYTES;
}

up_status up_tiff_slot_open(up_tiff_slot *slot, const up_tiff_packing *packing, int strips,
                            up_error *error)
{
    const size_t count = (size_t)strips, strip = packing->row_bytes * (size_t)packing->rows;
    slot->rows = up_alloc(count, strip);
    slot->packed = up_alloc(count, up_tiff_packed_most(packing));
    slot->size = up_alloc(count, sizeof *slot->size);
    slot->spare = up_alloc(1, packing->row_bytes);
    z_stream *z = slot->deflater = up_alloc_zero(1, sizeof *z);
    if (!slot->rows || !slot->packed || !slot->size || !slot->spare || !z ||
        deflateInit(z, packing->level) != Z_OK)
        return up_fail_memory(error, "encoding TIFF", up_tiff_slot_bytes(packing, strips));
    return UP_OK;
}

void up_tiff_slot_close(up_tiff_slot *slot)
{
    if (slot->deflater)
        deflateEnd(slot->deflater);
    up_free(slot->deflater);
    up_free(slot->rows);
    up_free(slot->packed);
    up_free(slot->size);
    up_free(slot->spare);
}

/* Predictor 2: each sample less the one before it in its channel. */
static void difference_bytes(uint8_t *row, size_t count, size_t channels)
{
    for (size_t i = count; i-- > channels;)
        row[i] = (uint8_t)(row[i] - row[i - channels]);
}

static void difference_words(uint16_t *row, size_t count, size_t channels, bool swap)
{
    for (size_t i = count; i-- > channels;)
        row[i] = (uint16_t)(row[i] - row[i - channels]);
    for (size_t i = 0; i < count && swap; i++)
        row[i] = __builtin_bswap16(row[i]);
}

/* Predictor 3: the high bytes of all samples first, then the next; of these bytes differences. */
static void difference_floats(uint8_t *row, uint8_t *spare, size_t count, size_t channels)
{
    memcpy(spare, row, count * 4);
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, spare + 4 * i, sizeof bits);
        for (size_t byte = 0; byte < 4; byte++)
            row[byte * count + i] = (uint8_t)(bits >> (24 - 8 * byte));
    }
    difference_bytes(row, count * 4, channels);
}

static void difference(const up_tiff_slot *slot, const up_tiff_packing *p, uint8_t *row)
{
    const size_t channels = (size_t)p->channels, count = (size_t)p->width * channels;
    if (p->sample == UP_SAMPLE_U8)
        difference_bytes(row, count, channels);
    else if (p->sample == UP_SAMPLE_U16)
        difference_words((uint16_t *)(void *)row, count, channels, p->swap);
    else
        difference_floats(row, slot->spare, count, channels);
}

void up_tiff_slot_pack(up_tiff_slot *slot, const up_tiff_packing *packing)
{
    const size_t strip = packing->row_bytes * (size_t)packing->rows;
    const size_t most = up_tiff_packed_most(packing);
    z_stream *z = slot->deflater;
    for (int i = 0; i < slot->strips; i++) {
        const int rows = i == slot->strips - 1 ? slot->last_rows : packing->rows;
        uint8_t *from = slot->rows + (size_t)i * strip;
        for (int y = 0; y < rows; y++)
            difference(slot, packing, from + (size_t)y * packing->row_bytes);
        deflateReset(z);
        z->next_in = from;
        z->avail_in = (uInt)((size_t)rows * packing->row_bytes);
        z->next_out = slot->packed + (size_t)i * most;
        z->avail_out = (uInt)most;
        deflate(z, Z_FINISH); /* for which there is room */
        slot->size[i] = most - z->avail_out;
    }
}
