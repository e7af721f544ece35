/* SPDX-License-Identifier: MIT */
#include "base/machine/pango_library.h"

#ifdef UPSCALE_PANGO

up_pango_functions up_pango;
const up_library up_pango_library = UP_LIBRARY(up_pango, UP_PANGO_FUNCTIONS);

#endif
