/* SPDX-License-Identifier: MIT */
#include "support/reference/double_planes.h"

#include <criterion/criterion.h>
#include <stdlib.h>

planes planes_make(int channels, int height, int width)
{
    cr_assert(channels > 0 && height > 0 && width > 0, "a layer makes nothing");
    planes p = { channels, height, width, NULL };
    p.value = calloc(planes_count(&p), sizeof *p.value);
    cr_assert_not_null(p.value);
    return p;
}

int planes_padded(int i, int n, up_pad_mode mode)
{
    if (i >= 0 && i < n)
        return i;
    if (mode == UP_PAD_ZEROS)
        return -1;
    if (mode == UP_PAD_REPLICATE)
        return i < 0 ? 0 : n - 1;
    int mirrored = i < 0 ? -i : 2 * (n - 1) - i;
    cr_assert(mirrored >= 0 && mirrored < n, "reflects more than there is");
    return mirrored;
}

planes planes_pad(const planes *in, const int amount[4], up_pad_mode mode, double value)
{
    planes out = planes_make(in->channels, in->height + amount[0] + amount[2],
                             in->width + amount[1] + amount[3]);
    for (int c = 0; c < out.channels; c++)
        for (int y = 0; y < out.height; y++)
            for (int x = 0; x < out.width; x++) {
                int row = planes_padded(y - amount[0], in->height, mode);
                int column = planes_padded(x - amount[1], in->width, mode);
                *planes_at(&out, c, y, x) =
                    row < 0 || column < 0 ? value : *planes_at(in, c, row, column);
            }
    return out;
}
