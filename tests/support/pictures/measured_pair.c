/* SPDX-License-Identifier: MIT */
#include "support/pictures/measured_pair.h"

#include "base/memory.h"
#include "support/pictures/image_io.h"
#include "support/reference/golden.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

up_pixels sample_picture(const char *name)
{
    up_error error;
    up_pixels p;
    char path[512];
    snprintf(path, sizeof path, UP_GOLDEN_DIR "/../../samples/pictures/%s", name);
    cr_assert_eq(up_read_pixels(&p, path, NULL, &error), UP_OK, "%s", error.message);
    cr_assert(p.format.channels == 3 && p.format.sample == UP_SAMPLE_U8);
    p.row_stride = 3 * (size_t)p.format.width;
    return p;
}

up_pixels distorted_picture(const up_pixels *a)
{
    up_pixels b = *a;
    const int width = a->format.width, height = a->format.height;
    const uint8_t *from = a->data;
    uint8_t *to = b.data = up_alloc(3 * (size_t)width * (size_t)height, 1);
    for (int i = 0; i < width * height * 3; i++) {
        const int y = i / 3 / width, x = i / 3 % width, c = i % 3;
        const int left = i - (x > 0 ? 3 : 0), above = i - (y > 0 ? 3 * width : 0);
        const int v = (2 * from[i] + from[left] + from[above]) / 4 +
                      (7 * x * x + 13 * y + 29 * c + x * y) % 23 - 11;
        to[i] = (uint8_t)up_clamp(v, 0, 255);
    }
    return b;
}

static void leave_green(up_pixels *p)
{
    uint8_t *sample = p->data;
    const int pixels = p->format.width * p->format.height;
    for (int i = 0; i < pixels; i++)
        sample[i] = sample[3 * i + 1];
    p->format = picture_format(p->format.width, p->format.height, 1, UP_SAMPLE_U8);
    p->row_stride = (size_t)p->format.width;
}

static int whole(const json_t *golden, const char *key)
{
    return (int)json_number_value(json_data_at(golden, key));
}

measured_pair measured_pair_open(const json_t *golden)
{
    const char *other = golden_text(golden, "b");
    const bool rgb = strcmp(golden_text(golden, "channel"), "rgb") == 0;
    measured_pair p = { .a = sample_picture(golden_text(golden, "a")) };
    p.b = strcmp(other, "distorted") == 0 ? distorted_picture(&p.a) : sample_picture(other);
    p.how = (up_measuring){ .channel = rgb ? UP_CHANNEL_RGB : UP_CHANNEL_Y,
                            .border = whole(golden, "border") };
    if (json_is_true(json_object_get(golden, "grey"))) {
        leave_green(&p.a);
        leave_green(&p.b);
    }
    p.a.format.width = p.b.format.width = whole(golden, "width");
    p.a.format.height = p.b.format.height = whole(golden, "height");
    return p;
}

void measured_pair_free(measured_pair *pair)
{
    up_pixels_free(&pair->a);
    up_pixels_free(&pair->b);
}

int expect_measures(const json_t *golden, double tolerance)
{
    return expect_weighted(golden, tolerance, NULL);
}

int expect_weighted(const json_t *golden, double tolerance, const up_metric_weights *weights)
{
    measured_pair p = measured_pair_open(golden);
    p.how.weights = weights;
    const up_measure_info *info;
    int count = 0;
    for (int i = 0; (info = up_measure_at(i)); i++) {
        const json_t *value = json_object_get(golden, info->name);
        if (!value || up_measure_check(info->name, &p.how, NULL) != UP_OK)
            continue;
        up_error error = { 0 };
        double got, wanted = json_number_value(value);
        cr_assert_eq(up_measure(&got, info->name, &p.a, &p.b, &p.how, &error), UP_OK, "%s",
                     error.message);
        cr_expect_float_eq(got, wanted, tolerance * fmax(1, fabs(wanted)),
                           "%s, %s: %s is %.9g, not %.9g", golden_text(golden, "a"),
                           golden_text(golden, "b"), info->name, got, wanted);
        count++;
    }
    measured_pair_free(&p);
    return count;
}
