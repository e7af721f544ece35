/* SPDX-License-Identifier: MIT */
#include "io/metadata/xmp_extended.h"

#include "base/memory.h"
#include "io/metadata/md5.h"

#include <stdint.h>
#include <string.h>

/* A hostile extension could make each of a million elements repeat a thousand bindings. */
enum { MOST_BINDINGS_BYTES = 2048, MOST_GROWTH = 1 << 20 };

static const up_xmp_property has_extended = { "http://ns.adobe.com/xmp/note/", "xmpNote",
                                              "HasExtendedXMP" };

bool up_xmp_extension_name(const up_blob *xmp, char guid[UP_XMP_GUID_SIZE + 1])
{
    up_span value;
    if (!up_xmp_find(xmp, &has_extended, &value) || value.end - value.start != UP_XMP_GUID_SIZE)
        return false;
    memcpy(guid, xmp->data + value.start, UP_XMP_GUID_SIZE);
    guid[UP_XMP_GUID_SIZE] = 0;
    return true;
}

up_status up_xmp_forget_extension(up_blob *xmp, up_error *error)
{
    bool found;
    return up_xmp_remove(xmp, &has_extended, &found, error);
}

/* ---- joining */

/* The first rdf:RDF that opens or closes; false: there is none. */
static bool find_rdf(const up_blob *xmp, bool closing, up_xml_tag *rdf)
{
    for (size_t at = 0; up_xml_next_tag(xmp, at, rdf); at = rdf->whole.end)
        if (rdf->closing == closing && !rdf->empty &&
            up_xml_is(xmp, up_xml_local(xmp, rdf->name), "RDF"))
            return true;
    return false;
}

typedef struct {
    char *bytes;
    size_t size, room;
    bool failed; /* no memory */
} text;

static void append(text *t, const void *bytes, size_t size)
{
    size_t all;
    if (t->failed || !up_add(t->size, size, &all) || all > SIZE_MAX / 2) {
        t->failed = true;
        return;
    }
    if (all > t->room) {
        char *grown = up_alloc(2 * all, 1);
        if (grown && t->size)
            memcpy(grown, t->bytes, t->size);
        if (!grown) {
            t->failed = true;
            return;
        }
        up_free(t->bytes);
        t->bytes = grown;
        t->room = 2 * all;
    }
    memcpy(t->bytes + t->size, bytes, size);
    t->size = all;
}

static void append_span(text *t, const up_blob *xmp, up_span span)
{
    append(t, xmp->data + span.start, span.end - span.start);
}

static bool has_attribute(const up_blob *xmp, const up_xml_tag *tag, up_span name)
{
    up_xml_attribute a;
    for (size_t i = tag->name.end; up_xml_next_attribute(xmp, tag, &i, &a);)
        if (up_xml_same(xmp, a.name, name))
            return true;
    return false;
}

/* What `outer` binds prefixes to, where `inner` does not do so itself. */
static void append_bindings(text *t, const up_blob *xmp, const up_xml_tag *outer,
                            const up_xml_tag *inner)
{
    up_xml_attribute a;
    for (size_t i = outer->name.end; up_xml_next_attribute(xmp, outer, &i, &a);) {
        const up_span front = { a.name.start, up_xml_local(xmp, a.name).start };
        if (up_xml_is(xmp, front, "xmlns:") && !has_attribute(xmp, inner, a.name))
            append_span(t, xmp, a.whole);
    }
}

/* The elements inside of `rdf`, each with the bindings of `rdf`; false: one is never closed, or
 * they are too many. */
