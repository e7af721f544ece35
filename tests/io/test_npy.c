/* SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "io/formats.h"
#include "io/npy/npy_header.h"
#include "support/pictures/image_io.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(npy, .init = scratch_init, .fini = scratch_fini, .timeout = 300);

/* A file with this dict and `size` bytes of data. */
static const char *npy_file(int version, const char *dict, const void *data, size_t size)
{
    const char *path = scratch_path("in.npy");
    uint8_t all[1024] = "\x93NUMPY";
    size_t length = strlen(dict), head = version == 1 ? 10 : 12;
    all[6] = (uint8_t)version;
    all[8] = (uint8_t)length;
    all[9] = (uint8_t)(length >> 8);
    memcpy(all + head, dict, length);
    memcpy(all + head + length, data, size);
    file_write(path, all, head + length + size);
    return path;
}

static image load(const char *path)
{
    image loaded;
    up_error error = { 0 };
    cr_assert_eq(image_load(&loaded, path, 2, &error), UP_OK, "%s", error.message);
    cr_assert_eq(loaded.format.color, UP_COLOR_TENSOR);
    cr_assert(loaded.format.planar);
    return loaded;
}

static void expect_shape(const up_format *f, int64_t frames, int channels, int height, int width,
                         int dims)
{
    cr_assert_eq(f->frames, frames);
    cr_assert_eq(f->channels, channels);
    cr_assert_eq(f->height, height);
    cr_assert_eq(f->width, width);
    cr_assert_eq(f->dims, dims);
}

Test(npy, shapes)
{
    static const uint8_t data[24] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 };
    static const struct {
        const char *shape;
        int64_t frames;
        int channels, height, width, dims;
    } known[] = {
        { "(6,)", 1, 1, 1, 6, 1 },         { "(2, 3)", 1, 1, 2, 3, 2 },
        { "(2, 3, 4)", 1, 2, 3, 4, 3 },    { "(2, 3, 2, 2)", 2, 3, 2, 2, 4 },
        { "(0, 3, 2, 2)", 0, 3, 2, 2, 4 }, { "(2,3,)", 1, 1, 2, 3, 2 },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (int version = 1; version <= 3; version++) {
            char dict[128];
            snprintf(dict, sizeof dict, "{'descr': '|u1', 'fortran_order': False, 'shape': %s, }\n",
                     known[i].shape);
            image loaded = load(npy_file(version, dict, data, sizeof data));
            expect_shape(&loaded.format, known[i].frames, known[i].channels, known[i].height,
                         known[i].width, known[i].dims);
            cr_assert_arr_eq(loaded.data, data, loaded.size);
            image_free(&loaded);
        }
}

Test(npy, types)
{
    const char *form = "{\"shape\": (2, 2), 'descr':'%s','fortran_order':False}";
    static const double wide[] = { 1.5, -2, 1e300, 0.1 };
    static const float narrow[] = { 1.5f, -2, INFINITY, 0.1f };
    static const uint16_t words[] = { 0x102, 3, 0xffff, 0 };
    static const uint8_t big_words[] = { 1, 2, 0, 3, 255, 255, 0, 0 };
    static const uint8_t big_floats[] = { 0x3f, 0xc0, 0, 0, 0xc0, 0,    0,    0,
                                          0x7f, 0x80, 0, 0, 0x3d, 0xcc, 0xcc, 0xcd };
    const struct {
        const char *descr;
        const void *stored, *loaded;
        size_t stored_size, size;
    } known[] = {
        { "<u2", words, words, 8, 8 },     { ">u2", big_words, words, 8, 8 },
        { "<f4", narrow, narrow, 16, 16 }, { ">f4", big_floats, narrow, 16, 16 },
        { "<f8", wide, narrow, 32, 16 },   { "|u1", "abcd", "abcd", 4, 4 },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        char dict[128];
        snprintf(dict, sizeof dict, form, known[i].descr);
        image loaded = load(npy_file(1, dict, known[i].stored, known[i].stored_size));
        cr_assert_eq(loaded.size, known[i].size);
        cr_assert_arr_eq(loaded.data, known[i].loaded, known[i].size, "%s", known[i].descr);
        image_free(&loaded);
    }
}

