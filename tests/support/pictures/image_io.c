/* SPDX-License-Identifier: MIT */
#include "support/pictures/image_io.h"

#include "base/memory.h"
#include "io/formats.h"
#include "io/pixels.h"
#include "io/source_open.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* Pointers to rows y .. y + count - 1 of a frame, all channels if planar. */
static void point(void **row, const up_format *f, uint8_t *frame, int y, int count)
{
    size_t line;
    up_row_size(f, &line);
    for (int c = 0; c < (f->planar ? f->channels : 1); c++)
        for (int i = 0; i < count; i++)
            row[c * count + i] = frame + ((size_t)c * (size_t)f->height + (size_t)(y + i)) * line;
}

static void **row_pointers(const up_format *f, int rows)
{
    return malloc((size_t)rows * (size_t)f->channels * sizeof(void *));
}

static up_status read_all(up_source *source, image *to, int rows, up_error *error)
{
    up_format *f = &source->format;
    size_t frame;
    cr_assert(up_frame_size(f, &frame));
    if (frame > (size_t)1 << 26) /* a test reads nothing as large: a mutation said so */
        return up_fail(error, UP_ERROR_INPUT, "%s: large", up_reader_name(source->reader));
    to->size = frame * (size_t)f->frames;
    to->data = malloc(to->size + 1);
    void **row = row_pointers(f, rows);
    up_status status = UP_OK;
    for (int64_t n = 0; n < f->frames && status == UP_OK; n++)
        for (int y = 0; y < f->height && status == UP_OK; y += rows) {
            int count = up_min(rows, f->height - y);
            point(row, f, to->data + (size_t)n * frame, y, count);
            status = up_source_read(source, row, count, error);
        }
    free(row);
    return status;
}

static void find_damage(image *loaded, const up_source *source)
{
    const up_note *note;
    for (int i = 0; (note = up_notes_at(&source->notes, i)) && !*loaded->damage; i++)
        if (note->kind == UP_NOTE_DAMAGE)
            snprintf(loaded->damage, sizeof loaded->damage, "%s", note->text);
}

static up_status load(image *loaded, const char *path, int rows, bool strict, up_error *error)
{
    *loaded = (image){ 0 };
    up_metadata_init(&loaded->metadata);
    up_source *source;
    UP_TRY(up_source_open(&source, path, error));
    source->strict = strict;
    loaded->format = source->format;
    loaded->interlaced = source->interlaced;
    loaded->held_bytes = source->held_bytes;
    cr_assert_eq(up_metadata_copy(&loaded->metadata, &source->metadata, error), UP_OK);
    up_status status = read_all(source, loaded, rows, error);
    find_damage(loaded, source);
    up_source_close(&source);
    if (status != UP_OK)
        image_free(loaded);
    return status;
}

up_status image_load(image *loaded, const char *path, int rows, up_error *error)
{
    return load(loaded, path, rows, false, error);
}

up_status image_load_strictly(image *loaded, const char *path, int rows, up_error *error)
{
    return load(loaded, path, rows, true, error);
}

image image_load_whole(const char *path)
{
    image loaded;
    up_error error = { 0 };
    cr_assert_eq(image_load(&loaded, path, 3, &error), UP_OK, "%s", error.message);
    cr_expect(loaded.damage[0] == 0, "%s", loaded.damage);
    return loaded;
}

void image_free(image *loaded)
{
    up_metadata_clear(&loaded->metadata);
    free(loaded->data);
    loaded->data = NULL;
}

static up_status flush_slots(up_sink *sink, int used, up_error *error)
{
    for (int slot = used - 1; slot >= 0 && sink->pack; slot--)
        UP_TRY(sink->pack(sink, slot, error));
    for (int slot = 0; slot < used && sink->emit; slot++)
        UP_TRY(sink->emit(sink, slot, error));
    return UP_OK;
}

