/* SPDX-License-Identifier: MIT */
#include "io/metadata/xmp.h"

#include "base/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIFF "http://ns.adobe.com/tiff/1.0/", "tiff"
#define EXIF "http://ns.adobe.com/exif/1.0/", "exif"

enum { MOST_PREFIXES = 8 };

/* The prefixes that a namespace is bound to, wherever in the packet that is. */
typedef struct {
    up_span prefix[MOST_PREFIXES];
    int count;
    bool usual; /* the usual prefix counts as well, as nothing else is bound to it */
} bindings;

static void bind(const up_blob *xmp, const up_xml_attribute *a, const up_xmp_property *p,
                 bindings *found)
{
    const up_span prefix = up_xml_local(xmp, a->name);
    const up_span front = { a->name.start, prefix.start };
    if (!up_xml_is(xmp, front, "xmlns:"))
        return;
    const bool meant = up_xml_is(xmp, a->value, p->uri);
    if (meant && found->count < MOST_PREFIXES)
        found->prefix[found->count++] = prefix;
    else if (!meant && up_xml_is(xmp, prefix, p->prefix))
        found->usual = false;
}

static bindings find_bindings(const up_blob *xmp, const up_xmp_property *p)
{
    bindings found = { .usual = true };
    up_xml_tag tag;
    for (size_t at = 0; up_xml_next_tag(xmp, at, &tag); at = tag.whole.end) {
        up_xml_attribute a;
        for (size_t i = tag.name.end; up_xml_next_attribute(xmp, &tag, &i, &a);)
            bind(xmp, &a, p, &found);
    }
    return found;
}

static bool is_named(const up_blob *xmp, up_span local, const char *name)
{
    const size_t length = strcspn(name, "*");
    if (!name[length])
        return up_xml_is(xmp, local, name);
    return local.end - local.start >= length && memcmp(xmp->data + local.start, name, length) == 0;
}

static bool is_property(const up_blob *xmp, up_span name, const up_xmp_property *p,
                        const bindings *bound)
{
    const up_span local = up_xml_local(xmp, name);
    if (local.start == name.start || !is_named(xmp, local, p->name))
        return false;
    const up_span prefix = { name.start, local.start - 1 };
    if (bound->usual && up_xml_is(xmp, prefix, p->prefix))
        return true;
    for (int i = 0; i < bound->count; i++)
        if (up_xml_same(xmp, prefix, bound->prefix[i]))
            return true;
    return false;
}

/* Places to be changed, in order and apart from each other. */
typedef struct {
    up_span *item;
    size_t count, room;
    bool failed; /* no memory */
} places;

static void add_place(places *p, up_span span)
{
    if (p->count == p->room) {
        const size_t room = 2 * p->room + 16;
        up_span *item = up_alloc(room, sizeof *item);
        if (!item) {
            p->failed = true;
            return;
        }
        if (p->count)
            memcpy(item, p->item, p->count * sizeof *item);
        up_free(p->item);
        p->item = item;
        p->room = room;
    }
    p->item[p->count++] = span;
}

/* Puts `text` into all places, and frees them. */
static up_status replace_places(up_blob *xmp, places *p, const char *text, up_error *error)
{
    const size_t length = strlen(text);
    size_t size = xmp->size, added, from = 0;
    for (size_t i = 0; i < p->count; i++)
        size -= p->item[i].end - p->item[i].start;
    const bool fits = !p->failed && up_mul(p->count, length, &added) && up_add(size, added, &size);
    uint8_t *bytes = fits ? up_alloc(size ? size : 1, 1) : NULL, *to = bytes;
    for (size_t i = 0; bytes && i < p->count; i++) {
        const size_t kept = p->item[i].start - from;
        memcpy(to, xmp->data + from, kept);
        memcpy(to + kept, text, length);
        to += kept + length;
        from = p->item[i].end;
    }
    up_free(p->item);
    *p = (places){ 0 };
    if (!bytes)
        return up_fail_memory(error, "XMP", size);
    memcpy(to, xmp->data + from, xmp->size - from);
    up_free(xmp->data);
    *xmp = (up_blob){ bytes, size };
    return UP_OK;
}

/* ---- values */

/* The text of an element, if nothing else is in it. */
static bool element_text(const up_blob *xmp, const up_xml_tag *tag, up_span *value)
{
    up_xml_tag next;
    if (tag->closing || tag->empty || !up_xml_next_tag(xmp, tag->whole.end, &next) || !next.closing)
        return false;
    *value = up_xml_trim(xmp, (up_span){ tag->whole.end, next.whole.start });
    return true;
}

static void find_values(const up_blob *xmp, const up_xmp_property *p, size_t most, places *found)
{
    const bindings bound = find_bindings(xmp, p);
    up_xml_tag tag;
    up_span text;
    for (size_t at = 0; found->count < most && up_xml_next_tag(xmp, at, &tag) && !found->failed;
         at = tag.whole.end) {
        up_xml_attribute a;
        for (size_t i = tag.name.end; up_xml_next_attribute(xmp, &tag, &i, &a);)
            if (is_property(xmp, a.name, p, &bound))
                add_place(found, a.value);
        if (is_property(xmp, tag.name, p, &bound) && element_text(xmp, &tag, &text))
            add_place(found, text);
    }
}

bool up_xmp_find(const up_blob *xmp, const up_xmp_property *property, up_span *value)
{
    places found = { 0 };
    if (xmp->data)
        find_values(xmp, property, 1, &found);
    const bool any = found.count > 0;
    if (any)
        *value = found.item[0];
    up_free(found.item);
    return any;
}

