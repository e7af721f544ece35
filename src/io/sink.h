/* SPDX-License-Identifier: MIT */
/* Writing images: one table of formats, and three stages so that encoding runs behind the pipeline.
 */
#ifndef UP_IO_SINK_H
#define UP_IO_SINK_H

#include "base/machine/library.h"
#include "base/notes.h"
#include "io/files/writer.h"
#include "io/frames/sequence.h"
#include "io/frames/video.h"
#include "io/metadata/metadata.h"

typedef struct up_sink up_sink;

/* How to encode. */
typedef struct {
    int quality, png_level; /* 0: the format's default */
    int effort;             /* 1 .. 9; 0: the format's default */
    int threads;            /* that an encoder may use at the end; 0: 1 */
    bool lossless;          /* where the format may also be lossy */
    int near_lossless; /* lossless WebP without alpha: 1 .. 99 lets samples be off by a few levels,
                          fewer the higher it is; 0: none */
    up_subsampling subsampling;
    bool progressive;
    bool piece; /* of a picture: rows to be put behind others, without being packed anew */
    up_sequence sequence;  /* of frames that follow; frames 0: it is one picture */
    bool overlaps;         /* two of them are under way at a time, which a sink may make use of */
    const up_video *video; /* borrowed: how samples of a video are to lie; NULL: as is usual */
    bool by_planes;        /* rows come as those of a source that is split */
    struct {
        int number, count; /* this one, from 0; count 0: it is one picture */
        size_t bytes;      /* of the pixels of all */
    } pages;               /* of a file that holds several, each of a size and kind of its own */
    bool plain_inks;       /* CMYK in JPEG without Adobe's marker, 0 stored for no ink */
    up_metadata metadata;  /* borrowed; already rescaled, declared and narrowed to what the format
                              keeps, or empty for --strip */
} up_encoding;

struct up_sink {
    const char *type;
    up_writer *writer; /* owned; NULL: none. Set by up_sink_open */
    up_format format;  /* of the rows it is given; set by open, may differ from what was asked in
                          `planar` only */
    int slots;         /* groups in flight that stage 2 and 3 are ready for; set by open */

    /* Pixels in memory: rows are written straight there and no stage is called. */
    up_pixels mapped; /* data == NULL: none */

    /* Of a sequence (else NULL), before the rows of each frame, when no slot is in use any more;
     * where it `overlaps`, those of the frame before may still be, but none of those before it. */
    bool overlaps;
    up_status (*frame)(up_sink *sink, up_duration duration, up_error *error);
    /* Of a file of pages (else NULL), after `finish` of the page before: all that `open` was told
     * of the first. */
    up_status (*page)(up_sink *sink, const up_format *format, const up_encoding *encoding,
                      int slots, size_t group_bytes, up_error *error);
    /* Stage 1, in order: takes the next `count` exact raw rows. row[i], or row[c * count + i] if
     * planar. `slot` (0 .. slots - 1) stays reserved until its stage 3 is done. */
    up_status (*accept)(up_sink *sink, int slot, const void *const *row, int count,
                        up_error *error);
    /* Stage 2 (may be NULL): the heavy work on a slot; different slots at the same time. */
    up_status (*pack)(up_sink *sink, int slot, up_error *error);
    /* Stage 3 (may be NULL), in order: writes the slot out. */
    up_status (*emit)(up_sink *sink, int slot, up_error *error);
    /* After the last row: trailer, and publishes the file; of pages after the last. */
    up_status (*finish)(up_sink *sink, up_error *error);
    void (*close)(up_sink *sink); /* frees all but the struct and the writer */
};

/* Whether a format holds sequences. */
typedef enum {
    UP_ONE_PICTURE,
    UP_COUNTED_FRAMES, /* whose number is known before the first */
    UP_ANY_FRAMES
} up_frames_held;

/* A file format that can be written. `choose` narrows what is wanted to what the format can hold
 * (sample type, depth, planar), or fails with an error that names the flag which would help
 * (alpha into JPEG: --background). `open` allocates its struct with up_alloc_zero and writes the
 * header; `group_bytes` is the most raw bytes that one accept will bring, `slots` how many groups
 * may be in flight. It does not own the writer. */
