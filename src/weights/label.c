/* SPDX-License-Identifier: MIT */
#include "weights/label.h"

#include <string.h>

const char *up_label(char label[UP_LABEL], const char *text)
{
    const char *more = "";
    size_t length = strlen(text), most = UP_LABEL - sizeof "\"...\"";
    if (length > most) {
        more = "...";
        for (length = most; length && ((unsigned char)text[length] & 0xc0) == 0x80;)
            length--; /* not inside a UTF-8 sequence */
    }
    char *end = label;
    *end++ = '"';
    for (size_t i = 0; i < length; i++)
        *end++ = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? '?' : text[i];
    strcpy(end, more);
    strcat(end, "\"");
    return label;
}
