/* SPDX-License-Identifier: MIT */
/* A small picture as text that a page can hold: PNG in base64. */
#ifndef UP_COMPARE_TILE_TEXT_H
#define UP_COMPARE_TILE_TEXT_H

#include "io/metadata/metadata.h"

/* In new memory for up_free(). Of the metadata only what says how colours are meant is kept. */
up_status up_tile_text(char **base64, const up_pixels *pixels, const up_metadata *metadata,
                       up_error *error);

#endif
