/* SPDX-License-Identifier: MIT */
/* The table of file formats: a new one is one file and one line in formats.c. Those whose library
 * this build lacks are in it, too, to be named. */
#ifndef UP_IO_FORMATS_H
#define UP_IO_FORMATS_H

#include "io/sink.h"
#include "io/source.h"

typedef struct {
    up_file_format_info info;
    const up_source_format *source; /* NULL: cannot be read */
    const up_sink_format *sink;     /* NULL: cannot be written */
} up_file_format;

/* The format of this name or extension, if this build lacks the library that it takes. */
const up_file_format_info *up_format_left_out(const char *word);

/* The format called `name`, or the one of the extension of `path`, or an error that lists them. */
up_status up_sink_format_find(const up_sink_format **found, const char *name, const char *path,
                              up_error *error);

extern const up_file_format up_file_formats[]; /* ends with an empty entry */

extern const up_source_format up_png_source, up_jpeg_source, up_webp_source, up_tiff_source,
    up_jxl_source, up_avif_source, up_heic_source, up_bmp_source, up_gif_source, up_qoi_source,
    up_tga_source, up_pnm_source, up_npy_source, up_txt_source;
extern const up_sink_format up_png_sink, up_jpeg_sink, up_webp_sink, up_tiff_sink, up_jxl_sink,
    up_avif_sink, up_bmp_sink, up_qoi_sink, up_pnm_sink, up_npy_sink, up_txt_sink;

extern const up_source_format up_y4m_source;
extern const up_sink_format up_y4m_sink;

#endif
