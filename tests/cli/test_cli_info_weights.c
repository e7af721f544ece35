/* SPDX-License-Identifier: MIT */
/* upscale info of weight files, and weights that are found by name. */
#include "support/network/network_file.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define FSRCNN                                                                                     \
    "first_part.0.weight:6,1,5,5 first_part.0.bias:6 first_part.1.weight:6 "                       \
    "mid_part.0.weight:2,6,1,1 mid_part.0.bias:2 mid_part.1.weight:2 "                             \
    "mid_part.2.weight:2,2,3,3 mid_part.2.bias:2 mid_part.3.weight:2 "                             \
    "mid_part.4.weight:6,2,1,1 mid_part.4.bias:6 mid_part.5.weight:6 "                             \
    "last_part.weight:6,1,9,9 last_part.bias:1"

static void write_file(const char *name, tensor_file file)
{
    file_write(scratch_path("%s", name), file.bytes, file.size);
    tensor_file_free(&file);
}

static void set_up(void)
{
    scratch_init();
    write_ppm("a.ppm", 12, 10);
    shell_code("mkdir one two");
    write_file("layer.safetensors",
               network_file("weight:1,1,4,4", NULL,
                            "'upscale.stride':'2','upscale.padding':'1','licence':'CC0-1.0',"
                            "'source':'made up'"));
    write_file("uneven.safetensors",
               network_file("weight:3,3,3,3 bias:3", NULL, "'upscale.stride':'2'"));
    write_file("fsrcnn.safetensors", network_file(FSRCNN, NULL, ""));
    shell_code("cp layer.safetensors one/mine-x2.safetensors; cp layer.safetensors plain");
    write_file("one/mine-x4.safetensors",
               network_file("weight:1,1,8,8", NULL, "'upscale.stride':'4','upscale.padding':'2'"));
    write_file("two/other.safetensors", network_file(FSRCNN, NULL, "'upscale.scale':'3'"));
}

TestSuite(cli_info_weights, .init = set_up, .fini = scratch_fini);

static json_t *info(const char *arguments)
{
    return shell_json("upscale info --json %s", arguments);
}

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static void expect_pair(const json_t *object, const char *key, int rows, int columns)
{
    const json_t *pair = json_object_get(object, key);
    cr_expect(json_integer_value(json_array_get(pair, 0)) == rows &&
                  json_integer_value(json_array_get(pair, 1)) == columns,
              "%s is not %d,%d", key, rows, columns);
}

static json_t *layer_of(const json_t *line, size_t i)
{
    return json_array_get(json_object_get(line, "layers"), i);
}

/* -------------------------------------------------------------- reports */

