/* SPDX-License-Identifier: MIT */
#include "measure/kinds/light_rows.h"

#include "colour/transfer.h"

double up_light_of_level(double level)
{
    const up_transfer srgb = up_transfer_srgb();
    return up_transfer_to_light(&srgb, level / 255);
}

up_status up_light_rows_init(up_light_rows *rows, const up_pixels *a, const up_pixels *b,
                             const up_measuring *how, up_error *error)
{
    up_measuring coloured = how ? *how : (up_measuring){ 0 };
    coloured.channel = UP_CHANNEL_RGB;
    UP_TRY(up_measured_init(&rows->measured, a, b, &coloured, error));
    for (int i = 0; i < 256; i++)
        rows->light[i] = (float)up_light_of_level(i);
    return UP_OK;
}

void up_light_row(const up_light_rows *rows, int picture, int y, float *row)
{
    const up_measured *m = &rows->measured;
    up_measured_row(m, picture, y, row);
    for (int c = 0; c < m->planes; c++) {
        float *plane = row + (size_t)c * m->stride;
        for (int x = 0; x < m->width; x++) {
            const int level = (int)plane[x];
            plane[x] = (float)level == plane[x] ? rows->light[level]
                                                : (float)up_light_of_level((double)plane[x]);
        }
    }
}
