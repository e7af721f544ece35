/* SPDX-License-Identifier: MIT */
/*
 * How inputs are made of clean pictures, as JSON: an object of these, of which what is left out
 * does not happen. Shares are of patches, 0 to 1; each patch draws its own.
 *
 *   reductions      {"bicubic": 3, "box": 2, ...}: how often each is taken, beside the others:
 *                   bicubic (MATLAB's), box, lanczos, bilinear (antialiased), nearest (aliased)
 *   linear_light    share reduced in linear light, not as sRGB
 *   blur            {"share", "from", "to"}: Gaussian before, its deviation in pixels of the input
 *   unsharp         {"share", "from", "to"}: mask behind, its amount; the radius is 1 pixel
 *   noise           {"share", "from", "to", "sensor"}: its standard deviation in 8-bit levels; the
 *                   share `sensor` of it grows with light, as that of sensors does
 *   jpeg            {"share", "from", "to", "444", "twice", "unaligned"}: libjpeg's quality; shares
 *                   of it without subsampled chroma (else 4:2:0), of a second time before, of
 *                   another quality, and of those with another grid of blocks
 *   strength_error  what is told of the strength is off by up to this much
 *   rendered        share of patches that are drawn (rendered.h) and not of photographs
 *   reduced         of scale 1: input and target are both made from pictures so many times as
 *                   large, 1 to 4, the target always by bicubic
 *   native          share of these that are not reduced at all
 *   description     anything
 *
 * Strength is that of network/metadata/condition.h, by the last JPEG and the noise.
 */
#ifndef UP_TRAIN_RECIPE_H
#define UP_TRAIN_RECIPE_H

#include "base/status.h"

#include <jansson.h>

typedef enum {
    UP_REDUCE_BICUBIC,
    UP_REDUCE_BOX,
    UP_REDUCE_LANCZOS,
    UP_REDUCE_BILINEAR,
    UP_REDUCE_NEAREST,
    UP_REDUCTIONS
} up_reducer_kind;

typedef struct {
    double share, from, to;
} up_recipe_part;

typedef struct {
    double reduction[UP_REDUCTIONS]; /* weights; all 0: bicubic */
    double linear_light;
    up_recipe_part blur, unsharp, noise, jpeg;
    double sensor, chroma_444, twice, unaligned;
    double reduced; /* 0: as if it were 1 */
    double native, strength_error, rendered;
} up_recipe;

/* "photo" and "clean" are inside the program, anything else is a file. */
up_status up_recipe_read(up_recipe *recipe, const char *name, up_error *error);

/* What makes it again, in one line; to be freed with free(). NULL where there is no memory. */
char *up_recipe_text(const up_recipe *recipe);

#endif
