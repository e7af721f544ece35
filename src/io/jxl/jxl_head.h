/* SPDX-License-Identifier: MIT */
/* What a JPEG XL file says before its pixels, and beside them. */
#ifndef UP_IO_JXL_HEAD_H
#define UP_IO_JXL_HEAD_H

#include "io/jxl/jxl_file.h"
#include "io/metadata/metadata.h"

typedef struct {
    JxlBasicInfo info;     /* width and height are those of the picture as it is seen */
    int frames;            /* of an animation; 0: it is none */
    uint64_t ticks;        /* that they are shown, all together */
    int layers;            /* that all of them, or the picture, are put together from */
    size_t layer_pixels;   /* of the largest of those: it may be larger than the picture */
    int further;           /* channels beside colours and alpha, which are not read */
    bool inks;             /* one of them is the black of CMYK */
    up_metadata *metadata; /* gets colours, EXIF and XMP; what else there is is named as lost */
} up_jxl_head;

/* `head` has its `metadata` set. Opens and closes `file`. */
up_status up_jxl_read_head(up_jxl_head *head, up_jxl_file *file, up_reader *reader,
                           up_error *error);

#endif
