/* SPDX-License-Identifier: MIT */
#include "io/plain/byte_rows.h"

#include "base/memory.h"

up_status up_choose_bytes(const char *type, up_format *format, up_error *error)
{
    UP_TRY(up_sink_refuse_inks(type, format, error));
    UP_TRY(up_sink_choose_picture(type, format, error));
    format->sample = UP_SAMPLE_U8;
    format->depth = 8;
    return UP_OK;
}

up_status up_byte_slots_open(up_byte_slot *slot, int count, size_t bytes, const char *name,
                             up_error *error)
{
    for (int i = 0; i < count; i++)
        if (!(slot[i].bytes = up_alloc(bytes, 1)))
            return up_fail_memory(error, name, bytes);
    return UP_OK;
}

void up_byte_slots_close(up_byte_slot *slot, int count)
{
    for (int i = 0; i < count; i++)
        up_free(slot[i].bytes);
}
