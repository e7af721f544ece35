/* SPDX-License-Identifier: MIT */
/* Layers of ncnn that change each sample by itself, or move samples, against plain C. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "support/scratch.h"
#include "support/weights/ncnn_file.h"

TestSuite(ncnn_points, .init = scratch_init, .fini = scratch_fini);

/* ---------------------------------------------------------------- each sample */

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double clip(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

#define FUNCTION(name, result)                                                                     \
    static double name(double x)                                                                   \
    {                                                                                              \
        return result;                                                                             \
    }

FUNCTION(relu, x > 0 ? x : 0)
FUNCTION(leaky, x > 0 ? x : 0.25 * x)
FUNCTION(clipped, clip(x, -0.5, 0.75))
FUNCTION(same, x)
FUNCTION(swish, x *sigmoid(x))
FUNCTION(mish, x *tanh(log1p(exp(x))))
FUNCTION(softplus, log1p(exp(x)))
FUNCTION(gelu, 0.5 * x * erfc(-0.70710678118654752 * x))
FUNCTION(fast_gelu, 0.5 * x * (1 + tanh(0.79788456080286536 * (x + 0.044715 * x * x * x))))
FUNCTION(elu, x < 0 ? 0.1f * expm1(x) : x)
FUNCTION(elu2, x < 0 ? 2 * expm1(x) : x)
FUNCTION(selu, 1.050700987f * (x < 0 ? 1.67326324f * expm1(x) : x))
FUNCTION(hard_sigmoid, clip(0.2f * x + 0.5, 0, 1))
FUNCTION(hard_swish, x *clip(0.2f * x + 0.5, 0, 1))
FUNCTION(negative, -x)
FUNCTION(square, x *x)
FUNCTION(rsqrt, 1 / sqrt(x))
FUNCTION(inverse, 1 / x)
FUNCTION(plus, x + 0.75)
FUNCTION(minus, x - 0.75)
FUNCTION(times, x * 0.75)
FUNCTION(over, x / 0.75)
FUNCTION(greatest, x > 0.75 ? x : 0.75)
FUNCTION(least, x < 0.75 ? x : 0.75)
FUNCTION(power, pow(x, 0.75))
FUNCTION(from, 0.75 - x)
FUNCTION(under, 0.75 / x)
FUNCTION(base, pow(0.75, x))
FUNCTION(scaled_power, pow(2 * x + 0.5, 1.5))
FUNCTION(scaled_exp, exp(2 * x + 0.5))
FUNCTION(exp2_of, pow(2, 2 * x + 0.5))
FUNCTION(scaled_log, log(2 * x + 0.5))
FUNCTION(log2_of, log2(2 * x + 0.5))
FUNCTION(half, x * 0.5)

static const struct {
    const char *layer, *parameters;
    double (*function)(double x);
    bool positive;
} functions[] = {
    { "ReLU", "", relu, false },
    { "ReLU", "0=2.500000e-01", leaky, false },
    { "Clip", "0=-0.5 1=0.75", clipped, false },
    { "Clip", "", same, false },
    { "Sigmoid", "", sigmoid, false },
    { "TanH", "", tanh, false },
    { "Swish", "", swish, false },
    { "Mish", "", mish, false },
    { "Softplus", "", softplus, false },
    { "BNLL", "", softplus, false },
    { "GELU", "", gelu, false },
    { "GELU", "0=1", fast_gelu, false },
    { "ELU", "", elu, false },
    { "ELU", "0=2", elu2, false },
    { "SELU", "", selu, false },
    { "HardSigmoid", "", hard_sigmoid, false },
    { "HardSwish", "", hard_swish, false },
    { "AbsVal", "", fabs, false },
    { "Erf", "", erf, false },
    { "Noop", "", same, false },
    { "Dropout", "", same, false },
    { "Dropout", "0=0.5", half, false },
    { "UnaryOp", "0=0", fabs, false },
    { "UnaryOp", "0=1", negative, false },
    { "UnaryOp", "0=4", square, false },
    { "UnaryOp", "0=5", sqrt, true },
    { "UnaryOp", "0=6", rsqrt, true },
    { "UnaryOp", "0=7", exp, false },
    { "UnaryOp", "0=8", log, true },
    { "UnaryOp", "0=15", inverse, true },
    { "UnaryOp", "0=16", tanh, false },
    { "UnaryOp", "0=17", log10, true },
    { "BinaryOp", "0=0 1=1 2=0.75", plus, false },
    { "BinaryOp", "0=1 1=1 2=0.75", minus, false },
    { "BinaryOp", "0=2 1=1 2=0.75", times, false },
    { "BinaryOp", "0=3 1=1 2=0.75", over, false },
    { "BinaryOp", "0=4 1=1 2=0.75", greatest, false },
    { "BinaryOp", "0=5 1=1 2=0.75", least, false },
    { "BinaryOp", "0=6 1=1 2=0.75", power, true },
    { "BinaryOp", "0=7 1=1 2=0.75", from, false },
    { "BinaryOp", "0=8 1=1 2=0.75", under, true },
    { "BinaryOp", "0=9 1=1 2=0.75", base, false },
    { "Power", "0=1.5 1=2 2=0.5", scaled_power, true },
    { "Exp", "1=2 2=0.5", scaled_exp, false },
    { "Exp", "0=2 1=2 2=0.5", exp2_of, false },
    { "Log", "1=2 2=0.5", scaled_log, true },
    { "Log", "0=2 1=2 2=0.5", log2_of, true },
};

/* "TYPE PARAMETERS" as a line that reads x and makes out, behind and before a layer that does
 * nothing, so that there is a layer even where it makes none. */
static void check_line(const char *layer, const char *parameters, const picture *x,
                       const picture *expected)
{
    char lines[512], what[256];
    snprintf(lines, sizeof lines, "%s middle 1 1 x y %s\nClip last 1 1 y out", layer, parameters);
    snprintf(what, sizeof what, "%s %s", layer, parameters);
    ncnn_write(x->channels, lines, NULL);
    ncnn_expect(x, expected, what);
}

Test(ncnn_points, functions)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        picture x = picture_noise(2, 5, 9, functions[i].positive ? 0.1 : -2, 2);
        picture expected = picture_make(2, 5, 9);
        for (int n = 0; n < 2 * 5 * 9; n++)
            expected.data[n] = functions[i].function(x.data[n]);
        check_line(functions[i].layer, functions[i].parameters, &x, &expected);
        picture_free(&x);
        picture_free(&expected);
    }
}

