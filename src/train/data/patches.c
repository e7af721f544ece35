/* SPDX-License-Identifier: MIT */
#include "train/data/patches.h"

#include "base/memory.h"

#include <stdlib.h>

static uint64_t places(const up_train_picture *picture, int size)
{
    if (picture->width < size || picture->height < size)
        return 0;
    return (uint64_t)(picture->width - size + 1) * (uint64_t)(picture->height - size + 1);
}

up_status up_patches_make(up_patches *patches, const up_train_pictures *set, int scale, int size,
                          int candidates, up_error *error)
{
    *patches =
        (up_patches){ set, scale, size, candidates, up_alloc(set->count, sizeof *patches->until) };
    if (!patches->until)
        return up_fail_memory(error, "patches", set->count * sizeof *patches->until);
    uint64_t sum = 0;
    for (size_t i = 0; i < set->count; i++)
        patches->until[i] = sum += places(&set->picture[i], size);
    if (sum > 0)
        return UP_OK;
    up_patches_free(patches);
    return up_fail(error, UP_ERROR_ARGUMENT,
                   "no picture is large enough for patches of %d low-resolution pixels; take "
                   "larger pictures or smaller patches (--patch)",
                   size);
}

void up_patches_free(up_patches *patches)
{
    up_free(patches->until);
    patches->until = NULL;
}

/* How to walk a square in one of the eight directions. */
typedef struct {
    ptrdiff_t start, right, down;
} walk;

static walk turned(int stride, int x, int y, int width, int height, int turn)
{
    walk w = { (ptrdiff_t)y * stride + x, 1, stride };
    if (turn & 1) {
        w.start += (width - 1) * w.right;
        w.right = -w.right;
    }
    if (turn & 2) {
        w.start += (height - 1) * w.down;
        w.down = -w.down;
    }
    if (turn & 4) {
        ptrdiff_t right = w.right;
        w.right = w.down;
        w.down = right;
    }
    return w;
}

static void take_target(const up_train_picture *picture, const up_residual *residual, int phase,
                        const walk *w, const up_patch *patch)
{
    const int scale = residual->scale;
    const ptrdiff_t start = w->start + phase / scale * w->down + phase % scale * w->right;
    float *to = patch->target + phase * patch->shape.size;
    for (int y = 0; y < patch->shape.height; y++)
        for (int x = 0; x < patch->shape.width; x++)
            to[(size_t)y * patch->shape.stride + x] =
                up_residual_at(residual, picture, start + scale * (y * w->down + x * w->right));
}

void up_patch_take(const up_train_picture *picture, const up_residual *residual, int x, int y,
                   int turn, const up_patch *patch)
{
    const int width = patch->shape.width, height = patch->shape.height, scale = residual->scale;
    walk low = turned(picture->width, x, y, width, height, turn);
    walk high =
        turned(picture->width * scale, x * scale, y * scale, width * scale, height * scale, turn);
    const float *from = picture->low + low.start;
    for (int v = 0; v < height; v++)
        for (int u = 0; u < width; u++)
            patch->input[(size_t)v * patch->shape.stride + u] = from[v * low.down + u * low.right];
    for (int phase = 0; phase < scale * scale; phase++)
        take_target(picture, residual, phase, &high, patch);
}

static up_patch_place draw_place(const up_patches *patches, up_random *random)
{
    uint64_t place = up_random_below(random, patches->until[patches->set->count - 1]);
    size_t low = 0, high = patches->set->count - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (patches->until[middle] > place)
            high = middle;
        else
            low = middle + 1;
    }
    const up_train_picture *picture = &patches->set->picture[low];
    place -= low > 0 ? patches->until[low - 1] : 0;
    uint64_t columns = (uint64_t)(picture->width - patches->size + 1);
    return (up_patch_place){ picture, (int)(place % columns), (int)(place / columns) };
}

/* The sum of what bicubic leaves over. */
static int64_t left_over(const up_patches *patches, const up_patch_place *at)
{
    const int side = patches->size * patches->scale;
    const size_t stride = (size_t)at->picture->width * patches->scale;
    const int16_t *row = at->picture->residual + ((size_t)at->y * stride + at->x) * patches->scale;
    int64_t sum = 0;
    for (int y = 0; y < side; y++, row += stride) {
        int32_t line = 0;
        for (int x = 0; x < side; x++)
            line += row[x] < 0 ? -row[x] : row[x];
        sum += line;
    }
    return sum;
}

/* Differences between neighbours, of every other pixel of green. */
static int64_t differences(const up_patches *patches, const up_patch_place *at)
{
    const int side = patches->size * patches->scale;
    const size_t row = (size_t)at->picture->width * patches->scale * 3;
    const uint8_t *from = at->picture->pixels + (size_t)at->y * patches->scale * row +
                          (size_t)at->x * patches->scale * 3;
    int64_t sum = 0;
    for (int y = 0; y + 1 < side; y += 2)
        for (int x = 0; x + 1 < side; x += 2) {
            const uint8_t *green = from + y * row + (size_t)x * 3 + 1;
            sum += abs(green[0] - green[3]) + abs(green[0] - green[row]);
        }
    return sum;
}

static int64_t detail_at(const up_patches *patches, const up_patch_place *at)
{
    return at->picture->pixels ? differences(patches, at) : left_over(patches, at);
}

up_patch_place up_patches_place(const up_patches *patches, up_random *random)
{
    up_patch_place best = draw_place(patches, random);
    int64_t most = patches->candidates > 1 ? detail_at(patches, &best) : 0;
    for (int i = 1; i < patches->candidates; i++) {
        up_patch_place other = draw_place(patches, random);
        int64_t detail = detail_at(patches, &other);
        if (detail > most) {
            most = detail;
            best = other;
        }
    }
    return best;
}

void up_patches_draw(const up_patches *patches, const up_residual *residual, up_random *random,
                     const up_patch *patch)
{
    const up_patch_place at = up_patches_place(patches, random);
    up_patch_take(at.picture, residual, at.x, at.y, (int)up_random_below(random, 8), patch);
}
