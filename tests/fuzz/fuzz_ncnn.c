/* SPDX-License-Identifier: MIT */
/* A network of ncnn in its two files: the text, a NUL, and what the .bin holds. */
#include "fuzz/fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    const size_t text = nul ? (size_t)(nul - data) : size;
    fuzz_file("net.bin", nul ? nul + 1 : data, nul ? size - text - 1 : 0);
    fuzz_weights_file(fuzz_file("net.param", data, text));
    return 0;
}
