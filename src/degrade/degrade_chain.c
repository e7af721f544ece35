/* SPDX-License-Identifier: MIT */
#include "degrade/degrade_chain.h"

#include "api/option_defaults.h"
#include "base/memory.h"
#include "degrade/degrade_samples.h"
#include "io/jpeg/jpeg_round_trip.h"
#include "io/pixels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 8 };

/* One of the steps that reduce, of which a chain has one, or one with an amount. */
struct up_degrade_kind {
    const char *name;
    bool reduces;
    double low, high; /* of its amount */
    up_status (*apply)(const up_pixels *pixels, const up_degrade_step *step, up_random *random,
                       up_error *error);
};

static up_status blur(const up_pixels *pixels, const up_degrade_step *step, up_random *random,
                      up_error *error)
{
    (void)random;
    return up_degrade_blur(pixels, step->amount, error);
}

static up_status unsharp(const up_pixels *pixels, const up_degrade_step *step, up_random *random,
                         up_error *error)
{
    (void)random;
    return up_degrade_unsharp(pixels, step->amount, error);
}

static up_status noise(const up_pixels *pixels, const up_degrade_step *step, up_random *random,
                       up_error *error)
{
    (void)error;
    up_degrade_noise(pixels, step->amount, random);
    return UP_OK;
}

static up_status jpeg(const up_pixels *pixels, const up_degrade_step *step, up_random *random,
                      up_error *error)
{
    (void)random;
    return up_jpeg_round_trip(pixels, (int)step->amount, step->chroma, error);
}

static const up_degrade_kind kinds[] = {
    { .name = "bicubic", .reduces = true },  { .name = "lanczos", .reduces = true },
    { .name = "bilinear", .reduces = true }, { .name = "nearest", .reduces = true },
    { .name = "box", .reduces = true },      { "blur", false, 0, 20, blur },
    { "unsharp", false, 0, 10, unsharp },    { "noise", false, 0, 100, noise },
    { "jpeg", false, 1, 100, jpeg },
};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* ---- the grammar */

static up_status refuse(const char *spec, const char *why, up_error *error)
{
    return up_fail(error, UP_ERROR_ARGUMENT,
                   "--degrade %.100s: %s; steps joined by +, of bicubic, lanczos, bilinear, box, "
                   "nearest (one of them, maybe behind linear), blur:SIGMA, unsharp:AMOUNT, "
                   "noise:SIGMA, jpeg:QUALITY[:444|422|420]",
                   spec, why);
}

/* Whether `text`, up to `end`, is `word`. */
static bool is_word(const char *text, const char *end, const char *word)
{
    const size_t length = (size_t)(end - text);
    return strlen(word) == length && strncmp(text, word, length) == 0;
}

/* Digits with a point among them, whatever the locale. */
static bool take_amount(const char **at, const char *end, double *amount)
{
    double value = 0, unit = 1;
    int digits = 0;
    bool point = false;
    for (; *at < end && (**at == '.' || (**at >= '0' && **at <= '9')); ++*at) {
        if (**at == '.' && point)
            return false;
        if (**at == '.') {
            point = true;
            continue;
        }
        unit *= point ? 10 : 1;
        value = 10 * value + (**at - '0');
        if (++digits > MOST_DIGITS)
            return false;
    }
    *amount = value / unit;
    return digits > 0;
}

static bool take_chroma(const char *at, const char *end, up_subsampling *chroma)
{
    static const char *const names[] = {
        [UP_SUBSAMPLING_444] = ":444", [UP_SUBSAMPLING_422] = ":422", [UP_SUBSAMPLING_420] = ":420"
    };
    *chroma = UP_SUBSAMPLING_420;
    for (int i = UP_SUBSAMPLING_444; i <= UP_SUBSAMPLING_420; i++)
        if (is_word(at, end, names[i])) {
            *chroma = (up_subsampling)i;
            return true;
        }
    return at == end;
}

/* What follows the name. */
static bool take_rest(up_degrade_step *step, const char *at, const char *end)
{
    const up_degrade_kind *kind = step->kind;
    if (kind->reduces)
        return at == end;
    if (at == end || *at++ != ':' || !take_amount(&at, end, &step->amount) ||
        step->amount < kind->low || step->amount > kind->high)
        return false;
    if (kind->apply != jpeg)
        return at == end;
    return step->amount == floor(step->amount) && take_chroma(at, end, &step->chroma);
}

static bool take_step(up_degrade_step *step, const char *at, const char *end)
{
    const char *colon = memchr(at, ':', (size_t)(end - at)), *behind = colon ? colon : end;
    for (int i = 0; i < KINDS; i++) {
        if (!is_word(at, behind, kinds[i].name))
            continue;
        *step = (up_degrade_step){ .kind = &kinds[i] };
        return take_rest(step, behind, end);
    }
    return false;
}

