/* SPDX-License-Identifier: MIT */
#include "io/plain/bmp_header.h"

#include "base/memory.h"

#include <limits.h>
#include <string.h>

enum { FILE_HEAD = 14, OLD_HEAD = 12, HEAD = 40, MASKS = 52, ALPHA_MASK = 56, NEW_HEAD = 124 };
enum { BITFIELDS = 3, ALPHA_BITFIELDS = 6, PROFILE_EMBEDDED = 0x4d424544, PROFILE_MOST = 32 << 20 };
#define INCH 0.0254

static up_status fail(const up_reader *reader, const char *what, up_error *error)
{
    return up_fail(error, UP_ERROR_INPUT, "%s: damaged BMP: %s", up_reader_name(reader), what);
}

static uint32_t little(const uint8_t *at, int bytes)
{
    uint32_t value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | at[i];
    return value;
}

static up_status take_size(up_bmp_header *h, const up_reader *reader, int64_t width, int64_t height,
                           up_error *error)
{
    h->from_top = height < 0;
    height = height < 0 ? -height : height;
    if (width < 1 || height < 1 || width > INT_MAX || height > INT_MAX)
        return fail(reader, "width and height make no sense", error);
    h->width = (int)width;
    h->height = (int)height;
    return UP_OK;
}

static up_status take_packing(up_bmp_header *h, const up_reader *reader, uint32_t code,
                              up_error *error)
{
    const int bits = h->bits;
    const bool known =
        bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
    const bool fits =
        code == UP_BMP_RAW || (code == UP_BMP_RLE8 && bits == 8) ||
        (code == UP_BMP_RLE4 && bits == 4) ||
        ((code == BITFIELDS || code == ALPHA_BITFIELDS) && (bits == 16 || bits == 32));
    if (!known || !fits)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s: BMP with %d bits per pixel, packed by method %u, cannot be read; "
                       "'magick IN OUT.png' converts it",
                       up_reader_name(reader), bits, code);
    h->packing = code == ALPHA_BITFIELDS ? UP_BMP_FIELDS : (up_bmp_packing)code;
    if ((h->packing == UP_BMP_RLE8 || h->packing == UP_BMP_RLE4) && h->from_top)
        return fail(reader, "packed rows cannot begin at the top", error);
    return UP_OK;
}

/* Where nothing is said: 5 bits each of 16, 8 each of 24 and 32, no alpha. */
static void set_masks(up_bmp_header *h)
{
    const uint32_t usual[2][3] = { { 0x7c00, 0x3e0, 0x1f }, { 0xff0000, 0xff00, 0xff } };
    for (int c = 0; c < 3; c++)
        h->mask[c] = usual[h->bits > 16][c];
}

static up_status take_masks(up_bmp_header *h, const uint8_t *head, uint32_t size, up_reader *reader,
                            up_error *error)
{
    uint8_t behind[12];
    const uint8_t *at = head + HEAD;
    if (h->packing != UP_BMP_FIELDS) {
        set_masks(h);
        return UP_OK;
    }
    if (size < MASKS) {
        UP_TRY(up_reader_read_at(reader, FILE_HEAD + (int64_t)size, behind, sizeof behind, error));
        at = behind;
    }
    for (int c = 0; c < 3; c++)
        h->mask[c] = little(at + 4 * c, 4);
    h->mask[3] = size >= ALPHA_MASK ? little(head + MASKS, 4) : 0;
    for (int c = 0; c < 4; c++) {
        const uint32_t m = h->mask[c], up = m ? m >> __builtin_ctz(m) : 1;
        if ((m == 0 && c < 3) || (up & (up + 1)) != 0 || (h->bits == 16 && m > UINT16_MAX))
            return fail(reader, "the masks of its colours make no sense", error);
    }
    return UP_OK;
}

static up_status take_palette(up_bmp_header *h, uint32_t size, uint32_t said, up_reader *reader,
                              up_error *error)
{
    const uint32_t most = 1u << h->bits, each = size == OLD_HEAD ? 3 : 4;
    const uint32_t count = said > 0 && said < most ? said : most;
    uint8_t bytes[256 * 4];
    const int64_t start = FILE_HEAD + (int64_t)size, room = (h->pixels - start) / each;
    const size_t there = room < count ? room < 0 ? 0 : (size_t)room : count;
    UP_TRY(up_reader_read_at(reader, start, bytes, there * each, error));
    h->grey = h->bits <= 8;
    for (size_t i = 0; i < most; i++) {
        const uint32_t level = (uint32_t)i * UINT8_MAX / (most - 1);
        for (int c = 0; c < 3; c++) {
            h->palette[i][c] = i < there ? bytes[i * each + 2 - (size_t)c] : 0;
            h->grey &= h->palette[i][c] == level;
        }
    }
    return UP_OK;
}

static up_status take_profile(up_metadata *m, const uint8_t *head, up_reader *reader,
                              up_error *error)
{
    const uint32_t at = little(head + 112, 4), size = little(head + 116, 4);
    const int64_t start = FILE_HEAD + (int64_t)at;
    if (little(head + 56, 4) != PROFILE_EMBEDDED || size == 0 || size > PROFILE_MOST ||
        start + size > up_reader_size(reader))
        return UP_OK;
    uint8_t *data = up_alloc(size, 1);
    if (!data)
        return up_fail_memory(error, "an ICC profile", size);
    up_status status = up_reader_read_at(reader, start, data, size, error);
    if (status == UP_OK)
        status = up_metadata_take_profile(m, data, size, error);
    up_free(data);
    return status;
}

static up_status take_old(up_bmp_header *h, const uint8_t *head, up_reader *reader, up_error *error)
{
    h->bits = (int)little(head + 10, 2);
    UP_TRY(take_size(h, reader, little(head + 4, 2), little(head + 6, 2), error));
    UP_TRY(take_packing(h, reader, UP_BMP_RAW, error));
    set_masks(h);
    return h->bits <= 8 ? take_palette(h, OLD_HEAD, 0, reader, error) : UP_OK;
}

up_status up_bmp_read_header(up_bmp_header *header, up_metadata *m, up_reader *reader,
                             up_error *error)
{
    uint8_t file[FILE_HEAD], head[NEW_HEAD] = { 0 };
    UP_TRY(up_reader_read_at(reader, 0, file, sizeof file, error));
    UP_TRY(up_reader_read_at(reader, FILE_HEAD, head, 4, error));
    const uint32_t size = little(head, 4);
    *header = (up_bmp_header){ .pixels = little(file + 10, 4) };
    if (size != OLD_HEAD && (size < HEAD || size > 1024))
        return fail(reader, "its header has a strange size", error);
    UP_TRY(up_reader_read_at(reader, FILE_HEAD, head, size < NEW_HEAD ? size : NEW_HEAD, error));
    if (size == OLD_HEAD)
        return take_old(header, head, reader, error);
    header->bits = (int)little(head + 14, 2);
    UP_TRY(take_size(header, reader, (int32_t)little(head + 4, 4), (int32_t)little(head + 8, 4),
                     error));
    UP_TRY(take_packing(header, reader, little(head + 16, 4), error));
    UP_TRY(take_masks(header, head, size, reader, error));
    header->dpi_x = (int32_t)little(head + 24, 4) * INCH;
    header->dpi_y = (int32_t)little(head + 28, 4) * INCH;
    if (size >= NEW_HEAD)
        UP_TRY(take_profile(m, head, reader, error));
    return header->bits <= 8 ? take_palette(header, size, little(head + 32, 4), reader, error)
                             : UP_OK;
}
