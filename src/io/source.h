/* SPDX-License-Identifier: MIT */
/* Reading images: one table of formats, one way to get rows out of any of them. */
#ifndef UP_IO_SOURCE_H
#define UP_IO_SOURCE_H

#include "base/machine/library.h"
#include "base/notes.h"
#include "io/files/reader.h"
#include "io/frames/sequence.h"
#include "io/frames/video.h"
#include "io/metadata/metadata.h"

typedef struct up_source up_source;

struct up_source {
    const char *type;  /* "png" */
    const char *name;  /* of the input, for messages. Set by up_source_open */
    up_reader *reader; /* owned; NULL: none. Set by up_source_open */
    up_format format;  /* as delivered */
    up_metadata metadata;
    up_notes notes;             /* what no output keeps, and damage, found by open and by read */
    up_subsampling subsampling; /* of a JPEG; AUTO otherwise */
    int jpeg_quality;           /* of a JPEG: see jpeg/jpeg_quality.h; 0: it is none */
    struct {
        bool found;
        double deviation; /* in levels of 255, once someone has measured it */
    } noise;
    bool lossless;   /* of a format that is lossy, too */
    bool plain_inks; /* a CMYK JPEG without Adobe's marker: some invert it, some do not */
    bool interlaced;
    bool upright; /* the container turns its picture itself, or metadata.orientation says how: EXIF
                     and XMP are not asked */
    bool strict;  /* damage is an error; may be set before the first rows are read */
    up_sequence sequence;
    up_duration duration;   /* of the frame that next() has come to */
    const up_video *planes; /* how its samples lie in planes; NULL: it is none, or does not tell */
    bool by_planes;         /* set by split() */
    int pages;              /* that page() opens, where they are more than one; else 0 */
    int own_page;           /* which of them, from 0, it reads itself: the first that can be */
    bool part;              /* a page, whose reader is that of another source */
    bool scraps;            /* also where next to nothing of its rows is there, they are wanted */
    int further_pictures;   /* behind the one that is read, the gain map among them */
    bool gain_map;          /* that makes an HDR picture of it */
    bool video;             /* of a motion photo */
    size_t held_bytes; /* memory it will hold for the whole image when reading starts; 0: streams */

    /* Pixels already in memory: read() is not called, rows are taken from here. */
    up_pixels mapped; /* data == NULL: none */
    void *held;       /* what of them up_source_hold() has read */

    /* The next `count` rows of the current frame, exact raw rows. Interleaved: row[i]; planar:
     * row[c * count + i]. After the last row of a frame the next frame follows. */
    up_status (*read)(up_source *source, void *const *row, int count, up_error *error);
    /* Leaves `count` rows of the current frame out, by seeking. NULL: they are read for it. */
    up_status (*skip)(up_source *source, int count, up_error *error);
    /* Of a sequence: goes on to its next frame, to the first at the first call, whatever of the one
     * before was read; its rows come by read(). *there = false: there is none. A source that was
     * never asked gives one picture: the first frame, or what the file has for programs that show
     * one only. Frames that are damaged are noted as that, and come as far as they go. */
    up_status (*next)(up_source *source, bool *there, up_error *error);
    /* Of a video, before anything is read: whether read() gives its frames as pictures, as at
     * first, or plane by plane with the samples as they are: the rows of luma, whose `format` this
     * is then, then those of Cb and of Cr. */
    void (*split)(up_source *source, bool by_planes);
    /* Of a file of pages: opens one, from 0, over the same reader, which must be there until it is
     * closed. See up_source_open_page(). */
    up_status (*page)(up_source *source, int number, up_source **page, up_error *error);
    /* Of such a file, or NULL: its own rows have been read, and what is held for them goes. */
    void (*release)(up_source *source);
    void (*close)(up_source *source); /* frees all but `metadata`, `notes` and the struct itself */
};

/* source->read(), and the same for rows that nobody wants. All fail where the source is strict and
 * damage is known. */
up_status up_source_read(up_source *source, void *const *row, int count, up_error *error);
up_status up_source_skip(up_source *source, int count, up_error *error);
up_status up_source_check(const up_source *source, up_error *error);

/* source->next(), which fails likewise. */
up_status up_source_next(up_source *source, bool *there, up_error *error);

/* "its last 12 rows are missing", as damage; an error where that leaves next to nothing. */
up_status up_source_lacks_rows(up_source *source, int rows, up_error *error);

/* The same for "it ends within pass 2 of 7, so that details are missing", and rows altogether. */
up_status up_source_lacks_details(up_source *source, const char *where, int rows, up_error *error);

/* Reads the one frame of a picture into memory, to be `mapped`, unless it is; that counts in
 * held_bytes. UP_ERROR_LIMIT where those are more than `most`. */
up_status up_source_hold(up_source *source, size_t most, const volatile int *cancel,
                         up_error *error);

/* source->release(), and of rows in memory, if there are any. */
void up_source_release(up_source *source);

/* Frees everything, the reader included. */
void up_source_close(up_source **source);

/* The end of an `open`: hands the source out, or frees it, but for its reader, where `status` is a
 * failure. */
up_status up_source_opened(up_source **result, up_source *source, up_status status);

/* A file format that can be read. `open` allocates the (larger) struct of its own with
 * up_alloc_zero, reads the header only, and fills format and metadata. It does not own `reader`,
 * which lives until up_source_close. Errors begin with the reader's name. */
typedef struct {
    const char *type;
    const up_library *library;                       /* loaded before `open`; NULL: none */
    bool (*probe)(const uint8_t *head, size_t size); /* the first up to 64 bytes */
    up_status (*open)(up_source **source, up_reader *reader, up_error *error);
} up_source_format;

/* A source over the caller's pixels. */
up_status up_source_from_pixels(up_source **source, const up_pixels *pixels, up_error *error);

#endif
