/* SPDX-License-Identifier: MIT */
#include "io/boxes/box.h"

#include <string.h>

enum { HEAD = 8, TO_THE_END = 0, LARGE = 1 };

uint64_t up_box_number(up_box_bytes *from, int bytes)
{
    uint64_t value = 0;
    if (from->size - from->at < (size_t)bytes) {
        from->at = from->size;
        from->ended = true;
        return 0;
    }
    for (int i = 0; i < bytes; i++)
        value = value << 8 | from->bytes[from->at++];
    return value;
}

up_box_bytes up_box_part(up_box_bytes *from, uint64_t size)
{
    const size_t rest = from->size - from->at;
    up_box_bytes part = { .bytes = from->bytes + from->at,
                          .size = size < rest ? (size_t)size : rest };
    from->at += part.size;
    return part;
}

bool up_box_next(up_box_bytes *from, char type[5], up_box_bytes *contents)
{
    const size_t rest = from->size - from->at;
    if (rest < HEAD)
        return false;
    const size_t start = from->at;
    uint64_t size = up_box_number(from, 4);
    memcpy(type, from->bytes + from->at, 4);
    type[4] = 0;
    from->at += 4;
    if (size == LARGE)
        size = up_box_number(from, 8);
    const size_t head = from->at - start;
    if (size == TO_THE_END)
        size = rest;
    *contents = up_box_part(from, size > head ? size - head : 0);
    return size >= head && !from->ended;
}

bool up_box_find(up_box_bytes from, const char *type, up_box_bytes *contents)
{
    char found[5];
    while (up_box_next(&from, found, contents))
        if (strcmp(found, type) == 0)
            return true;
    return false;
}

bool up_box_has_brand(const uint8_t *head, size_t size, const char *brand)
{
    if (size < 16 || memcmp(head + 4, "ftyp", 4) != 0)
        return false;
    up_box_bytes from = { .bytes = head, .size = size };
    const uint64_t box = up_box_number(&from, 4), end = box < size ? box : size;
    /* Behind the first lies a version. */
    for (size_t at = HEAD; at + 4 <= end; at += at == HEAD ? 8 : 4)
        if (memcmp(head + at, brand, 4) == 0)
            return true;
    return false;
}
