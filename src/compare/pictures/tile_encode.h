/* SPDX-License-Identifier: MIT */
/* A small picture as the bytes of a file that every browser shows. */
#ifndef UP_COMPARE_TILE_ENCODE_H
#define UP_COMPARE_TILE_ENCODE_H

#include "io/files/kept_bytes.h"
#include "io/metadata/metadata.h"

/* PNG; or lossless WebP, where that is smaller, the build has it, and it can say the same: 8 bits
 * without alpha, in colours that are sRGB's or have a profile. Of the metadata only what says how
 * colours are meant is kept. tile->data is for up_free(). */
up_status up_tile_encode(up_kept_bytes *tile, const up_pixels *pixels, const up_metadata *metadata,
                         up_error *error);

/* The same of what is only seen from afar, as WebP with samples that may be off by 1. */
up_status up_tile_encode_far(up_kept_bytes *tile, const up_pixels *pixels,
                             const up_metadata *metadata, up_error *error);

/* The same as PNG in any case, which every program knows. */
up_status up_tile_encode_png(up_kept_bytes *tile, const up_pixels *pixels,
                             const up_metadata *metadata, up_error *error);

#endif
