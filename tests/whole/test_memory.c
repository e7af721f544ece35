/* SPDX-License-Identifier: MIT */
/* What memory is promised, refused and taken, and how much there is. */
#include "base/machine/machine.h"
#include "io/formats.h"
#include "support/network/esrgan_file.h"
#include "support/sanitized.h"
#include "support/shell.h"
#include "support/weights/tensor_data.h"
#include "upscale_weights.h"
#include "weights/tensor_file.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(memory, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

#define MIB ((size_t)1 << 20)

/* ---- the machine */

static void write_limit(const char *group, const char *name, const char *limit)
{
    shell_code("mkdir -p sys/%s", group);
    file_write(scratch_path("sys/%s/%s", group, name), limit, strlen(limit));
}

static size_t group_limit(const char *groups)
{
    char path[512], mounts[512];
    snprintf(path, sizeof path, "%s", scratch_path("groups"));
    snprintf(mounts, sizeof mounts, "%s", scratch_path("sys"));
    file_write(path, groups, strlen(groups));
    return up_machine_group_limit(path, mounts);
}

Test(memory, limits_of_control_groups)
{
    write_limit(".", "memory.max", "max\n");
    cr_expect_eq(group_limit("0::/\n"), SIZE_MAX);
    write_limit("a", "memory.max", "3000000\n");
    write_limit("a/b", "memory.max", "max\n");
    cr_expect_eq(group_limit("0::/a/b\n"), 3000000); /* of a group above */
    write_limit("a/b", "memory.max", "2000000\n");
    cr_expect_eq(group_limit("0::/a/b\n"), 2000000);
    cr_expect_eq(group_limit("0::/elsewhere\n"), SIZE_MAX);
    write_limit("memory", "memory.limit_in_bytes", "9223372036854771712\n");
    write_limit("memory/x", "memory.limit_in_bytes", "1000000\n");
    static const char groups[] = "9:name=systemd:/\n4:cpu,memory:/x/y\n3:memory_hugetlb:/a\n0::/\n";
    cr_expect_eq(group_limit(groups), 1000000);
    write_limit("memory", "memory.limit_in_bytes", "500000\n");
    cr_expect_eq(group_limit("4:memory:/host/path\n"), 500000); /* a container sees the top alone */
    cr_expect_eq(group_limit("nonsense\n:\n::\n"), SIZE_MAX);
    cr_expect_eq(up_machine_group_limit(scratch_path("missing"), "/"), SIZE_MAX);
}

Test(memory, every_part_asks_for_the_same_limit)
{
    cr_expect_leq(up_memory_size(), up_machine_memory());
    cr_expect_eq(up_memory_limit(0), up_machine_memory() / 2);
    cr_expect_eq(up_memory_limit(12345), 12345);
    if (SANITIZED)
        return;
    write_ppm("a.ppm", 16, 16);
    for (const char *const *kind = (const char *const[]){ "-v", "-d", NULL }; *kind; kind++) {
        process_result r = shell("ulimit %s 400000; upscale -n a.ppm -o o.ppm "
                                 "--size 3000000x2 -m bicubic; upscale -n a.ppm -o o.ppm "
                                 "--size 60000000x2 -m bicubic",
                                 *kind);
        cr_expect(strstr(r.err, "than the 195 MiB allowed"), "ulimit %s: %s", *kind, r.err);
        cr_expect_null(strstr(r.err, "out of memory"), "ulimit %s: %s", *kind, r.err);
        process_free(&r);
    }
}

/* ---- weights */

/* Zeros behind a header: a sparse file, so that the test itself takes no memory for it. */
static const char *write_weights(const char *name, const char *header, size_t size)
{
    tensor_file file = tensor_file_make("", 0, "%s", header);
    const char *path = scratch_path("%s", name);
    file_write(path, file.bytes, file.size);
    cr_assert_eq(truncate(path, (off_t)(file.size + size)), 0);
    tensor_file_free(&file);
    return path;
}

