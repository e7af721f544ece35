/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include "io/ending.h"

#include "base/memory.h"

#include <string.h>

enum { TAIL = 4096 }; /* more than other programs put behind the end */

static bool tail_holds(up_reader *reader, const void *bytes, size_t size)
{
    uint8_t tail[TAIL];
    int64_t length = up_reader_size(reader), first = length > TAIL ? length - TAIL : 0;
    size_t count = (size_t)(length - first);
    return up_reader_read_at(reader, first, tail, count, NULL) == UP_OK &&
           memmem(tail, count, bytes, size) != NULL;
}

static bool png_ends(const up_source *source)
{
    return tail_holds(source->reader, "IEND\xae\x42\x60\x82", 8);
}

/* In compressed data 0xff is always followed by 0 or a restart marker. */
static bool jpeg_ends(const up_source *source)
{
    return tail_holds(source->reader, "\xff\xd9", 2);
}

static bool pnm_ends(const up_source *source)
{
    const up_format *f = &source->format;
    char magic[2];
    size_t row = (size_t)f->width, all;
    if (up_reader_read_at(source->reader, 0, magic, 2, NULL) != UP_OK || magic[1] < '4')
        return true;
    if (magic[1] == '4')
        row = (row + 7) / 8;
    else if (!up_mul(row, (size_t)f->channels * (f->sample == UP_SAMPLE_U16 ? 2 : 1), &row))
        return false;
    return up_mul(row, (size_t)f->height, &all) && (uint64_t)up_reader_size(source->reader) > all;
}

/* Of files that say their size, low byte first. */
static bool reaches(const up_source *source, int64_t at, int64_t more)
{
    uint8_t said[4];
    if (up_reader_read_at(source->reader, at, said, sizeof said, NULL) != UP_OK)
        return false;
    const uint32_t size =
        (uint32_t)said[3] << 24 | (uint32_t)said[2] << 16 | said[1] << 8 | said[0];
    return size + more <= up_reader_size(source->reader);
}

static bool webp_ends(const up_source *source)
{
    return reaches(source, 4, 8);
}

static bool bmp_ends(const up_source *source)
{
    return reaches(source, 2, 0);
}

static bool qoi_ends(const up_source *source)
{
    return tail_holds(source->reader, "\0\0\0\0\0\0\0\1", 8);
}

static bool gif_ends(const up_source *source)
{
    return tail_holds(source->reader, ";", 1);
}

bool up_source_ends(const up_source *source)
{
    static const struct {
        const char *type;
        bool (*ends)(const up_source *source);
    } kinds[] = { { "png", png_ends },   { "jpeg", jpeg_ends }, { "pnm", pnm_ends },
                  { "webp", webp_ends }, { "bmp", bmp_ends },   { "qoi", qoi_ends },
                  { "gif", gif_ends } };
    if (!source->reader || up_reader_size(source->reader) < 0)
        return true;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].type, source->type) == 0)
            return kinds[i].ends(source);
    return true;
}
