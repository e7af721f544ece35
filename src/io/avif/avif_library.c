/* SPDX-License-Identifier: MIT */
#include "io/avif/avif_library.h"

up_avif_functions up_avif;
const up_library up_avif_library = UP_LIBRARY(up_avif, UP_AVIF_FUNCTIONS);
