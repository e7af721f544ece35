/* SPDX-License-Identifier: MIT */
/* libheif, loaded when it is needed: see base/machine/library.h. */
#ifndef UP_IO_HEIF_LIBRARY_H
#define UP_IO_HEIF_LIBRARY_H

#include "base/machine/library.h"

#include <libheif/heif.h>

/* clang-format off */
#define UP_HEIF_FUNCTIONS(F) \
    F(heif_context_alloc) F(heif_context_free) F(heif_context_get_number_of_top_level_images) \
    F(heif_context_get_primary_image_ID) F(heif_context_get_primary_image_handle) \
    F(heif_context_read_from_reader) F(heif_context_set_max_decoding_threads) F(heif_decode_image) \
    F(heif_image_get_bits_per_pixel_range) F(heif_image_get_height) \
    F(heif_image_get_plane_readonly) F(heif_image_get_width) \
    F(heif_image_handle_free_auxiliary_types) F(heif_image_handle_get_auxiliary_image_handle) \
    F(heif_image_handle_get_auxiliary_type) F(heif_image_handle_get_height) \
    F(heif_image_handle_get_list_of_auxiliary_image_IDs) \
    F(heif_image_handle_get_list_of_metadata_block_IDs) \
    F(heif_image_handle_get_luma_bits_per_pixel) F(heif_image_handle_get_metadata) \
    F(heif_image_handle_get_metadata_content_type) F(heif_image_handle_get_metadata_size) \
    F(heif_image_handle_get_metadata_type) F(heif_image_handle_get_number_of_depth_images) \
    F(heif_image_handle_get_number_of_thumbnails) F(heif_image_handle_get_raw_color_profile) \
    F(heif_image_handle_get_raw_color_profile_size) F(heif_image_handle_get_width) \
    F(heif_image_handle_has_alpha_channel) F(heif_image_handle_is_premultiplied_alpha) \
    F(heif_image_handle_release) F(heif_image_release)
/* clang-format on */

typedef struct {
    UP_HEIF_FUNCTIONS(UP_LIBRARY_POINTER)
} up_heif_functions;

extern up_heif_functions up_heif;
extern const up_library up_heif_library;

#endif
