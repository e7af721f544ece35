/* SPDX-License-Identifier: MIT */
#include "io/png/animation/png_frames.h"
#include "io/png/animation/png_walk.h"

enum { HEADER_SIZE = 13 };

typedef struct {
    up_png_overview *overview;
    up_reader *reader;
    uint32_t number; /* that the next fcTL or fdAT has */
    uint32_t width, height;
    up_placed place; /* of the frame that is begun */
    double seconds;  /* of it */
    bool begun;      /* fcTL has been */
    bool pixels;     /* and pixels of it have */
    bool picture;    /* IDAT has been */
} look;

/* The frame that is begun counts once its pixels have been seen. */
static void count(look *l)
{
    up_png_overview *o = l->overview;
    if (o->frames == 0 &&
        (l->place.x > 0 || l->place.y > 0 || (uint32_t)l->place.width < l->width ||
         (uint32_t)l->place.height < l->height))
        o->clears = true;
    o->goes_back |= l->place.dispose == UP_DISPOSE_BACK;
    o->seconds += l->seconds;
    o->frames++;
    l->pixels = true;
}

static const char *take_frame(look *l, const up_png_place *chunk)
{
    uint8_t data[UP_PNG_FCTL_SIZE];
    up_duration duration;
    if (l->begun && !l->pixels)
        return "has no pixels";
    /* what it leaves behind is seen only now that another follows */
    if (l->begun && (l->place.dispose == UP_DISPOSE_CLEAR ||
                     (l->place.dispose == UP_DISPOSE_BACK && l->overview->frames == 1)))
        l->overview->clears = true;
    l->begun = l->pixels = false;
    if (!up_png_fetch(data, sizeof data, chunk, l->reader))
        return "has a damaged fcTL chunk";
    if (up_png_get_u32(data) != l->number++)
        return "is out of order";
    if (!up_png_frame_parse(&l->place, &duration, data, sizeof data))
        return "has an fcTL chunk that makes no sense";
    if ((uint32_t)l->place.width > l->width || (uint32_t)l->place.height > l->height ||
        (uint32_t)l->place.x > l->width - (uint32_t)l->place.width ||
        (uint32_t)l->place.y > l->height - (uint32_t)l->place.height)
        return "lies outside of the picture";
    l->seconds = (double)duration.num / duration.den;
    l->begun = true;
    return NULL;
}

static const char *take_pixels(look *l, const up_png_place *chunk)
{
    uint8_t number[4];
    const bool own = up_png_is(chunk, "fdAT");
    l->picture |= !own;
    if (!own) {
        if (l->begun && !l->pixels)
            count(l);
        return NULL;
    }
    if (!l->begun || !l->picture)
        return "has pixels where none belong";
    if (chunk->there < (int64_t)sizeof number ||
        up_reader_read_at(l->reader, chunk->data, number, sizeof number, NULL) != UP_OK)
        return "breaks off";
    if (up_png_get_u32(number) != l->number++)
        return "is out of order";
    if (!l->pixels)
        count(l);
    return NULL;
}

up_status up_png_look_through(up_png_overview *overview, up_reader *reader, up_error *error)
{
    look l = { .overview = overview, .reader = reader };
    up_png_place chunk;
    uint8_t header[HEADER_SIZE];
    int64_t at = UP_PNG_SIGNATURE_SIZE;
    *overview = (up_png_overview){ 0 };
    if (!up_png_walk(&chunk, reader, &at) || !up_png_fetch(header, sizeof header, &chunk, reader))
        return up_reader_failed(reader) ? up_reader_fail(reader, error) : UP_OK;
    l.width = up_png_get_u32(header);
    l.height = up_png_get_u32(header + 4);
    while (!overview->flaw && up_png_walk(&chunk, reader, &at)) {
        if (up_png_is(&chunk, "fcTL"))
            overview->flaw = take_frame(&l, &chunk);
        else if (up_png_is(&chunk, "IDAT") || up_png_is(&chunk, "fdAT"))
            overview->flaw = take_pixels(&l, &chunk);
    }
    if (!overview->flaw && l.begun && !l.pixels)
        overview->flaw = "has no pixels";
    return up_reader_failed(reader) ? up_reader_fail(reader, error) : UP_OK;
}
