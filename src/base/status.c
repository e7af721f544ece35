/* SPDX-License-Identifier: MIT */
#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

up_status up_fail(up_error *error, up_status status, const char *format, ...)
{
    if (!error)
        return status;
    va_list args;
    va_start(args, format);
    vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
    error->status = status;
    return status;
}

up_status up_fail_memory(up_error *error, const char *what, size_t bytes)
{
    return up_fail(error, UP_ERROR_MEMORY, "out of memory: %s needs %zu bytes", what, bytes);
}

up_status up_status_of(int code, up_status otherwise)
{
    switch (code) {
    case ENOMEM:
        return UP_ERROR_MEMORY;
    case ENOSPC:
    case EDQUOT:
        return UP_ERROR_SPACE;
    case EIO:
    case ESTALE:
    case ETIMEDOUT:
    case ENFILE:
    case EMFILE:
    case ENOLCK:
        return UP_ERROR_IO;
    default:
        return otherwise;
    }
}