static bool reduces(const up_degrade_chain *chain)
{
    for (int i = 0; i < chain->steps; i++)
        if (chain->step[i].kind->reduces)
            return true;
    return false;
}

static void begin_by_bicubic(up_degrade_chain *chain)
{
    memmove(chain->step + 1, chain->step, (size_t)chain->steps * sizeof *chain->step);
    chain->step[0] = (up_degrade_step){ .kind = &kinds[0] };
    chain->steps++;
}

up_status up_degrade_parse(up_degrade_chain *chain, const char *spec, up_error *error)
{
    bool light = false; /* was said just now */
    *chain = (up_degrade_chain){ 0 };
    for (const char *at = spec, *end;; at = end + 1) {
        end = at + strcspn(at, "+");
        up_degrade_step *step = &chain->step[chain->steps];
        const bool linear = is_word(at, end, "linear");
        if (chain->steps == UP_DEGRADE_MOST - 1)
            return refuse(spec, "too many steps", error);
        if (!linear && !take_step(step, at, end))
            return refuse(spec, "no such step", error);
        if (!linear && step->kind->reduces && reduces(chain))
            return refuse(spec, "it is reduced twice", error);
        if (light && (linear || !step->kind->reduces))
            return refuse(spec, "linear belongs before a reduction", error);
        chain->linear |= linear;
        chain->steps += !linear;
        light = linear;
        if (!*end)
            break;
    }
    if (light)
        return refuse(spec, "linear belongs before a reduction", error);
    const up_degrade_step *last = &chain->step[chain->steps - 1];
    chain->jpeg_quality = last->kind->apply == jpeg ? (int)last->amount : 0;
    if (!reduces(chain))
        begin_by_bicubic(chain);
    return UP_OK;
}

/* ---- doing it */

static up_status allocate(up_pixels *pixels, const up_pixels *like, int scale, up_error *error)
{
    size_t bytes;
    *pixels = (up_pixels){ .format = like->format };
    pixels->format.width /= scale;
    pixels->format.height /= scale;
    pixels->format.planar = false;
    if (!up_frame_size(&pixels->format, &bytes) ||
        !up_row_size(&pixels->format, &pixels->row_stride))
        return up_fail(error, UP_ERROR_LIMIT, "%dx%d is too large to be held in memory",
                       like->format.width, like->format.height);
    pixels->data = up_alloc(bytes, 1);
    return pixels->data ? UP_OK : up_fail_memory(error, "a picture", bytes);
}

static up_status reduce_into(const up_pixels *to, const up_pixels *from, int scale,
                             const up_degrade_step *step, bool linear, const up_options *options,
                             up_error *error)
{
    up_options how = up_options_running(options);
    if (strcmp(step->kind->name, "box") == 0) {
        up_degrade_box(from, to, scale, linear);
        return UP_OK;
    }
    how.method = step->kind->name;
    how.width = to->format.width;
    how.height = to->format.height;
    how.linear = linear;
    return up_upscale_pixels(from, to, &how, error);
}

/* Puts what it makes into the place of *pixels. */
static up_status reduce(up_pixels *pixels, int scale, const up_degrade_step *step, bool linear,
                        const up_options *options, up_error *error)
{
    up_pixels reduced;
    UP_TRY(allocate(&reduced, pixels, scale, error));
    up_status status = reduce_into(&reduced, pixels, scale, step, linear, options, error);
    up_free(pixels->data);
    *pixels = reduced;
    return status;
}

static up_status copy(up_pixels *to, const up_pixels *from, up_error *error)
{
    const up_options how = { .method = "nearest", .scale = { 1, 1 } };
    UP_TRY(allocate(to, from, 1, error));
    return up_upscale_pixels(from, to, &how, error);
}

static up_status run_steps(up_pixels *pixels, int scale, const up_degrade_chain *chain,
                           uint64_t seed, const up_options *options, up_error *error)
{
    for (int i = 0; i < chain->steps; i++) {
        const up_degrade_step *step = &chain->step[i];
        up_random random = up_random_make(seed, (uint64_t)i, 0);
        UP_TRY(step->kind->reduces ? reduce(pixels, scale, step, chain->linear, options, error)
                                   : step->kind->apply(pixels, step, &random, error));
    }
    return UP_OK;
}

up_status up_degrade_run(up_pixels *degraded, const up_pixels *original, int scale,
                         const up_degrade_chain *chain, uint64_t seed, const up_options *options,
                         up_error *error)
{
    const up_format *f = &original->format;
    *degraded = (up_pixels){ .data = NULL };
    if (f->sample != UP_SAMPLE_U8 || (f->color != UP_COLOR_GREY && f->color != UP_COLOR_RGB))
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "--degrade takes grey and RGB pictures; --background white drops alpha");
    up_status status = copy(degraded, original, error);
    if (status == UP_OK)
        status = run_steps(degraded, scale, chain, seed, options, error);
    if (status != UP_OK)
        up_pixels_free(degraded);
    return status;
}
