/* SPDX-License-Identifier: MIT */
#include "train/photo/pairs.h"

#include "base/memory.h"
#include "colour/transfer.h"
#include "train/photo/reducer.h"
#include "train/photo/rendered.h"
#include "train/photo/spoil.h"

#include <math.h>

/* Low-resolution pixels around a patch: what is added to the result and sharpening look so far, and
 * what JPEG makes of a patch depends on blocks around it, the first of which begins anywhere. */
enum { MARGIN = 4, BLOCKS = 16, JPEG_MARGIN = 2 * BLOCKS, COLORS = 3 };

/* ---------------------------------------------------------------- the maker */

up_status up_pair_maker_make(up_pair_maker *maker, const char *recipe, int scale,
                             up_weights_color color, bool conditioned, uint64_t seed,
                             up_error *error)
{
    const up_transfer srgb = up_transfer_srgb();
    *maker =
        (up_pair_maker){ .scale = scale,
                         .colors = color == UP_WEIGHTS_RGB || color == UP_WEIGHTS_YCBCR ? 3 : 1,
                         .rgb = color == UP_WEIGHTS_RGB,
                         .conditioned = conditioned };
    UP_TRY(up_recipe_read(&maker->recipe, recipe, error));
    maker->factor = scale * up_max(1, (int)maker->recipe.reduced);
    if (maker->factor > scale && scale > 1)
        return up_fail(error, UP_ERROR_ARGUMENT, "a recipe that says \"reduced\" is for scale 1");
    up_luma_from_rgb(&maker->luma, color != UP_WEIGHTS_YCBCR, 255, 1);
    for (int i = 0; i < 256; i++)
        maker->light[i] = 255 * (float)up_transfer_to_light(&srgb, i / 255.0);
    return maker->recipe.rendered > 0 ? up_text_pages_make(&maker->text, seed, error) : UP_OK;
}

void up_pair_maker_free(up_pair_maker *maker)
{
    up_text_pages_free(&maker->text);
}

/* ---------------------------------------------------------------- room */

/* Pixels on a side, at most: of the low resolution and of what it is made from. */
static int most_low(int size)
{
    return size + JPEG_MARGIN;
}

static int most_high(const up_pair_maker *maker, int size)
{
    return (most_low(size) - 1) * maker->factor + UP_REDUCE_TAPS;
}

enum { PADDING = 64 }; /* elements that kernels may read or write beyond */

/* Elements of each part. */
typedef struct {
    size_t high, wide, rows, low;
} room;

static room room_of(const up_pair_maker *maker, int size)
{
    const size_t low = (size_t)most_low(size), high = (size_t)most_high(maker, size);
    return (room){ .high = high * high * COLORS,
                   .wide = high * high * COLORS + PADDING,
                   .rows = low * (high * COLORS + PADDING),
                   .low = low * low * COLORS };
}

double up_pair_work_bytes(const up_pair_maker *maker, int size)
{
    const room r = room_of(maker, size);
    return (double)(r.high + 2 * r.low) + sizeof(float) * (double)(r.wide + r.rows + 3 * r.low);
}

up_status up_pair_work_make(up_pair_work *work, const up_pair_maker *maker, int size,
                            up_error *error)
{
    const room r = room_of(maker, size);
    *work = (up_pair_work){ .high = up_alloc(r.high, 1),
                            .clean = up_alloc(r.low, 1),
                            .spoilt = up_alloc(r.low, 1),
                            .wide = up_alloc_zero(r.wide, sizeof(float)),
                            .rows = up_alloc(r.rows, sizeof(float)),
                            .low = up_alloc(r.low, sizeof(float)),
                            .room = up_alloc(r.low, sizeof(float)),
                            .plane = up_alloc(r.low, sizeof(float)) };
    if (work->high && work->clean && work->spoilt && work->wide && work->rows && work->low &&
        work->room && work->plane)
        return UP_OK;
    up_pair_work_free(work);
    return up_fail_memory(error, "pairs", (size_t)up_pair_work_bytes(maker, size));
}

