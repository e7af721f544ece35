/* SPDX-License-Identifier: MIT */
/* Pairs of a spoilt input and a clean target, made as they are needed: from a place of a
 * photograph, or drawn. All colours of the network; a plane of strength behind them where it takes
 * one. */
#ifndef UP_TRAIN_PAIRS_H
#define UP_TRAIN_PAIRS_H

#include "base/random.h"
#include "methods/luma.h"
#include "network/metadata/stated.h"
#include "train/data/patch_shape.h"
#include "train/data/residual.h"
#include "train/photo/recipe.h"
#include "train/photo/rendered_text.h"

typedef struct {
    up_recipe recipe;
    int scale;
    int factor; /* pixels of pictures for one of the input, along a side: a multiple of the scale */
    int colors; /* 1: studio luma; 3: as `luma` says, or RGB */
    bool rgb, conditioned;
    up_luma luma;     /* of samples 0..255 to 0..1 */
    float light[256]; /* of sRGB's samples, 0..255 */
    up_text_pages text;
} up_pair_maker;

/* `recipe` as --recipe has it, `color` one of y-studio (or any), rgb and ycbcr. */
up_status up_pair_maker_make(up_pair_maker *maker, const char *recipe, int scale,
                             up_weights_color color, bool conditioned, uint64_t seed,
                             up_error *error);
void up_pair_maker_free(up_pair_maker *maker);

/* Room of one thread for patches of up to size x size. */
typedef struct {
    uint8_t *high, *clean, *spoilt;
    float *wide, *rows, *low, *room, *plane;
} up_pair_work;

up_status up_pair_work_make(up_pair_work *work, const up_pair_maker *maker, int size,
                            up_error *error);
double up_pair_work_bytes(const up_pair_maker *maker, int size);
void up_pair_work_free(up_pair_work *work);

/* A place of a photograph, at low-resolution pixel (x, y), turned as up_patch_take() does it;
 * picture NULL: it is drawn. */
typedef struct {
    const up_train_picture *picture;
    int x, y, turn;
} up_pair_place;

/* Fills input planes and, less what the network's result is added to, target planes (up_patch in
 * data/patches.h) of a square patch. Fails where there is no memory. */
up_status up_pair_make(const up_pair_maker *maker, up_pair_work *work, const up_pair_place *place,
                       const up_residual *residual, up_random *random, const up_patch_shape *shape,
                       float *input, float *target, up_error *error);

#endif