up_status up_xmp_set(up_blob *xmp, const up_xmp_property *property, const char *value,
                     up_error *error)
{
    places found = { 0 };
    if (xmp->data)
        find_values(xmp, property, SIZE_MAX, &found);
    return found.count || found.failed ? replace_places(xmp, &found, value, error) : UP_OK;
}

/* ---- removing */

/* Behind an element, which is to go; 0 if it is never closed. */
static size_t cut_element(const up_blob *xmp, const up_xml_tag *tag, places *cuts)
{
    up_xml_tag closing = *tag;
    if (!tag->empty && !up_xml_closing(xmp, tag, &closing))
        return 0;
    add_place(cuts, (up_span){ tag->whole.start, closing.whole.end });
    return closing.whole.end;
}

static void cut_attributes(const up_blob *xmp, const up_xml_tag *tag, const up_xmp_property *p,
                           const bindings *bound, places *cuts)
{
    up_xml_attribute a;
    const bool all = strcmp(p->name, "*") == 0;
    for (size_t i = tag->name.end; up_xml_next_attribute(xmp, tag, &i, &a);) {
        const up_span front = { a.name.start, up_xml_local(xmp, a.name).start };
        const bool binding = up_xml_is(xmp, front, "xmlns:") && up_xml_is(xmp, a.value, p->uri);
        if (is_property(xmp, a.name, p, bound) || (all && binding))
            add_place(cuts, a.whole);
    }
}

/* false: an element is never closed. */
static bool find_cuts(const up_blob *xmp, const up_xmp_property *p, places *cuts)
{
    const bindings bound = find_bindings(xmp, p);
    up_xml_tag tag;
    for (size_t at = 0; up_xml_next_tag(xmp, at, &tag) && !cuts->failed;) {
        at = tag.whole.end;
        if (!tag.closing && is_property(xmp, tag.name, p, &bound))
            at = cut_element(xmp, &tag, cuts);
        else
            cut_attributes(xmp, &tag, p, &bound, cuts);
        if (at == 0)
            return false;
    }
    return true;
}

up_status up_xmp_remove(up_blob *xmp, const up_xmp_property *property, bool *found, up_error *error)
{
    places cuts = { 0 };
    const bool closed = !xmp->data || find_cuts(xmp, property, &cuts);
    *found = cuts.count > 0 || !closed;
    if (closed && (*found || cuts.failed))
        return replace_places(xmp, &cuts, "", error);
    up_free(cuts.item);
    return closed ? UP_OK : up_blob_set(xmp, NULL, 0, error);
}

/* ---- what is said of the pixels */

static const up_xmp_property orientation = { TIFF, "Orientation" };

int up_xmp_orientation(const up_blob *xmp)
{
    up_span value;
    if (!up_xmp_find(xmp, &orientation, &value) || value.end - value.start != 1)
        return 0;
    const uint8_t digit = xmp->data[value.start];
    return digit >= '1' && digit <= '8' ? digit - '0' : 0;
}

static up_status set_integer(up_blob *xmp, const up_xmp_property *p, int value, up_error *error)
{
    char text[16];
    snprintf(text, sizeof text, "%d", value);
    return up_xmp_set(xmp, p, text, error);
}

/* "720000/10000"; 0 if absent or not a positive number. */
static double get_rational(const up_blob *xmp, const up_xmp_property *p)
{
    up_span value;
    char text[64];
    if (!up_xmp_find(xmp, p, &value) || value.end - value.start >= sizeof text)
        return 0;
    memcpy(text, xmp->data + value.start, value.end - value.start);
    text[value.end - value.start] = 0;
    char *slash = strchr(text, '/');
    const double number = strtod(text, NULL) / (slash ? strtod(slash + 1, NULL) : 1);
    return isfinite(number) && number > 0 ? number : 0;
}

static up_status set_rational(up_blob *xmp, const up_xmp_property *p, double value, up_error *error)
{
    char text[64];
    if (!(value > 0) || value > 1e9)
        return UP_OK;
    const bool whole = value == floor(value);
    snprintf(text, sizeof text, "%.0f/%d", round(whole ? value : value * 10000), whole ? 1 : 10000);
    return up_xmp_set(xmp, p, text, error);
}

static up_status rescale_resolution(up_blob *xmp, double scale_x, double scale_y, bool transposed,
                                    up_error *error)
{
    static const up_xmp_property x_resolution = { TIFF, "XResolution" };
    static const up_xmp_property y_resolution = { TIFF, "YResolution" };
    const double x = get_rational(xmp, &x_resolution), y = get_rational(xmp, &y_resolution);
    const bool exchange = transposed && x > 0 && y > 0;
    UP_TRY(set_rational(xmp, &x_resolution, (exchange ? y : x) * scale_x, error));
    return set_rational(xmp, &y_resolution, (exchange ? x : y) * scale_y, error);
}

up_status up_xmp_rescale(up_blob *xmp, double scale_x, double scale_y, bool transposed, int width,
                         int height, up_error *error)
{
    static const up_xmp_property widths[] = { { TIFF, "ImageWidth" }, { EXIF, "PixelXDimension" } };
    static const up_xmp_property heights[] = { { TIFF, "ImageLength" },
                                               { EXIF, "PixelYDimension" } };
    if (!xmp->data)
        return UP_OK;
    UP_TRY(set_integer(xmp, &orientation, 1, error));
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        UP_TRY(set_integer(xmp, &widths[i], width, error));
        UP_TRY(set_integer(xmp, &heights[i], height, error));
    }
    return rescale_resolution(xmp, scale_x, scale_y, transposed, error);
}
