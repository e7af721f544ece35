/* SPDX-License-Identifier: MIT */
/* What a file says about its pixels, carried from input to output. */
#ifndef UP_IO_METADATA_H
#define UP_IO_METADATA_H

#include "base/notes.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t *data; /* owned; NULL if absent */
    size_t size;
} up_blob;

#define UP_COMMENT "COM"

/* A PNG chunk that goes to the output as it is, or, of type UP_COMMENT, a JPEG comment. */
typedef struct {
    char type[5];
    bool behind; /* the pixels */
    bool lost;   /* while metadata is narrowed: it is to go */
    up_blob data;
} up_chunk;

typedef struct {
    up_chunk *item; /* owned */
    int count;
    size_t bytes; /* of all data */
} up_chunks;

typedef struct up_metadata {
    up_blob icc;          /* ICC profile */
    up_blob exif;         /* TIFF structure, without "Exif\0\0" */
    up_blob xmp;          /* XML packet */
    up_blob xmp_extended; /* XML that `xmp` names by its MD5 (xmpNote:HasExtendedXMP) */
    up_blob iptc;         /* IPTC-IIM records */
    up_blob photoshop;    /* other image resources ("8BIM" ...) that stay true */
    up_chunks chunks;     /* texts, comments, and what is safe to copy */
    up_notes lost;        /* what it said that no output keeps, or that is broken */
    int orientation;      /* EXIF 1..8, 1 if none: already applied when pixels are delivered */
    double dpi_x, dpi_y;  /* 0 if unknown */
    double aspect;        /* pixel width / height where only that is known, 0 if unknown */
    up_color_tags color;  /* what it says of its colours beside the profile */
} up_metadata;

void up_metadata_init(up_metadata *m);
void up_metadata_clear(up_metadata *m);

/* Copies `size` bytes into a blob, replacing what was there. */
up_status up_blob_set(up_blob *blob, const void *data, size_t size, up_error *error);

/* Takes an ICC profile, or EXIF (with or without "Exif\0\0"), as files of several kinds hold it, if
 * it looks like one and there is none yet. */
up_status up_metadata_take_profile(up_metadata *m, const uint8_t *data, size_t size,
                                   up_error *error);
up_status up_metadata_take_exif(up_metadata *m, const uint8_t *data, size_t size, up_error *error);

/* Appends a copy; past 64 MiB or 4096 chunks it is named in m->lost instead. */
up_status up_metadata_add_chunk(up_metadata *m, const up_chunk *chunk, up_error *error);
void up_metadata_remove_chunk(up_metadata *m, int i);
/* Puts those behind the pixels last, all else as it was. */
void up_metadata_order_chunks(up_metadata *m);

/* All but `lost`, which stays with its source. */
up_status up_metadata_copy(up_metadata *to, const up_metadata *from, up_error *error);

#endif