typedef struct {
    const char *type;
    const char *extensions;    /* "jpg jpeg jpe" */
    const up_library *library; /* NULL: none that up_sink_choose() has to load */
    bool lossy;                /* never exact */
    bool bands;            /* of rows can be put one behind the other, without being packed anew */
    up_frames_held frames; /* where it holds any, sinks have `frame` */
    int lossless_bits;     /* of a sample at most; 0: all */
    bool planes;           /* takes the planes of a video as they are */
    bool unit_floats;      /* white is 1 in its floats, whatever it was in the input */
    up_status (*choose)(up_format *format, up_error *error);
    /* Brings what is declared of the samples of `input` to what the format can say of those of
     * `output`, and notes what goes. NULL: says everything. */
    up_status (*declare)(up_metadata *m, const up_format *input, const up_format *output,
                         up_notes *notes, up_error *error);
    /* After that: narrows all else to what the format can hold, and names what goes. NULL: it holds
     * none. */
    up_status (*keep)(up_metadata *m, const up_format *format, up_notes *dropped, up_error *error);
    /* Where a file holds pages, whose sinks have `page`: narrows what goes with one once all are
     * counted, and names what goes. NULL: it holds one picture. */
    up_status (*keep_in_pages)(up_encoding *encoding, up_notes *dropped, up_error *error);
    up_status (*open)(up_sink **sink, up_writer *writer, const up_format *format,
                      const up_encoding *encoding, int slots, size_t group_bytes, up_error *error);
    /* Memory that encoding an image of this format takes: for itself, SIZE_MAX where that is beyond
     * measure, where the output cannot be gone back in (for all pages, if it has any), and in each
     * slot. NULL: none. */
    size_t (*held)(const up_format *format, const up_encoding *encoding);
    size_t (*held_back)(const up_format *format, const up_encoding *encoding);
    size_t (*slot)(const up_format *format, const up_encoding *encoding, size_t group_bytes);
} up_sink_format;

/* Itself and all slots. */
size_t up_sink_memory(const up_sink_format *type, const up_format *format,
                      const up_encoding *encoding, int slots, size_t group_bytes);

/* `slot` of formats that keep rows as they come until it is their turn. */
size_t up_sink_slot_of_rows(const up_format *format, const up_encoding *encoding,
                            size_t group_bytes);

/* type->choose(), once what the format takes is loaded. To be called before type->open(). */
up_status up_sink_choose(const up_sink_format *type, up_format *format, up_error *error);

/* The end of every `open`: hands the sink out, or frees it where `status` is a failure. */
up_status up_sink_opened(up_sink **result, up_sink *sink, up_status status);

/* `finish` of formats without a trailer. */
up_status up_sink_publish(up_sink *sink, up_error *error);

/* The part of `choose` that all formats of single pictures share: refuses batches, floats of
 * unknown range and more than four channels, and settles on 8 or 16 bits, interleaved. `type` as
 * people write it: "PNG". */
up_status up_sink_choose_picture(const char *type, up_format *format, up_error *error);

/* Refuses CMYK, and names what holds it. */
up_status up_sink_refuse_inks(const char *type, const up_format *format, up_error *error);

/* Refuses formats whose bands cannot be put one behind the other. */
up_status up_sink_check_bands(const up_sink_format *type, const char *name, up_error *error);

/* `keep` of a format, or the lack of it. */
up_status up_sink_keep(const up_sink_format *type, up_metadata *m, const up_format *format,
                       up_notes *dropped, up_error *error);

/* `keep` of formats that hold a profile, EXIF and XMP, and nothing else. */
up_status up_sink_keep_parts(up_metadata *m, const up_format *format, up_notes *dropped,
                             up_error *error);

up_status up_sink_open(up_sink **sink, const up_sink_format *type, const char *path, bool overwrite,
                       const up_format *format, const up_encoding *encoding, int slots,
                       size_t group_bytes, up_error *error);
/* Into a writer, which it takes over. */
up_status up_sink_open_writer(up_sink **sink, const up_sink_format *type, up_writer *writer,
                              const up_format *format, const up_encoding *encoding, int slots,
                              size_t group_bytes, up_error *error);
up_status up_sink_to_pixels(up_sink **sink, const up_pixels *pixels, up_error *error);

/* Frees everything; removes a file that was not finished. */
void up_sink_close(up_sink **sink);

#endif
