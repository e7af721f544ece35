/* SPDX-License-Identifier: MIT */
#include "io/jxl/jxl_library.h"

up_jxl_functions up_jxl;
const up_library up_jxl_library = UP_LIBRARY(up_jxl, UP_JXL_FUNCTIONS);
