/* SPDX-License-Identifier: MIT */
/* Networks of ncnn that are broken, cut short, or something else. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/pictures/image_io.h"
#include "support/scratch.h"
#include "support/weights/ncnn_file.h"

TestSuite(ncnn_hostile, .init = scratch_init, .fini = scratch_fini);

enum { WEIGHTS = 3 * 3 * 9, BIN = 4 + 4 * WEIGHTS + 4 * 3 + 4 * 3 };

static ncnn_bin bin;

#define FIRST "7767517\n4 4\n"
#define INPUT "Input x 0 1 x 2=3\n"
#define CONV "Convolution c 1 1 x y 0=3 1=3 4=1 5=1 6=81\n"
#define SLOPES "PReLU p 1 1 y z 0=3\n"
#define LAST "Clip o 1 1 z out -23310=2,1,2.5e+00\n"
#define WHOLE FIRST INPUT CONV SLOPES LAST

static void write_text(const char *text)
{
    bin.size = (size_t)(bin.numbers = 0);
    ncnn_bin_add(&bin, NCNN_FLOAT32, WEIGHTS, -1, 1);
    ncnn_bin_add(&bin, NCNN_RAW, 3, -1, 1);
    ncnn_bin_add(&bin, NCNN_RAW, 3, -1, 1);
    cr_assert_eq(bin.size, BIN);
    file_write(scratch_path("net.param"), text, strlen(text));
    file_write(scratch_path("net.bin"), bin.bytes, bin.size);
}

static void expect_loads(void)
{
    char message[512];
    cr_expect(ncnn_loads(message), "%s", message);
}

Test(ncnn_hostile, the_whole_file_loads)
{
    write_text(WHOLE);
    expect_loads();
    write_text("7767517\r\n4 4\r\nInput\tx  0 1 x 2=3\r\n\r\n" CONV SLOPES LAST "\n\n");
    expect_loads();
    write_text("7767517\n4 4\n" INPUT CONV SLOPES "Clip o 1 1 z out");
    expect_loads();
}

/* ---------------------------------------------------------------- the text */

