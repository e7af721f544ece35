/* SPDX-License-Identifier: MIT */
/* ESRGAN (RRDBNet), in the three spellings of its keys; its slope 0.2 and factor 0.2 are in no
 * file. Beside the usual networks: those for x1 and x2 that begin with a pixel unshuffle (more
 * inputs than outputs of a colour), and ESRGAN+ (conv1x1). */

#include "network/families/family.h"

#include "network/parts/blocks.h"

#include "network/tensor_values.h"

#include <string.h>

#define SLOPE 0.2f
#define SHARE 0.2f /* of a residual branch */

typedef struct {
    const char *first, *blocks, *dense, *tail, *body, *up, *hr, *last;
} spelling;

static const spelling spellings[] = {
    { "conv_first", "body.", "rdb", "", "conv_body", "conv_up", "conv_hr", "conv_last" },
    { "conv_first", "RRDB_trunk.", "RDB", "", "trunk_conv", "upconv", "HRconv", "conv_last" },
    { "model.0", "model.1.sub.", "RDB", ".0", NULL, NULL, NULL, NULL },
};

static const spelling *find(const up_network_builder *b)
{
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        const spelling *s = &spellings[i];
        if (up_part_kernel(b, "%s0.%s1.conv1%s", s->blocks, s->dense, s->tail))
            return s;
    }
    return NULL;
}

static bool is(const up_network_builder *b)
{
    return find(b);
}

/* ---------------------------------------------------------------- blocks */

static up_status add_dense(up_network_builder *b, int *x, const spelling *s, int block, int number)
{
    char key[UP_MOST_KEY];
    int made[5] = { *x }, second = *x;
    up_part_name(key, "%s%d.%s%d", s->blocks, block, s->dense, number);
    const bool plus = up_part_weight(b, "%s.conv1x1", key);
    if (plus)
        UP_TRY(up_block_conv(b, &second, 1, "%s.conv1x1", key));
    for (int c = 1; c <= 5; c++) {
        int *to = c < 5 ? &made[c] : x;
        *to = made[0];
        if (c > 1)
            UP_TRY(up_part_concat(b, to, made, c));
        UP_TRY(up_block_conv(b, to, 3, "%s.conv%d%s", key, c, s->tail));
        if (c < 5)
            UP_TRY(up_part_leaky(b, to, SLOPE));
        if (plus && (c == 2 || c == 4))
            UP_TRY(up_part_add(b, to, c == 2 ? second : made[2]));
    }
    return up_block_residual(b, x, made[0], SHARE);
}

static up_status add_body(up_network_builder *b, int *x, const spelling *s, const char *end)
{
    char after[UP_MOST_KEY];
    const int first = *x;
    up_part_name(after, ".%s1.conv1%s", s->dense, s->tail);
    const int blocks = up_part_count(b, s->blocks, after);
    for (int n = 0; n < blocks; n++) {
        const int before = *x;
        for (int dense = 1; dense <= 3; dense++)
            UP_TRY(add_dense(b, x, s, n, dense));
        UP_TRY(up_block_residual(b, x, before, SHARE));
    }
    UP_TRY(up_block_conv(b, x, 3, "%s", end));
    return up_part_add(b, x, first);
}

/* ---------------------------------------------------------------- all */

/* Keys behind the blocks, which the old spelling numbers. */
typedef struct {
    int ups;
    char body[UP_MOST_KEY], hr[UP_MOST_KEY], last[UP_MOST_KEY];
} ending;

static ending find_ending(const up_network_builder *b, const spelling *s)
{
    ending e = { 0 };
    if (s->up) {
        while (up_part_weight(b, "%s%d", s->up, e.ups + 1))
            e.ups++;
        strcpy(e.body, s->body);
        strcpy(e.hr, s->hr);
        strcpy(e.last, s->last);
        return e;
    }
    while (up_part_weight(b, "model.%d", 3 * (e.ups + 1)))
        e.ups++;
    up_part_name(e.body, "%s%d", s->blocks, up_part_count(b, s->blocks, ".RDB1.conv1.0"));
    up_part_name(e.hr, "model.%d", 3 * e.ups + 2);
    up_part_name(e.last, "model.%d", 3 * e.ups + 4);
    return e;
}

/* The first convolution may get the pixels of cells as channels. */
static up_status start(up_network_builder *b, int *x, const char *first, const char *last)
{
    const up_tensor *from = up_part_kernel(b, "%s", first), *to = up_part_kernel(b, "%s", last);
    UP_TRY(up_part_start(b, "%s", first));
    for (int factor = 2; from && to && factor <= 4; factor *= 2) {
        const size_t cell = (size_t)(factor * factor);
        if (to->shape[0] > UP_MOST_CHANNELS || from->shape[1] != to->shape[0] * cell)
            continue;
        b->network->in_channels = (int)to->shape[0];
        UP_TRY(up_part_layer(b, x, &up_layer_pixel_unshuffle, &(up_shuffle){ .factor = factor }));
    }
    return up_block_conv(b, x, 3, "%s", first);
}

static up_status read(up_network_builder *b)
{
    const spelling *s = find(b);
    const ending e = find_ending(b, s);
    int x = UP_NETWORK_INPUT;
    UP_TRY(start(b, &x, s->first, e.last));
    UP_TRY(add_body(b, &x, s, e.body));
    for (int up = 1; up <= e.ups; up++) {
        UP_TRY(up_part_resize(b, &x, UP_RESIZE_NEAREST, 2));
        UP_TRY(up_block_conv_leaky(b, &x, 3, SLOPE, "%s%d", s->up ? s->up : "model.",
                                   s->up ? up : 3 * up));
    }
    UP_TRY(up_block_conv_leaky(b, &x, 3, SLOPE, "%s", e.hr));
    return up_block_conv(b, &x, 3, "%s", e.last);
}

const up_network_family up_family_esrgan = { "ESRGAN", is, read, false };
