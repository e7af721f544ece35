/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "fuzz/fuzz.h"

#include "base/memory.h"
#include "io/metadata/metadata_rescale.h"
#include "io/source.h"
#include "io/source_open.h"
#include "network/network.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64], path[96];

static void remove_folder(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command))
        perror(folder);
}

const char *fuzz_file(const char *name, const void *data, size_t size)
{
    if (!folder[0]) {
        snprintf(folder, sizeof folder, "/dev/shm/upscale-fuzz-XXXXXX");
        if (!mkdtemp(folder))
            abort();
        atexit(remove_folder);
    }
    snprintf(path, sizeof path, "%s/%.20s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    close(fd);
    return path;
}

enum { MOST_BYTES = 1 << 20 /* of pixels that are read */, MOST_FRAMES = 8 };

static void read_frame(up_source *source, size_t row_bytes)
{
    const up_format *format = &source->format;
    const int rows = format->planar ? format->channels : 1;
    unsigned char *bytes = malloc(row_bytes * (size_t)rows);
    void **row = malloc((size_t)rows * sizeof *row);
    for (int r = 0; r < rows && row && bytes; r++)
        row[r] = bytes + (size_t)r * row_bytes;
    for (int y = 0; y < format->height && row && bytes; y++)
        if (up_source_read(source, row, 1, NULL) != UP_OK)
            break;
    free(row);
    free(bytes);
}

void fuzz_picture(const uint8_t *data, size_t size)
{
    up_source *source;
    up_error error;
    if (up_source_open(&source, fuzz_file("picture", data, size), &error) != UP_OK)
        return;
    const up_format *format = &source->format;
    const size_t sample = format->sample == UP_SAMPLE_I64   ? 8
                          : format->sample == UP_SAMPLE_F32 ? 4
                          : format->sample == UP_SAMPLE_U16 ? 2
                                                            : 1;
    const size_t row = sample * (size_t)format->width * (format->planar ? 1 : format->channels);
    size_t all = SIZE_MAX;
    if (up_mul(row * (format->planar ? format->channels : 1), format->height, &all) &&
        all <= MOST_BYTES && source->held_bytes <= 16 * MOST_BYTES && format->frames > 0)
        read_frame(source, row);
    up_source_close(&source);
    if (up_source_open(&source, path, &error) != UP_OK)
        return;
    bool there = source->next && all <= MOST_BYTES &&
                 source->held_bytes + source->sequence.held_bytes <= 16 * MOST_BYTES;
    for (int i = 0; i < MOST_FRAMES && there; i++)
        if (up_source_next(source, &there, &error) == UP_OK && there)
            read_frame(source, row);
        else
            there = false;
    up_metadata_rescale(&source->metadata, 2, 3, 10, 10, NULL);
    up_source_close(&source);
}

static void read_tensors(const up_tensor_file *file)
{
    for (int i = 0; i < up_tensor_file_count(file); i++) {
        const up_tensor *tensor = up_tensor_file_at(file, i);
        float *value =
            tensor->elements <= MOST_BYTES ? malloc((tensor->elements + 1) * sizeof *value) : NULL;
        if (value)
            up_tensor_to_f32(file, tensor, value, NULL);
        free(value);
    }
}

static void use(up_tensor_file *file)
{
    up_network *network;
    const up_network_hints hints = { .scale = 2 };
    up_error error;
    read_tensors(file);
    if (up_network_load(&network, file, &hints, &error) == UP_OK)
        up_network_free(&network);
    up_tensor_file_close(&file);
}

void fuzz_weights(const void *data, size_t size, const char *name)
{
    up_tensor_file *file;
    up_error error;
    if (up_tensor_file_from_memory(&file, data, size, name, &error) == UP_OK)
        use(file);
}

void fuzz_weights_file(const char *name)
{
    up_tensor_file *file;
    up_error error;
    if (up_tensor_file_open(&file, name, (size_t)256 << 20, &error) == UP_OK)
        use(file);
}

void fuzz_put(fuzz_bytes *to, const void *data, size_t size)
{
    if (to->size + size > to->room) {
        to->room = 2 * (to->size + size);
        uint8_t *grown = realloc(to->data, to->room);
        if (!grown)
            abort();
        to->data = grown;
    }
    if (size > 0)
        memcpy(to->data + to->size, data, size);
    to->size += size;
}

void fuzz_put_number(fuzz_bytes *to, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++, number >>= 8)
        fuzz_put(to, &(uint8_t){ (uint8_t)number }, 1);
}