void up_pair_work_free(up_pair_work *work)
{
    up_free(work->high);
    up_free(work->clean);
    up_free(work->spoilt);
    up_free(work->wide);
    up_free(work->rows);
    up_free(work->low);
    up_free(work->room);
    up_free(work->plane);
    *work = (up_pair_work){ 0 };
}

/* ---------------------------------------------------------------- one pair */

/* Where everything lies: the patch from pixel left, top of the low resolution on, which has `low`
 * pixels on a side and is made from `high` pixels; pixel `start` of these is its pixel 0. */
typedef struct {
    const up_pair_maker *maker;
    up_pair_work *work;
    up_spoiling spoiling;
    up_reducer reducer, bicubic; /* of the input, and of a target that is reduced */
    int factor;                  /* pixels of the picture for one of the low resolution */
    int size, low, high, start, left, top;
} pair;

static bool reduces_target(const pair *p)
{
    return p->factor > p->maker->scale;
}

static void plan(pair *p, up_random *random)
{
    const up_pair_maker *maker = p->maker;
    p->spoiling = up_spoiling_draw(&maker->recipe, random);
    const double native = maker->recipe.native;
    p->factor = native > 0 && up_random_unit(random) < native ? maker->scale : maker->factor;
    up_reducer_make(&p->reducer, p->spoiling.reduction, p->factor, p->spoiling.blur);
    if (reduces_target(p)) {
        up_reducer_make(&p->bicubic, UP_REDUCE_BICUBIC, p->factor, 0);
        up_reducers_align(&p->reducer, &p->bicubic);
    }
    const int left = (int)up_random_below(random, BLOCKS);
    const int top = (int)up_random_below(random, BLOCKS);
    const bool jpeg = p->spoiling.quality > 0;
    p->low = p->size + (jpeg ? JPEG_MARGIN : 2 * MARGIN);
    p->left = jpeg ? BLOCKS / 2 + left : MARGIN;
    p->top = jpeg ? BLOCKS / 2 + top : MARGIN;
    p->high = up_reducer_span(&p->reducer, p->low);
    p->start = -p->reducer.first;
}

static int clamp(int at, int size)
{
    return up_max(0, up_min(at, size - 1));
}

/* Pixels of the photograph, those at its edges repeated. */
static void fetch(const pair *p, const up_pair_place *place)
{
    const up_train_picture *picture = place->picture;
    const int factor = p->maker->factor, side = p->size * p->factor;
    const int width = picture->width * factor, height = picture->height * factor;
    const int left = p->start + p->left * p->factor, top = p->start + p->top * p->factor;
    uint8_t *to = p->work->high;
    for (int y = 0; y < p->high; y++)
        for (int x = 0; x < p->high; x++, to += COLORS) {
            int u = place->turn & 4 ? y - top : x - left;
            int v = place->turn & 4 ? x - left : y - top;
            u = place->turn & 1 ? side - 1 - u : u;
            v = place->turn & 2 ? side - 1 - v : v;
            const int column = clamp(place->x * factor + u, width);
            const int row = clamp(place->y * factor + v, height);
            const uint8_t *from = picture->pixels + ((size_t)row * width + column) * COLORS;
            for (int c = 0; c < COLORS; c++)
                to[c] = from[c];
        }
}

/* To work->low; `curve` is that of light, or NULL. */
static void reduce_by(const pair *p, const up_reducer *reducer, const float *curve)
{
    const size_t count = (size_t)p->high * p->high * COLORS;
    for (size_t i = 0; i < count; i++)
        p->work->wide[i] = curve ? curve[p->work->high[i]] : (float)p->work->high[i];
    up_reduce(reducer, p->work->wide, p->low, p->work->rows, p->work->low);
}

static size_t low_samples(const pair *p)
{
    return (size_t)p->low * p->low * COLORS;
}

static void reduce_target(const pair *p)
{
    reduce_by(p, &p->bicubic, NULL);
    for (size_t i = 0; i < low_samples(p); i++)
        p->work->clean[i] = (uint8_t)(fminf(fmaxf(p->work->low[i], 0), 255) + 0.5f);
}

