/* SPDX-License-Identifier: MIT */
#include "io/metadata/metadata_rescale.h"

#include "io/metadata/exif.h"
#include "io/metadata/photoshop.h"
#include "io/metadata/xmp.h"

up_status up_metadata_rescale(up_metadata *m, double scale_x, double scale_y, int width, int height,
                              up_error *error)
{
    const bool transposed = m->orientation >= 5;
    up_exif_rescale(&m->exif, scale_x, scale_y, transposed, width, height);
    up_photoshop_rescale(&m->photoshop, scale_x, scale_y, transposed);
    UP_TRY(up_xmp_rescale(&m->xmp, scale_x, scale_y, transposed, width, height, error));
    UP_TRY(up_xmp_rescale(&m->xmp_extended, scale_x, scale_y, transposed, width, height, error));
    m->orientation = 1;
    m->dpi_x *= scale_x;
    m->dpi_y *= scale_y;
    m->aspect *= scale_y / scale_x;
    return UP_OK;
}
