/* SPDX-License-Identifier: MIT */
/* upscale convert: any network as safetensors that says all of itself, to the bit. */
#include "support/network/network_file.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <string.h>

#define NETS UP_UNPACKED_DIR "/nets"

static void write_network(const char *name, const char *tensors, const char *layers,
                          const char *metadata)
{
    tensor_file file = network_file(tensors, layers, metadata);
    file_write(scratch_path("%s", name), file.bytes, file.size);
    tensor_file_free(&file);
}

static void set_up(void)
{
    scratch_init();
    write_ppm("a.ppm", 23, 19);
}

TestSuite(cli_convert, .init = set_up, .fini = scratch_fini);

/* Both give the same picture. */
static void expect_same(const char *from, const char *to, const char *input)
{
    cr_expect_eq(shell_code("rm -f 1.* 2.*; e=${0##*.}; upscale -q %s -m tconv -w '%s' -o 1.%s && "
                            "upscale -q %s -m tconv -w '%s' -o 2.%s && cmp 1.%s 2.%s",
                            input, from, strrchr(input, '.') + 1, input, to,
                            strrchr(input, '.') + 1, strrchr(input, '.') + 1,
                            strrchr(input, '.') + 1),
                 0, "%s", from);
}

Test(cli_convert, networks_of_pytorch_come_out_to_the_bit)
{
    static const char *const nets[][2] = {
        { "fsrcnn_x2", "-s 2" },     { "fsrcnn_x4", "-s 4" },
        { "fsrcnn_rgb_x2", "-s 2" }, { "srvgg_x3_leaky", "--weights-activation leaky_relu" },
        { "espcn_x3", "" },          { "srvgg_x2", "" },
    };
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        const char *net = nets[i][0], *scale = nets[i][1];
        const int code = shell_code(
            "f='" NETS "/%s'; upscale convert -q $f/weights.safetensors %s.safetensors %s && "
            "upscale -q $f/x.npy -m tconv -w $f/weights.safetensors %s -o %s-1.npy && "
            "upscale -q $f/x.npy -m tconv -w %s.safetensors -o %s-2.npy && cmp %s-1.npy %s-2.npy",
            net, net, scale, scale, net, net, net, net, net);
        cr_expect_eq(code, 0, "%s", net);
    }
}

/* Kinds with fields of every type, layers that nothing needs, bounds whose digits matter, tensors
 * that two layers share, and several inputs. */
Test(cli_convert, layers_of_every_sort)
{
    write_network(
        "all.safetensors",
        "one.weight:8,3,3,3 one.bias:8 two.weight:8,4,3,3 two.bias:8 slope.weight:8 "
        "end.weight:8,3,4,4",
        "[{'op':'conv2d','id':'a','name':'one','padding':1,'padding_mode':'reflect'},"
        "{'op':'relu','id':'unused'},"
        "{'op':'prelu','inputs':['a'],'name':'slope','min':-0.1,'max':0.30000001192092896},"
        "{'op':'conv2d','name':'two','groups':2,'padding':[1,1]},"
        "{'op':'leaky_relu','slope':0.123456789},"
        "{'op':'conv2d','name':'two','groups':2,'padding':1},"
        "{'op':'add','from':'a'},"
        "{'op':'affine','scale':[0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8],'offset':0.01},"
        "{'op':'conv_transpose2d','name':'end','stride':2,'padding':1}]",
        "'licence':'CC0-1.0','upscale.limit':'0.4','upscale.range':'255'");
    cr_expect_eq(shell_code("upscale convert -q all.safetensors c.safetensors"), 0);
    expect_same("all.safetensors", "c.safetensors", "a.ppm");
    json_t *line = shell_json("upscale info --json c.safetensors");
    json_t *metadata = json_object_get(line, "metadata"), *layers = json_object_get(line, "layers");
    cr_expect_str_eq(json_string_value(json_object_get(metadata, "licence")), "CC0-1.0");
    cr_expect_str_eq(json_string_value(json_object_get(metadata, "upscale.limit")), "0.4");
    cr_expect_str_eq(json_string_value(json_object_get(metadata, "upscale.scale")), "2");
    cr_expect_eq(json_number_value(json_object_get(line, "range")), 255);
    cr_expect_eq(json_array_size(layers), 8, "what nothing needs is left out");
    const json_t *first = json_array_get(layers, 2), *second = json_array_get(layers, 4);
    cr_expect_str_eq(json_string_value(json_object_get(first, "name")),
                     json_string_value(json_object_get(second, "name")));
    json_decref(line);
    /* Once converted, always the same. */
    cr_expect_eq(shell_code("upscale convert -q c.safetensors d.safetensors && "
                            "upscale convert -q d.safetensors e.safetensors && "
                            "cmp d.safetensors e.safetensors"),
                 0);
    expect_same("all.safetensors", "d.safetensors", "a.ppm");
}

Test(cli_convert, what_is_told_by_flags_is_in_the_file)
{
    write_network("bare.safetensors", "weight:3,3,4,4", NULL, "");
    cr_expect_eq(shell_code("upscale convert -q bare.safetensors c.safetensors --weights-range 255 "
                            "--stride 2 --padding 1 --weights-color ycbcr"),
                 0);
    json_t *line = shell_json("upscale info --json c.safetensors");
    cr_expect_str_eq(json_string_value(json_object_get(line, "color")), "ycbcr");
    cr_expect_eq(json_number_value(json_object_get(line, "range")), 255);
    cr_expect(json_is_true(json_object_get(line, "range_told")));
    json_decref(line);
    cr_expect_eq(
        shell_code(
            "upscale -q a.ppm -w c.safetensors -o 1.ppm && upscale -q a.ppm -w "
            "bare.safetensors --stride 2 --padding 1 --weights-range 255 --weights-color ycbcr -o "
            "2.ppm && cmp 1.ppm 2.ppm"),
        0);
}

