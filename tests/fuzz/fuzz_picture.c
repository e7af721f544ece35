/* SPDX-License-Identifier: MIT */
/* Files of pictures: png, jpeg, webp, tiff, jxl, avif, heic, bmp, qoi, tga, pnm, npy, text. What
 * differs is the corpus. */
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_picture(data, size);
    return 0;
}
