/* SPDX-License-Identifier: MIT */
#include "io/jxl/jxl_head.h"

#include "base/memory.h"
#include "io/jxl/jxl_colour.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#define METADATA_MOST ((size_t)32 << 20)
#define FIRST_ROOM ((size_t)1 << 14)

enum { OFFSET = 4 /* before EXIF, to where it begins */, MOST_EVENTS = 1 << 20, MOST_NAMED = 16 };

typedef struct {
    up_jxl_head *head;
    up_jxl_file *file;
    JxlBoxType type; /* of the box whose contents come */
    uint8_t *box;
    size_t room;
    bool coloured; /* the head is behind us ... */
    bool shown;    /* ... and so is that of the last layer of the first picture */
} walk;

/* ---- boxes */

static bool is(const walk *w, const char *type)
{
    return memcmp(w->type, type, 4) == 0;
}

static up_status take_box(walk *w, size_t size, up_error *error)
{
    up_metadata *m = w->head->metadata;
    if (is(w, "xml "))
        return m->xmp.data ? UP_OK : up_blob_set(&m->xmp, w->box, size, error);
    if (size < OFFSET)
        return UP_OK;
    const uint8_t *at = w->box;
    const size_t offset = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
    if (offset >= size - OFFSET)
        return UP_OK;
    return up_metadata_take_exif(m, at + OFFSET + offset, size - OFFSET - offset, error);
}

static up_status end_box(walk *w, bool whole, up_error *error)
{
    if (!w->box)
        return UP_OK;
    const size_t size = w->room - up_jxl.JxlDecoderReleaseBoxBuffer(w->file->decoder);
    const up_status status = whole ? take_box(w, size, error) : UP_OK;
    up_free(w->box);
    w->box = NULL;
    return status;
}

static up_status name_lost(const walk *w, up_error *error)
{
    static const char *const own[] = { "JXL ", "ftyp", "jxll", "jxlc", "jxlp", "jxli", "jbrd" };
    up_notes *lost = &w->head->metadata->lost;
    bool shown = true;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (is(w, own[i]))
            return UP_OK;
    for (int i = 0; i < 4; i++)
        shown &= isalnum((unsigned char)w->type[i]) != 0;
    if (!shown || lost->count >= MOST_NAMED)
        return up_notes_add(lost, UP_NOTE_DROPPED, error, "further boxes");
    return up_notes_add(lost, UP_NOTE_DROPPED, error, "%.4s box", w->type);
}

static up_status begin_box(walk *w, up_error *error)
{
    JxlDecoder *decoder = w->file->decoder;
    UP_TRY(end_box(w, true, error));
    if (up_jxl.JxlDecoderGetBoxType(decoder, w->type, JXL_TRUE) != JXL_DEC_SUCCESS)
        return UP_OK;
    if (!is(w, "Exif") && !is(w, "xml "))
        return name_lost(w, error);
    w->room = FIRST_ROOM;
    w->box = up_alloc(w->room, 1);
    if (!w->box)
        return up_fail_memory(error, "metadata", w->room);
    up_jxl.JxlDecoderSetBoxBuffer(decoder, w->box, w->room);
    return UP_OK;
}

static up_status grow_box(walk *w, up_error *error)
{
    const size_t size = w->room - up_jxl.JxlDecoderReleaseBoxBuffer(w->file->decoder);
    const size_t room = 2 * w->room;
    if (room > METADATA_MOST) {
        up_free(w->box);
        w->box = NULL;
        return up_notes_add(&w->head->metadata->lost, UP_NOTE_DROPPED, error,
                            "%.4s box of more than %zu MiB", w->type, METADATA_MOST >> 20);
    }
    uint8_t *box = up_alloc(room, 1);
    if (!box)
        return up_fail_memory(error, "metadata", room);
    memcpy(box, w->box, size);
    up_free(w->box);
    w->box = box;
    w->room = room;
    up_jxl.JxlDecoderSetBoxBuffer(w->file->decoder, box + size, room - size);
    return UP_OK;
}

/* ---- the picture */