static up_status write_frame(up_sink *sink, uint8_t *frame, void **row, int rows, up_error *error)
{
    int used = 0;
    const up_format *f = &sink->format;
    for (int y = 0; y < f->height; y += rows) {
        int count = up_min(rows, f->height - y);
        point(row, f, frame, y, count);
        UP_TRY(sink->accept(sink, used++, (const void *const *)row, count, error));
        if (used < sink->slots && y + count < f->height)
            continue;
        UP_TRY(flush_slots(sink, used, error));
        used = 0;
    }
    return UP_OK;
}

up_status image_save(const char *path, const up_format *format, const void *data,
                     const up_encoding *encoding, int slots, int rows, up_error *error)
{
    const up_sink_format *type;
    up_sink *sink;
    up_format chosen = *format;
    size_t line, frame;
    UP_TRY(up_sink_format_find(&type, NULL, path, error));
    UP_TRY(up_sink_choose(type, &chosen, error));
    cr_assert(up_row_size(&chosen, &line) && up_frame_size(&chosen, &frame));
    size_t group = line * (size_t)rows * (size_t)(chosen.planar ? chosen.channels : 1);
    UP_TRY(up_sink_open(&sink, type, path, true, &chosen, encoding, slots, group, error));
    void **row = row_pointers(&chosen, rows);
    up_status status = UP_OK;
    for (int64_t n = 0; n < chosen.frames && status == UP_OK; n++)
        status = write_frame(sink, (uint8_t *)data + (size_t)n * frame, row, rows, error);
    if (status == UP_OK)
        status = sink->finish(sink, error);
    free(row);
    up_sink_close(&sink);
    return status;
}

up_encoding plain_encoding(void)
{
    up_encoding encoding = { 0 };
    up_metadata_init(&encoding.metadata);
    return encoding;
}

up_format picture_format(int width, int height, int channels, up_sample sample)
{
    return (up_format){ .width = width,
                        .height = height,
                        .channels = channels,
                        .frames = 1,
                        .color = up_color_of_channels(channels),
                        .sample = sample,
                        .depth = 8 * (int)up_sample_size(sample) };
}

up_pixels drawn_pixels(int width, int height, int channels, int (*level)(int x, int y, int c))
{
    const size_t row = (size_t)width * (size_t)channels;
    up_pixels pixels = { .format = picture_format(width, height, channels, UP_SAMPLE_U8),
                         .data = malloc(row * (size_t)height),
                         .row_stride = row };
    for (size_t i = 0; i < row * (size_t)height; i++)
        ((uint8_t *)pixels.data)[i] =
            (uint8_t)level((int)(i % row) / channels, (int)(i / row), (int)(i % (size_t)channels));
    return pixels;
}

up_pixels random_pixels(int width, int height, int channels, up_sample sample)
{
    const size_t bytes = (size_t)width * height * channels * up_sample_size(sample);
    up_pixels p = { .format = picture_format(width, height, channels, sample),
                    .data = malloc(bytes) };
    for (size_t i = 0; i < bytes; i++)
        ((unsigned char *)p.data)[i] = (unsigned char)(rand() >> 7);
    return p;
}

const char *picture_save(const char *name, const up_format *format,
                         int (*level)(int x, int y, int c))
{
    const char *path = scratch_path("%s", name);
    size_t channels = (size_t)format->channels, width = (size_t)format->width;
    size_t count = width * (size_t)format->height * channels;
    uint16_t *words = malloc(count * sizeof *words);
    uint8_t *bytes = (uint8_t *)words;
    for (size_t i = 0; i < count; i++) {
        size_t pixel = i / channels;
        int v = level((int)(pixel % width), (int)(pixel / width), (int)(i % channels));
        if (format->sample == UP_SAMPLE_U16)
            words[i] = (uint16_t)(257 * v);
        else
            bytes[i] = (uint8_t)v;
    }
    const up_pixels pixels = { .format = *format, .data = words };
    up_error error;
    cr_assert_eq(up_write_pixels(path, &pixels, &(up_options){ .overwrite = true }, &error), UP_OK,
                 "%s", error.message);
    free(words);
    return path;
}

