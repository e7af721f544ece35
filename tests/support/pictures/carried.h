/* SPDX-License-Identifier: MIT */
/* Files with more in them than pixels, and what an upscale makes of that. */
#ifndef SUPPORT_CARRIED_H
#define SUPPORT_CARRIED_H

#include "support/pictures/file_parts.h"
#include "support/shell.h"

enum { COM = 0xfe, APP1 = 0xe1, APP2 = 0xe2, APP12 = 0xec, APP13 = 0xed };

#define XMP_HEAD "http://ns.adobe.com/xap/1.0/"
#define EXTENDED_HEAD "http://ns.adobe.com/xmp/extension/"
#define XMP(attributes)                                                                            \
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "                                              \
    "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description "                  \
    "rdf:about=\"\" " attributes "/></rdf:RDF></x:xmpmeta>"
#define TURNED XMP("xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\" tiff:Orientation=\"6\"")

/* Criterion's init: the scratch folder with a.ppm, a.png and a.jpg of 12 x 10 pixels, and the
 * files of tests/golden/cases. */
void carried_init(void);
/* Makes a.png, or a.jpg, as it was. */
void carried_renew(const char *name);

/* A chunk of exactly these bytes, before or behind the pixels; and a comment. */
void expect_chunk(const char *name, const char *type, const void *data, size_t size, bool behind);
#define EXPECT_CHUNK(name, type, text, behind)                                                     \
    expect_chunk(name, type, text, sizeof(text) - 1, behind)
void expect_comment(const char *name, int n, const char *text);

/* What is warned of when a file becomes `output`, twice as large; "": nothing. */
void expect_warning(const char *input, const char *output, const char *warning);

/* Puts XMP into a JPEG, or PNG, file. */
void jpeg_insert_xmp(const char *name, const char *xmp);
void png_insert_xmp(const char *name, const char *xmp);

bool file_says(const char *name, const char *text);

#endif
