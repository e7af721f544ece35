/* SPDX-License-Identifier: MIT */
/* Tensors from text files, which are small: the whole is read when it is opened. */

#include "io/formats.h"

#include "base/memory.h"
#include "io/text/text_tensor.h"

#include <string.h>

typedef struct {
    up_source base;
    up_text_tensor tensor;
    int y;
} text_source;

static up_status read_rows(up_source *source, void *const *row, int count, up_error *error)
{
    text_source *s = (text_source *)source;
    const up_text_tensor *t = &s->tensor;
    (void)error;
    for (int c = 0; c < t->channels; c++)
        for (int i = 0; i < count; i++)
            memcpy(row[c * count + i], t->value + ((size_t)c * t->height + s->y + i) * t->width,
                   t->width * sizeof *t->value);
    s->y += count;
    return UP_OK;
}

static void close_text(up_source *source)
{
    up_free(((text_source *)source)->tensor.value);
}

static up_status open_text(up_source **source, up_reader *reader, up_error *error)
{
    text_source *s = up_alloc_zero(1, sizeof *s);
    if (!s)
        return up_fail_memory(error, up_reader_name(reader), sizeof *s);
    up_metadata_init(&s->base.metadata);
    up_status status = up_text_tensor_read(&s->tensor, reader, error);
    if (status != UP_OK) {
        up_free(s);
        return status;
    }
    const up_text_tensor *t = &s->tensor;
    s->base.type = "txt";
    s->base.read = read_rows;
    s->base.close = close_text;
    s->base.held_bytes = (size_t)t->channels * t->height * t->width * sizeof *t->value;
    s->base.format = (up_format){ .frames = 1,
                                  .channels = t->channels,
                                  .height = t->height,
                                  .width = t->width,
                                  .color = UP_COLOR_TENSOR,
                                  .sample = UP_SAMPLE_F32,
                                  .depth = 32,
                                  .planar = true,
                                  .dims = t->channels > 1 ? 3 : 2 };
    *source = &s->base;
    return UP_OK;
}

const up_source_format up_txt_source = { .type = "txt",
                                         .probe = up_text_tensor_probe,
                                         .open = open_text };
