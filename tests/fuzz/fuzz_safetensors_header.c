/* SPDX-License-Identifier: MIT */
/* Headers of safetensors with the right length before them and as many bytes behind them as the
 * first two of the input say. With FUZZ_LAYERS the input is the metadata upscale.layers of a file
 * with some tensors. */
#include "base/json/json_writer.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void read_packed(const char *header, size_t length, size_t values)
{
    fuzz_bytes file = { 0 };
    static const uint8_t zeros[1 << 16];
    fuzz_put_number(&file, length, 8);
    fuzz_put(&file, header, length);
    fuzz_put(&file, zeros, values);
    fuzz_weights(file.data, file.size, "net.safetensors");
    free(file.data);
}

#ifdef FUZZ_LAYERS
static const char tensors[] =
    ",\"a.weight\":{\"dtype\":\"F32\",\"shape\":[4,1,3,3],\"data_offsets\":[0,144]}"
    ",\"a.bias\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[144,160]}"
    ",\"b.weight\":{\"dtype\":\"F32\",\"shape\":[4,4,3,3],\"data_offsets\":[160,736]}"
    ",\"b.bias\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[736,752]}"
    ",\"c.weight\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[752,768]}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bytes header = { 0 };
    char *text = malloc(size + 1);
    up_json_writer json = { 0 };
    if (text) {
        memcpy(text, data, size); /* as metadata it ends at its first NUL */
        text[size] = '\0';
        up_json_put_text(&json, text);
    }
    char *escaped = text ? up_json_take(&json) : NULL;
    if (escaped) {
        static const char start[] = "{\"__metadata__\":{\"upscale.layers\":";
        fuzz_put(&header, start, sizeof start - 1);
        fuzz_put(&header, escaped, strlen(escaped));
        fuzz_put(&header, "}", 1);
        fuzz_put(&header, tensors, sizeof tensors - 1);
        read_packed((const char *)header.data, header.size, 768);
    }
    free(escaped);
    free(text);
    free(header.data);
    return 0;
}
#else
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size >= 2)
        read_packed((const char *)data + 2, size - 2, data[0] | (size_t)data[1] << 8);
    return 0;
}
#endif