/* 18 MiB of a convolution. */
static const char *write_large_weights(void)
{
    static const char header[] =
        "{\"__metadata__\":{\"upscale.scale\":\"2\",\"upscale.layers\":\"["
        "{\\\"op\\\":\\\"conv2d\\\",\\\"name\\\":\\\"0\\\",\\\"padding\\\":1},"
        "{\\\"op\\\":\\\"conv2d\\\",\\\"name\\\":\\\"1\\\",\\\"padding\\\":1},"
        "{\\\"op\\\":\\\"conv_transpose2d\\\",\\\"name\\\":\\\"2\\\",\\\"stride\\\":2}]\"},"
        "\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1024,1,3,3],\"data_offsets\":[0,36864]},"
        "\"1.weight\":{\"dtype\":\"F32\",\"shape\":[512,1024,3,3],"
        "\"data_offsets\":[36864,18911232]},"
        "\"2.weight\":{\"dtype\":\"F32\",\"shape\":[512,1,2,2],"
        "\"data_offsets\":[18911232,18919424]}}";
    return write_weights("large.safetensors", header, 18919424);
}

/* 64 GiB are refused by their size: nothing of them is read, or asked for. */
Test(memory, weights_are_refused_before_they_are_read)
{
    const char *path = write_weights("sparse.safetensors",
                                     "{\"weight\":{\"dtype\":\"F32\",\"shape\":[65536,65536,2,2],"
                                     "\"data_offsets\":[0,68719476736]}}",
                                     (size_t)1 << 36);
    up_weights *weights;
    up_error error;
    up_options options;
    up_options_init(&options);
    options.max_memory = 256 * MIB;
    cr_assert_eq(up_weights_open(&weights, path, &options, &error), UP_ERROR_LIMIT);
    cr_assert(strstr(error.message, "sparse.safetensors: "), "%s", error.message);
    cr_assert(strstr(error.message, "--max-memory"), "%s", error.message);
}

/* Halves are twice as large as values. */
Test(memory, values_count_beside_their_file)
{
    const char *path = write_large_weights();
    up_tensor_file *file;
    up_error error;
    cr_assert_eq(up_tensor_file_open(&file, path, SIZE_MAX, &error), UP_OK);
    const size_t both = up_tensor_file_bytes(file) + up_tensor_file_values_bytes(file);
    up_tensor_file_close(&file);
    cr_assert_geq(both, 36 * MIB);
    cr_assert_eq(up_tensor_file_open(&file, path, both, &error), UP_OK);
    up_tensor_file_close(&file);
    cr_assert_eq(up_tensor_file_open(&file, path, both - 1, &error), UP_ERROR_LIMIT);
}

Test(memory, weights_count_against_the_limit)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -w large.safetensors -o o.ppm --max-memory 16M", 1, "",
          "large.safetensors: these weights need" },
        { "upscale a.ppm -w large.safetensors -o o.ppm --max-memory 40M", 1, "", "--max-memory" },
        { "upscale info a.ppm -w large.safetensors --max-memory 16M", 0, "these weights need", "" },
        { "upscale info large.safetensors --max-memory 16M", 1, "", "these weights need" },
        { "upscale eval a.ppm -w large.safetensors -m tconv -s 2 --max-memory 16M", 1, "",
          "these weights need" },
        { "test -e o.ppm", 1, "", "" },
        { "upscale a.ppm -w large.safetensors -o o.ppm --max-memory 64M -q", 0, "", "" },
        { "upscale train a.ppm --kind net --channels 200 --layers 30 --steps 1 -o w.safetensors "
          "--max-memory 64M",
          1, "", "training would need" },
        { "upscale train a.ppm --support 21 -o w.safetensors --max-memory 32M", 1, "",
          "training would need" },
    };
    write_large_weights();
    write_ppm("a.ppm", 64, 64);
    SHELL_EXPECT_ALL(tests);
}

/* ---- promise and peak */

static size_t promise(const char *flags)
{
    json_t *line = shell_json("upscale -n --json --overwrite %s", flags);
    const size_t bytes = (size_t)json_integer_value(json_object_get(line, "memory"));
    json_decref(line);
    return bytes;
}

static void expect_kept(const char *flags)
{
    const size_t promised = promise(flags);
    process_result r = shell("upscale -q --overwrite %s", flags);
    cr_expect_eq(r.exit_code, 0, "%s: %s", flags, r.err);
    cr_expect_leq(r.peak_bytes, promised + 2 * MIB, "%s: %zu of %zu", flags, r.peak_bytes,
                  promised);
    cr_expect_leq(promised, r.peak_bytes * 3 / 2 + 16 * MIB, "%s: %zu of %zu", flags, r.peak_bytes,
                  promised);
    process_free(&r);
}

