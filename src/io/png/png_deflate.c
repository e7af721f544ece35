/* SPDX-License-Identifier: MIT */
#include "io/png/png_deflate.h"

#include "base/memory.h"
#include "io/deflate/deflate_runs.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

#define DEFAULT_LEVEL 3
#define SEARCH_ALL 6 /* from this level on repeats are looked for everywhere */
#define SLICES 8     /* of a group, to see whether repeats are worth looking for */
#define SLICE ((size_t)2 << 10)
#define MEM_LEVEL 9
#define ZLIB_BYTES ((size_t)400 << 10) /* what zlib takes, about */

/* Runs alone are fastest, and on photographs also smaller than what zlib makes of the lower levels;
 * drawings repeat themselves, and zlib finds that. So both are tried where that may pay, and the
 * smaller result stays. */
struct up_png_deflater {
    z_stream zlib;
    bool everywhere;
    int level;   /* zlib's */
    size_t room; /* of each of the two outputs */
    uint8_t *out[2];
    uint8_t sample[SLICES * SLICE];
};

static size_t room_for(size_t most)
{
    return up_round_up(up_deflate_runs_bound(most) + 2 * UP_DEFLATE_FRONT, UP_ALIGN);
}

size_t up_png_deflater_memory(size_t most)
{
    return sizeof(up_png_deflater) + 2 * room_for(most) + ZLIB_BYTES;
}

up_status up_png_deflater_open(up_png_deflater **deflater, int level, size_t most, up_error *error)
{
    static const int zlib_level[] = { 0, 1, 3, 4, 5, 6, 6, 7, 8, 9 };
    up_png_deflater *d = up_alloc_zero(1, sizeof *d);
    *deflater = d;
    if (!d)
        return up_fail_memory(error, "deflating", sizeof *d);
    level = level ? level : DEFAULT_LEVEL;
    d->level = zlib_level[level];
    d->everywhere = level >= SEARCH_ALL;
    d->room = room_for(most);
    d->out[0] = up_alloc(d->room, 2);
    d->out[1] = d->out[0] + d->room;
    if (d->out[0] && deflateInit2(&d->zlib, d->level, Z_DEFLATED, -MAX_WBITS, MEM_LEVEL,
                                  Z_DEFAULT_STRATEGY) == Z_OK)
        return UP_OK;
    up_free(d->out[0]);
    up_free(d);
    *deflater = NULL;
    return up_fail_memory(error, "deflating", up_png_deflater_memory(most));
}

void up_png_deflater_close(up_png_deflater **deflater)
{
    up_png_deflater *d = *deflater;
    if (!d)
        return;
    deflateEnd(&d->zlib);
    up_free(d->out[0]);
    up_free(d);
    *deflater = NULL;
}

/* Deflates by zlib into `room` bytes; 0 if the result does not fit, and so is not wanted. */
static size_t search(up_png_deflater *d, uint8_t *out, size_t room, const uint8_t *in, size_t size,
                     size_t before, int strategy)
{
    z_stream *z = &d->zlib;
    deflateReset(z);
    deflateParams(z, d->level, strategy);
    if (before)
        deflateSetDictionary(z, in - before, (uInt)before);
    size_t made = 0;
    while (size > 0 && made < room) {
        uInt part = size < UINT_MAX ? (uInt)size : UINT_MAX;
        z->next_in = (Bytef *)in;
        z->avail_in = part;
        z->next_out = out + made;
        z->avail_out = room - made < UINT_MAX ? (uInt)(room - made) : UINT_MAX;
        deflate(z, size == part ? Z_SYNC_FLUSH : Z_NO_FLUSH);
        made = (size_t)(z->next_out - out);
        in += part - z->avail_in;
        size -= part - z->avail_in;
    }
    return made < room ? made : 0;
}

/* Whether slices from all over a group, which is larger than they are, deflate clearly better with
 * repeats than without. */
static bool repeats(up_png_deflater *d, const uint8_t *in, size_t size)
{
    for (size_t i = 0; i < SLICES; i++)
        memcpy(d->sample + i * SLICE, in + (size - SLICE) / (SLICES - 1) * i, SLICE);
    size_t runs = up_deflate_runs(d->out[1] + UP_DEFLATE_FRONT, d->sample, sizeof d->sample);
    return search(d, d->out[1] + UP_DEFLATE_FRONT, runs - runs / 8, d->sample, sizeof d->sample, 0,
                  Z_DEFAULT_STRATEGY) > 0;
}

size_t up_png_deflate(up_png_deflater *deflater, const uint8_t *in, size_t size, size_t before,
                      uint8_t **out)
{
    uint8_t *runs = deflater->out[0] + UP_DEFLATE_FRONT,
            *other = deflater->out[1] + UP_DEFLATE_FRONT;
    size_t made = up_deflate_runs(runs, in, size);
    *out = runs;
    bool small = size <= sizeof deflater->sample, dense = made < size / 4;
    if (!deflater->everywhere && !small && !(dense && repeats(deflater, in, size)))
        return made;
    size_t fewer =
        search(deflater, other, made, in, size, before, dense ? Z_DEFAULT_STRATEGY : Z_FILTERED);
    if (!fewer)
        return made;
    *out = other;
    return fewer;
}
