/* SPDX-License-Identifier: MIT */
/* ICC profiles, by Little CMS: what curve one has, and one that says what a file said otherwise. */
#ifndef UP_COLOUR_PROFILE_H
#define UP_COLOUR_PROFILE_H

#include "base/status.h"
#include "colour/transfer.h"

#include <stddef.h>
#include <stdint.h>

/* Whether the header is that of a profile for grey, or for RGB pictures. */
bool up_profile_fits(const uint8_t *icc, size_t size, bool grey);

/* Whether it is that of a profile for CMYK. */
bool up_profile_fits_inks(const uint8_t *icc, size_t size);
/* The four bytes of its tag for video signals (ICC.1:2022); false if it has none. */
bool up_profile_cicp(uint8_t cicp[4], const uint8_t *icc, size_t size);

/* The curves of a profile that fits: its grey or three colour TRC; of one with tables instead (LUT)
 * how luminance grows along its greys. light->curves is 0 if it has none that rises, or is damaged.
 */
up_status up_profile_light(up_light *light, const uint8_t *icc, size_t size, bool grey,
                           up_error *error);

typedef struct {
    bool grey;
    const up_transfer *transfer;
    const double *chromaticities; /* white, red, green, blue x y; NULL: those of BT.709 */
    const uint8_t *cicp;          /* the four bytes of its tag, RGB only; NULL: none */
    const char *description;
} up_profile_recipe;

/* Makes a profile, always the same bytes for a recipe; free it with up_free(). *icc is NULL where
 * the chromaticities make no sense. */
up_status up_profile_make(uint8_t **icc, size_t *size, const up_profile_recipe *recipe,
                          up_error *error);

#endif
