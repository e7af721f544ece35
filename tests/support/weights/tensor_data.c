/* SPDX-License-Identifier: MIT */
#include "support/weights/tensor_data.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH = 8 };

tensor_file tensor_file_make(const void *data, size_t size, const char *header, ...)
{
    va_list args, again;
    va_start(args, header);
    va_copy(again, args);
    size_t text = (size_t)vsnprintf(NULL, 0, header, args);
    va_end(args);
    char *formatted = malloc(text + 1);
    tensor_file file = { malloc(LENGTH + text + size), LENGTH + text + size };
    cr_assert(formatted && file.bytes);
    vsnprintf(formatted, text + 1, header, again);
    va_end(again);
    for (int i = 0; i < LENGTH; i++)
        file.bytes[i] = (unsigned char)(text >> 8 * i);
    memcpy(file.bytes + LENGTH, formatted, text);
    if (size)
        memcpy(file.bytes + LENGTH + text, data, size);
    free(formatted);
    return file;
}

void tensor_file_free(tensor_file *file)
{
    free(file->bytes);
    *file = (tensor_file){ 0 };
}
