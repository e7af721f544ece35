/* SPDX-License-Identifier: MIT */
#include "io/jpeg/jpeg_guard.h"

#include <stdarg.h>
#include <string.h>

#include <jerror.h>

void up_jpeg_escape(up_jpeg_guard *guard, up_status status)
{
    guard->status = status;
    longjmp(guard->escape, 1);
}

void up_jpeg_fail(up_jpeg_guard *guard, up_status status, const char *format, ...)
{
    char reason[256];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    up_jpeg_escape(guard, up_fail(guard->error, status, "%s: %s", guard->name, reason));
}

static _Noreturn void error_exit(j_common_ptr info)
{
    static const char corrupt[] = "Corrupt JPEG data: ";
    up_jpeg_guard *guard = (up_jpeg_guard *)info->err;
    char text[JMSG_LENGTH_MAX];
    info->err->format_message(info, text);
    bool prefixed = strncmp(text, corrupt, sizeof corrupt - 1) == 0;
    const char *reason = prefixed ? text + sizeof corrupt - 1 : text;
    switch (info->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
        up_jpeg_fail(guard, UP_ERROR_MEMORY, "out of memory for JPEG");
    case JERR_BAD_PRECISION:
        up_jpeg_fail(guard, UP_ERROR_UNSUPPORTED,
                     "JPEG with %d bits per sample cannot be read, only 8: convert it to PNG first",
                     info->err->msg_parm.i[0]);
    case JERR_SOF_UNSUPPORTED:
        up_jpeg_fail(
            guard, UP_ERROR_UNSUPPORTED,
            "lossless or hierarchical JPEG (SOF%d) cannot be read: convert it to PNG first",
            info->err->msg_parm.i[0] & 15);
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
        up_jpeg_fail(guard, UP_ERROR_UNSUPPORTED, "JPEG cannot be read: %s", reason);
    default:
        up_jpeg_fail(guard, guard->blame, "%s: %s",
                     guard->blame == UP_ERROR_INPUT ? "corrupt JPEG" : "JPEG", reason);
    }
}

static bool is_at_end(j_common_ptr info)
{
    return info->is_decompressor && ((j_decompress_ptr)info)->unread_marker == JPEG_EOI;
}

static void emit_message(j_common_ptr info, int level)
{
    up_jpeg_guard *guard = (up_jpeg_guard *)info->err;
    if (level >= 0) /* a trace */
        return;
    switch (info->err->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_ICC:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
        return;
    case JWRN_EXTRANEOUS_DATA:
        guard->strays = true;
        return;
    case JWRN_HIT_MARKER:
        if (!guard->lacking || !is_at_end(info))
            error_exit(info);
        guard->lacking(info);
        return;
    default:
        error_exit(info);
    }
}

static void output_message(j_common_ptr info)
{
    (void)info;
}

struct jpeg_error_mgr *up_jpeg_guard_init(up_jpeg_guard *guard, const char *name, up_status blame)
{
    *guard = (up_jpeg_guard){ .name = name, .blame = blame };
    jpeg_std_error(&guard->manager);
    guard->manager.error_exit = error_exit;
    guard->manager.emit_message = emit_message;
    guard->manager.output_message = output_message;
    return &guard->manager;
}

up_status up_jpeg_guarded(up_jpeg_guard *guard, void (*body)(void *arg), void *arg, up_error *error)
{
    guard->error = error;
    if (setjmp(guard->escape))
        return guard->status;
    body(arg);
    return UP_OK;
}
