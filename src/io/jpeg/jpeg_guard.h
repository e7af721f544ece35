/* SPDX-License-Identifier: MIT */
/* libjpeg reports errors from deep inside; the guard turns them into a status with a message. */
#ifndef UP_IO_JPEG_GUARD_H
#define UP_IO_JPEG_GUARD_H

#include "base/status.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

typedef struct {
    struct jpeg_error_mgr manager; /* first: libjpeg only knows its address */
    jmp_buf escape;
    const char *name; /* of the file */
    up_status blame;  /* what an error means unless it has a status of its own */
    up_error *error;
    up_status status;
    void (*lacking)(j_common_ptr info); /* the end of the picture came too early; NULL: an error */
    bool strays;                        /* bytes were skipped that belong to nothing */
} up_jpeg_guard;

/* What goes into cinfo.err. Warnings count as errors, but for the harmless ones and those above. */
struct jpeg_error_mgr *up_jpeg_guard_init(up_jpeg_guard *guard, const char *name, up_status blame);

/* Calls body(arg); what it allocates must be owned by arg, as an error leaves it by longjmp. */
up_status up_jpeg_guarded(up_jpeg_guard *guard, void (*body)(void *arg), void *arg,
                          up_error *error);

/* Inside a body: leaves with guard->error already filled. */
_Noreturn void up_jpeg_escape(up_jpeg_guard *guard, up_status status);

/* Inside a body: leaves with "NAME: reason". */
_Noreturn void up_jpeg_fail(up_jpeg_guard *guard, up_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
