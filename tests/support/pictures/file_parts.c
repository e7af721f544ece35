/* SPDX-License-Identifier: MIT */
#include "support/pictures/file_parts.h"

#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PNG_START = 8, PNG_HEADER = 33, PNG_AROUND = 12 };

static uint32_t get_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put_u32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint8_t *load(const char *name, size_t *size)
{
    return (uint8_t *)file_read(scratch_path("%s", name), size);
}

/* Puts `part` into the file at `at`. */
static void insert(const char *name, size_t at, const uint8_t *part, size_t part_size)
{
    size_t size;
    uint8_t *old = load(name, &size), *file = malloc(size + part_size);
    memcpy(file, old, at);
    memcpy(file + at, part, part_size);
    memcpy(file + at + part_size, old + at, size - at);
    file_write(scratch_path("%s", name), file, size + part_size);
    free(file);
    free(old);
}

void png_insert(const char *name, const char *type, bool behind, const void *data, size_t size)
{
    size_t file_size;
    free(load(name, &file_size));
    uint8_t *chunk = malloc(size + PNG_AROUND);
    put_u32(chunk, (uint32_t)size);
    memcpy(chunk + 4, type, 4);
    memcpy(chunk + 8, data, size);
    put_u32(chunk + 8 + size, (uint32_t)crc32(0, chunk + 4, (uInt)size + 4));
    insert(name, behind ? file_size - PNG_AROUND : PNG_HEADER, chunk, size + PNG_AROUND);
    free(chunk);
}

void jpeg_insert(const char *name, int marker, const void *data, size_t size)
{
    uint8_t *segment = malloc(size + 4);
    segment[0] = 0xff;
    segment[1] = (uint8_t)marker;
    segment[2] = (uint8_t)((size + 2) >> 8);
    segment[3] = (uint8_t)(size + 2);
    cr_assert_leq(size, 65533);
    memcpy(segment + 4, data, size);
    insert(name, 2, segment, size + 4);
    free(segment);
}

static file_part copy_part(const uint8_t *data, size_t size, bool behind)
{
    file_part part = { malloc(size + 1), size, behind };
    memcpy(part.data, data, size);
    part.data[size] = 0;
    return part;
}

static bool begins(const uint8_t *data, size_t size, const char *start)
{
    return size >= strlen(start) && memcmp(data, start, strlen(start)) == 0;
}

/* The n-th of them, and in *count how many there were up to it. */
static file_part find_chunk(const char *name, const char *type, const char *start, int n,
                            int *count)
{
    size_t file_size;
    uint8_t *file = load(name, &file_size);
    file_part part = { 0 };
    bool pixels = false;
    *count = 0;
    for (size_t at = PNG_START, size; at + PNG_AROUND <= file_size && !part.data;
         at += size + PNG_AROUND) {
        size = get_u32(file + at);
        cr_assert_leq(size, file_size - at - PNG_AROUND, "%s", name);
        cr_assert_eq(get_u32(file + at + 8 + size), crc32(0, file + at + 4, (uInt)size + 4));
        pixels |= memcmp(file + at + 4, "IDAT", 4) == 0;
        if (memcmp(file + at + 4, type, 4) == 0 && begins(file + at + 8, size, start) &&
            (*count)++ == n)
            part = copy_part(file + at + 8, size, pixels);
    }
    free(file);
    return part;
}

static file_part find_segment(const char *name, int marker, const char *start, int n, int *count)
{
    enum { SOS = 0xda };
    size_t file_size;
    uint8_t *file = load(name, &file_size);
    file_part part = { 0 };
    *count = 0;
    for (size_t at = 2, size; at + 4 <= file_size && !part.data && file[at + 1] != SOS;
         at += 2 + size) {
        size = (size_t)file[at + 2] << 8 | file[at + 3];
        cr_assert(file[at] == 0xff && size <= file_size - at - 2, "%s", name);
        if (file[at + 1] == marker && begins(file + at + 4, size - 2, start) && (*count)++ == n)
            part = copy_part(file + at + 4, size - 2, false);
    }
    free(file);
    return part;
}

file_part png_part(const char *name, const char *type, const char *start, int n)
{
    int count;
    return find_chunk(name, type, start, n, &count);
}

file_part jpeg_part(const char *name, int marker, const char *start, int n)
{
    int count;
    return find_segment(name, marker, start, n, &count);
}

int png_count(const char *name, const char *type, const char *start)
{
    int count;
    find_chunk(name, type, start, -1, &count);
    return count;
}

int jpeg_count(const char *name, int marker, const char *start)
{
    int count;
    find_segment(name, marker, start, -1, &count);
    return count;
}