Test(cli_convert, crops_are_made_up_for_as_before)
{
    write_network("crop.safetensors", "a.weight:3,3,5,5 b.weight:3,3,4,4",
                  "[{'op':'conv2d','name':'a'},"
                  "{'op':'conv_transpose2d','name':'b','stride':2,'padding':1}]",
                  "'upscale.edge':'reflect'");
    write_network("clamp.safetensors", "a.weight:3,3,5,5 b.weight:3,3,4,4",
                  "[{'op':'conv2d','name':'a'},"
                  "{'op':'conv_transpose2d','name':'b','stride':2,'padding':1}]",
                  "");
    cr_expect_eq(shell_code("upscale convert -q crop.safetensors c.safetensors"), 0);
    expect_same("crop.safetensors", "c.safetensors", "a.ppm");
    cr_expect_eq(shell_code("upscale -q a.ppm -w clamp.safetensors -o 3.ppm && cmp -s 1.ppm 3.ppm"),
                 1, "the edge makes no difference");
}

/* What else a network asks of what runs it. */
Test(cli_convert, keeps_what_the_layers_do_not_say)
{
    static const char layer[] = "[{'op':'conv2d','name':'a','padding':1}]";
    write_network("all.safetensors", "a.weight:3,3,3,3", layer,
                  "'upscale.enlarge':'first','upscale.multiple':'4,2','upscale.pad':'tensors'");
    write_network("later.safetensors", "a.weight:3,3,3,3", layer, "'upscale.enlarge':'later'");
    write_network("edge.safetensors", "a.weight:3,3,3,3", layer, "'upscale.edge':'wrap'");
    write_network("none.safetensors", "a.weight:3,3,3,3", layer, "'upscale.multiple':'0'");
    static const shell_case tests[] = {
        { "upscale convert -q all.safetensors c.safetensors", 0, "", "" },
        { "upscale info --json c.safetensors", 0, "\"enlarges_first\":true", "" },
        { "upscale info --json c.safetensors", 0, "\"multiple\":[4,2]", "" },
        { "upscale info --json c.safetensors", 0, "\"upscale.pad\":\"tensors\"", "" },
        { "upscale a.ppm -w c.safetensors -s 3 -o b.ppm -v", 0, "",
          "bicubic to 69x57, then layers x1 to 69x57" },
        { "upscale a.ppm -w c.safetensors -o 2.ppm -v", 0, "", "to 46x38" },
        { "upscale info later.safetensors", 1, "", "upscale.enlarge is \"later\", expected first" },
        { "upscale info edge.safetensors", 1, "", "expected clamp or reflect" },
        { "upscale info none.safetensors", 1, "", "each from 1 to 65536" },
    };
    SHELL_EXPECT_ALL(tests);
    expect_same("all.safetensors", "c.safetensors", "a.ppm");
}

Test(cli_convert, says_what_it_cannot_do)
{
    write_network("open.safetensors",
                  "first_part.0.weight:6,1,5,5 first_part.0.bias:6 first_part.1.weight:6 "
                  "mid_part.0.weight:2,6,1,1 mid_part.0.bias:2 mid_part.1.weight:2 "
                  "mid_part.2.weight:6,2,1,1 mid_part.2.bias:6 mid_part.3.weight:6 "
                  "last_part.weight:6,1,9,9 last_part.bias:1",
                  NULL, "");
    write_network("x2.safetensors", "weight:1,1,4,4", NULL,
                  "'upscale.stride':'2','upscale.padding':'1'");
    file_write(scratch_path("junk.pth"), "junk", 4);
    static const shell_case tests[] = {
        { "upscale convert", 2, "", "convert IN OUT.safetensors" },
        { "upscale convert x2.safetensors", 2, "", "two files" },
        { "upscale convert x2.safetensors -", 2, "", "not streams" },
        { "upscale convert x2.safetensors ./x2.safetensors", 2, "", "OUT is IN itself" },
        { "upscale convert open.safetensors c.safetensors", 2, "", "does not say its scale" },
        { "upscale convert x2.safetensors c.safetensors -s 3", 2, "", "which -s cannot change" },
        { "test ! -e c.safetensors", 0, "", "" },
        { "upscale convert open.safetensors c.safetensors -s 2", 0, "", "FSRCNN x2 from safet" },
        { "upscale convert open.safetensors c.safetensors -s 3", 1, "", "--overwrite" },
        { "upscale convert open.safetensors c.safetensors -s 3 --overwrite -q", 0, "", "" },
        { "upscale convert nothing.pth d.safetensors", 1, "", "nothing.pth" },
        { "upscale convert junk.pth d.safetensors", 1, "", "junk.pth: " },
        { "upscale convert junk.pth d.safetensors 2>&1 | wc -l | tr -d ' '", 0, "1\n", "" },
        { "upscale convert x2.safetensors new/d.safetensors --json", 0, "\"status\":\"done\"", "" },
        { "test -s new/d.safetensors", 0, "", "" },
        { "UPSCALE_WEIGHTS=new upscale convert d e.safetensors -q && test -s e.safetensors", 0, "",
          "" },
    };
    SHELL_EXPECT_ALL(tests);
}