static bool append_elements(text *t, const up_blob *xmp, const up_xml_tag *rdf)
{
    up_xml_tag tag, closing;
    if (rdf->whole.end - rdf->whole.start > MOST_BINDINGS_BYTES)
        return false;
    for (size_t at = rdf->whole.end; up_xml_next_tag(xmp, at, &tag) && !tag.closing;
         at = closing.whole.end) {
        closing = tag;
        if (t->failed || t->size > xmp->size + MOST_GROWTH)
            return false;
        if (!tag.empty && !up_xml_closing(xmp, &tag, &closing))
            return false;
        append_span(t, xmp, (up_span){ tag.whole.start, tag.name.end });
        append_bindings(t, xmp, rdf, &tag);
        append_span(t, xmp, (up_span){ tag.name.end, closing.whole.end });
    }
    return true;
}

up_status up_xmp_join(up_blob *xmp, const up_blob *extended, bool *joined, up_error *error)
{
    up_xml_tag from, to;
    text inner = { 0 };
    *joined = find_rdf(extended, false, &from) && append_elements(&inner, extended, &from);
    up_status status = inner.failed ? up_fail_memory(error, "XMP", extended->size) : UP_OK;
    if (status == UP_OK)
        status = up_xmp_forget_extension(xmp, error);
    if (status == UP_OK && *joined) {
        *joined = find_rdf(xmp, true, &to);
        if (*joined)
            status = up_xml_replace(xmp, (up_span){ to.whole.start, to.whole.start }, inner.bytes,
                                    inner.size, error);
    }
    up_free(inner.bytes);
    return status;
}

/* ---- dividing */

#define NOTE                                                                                       \
    "xmlns:xmpNote=\"http://ns.adobe.com/xmp/note/\" "                                             \
    "xmpNote:HasExtendedXMP=\"00000000000000000000000000000000\""

typedef struct {
    const up_blob *xmp;
    size_t least, done; /* bytes of a property that moves; what has been dealt with */
    text main, rest;
} division;

static void append_text(text *t, const char *string)
{
    append(t, string, strlen(string));
}

static void append_closing(text *t, const up_blob *xmp, const up_xml_tag *open)
{
    append_text(t, "</");
    append_span(t, xmp, open->name);
    append_text(t, ">");
}

/* The start of an rdf:Description like this one, without the properties that it states. */
static void append_like(text *t, const up_blob *xmp, const up_xml_tag *description)
{
    up_xml_attribute a;
    append_text(t, "<");
    append_span(t, xmp, description->name);
    for (size_t i = description->name.end; up_xml_next_attribute(xmp, description, &i, &a);) {
        const up_span local = up_xml_local(xmp, a.name);
        const bool binding = up_xml_is(xmp, (up_span){ a.name.start, local.start }, "xmlns:");
        if (binding || up_xml_is(xmp, local, "about"))
            append_span(t, xmp, a.whole);
    }
    append_text(t, ">");
}

static void move_property(division *d, up_span property)
{
    append_span(&d->main, d->xmp, (up_span){ d->done, property.start });
    append_span(&d->rest, d->xmp, property);
    d->done = property.end;
}

/* Moves the large properties in an rdf:Description; false: an element is never closed. */
static bool divide_description(division *d, const up_xml_tag *description)
{
    const size_t before = d->done;
    up_xml_tag tag, closing;
    for (size_t at = description->whole.end; up_xml_next_tag(d->xmp, at, &tag) && !tag.closing;
         at = closing.whole.end) {
        closing = tag;
        if (!tag.empty && !up_xml_closing(d->xmp, &tag, &closing))
            return false;
        if (closing.whole.end - tag.whole.start < d->least)
            continue;
        if (d->done == before)
            append_like(&d->rest, d->xmp, description);
        move_property(d, (up_span){ tag.whole.start, closing.whole.end });
    }
    if (d->done != before)
        append_closing(&d->rest, d->xmp, description);
    return true;
}

