/* SPDX-License-Identifier: MIT */
/* MD5 (RFC 1321), by which a JPEG file's XMP names its extension. */
#ifndef UP_IO_MD5_H
#define UP_IO_MD5_H

#include <stddef.h>

/* In capital hexadecimal, with its zero. */
typedef struct {
    char text[33];
} up_md5_text;

up_md5_text up_md5(const void *data, size_t size);

#endif
