/* SPDX-License-Identifier: MIT */
/* Filling an up_error where something failed. */
#ifndef UP_BASE_STATUS_H
#define UP_BASE_STATUS_H

#include "upscale.h"

/* Fills `error` (if not NULL) and returns `status`, so that `return up_fail(...)` reads well. */
up_status up_fail(up_error *error, up_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Out of memory while wanting `bytes` for `what`. */
up_status up_fail_memory(up_error *error, const char *what, size_t bytes);

/* What an errno says of whether another try may help; `otherwise`: no more than that it failed. */
up_status up_status_of(int code, up_status otherwise);

#define UP_TRY(call)                                                                               \
    do {                                                                                           \
        up_status up_try_status_ = (call);                                                         \
        if (up_try_status_ != UP_OK)                                                               \
            return up_try_status_;                                                                 \
    } while (0)

#endif
