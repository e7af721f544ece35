/* SPDX-License-Identifier: MIT */
#include "io/tiff/tiff_library.h"

up_tiff_functions up_tiff;
const up_library up_tiff_library = UP_LIBRARY(up_tiff, UP_TIFF_FUNCTIONS);