static void check_refusal(const char *path, up_status status, const up_error *error)
{
    cr_assert_neq(status, UP_OK, "%s was read", path);
    cr_assert_eq(status, error->status);
    cr_assert_eq(strncmp(error->message, path, strlen(path)), 0, "%s", error->message);
    cr_assert_null(strchr(error->message, '\n'));
}

void expect_damaged(const char *path)
{
    image loaded;
    up_error error = { 0 };
    check_refusal(path, image_load(&loaded, path, 3, &error), &error);
}

static void expect_strict_refusal(const char *path, const char *damage)
{
    image loaded;
    up_error error = { 0 };
    check_refusal(path, image_load_strictly(&loaded, path, 3, &error), &error);
    cr_assert(strstr(error.message, damage), "%s: %s", damage, error.message);
}

image expect_read_with_damage(const char *path, const char *damage)
{
    image loaded;
    up_error error = { 0 };
    cr_assert_eq(image_load(&loaded, path, 3, &error), UP_OK, "%s", error.message);
    cr_assert_str_eq(loaded.damage, damage);
    expect_strict_refusal(path, damage);
    return loaded;
}

/* Rows that are surely whole: text numbers may be cut, and chroma reaches into the next row. */
static int whole_rows(const image *cut, const uint8_t *file)
{
    int missing = strstr(cut->damage, "last row") ? 1 : 0;
    bool by_text = file[0] == 'P' && file[1] <= '3', is_jpeg = file[0] == 0xff;
    sscanf(cut->damage, "its last %d rows", &missing);
    if (strstr(cut->damage, "details") || strstr(cut->damage, "its first"))
        return 0;
    return cut->format.height - missing - (missing > 0 && (by_text || is_jpeg));
}

/* Whether a truncation was read. */
static bool check_truncation(const char *path, const uint8_t *file, size_t size, const image *whole)
{
    image cut;
    up_error error = { 0 };
    up_status status = image_load(&cut, path, 3, &error);
    if (status != UP_OK) {
        check_refusal(path, status, &error);
        return false;
    }
    size_t line;
    cr_assert_neq(cut.format.color, UP_COLOR_TENSOR);
    cr_assert_eq(cut.size, whole->size);
    cr_assert_neq(*cut.damage, '\0');
    cr_assert(up_row_size(&cut.format, &line));
    cr_assert_eq(memcmp(cut.data, whole->data, line * (size_t)whole_rows(&cut, file)), 0,
                 "%zu bytes: %s", size, cut.damage);
    image_free(&cut);
    expect_strict_refusal(path, cut.damage);
    return true;
}

static void expect_truncations_told(const char *path, const uint8_t *file, size_t size)
{
    image whole;
    up_error error = { 0 };
    size_t read = 0;
    file_write(path, file, size);
    cr_assert_eq(image_load(&whole, path, 3, &error), UP_OK, "%s", error.message);
    for (size_t n = 0; n < size; n++) {
        file_write(path, file, n);
        read += check_truncation(path, file, n, &whole);
    }
    cr_assert_eq(read > 0, whole.format.color != UP_COLOR_TENSOR && whole.format.height > 1);
    image_free(&whole);
}

void expect_hostile_survived(const char *path, const uint8_t *file, size_t size, int mutations)
{
    uint8_t *copy = malloc(size);
    uint32_t state = 1;
    expect_truncations_told(path, file, size);
    for (int i = 0; i < mutations; i++) {
        image loaded;
        memcpy(copy, file, size);
        for (uint32_t changes = 1 + next_random(&state) % 4; changes; changes--)
            copy[next_random(&state) % size] = (uint8_t)next_random(&state);
        file_write(path, copy, size);
        if (image_load(&loaded, path, 3, NULL) == UP_OK)
            image_free(&loaded);
    }
    free(copy);
}

uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}
