/* SPDX-License-Identifier: MIT */
/* Networks as people have them, through the program: flags that tell what a file does not, files
 * that are found by name, weights that a batch reads once. */
#include "support/network/esrgan_file.h"
#include "support/network/network_file.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void write_network(const char *name, const char *tensors, const char *layers,
                          const char *metadata)
{
    tensor_file file = network_file(tensors, layers, metadata);
    file_write(scratch_path("%s", name), file.bytes, file.size);
    tensor_file_free(&file);
}

#define X2 "'upscale.stride':'2','upscale.padding':'1'"

static void set_up(void)
{
    scratch_init();
    write_ppm("a.ppm", 12, 10);
    write_ppm("b.ppm", 17, 9);
    write_ppm("c.ppm", 8, 14);
    write_ppm("large.ppm", 40, 40);
    shell_code("mkdir one two");
    write_network("x2.safetensors", "weight:3,3,4,4", NULL, X2);
    write_network("x1.safetensors", "a.weight:3,3,3,3", "[{'op':'conv2d','name':'a','padding':1}]",
                  "");
    write_network("x4.safetensors", "a.weight:48,3,3,3",
                  "[{'op':'conv2d','name':'a','padding':1},{'op':'pixel_shuffle','factor':4}]", "");
}

TestSuite(cli_networks, .init = set_up, .fini = scratch_fini);

/* -------------------------------------------------------------- flags */

