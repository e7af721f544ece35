#include "api/plan.h"
#include "base/memory.h"
#include "io/declared_colour.h"
#include "io/ending.h"

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
        .xmp_bytes = metadata->xmp.size,
        .color_tags = metadata->color,
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
    return up_notes_at(&image->source->notes, i);
}

bool up_image_is_whole(const up_image *image)
{
    return up_source_ends(image->source);
}

void up_image_close(up_image **image)
{
    if (!*image)
        return;
    up_source_close(&(*image)->source);
    up_free(*image);
    *image = NULL;
}
