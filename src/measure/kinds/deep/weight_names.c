/* SPDX-License-Identifier: MIT */
#include "measure/kinds/deep/weight_names.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

typedef struct {
    const char *text;
    size_t length;
} part;

enum { PARTS = 4, MOST_DIGITS = 4 };

/* The last parts between points, the last one first; empty where there are fewer. */
static void split(part parts[PARTS], const char *name)
{
    const char *end = name + strlen(name);
    for (int i = 0; i < PARTS; i++) {
        const char *start = end;
        while (start > name && start[-1] != '.')
            start--;
        parts[i] = (part){ start, (size_t)(end - start) };
        end = start > name ? start - 1 : name;
    }
}

static bool is(part p, const char *word)
{
    return p.length == strlen(word) && memcmp(p.text, word, p.length) == 0;
}

/* A number behind `word`, all of the rest. */
static bool is_numbered(part p, const char *word, int *number)
{
    const size_t start = strlen(word);
    if (p.length <= start || p.length > start + MOST_DIGITS || memcmp(p.text, word, start) != 0)
        return false;
    *number = 0;
    for (size_t i = start; i < p.length; i++) {
        if (!isdigit((unsigned char)p.text[i]))
            return false;
        *number = 10 * *number + (p.text[i] - '0');
    }
    return true;
}

static bool is_feature(const part parts[PARTS], int *number)
{
    int block;
    return is_numbered(parts[1], "", number) &&
           (parts[2].length == 0 || is(parts[2], "features") ||
            is_numbered(parts[2], "slice", &block) || is_numbered(parts[2], "stage", &block));
}

/* Behind a layer that drops some of its input, or alone. */
static bool is_head(const part parts[PARTS], int *number)
{
    int place;
    return is(parts[0], "weight") && is_numbered(parts[1], "", &place) && is(parts[2], "model") &&
           (is_numbered(parts[3], "lin", number) || is_numbered(parts[3], "", number));
}

up_named up_weight_named(const char *name, int *number)
{
    static const struct {
        const char *name;
        up_named is;
    } whole[] = {
        { "alpha", UP_NAMES_ALPHA },
        { "beta", UP_NAMES_BETA },
        { "mu", UP_NAMES_MEAN },
        { "mu_prisparam", UP_NAMES_MEAN },
        { "mu_pris_param", UP_NAMES_MEAN },
        { "cov", UP_NAMES_COVARIANCE },
        { "cov_prisparam", UP_NAMES_COVARIANCE },
        { "cov_pris_param", UP_NAMES_COVARIANCE },
    };
    part parts[PARTS];
    split(parts, name);
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (is(parts[0], whole[i].name))
            return whole[i].is;
    if (is_head(parts, number))
        return UP_NAMES_HEAD;
    if (is(parts[0], "weight") && is_feature(parts, number))
        return UP_NAMES_KERNEL;
    if (is(parts[0], "bias") && is_feature(parts, number))
        return UP_NAMES_BIAS;
    return UP_NAMES_NOTHING;
}
