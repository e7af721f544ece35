/* SPDX-License-Identifier: MIT */
#include "weights/safetensors/safetensors.h"

#include <string.h>

#include "base/words.h"
#include "weights/safetensors/safetensors_header.h"

#define PREFIX 8 /* bytes of the header's length */

static size_t header_size(const unsigned char *bytes)
{
    size_t size = 0;
    for (int i = PREFIX; i-- > 0;)
        size = size << 8 | bytes[i];
    return size;
}

/* A length that can be, and a JSON object, which may stand behind white space; or named so. */
static bool is_safetensors(const unsigned char *bytes, size_t size, const char *path)
{
    if (up_word_listed(up_safetensors_format.extensions, up_path_extension(path)))
        return true;
    return size > PREFIX && header_size(bytes) <= UP_SAFETENSORS_MOST_HEADER &&
           strchr("{ \t\r\n", bytes[PREFIX]) && bytes[PREFIX];
}

static up_status read_safetensors(up_tensor_file *file, up_error *error)
{
    size_t size;
    const unsigned char *bytes = up_tensor_file_data(file, &size);
    if (size < PREFIX)
        return up_tensor_file_refuse(file, error, "smaller than 8 bytes");
    size_t header = header_size(bytes);
    if (header > UP_SAFETENSORS_MOST_HEADER)
        return up_tensor_file_refuse(file, error, "a header of %zu bytes", header);
    if (header > size - PREFIX)
        return up_tensor_file_refuse(file, error,
                                     "the file ends before its header does (truncated?)");
    return up_safetensors_header_read(file, (const char *)bytes + PREFIX, header,
                                      size - PREFIX - header, error);
}

const up_weight_format up_safetensors_format = {
    .name = "safetensors",
    .extensions = "safetensors",
    .is = is_safetensors,
    .read = read_safetensors,
};
