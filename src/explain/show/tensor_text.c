/* SPDX-License-Identifier: MIT */
/* The numbers of a file for people. */

#include <upscale_explain.h>

#include "base/text_stream.h"
#include "explain/show/text_blocks.h"
#include "upscale_explain.h"

#include <stdlib.h>

static void write_channel(FILE *out, const up_small *t, int c, int frames, int digits)
{
    const int channels = t->channels / frames;
    const size_t plane = (size_t)t->height * t->width;
    const up_small one = { 1, t->height, t->width, t->value + (size_t)c * plane };
    up_text_blocks blocks = { 0 };
    char title[64] = "";
    if (frames > 1)
        snprintf(title, sizeof title, "frame %d, channel %d", c / channels, c % channels);
    else if (channels > 1)
        snprintf(title, sizeof title, "channel %d", c);
    if (c > 0)
        fputc('\n', out);
    up_blocks_tensor(&blocks, *title ? title : NULL, &one, NULL, digits);
    up_blocks_write(&blocks, out, 80);
}

/* Frees the tensor. */
static up_status write_text(char **text, up_small *t, int frames, int digits, up_error *error)
{
    size_t size;
    FILE *out = up_text_stream(text, &size);
    for (int c = 0; out && c < t->channels; c++)
        write_channel(out, t, c, frames, digits);
    const bool fine = out && fclose(out) == 0;
    up_small_free(t);
    if (fine)
        return UP_OK;
    free(*text);
    *text = NULL;
    return up_fail_memory(error, "text", 0);
}

up_status up_tensor_text(char **text, const char *path, int digits, up_error *error)
{
    up_small t;
    int frames;
    *text = NULL;
    UP_TRY(up_small_read_file(&t, &frames, path, path, error));
    return write_text(text, &t, frames, digits, error);
}

up_status up_pixels_text(char **text, const up_pixels *pixels, int digits, up_error *error)
{
    up_small t;
    int frames;
    *text = NULL;
    UP_TRY(up_small_from_pixels(&t, &frames, pixels, error));
    return write_text(text, &t, frames, digits, error);
}