/* false: the packet is not made as they usually are. */
static bool divide(division *d)
{
    const up_blob *xmp = d->xmp;
    up_xml_tag root, rdf, tag, closing;
    if (!up_xml_next_tag(xmp, 0, &root) || !find_rdf(xmp, false, &rdf) ||
        !up_xml_is(xmp, rdf.name, "rdf:RDF"))
        return false;
    const bool wrapped = root.whole.start != rdf.whole.start;
    if (wrapped &&
        (!up_xml_next_tag(xmp, root.whole.end, &tag) || tag.whole.start != rdf.whole.start))
        return false;
    if (wrapped)
        append_span(&d->rest, xmp, root.whole);
    append_span(&d->rest, xmp, rdf.whole);
    append_span(&d->main, xmp, (up_span){ 0, rdf.whole.end });
    append_text(&d->main, "<rdf:Description rdf:about=\"\" " NOTE "/>");
    d->done = rdf.whole.end;
    for (size_t at = d->done; up_xml_next_tag(xmp, at, &tag) && !tag.closing;
         at = closing.whole.end) {
        closing = tag;
        if (!tag.empty && (!up_xml_closing(xmp, &tag, &closing) || !divide_description(d, &tag)))
            return false;
    }
    append_span(&d->main, xmp, (up_span){ d->done, xmp->size });
    append_closing(&d->rest, xmp, &rdf);
    if (wrapped)
        append_closing(&d->rest, xmp, &root);
    return !d->main.failed && !d->rest.failed;
}

/* Moves the largest properties, so that simple readers find the others where they look. */
static bool move_large(up_blob *xmp, up_blob *extended, size_t most)
{
    enum { LEAST = 64 };
    for (size_t least = most / 2; least >= LEAST; least /= 2) {
        division d = { .xmp = xmp, .least = least };
        const bool fits = divide(&d) && d.main.size <= most;
        if (fits) {
            up_free(xmp->data);
            up_free(extended->data);
            *xmp = (up_blob){ (uint8_t *)d.main.bytes, d.main.size };
            *extended = (up_blob){ (uint8_t *)d.rest.bytes, d.rest.size };
            return true;
        }
        up_free(d.main.bytes);
        up_free(d.rest.bytes);
    }
    return false;
}

/* The x:xmpmeta or rdf:RDF element without the packet's wrapper, which an extension has not. */
static up_span without_wrapper(const up_blob *xmp)
{
    up_xml_tag first, last;
    if (!up_xml_next_tag(xmp, 0, &first) || !up_xml_closing(xmp, &first, &last))
        return (up_span){ 0, xmp->size };
    return (up_span){ first.whole.start, last.whole.end };
}

/* Large attributes cannot move alone. */
static up_status move_all(up_blob *xmp, up_blob *extended, up_error *error)
{
    static const char packet[] =
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
        "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
        "<rdf:Description rdf:about=\"\" " NOTE "/></rdf:RDF></x:xmpmeta>";
    const up_span span = without_wrapper(xmp);
    UP_TRY(up_blob_set(extended, xmp->data + span.start, span.end - span.start, error));
    return up_blob_set(xmp, packet, sizeof packet - 1, error);
}

up_status up_xmp_divide(up_blob *xmp, up_blob *extended, size_t most, bool *whole, up_error *error)
{
    *whole = true;
    if (xmp->size > most && extended->data)
        UP_TRY(up_xmp_join(xmp, extended, whole, error));
    if (xmp->size > most && !move_large(xmp, extended, most))
        UP_TRY(move_all(xmp, extended, error));
    if (!extended->data)
        return UP_OK;
    return up_xmp_set(xmp, &has_extended, up_md5(extended->data, extended->size).text, error);
}

up_status up_xmp_join_all(up_metadata *m, up_notes *dropped, up_error *error)
{
    bool joined;
    if (!m->xmp_extended.data)
        return UP_OK;
    UP_TRY(up_xmp_join(&m->xmp, &m->xmp_extended, &joined, error));
    UP_TRY(up_blob_set(&m->xmp_extended, NULL, 0, error));
    return joined ? UP_OK
                  : up_notes_add(dropped, UP_NOTE_DROPPED, error, "extended XMP that is damaged");
}
