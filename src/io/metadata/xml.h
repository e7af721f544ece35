/* SPDX-License-Identifier: MIT */
/* As much of XML as finding and cutting a property takes: tags and attributes, by their places. */
#ifndef UP_IO_XML_H
#define UP_IO_XML_H

#include "io/metadata/metadata.h"

/* Bytes from `start` to before `end`. */
typedef struct {
    size_t start, end;
} up_span;

typedef struct {
    up_span whole; /* with < and > */
    up_span name;
    bool closing, empty; /* </name>, <name/> */
} up_xml_tag;

typedef struct {
    up_span whole; /* with the blanks before it */
    up_span name, value;
} up_xml_attribute;

/* The next tag at or behind `at`, past comments, instructions and CDATA; false: there is none. */
bool up_xml_next_tag(const up_blob *xml, size_t at, up_xml_tag *tag);
/* The next attribute of a tag at or behind *at, which begins at tag->name.end and moves on. */
bool up_xml_next_attribute(const up_blob *xml, const up_xml_tag *tag, size_t *at,
                           up_xml_attribute *attribute);
/* The closing tag of an element; false: it is never closed, or by another name. */
bool up_xml_closing(const up_blob *xml, const up_xml_tag *open, up_xml_tag *closing);

bool up_xml_same(const up_blob *xml, up_span a, up_span b);
bool up_xml_is(const up_blob *xml, up_span span, const char *text);
/* What is behind the colon of a name. */
up_span up_xml_local(const up_blob *xml, up_span name);
/* The span without the blanks around it. */
up_span up_xml_trim(const up_blob *xml, up_span span);

/* Replaces what is in a span. */
up_status up_xml_replace(up_blob *xml, up_span span, const char *text, size_t size,
                         up_error *error);

#endif
