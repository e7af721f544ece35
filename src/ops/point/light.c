/* SPDX-License-Identifier: MIT */
#include "ops/point/light.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

enum { MOST_CURVES = 3 };

/* The buckets in which thresholds are looked for: floats that agree in all but these bits. Of 8
 * bits none has more than one; of 16 they lie so evenly in one that a straight line finds the
 * place. */
enum { DROPPED_BITS_8 = 15, DROPPED_BITS_16 = 13, OCTAVES = 64, STRAIGHT_MOST = 64 };

typedef struct {
    up_transfer transfer;
    float *light;    /* whole samples: light of each; on the way back: from where on each begins */
    uint16_t *first; /* on the way back: the sample at the lower end of each bucket, and the last */
    uint32_t base;   /* number of the first bucket */
    int buckets;
} light_curve;

typedef struct {
    up_op op;
    int colours, curves, last; /* last: the whole sample that is white; 0: samples are not whole */
    int dropped_bits;
    float white;
    light_curve curve[MOST_CURVES];
    float *tables; /* of transfers */
} light_op;

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* ---- rows */

typedef void map_row(const light_op *op, const light_curve *curve, float *out, const float *in,
                     int n);

static void to_light(const light_op *op, const light_curve *curve, float *out, const float *in,
                     int n)
{
    const float last = (float)op->last;
    for (int x = 0; x < n; x++) {
        const float sample = in[x];
        const int whole = sample >= 0 && sample <= last ? (int)sample : -1;
        if (op->last > 0 && (float)whole == sample)
            out[x] = curve->light[whole];
        else
            out[x] = (float)(up_transfer_to_light(&curve->transfer, (double)sample / op->white) *
                             op->white);
    }
}

static void from_light(const light_op *op, const light_curve *curve, float *out, const float *in,
                       int n)
{
    for (int x = 0; x < n; x++)
        out[x] = (float)(up_transfer_from_light(&curve->transfer, (double)in[x] / op->white) *
                         op->white);
}

