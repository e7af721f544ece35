/* SPDX-License-Identifier: MIT */
#include "weights/pytorch/pytorch.h"

#include <string.h>

static bool is_zip(const unsigned char *bytes, size_t size)
{
    return size >= 4 && (memcmp(bytes, "PK\3\4", 4) == 0 || memcmp(bytes, "PK\5\6", 4) == 0);
}

static bool is_pytorch(const unsigned char *bytes, size_t size, const char *path)
{
    (void)path;
    return is_zip(bytes, size) || up_pytorch_is_legacy(bytes, size);
}

static up_status read_pytorch(up_tensor_file *file, up_error *error)
{
    size_t size;
    const unsigned char *bytes = up_tensor_file_data(file, &size);
    up_pytorch torch = { .file = file, .error = error, .zipped = is_zip(bytes, size) };
    UP_TRY(torch.zipped ? up_pytorch_read_zip(&torch) : up_pytorch_read_legacy(&torch));
    return up_pytorch_add_best(&torch);
}

const up_weight_format up_pytorch_format = {
    .name = "PyTorch",
    .extensions = "pth pt ckpt bin pkl",
    .is = is_pytorch,
    .read = read_pytorch,
};
