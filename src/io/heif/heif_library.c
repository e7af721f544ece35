/* SPDX-License-Identifier: MIT */
#include "io/heif/heif_library.h"

up_heif_functions up_heif;
const up_library up_heif_library = UP_LIBRARY(up_heif, UP_HEIF_FUNCTIONS);
