/* SPDX-License-Identifier: MIT */
#include "base/scale.h"

#include <math.h>

bool up_options_scale(const up_options *options, double scale[2])
{
    const double rows = options->scale.rows, columns = options->scale.columns;
    scale[0] = rows != 0 ? rows : columns != 0 ? columns : UP_DEFAULT_SCALE;
    scale[1] = columns != 0 ? columns : scale[0];
    return rows != 0 || columns != 0;
}

int up_scale_whole(const double scale[2], int most)
{
    const bool whole = scale[0] == scale[1] && scale[0] == floor(scale[0]);
    return whole && scale[0] >= 1 && scale[0] <= most ? (int)scale[0] : 0;
}
