/* SPDX-License-Identifier: MIT */

#include "api/plan.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "io/ending.h"
#include "io/metadata/declared_colour.h"
#include "io/source_open.h"
#include "methods/clean/picture_noise.h"

#include <string.h>

up_status up_image_from_source(up_image **image, up_source *source, up_error *error)
{
    *image = up_alloc_zero(1, sizeof **image);
    if (!*image) {
        up_source_close(&source);
        return up_fail_memory(error, "an image", sizeof **image);
    }
    const up_metadata *metadata = &source->metadata;
    (*image)->source = source;
    (*image)->info = (up_image_info){
        .type = source->type,
        .format = source->format,
        .orientation = metadata->orientation,
        .dpi_x = metadata->dpi_x,
        .dpi_y = metadata->dpi_y,
        .interlaced = source->interlaced,
        .icc_bytes = metadata->icc.size,
        .exif_bytes = metadata->exif.size,
        .xmp_bytes = metadata->xmp.size + metadata->xmp_extended.size,
        .iptc_bytes = metadata->iptc.size,
        .color_tags = metadata->color,
        .frames = source->sequence.frames,
        .loops = source->sequence.loops,
        .seconds = source->sequence.seconds,
        .pages = source->pages,
        .further_pictures = source->further_pictures,
        .gain_map = source->gain_map,
        .jpeg_quality = source->jpeg_quality,
        .held_bytes = source->held_bytes,
    };
    return UP_OK;
}

up_status up_image_from_pixels(up_image **image, const up_pixels *pixels, up_error *error)
{
    *image = NULL;
    up_source *source;
    UP_TRY(up_source_from_pixels(&source, pixels, error));
    return up_image_from_source(image, source, error);
}

up_status up_image_declared(up_image **image, const up_pixels *pixels, const up_metadata *declared,
                            up_error *error)
{
    UP_TRY(up_image_from_pixels(image, pixels, error));
    up_status status = up_declared_copy(&(*image)->source->metadata, declared, error);
    if (status != UP_OK)
        up_image_close(image);
    return status;
}

up_status up_image_open(up_image **image, const char *path, up_error *error)
{
    *image = NULL;
    up_source *source;
    UP_TRY(up_source_open(&source, path, error));
    return up_image_from_source(image, source, error);
}

const up_image_info *up_image_get_info(const up_image *image)
{
    return &image->info;
}

up_status up_image_light(const up_image *image, char name[64], up_error *error)
{
    up_light light;
    const up_source *source = image->source;
    UP_TRY(up_declared_light(&light, &source->metadata, &source->format, error));
    memcpy(name, light.name, sizeof light.name);
    up_light_free(&light);
    return UP_OK;
}

const up_note *up_image_note_at(const up_image *image, int i)
{
    const up_notes *notes = &image->source->notes;
    return i < notes->count ? up_notes_at(notes, i)
                            : up_notes_at(&image->source->metadata.lost, i - notes->count);
}

/* ---- texts */

enum { MOST_TEXT = 1 << 20, MOST_TEXTS = 16 << 20 }; /* bytes of one and of all, inflated */

/* `budget` is what may still be inflated; vain attempts count as well. */
static up_status read_text(const up_chunk *chunk, up_entry *entry, size_t *budget)
{
    const size_t most = *budget < MOST_TEXT ? *budget : MOST_TEXT;
    bool sound;
    UP_TRY(up_chunk_text(chunk, most, entry, &sound, NULL));
    *budget -= sound ? entry->size < most ? entry->size : most : most;
    return UP_OK;
}

static up_status read_texts(up_image *image)
{
    const up_chunks *chunks = &image->source->metadata.chunks;
    size_t budget = MOST_TEXTS, room = (size_t)chunks->count + 1;
    image->entries = up_alloc_zero(room, sizeof *image->entries);
    image->texts = up_alloc_zero(room, sizeof *image->texts);
    if (!image->entries || !image->texts)
        return UP_ERROR_MEMORY;
    for (int i = 0; i < chunks->count; i++) {
        if (!up_chunk_is_text(&chunks->item[i]))
            continue;
        up_entry *entry = &image->entries[image->text_count];
        UP_TRY(read_text(&chunks->item[i], entry, &budget));
        image->texts[image->text_count++] = (up_text){
            .keyword = entry->keyword ? entry->keyword : up_chunk_keyword(&chunks->item[i]),
            .language = entry->language ? entry->language : "",
            .text = entry->text,
        };
    }
    return UP_OK;
}

static void clear_texts(up_image *image)
{
    for (int i = 0; i < image->text_count; i++)
        up_entry_clear(&image->entries[i]);
    up_free(image->entries);
    up_free(image->texts);
    image->entries = NULL;
    image->texts = NULL;
    image->text_count = 0;
}

const up_text *up_image_text_at(up_image *image, int i)
{
    if (!image->entries && read_texts(image) != UP_OK)
        clear_texts(image);
    return i >= 0 && i < image->text_count ? &image->texts[i] : NULL;
}

up_status up_image_noise(up_image *image, double *noise, const up_options *options, up_error *error)
{
    up_options taken;
    *noise = 0;
    UP_TRY(up_options_take(&taken, options, error));
    if (image->used)
        return up_fail(error, UP_ERROR_ARGUMENT, "an image can be run once; open it again");
    taken.max_memory = up_machine_memory_limit(taken.max_memory);
    return up_picture_noise(image->source, &taken, noise, error);
}

bool up_image_is_whole(const up_image *image)
{
    return up_source_ends(image->source);
}

void up_image_close(up_image **image)
{
    if (!*image)
        return;
    clear_texts(*image);
    up_source_close(&(*image)->source);
    up_free(*image);
    *image = NULL;
}