Test(cli_info_weights, in_words)
{
    static const shell_case tests[] = {
        { "upscale info layer.safetensors", 0, "ConvTranspose2d, 1 channel in, 1 out", "" },
        { "upscale info layer.safetensors", 0, "scale         x2", "" },
        { "upscale info layer.safetensors", 0, "exactly the input times the scale", "" },
        { "upscale info layer.safetensors", 0, "16 multiply-adds per input pixel, 16 par", "" },
        { "upscale info layer.safetensors", 0, "receptive field of 2 x 2", "" },
        { "upscale info layer.safetensors", 0, "source        made up", "" },
        { "upscale info layer.safetensors", 0, "stride 2, padding 1", "" },
        { "upscale info layer.safetensors", 0, "stride 2: even", "" },
        { "upscale info plain", 0, "ConvTranspose2d", "" }, /* told by what it holds */
        { "upscale info uneven.safetensors", 0, "        4    2\n         2    1\n", "" },
        { "upscale info uneven.safetensors", 0, "checkerboard", "" },
        { "upscale info uneven.safetensors", 0, "extended by 1", "" },
        { "upscale info a.ppm layer.safetensors", 0, "12 x 10 RGB", "" },
        { "upscale info tconv:bicubic -s 4", 0, "x4", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_info_weights, lines_fit_80_columns)
{
    static const shell_case tests[] = {
        { "upscale info *.safetensors tconv:bicubic -q | awk 'length > 80'", 0, "", "" },
        { "upscale info *.safetensors tconv:bicubic -q | grep ' $'", 1, "", "" },
    };
    write_file(
        "long.safetensors",
        network_file("a_tensor_with_a_rather_long_name.weight:64,64,4,4", NULL,
                     "'upscale.stride':'2,3','upscale.padding':'1,0','upscale.dilation':'3',"
                     "'upscale.groups':'1','upscale.output_padding':'1,2','a_very_long_key':"
                     "'and a value that goes on and on and on, for more than eighty columns'"));
    SHELL_EXPECT_ALL(tests);
}

Test(cli_info_weights, as_json)
{
    json_t *line = info("uneven.safetensors"), *layer = layer_of(line, 0);
    cr_expect_str_eq(json_string_value(json_object_get(line, "type")), "weights");
    cr_expect_str_eq(json_string_value(json_object_get(line, "color")), "rgb");
    expect_pair(line, "scale", 2, 2);
    expect_pair(line, "extra", 1, 1);
    expect_pair(line, "receptive_field", 2, 2);
    cr_expect_eq(number(line, "parameters"), 3 * 3 * 9 + 3);
    cr_expect_eq(number(line, "multiply_adds"), 3 * 3 * 9);
    expect_pair(layer, "kernel", 3, 3);
    expect_pair(layer, "stride", 2, 2);
    cr_expect(json_is_false(json_object_get(layer, "overlap_even")));
    const json_t *map = json_object_get(layer, "overlap");
    static const int taps[2][2] = { { 4, 2 }, { 2, 1 } };
    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(json_integer_value(json_array_get(json_array_get(map, i / 2), i % 2)),
                     taps[i / 2][i % 2]);
    json_decref(line);
}

Test(cli_info_weights, scale_that_is_not_in_the_file)
{
    json_t *open = info("fsrcnn.safetensors"), *known = info("fsrcnn.safetensors -s 3");
    cr_expect(json_is_null(json_object_get(open, "scale")));
    cr_expect(json_is_null(json_object_get(open, "receptive_field")));
    cr_expect(json_is_null(json_object_get(layer_of(open, 8), "stride")));
    expect_pair(known, "scale", 3, 3);
    expect_pair(layer_of(known, 8), "stride", 3, 3);
    cr_expect_str_eq(json_string_value(json_object_get(open, "family")), "FSRCNN");
    cr_expect_eq(number(open, "multiply_adds"), number(known, "multiply_adds"));
    cr_expect_eq(number(open, "parameters"), number(known, "parameters"));
    cr_expect_eq(json_array_size(json_object_get(open, "layers")), 9);
    json_decref(open);
    json_decref(known);
    shell_expect(&(shell_case){ "upscale info fsrcnn.safetensors", 0, "give -s 2, 3 or 4", "" });
}

Test(cli_info_weights, hostile_files_are_refused_in_a_line)
{
    static const struct {
        const char *tensors, *layers, *culprit, *reason;
    } tests[] = {
        { "0.weight:8,1,3,3 0.bias:7 1.weight:8,1,4,4", NULL, "layer 0 (conv2d \"0\")",
          "[7] does not fit: a bias must hold one value" },
        { "0.weight:8,1,3,3 1.weight:9 2.weight:8,1,4,4", NULL, "layer 1 (prelu \"1\")",
          "needs one, or one for each of 8" },
        { "weight:1,70000,1,1", NULL, "weight", "channels" },
        { "other:3", NULL, "other", "no known network" },
        { "c.weight:1,1,3,3", "[{'op':'conv2d','name':'d'}]", "d", "no tensor" },
    };
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        write_file("bad.safetensors", network_file(tests[i].tensors, tests[i].layers, ""));
        process_result r = shell("upscale info bad.safetensors --plot p.png");
        cr_expect(r.exit_code == 1 && !*r.out && strstr(r.err, tests[i].culprit) &&
                      strstr(r.err, tests[i].reason) && strstr(r.err, "bad.safetensors: ") &&
                      strchr(r.err, '\n') == r.err + strlen(r.err) - 1,
                  "%s: %d\n%s\n%s", tests[i].tensors, r.exit_code, r.out, r.err);
        process_free(&r);
    }
    cr_expect_not(file_exists(scratch_path("p.png")));
    static const shell_case broken[] = {
        { "head -c 60 layer.safetensors > t.safetensors; upscale info t.safetensors", 1, "",
          "safetensors" },
        { "upscale info missing.safetensors", 1, "", "missing.safetensors: " },
    };
    SHELL_EXPECT_ALL(broken);
}

/* -------------------------------------------------------------- pictures */

Test(cli_info_weights, plot)
{
    static const shell_case tests[] = {
        { "upscale info fsrcnn.safetensors --plot p.ppm > /dev/null && size_of p.ppm", 0, "P6 1100",
          "" },
        { "upscale info fsrcnn.safetensors -s 2 --plot p.ppm", 1, NULL, "p.ppm exists" },
        { "upscale info fsrcnn.safetensors --plot p.ppm --overwrite", 0, NULL, "" },
        { "upscale info layer.safetensors fsrcnn.safetensors --plot q.png", 2, "", "one weight" },
        { "upscale info layer.safetensors --plot -", 2, "", "filters.png" },
        { "upscale info layer.safetensors --plot q.doc", 2, NULL, "extension" },
        { "upscale info a.ppm --plot q.png", 2, "", "a.ppm: --plot draws" },
        { "test -e q.png", 1, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* The strongest weight of a filter is the deepest colour, zero is white, the sign is the hue. */
Test(cli_info_weights, plot_has_the_colours_of_the_weights)
{
    static const float taps[4] = { 2, -2, 0, 1 };
    write_file("four.safetensors",
               tensor_file_make(taps, sizeof taps,
                                "{\"weight\":{\"dtype\":\"F32\",\"shape\":[1,1,2,2],"
                                "\"data_offsets\":[0,16]}}"));
    cr_assert_eq(shell_code("upscale info four.safetensors --stride 2 --plot p.ppm > /dev/null"),
                 0);
    static const int expected[4][3] = {
        { 200, 20, 30 }, { 20, 70, 190 }, { 250, 250, 250 }, { 225, 135, 140 }
    };
    size_t size;
    char *file = file_read(scratch_path("p.ppm"), &size);
    int width, height, skip = 0;
    cr_assert_eq(sscanf(file, "P6 %d %d 255%n", &width, &height, &skip), 2);
    const unsigned char *rgb = (const unsigned char *)file + skip + 1;
    for (int i = 0; i < 4; i++) { /* 12 pixels of the picture for each tap */
        size_t at = 3 * ((size_t)(28 + 6 + i / 2 * 12) * (size_t)width + (size_t)(18 + i % 2 * 12));
        for (int c = 0; c < 3; c++)
            cr_expect_eq(rgb[at + (size_t)c], expected[i][c], "tap %d: %d instead of %d", i,
                         rgb[at + (size_t)c], expected[i][c]);
    }
    free(file);
}

/* -------------------------------------------------------------- names */

Test(cli_info_weights, found_by_name)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -w mine --weights-dir one -s 2 -o a2.ppm -v", 0, "", "x2 to 24x20" },
        { "upscale a.ppm -m tconv:mine --weights-dir one -s 4 -o a4.ppm -v", 0, "", "x4 to 48x40" },
        { "upscale a.ppm -m tconv:mine --weights-dir one -s 3 -o a3.ppm -v", 0, "", "x4 to 48x40" },
        { "upscale a.ppm -w mine-x4 --weights-dir one -s 2 -o b.ppm -v", 0, "", "x4 to 48x40" },
        { "UPSCALE_WEIGHTS=two:one upscale info tconv:mine -s 2", 0, "one/mine-x2", "" },
        { "UPSCALE_WEIGHTS=two:one upscale info tconv:other", 0, "x3", "" },
        { "mkdir -p d/upscale && mv one d/upscale/weights && XDG_DATA_HOME=$PWD/d upscale info "
          "tconv:mine",
          0, "mine-x2", "" },
        { "HOME=$PWD upscale a.ppm -w nothing -o c.ppm", 2, "", "there is no nothing.safetensors" },
        { "HOME=$PWD upscale a.ppm -m tconv:nothing -o c.ppm", 2, "", "/.local/share/upscale" },
        { "HOME=$PWD upscale info tconv:nothing", 2, "", "tconv:nothing: " },
        { "test -e c.ppm", 1, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_info_weights, listed)
{
    static const shell_case tests[] = {
        { "upscale --list-methods", 0, "tconv:bicubic", "" },
        { "upscale --list-methods | grep bicubic | grep x4", 0, "CC0-1.0", "" },
        { "upscale --list-methods --weights-dir one | grep mine-x2", 0, "x2          16  CC0-1.0",
          "" },
        { "UPSCALE_WEIGHTS=two upscale --list-methods | grep other", 0, "licence not stated", "" },
        { "echo x > two/bad.safetensors; upscale --list-methods --weights-dir two | grep bad", 0,
          "not usable: two/bad.safetensors: ", "" },
        { "upscale --list-methods | sed /default/q | grep -c '^[a-z-]* '", 0, "9", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* -------------------------------------------------------------- files that people have */

Test(cli_info_weights, community_files)
{
    static const struct {
        const char *name;
        int scale;
        double multiply_adds;
    } files[] = {
        { "etds-fsrcnn-rgb-x3", 3, 24336 },
        { "yjn870-fsrcnn-x2", 2, 12464 },
        { "opencv-espcn-x2", 2, 21184 },
        { "waifu2x-upconv7-photo-scale2x", 2, 551856 },
    };
    if (!file_exists(UP_SHARED_DIR "/weights/opencv-espcn-x2.safetensors"))
        cr_skip_test("no shared weights");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/weights/%s.safetensors --plot %s.png", UP_SHARED_DIR,
                 files[i].name, files[i].name);
        json_t *line = info(path);
        expect_pair(line, "scale", files[i].scale, files[i].scale);
        expect_pair(line, "extra", 0, 0);
        cr_expect_eq(number(line, "multiply_adds"), files[i].multiply_adds, "%s", files[i].name);
        cr_expect(file_exists(scratch_path("%s.png", files[i].name)));
        json_decref(line);
    }
}