static void reduce(const pair *p)
{
    const up_transfer srgb = up_transfer_srgb();
    const bool light = p->spoiling.linear_light;
    reduce_by(p, &p->reducer, light ? p->maker->light : NULL);
    for (size_t i = 0; light && i < low_samples(p); i++)
        p->work->low[i] =
            255 * (float)up_transfer_from_light(&srgb, fmax((double)p->work->low[i] / 255, 0));
    if (p->spoiling.unsharp > 0)
        up_unsharp(p->work->low, p->low, p->spoiling.unsharp, p->work->room);
}

/* Channel c of a pixel of RGB, as the network has it. */
static float color_of(const up_pair_maker *maker, const uint8_t *pixel, int c)
{
    const float *m = maker->luma.matrix + 4 * c;
    if (maker->rgb)
        return (float)pixel[c] / 255;
    return m[0] * (float)pixel[0] + m[1] * (float)pixel[1] + m[2] * (float)pixel[2] + m[3];
}

static void fill_input(const pair *p, const up_patch_shape *shape, float *input)
{
    const size_t area = (size_t)p->low * p->low;
    for (int c = 0; c < p->maker->colors; c++) {
        float *plane = p->work->plane + c * area, *to = input + c * shape->size;
        for (size_t i = 0; i < area; i++)
            plane[i] = color_of(p->maker, p->work->spoilt + i * COLORS, c);
        for (int y = 0; y < p->size; y++)
            for (int x = 0; x < p->size; x++)
                to[(size_t)y * shape->stride + x] = plane[(p->top + y) * p->low + p->left + x];
    }
    float *strength = input + p->maker->colors * shape->size;
    for (int y = 0; p->maker->conditioned && y < p->size; y++)
        for (int x = 0; x < p->size; x++)
            strength[(size_t)y * shape->stride + x] = (float)p->spoiling.strength;
}

/* A row of a phase of a channel. */
static void fill_row(const pair *p, const up_residual *residual, int c, int phase, int y, float *to)
{
    const int scale = p->maker->scale;
    const bool reduced = reduces_target(p);
    const int start = reduced ? 0 : p->start, side = reduced ? p->low : p->high;
    const int row = start + (p->top + y) * scale + phase / scale;
    const int column = start + p->left * scale + phase % scale;
    const uint8_t *from =
        (reduced ? p->work->clean : p->work->high) + ((size_t)row * side + column) * COLORS;
    const float *around[UP_RESIDUAL_TAPS];
    for (int i = 0; i < UP_RESIDUAL_TAPS; i++)
        around[i] = p->work->plane + (size_t)c * p->low * p->low +
                    (size_t)(p->top + y + i - UP_RESIDUAL_REACH) * p->low + p->left;
    for (int x = 0; x < p->size; x++)
        to[x] = color_of(p->maker, from + (size_t)x * scale * COLORS, c);
    up_residual_take(residual, phase, around, to, p->size);
}

up_status up_pair_make(const up_pair_maker *maker, up_pair_work *work, const up_pair_place *place,
                       const up_residual *residual, up_random *random, const up_patch_shape *shape,
                       float *input, float *target, up_error *error)
{
    const int phases = maker->scale * maker->scale;
    pair p = { .maker = maker, .work = work, .size = shape->width };
    plan(&p, random);
    if (place->picture)
        fetch(&p, place);
    else
        up_render(&maker->text, work->high, p.high, p.factor, random);
    if (reduces_target(&p))
        reduce_target(&p);
    reduce(&p);
    UP_TRY(up_spoil(&p.spoiling, work->low, p.low, work->spoilt, random, error));
    fill_input(&p, shape, input);
    for (int i = 0; i < maker->colors * phases; i++)
        for (int y = 0; y < p.size; y++)
            fill_row(&p, residual, i / phases, i % phases, y,
                     target + i * shape->size + (size_t)y * shape->stride);
    return UP_OK;
}