/* ---------------------------------------------------------------- places */

enum { CHANNELS = 12, HEIGHT = 6, WIDTH = 8 };

typedef struct {
    int c, y, x;
} place;

#define MOVE(name, channel, row, column)                                                           \
    static place name(int c, int y, int x)                                                         \
    {                                                                                              \
        (void)c, (void)y, (void)x;                                                                 \
        return (place){ channel, row, column };                                                    \
    }

static int reflected(int at, int size)
{
    return at < 0 ? -at : at >= size ? 2 * size - 2 - at : at;
}

static int clamped(int at, int size)
{
    return at < 0 ? 0 : at >= size ? size - 1 : at;
}

MOVE(shuffled, c * 4 + y % 2 * 2 + x % 2, y / 2, x / 2)
MOVE(shuffled_first, (y % 2 * 2 + x % 2) * 3 + c, y / 2, x / 2)
MOVE(reorganised, c / 4, y * 2 + c % 4 / 2, x * 2 + c % 2)
MOVE(reorganised_first, c % 12, y * 2 + c / 12 / 2, x * 2 + c / 12 % 2)
MOVE(cropped, c, y + 1, x + 2)
MOVE(cropped_channels, c + 3, y, x)
MOVE(cropped_all, c + 2, y + 1, x + 2)
MOVE(padded, c, y - 1, x - 2)
MOVE(replicated, c, clamped(y - 1, HEIGHT), clamped(x - 2, WIDTH))
MOVE(mirrored, c, reflected(y - 1, HEIGHT), reflected(x - 2, WIDTH))
MOVE(enlarged, c, y / 3, x / 2)
MOVE(reduced, c, y * 2, x * 2)
MOVE(grouped, c % 3 * 4 + c / 3, y, x)
MOVE(ungrouped, c % 4 * 3 + c / 4, y, x)