static const struct {
    const char *text, *reason;
} broken[] = {
    { "", "does not begin with 7767517" },
    { "7767518\n4 4\n" INPUT CONV SLOPES LAST, "does not begin with 7767517" },
    { "7767517\n", "the text ends before the number of layers" },
    { "7767517\n4\n" INPUT CONV SLOPES LAST, "not a number of blobs" },
    { "7767517\n4 4 4\n" INPUT CONV SLOPES LAST, "more than the numbers of layers and blobs" },
    { "7767517\n4.0 4\n" INPUT CONV SLOPES LAST, "not a number of layers" },
    { "7767517\n-4 4\n" INPUT CONV SLOPES LAST, "not a number of layers" },
    { "7767517\n2147483647 4\n" INPUT CONV SLOPES LAST, "not a number of layers" },
    { "7767517\n99999999999999999999999 4\n" INPUT, "not a number of layers" },
    { "7767517\n9999 9999\n" INPUT CONV SLOPES LAST, "than the file has room for" },
    { "7767517\n5 4\n" INPUT CONV SLOPES LAST, "5 layers are promised, but there are 4" },
    { "7767517\n3 4\n" INPUT CONV SLOPES LAST, "more layers than the header promises" },
    { "7767517\n4 5\n" INPUT CONV SLOPES LAST, "5 blobs are promised, but 4 are made" },
    { "7767517\n4 3\n" INPUT CONV SLOPES LAST, "more blobs than the header promises" },
    { "7767517\n0 0\n", "follow the weights of the last" },
    { FIRST "Input\n" CONV SLOPES LAST, "a layer without a name" },
    { FIRST "Input x\n" CONV SLOPES LAST, "no count of the blobs read" },
    { FIRST "Input x 0\n" CONV SLOPES LAST, "no count of the blobs made" },
    { FIRST "Input x 0 1\n" CONV SLOPES LAST, "ends before the blobs that it counts" },
    { FIRST "Input x 0 one x\n" CONV SLOPES LAST, "no count of the blobs made" },
    { FIRST "Input x 0 900000000 x\n" CONV SLOPES LAST, "no count of the blobs made" },
    { FIRST "Input x 0 1 y\n" CONV SLOPES LAST, "a blob that no line before it makes: \"x\"" },
    { FIRST INPUT SLOPES CONV LAST, "a blob that no line before it makes: \"y\"" },
    { FIRST INPUT "Convolution c 1 1 y y 0=3\n" SLOPES LAST, "no line before it makes: \"y\"" },
    { FIRST INPUT "Convolution c 1 1 x x 0=3\n" SLOPES LAST, "makes a blob that is there" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out 0\n", "not a parameter of the form" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out =1\n", "not a parameter of the form" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out a=1\n", "not a parameter of the form" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out 0=\n", "a parameter that is no number" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out 0=nan\n", "a parameter that is no number" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out 0=1e999\n", "a parameter that is no number" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out 0=1e300e\n", "a parameter that is no number" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out 0=size(@0)\n", "expressions cannot be read" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out 100=1\n", "no parameter of this number" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out -1=1\n", "no parameter of this number" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out 0=1 0=1\n", "a parameter that comes twice" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out -23300=3,1,2\n", "a list that is not as many" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out -23300=1,1,2\n", "a list that is not as many" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out -23300=900000000,1\n", "a list whose count" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out -23300=-1,1\n", "a list whose count" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out -23300=1,\n", "a list whose count" },
    { FIRST INPUT CONV SLOPES "Clip o 1 1 z out -23300=1,1\n", "parameter 0 is a list" },
    { FIRST INPUT CONV SLOPES "Clip o 0 1 out\n", "type \"Clip\": cannot work on 0 blobs" },
    { "7767517\n4 5\n" INPUT CONV SLOPES "Clip o 1 2 z out more\n", "cannot make 2 blobs" },
    { FIRST INPUT CONV SLOPES "Magic o 1 1 z out\n", "layer \"o\" of type \"Magic\"" },
    { FIRST INPUT CONV SLOPES "Permute o 1 1 z out 0=1\n", "of type \"Permute\"" },
    { FIRST INPUT CONV SLOPES "Gemm o 1 1 z out\n", "of type \"Gemm\"" },
    { FIRST INPUT CONV SLOPES "Input z 0 1 out\n", "2 inputs" },
    { "7767517\n3 3\n" CONV SLOPES LAST, "no line before it makes" },
    { "7767517\n4 4\npnnx.Input x 0 1 x\n" CONV SLOPES LAST, "an operator of PNNX" },
    { FIRST INPUT "nn.Conv2d c 1 1 x y bias=True\n" SLOPES LAST, "an operator of PNNX" },
    /* layers that cannot be */
    { FIRST INPUT "Convolution c 1 1 x y 0=3 1=3 5=1 6=82\n" SLOPES LAST, "no multiple" },
    { FIRST INPUT "Convolution c 1 1 x y 0=0 1=3 5=1 6=81\n" SLOPES LAST, "a size among its" },
    { FIRST INPUT "Convolution c 1 1 x y 0=3 1=-3 5=1 6=81\n" SLOPES LAST, "a size among its" },
    { FIRST INPUT "Convolution c 1 1 x y 0=3 1=3 5=1\n" SLOPES LAST, "a size among its" },
    { FIRST INPUT
      "Convolution c 1 1 x y 0=2000000000 1=2000000000 11=2000000000 6=81\n" SLOPES LAST,
      "no multiple" },
    { FIRST INPUT "Convolution c 1 1 x y 0=3 1=3 5=1 6=2147483637\n" SLOPES LAST, "ends before" },
    { FIRST INPUT "Convolution c 1 1 x y 0=3 1=3 5=1 6=81 8=1\n" SLOPES LAST, "int8" },
    { FIRST INPUT "Convolution c 1 1 x y 0=3 1=3 4=-5 5=1 6=81\n" SLOPES LAST, "negative padding" },
    { FIRST INPUT "Convolution c 1 1 x y 0=3 1=3 4=1 3=0 5=1 6=81\n" SLOPES LAST, "parameter 3" },
    { FIRST INPUT "Convolution c 1 1 x y 0=3 1=3 4=1 3=1.5 5=1 6=81\n" SLOPES LAST, "parameter 3" },
    { FIRST INPUT "Convolution c 1 1 x y 0=3 1=3 4=1 5=1 6=81 9=7\n" SLOPES LAST, "parameter 9" },
    { FIRST INPUT "Convolution c 1 1 x y 0=3 1=3 4=1 5=1 6=81 9=3 -23310=1,1\n" SLOPES LAST,
      "its activation lacks numbers" },
    { FIRST "Input x 0 1 x 2=4\n" CONV SLOPES LAST, "channels come in" },
    { FIRST INPUT CONV SLOPES "InnerProduct o 1 1 z out 0=3 2=9\n", "ends before" },
    { FIRST INPUT CONV SLOPES "Crop o 1 1 z out 0=1 1=1 3=8 4=8 5=3\n", "a fixed size" },
    { FIRST INPUT CONV SLOPES "Crop o 1 1 z out -23309=1,1 -23310=1,5 -23311=1,1\n", "a fixed" },
    { FIRST INPUT CONV SLOPES "Crop o 1 1 z out -23309=1,1 -23310=1,5 -23311=1,7\n", "an axis" },
    { FIRST INPUT CONV SLOPES "Interp o 1 1 z out 0=2 3=64 4=64\n", "a fixed size" },
    { FIRST INPUT CONV SLOPES "Interp o 1 1 z out 0=2 1=-1\n", "a scale of -1" },
    { FIRST INPUT CONV SLOPES "Softmax o 1 1 z out 0=1 1=1\n", "softmax over anything but" },
    { FIRST INPUT CONV SLOPES "Reshape o 1 1 z out 0=-1\n", "rearranges pixels" },
    { FIRST INPUT CONV SLOPES "Reduction o 1 1 z out 0=3\n", "a reduction" },
    { FIRST INPUT CONV SLOPES "PixelShuffle o 1 1 z out 0=2\n", "cannot be shuffled" },
    { FIRST INPUT CONV SLOPES "UnaryOp o 1 1 z out 0=9\n", "its operation 9" },
    { FIRST INPUT CONV SLOPES "BinaryOp o 1 1 z out 0=10 1=1\n", "its operation" },
    { FIRST INPUT CONV SLOPES "BinaryOp o 1 1 z out 0=3 1=1 2=0\n", "divides by zero" },
    { FIRST INPUT CONV SLOPES "BinaryOp o 1 1 z out 0=0\n", "cannot work on 1 blobs" },
    { "7767517\n4 5\n" INPUT CONV SLOPES "Slice o 1 2 z out more -23300=1,3\n", "fewer sizes" },
    { "7767517\n4 5\n" INPUT CONV SLOPES "Slice o 1 2 z out more -23300=2,3,3\n", "no channels" },
    { "7767517\n4 5\n" INPUT CONV SLOPES "Split o 1 2 z a b\n", "2 blobs are read by nothing" },
};

