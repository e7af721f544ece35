/* SPDX-License-Identifier: MIT */
/* Unpacking one picture of a GIF file by giflib. */
#ifndef UP_IO_GIF_PICTURE_H
#define UP_IO_GIF_PICTURE_H

#include "io/gif/gif_layout.h"

#define UP_GIF_LIBRARY_BYTES ((size_t)64 << 10) /* that giflib takes, about */

/* Puts it on the screen, which has been made ready for it and is RGB with alpha. *rows are those
 * that are there: all but of a damaged one. */
up_status up_gif_put_picture(up_screen *screen, const up_gif_layout *layout,
                             const up_gif_picture *picture, up_reader *reader, int *rows,
                             up_error *error);

#endif