static const struct {
    const char *layer, *parameters;
    place (*from)(int c, int y, int x);
    int channels, height, width;
} moves[] = {
    { "PixelShuffle", "0=2", shuffled, 3, 12, 16 },
    { "PixelShuffle", "0=2 1=1", shuffled_first, 3, 12, 16 },
    { "Reorg", "0=2", reorganised, 48, 3, 4 },
    { "Reorg", "0=2 1=1", reorganised_first, 48, 3, 4 },
    { "Crop", "-23309=2,1,2 -23310=2,-2,-1 -23311=2,1,2", cropped, 12, 3, 5 },
    { "Crop", "-23309=2,1,2 -23310=2,-2,-1 -23311=2,-2,-1", cropped, 12, 3, 5 },
    { "Crop", "-23309=2,1,2 -23310=2,-233,2147483647 -23311=2,1,2", cropped, 12, 5, 6 },
    { "Crop", "-23309=1,3 -23310=1,7 -23311=1,0", cropped_channels, 4, 6, 8 },
    { "Crop", "-23309=3,2,1,2 -23310=3,-1,-1,-1", cropped_all, 9, 4, 5 },
    { "Crop", "0=2 1=1 2=2 3=-233 4=-233 5=-233", cropped_all, 10, 5, 6 },
    { "Crop", "0=2 1=1 3=-233 4=-233 5=-233 6=1 7=2", cropped, 12, 3, 5 },
    { "Padding", "0=1 1=2 2=2 3=3", padded, 12, 9, 13 },
    { "Padding", "0=1 1=2 2=2 3=3 4=1", replicated, 12, 9, 13 },
    { "Padding", "0=1 1=2 2=2 3=3 4=2", mirrored, 12, 9, 13 },
    { "Interp", "0=1 1=3.000000e+00 2=2.000000e+00", enlarged, 12, 18, 16 },
    { "Interp", "0=1 1=0.5 2=0.5", reduced, 12, 3, 4 },
    { "ShuffleChannel", "0=3", grouped, 12, 6, 8 },
    { "ShuffleChannel", "0=3 1=1", ungrouped, 12, 6, 8 },
    { "Split", "", NULL, 12, 6, 8 },
};

Test(ncnn_points, places)
{
    picture x = picture_noise(CHANNELS, HEIGHT, WIDTH, -1, 1);
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
        picture expected = picture_make(moves[i].channels, moves[i].height, moves[i].width);
        for (int c = 0; c < expected.channels; c++)
            for (int row = 0; row < expected.height; row++)
                for (int column = 0; column < expected.width; column++) {
                    const place from =
                        moves[i].from ? moves[i].from(c, row, column) : (place){ c, row, column };
                    *picture_put(&expected, c, row, column) =
                        picture_at(&x, from.c, from.y, from.x);
                }
        check_line(moves[i].layer, moves[i].parameters, &x, &expected);
        picture_free(&expected);
    }
    picture_free(&x);
}

/* ---------------------------------------------------------------- several blobs */

static double term(int kind, double a, double b)
{
    switch (kind) {
    case 0:
        return a + b;
    case 1:
        return a - b;
    case 2:
        return a * b;
    case 3:
        return a / b;
    case 4:
        return fmax(a, b);
    case 5:
        return fmin(a, b);
    case 7:
        return b - a;
    default:
        return b / a;
    }
}

Test(ncnn_points, arithmetic_of_two)
{
    static const int kinds[] = { 0, 1, 2, 3, 4, 5, 7, 8 };
    char lines[256];
    picture x = picture_noise(2, 5, 7, 0.5, 2), expected = picture_make(2, 5, 7);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        snprintf(lines, sizeof lines,
                 "Split s 1 2 x a b\nPower p 1 1 b c 1=0.5 2=1\nBinaryOp o 2 1 a c out 0=%d",
                 kinds[k]);
        for (int i = 0; i < 2 * 5 * 7; i++)
            expected.data[i] = term(kinds[k], x.data[i], 0.5 * x.data[i] + 1);
        ncnn_write(2, lines, NULL);
        ncnn_expect(&x, &expected, lines);
    }
    picture_free(&x);
    picture_free(&expected);
}

Test(ncnn_points, one_channel_goes_with_all)
{
    picture x = picture_noise(3, 4, 5, -1, 1), expected = picture_make(3, 4, 5);
    for (int i = 0; i < 60; i++)
        expected.data[i] = x.data[i] * x.data[40 + i % 20];
    ncnn_write(3,
               "Split s 1 2 x a b\nCrop c 1 1 b c -23309=1,2 -23310=1,3 -23311=1,0\n"
               "BinaryOp o 2 1 a c out 0=2",
               NULL);
    ncnn_expect(&x, &expected, "a channel times all");
    picture_free(&x);
    picture_free(&expected);
}

