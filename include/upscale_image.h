/* SPDX-License-Identifier: MIT */
/* Opened inputs, step by step: what a file is, and says, before anything is made of it. */
#ifndef UPSCALE_IMAGE_H
#define UPSCALE_IMAGE_H

#include "upscale_options.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An opened input: its header has been read and checked, its pixels have not. */
typedef struct up_image up_image;

/* What a file says of its colours beside an ICC profile, in the terms of PNG (third edition). Where
 * several speak, the first of cICP, ICC profile, sRGB, gAMA and cHRM is believed. Chromaticities
 * are x and y of CIE 1931. */
typedef struct {
    bool has_cicp, has_srgb, has_mastering, has_light_level;
    uint8_t cicp[4]; /* ITU-T H.273: primaries, transfer, matrix, full range; 9, 16, 0, 1 is PQ */
    uint8_t srgb_intent;      /* 0..3, as in ICC profiles */
    double gamma;             /* gAMA: sample = light^gamma, 0.45455 for 2.2; 0 if absent */
    double chromaticities[8]; /* cHRM: white, red, green, blue; [0] == 0 if absent */
    double mastering_chromaticities[8];     /* mDCV: red, green, blue, white */
    double mastering_most, mastering_least; /* mDCV: luminance of that display, cd/m2 */
    double light_most, light_average;       /* cLLI: of a pixel and of a frame at most, cd/m2 */
    bool draft_names; /* the two are called mDCv and cLLi in the file, as in drafts of PNG */
} up_color_tags;

typedef struct {
    const char *type;    /* "png", "jpeg", "webp", ...: the name of a format */
    up_format format;    /* as it will be delivered: orientation applied, palette expanded */
    int orientation;     /* 1..8 as EXIF, or XMP where that is silent, states it; 1 if neither */
    double dpi_x, dpi_y; /* 0 if unknown */
    bool interlaced;     /* or progressive: cannot be streamed */
    size_t icc_bytes, exif_bytes, xmp_bytes, iptc_bytes;
    up_color_tags color_tags;
    int jpeg_quality;     /* of a JPEG: the libjpeg quality, 1..100, whose luma table is its own, or
                             nearest to it; 0: it is none */
    size_t held_bytes;    /* memory for what cannot be streamed */
    int64_t frames;       /* of an animation or a video (-1: as many as come); 0: it is neither */
    int loops;            /* times that those are shown; 0: for ever */
    double seconds;       /* that showing them once takes; 0: not known */
    int further_pictures; /* in the file behind the one that is read (JPEG's MPF) */
    bool gain_map;        /* an HDR gain map is, or is said to be, among them */
    int pages; /* of a TIFF of several; all else tells of the first that can be read; else 0 */
} up_image_info;

/* A text of a PNG file (tEXt, zTXt, iTXt), or a JPEG comment, whose keyword is "Comment". UTF-8, as
 * far as the file keeps to its format; lives as long as the image. */
typedef struct {
    const char *keyword;
    const char *language; /* RFC 3066: "de"; "": not said */
    const char *text;     /* NULL: damaged, or longer than 1 MiB (all texts: 16 MiB) */
} up_text;

/* What people should be told of a file whose pixels can be read all the same. */
typedef enum {
    UP_NOTE_DROPPED, /* what the file holds beside its pixels and the output will not: "2 of 3
                        animation frames" */
    UP_NOTE_DAMAGE,  /* what is broken or missing in it: "its last 12 rows are missing" */
} up_note_kind;

typedef struct {
    up_note_kind kind;
    const char *text; /* lives as long as the image or plan */
} up_note;

UP_API up_status up_image_open(up_image **image, const char *path, up_error *error);
/* The bytes of a file; they must stay as they are until the image is closed. Messages call them
 * "memory". */
UP_API up_status up_image_open_memory(up_image **image, const void *bytes, size_t size,
                                      up_error *error);
UP_API const up_image_info *up_image_get_info(const up_image *image);
/* A page, from 1, of a file of several as an image of its own, to be looked at or upscaled; `image`
 * must stay open until it is closed. */
UP_API up_status up_image_open_page(up_image **page, up_image *image, int number, up_error *error);
/* The format of a page, from 1. UP_ERROR_INPUT or UP_ERROR_UNSUPPORTED where it cannot be read. */
UP_API up_status up_image_page(up_image *image, int page, up_format *format, up_error *error);
/* The curve by which options.linear makes light of the samples, and what says so, for people: "PQ
 * (cICP)", "sRGB (nothing is said)". It takes looking into an ICC profile. */
UP_API up_status up_image_light(const up_image *image, char name[64], up_error *error);
/* Names of the code points in cICP: "BT.2020", "PQ"; NULL for what is reserved or unspecified. */
UP_API const char *up_cicp_primaries_name(int code);
UP_API const char *up_cicp_transfer_name(int code);
/* NULL past the last, and without memory. Not to be called from several threads at once. */
UP_API const up_text *up_image_text_at(up_image *image, int i);
/* What no output keeps, and damage as far as it is known by now; NULL past the last. */
UP_API const up_note *up_image_note_at(const up_image *image, int i);
/* The standard deviation of the noise in a picture, in levels of 255, by reading its pixels once
 * more; 0 for drawings, text and the like. Where they cannot be read twice (a pipe) they are held
 * in memory, and refused beyond max_memory. Of the options (may be NULL) that and cancel count.
 * Only before a plan of the image is run; tensors are UP_ERROR_UNSUPPORTED. */
UP_API up_status up_image_noise(up_image *image, double *noise, const up_options *options,
                                up_error *error);
/* Whether the file goes on to the end of the picture, as far as its last bytes tell: one whose copy
 * or download was broken off does not. True where only reading it would tell. */
UP_API bool up_image_is_whole(const up_image *image);
UP_API void up_image_close(up_image **image);

#ifdef __cplusplus
}
#endif

#endif
