/* SPDX-License-Identifier: MIT */
/* PNM and .npy: rows behind rows, and planes of rows. */

#include "cluster/join/join_bands.h"

#include "base/memory.h"
#include "io/npy/npy_header.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* ---- PNM, as the sink writes it */

enum { HEADER_MOST = 256 };

typedef struct {
    int kind, width, height, channels, maxval, size; /* size: of the header */
    char tuple[24];
} pnm_head;

static bool parse_pnm(pnm_head *h, const char *text)
{
    *h = (pnm_head){ 0 };
    if (sscanf(text, "P%d", &h->kind) != 1)
        return false;
    h->channels = h->kind == 6 ? 3 : 1;
    if (h->kind == 7)
        sscanf(text, "P7\nWIDTH %d\nHEIGHT %d\nDEPTH %d\nMAXVAL %d\nTUPLTYPE %23[A-Z_]\nENDHDR%n",
               &h->width, &h->height, &h->channels, &h->maxval, h->tuple, &h->size);
    else if (h->kind == 5 || h->kind == 6)
        sscanf(text, "P%*d\n%d %d\n%d%n", &h->width, &h->height, &h->maxval, &h->size);
    h->size++; /* the newline at its end */
    return h->size > 1 && h->width > 0 && h->height > 0 && h->maxval > 0 && h->channels > 0 &&
           h->channels <= 4;
}

static int64_t pnm_bytes(const pnm_head *h)
{
    return (int64_t)h->width * h->channels * (h->maxval > UINT8_MAX ? 2 : 1) * h->height;
}

static up_status open_pnm(up_reader **reader, pnm_head *head, const char *path, up_error *error)
{
    char text[HEADER_MOST + 1];
    UP_TRY(up_reader_open(reader, path, error));
    text[up_reader_read(*reader, text, HEADER_MOST)] = 0;
    up_status status = UP_OK;
    if (!parse_pnm(head, text) || up_reader_size(*reader) != head->size + pnm_bytes(head))
        status = up_join_unlike(path, error);
    if (status == UP_OK)
        status = up_reader_seek(*reader, head->size, error);
    if (status != UP_OK)
        up_reader_close(reader);
    return status;
}

static up_status put_pnm_head(const up_joining *j, const pnm_head *h, int64_t height,
                              up_error *error)
{
    char text[HEADER_MOST];
    int size;
    if (h->kind == 7)
        size = snprintf(text, sizeof text,
                        "P7\nWIDTH %d\nHEIGHT %d\nDEPTH %d\nMAXVAL %d\nTUPLTYPE %s\nENDHDR\n",
                        h->width, (int)height, h->channels, h->maxval, h->tuple);
    else
        size = snprintf(text, sizeof text, "P%d\n%d %d\n%d\n", h->kind, h->width, (int)height,
                        h->maxval);
    return up_writer_write(j->out, text, (size_t)size, error);
}

static bool same_kind(const pnm_head *a, const pnm_head *b)
{
    return a->kind == b->kind && a->width == b->width && a->channels == b->channels &&
           a->maxval == b->maxval && strcmp(a->tuple, b->tuple) == 0;
}

up_status up_join_pnm(const up_joining *j, up_error *error)
{
    pnm_head first, head;
    up_reader *reader;
    int64_t height = 0;
    for (int b = 0; b < j->count; b++) {
        UP_TRY(open_pnm(&reader, b ? &head : &first, j->band[b], error));
        up_reader_close(&reader);
        if (b && !same_kind(&first, &head))
            return up_join_unlike(j->band[b], error);
        height += b ? head.height : first.height;
    }
    if (height > INT_MAX)
        return up_fail(error, UP_ERROR_LIMIT, "%lld rows are too many", (long long)height);
    UP_TRY(put_pnm_head(j, &first, height, error));
    for (int b = 0; b < j->count; b++) {
        UP_TRY(open_pnm(&reader, &head, j->band[b], error));
        const up_status status = up_join_copy(j->out, reader, pnm_bytes(&head), error);
        up_reader_close(&reader);
        UP_TRY(status);
    }
    return UP_OK;
}

/* ---- .npy */

static up_status open_npy(up_reader **reader, up_npy_header *head, const char *path,
                          up_error *error)
{
    UP_TRY(up_reader_open(reader, path, error));
    up_status status = up_npy_header_read(head, *reader, error);
    if (status == UP_OK && head->dims < 1)
        status = up_join_unlike(path, error);
    if (status != UP_OK)
        up_reader_close(reader);
    return status;
}

/* Rows are the last dimension but one; what comes before are planes. */
static int64_t rows_of(const up_npy_header *h)
{
    return h->dims > 1 ? h->shape[h->dims - 2] : 1;
}

static int64_t planes_of(const up_npy_header *h)
{
    int64_t planes = 1;
    for (int i = 0; i < h->dims - 2; i++)
        planes *= h->shape[i];
    return planes;
}

static int64_t plane_bytes(const up_npy_header *h)
{
    return rows_of(h) * h->shape[h->dims - 1] * (int64_t)h->element;
}

static up_status copy_plane(const up_joining *j, int band, int64_t plane, up_error *error)
{
    up_reader *reader;
    up_npy_header head;
    UP_TRY(open_npy(&reader, &head, j->band[band], error));
    const int64_t size = plane_bytes(&head);
    up_status status = up_reader_seek(reader, head.offset + plane * size, error);
    if (status == UP_OK)
        status = up_join_copy(j->out, reader, size, error);
    up_reader_close(&reader);
    return status;
}

static bool same_planes(const up_npy_header *a, const up_npy_header *b)
{
    return a->type == b->type && a->swapped == b->swapped && planes_of(a) == planes_of(b) &&
           a->shape[a->dims - 1] == b->shape[b->dims - 1];
}

up_status up_join_npy(const up_joining *j, up_error *error)
{
    up_npy_header first = { 0 }, head;
    up_reader *reader;
    int64_t height = 0;
    for (int b = 0; b < j->count; b++) {
        UP_TRY(open_npy(&reader, &head, j->band[b], error));
        up_reader_close(&reader);
        first = b ? first : head;
        if (!same_planes(&first, &head))
            return up_join_unlike(j->band[b], error);
        height += rows_of(&head);
    }
    const int64_t planes = planes_of(&first);
    uint8_t bytes[UP_NPY_HEADER_MAX];
    if (first.dims == 1 && height > 1) {
        first.shape[1] = first.shape[0];
        first.dims = 2;
    }
    if (first.dims > 1)
        first.shape[first.dims - 2] = height;
    UP_TRY(up_writer_write(j->out, bytes, up_npy_header_make(bytes, &first), error));
    for (int64_t p = 0; p < planes; p++)
        for (int b = 0; b < j->count; b++)
            UP_TRY(copy_plane(j, b, p, error));
    return UP_OK;
}
