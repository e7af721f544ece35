/* SPDX-License-Identifier: MIT */
/* XMP packets: properties found, set where they stand, and removed. */
#ifndef UP_IO_XMP_H
#define UP_IO_XMP_H

#include "io/metadata/xml.h"

typedef struct {
    const char *uri, *prefix; /* of the namespace, and what it is usually bound to */
    const char *name;         /* "Micro*": all that begin so; "*": all of the namespace */
} up_xmp_property;

/* What an attribute or element says; false if neither is there. */
bool up_xmp_find(const up_blob *xmp, const up_xmp_property *property, up_span *value);
/* Says `value` wherever the property stands. */
up_status up_xmp_set(up_blob *xmp, const up_xmp_property *property, const char *value,
                     up_error *error);
/* Takes it out, with all that is in its elements; *found: it stood there. What cannot be taken out,
 * as the XML is damaged, takes all of the XMP with it. */
up_status up_xmp_remove(up_blob *xmp, const up_xmp_property *property, bool *found,
                        up_error *error);

/* tiff:Orientation, 1..8; 0 if nothing is said. */
int up_xmp_orientation(const up_blob *xmp);

/* What up_metadata_rescale() promises for XMP. */
up_status up_xmp_rescale(up_blob *xmp, double scale_x, double scale_y, bool transposed, int width,
                         int height, up_error *error);

#endif