Test(ncnn_points, eltwise)
{
    static const char *const parameters[] = { "0=0", "0=1", "0=1 -23301=3,1,-2,0.5", "0=2" };
    char lines[256];
    picture x = picture_noise(2, 5, 7, -1, 1), expected = picture_make(2, 5, 7);
    for (int k = 0; k < 4; k++) {
        for (int i = 0; i < 70; i++) {
            const double a = x.data[i], b = 2 * a, c = a + 1;
            expected.data[i] = k == 0   ? a * b * c
                               : k == 1 ? a + b + c
                               : k == 2 ? a - 2 * b + 0.5 * c
                                        : fmax(a, fmax(b, c));
        }
        snprintf(lines, sizeof lines,
                 "Split s 1 3 x a d e\nPower p 1 1 d b 1=2\nPower q 1 1 e c 2=1\n"
                 "Eltwise o 3 1 a b c out %s",
                 parameters[k]);
        ncnn_write(2, lines, NULL);
        ncnn_expect(&x, &expected, lines);
    }
    picture_free(&x);
    picture_free(&expected);
}

/* Parts of 3, 4 and 5 channels, in another order. */
Test(ncnn_points, slice_and_concat)
{
    static const char *const sizes[] = { "-23300=3,3,4,-233", "-23300=3,3,4,5 1=-3", "-23302=2,3,7",
                                         "-23302=2,3,-5 1=0" };
    static const int order[] = { 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5, 6 };
    char lines[256];
    picture x = picture_noise(12, 3, 5, -1, 1), expected = picture_make(12, 3, 5);
    for (int c = 0; c < 12; c++)
        memcpy(picture_put(&expected, c, 0, 0), picture_put(&x, order[c], 0, 0),
               15 * sizeof *x.data);
    for (int k = 0; k < 4; k++) {
        snprintf(lines, sizeof lines, "Slice s 1 3 x a b c %s\nConcat o 3 1 c a b out 0=0",
                 sizes[k]);
        ncnn_write(12, lines, NULL);
        ncnn_expect(&x, &expected, lines);
    }
    picture_free(&x);
    picture_free(&expected);
}

Test(ncnn_points, softmax)
{
    picture x = picture_noise(3, 4, 5, -2, 2), expected = picture_make(3, 4, 5);
    for (int i = 0; i < 20; i++) {
        const double sum = exp(x.data[i]) + exp(x.data[20 + i]) + exp(x.data[40 + i]);
        for (int c = 0; c < 3; c++)
            expected.data[20 * c + i] = exp(x.data[20 * c + i]) / sum;
    }
    check_line("Softmax", "0=0 1=1", &x, &expected);
    picture_free(&x);
    picture_free(&expected);
}

/* To the size of another blob: 4 pixels less a side, and twice as large. */
Test(ncnn_points, sizes_of_other_blobs)
{
    picture x = picture_noise(2, 7, 9, -1, 1), expected = picture_make(2, 5, 5);
    for (int c = 0; c < 2; c++)
        for (int row = 0; row < 5; row++)
            for (int column = 0; column < 5; column++)
                *picture_put(&expected, c, row, column) =
                    picture_at(&x, c, row + 1, column + 2) + picture_at(&x, c, row + 2, column + 3);
    ncnn_write(2,
               "Split s 1 2 x a b\n"
               "Crop c 1 1 a c -23309=2,2,3 -23310=2,0,-1 -23311=2,1,2\nSplit t 1 2 c d e\n"
               "Crop f 2 1 b d g 0=2 1=1\nBinaryOp o 2 1 g e out",
               NULL);
    ncnn_expect(&x, &expected, "crop to a blob");
    picture_free(&expected);
    expected = picture_make(2, 14, 18);
    for (int c = 0; c < 2; c++)
        for (int row = 0; row < 14; row++)
            for (int column = 0; column < 18; column++)
                *picture_put(&expected, c, row, column) =
                    2 * picture_at(&x, c, row / 2, column / 2);
    ncnn_write(2,
               "Split s 1 2 x a b\nInterp c 1 1 a c 0=1 1=2.0 2=2.0\nSplit t 1 2 c d e\n"
               "Interp f 2 1 b d g 0=1 5=1\nBinaryOp o 2 1 g e out",
               NULL);
    ncnn_expect(&x, &expected, "resize to a blob");
    picture_free(&x);
    picture_free(&expected);
}
