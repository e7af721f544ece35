#define _GNU_SOURCE /* memmem */
#include "io/metadata.h"

#include "base/memory.h"
#include "io/exif.h"

#include <string.h>

void up_metadata_init(up_metadata *m)
{
    *m = (up_metadata){ .orientation = 1 };
}

static void blob_clear(up_blob *blob)
{
    up_free(blob->data);
    *blob = (up_blob){ 0 };
}

void up_metadata_clear(up_metadata *m)
{
    blob_clear(&m->icc);
    blob_clear(&m->exif);
    blob_clear(&m->xmp);
    up_metadata_init(m);
}

up_status up_blob_set(up_blob *blob, const void *data, size_t size, up_error *error)
{
    uint8_t *copy = NULL;
    if (size > 0) {
        copy = up_alloc(size, 1);
        if (!copy)
            return up_fail_memory(error, "metadata", size);
        memcpy(copy, data, size);
    }
    blob_clear(blob);
    *blob = (up_blob){ copy, size };
    return UP_OK;
}

up_status up_metadata_copy(up_metadata *to, const up_metadata *from, up_error *error)
{
    up_metadata copy = *from;
    copy.icc = copy.exif = copy.xmp = (up_blob){ 0 };
    up_status status = up_blob_set(&copy.icc, from->icc.data, from->icc.size, error);
    if (status == UP_OK)
        status = up_blob_set(&copy.exif, from->exif.data, from->exif.size, error);
    if (status == UP_OK)
        status = up_blob_set(&copy.xmp, from->xmp.data, from->xmp.size, error);
    if (status != UP_OK) {
        up_metadata_clear(&copy);
        return status;
    }
    up_metadata_clear(to);
    *to = copy;
    return UP_OK;
}

/* XMP may repeat the orientation, as an attribute or as an element: one digit either way. */
static void reset_xmp_orientation(up_blob *xmp)
{
    static const char name[] = "tiff:Orientation";
    if (!xmp->data)
        return;
    uint8_t *at = xmp->data, *end = xmp->data + xmp->size;
    while ((at = memmem(at, (size_t)(end - at), name, sizeof name - 1)) != NULL) {
        bool closing = at > xmp->data && at[-1] == '/';
        at += sizeof name - 1;
        while (at < end && *at && strchr(" \t\r\n=\"'>", *at))
            at++;
        if (!closing && at < end && *at >= '1' && *at <= '8')
            *at = '1';
    }
}

void up_metadata_rescale(up_metadata *m, double scale_x, double scale_y, int width, int height)
{
    up_exif_rescale(&m->exif, scale_x, scale_y, m->orientation >= 5, width, height);
    reset_xmp_orientation(&m->xmp);
    m->orientation = 1;
    m->dpi_x *= scale_x;
    m->dpi_y *= scale_y;
    m->aspect *= scale_y / scale_x;
}