Test(memory, promises_are_kept)
{
    if (SANITIZED)
        cr_skip("sanitizers take memory of their own");
    write_large_weights();
    write_ppm("small.ppm", 16, 16);
    write_ppm("wide.ppm", 3000, 700);
    shell_code("upscale wide.ppm -m nearest -s 1 --progressive -o held.jpg -q");
    expect_kept("small.ppm -w large.safetensors -o o.ppm");
    expect_kept("small.ppm -w large.safetensors -s 5 -o o.ppm");
    expect_kept("wide.ppm -m bicubic --threads 8 -o o.png");
    expect_kept("wide.ppm -m tconv:small --threads 1 -o o.jpg");
    expect_kept("wide.ppm -m tconv:small --threads 4 -o o.png");
    expect_kept("held.jpg -m bicubic --threads 2 -o o.png");
    expect_kept("wide.ppm -m bicubic --threads 2 --progressive -o o.jpg");
}

/* Noise packs worst: the encoder has more to keep, and what comes out is large. */
Test(memory, encoders_of_noise_keep_to_it)
{
    if (SANITIZED || up_format_left_out("webp"))
        cr_skip("sanitizers take memory of their own");
    write_ppm("noise.ppm", 2000, 700);
    expect_kept("noise.ppm -m nearest -s 1 --threads 1 -o o.webp");
    expect_kept("noise.ppm -m nearest -s 1 --threads 1 -o o.webp --quality 100");
    expect_kept("noise.ppm -m nearest -s 1 --threads 1 -o o.webp --lossless");
}

/* What comes out is kept by the test, in whose memory the next one begins. */
Test(memory, pipes_that_are_held_for_count)
{
    if (SANITIZED)
        cr_skip("sanitizers take memory of their own");
    write_ppm("tall.ppm", 700, 1000);
    expect_kept("tall.ppm -m bicubic --threads 2 -f npy -o -");
    if (!up_format_left_out("tif"))
        expect_kept("tall.ppm -m bicubic --threads 2 -f tif -o -");
}

/* Of the smallest picture most is the library. */
Test(memory, libraries_that_are_loaded_count)
{
    static const char *const kinds[] = { "tif", "jxl", "avif" };
    char flags[128];
    if (SANITIZED)
        cr_skip("sanitizers take memory of their own");
    write_ppm("small.ppm", 16, 16);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (up_format_left_out(kinds[i]))
            continue;
        snprintf(flags, sizeof flags, "small.ppm -m bicubic --threads 1 -o o.%s", kinds[i]);
        expect_kept(flags);
        snprintf(flags, sizeof flags, "o.%s -m bicubic --threads 1 -o o.png", kinds[i]);
        expect_kept(flags);
    }
}

/* Eight jobs, each of which would take some 48 MiB. */
Test(memory, jobs_share_the_limit)
{
    if (SANITIZED)
        cr_skip("sanitizers take memory of their own");
    write_large_weights();
    write_ppm("a.ppm", 16, 16);
    process_result r = shell("for i in 1 2 3 4 5 6 7 8; do cp a.ppm in$i.ppm; done; "
                             "upscale in*.ppm -w large.safetensors -o out/ -j8 --threads 1 -q "
                             "--max-memory 100M && ls out | wc -l");
    cr_expect_eq(r.exit_code, 0, "%s", r.err);
    cr_expect_eq(atoi(r.out), 8);
    cr_expect_leq(r.peak_bytes, 104 * MIB, "%zu MiB", r.peak_bytes >> 20);
    process_free(&r);
}

/* What people download most: 23 blocks, 16.7 million parameters. */
Test(memory, a_network_of_full_size)
{
    if (SANITIZED)
        cr_skip("sanitizers take memory of their own");
    tensor_file file = esrgan_file(64, 32, 23);
    file_write(scratch_path("RealESRGAN_x4plus.pth"), file.bytes, file.size);
    tensor_file_free(&file);
    write_ppm("a.ppm", 40, 24);
    process_result r = shell("upscale a.ppm -w RealESRGAN_x4plus.pth -o big.png -v");
    cr_expect_eq(r.exit_code, 0, "%s", r.err);
    cr_expect(strstr(r.err, "ESRGAN x4 to 160x96"), "%s", r.err);
    cr_expect_leq(r.peak_bytes, (400 + 64) * MIB, "%zu MiB", r.peak_bytes >> 20);
    process_free(&r);
    expect_kept("a.ppm -w RealESRGAN_x4plus.pth -o big.png");
    expect_kept("a.ppm -w RealESRGAN_x4plus.pth -o big.png --threads 1");
}
