/* SPDX-License-Identifier: MIT */
/* Light of one set of primaries as light of another. */
#ifndef UP_COLOUR_PRIMARIES_H
#define UP_COLOUR_PRIMARIES_H

#include <stdbool.h>

/* The matrix, row by row, from linear RGB of `from` to that of `to`: chromaticities x, y of white,
 * red, green and blue, as up_h273_primaries() gives them; whites are adapted by Bradford's cone
 * responses, as ICC profiles do. false where the chromaticities make no colours. */
bool up_primaries_matrix(double matrix[9], const double from[8], const double to[8]);

#endif
