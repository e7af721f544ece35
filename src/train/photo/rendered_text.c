/* SPDX-License-Identifier: MIT */
#include "train/photo/rendered_text.h"

#include "base/machine/pango_library.h"
#include "base/memory.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void up_text_pages_free(up_text_pages *pages)
{
    up_free(pages->cover);
    *pages = (up_text_pages){ 0 };
}

#ifdef UPSCALE_PANGO

enum { SIDE = UP_TEXT_PAGE, MOST_TEXT = 16384, LEAST_SIZE = 7, MOST_SIZE = 40 };

/* ---------------------------------------------------------------- words */

static size_t append(char *text, size_t used, const char *more)
{
    const size_t size = strlen(more);
    if (used + size + 1 > MOST_TEXT)
        return used;
    memcpy(text + used, more, size + 1);
    return used + size;
}

/* Of letters about as often as texts have them, or of digits, or of other alphabets. */
static size_t append_word(char *text, size_t used, up_random *random)
{
    static const char *const often[] = { "e", "t", "a", "o", "i", "n", "s", "r", "h", "l",
                                         "d", "c", "u", "m", "f", "p", "g", "w", "y", "b" };
    static const char *const seldom[] = { "v", "k", "x", "j", "q", "z", "E", "T", "A",
                                          "S", "M", "B", "R", "W", "G", "Q", "K", "@",
                                          "&", "%", "ä", "é", "ß", "ñ", "Ω", "λ", "ж",
                                          "д", "Я", "-", "/", "(", ")", "#", "$", "+" };
    static const char *const digits[] = {
        "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", ","
    };
    enum { OFTEN = sizeof often / sizeof *often, SELDOM = sizeof seldom / sizeof *seldom };
    enum { DIGITS = sizeof digits / sizeof *digits };
    const uint64_t letters = 1 + up_random_below(random, 9);
    const bool number = up_random_below(random, 8) == 0;
    for (uint64_t i = 0; i < letters; i++)
        used = append(text, used,
                      number                       ? digits[up_random_below(random, DIGITS)]
                      : up_random_below(random, 7) ? often[up_random_below(random, OFTEN)]
                                                   : seldom[up_random_below(random, SELDOM)]);
    return append(text, used, up_random_below(random, 12) ? " " : ".  ");
}

/* ---------------------------------------------------------------- fonts */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* One of the families, as if they were sorted; NULL: there are none. */
static const char *choose_family(PangoLayout *layout, up_random *random)
{
    PangoFontFamily **family = NULL;
    int count = 0;
    up_pango.pango_font_map_list_families(
        up_pango.pango_context_get_font_map(up_pango.pango_layout_get_context(layout)), &family,
        &count);
    const char **name = up_alloc((size_t)count, sizeof *name);
    const char *chosen = NULL;
    for (int i = 0; name && i < count; i++)
        name[i] = up_pango.pango_font_family_get_name(family[i]);
    if (name && count > 0) {
        qsort(name, (size_t)count, sizeof *name, compare_names);
        chosen = name[up_random_below(random, (uint64_t)count)];
    }
    up_free(name);
    (up_pango.g_free)(family);
    return chosen;
}

static bool set_font(PangoLayout *layout, up_random *random)
{
    static const PangoWeight weights[] = { PANGO_WEIGHT_NORMAL, PANGO_WEIGHT_NORMAL,
                                           PANGO_WEIGHT_BOLD, PANGO_WEIGHT_LIGHT };
    const char *family = choose_family(layout, random);
    if (!family)
        return false;
    PangoFontDescription *font = up_pango.pango_font_description_from_string("");
    const double size = LEAST_SIZE * pow((double)MOST_SIZE / LEAST_SIZE, up_random_unit(random));
    up_pango.pango_font_description_set_family(font, family);
    up_pango.pango_font_description_set_weight(font, weights[up_random_below(random, 4)]);
    up_pango.pango_font_description_set_style(
        font, up_random_below(random, 5) ? PANGO_STYLE_NORMAL : PANGO_STYLE_ITALIC);
    up_pango.pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    up_pango.pango_layout_set_font_description(layout, font);
    up_pango.pango_font_description_free(font);
    return true;
}

/* ---------------------------------------------------------------- pages */

static bool draw_page(cairo_t *cairo, char *text, up_random *random)
{
    PangoLayout *layout = up_pango.pango_cairo_create_layout(cairo);
    const bool fonts = set_font(layout, random);
    size_t used = 0, before = 1;
    while (fonts && used < MOST_TEXT / 2 && used != before) {
        before = used;
        used = append_word(text, used, random);
    }
    if (fonts) {
        up_pango.pango_layout_set_width(layout, SIDE * PANGO_SCALE);
        up_pango.pango_layout_set_text(layout, text, (int)used);
        up_pango.cairo_move_to(cairo, up_random_unit(random) * 4, up_random_unit(random) * 4);
        up_pango.pango_cairo_show_layout(cairo, layout);
    }
    up_pango.g_object_unref(layout);
    return fonts;
}

static bool make_page(uint8_t *cover, char *text, up_random *random)
{
    cairo_surface_t *mask = up_pango.cairo_image_surface_create(CAIRO_FORMAT_A8, SIDE, SIDE);
    cairo_t *cairo = up_pango.cairo_create(mask);
    bool made =
        up_pango.cairo_status(cairo) == CAIRO_STATUS_SUCCESS && draw_page(cairo, text, random);
    up_pango.cairo_surface_flush(mask);
    for (int y = 0; made && y < SIDE; y++)
        memcpy(cover + (size_t)y * SIDE,
               up_pango.cairo_image_surface_get_data(mask) +
                   (size_t)y * (size_t)up_pango.cairo_image_surface_get_stride(mask),
               SIDE);
    up_pango.cairo_destroy(cairo);
    up_pango.cairo_surface_destroy(mask);
    return made;
}

up_status up_text_pages_make(up_text_pages *pages, uint64_t seed, up_error *error)
{
    *pages = (up_text_pages){ 0 };
    if (up_library_load(&up_pango_library, "text needs", NULL) != UP_OK)
        return UP_OK;
    char *text = up_alloc(MOST_TEXT, 1);
    pages->cover = up_alloc_zero(UP_TEXT_PAGES, (size_t)SIDE * SIDE);
    if (!text || !pages->cover) {
        up_free(text);
        up_text_pages_free(pages);
        return up_fail_memory(error, "pages of text", (size_t)UP_TEXT_PAGES * SIDE * SIDE);
    }
    for (int i = 0; i < UP_TEXT_PAGES; i++) {
        up_random random = up_random_make(seed, (uint64_t)i, 2);
        if (make_page(pages->cover + (size_t)pages->count * SIDE * SIDE, text, &random))
            pages->count++;
    }
    up_free(text);
    return UP_OK;
}

#else

up_status up_text_pages_make(up_text_pages *pages, uint64_t seed, up_error *error)
{
    (void)seed, (void)error;
    *pages = (up_text_pages){ 0 };
    return UP_OK;
}

#endif
