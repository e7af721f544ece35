/* SPDX-License-Identifier: MIT */
/* LPIPS and DISTS with weights that are made up, beside NumPy: see tests/golden/deep. */
#include "base/memory.h"
#include "support/pictures/image_io.h"
#include "support/pictures/measured_pair.h"
#include "support/reference/golden.h"
#include "support/scratch.h"
#include "support/weights/metric_files.h"
#include "support/weights/tensor_data.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

TestSuite(deep_measures, .init = scratch_init, .fini = scratch_fini);

static up_metric_weights *weights;

static void write_and_open(int net, metric_names first, metric_names second)
{
    up_error error;
    metric_file_write(scratch_path("first.safetensors"), net, first, NULL);
    metric_file_write(scratch_path("second.safetensors"), net, second, NULL);
    const char *const path[] = { scratch_path("first.safetensors"),
                                 scratch_path("second.safetensors") };
    cr_assert_eq(up_metric_weights_open(&weights, path, first == second ? 1 : 2, 0, &error), UP_OK,
                 "%s", error.message);
}

/* -------------------------------------------------------------- values */

static void expect_alexnet(const json_t *golden)
{
    cr_expect_eq(expect_weighted(golden, 2e-6, weights), 1);
}

static void expect_vgg(const json_t *golden)
{
    cr_expect_eq(expect_weighted(golden, 2e-6, weights), 2);
}

Test(deep_measures, alexnet_in_two_files)
{
    write_and_open(UP_ALEXNET, METRIC_TORCHVISION, METRIC_HEADS);
    golden_each("deep", "cases", expect_alexnet);
    up_metric_weights_close(&weights);
}

Test(deep_measures, vgg_in_the_files_of_both_authors)
{
    write_and_open(UP_VGG16, METRIC_LPIPS, METRIC_DISTS);
    golden_each("deep", "cases", expect_vgg);
    up_metric_weights_close(&weights);
}

/* -------------------------------------------------------------- what must hold for all */

static void expect_steady(const char *name, int least)
{
    up_pixels a = sample_picture("osprey.png"), b = distorted_picture(&a);
    double same, one, three;
    up_error error;
    up_measuring how = { .weights = weights, .threads = 1 };
    a.format.width = b.format.width = 201;
    a.format.height = b.format.height = 70;
    cr_assert_eq(up_measure(&same, name, &a, &a, &how, NULL), UP_OK);
    cr_expect_eq(same, 0, "%s of equal pictures is %g", name, same);
    cr_assert_eq(up_measure(&one, name, &a, &b, &how, NULL), UP_OK);
    how.threads = 3;
    cr_assert_eq(up_measure(&three, name, &a, &b, &how, NULL), UP_OK);
    cr_expect_eq(one, three, "%s: %.17g, and %.17g by three threads", name, one, three);
    how.max_memory = 12 << 20;
    cr_expect_eq(up_measure(&one, name, &a, &b, &how, &error), UP_ERROR_LIMIT);
    cr_expect(strstr(error.message, "--max-memory"), "%s", error.message);
    how.max_memory = 0;
    a.format.height = b.format.height = least;
    cr_expect_eq(up_measure(&one, name, &a, &b, &how, NULL), UP_OK);
    a.format.height = b.format.height = least - 1;
    cr_expect_eq(up_measure(&one, name, &a, &b, &how, &error), UP_ERROR_UNSUPPORTED);
    cr_expect(strstr(error.message, "lie inside the border"), "%s", error.message);
    up_pixels_free(&a);
    up_pixels_free(&b);
}

Test(deep_measures, steady)
{
    write_and_open(UP_ALEXNET, METRIC_LPIPS, METRIC_LPIPS);
    expect_steady("lpips", 31);
    up_metric_weights_close(&weights);
}

/* -------------------------------------------------------------- what is missing */

static void expect_missing(const char *name, const char *words)
{
    up_error error;
    const up_measuring how = { .weights = weights };
    cr_expect_eq(up_measure_check(name, &how, &error), UP_ERROR_ARGUMENT, "%s", name);
    cr_expect(strstr(error.message, words), "%s", error.message);
}

Test(deep_measures, what_is_missing_is_named)
{
    expect_missing("lpips", "LPIPS needs AlexNet's features");
    expect_missing("dists", "DISTS needs VGG-16's features");
    write_and_open(UP_ALEXNET, METRIC_TORCHVISION, METRIC_FACTORS);
    expect_missing("lpips", "LPIPS needs AlexNet's heads");
    expect_missing("lpips-vgg", "LPIPS-VGG needs VGG-16's features");
    up_metric_weights_close(&weights);
}