Test(npy, refuses)
{
    static const char *const dict[] = {
        "",
        "{}",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2)}",
        "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2)}",
        "{'descr': '<i8', 'fortran_order': False, 'shape': (1, 2)}",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2, 2)}",
        "{'descr': '|f4', 'fortran_order': False, 'shape': (2, 2)}",
        "{'descr': 'f4', 'fortran_order': False, 'shape': (2, 2)}",
        "{'descr': [('r', '|u1')], 'fortran_order': False, 'shape': (2, 2)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': ()}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (4)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 0)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2, -2)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2 2)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (100, 100)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
        ("{'descr': '|u1', 'fortran_order': False, 'shape': (0, 2147483647, 2147483647, "
         "2147483647)}"),
        "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 1, 1, 2147483648)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999, 1)}",
        "{'descr': '|u1', 'fortran_order': False}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), 'shape': (2, 2)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), 'x': 1}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2)} x",
        "{'descr': '|u1' 'fortran_order': False, 'shape': (2, 2)}",
        "{'descr': '|u1', 'fortran_order': 0, 'shape': (2, 2)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2)",
    };
    for (size_t i = 0; i < sizeof dict / sizeof *dict; i++)
        expect_damaged(npy_file(1, dict[i], "0123456789abcdef", 16));
    expect_damaged(npy_file(4, "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}", "0", 1));
}

Test(npy, round_trip)
{
    static const int64_t shape[][5] = { { 1, 1, 1, 7, 1 },  { 1, 1, 5, 7, 2 }, { 1, 1, 5, 7, 3 },
                                        { 1, 19, 5, 7, 3 }, { 3, 2, 5, 7, 4 }, { 1, 2, 5, 7, 4 },
                                        { 0, 2, 5, 7, 4 } };
    static uint8_t data[19 * 5 * 7 * 8];
    uint32_t state = 3;
    up_encoding encoding = plain_encoding();
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)next_random(&state);
    for (size_t i = 0; i < sizeof shape / sizeof *shape; i++)
        for (int sample = UP_SAMPLE_U8; sample <= UP_SAMPLE_F32; sample++) {
            up_format f = { .frames = shape[i][0],
                            .channels = (int)shape[i][1],
                            .height = (int)shape[i][2],
                            .width = (int)shape[i][3],
                            .dims = (int)shape[i][4],
                            .sample = (up_sample)sample };
            const char *path = scratch_path("out.npy");
            cr_assert_eq(image_save(path, &f, data, &encoding, 2, 2, NULL), UP_OK);
            image loaded = load(path);
            expect_shape(&loaded.format, f.frames, f.channels, f.height, f.width, f.dims);
            cr_assert_eq(loaded.format.sample, (up_sample)sample);
            cr_assert_arr_eq(loaded.data, data, loaded.size);
            image_free(&loaded);
        }
}

/* Pictures become CHW; what needs more dimensions than were asked for gets them. */
Test(npy, natural_dimensions)
{
    up_encoding encoding = plain_encoding();
    const char *path = scratch_path("out.npy");
    up_format f = picture_format(3, 2, 1, UP_SAMPLE_U8);
    cr_assert_eq(image_save(path, &f, "abcdef", &encoding, 1, 2, NULL), UP_OK);
    image loaded = load(path);
    expect_shape(&loaded.format, 1, 1, 2, 3, 3);
    image_free(&loaded);
    f = picture_format(1, 2, 3, UP_SAMPLE_U8);
    f.dims = 2;
    cr_assert_eq(image_save(path, &f, "abcdef", &encoding, 1, 2, NULL), UP_OK);
    loaded = load(path);
    expect_shape(&loaded.format, 1, 3, 2, 1, 3);
    image_free(&loaded);
}

Test(npy, header_is_aligned)
{
    uint8_t bytes[UP_NPY_HEADER_MAX];
    up_npy_header h = { .type = UP_NPY_I64,
                        .dims = 4,
                        .shape = { INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX } };
    size_t size = up_npy_header_make(bytes, &h);
    cr_assert_eq(size % 64, 0);
    cr_assert_leq(size, sizeof bytes);
    cr_assert_eq(bytes[size - 1], '\n');
    cr_assert_eq(10u + bytes[8] + 256u * bytes[9], size);
}