/* The last sample in low .. high that begins at or below `light`. */
static int search(const float *begin, int low, int high, float light)
{
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (begin[middle] <= light)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

static int search_straight(const float *begin, int low, int high, float light, int dropped_bits)
{
    const uint32_t place = bits_of(light) & ((1u << dropped_bits) - 1);
    int at = low + (int)((uint32_t)(high - low) * place >> dropped_bits);
    at += (begin[at + 1] <= light) - (begin[at] > light); /* mostly enough, and no branch */
    while (begin[at + 1] <= light)
        at++;
    while (begin[at] > light)
        at--;
    return at;
}

static void from_light_to_whole(const light_op *op, const light_curve *curve, float *out,
                                const float *in, int n)
{
    for (int x = 0; x < n; x++) {
        const float light = in[x];
        const uint32_t bucket = light > 0 ? bits_of(light) >> op->dropped_bits : 0;
        int low = 0, high = curve->first[0];
        if (bucket >= curve->base) {
            int at = up_min((int)(bucket - curve->base), curve->buckets - 1);
            low = curve->first[at];
            high = curve->first[at + 1];
        }
        if (high - low <= 1)
            low += curve->light[low + 1] <= light;
        else if (high - low <= STRAIGHT_MOST)
            low = search_straight(curve->light, low, high, light, op->dropped_bits);
        else
            low = search(curve->light, low, high, light);
        out[x] = (float)low;
    }
}

/* ---- running */

static void run(const up_op *base, const up_window *in, const up_target *to, map_row *map)
{
    const light_op *op = (const light_op *)base;
    const int n = to->x1 - to->x0;
    for (int c = 0; c < base->out.channels; c++) {
        const float *from = (const float *)in->row[c * in->count + to->y - in->first] + to->x0;
        float *out = (float *)to->row[c] + to->x0;
        if (c < op->colours)
            map(op, &op->curve[op->curves == 1 ? 0 : up_min(c, MOST_CURVES - 1)], out, from, n);
        else
            memcpy(out, from, (size_t)n * sizeof *out);
    }
}

static void run_to_light(const up_op *op, const up_window *in, const up_target *to)
{
    run(op, in, to, to_light);
}

static void run_from_light(const up_op *op, const up_window *in, const up_target *to)
{
    run(op, in, to, ((const light_op *)op)->last > 0 ? from_light_to_whole : from_light);
}

/* ---- planning */

static void free_light(up_op *base)
{
    light_op *op = (light_op *)base;
    for (int i = 0; i < op->curves; i++) {
        up_free(op->curve[i].light);
        up_free(op->curve[i].first);
    }
    up_free(op->tables);
    up_free(op);
}

/* A sample's light, or where it begins: half a sample below. */
static up_status tabulate(const light_op *op, light_curve *curve, double shift, up_error *error)
{
    const size_t count = (size_t)op->last + 2;
    curve->light = up_alloc(count, sizeof *curve->light);
    if (!curve->light)
        return up_fail_memory(error, "linear light", count * sizeof *curve->light);
    curve->light[op->last + 1] = INFINITY; /* none begins behind white */
    for (int i = 0; i <= op->last; i++) {
        double light = up_transfer_to_light(&curve->transfer, (i + shift) / op->last) * op->white;
        curve->light[i] = i == 0 && shift != 0 ? -INFINITY : (float)light;
    }
    return UP_OK;
}

/* Buckets from the least light to the most, but not over more than so many octaves. */
static up_status index_buckets(const light_op *op, light_curve *curve, up_error *error)
{
    const float most = fmaxf(curve->light[op->last], 1e-30f);
    const float least = fmaxf(curve->light[1], ldexpf(most, -OCTAVES));
    curve->base = bits_of(least) >> op->dropped_bits;
    curve->buckets = (int)((bits_of(most) >> op->dropped_bits) - curve->base) + 1;
    size_t bytes = ((size_t)curve->buckets + 1) * sizeof *curve->first;
    curve->first = up_alloc(bytes, 1);
    if (!curve->first)
        return up_fail_memory(error, "linear light", bytes);
    for (int i = 0; i < curve->buckets; i++) {
        uint32_t bits = (curve->base + (uint32_t)i) << op->dropped_bits;
        float from;
        memcpy(&from, &bits, sizeof from);
        curve->first[i] = (uint16_t)search(curve->light, 0, op->last, from);
    }
    curve->first[curve->buckets] = (uint16_t)op->last;
    return UP_OK;
}

static up_status fill_curves(light_op *op, const up_light *light, bool back, up_error *error)
{
    const size_t codes = (size_t)light->curves * (UP_TRANSFER_STEPS + 1);
    if (light->tables) {
        op->tables = up_alloc(codes, sizeof *op->tables);
        if (!op->tables)
            return up_fail_memory(error, "linear light", codes * sizeof *op->tables);
        memcpy(op->tables, light->tables, codes * sizeof *op->tables);
    }
    for (int i = 0; i < op->curves; i++) {
        light_curve *curve = &op->curve[i];
        curve->transfer = light->curve[i];
        if (light->tables)
            curve->transfer.table = op->tables + (size_t)i * (UP_TRANSFER_STEPS + 1);
        if (op->last > 0)
            UP_TRY(tabulate(op, curve, back ? -0.5 : 0, error));
        if (op->last > 0 && back)
            UP_TRY(index_buckets(op, curve, error));
    }
    return UP_OK;
}

static up_status plan(up_op **result, const up_shape *in, const up_light *light, int colours,
                      float white, bool whole, bool back, up_error *error)
{
    light_op *op = up_alloc_zero(1, sizeof *op);
    if (!op)
        return up_fail_memory(error, "an op", sizeof *op);
    op->op = (up_op){
        .name = back ? "from linear light" : "to linear light",
        .in = { *in },
        .out = *in,
        .inputs = 1,
        .edge = { UP_EDGE_CLAMP },
        .pointwise = true,
        .step = 1,
        .span = up_span_same,
        .repeat = up_repeat_same,
        .columns = up_span_same,
        .run = back ? run_from_light : run_to_light,
        .free = free_light,
    };
    op->colours = colours;
    op->curves = light->curves;
    op->white = white;
    op->last = whole ? (int)white : 0;
    op->dropped_bits = white == UINT8_MAX ? DROPPED_BITS_8 : DROPPED_BITS_16;
    up_status status = fill_curves(op, light, back, error);
    if (status == UP_OK)
        *result = &op->op;
    else
        free_light(&op->op);
    return status;
}

up_status up_to_light_plan(up_op **op, const up_shape *in, const up_light *light, int colours,
                           float white, up_error *error)
{
    bool whole = white == UINT8_MAX || white == UINT16_MAX;
    return plan(op, in, light, colours, white, whole, false, error);
}

up_status up_from_light_plan(up_op **op, const up_shape *in, const up_light *light, int colours,
                             float white, bool whole, up_error *error)
{
    return plan(op, in, light, colours, white, whole, true, error);
}