static void expect_refused(int count, const char *words)
{
    up_error error;
    const char *const path[] = { scratch_path("a.safetensors"), scratch_path("b.safetensors") };
    cr_expect_eq(up_metric_weights_open(&weights, path, count, 0, &error), UP_ERROR_WEIGHTS);
    cr_expect_null(weights);
    cr_expect(strstr(error.message, words), "%s", error.message);
}

Test(deep_measures, half_a_network_and_what_is_none_are_refused)
{
    metric_file_write(scratch_path("a.safetensors"), UP_ALEXNET, METRIC_TORCHVISION,
                      "features.8.bias");
    expect_refused(1, "begins as AlexNet does, but lacks features.8.bias");
    metric_file_write(scratch_path("a.safetensors"), UP_ALEXNET, METRIC_HEADS,
                      "lin3.model.1.weight");
    expect_refused(1, "lacks lin3.model.1.weight");
    metric_file_write(scratch_path("a.safetensors"), UP_ALEXNET, METRIC_FACTORS, NULL);
    tensor_file other = tensor_file_make((float[2]){ 1, 2 }, 8,
                                         "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],"
                                         "\"data_offsets\":[0,8]}}");
    file_write(scratch_path("b.safetensors"), other.bytes, other.size);
    tensor_file_free(&other);
    expect_refused(2, "b.safetensors: holds nothing that a measure needs");
    other = tensor_file_make((float[2]){ 1, 2 }, 8,
                             "{\"alpha\":{\"dtype\":\"F32\",\"shape\":[2],"
                             "\"data_offsets\":[0,8]}}");
    file_write(scratch_path("b.safetensors"), other.bytes, other.size);
    tensor_file_free(&other);
    expect_refused(2, "b.safetensors: tensor \"alpha\" has another shape than a measure needs");
}

/* -------------------------------------------------------------- another model for NIQE */

enum { NUMBERS = 36 };

/* That of the program, its covariance times a factor, in a file. */
static void write_model(double factor)
{
    static const double model[] = {
#include "measure/kinds/niqe/niqe_model.inc"
    };
    static double data[NUMBERS + NUMBERS * NUMBERS];
    const double *covariance = model + NUMBERS;
    memcpy(data, model, NUMBERS * sizeof *data);
    for (int k = 0; k < NUMBERS; k++)
        for (int j = 0; j <= k; j++)
            data[NUMBERS * (1 + k) + j] = data[NUMBERS * (1 + j) + k] = factor * *covariance++;
    tensor_file file =
        tensor_file_make(data, sizeof data,
                         "{\"mu_prisparam\":{\"dtype\":\"F64\",\"shape\":[1,36],"
                         "\"data_offsets\":[0,288]},\"cov_prisparam\":{\"dtype\":\"F64\","
                         "\"shape\":[36,36],\"data_offsets\":[288,10656]}}");
    file_write(scratch_path("a.safetensors"), file.bytes, file.size);
    tensor_file_free(&file);
}

static up_status measure_by(double *value, const up_pixels *p, double factor, up_error *error)
{
    const char *const path[] = { scratch_path("a.safetensors") };
    write_model(factor);
    cr_assert_eq(up_metric_weights_open(&weights, path, 1, 0, error), UP_OK, "%s", error->message);
    const up_status status =
        up_measure(value, "niqe", p, p, &(up_measuring){ .weights = weights }, error);
    up_metric_weights_close(&weights);
    return status;
}

Test(deep_measures, niqe_by_a_model_that_is_given)
{
    up_pixels p = sample_picture("kitten.png");
    double own, same, wide, none;
    up_error error;
    cr_assert_eq(up_measure(&own, "niqe", &p, &p, NULL, &error), UP_OK);
    cr_assert_eq(measure_by(&same, &p, 1, &error), UP_OK);
    cr_assert_eq(measure_by(&wide, &p, 100, &error), UP_OK);
    cr_expect_float_eq(same, own, 1e-4, "%.9g, not %.9g", same, own);
    cr_expect(wide < own / 3, "%g, of %g", wide, own);
    cr_expect_eq(measure_by(&none, &p, -100, &error), UP_ERROR_WEIGHTS);
    cr_expect(strstr(error.message, "covariance of nothing"), "%s", error.message);
    up_pixels_free(&p);
}