Test(cli_networks, flags_tell_what_a_file_does_not)
{
    static const shell_case tests[] = {
        { "upscale info x2.safetensors", 0, "(assumed: --weights-color, --weights-range)\n", "" },
        { "upscale info x2.safetensors --weights-range 255", 0,
          "white is 255 (assumed: --weights-color)\n", "" },
        { "upscale info x2.safetensors --weights-range 1 --weights-color rgb", 0,
          "rgb; white is 1\n", "" },
        { "upscale info tconv:small -s 2 | grep assumed", 1, "", "" },
        { "upscale -q a.ppm -w x2.safetensors -o 1.ppm", 0, "", "" },
        { "upscale -q a.ppm -w x2.safetensors --weights-color ycbcr -o 2.ppm", 0, "", "" },
        { "cmp -s 1.ppm 2.ppm", 1, "", "" },
        { "upscale a.ppm -w x2.safetensors --weights-color y -o 3.ppm", 1, "",
          "--weights-color y" },
        { "upscale a.ppm -w x2.safetensors --weights-color pink -o 3.ppm", 2, "",
          "one of any, y," },
        { "upscale a.ppm -w x2.safetensors --weights-range 2 -o 3.ppm", 2, "", "one of 1, 255" },
        { "upscale a.ppm -w x2.safetensors --weights-activation sine -o 3.ppm", 2, "",
          "one of relu" },
        { "upscale a.ppm -w x2.safetensors --weights-residual-scale 0 -o 3.ppm", 2, "",
          "a number from" },
        { "upscale eval large.ppm -w x2.safetensors --weights-range 255 -q", 0, "mul-adds", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* -------------------------------------------------------------- sizes */

Test(cli_networks, scale_1_restores)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -w x1.safetensors -s 1 -o 1.png -v", 0, "", "layers x1 to 12x10" },
        { "upscale info 1.png", 0, "12 x 10 RGB", "" },
        { "upscale a.ppm -w x1.safetensors -o 2.png -q; cmp 1.png 2.png", 0, "", "" },
        { "upscale a.ppm -w x1.safetensors -s 1 -q; ls", 0, "a-x1.ppm", "" },
        { "upscale a.ppm -w x1.safetensors -s 2 -o 3.png -v", 0, "",
          "layers x1 to 12x10, then bicubic to 24x20" },
    };
    SHELL_EXPECT_ALL(tests);
}

Test(cli_networks, what_is_too_large_is_reduced)
{
    static const shell_case tests[] = {
        { "upscale a.ppm -w x4.safetensors -s 2 -o 1.npy -v", 0, "",
          "layers x4 to 48x40, then bicubic to 24x20" },
        { "upscale a.ppm -w x4.safetensors -o 4.npy -q", 0, "", "" },
        { "upscale 4.npy -m bicubic -s 0.5 -o 2.npy -q", 0, "", "" },
        { "upscale info 2.npy", 0, "3 x 20 x 24", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* -------------------------------------------------------------- names */

Test(cli_networks, names_find_files_of_every_format)
{
    shell_code("cp x2.safetensors one/mine.safetensors; cp x4.safetensors two/mine.pth; "
               "cp x4.safetensors two/other.pt; cp x4.safetensors two/both.safetensors; "
               "echo junk > two/both.pth; cp x2.safetensors two/small.pth");
    setenv("UPSCALE_WEIGHTS", "one:two", 1);
    setenv("XDG_DATA_HOME", scratch_path("data"), 1);
    shell_code("mkdir -p data/upscale/weights; cp x1.safetensors data/upscale/weights/last.ckpt");
    static const shell_case tests[] = {
        { "upscale a.ppm -w mine -o 1.ppm -v", 0, "", "x2 to 24x20" }, /* the first folder */
        { "upscale a.ppm -m tconv:other -o 2.ppm -v", 0, "", "x4 to 48x40" },
        { "upscale a.ppm -m tconv:both -o 3.ppm -v", 0, "", "x4 to 48x40" },
        { "upscale a.ppm -m tconv:last -s 1 -o 4.ppm -v", 0, "", "x1 to 12x10" },
        { "upscale a.ppm -m tconv:small -s 2 -o 5.ppm -v", 0, "", "tconv:small x2" }, /* embedded */
        { "upscale info tconv:mine", 0, "one/mine.safetensors", "" },
        { "upscale a.ppm -w none -o 6.ppm", 2, "", "in two there are both, mine, other, small" },
        { "upscale a.ppm -m tconv:none -o 6.ppm", 2, "", "in one there are mine; in two" },
        { "upscale a.ppm -w none.pth -o 6.ppm", 1, "", "none.pth" },
        { "upscale --list-methods", 0, "tconv:other", "" },
        { "upscale --list-methods | grep -c tconv:both", 0, "1\n", "" },
        { "upscale --weights-dir two a.ppm -w mine -o 7.ppm -v", 0, "", "x4 to 48x40" },
    };
    SHELL_EXPECT_ALL(tests);
    unsetenv("UPSCALE_WEIGHTS");
    unsetenv("XDG_DATA_HOME");
}

/* -------------------------------------------------------------- info */

Test(cli_networks, info_tells_files_by_content_and_name)
{
    shell_code("cp x2.safetensors x2.pth; echo junk > junk.onnx; cp a.ppm a.bin");
    static const shell_case tests[] = {
        { "upscale info x2.pth", 0, "file          safetensors", "" },
        { "upscale info x2.pth --json", 0, "\"format\":\"safetensors\"", "" },
        { "upscale info junk.onnx 2>&1", 1, "junk.onnx: ", "" },
        { "upscale info none.pth", 1, "", "none.pth" },
        { "upscale info a.bin", 0, "12 x 10 RGB", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* The one command that people need. */
Test(cli_networks, a_checkpoint_of_pytorch_runs_as_it_is)
{
    tensor_file file = esrgan_file(4, 2, 1);
    file_write(scratch_path("RealESRGAN_x4plus.pth"), file.bytes, file.size);
    tensor_file_free(&file);
    static const shell_case tests[] = {
        { "upscale a.ppm -w RealESRGAN_x4plus.pth -o big.png -v", 0, "", "ESRGAN x4 to 48x40" },
        { "upscale info RealESRGAN_x4plus.pth", 0, "PyTorch, of which params_ema\n", "" },
        { "upscale info RealESRGAN_x4plus.pth --json", 0, "\"part\":\"params_ema\"", "" },
        { "upscale convert RealESRGAN_x4plus.pth c.safetensors -q", 0, "", "" },
        { "upscale a.ppm -w c.safetensors -o 2.png -q && cmp big.png 2.png", 0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

static char *repeated(const char *block, int times)
{
    char *text = malloc(strlen(block) * (size_t)times + 1);
    *text = 0;
    for (int i = 0; i < times; i++)
        strcat(text, block);
    return text;
}

/* Blocks of blocks: what repeats is shown once. */
Test(cli_networks, info_of_hundreds_of_layers_stays_readable)
{
    static const char inner[] = "{'op':'conv2d','name':'b','padding':1},{'op':'relu'},";
    char *inners = repeated(inner, 3), *blocks, *layers, block[600];
    snprintf(block, sizeof block, "%s{'op':'tanh'},", inners);
    blocks = repeated(block, 40);
    layers = malloc(strlen(blocks) + 200);
    sprintf(layers, "[{'op':'conv2d','name':'a','padding':1},%s{'op':'sigmoid'}]", blocks);
    write_network("deep.safetensors", "a.weight:3,3,3,3 b.weight:3,3,3,3", layers, "");
    static const shell_case tests[] = {
        { "upscale info deep.safetensors | wc -l | tr -d ' ' | grep -x '[12].'", 0, NULL, "" },
        { "upscale info deep.safetensors", 0, "3 to 6: these layers once more, 2 times", "" },
        { "upscale info deep.safetensors", 0, "8 to 280: these layers once more, 39 times", "" },
        { "upscale info deep.safetensors", 0, "281 sigmoid", "" },
        { "upscale info deep.safetensors | awk 'length > 80'", 0, "", "" },
        { "upscale info deep.safetensors --all-layers | grep -c tanh", 0, "40\n", "" },
        { "upscale info deep.safetensors --json | grep -o '\"op\":\"tanh\"' | wc -l | tr -d ' '", 0,
          "40\n", "" },
    };
    SHELL_EXPECT_ALL(tests);
    free(layers);
    free(blocks);
    free(inners);
}

Test(cli_networks, info_of_what_needs_the_whole_image)
{
    write_network("pool.safetensors", "a.weight:3,3,3,3",
                  "[{'op':'conv2d','name':'a','padding':1,'id':'x'},{'op':'global_avg_pool'},"
                  "{'op':'mul','inputs':['x','1']}]",
                  "");
    process_result r = shell("upscale info pool.safetensors");
    if (strstr(r.err, "global_avg_pool"))
        cr_skip_test("no such layer yet");
    cr_expect(strstr(r.out, "the whole image"), "%s%s", r.out, r.err);
    process_free(&r);
}

/* -------------------------------------------------------------- batches */

/* Bytes that a command and those it starts have read; 0: the system does not tell. */
static double bytes_read(const char *command)
{
    process_result r =
        shell("%s && sed -n 's/^rchar: //p' /proc/$$/io 2> /dev/null || echo 0", command);
    cr_expect_eq(r.exit_code, 0, "%s: %s", command, r.err);
    double bytes = strtod(r.out, NULL);
    process_free(&r);
    return bytes;
}

Test(cli_networks, batches_read_their_weights_once)
{
    write_network("large.safetensors", "weight:3,3,200,200", NULL,
                  "'upscale.stride':'2','upscale.padding':'99'");
    const double weights = 4 * 9 * 200 * 200;
    const double one = bytes_read("upscale a.ppm -w large.safetensors -o 1/ -q");
    if (one < weights)
        cr_skip_test("the system does not count bytes");
    cr_expect_lt(bytes_read("upscale a.ppm b.ppm c.ppm -w large.safetensors -o 3/ -q"),
                 1.5 * weights);
    cr_expect_lt(bytes_read("upscale a.ppm b.ppm c.ppm -w large.safetensors -q"), 1.5 * weights);
    cr_expect_lt(bytes_read("upscale eval a.ppm b.ppm c.ppm -w large.safetensors > /dev/null"),
                 1.5 * weights);
    cr_expect_lt(bytes_read("upscale compare a.ppm b.ppm -w large.safetensors -o r/ -q"),
                 1.5 * weights);
    /* Results are those of each alone. */
    static const shell_case tests[] = {
        { "for f in a b c; do upscale $f.ppm -w large.safetensors -o s-$f.ppm -q && "
          "cmp s-$f.ppm 3/$f.ppm || exit 1; done",
          0, "", "" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* Also for a scale that the file leaves open, for several methods, and for weights found by name.
 */
Test(cli_networks, batches_give_what_single_runs_give)
{
    write_network("one/open.safetensors", "weight:3,3,6,6", NULL, "");
    static const shell_case tests[] = {
        { "upscale [abc].ppm --weights-dir one -m tconv:open,nearest -s 3 --padding 1 -j 3 -o "
          "many/ -q "
          "--stride 3",
          0, "", "" },
        { "for f in a b c; do upscale $f.ppm -w one/open.safetensors -s 3 --padding 1 --stride 3 "
          "-o s-$f.ppm -q && cmp s-$f.ppm many/$f-tconv-open.ppm || exit 1; done",
          0, "", "" },
        { "upscale [abc].ppm -w x2.safetensors --size 30x30 -o sized/ -q", 0, "", "" },
        { "upscale a.ppm -w x2.safetensors --size 30x30 -o s.ppm -q && cmp s.ppm sized/a.ppm", 0,
          "", "" },
        { "upscale [abc].ppm -w none.pth -o none/ -q", 1, "", "upscale: none.pth: cannot" },
        { "echo junk > junk.pth; upscale [abc].ppm -w junk.pth -o none/ -q", 1, "", "junk.pth" },
    };
    SHELL_EXPECT_ALL(tests);
}

/* A network that is for one scale only counts once, however many pictures are under way. */
Test(cli_networks, shared_weights_count_once)
{
    write_network("large.safetensors", "weight:3,3,600,600", NULL,
                  "'upscale.stride':'2','upscale.padding':'299'");
    json_t *line = shell_json("upscale a.ppm b.ppm -n --json -w large.safetensors -o d/");
    const double memory = json_number_value(json_object_get(line, "memory"));
    json_decref(line);
    cr_expect_gt(memory, 2 * 4 * 9 * 600 * 600);
    /* Room for both only if the file and its values are not counted for each. */
    cr_expect_eq(
        shell_code("upscale [abc].ppm -j 3 --max-memory %.0f -w large.safetensors -o d/ -q",
                   memory + (1 << 20)),
        0);
}