Test(ncnn_hostile, broken_texts)
{
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        write_text(broken[i].text);
        ncnn_refused(broken[i].reason);
    }
}

Test(ncnn_hostile, names)
{
    char text[2048], name[400];
    for (int length = 255; length <= 256; length++) {
        memset(name, 'n', sizeof name);
        name[length] = 0;
        snprintf(text, sizeof text, FIRST INPUT CONV "PReLU p 1 1 y %s 0=3\nClip o 1 1 %s out",
                 name, name);
        write_text(text);
        if (length == 255)
            expect_loads();
        else
            ncnn_refused("a name of more than 255 bytes");
    }
    write_text(FIRST INPUT CONV "PReLU c 1 1 y z 0=3\n" LAST);
    ncnn_refused("comes twice");
}

/* Of several results the one that is called so. */
Test(ncnn_hostile, results)
{
    write_text("7767517\n4 5\n" INPUT CONV SLOPES "Slice o 1 2 z out0 more -23300=2,1,2\n");
    expect_loads();
    write_text("7767517\n5 5\n" INPUT CONV SLOPES LAST "Noop n 1 1 x kept\n");
    expect_loads();
    write_text(FIRST INPUT CONV SLOPES "Noop n 1 1 x more\n");
    ncnn_refused("2 blobs are read by nothing");
}

