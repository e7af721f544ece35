/* SPDX-License-Identifier: MIT */
/* Photoshop's image resources ("8BIM" ...), among which JPEG files keep IPTC. */
#ifndef UP_IO_PHOTOSHOP_H
#define UP_IO_PHOTOSHOP_H

#include "io/metadata/metadata.h"

/* Takes IPTC-IIM, as such or inside resources, and the resources that an enlarged picture can keep;
 * the others are named in m->lost. */
up_status up_photoshop_take(up_metadata *m, const uint8_t *data, size_t size, up_error *error);

/* All there is as resources. Free with up_blob_set(). */
up_status up_photoshop_resources(const up_metadata *m, up_blob *resources, up_error *error);

/* What up_metadata_rescale() promises for them. */
void up_photoshop_rescale(up_blob *resources, double scale_x, double scale_y, bool transposed);

#endif
