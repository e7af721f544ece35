/* SPDX-License-Identifier: MIT */
/* What pictures say about themselves. The first byte tells what the others are: EXIF, XMP, XMP in
 * two parts (a NUL between them), IPTC and Photoshop's resources, an ICC profile. */
#include "base/memory.h"
#include "colour/profile.h"
#include "fuzz/fuzz.h"
#include "io/metadata/declared_colour.h"
#include "io/metadata/exif.h"
#include "io/metadata/metadata_rescale.h"
#include "io/metadata/photoshop.h"
#include "io/metadata/xmp_extended.h"

#include <string.h>

enum { EXIF, XMP, XMP_PARTS, RESOURCES, ICC, KINDS };

static void ask(up_metadata *m)
{
    double x, y;
    up_exif_density(&m->exif, &x, &y);
    up_exif_gamma(&m->exif);
    up_exif_states_orientation(&m->exif);
    up_exif_has_thumbnail(&m->exif);
    up_exif_integer(&m->exif, 0x112, 0);
    up_exif_orientation(&m->exif);
    up_xmp_orientation(&m->xmp);
    const up_format format = {
        .width = 4, .height = 4, .channels = 3, .frames = 1, .color = UP_COLOR_RGB, .depth = 8
    };
    up_light light;
    if (up_declared_light(&light, m, &format, NULL) == UP_OK)
        up_light_free(&light);
    m->orientation = 6;
    up_metadata_rescale(m, 2, 3, 100, 50, NULL);
}

static void take_xmp(up_metadata *m, const uint8_t *data, size_t size, bool parts)
{
    const uint8_t *nul = parts && size ? memchr(data, 0, size) : NULL;
    const size_t first = nul ? (size_t)(nul - data) : size;
    char guid[UP_XMP_GUID_SIZE + 1];
    bool done;
    up_blob_set(&m->xmp, data, first, NULL);
    if (nul)
        up_blob_set(&m->xmp_extended, nul + 1, size - first - 1, NULL);
    up_xmp_extension_name(&m->xmp, guid);
    if (nul)
        up_xmp_join(&m->xmp, &m->xmp_extended, &done, NULL);
    up_xmp_divide(&m->xmp, &m->xmp_extended, 200, &done, NULL);
    up_xmp_forget_extension(&m->xmp, NULL);
}

static void take_icc(up_metadata *m, const uint8_t *data, size_t size)
{
    up_light light;
    up_blob_set(&m->icc, data, size, NULL);
    for (int grey = 0; grey < 2; grey++)
        if (up_profile_fits(data, size, grey) &&
            up_profile_light(&light, data, size, grey, NULL) == UP_OK)
            up_light_free(&light);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    up_metadata m;
    if (size < 2)
        return 0;
    up_metadata_init(&m);
    switch (data[0] % KINDS) {
    case EXIF:
        up_blob_set(&m.exif, data + 1, size - 1, NULL);
        break;
    case RESOURCES:
        up_photoshop_take(&m, data + 1, size - 1, NULL);
        break;
    case ICC:
        take_icc(&m, data + 1, size - 1);
        break;
    default:
        take_xmp(&m, data + 1, size - 1, data[0] % KINDS == XMP_PARTS);
    }
    ask(&m);
    up_blob resources = { 0 };
    up_photoshop_resources(&m, &resources, NULL);
    up_photoshop_rescale(&resources, 2, 3, true);
    up_blob_set(&resources, NULL, 0, NULL);
    up_metadata_clear(&m);
    return 0;
}
