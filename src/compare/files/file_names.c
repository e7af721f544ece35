/* SPDX-License-Identifier: MIT */
#include "compare/files/file_names.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { ROOM_FOR_PLACE = 12 };

void up_safe_name(char safe[UP_SAFE_NAME], const char *name, int place)
{
    size_t at = 0;
    for (; *name && at < UP_SAFE_NAME - ROOM_FOR_PLACE; name++) {
        char c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
        bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        if (fine)
            safe[at++] = c;
        else if (at > 0 && safe[at - 1] != '-')
            safe[at++] = '-';
    }
    while (at > 0 && safe[at - 1] == '-')
        at--;
    safe[at] = 0;
    if (at == 0 || place > 0)
        snprintf(safe + at, ROOM_FOR_PLACE, at == 0 ? "result-%d" : "-%d", place);
}

const char *up_last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}