/* ---------------------------------------------------------------- the weights */

Test(ncnn_hostile, cut_short)
{
    write_text(WHOLE);
    for (size_t size = 0; size < BIN; size += 4) {
        file_write(scratch_path("net.bin"), bin.bytes, size);
        ncnn_refused("the .bin ends before its weights do");
    }
    file_write(scratch_path("net.bin"), bin.bytes, BIN - 1);
    ncnn_refused("the .bin ends before its weights do");
    memset(bin.bytes + BIN, 0, 8);
    for (size_t more = 1; more < 8; more++) {
        file_write(scratch_path("net.bin"), bin.bytes, BIN + more);
        ncnn_refused("follow the weights of the last layer");
    }
}

Test(ncnn_hostile, other_weights)
{
    static const struct {
        uint32_t flag;
        const char *reason;
    } flags[] = {
        { 0x000D4B38, "its weights are int8" },
        { 1, "quantised by a table" },
        { 0x01306B47, "follow the weights of the last layer" },
        { 0x7fc00000, "quantised by a table" },
    };
    write_text(WHOLE);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        memcpy(bin.bytes, &flags[i].flag, 4);
        file_write(scratch_path("net.bin"), bin.bytes, BIN);
        ncnn_refused(flags[i].reason);
    }
    memset(bin.bytes, 0, 4);
    memcpy(bin.bytes + 16, "\0\0\xc0\x7f", 4);
    file_write(scratch_path("net.bin"), bin.bytes, BIN);
    ncnn_refused("NaN");
}

Test(ncnn_hostile, other_files)
{
    static const unsigned char binary[] = { 0x1d, 0x85, 0x76, 0, 4, 0, 0, 0, 4, 0, 0, 0 };
    write_text(WHOLE);
    remove(scratch_path("net.bin"));
    ncnn_refused("net.bin, which cannot be read");
    file_write(scratch_path("net.param"), binary, sizeof binary);
    ncnn_refused("in binary form");
}

/* ---------------------------------------------------------------- random changes */

/* Up to three bytes of a copy. */
static void change(void *to, const void *from, size_t size, bool text)
{
    static const char replacements[] = " \n=,.-0123456789ex\0\xff";
    static uint32_t state = 7;
    unsigned char *bytes = memcpy(to, from, size);
    for (uint32_t n = 1 + next_random(&state) % 3; n > 0; n--) {
        const size_t at = next_random(&state) % size;
        bytes[at] = text ? (unsigned char)replacements[next_random(&state) % sizeof replacements]
                         : bytes[at] ^ (unsigned char)(1 << next_random(&state) % 8);
    }
}

Test(ncnn_hostile, changes)
{
    char message[512], text[sizeof WHOLE - 1];
    unsigned char weights[BIN];
    write_text(WHOLE);
    for (int i = 0; i < 1000; i++) {
        change(text, WHOLE, sizeof text, true);
        file_write(scratch_path("net.param"), text, sizeof text);
        ncnn_loads(message);
    }
    write_text(WHOLE);
    for (int i = 0; i < 1000; i++) {
        change(weights, bin.bytes, sizeof weights, false);
        file_write(scratch_path("net.bin"), weights, sizeof weights);
        ncnn_loads(message);
    }
}
