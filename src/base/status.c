#include "base/status.h"

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
