/* SPDX-License-Identifier: MIT */
#include "support/weights/metric_files.h"

#include "support/scratch.h"
#include "support/weights/tensor_data.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    FILE *header, *data;
    const char *leave_out;
    size_t at;
} metric_file;

static uint32_t hashed(uint32_t x)
{
    x = (x ^ x >> 16) * 0x7feb352d;
    x = (x ^ x >> 15) * 0x846ca68b;
    return x ^ x >> 16;
}

static void put(metric_file *f, const char *name, const char *shape, size_t count, uint32_t seed,
                double low, double high)
{
    if (f->leave_out && strcmp(name, f->leave_out) == 0)
        return;
    fprintf(f->header, "%c\"%s\":{\"dtype\":\"F32\",\"shape\":[%s],\"data_offsets\":[%zu,%zu]}",
            f->at ? ',' : '{', name, shape, f->at, f->at + 4 * count);
    f->at += 4 * count;
    float *value = malloc(count * sizeof *value);
    cr_assert(value);
    const uint32_t first = hashed(seed);
    for (size_t i = 0; i < count; i++)
        value[i] = (float)(low + (high - low) * (hashed((uint32_t)i + first) / 4294967296.0));
    cr_assert_eq(fwrite(value, sizeof *value, count, f->data), count);
    free(value);
}

static void put_features(metric_file *f, int net, metric_names names, uint32_t seed)
{
    static const char *const prefix[] = { "features", "net.slice1", "stage1" };
    const up_feature_net *n = &up_feature_nets[net];
    for (int i = 0; i < n->convs; i++) {
        const up_feature_conv *c = &n->conv[i];
        const size_t taps = (size_t)c->in * (size_t)(c->kernel * c->kernel);
        const double most = sqrt(6 / (double)taps);
        char name[64], shape[64];
        snprintf(name, sizeof name, "%s.%d.weight", prefix[names], c->layer);
        snprintf(shape, sizeof shape, "%d,%d,%d,%d", c->out, c->in, c->kernel, c->kernel);
        put(f, name, shape, (size_t)c->out * taps, seed + 2 * (uint32_t)c->layer, -most, most);
        snprintf(name, sizeof name, "%s.%d.bias", prefix[names], c->layer);
        snprintf(shape, sizeof shape, "%d", c->out);
        put(f, name, shape, (size_t)c->out, seed + 2 * (uint32_t)c->layer + 1, -0.1, 0.1);
    }
}

static void put_heads(metric_file *f, int net, metric_names names, uint32_t seed)
{
    for (int t = 0; t < UP_TAPS; t++) {
        const int channels = up_feature_nets[net].tap[t];
        char name[64], shape[64];
        snprintf(shape, sizeof shape, "1,%d,1,1", channels);
        snprintf(name, sizeof name, "lin%d.model.1.weight", t);
        put(f, name, shape, (size_t)channels, seed + 80 + (uint32_t)t, 0, 2);
        snprintf(name, sizeof name, "lins.%d.model.1.weight", t);
        if (names == METRIC_LPIPS)
            put(f, name, shape, (size_t)channels, seed + 80 + (uint32_t)t, 0, 2);
    }
}

static void put_factors(metric_file *f)
{
    put(f, "alpha", "1,1475,1,1", 1475, 3000, 0.05, 0.15);
    put(f, "beta", "1,1475,1,1", 1475, 3001, 0.05, 0.15);
}

void metric_file_write(const char *path, int net, metric_names names, const char *leave_out)
{
    char *text, *bytes;
    size_t length, size;
    const uint32_t seed = net == UP_ALEXNET ? 1000 : 2000;
    metric_file f = { .header = open_memstream(&text, &length),
                      .data = open_memstream(&bytes, &size),
                      .leave_out = leave_out };
    cr_assert(f.header && f.data);
    if (names < METRIC_HEADS)
        put_features(&f, net, names, seed);
    if (names == METRIC_HEADS || names == METRIC_LPIPS)
        put_heads(&f, net, names, seed);
    if (names == METRIC_FACTORS || names == METRIC_DISTS)
        put_factors(&f);
    fputc('}', f.header);
    fclose(f.header);
    fclose(f.data);
    tensor_file file = tensor_file_make(bytes, size, "%s", text);
    file_write(path, file.bytes, file.size);
    tensor_file_free(&file);
    free(text);
    free(bytes);
}
