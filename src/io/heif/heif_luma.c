/* SPDX-License-Identifier: MIT */
#include "io/heif/heif_luma.h"

#include "base/memory.h"
#include "io/boxes/av1_stream.h"
#include "io/boxes/box.h"
#include "io/boxes/coded_items.h"

enum { DEEP = 2 /* bytes of a sample, which may be */ };

typedef struct {
    up_reader *reader;
    int before; /* bytes between the flags and the width */
    size_t luma;
} derived_look;

/* Grids and overlays (ISO/IEC 23008-12, 6.6.2): version, flags, something, width, height. */
static up_status look_at_derived(const up_coded_item *item, void *user, up_error *error)
{
    derived_look *l = user;
    uint8_t bytes[2 + 8 + 8];
    (void)error;
    up_box_bytes said = { .bytes = bytes,
                          .size = up_item_read(l->reader, item, 0, bytes, sizeof bytes) };
    up_box_number(&said, 1);
    const int wide = up_box_number(&said, 1) & 1 ? 4 : 2;
    up_box_number(&said, l->before);
    const uint64_t width = up_box_number(&said, wide), height = up_box_number(&said, wide);
    size_t luma;
    if (!up_mul(width, height, &luma) || !up_mul(luma, DEEP, &luma))
        luma = SIZE_MAX;
    l->luma = luma > l->luma ? luma : l->luma;
    return UP_OK;
}

static size_t av1_luma(const up_av1_streams *s)
{
    const size_t frames = (size_t)up_clamp(s->frames, 1, UP_AV1_KEPT);
    return s->log_width ? frames * DEEP << (s->log_width + s->log_height) : 0;
}

up_status up_heif_luma(up_reader *reader, up_hevc_luma *luma, up_error *error)
{
    static const up_item_kind grids = { "grid", "", look_at_derived };
    static const up_item_kind overlays = { "iovl", "", look_at_derived };
    derived_look l = { .reader = reader, .before = 2 };
    up_av1_streams av1;
    UP_TRY(up_hevc_look(reader, luma, error));
    UP_TRY(up_av1_look(reader, &av1, error));
    UP_TRY(up_coded_items(reader, &grids, &l, error));
    l.before = 8;
    UP_TRY(up_coded_items(reader, &overlays, &l, error));
    const size_t others = l.luma > av1_luma(&av1) ? l.luma : av1_luma(&av1);
    luma->bytes = others > luma->bytes ? others : luma->bytes;
    return UP_OK;
}
