/* SPDX-License-Identifier: MIT */
#include "io/metadata/companions.h"

#include "io/metadata/exif.h"
#include "io/metadata/xmp.h"

#define CAMERA "http://ns.google.com/photos/1.0/camera/", "GCamera"

typedef enum { NOTHING, GAIN_MAP, MOTION_PHOTO, THUMBNAIL } companion;

/* Lists of files behind the picture are wrong for the output, whatever they list. */
static const struct {
    up_xmp_property property;
    companion of;
} claims[] = {
    { { "http://ns.adobe.com/hdr-gain-map/1.0/", "hdrgm", "*" }, GAIN_MAP },
    { { "http://ns.apple.com/HDRGainMap/1.0/", "HDRGainMap", "*" }, GAIN_MAP },
    { { CAMERA, "MotionPhoto*" }, MOTION_PHOTO },
    { { CAMERA, "MicroVideo*" }, MOTION_PHOTO },
    { { "http://ns.google.com/photos/1.0/container/", "Container", "*" }, NOTHING },
    { { "http://ns.google.com/photos/1.0/container/item/", "Item", "*" }, NOTHING },
    { { "http://ns.adobe.com/xap/1.0/", "xmp", "Thumbnails" }, THUMBNAIL },
};

static up_status withdraw_claims(up_blob *xmp, bool found[THUMBNAIL + 1], up_error *error)
{
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        bool stood;
        UP_TRY(up_xmp_remove(xmp, &claims[i].property, &stood, error));
        found[claims[i].of] |= stood;
    }
    return UP_OK;
}

static up_status drop(up_notes *notes, const char *what, up_error *error)
{
    return up_notes_add(notes, UP_NOTE_DROPPED, error, "%s", what);
}

static up_status name_companions(up_source *source, const bool found[THUMBNAIL + 1],
                                 up_error *error)
{
    const int others = source->further_pictures - source->gain_map;
    if (source->gain_map)
        UP_TRY(drop(&source->notes, "HDR gain map", error));
    if (source->video)
        UP_TRY(drop(&source->notes, "video of a motion photo", error));
    if (others > 0)
        UP_TRY(up_notes_add(&source->notes, UP_NOTE_DROPPED, error, "%d further picture%s", others,
                            others > 1 ? "s" : ""));
    if (up_exif_has_thumbnail(&source->metadata.exif))
        UP_TRY(drop(&source->metadata.lost, "EXIF thumbnail", error));
    return found[THUMBNAIL] ? drop(&source->metadata.lost, "XMP thumbnail", error) : UP_OK;
}

up_status up_source_settle(up_source *source, up_error *error)
{
    up_metadata *m = &source->metadata;
    bool found[THUMBNAIL + 1] = { false };
    const bool xmp = m->xmp.data != NULL;
    const int in_xmp = up_xmp_orientation(&m->xmp);
    if (!source->upright)
        m->orientation = !up_exif_states_orientation(&m->exif) && in_xmp
                             ? in_xmp
                             : up_exif_orientation(&m->exif);
    UP_TRY(withdraw_claims(&m->xmp, found, error));
    UP_TRY(withdraw_claims(&m->xmp_extended, found, error));
    source->gain_map |= found[GAIN_MAP];
    source->video = found[MOTION_PHOTO];
    if (xmp && !m->xmp.data) {
        UP_TRY(up_blob_set(&m->xmp_extended, NULL, 0, error));
        UP_TRY(drop(&m->lost, "XMP that is damaged", error));
    }
    return name_companions(source, found, error);
}
