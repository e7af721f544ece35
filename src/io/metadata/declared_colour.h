/* SPDX-License-Identifier: MIT */
/* What a file declares about its colours: which word counts, and what other formats can say of it.
 */
#ifndef UP_IO_DECLARED_COLOUR_H
#define UP_IO_DECLARED_COLOUR_H

#include "base/notes.h"
#include "colour/transfer.h"
#include "io/metadata/metadata.h"

/* The curves of the first that knows: cICP, the ICC profile, sRGB, gAMA, the gamma and colour space
 * of EXIF; else those of sRGB. CMYK has none, for inks cover areas: light->curves is 0. `input` is
 * the format of the samples. Free with up_light_free(). */
up_status up_declared_light(up_light *light, const up_metadata *m, const up_format *input,
                            up_error *error);

/* Whether cICP is that word. */
bool up_declared_by_cicp(const up_metadata *m);

/* The profile and the tags alone, replacing all of `to`. */
up_status up_declared_copy(up_metadata *to, const up_metadata *from, up_error *error);

/* For formats whose only word is a profile: makes one where the colours are declared otherwise, and
 * notes what it cannot say. `input` is the format of the samples that are declared, `output` of
 * those to be described. */
up_status up_declared_by_profile(up_metadata *m, const up_format *input, const up_format *output,
                                 up_notes *notes, up_error *error);

/* For PNG: a profile for grey pictures where they became RGB, or the other way round, is made one
 * that fits. */
up_status up_declared_by_chunks(up_metadata *m, const up_format *input, const up_format *output,
                                up_notes *notes, up_error *error);

/* For formats that hold nothing, where all samples are taken for sRGB. */
up_status up_declared_by_nothing(up_metadata *m, const up_format *input, const up_format *output,
                                 up_notes *notes, up_error *error);

#endif
