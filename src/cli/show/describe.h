/* SPDX-License-Identifier: MIT */
/* Images in words. */
#ifndef UP_CLI_DESCRIBE_H
#define UP_CLI_DESCRIBE_H

#include "upscale.h"

const char *cli_color_name(up_color color); /* "RGB"; "tensor" */

/* "1920 x 1080 RGB, 8 bit" in new memory. */
char *cli_describe_format(const up_format *format);

#endif
