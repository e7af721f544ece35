/* SPDX-License-Identifier: MIT */
#include "train/photo/train_samples.h"

#include "base/memory.h"

enum { MOST_ACROSS = 3 }; /* tiles side by side */

size_t up_samples_pictures(const up_samples *samples)
{
    return samples->set->count + (samples->drawn > 0);
}

int up_samples_tile_size(const up_samples *samples)
{
    int size = UP_SAMPLE_TILE;
    for (size_t i = 0; i < samples->set->count; i++) {
        const up_train_picture *picture = &samples->set->picture[i];
        size = up_min(size, up_min(picture->width, picture->height));
    }
    return size / 16 * 16;
}

static int across(int length, int size)
{
    return up_min(length / size, MOST_ACROSS);
}

int up_samples_tiles(const up_samples *samples, size_t i, int size)
{
    if (i == samples->set->count)
        return samples->drawn;
    const up_train_picture *picture = &samples->set->picture[i];
    return across(picture->width, size) * across(picture->height, size);
}

up_status up_samples_work_make(up_pair_work *work, const up_samples *samples, int size,
                               up_error *error)
{
    *work = (up_pair_work){ 0 };
    return samples->maker ? up_pair_work_make(work, samples->maker, size, error) : UP_OK;
}

double up_samples_work_bytes(const up_samples *samples, int size)
{
    return samples->maker ? up_pair_work_bytes(samples->maker, size) : 0;
}

static up_status make_pair(const up_samples *samples, const up_residual *residual,
                           const up_pair_place *place, up_random *random, up_pair_work *work,
                           const up_patch *patch, up_error *error)
{
    return up_pair_make(samples->maker, work, place, residual, random, &patch->shape, patch->input,
                        patch->target, error);
}

up_status up_samples_draw(const up_samples *samples, const up_residual *residual, up_random *random,
                          up_pair_work *work, const up_patch *patch, up_error *error)
{
    up_pair_place place = { 0 };
    if (!samples->maker) {
        up_patches_draw(samples->patches, residual, random, patch);
        return UP_OK;
    }
    if (up_random_unit(random) >= samples->maker->recipe.rendered) {
        const up_patch_place at = up_patches_place(samples->patches, random);
        place = (up_pair_place){ at.picture, at.x, at.y, (int)up_random_below(random, 8) };
    }
    return make_pair(samples, residual, &place, random, work, patch, error);
}

/* Where tile i of `count` begins: they are spread evenly, one alone is in the middle. */
static int tile_start(int i, int count, int length, int size)
{
    return count == 1 ? (length - size) / 2 : (length - size) * i / (count - 1);
}

up_status up_samples_tile(const up_samples *samples, const up_residual *residual, size_t i,
                          int tile, up_pair_work *work, const up_patch *patch, up_error *error)
{
    const int size = patch->shape.width;
    up_random random = up_random_make(samples->seed, i, (uint64_t)tile);
    up_pair_place place = { 0 };
    if (i < samples->set->count) {
        const up_train_picture *picture = &samples->set->picture[i];
        const int columns = across(picture->width, size), rows = across(picture->height, size);
        place.picture = picture;
        place.x = tile_start(tile % columns, columns, picture->width, size);
        place.y = tile_start(tile / columns, rows, picture->height, size);
    }
    if (samples->maker)
        return make_pair(samples, residual, &place, &random, work, patch, error);
    up_patch_take(place.picture, residual, place.x, place.y, 0, patch);
    return UP_OK;
}
