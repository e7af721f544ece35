/* SPDX-License-Identifier: MIT */
#include "compare/regions.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SAMPLES = 2 << 20, MOST_COMPARED = 64 };

up_status up_regions_init(up_regions *regions, int width, int height, int results, up_error *error)
{
    int step = 1;
    while ((int64_t)(width / step + 1) * (height / step + 1) > MOST_SAMPLES)
        step++;
    *regions = (up_regions){
        .width = width,
        .height = height,
        .step = step,
        .columns = up_max(width / step, 1),
        .rows = up_max(height / step, 1),
        .count = results,
    };
    size_t samples = (size_t)regions->columns * (size_t)regions->rows;
    regions->luma = up_alloc_zero(samples, (size_t)results);
    return regions->luma ? UP_OK : up_fail_memory(error, "samples", samples * (size_t)results);
}

void up_regions_clear(up_regions *regions)
{
    up_free(regions->luma);
    regions->luma = NULL;
}

void up_regions_begin(up_regions *regions, int result, const up_format *format)
{
    regions->filling = result;
    regions->format = *format;
}

static unsigned sample(const up_regions *p, const void *row, int x, int c)
{
    size_t i = (size_t)x * (size_t)p->format.channels + (size_t)c;
    return p->format.sample == UP_SAMPLE_U16 ? ((const uint16_t *)row)[i] >> 8
                                             : ((const uint8_t *)row)[i];
}

/* Samples are strewn, so that a pattern with the period of the step is not missed. */
static int strewn(int i, int step, int limit)
{
    return up_min(i * step + i * 7 % step, limit - 1);
}

void up_regions_watch(void *regions, int y, const void *row)
{
    up_regions *p = regions;
    int j = y / p->step;
    if (j >= p->rows || y != strewn(j, p->step, p->height))
        return;
    size_t samples = (size_t)p->columns * (size_t)p->rows;
    uint8_t *out = p->luma + (size_t)p->filling * samples + (size_t)j * (size_t)p->columns;
    for (int i = 0; i < p->columns; i++) {
        int x = strewn(i, p->step, p->width);
        unsigned luma = sample(p, row, x, 0);
        if (p->format.channels >= 3)
            luma = (77 * luma + 150 * sample(p, row, x, 1) + 29 * sample(p, row, x, 2)) >> 8;
        if (up_color_has_alpha(p->format.color))
            luma = luma * sample(p, row, x, p->format.channels - 1) / 255;
        out[i] = (uint8_t)luma;
    }
}

static unsigned spread(const up_regions *p, size_t at, size_t samples)
{
    uint8_t sorted[MOST_COMPARED];
    int n = up_min(p->count, MOST_COMPARED);
    for (int i = 0; i < n; i++) {
        uint8_t value = p->luma[(size_t)i * samples + at];
        int k = i;
        for (; k > 0 && sorted[k - 1] > value; k--)
            sorted[k] = sorted[k - 1];
        sorted[k] = value;
    }
    return n < 2 ? 0 : (unsigned)(sorted[n - 1 - n / 4] - sorted[n / 4]);
}

/* sum[y * (columns + 1) + x]: of all spreads above and left of x, y. MOST_SAMPLES of them fit. */
static uint32_t *sums_of_spreads(const up_regions *p)
{
    size_t wide = (size_t)p->columns + 1, samples = (size_t)p->columns * (size_t)p->rows;
    uint32_t *sum = up_alloc_zero(wide * ((size_t)p->rows + 1), sizeof *sum);
    for (size_t y = 0; sum && y < (size_t)p->rows; y++) {
        uint32_t line = 0;
        for (size_t x = 0; x < (size_t)p->columns; x++) {
            line += spread(p, y * (size_t)p->columns + x, samples);
            sum[(y + 1) * wide + x + 1] = sum[y * wide + x + 1] + line;
        }
    }
    return sum;
}

static uint32_t sum_in(const up_regions *p, const uint32_t *sum, const up_box *box)
{
    size_t wide = (size_t)p->columns + 1;
    size_t x0 = (size_t)(box->x / p->step), y0 = (size_t)(box->y / p->step);
    size_t x1 = (size_t)up_min((box->x + box->width) / p->step, p->columns);
    size_t y1 = (size_t)up_min((box->y + box->height) / p->step, p->rows);
    return sum[y1 * wide + x1] - sum[y0 * wide + x1] - sum[y1 * wide + x0] + sum[y0 * wide + x0];
}

static bool overlaps(const up_box *a, const up_box *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
           b->y < a->y + a->height;
}

/* Not so near that both show the same thing. */
static bool is_free(const up_box *box, const up_box *list, int count)
{
    const up_box around = { box->x - box->width / 2, box->y - box->height / 2, 2 * box->width,
                            2 * box->height };
    for (int i = 0; i < count; i++)
        if (overlaps(&around, &list[i]))
            return false;
    return true;
}

int up_regions_find(up_regions *regions, up_box *box, int most, int side, const up_box *taken,
                    int taken_count)
{
    uint32_t *sum = regions->count > 1 ? sums_of_spreads(regions) : NULL;
    int width = up_min(side, regions->width), height = up_min(side, regions->height), found = 0;
    int stride = up_max(side / 4, 1);
    for (; sum && found < most; found++) {
        uint32_t best = 0;
        for (int y = 0; y + height <= regions->height; y += stride)
            for (int x = 0; x + width <= regions->width; x += stride) {
                const up_box candidate = { x, y, width, height };
                uint32_t value = sum_in(regions, sum, &candidate);
                if (value > best && is_free(&candidate, box, found) &&
                    is_free(&candidate, taken, taken_count)) {
                    best = value;
                    box[found] = candidate;
                }
            }
        if (best == 0)
            break;
    }
    up_free(sum);
    return found;
}
