/* SPDX-License-Identifier: MIT */
/* Colours as JPEG XL names them, and as this project does: by the code points of H.273, as sRGB, or
 * by an ICC profile. */
#ifndef UP_IO_JXL_COLOUR_H
#define UP_IO_JXL_COLOUR_H

#include "io/jxl/jxl_library.h"
#include "io/metadata/metadata.h"

/* Of the pixels that a decoder is going to give, which has told JXL_DEC_COLOR_ENCODING. Asks for
 * those of the file where it stores others (XYB). */
up_status up_jxl_take_colour(JxlDecoder *decoder, up_metadata *m, up_error *error);

/* Tells an encoder the colours of its pixels; false: it refuses. */
bool up_jxl_tell_colour(JxlEncoder *encoder, const up_metadata *m, bool grey);

#endif
