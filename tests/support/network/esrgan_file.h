/* SPDX-License-Identifier: MIT */
/* A Real-ESRGAN x4 as its training saves it, but for its values. */
#ifndef SUPPORT_ESRGAN_FILE_H
#define SUPPORT_ESRGAN_FILE_H

#include "support/weights/tensor_data.h"

/* A PyTorch file whose weights lie under params_ema. Large networks share their values: the file
 * stays small, the network does not. RealESRGAN_x4plus has 64, 32, 23. */
tensor_file esrgan_file(int features, int growth, int blocks);

#endif
