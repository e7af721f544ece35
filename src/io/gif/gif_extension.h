/* SPDX-License-Identifier: MIT */
/* Extension blocks of a GIF file. */
#ifndef UP_IO_GIF_EXTENSION_H
#define UP_IO_GIF_EXTENSION_H

#include "io/gif/gif_blocks.h"

/* Behind the byte that says that one begins; goes on behind its end. False: the file ends. Where
 * memory fails, `status` says so. */
bool up_gif_extension(up_gif_walk *walk, up_status *status, up_error *error);

/* The size of the sub-block at walk->at, which moves to its data; 0: the last. False: the file
 * ends.
 */
bool up_gif_block(up_gif_walk *walk, uint8_t *size);

/* Passes over sub-blocks to behind the last. False: the file ends. */
bool up_gif_pass(up_gif_walk *walk);

#endif
