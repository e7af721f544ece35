/* A Real-ESRGAN x4 as its training saves it, but for its size: 4 features, one block. */
#ifndef SUPPORT_ESRGAN_FILE_H
#define SUPPORT_ESRGAN_FILE_H

#include "support/tensor_data.h"

/* A PyTorch file whose weights lie under params_ema. */
tensor_file esrgan_file(void);

#endif
