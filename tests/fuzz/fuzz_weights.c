/* SPDX-License-Identifier: MIT */
/* Weight files, byte by byte. FUZZ_FILE is how the file is called, which may help to tell its
 * format. */
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_weights(data, size, FUZZ_FILE);
    return 0;
}
