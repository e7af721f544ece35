/* SPDX-License-Identifier: MIT */
/* Pango and Cairo, where the build knows them: see library.h. */
#ifndef UP_BASE_PANGO_LIBRARY_H
#define UP_BASE_PANGO_LIBRARY_H

#ifdef UPSCALE_PANGO

#include "base/machine/library.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

/* clang-format off */
#define UP_PANGO_FUNCTIONS(F) \
    F(cairo_create) F(cairo_destroy) F(cairo_fill) F(cairo_get_source) \
    F(cairo_image_surface_create) F(cairo_image_surface_get_data) \
    F(cairo_image_surface_get_height) F(cairo_image_surface_get_stride) \
    F(cairo_image_surface_get_width) F(cairo_move_to) F(cairo_pattern_set_extend) \
    F(cairo_pattern_set_filter) F(cairo_pdf_surface_create_for_stream) \
    F(cairo_pdf_surface_set_metadata) F(cairo_pdf_surface_set_size) F(cairo_rectangle) \
    F(cairo_restore) F(cairo_save) F(cairo_scale) F(cairo_set_source_rgb) \
    F(cairo_set_source_surface) F(cairo_show_page) F(cairo_status) F(cairo_surface_destroy) \
    F(cairo_surface_finish) F(cairo_surface_flush) F(cairo_surface_mark_dirty) \
    F(cairo_surface_status) F(cairo_translate) F(g_free) F(g_object_unref) F(g_utf8_make_valid) \
    F(pango_cairo_create_layout) F(pango_cairo_show_layout) F(pango_context_get_font_map) \
    F(pango_font_description_free) F(pango_font_description_from_string) \
    F(pango_font_description_set_absolute_size) F(pango_font_description_set_family) \
    F(pango_font_description_set_style) F(pango_font_description_set_weight) \
    F(pango_font_family_get_name) F(pango_font_map_list_families) F(pango_layout_get_context) \
    F(pango_layout_get_size) F(pango_layout_set_alignment) F(pango_layout_set_ellipsize) \
    F(pango_layout_set_font_description) F(pango_layout_set_single_paragraph_mode) \
    F(pango_layout_set_text) F(pango_layout_set_width)
/* clang-format on */

/* up_pango.g_free is called in brackets because newer GLibs have a macro of that name. */
typedef struct {
    UP_PANGO_FUNCTIONS(UP_LIBRARY_POINTER)
} up_pango_functions;

extern up_pango_functions up_pango;
extern const up_library up_pango_library;

#endif
#endif