static void look_at_channels(walk *w)
{
    const JxlBasicInfo *info = &w->head->info;
    JxlExtraChannelInfo channel;
    int alphas = 0;
    for (uint32_t i = 0; i < info->num_extra_channels; i++) {
        if (up_jxl.JxlDecoderGetExtraChannelInfo(w->file->decoder, i, &channel) != JXL_DEC_SUCCESS)
            continue;
        w->head->inks |= channel.type == JXL_CHANNEL_BLACK;
        alphas += channel.type == JXL_CHANNEL_ALPHA;
    }
    w->head->further = (int)info->num_extra_channels - (alphas > 0);
}

/* One layer. It ends a picture that is seen where it lasts, or is the last. */
static void take_layer(walk *w)
{
    up_jxl_head *h = w->head;
    JxlFrameHeader frame;
    size_t pixels;
    if (up_jxl.JxlDecoderGetFrameHeader(w->file->decoder, &frame) != JXL_DEC_SUCCESS)
        return;
    const bool ends = frame.duration > 0 || frame.is_last;
    if (!up_mul(frame.layer_info.xsize, frame.layer_info.ysize, &pixels))
        pixels = SIZE_MAX;
    h->layer_pixels = pixels > h->layer_pixels ? pixels : h->layer_pixels;
    h->layers++;
    w->shown |= ends;
    h->frames += h->info.have_animation && ends ? 1 : 0;
    h->ticks += frame.duration;
}

/* *goes_on: there is more to be known. */
static up_status handle(walk *w, JxlDecoderStatus event, bool *goes_on, up_error *error)
{
    up_jxl_head *h = w->head;
    switch (event) {
    case JXL_DEC_BASIC_INFO:
        if (up_jxl.JxlDecoderGetBasicInfo(w->file->decoder, &h->info) != JXL_DEC_SUCCESS)
            *goes_on = false;
        look_at_channels(w);
        return UP_OK;
    case JXL_DEC_COLOR_ENCODING:
        w->coloured = true;
        return up_jxl_take_colour(w->file->decoder, h->metadata, error);
    case JXL_DEC_FRAME:
        take_layer(w);
        *goes_on = !w->shown || h->info.have_container || h->info.have_animation;
        return UP_OK;
    case JXL_DEC_BOX:
        return begin_box(w, error);
    case JXL_DEC_BOX_NEED_MORE_OUTPUT:
        return grow_box(w, error);
    default:
        *goes_on = false;
        return end_box(w, event == JXL_DEC_SUCCESS, error);
    }
}

/* What is broken behind the head is told when pixels are read. */
static up_status walk_through(walk *w, up_error *error)
{
    bool goes_on = true;
    for (int i = 0; i < MOST_EVENTS && goes_on; i++) {
        JxlDecoderStatus event;
        const up_status status = up_jxl_next(w->file, &event, error);
        if (status != UP_OK)
            return w->coloured && status == UP_ERROR_INPUT ? UP_OK : status;
        UP_TRY(handle(w, event, &goes_on, error));
    }
    if (w->coloured && (w->shown || !goes_on))
        return UP_OK;
    if (goes_on)
        return up_fail(error, UP_ERROR_LIMIT, "%s: it has more layers than are read",
                       up_reader_name(w->file->reader));
    return up_fail(error, UP_ERROR_INPUT, "%s: truncated: JPEG XL ends within its header",
                   up_reader_name(w->file->reader));
}

up_status up_jxl_read_head(up_jxl_head *head, up_jxl_file *file, up_reader *reader, up_error *error)
{
    const int events = JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING | JXL_DEC_BOX | JXL_DEC_FRAME;
    walk w = { .head = head, .file = file };
    up_status status = up_jxl_open(file, reader, events, error);
    if (status == UP_OK &&
        up_jxl.JxlDecoderSetCoalescing(file->decoder, JXL_FALSE) != JXL_DEC_SUCCESS)
        status = up_fail_memory(error, up_reader_name(reader), 0);
    if (status == UP_OK)
        status = walk_through(&w, error);
    up_free(w.box);
    up_jxl_close(file);
    return status;
}
