/* SPDX-License-Identifier: MIT */
/* Two pictures that are measured as the rows of one tensor: red, green and blue of both, in 0..255,
 * grey as colour, what is seen on white of those with alpha. */
#ifndef UP_MEASURE_PAIR_SOURCE_H
#define UP_MEASURE_PAIR_SOURCE_H

#include "io/source.h"
#include "measure/measured.h"

up_format up_pair_format(const up_measured *measured);

/* `measured`, of three planes, must outlive it. */
up_status up_pair_source_open(up_source **source, const up_measured *measured, up_error *error);

#endif
