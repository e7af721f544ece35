/* SPDX-License-Identifier: MIT */
#include "io/y4m/yuv_colours.h"

#include <math.h>

static void normalise(up_yuv_taps *taps)
{
    float sum = 0;
    for (int i = 0; i < taps->count; i++)
        sum += taps->weight[i];
    for (int i = 0; i < taps->count; i++)
        taps->weight[i] /= sum;
}

up_yuv_taps up_yuv_taps_up(const up_yuv *yuv, int axis, int at)
{
    const double place = (at + 0.5) / yuv->factor[axis] - 1.0 / yuv->siting[axis];
    const double first = floor(place);
    const float share = (float)(place - first);
    if (share == 0)
        return (up_yuv_taps){ (int)first, 1, { 1 } };
    return (up_yuv_taps){ (int)first, 2, { 1 - share, share } };
}

up_yuv_taps up_yuv_taps_down(const up_yuv *yuv, int axis, int at)
{
    const int factor = yuv->factor[axis];
    const double place = factor * (at + 1.0 / yuv->siting[axis]) - 0.5;
    up_yuv_taps taps = { .first = (int)floor(place) - factor + 1 };
    for (int i = 0; i < 2 * factor && taps.count < UP_YUV_TAPS; i++) {
        const double near = 1 - fabs(taps.first + i - place) / factor;
        if (near > 0)
            taps.weight[taps.count++] = (float)near;
        else if (taps.count == 0)
            taps.first++, i--;
    }
    normalise(&taps);
    return taps;
}

up_yuv_scale up_yuv_scale_of(const up_yuv *yuv)
{
    const float kr = yuv->bt709 ? 0.2126f : 0.299f, kb = yuv->bt709 ? 0.0722f : 0.114f;
    const float kg = 1 - kr - kb;
    float luma[2], chroma[2];
    up_yuv_levels(yuv, 0, luma);
    up_yuv_levels(yuv, 1, chroma);
    return (up_yuv_scale){
        .black = luma[0],
        .unit = luma[1] - luma[0],
        .middle = (float)(128 << (yuv->depth - 8)),
        .reach = chroma[1] - chroma[0],
        .most = (float)((1 << yuv->depth) - 1),
        .red = 2 * (1 - kr),
        .blue = 2 * (1 - kb),
        .green = { -2 * (1 - kb) * kb / kg, -2 * (1 - kr) * kr / kg },
        .luma = { kr, kg, kb },
    };
}

void up_yuv_to_rgb(const up_yuv_scale *scale, float y, float cb, float cr, float rgb[3])
{
    const float luma = (y - scale->black) / scale->unit;
    const float blue = (cb - scale->middle) / scale->reach;
    const float red = (cr - scale->middle) / scale->reach;
    rgb[0] = luma + scale->red * red;
    rgb[1] = luma + scale->green[0] * blue + scale->green[1] * red;
    rgb[2] = luma + scale->blue * blue;
}

void up_yuv_from_rgb(const up_yuv_scale *scale, const float rgb[3], float yuv[3])
{
    const float luma = scale->luma[0] * rgb[0] + scale->luma[1] * rgb[1] + scale->luma[2] * rgb[2];
    yuv[0] = luma * scale->unit + scale->black;
    yuv[1] = (rgb[2] - luma) / scale->blue * scale->reach + scale->middle;
    yuv[2] = (rgb[0] - luma) / scale->red * scale->reach + scale->middle;
}
