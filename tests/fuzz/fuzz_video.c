/* SPDX-License-Identifier: MIT */
/* Videos of small frames: frame by frame, as pictures and as planes, and into a video again. The
 * first byte says which. */
#include "base/memory.h"
#include "fuzz/fuzz.h"
#include "io/sink.h"
#include "io/source_open.h"
#include "upscale.h"

enum { MOST_SIDE = 64, MOST_FRAMES = 8 };

static void read_frames(up_source *source, bool by_planes)
{
    uint16_t row[3 * MOST_SIDE];
    bool there = true;
    source->split(source, by_planes);
    for (int f = 0; f < MOST_FRAMES; f++) {
        if (up_source_next(source, &there, NULL) != UP_OK || !there)
            return;
        const int planes = by_planes ? source->planes->yuv.planes : 1;
        for (int p = 0; p < planes; p++)
            for (int y = 0; y < up_plane_side(&source->planes->yuv, p, 0, source->format.height);
                 y++)
                if (up_source_read(source, (void *[]){ row }, 1, NULL) != UP_OK)
                    return;
    }
}

static bool is_small(const up_source *source)
{
    return source->format.width <= MOST_SIDE && source->format.height <= MOST_SIDE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    up_source *source;
    up_reader *reader;
    if (size == 0 || up_reader_open_memory(&reader, data + 1, size - 1, "video", NULL) != UP_OK ||
        up_source_open_reader(&source, reader, NULL) != UP_OK)
        return 0;
    const bool small = source->split && is_small(source);
    if (small)
        read_frames(source, data[0] % 2);
    up_source_close(&source);
    if (!small)
        return 0;
    const up_options options = { .method = data[0] & 2 ? "nearest" : "bicubic",
                                 .output_format = "y4m",
                                 .linear = data[0] & 4,
                                 .depth = data[0] & 8 ? 16 : 0,
                                 .scale = { 1.5, 2 },
                                 .threads = 1,
                                 .max_memory = (size_t)256 << 20 };
    up_bytes made;
    if (up_upscale_memory(data + 1, size - 1, &made, &options, NULL) == UP_OK)
        up_bytes_free(&made);
    return 0;
}
