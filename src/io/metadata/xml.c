/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include "io/metadata/xml.h"

#include "base/memory.h"

#include <string.h>

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool begins(const up_blob *xml, size_t at, const char *text)
{
    size_t length = strlen(text);
    return xml->size - at >= length && memcmp(xml->data + at, text, length) == 0;
}

/* The place behind the next `text`; the end if it does not come. */
static size_t behind(const up_blob *xml, size_t at, const char *text)
{
    const uint8_t *found = memmem(xml->data + at, xml->size - at, text, strlen(text));
    return found ? (size_t)(found - xml->data) + strlen(text) : xml->size;
}

/* Behind what begins with < at `at` and is no tag; 0 if it is one. */
static size_t behind_other(const up_blob *xml, size_t at)
{
    static const char *const others[][2] = {
        { "<!--", "-->" }, { "<![CDATA[", "]]>" }, { "<?", "?>" }, { "<!", ">" }
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (begins(xml, at, others[i][0]))
            return behind(xml, at, others[i][1]);
    return 0;
}

static bool read_tag(const up_blob *xml, size_t at, up_xml_tag *tag)
{
    *tag = (up_xml_tag){ .whole = { at, 0 }, .closing = begins(xml, at, "</") };
    size_t i = at + 1 + tag->closing;
    tag->name.start = i;
    while (i < xml->size && !is_blank(xml->data[i]) && xml->data[i] != '/' && xml->data[i] != '>')
        i++;
    tag->name.end = i;
    for (uint8_t quote = 0; i < xml->size; i++) {
        uint8_t c = xml->data[i];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            break;
    }
    if (i >= xml->size)
        return false;
    tag->whole.end = i + 1;
    tag->empty = !tag->closing && xml->data[i - 1] == '/';
    return true;
}

bool up_xml_next_tag(const up_blob *xml, size_t at, up_xml_tag *tag)
{
    while (at < xml->size) {
        const uint8_t *found = memchr(xml->data + at, '<', xml->size - at);
        if (!found)
            return false;
        at = (size_t)(found - xml->data);
        size_t other = behind_other(xml, at);
        if (other == 0)
            return read_tag(xml, at, tag);
        at = other;
    }
    return false;
}

static size_t skip_blanks(const up_blob *xml, size_t at, size_t end)
{
    while (at < end && is_blank(xml->data[at]))
        at++;
    return at;
}

bool up_xml_next_attribute(const up_blob *xml, const up_xml_tag *tag, size_t *at,
                           up_xml_attribute *attribute)
{
    const size_t end = tag->whole.end - 1 - tag->empty;
    size_t name = skip_blanks(xml, *at, end), i = name;
    while (i < end && !is_blank(xml->data[i]) && xml->data[i] != '=')
        i++;
    const up_span span = { name, i };
    i = skip_blanks(xml, i, end);
    if (i >= end || xml->data[i] != '=')
        return false;
    i = skip_blanks(xml, i + 1, end);
    if (i >= end || (xml->data[i] != '"' && xml->data[i] != '\''))
        return false;
    const uint8_t *close = memchr(xml->data + i + 1, xml->data[i], end - i - 1);
    if (!close)
        return false;
    const size_t value_end = (size_t)(close - xml->data);
    *attribute = (up_xml_attribute){ .whole = { *at, value_end + 1 },
                                     .name = span,
                                     .value = { i + 1, value_end } };
    *at = value_end + 1;
    return true;
}

bool up_xml_same(const up_blob *xml, up_span a, up_span b)
{
    return a.end - a.start == b.end - b.start &&
           memcmp(xml->data + a.start, xml->data + b.start, a.end - a.start) == 0;
}

bool up_xml_closing(const up_blob *xml, const up_xml_tag *open, up_xml_tag *closing)
{
    size_t depth = 1;
    for (size_t at = open->whole.end; up_xml_next_tag(xml, at, closing); at = closing->whole.end) {
        depth += !closing->empty && !closing->closing;
        depth -= closing->closing;
        if (depth == 0)
            return up_xml_same(xml, open->name, closing->name);
    }
    return false;
}

bool up_xml_is(const up_blob *xml, up_span span, const char *text)
{
    size_t length = strlen(text);
    return span.end - span.start == length && memcmp(xml->data + span.start, text, length) == 0;
}

up_span up_xml_local(const up_blob *xml, up_span name)
{
    const uint8_t *colon = memchr(xml->data + name.start, ':', name.end - name.start);
    return (up_span){ colon ? (size_t)(colon - xml->data) + 1 : name.start, name.end };
}

up_span up_xml_trim(const up_blob *xml, up_span span)
{
    span.start = skip_blanks(xml, span.start, span.end);
    while (span.end > span.start && is_blank(xml->data[span.end - 1]))
        span.end--;
    return span;
}

up_status up_xml_replace(up_blob *xml, up_span span, const char *text, size_t size, up_error *error)
{
    const size_t kept = xml->size - (span.end - span.start), rest = xml->size - span.end;
    size_t all;
    uint8_t *bytes = up_add(kept, size, &all) ? up_alloc(all ? all : 1, 1) : NULL;
    if (!bytes)
        return up_fail_memory(error, "XMP", kept);
    memcpy(bytes, xml->data, span.start);
    if (size)
        memcpy(bytes + span.start, text, size);
    memcpy(bytes + span.start + size, xml->data + span.end, rest);
    up_free(xml->data);
    *xml = (up_blob){ bytes, all };
    return UP_OK;
}
