/* SPDX-License-Identifier: MIT */
/* Numbers as text and .npy, as explain, deblurring and unpooling read them. The first byte is what
 * they are read as. */
#include "base/memory.h"
#include "explain/small_tensor.h"
#include "fuzz/fuzz.h"
#include "io/text/text_tensor.h"
#include "restore/blur/kernel_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    up_text_tensor tensor;
    up_small small;
    up_blur blur = { 0 };
    int64_t *position, shape[4];
    int dims;
    if (size < 1)
        return 0;
    const char *path = fuzz_file("numbers", data + 1, size - 1);
    switch (data[0] % 4) {
    case 0:
        if (up_text_tensor_parse(&tensor, (const char *)data + 1, size - 1, "text", NULL) == UP_OK)
            up_free(tensor.value);
        break;
    case 1:
        if (up_small_read(&small, path, "--x", NULL) == UP_OK)
            up_small_free(&small);
        break;
    case 2:
        up_kernel_file_read(&blur, path, NULL);
        up_free(blur.weight); /* there also where it failed */
        break;
    default:
        if (up_positions_read(path, &position, shape, &dims, NULL) == UP_OK)
            up_free(position);
    }
    return 0;
}