Test(npy, indices)
{
    static const int64_t data[] = { 5, INT64_MIN, INT64_MAX, -1, 0, 7 };
    up_encoding encoding = plain_encoding();
    const char *path = scratch_path("out.npy");
    up_format f = { .frames = 1, .channels = 2, .height = 1, .width = 3, .sample = UP_SAMPLE_I64 };
    cr_assert_eq(image_save(path, &f, data, &encoding, 1, 1, NULL), UP_OK);
    int64_t *read, shape[UP_NPY_MAX_DIMS];
    int dims;
    up_error error = { 0 };
    cr_assert_eq(up_npy_read_i8(path, &read, shape, &dims, &error), UP_OK, "%s", error.message);
    cr_assert_eq(dims, 3);
    cr_assert(shape[0] == 2 && shape[1] == 1 && shape[2] == 3);
    cr_assert_arr_eq(read, data, sizeof data);
    up_free(read);
    expect_damaged(path); /* as an image */
    f.sample = UP_SAMPLE_U8;
    cr_assert_eq(image_save(path, &f, data, &encoding, 1, 1, NULL), UP_OK);
    cr_assert_eq(up_npy_read_i8(path, &read, shape, &dims, &error), UP_ERROR_WEIGHTS);
    cr_assert_null(read);
    path = npy_file(1, "{'descr': '<i8', 'fortran_order': False, 'shape': (99, 99)}", "", 0);
    cr_assert_eq(up_npy_read_i8(path, &read, shape, &dims, &error), UP_ERROR_INPUT);
    path = npy_file(1, "{'descr': '>i8', 'fortran_order': False, 'shape': (1,)}",
                    "\0\0\0\0\0\0\1\2", 8);
    cr_assert_eq(up_npy_read_i8(path, &read, shape, &dims, &error), UP_OK);
    cr_assert_eq(read[0], 258);
    up_free(read);
}

/* Through `cat`: neither side can seek, so planes are held, and come out the same. */
Test(npy, pipes)
{
    static uint8_t data[2 * 3 * 5 * 7];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)i;
    up_encoding encoding = plain_encoding();
    up_format f = { .frames = 2, .channels = 3, .height = 5, .width = 7 };
    int end[2];
    const up_sink_format *type;
    cr_assert_eq(pipe(end), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(end[1], STDOUT_FILENO);
        up_sink *sink;
        f.planar = true;
        int bad = up_sink_format_find(&type, "npy", "-", NULL) ||
                  up_sink_open(&sink, type, "-", false, &f, &encoding, 1, 105, NULL);
        for (int y = 0; y < 10 && !bad; y++) {
            const uint8_t *row[3];
            for (int c = 0; c < 3; c++)
                row[c] = data + y / 5 * 105 + c * 35 + y % 5 * 7;
            bad = sink->accept(sink, 0, (const void *const *)row, 1, NULL) ||
                  sink->emit(sink, 0, NULL);
        }
        _exit(bad || sink->finish(sink, NULL));
    }
    dup2(end[0], STDIN_FILENO);
    close(end[1]);
    image loaded = load("-");
    expect_shape(&loaded.format, 2, 3, 5, 7, 4);
    cr_assert_eq(loaded.held_bytes, 105);
    cr_assert_arr_eq(loaded.data, data, sizeof data);
    image_free(&loaded);
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert_eq(status, 0);
}

Test(npy, hostile)
{
    const char *path = scratch_path("out.npy");
    up_encoding encoding = plain_encoding();
    up_format f = picture_format(3, 2, 2, UP_SAMPLE_U16);
    size_t size;
    cr_assert_eq(image_save(path, &f, "abcdefghijklmnopqrstuvwx", &encoding, 1, 2, NULL), UP_OK);
    char *file = file_read(path, &size);
    expect_hostile_survived(path, (uint8_t *)file, size, 4000);
    free(file);
}
