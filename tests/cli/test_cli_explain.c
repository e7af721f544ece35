/* SPDX-License-Identifier: MIT */
/* explain as it is typed: every worked example of the articles has a command that prints its
 * numbers. */
#include "support/pictures/seeds.h"
#include "support/scratch.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(cli_explain, .init = scratch_init, .fini = scratch_fini);

/* -------------------------------------------------------------- finding numbers */

enum { MOST_LINES = 4096, MOST_NUMBERS = 64 };

/* The numbers of a line, and the columns that they end at. Points are zeros; letters are none. */
typedef struct {
    double value[MOST_NUMBERS];
    int end[MOST_NUMBERS], count;
} numbers;

static numbers *numbers_of(const char *text, int *lines)
{
    numbers *all = calloc(MOST_LINES, sizeof *all);
    for (*lines = 0; *text && *lines < MOST_LINES; text += *text == '\n', ++*lines) {
        numbers *n = &all[*lines];
        for (const char *line = text; *text && *text != '\n';) {
            const size_t blanks = strspn(text, " "), length = strcspn(text + blanks, " \n");
            char *end;
            double value = length == 1 && text[blanks] == '.' ? 0 : strtod(text + blanks, &end);
            const bool whole =
                length == 1 && text[blanks] == '.' ? true : end == text + blanks + length;
            text += blanks + length;
            if (length == 0 || n->count == MOST_NUMBERS)
                continue;
            n->value[n->count] = whole ? value : NAN;
            n->end[n->count++] = (int)(text - line);
        }
    }
    return all;
}

static bool is_row(const numbers *line, int first, const double *row, int width, double tolerance)
{
    for (int x = 0; x < width; x++)
        if (first + x >= line->count || !(fabs(line->value[first + x] - row[x]) <= tolerance))
            return false;
    return true;
}

/* Whether a plane stands somewhere, row below row. */
static bool is_printed(const char *text, const double *plane, int height, int width,
                       double tolerance)
{
    int lines;
    bool found = false;
    numbers *all = numbers_of(text, &lines);
    for (int line = 0; line + height <= lines && !found; line++)
        for (int at = 0; at + width <= all[line].count && !found; at++) {
            const int end = all[line].end[at + width - 1];
            int row = 0;
            for (; row < height; row++) {
                const numbers *n = &all[line + row];
                int first = 0;
                while (first + width <= n->count && n->end[first + width - 1] != end)
                    first++;
                if (!is_row(n, first, plane + row * width, width, tolerance))
                    break;
            }
            found = row == height;
        }
    free(all);
    return found;
}

static void expect_planes(const char *text, const json_t *lists, double tolerance, const char *id)
{
    ndarray a = json_data_array(lists);
    const int width = a.shape[a.rank - 1], height = a.rank > 1 ? a.shape[a.rank - 2] : 1;
    const size_t plane = (size_t)width * height;
    for (size_t p = 0; p < a.count / plane; p++) {
        double *values = malloc(plane * sizeof *values);
        for (size_t i = 0; i < plane; i++)
            values[i] = ndarray_get(&a, p * plane + i);
        cr_expect(is_printed(text, values, height, width, tolerance), "%s: plane %zu is not in\n%s",
                  id, p, text);
        free(values);
    }
    ndarray_free(&a);
}

/* -------------------------------------------------------------- the examples */

/* A tensor as --x and --k take it. */
static char *text_of(const json_t *lists)
{
    ndarray a = json_data_array(lists);
    const int width = a.shape[a.rank - 1], height = a.rank > 1 ? a.shape[a.rank - 2] : 1;
    char *text = malloc(32 * a.count + 1), *at = text;
    for (size_t i = 0; i < a.count; i++)
        at += sprintf(at, "%s%.7g",
                      i == 0                                      ? ""
                      : i % ((size_t)width * (size_t)height) == 0 ? "|"
                      : i % (size_t)width == 0                    ? ";"
                                                                  : ",",
                      ndarray_get(&a, i));
    ndarray_free(&a);
    return text;
}

static char *run(const char *flags, char *x, char *k, const char *id)
{
    process_result r = shell("upscale explain %s %s%s%s %s%s%s", flags, x ? "--x '" : "",
                             x ? x : "", x ? "'" : "", k ? "--k '" : "", k ? k : "", k ? "'" : "");
    cr_expect_eq(r.exit_code, 0, "%s: %s", id, r.err);
    char *out = strdup(r.out);
    process_free(&r);
    free(x);
    free(k);
    return out;
}

/* x and w in the JSON, where they are paths of it, else as they are typed. */
static char *argument(const json_t *item, const char *path)
{
    return !path                              ? NULL
           : strncmp(path, "inputs/", 7) == 0 ? text_of(json_data_at(item, path))
                                              : strdup(path);
}

static void check(const json_t *item, const seed_check *how)
{
    char *out = run(how->flags, argument(item, how->x), argument(item, how->w), how->id);
    expect_planes(out, json_data_at(item, how->expected), how->tolerance, how->id);
    cr_expect(strstr(out, "ways agree"), "%s", out);
    free(out);
}

/* The shape of what comes out. */
static void expect_shape(const char *out, const char *id, int channels, int height, int width)
{
    char shape[48];
    snprintf(shape, sizeof shape, "-> %dx%dx%d,", channels, height, width);
    cr_expect(strstr(out, shape), "%s: no %s in\n%.200s", id, shape, out);
}

static char *zeros(int channels, int height, int width)
{
    char *text = malloc(2 * (size_t)channels * height * width + 1), *at = text;
    for (int i = 0; i < channels * height * width; i++) {
        *at++ = '0';
        *at++ = (i + 1) % (height * width) == 0 ? '|' : (i + 1) % width == 0 ? ';' : ',';
    }
    at[-1] = 0;
    return text;
}

/* (channels, 16, 16) by k5 s3 p2 and back. */
static void check_there_and_back(const json_t *item, const seed_check *how)
{
    (void)item;
    const char *terms = "--stride 3 --padding 2";
    char flags[64];
    snprintf(flags, sizeof flags, "conv %s", terms);
    char *there = run(flags, zeros(10, 16, 16), zeros(200, 5, 5), how->id);
    expect_shape(there, how->id, 20, 6, 6);
    snprintf(flags, sizeof flags, "tconv %s", terms);
    char *back = run(flags, zeros(20, 6, 6), zeros(200, 5, 5), how->id);
    expect_shape(back, how->id, 10, 16, 16);
    free(there);
    free(back);
}

/* A square of so many zeros by k5 s3 p2. */
static void expect_size(const char *op, int in, int out, const char *id)
{
    char flags[48];
    snprintf(flags, sizeof flags, "%s --stride 3 --padding 2", op);
    char *text = run(flags, zeros(1, in, in), zeros(1, 5, 5), id);
    expect_shape(text, id, 1, out, out);
    free(text);
}

/* [in, conv(in), tconv(conv(in))], or tconv(in), as far as they can be explained. */
static void check_each_size(const json_t *item, const seed_check *how, bool back)
{
    const json_t *sizes, *lists = json_data_at(item, how->expected);
    size_t i;
    json_array_foreach(lists, i, sizes)
    {
        int n[3];
        for (size_t k = 0; k < 3; k++)
            n[k] = (int)json_integer_value(json_array_get(sizes, k));
        if (n[0] > 16)
            continue;
        expect_size("conv", n[0], n[1], how->id);
        expect_size("tconv", n[back ? 1 : 0], n[2], how->id);
    }
}

static void check_sizes(const json_t *item, const seed_check *how)
{
    check_each_size(item, how, true);
}

static void check_both_ways(const json_t *item, const seed_check *how)
{
    check_each_size(item, how, false);
}

/* i, k, p -> o of stride 1. */
static void check_padded_sizes(const json_t *item, const seed_check *how)
{
    const json_t *sizes, *lists = json_data_at(item, how->expected);
    size_t i;
    json_array_foreach(lists, i, sizes)
    {
        int n[4];
        char flags[32];
        for (size_t k = 0; k < 4; k++)
            n[k] = (int)json_integer_value(json_array_get(sizes, k));
        snprintf(flags, sizeof flags, "tconv --padding %d", n[2]);
        char *out = run(flags, zeros(1, n[0], n[0]), zeros(1, n[1], n[1]), how->id);
        expect_shape(out, how->id, 1, n[3], n[3]);
        free(out);
    }
}

static char *zeros_of(const char *shape)
{
    int n[3];
    if (!shape)
        return NULL;
    cr_assert_eq(sscanf(shape, "%d %d %d", &n[0], &n[1], &n[2]), 3);
    return zeros(n[0], n[1], n[2]);
}

/* One input of the shape in `x`, "channels rows columns", by the kernel planes in `w`, if any. */
static void check_shape(const json_t *item, const seed_check *how)
{
    char *out = run(how->flags, zeros_of(how->x), zeros_of(how->w), how->id);
    const json_t *shape = json_data_at(item, how->expected);
    const size_t rank = json_array_size(shape);
    expect_shape(out, how->id,
                 rank > 2 ? (int)json_integer_value(json_array_get(shape, rank - 3)) : 1,
                 (int)json_integer_value(json_array_get(shape, rank - 2)),
                 (int)json_integer_value(json_array_get(shape, rank - 1)));
    free(out);
}

/* k 4, s 1: inputs 1, 2, 3, 4. */
static void check_small_sizes(const json_t *item, const seed_check *how)
{
    const json_t *size, *sizes = json_data_at(item, how->expected);
    size_t i;
    json_array_foreach(sizes, i, size)
    {
        const int n = (int)i + 1, o = (int)json_integer_value(size);
        char *out = run("tconv", zeros(1, n, n), zeros(1, 4, 4), how->id);
        expect_shape(out, how->id, 1, o, o);
        free(out);
    }
}

static void check_nonzero(const json_t *item, const seed_check *how)
{
    char words[64];
    char *out = run("conv", strdup("0,1,2;3,4,5;6,7,8"), strdup("1,2;3,4"), how->id);
    snprintf(words, sizeof words, "W 4x9, %lld entries",
             json_integer_value(json_data_at(item, "computed/nonzero")));
    cr_expect(strstr(out, words), "%s", out);
    free(out);
}

/* ---- claims, which have no numbers of their own: by those that speak for or against them */

/* What is said is `expected`. */
static void check_says(const json_t *item, const seed_check *how)
{
    char *out = run(how->flags, argument(item, how->x), argument(item, how->w), how->id);
    cr_expect(strstr(out, how->expected), "%s: no %s in\n%s", how->id, how->expected, out);
    free(out);
}

/* The plane `expected`, as it is typed, is printed. */
static void check_typed(const json_t *item, const seed_check *how)
{
    char *out = run(how->flags, argument(item, how->x), argument(item, how->w), how->id);
    double plane[64];
    int count = 0, rows = 1;
    for (const char *at = how->expected; *at; at += *at != 0) {
        char *end;
        plane[count++] = strtod(at, &end);
        rows += *end == ';';
        at = end;
    }
    cr_expect(is_printed(out, plane, rows, count / rows, how->tolerance), "%s: no %s in\n%s",
              how->id, how->expected, out);
    free(out);
}

/* The transposed convolution of a convolution does not give back its input, 0 to 8. */
static void check_no_inverse(const json_t *item, const seed_check *how)
{
    static const double x[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };
    (void)item;
    char *there = run("conv", strdup("0,1,2;3,4,5;6,7,8"), strdup("1,2;3,4"), how->id);
    cr_expect(is_printed(there, x, 3, 3, 0) && strstr(there, "27 37"), "%s", there);
    char *back = run("tconv", strdup("27,37;57,67"), strdup("1,2;3,4"), how->id);
    cr_expect(!is_printed(back, x, 3, 3, 0), "%s", back);
    free(there);
    free(back);
}

/* Fewer equations than unknowns. */
static void check_rank(const json_t *item, const seed_check *how)
{
    char words[64];
    char *out = run("conv", strdup("0,1,2;3,4,5;6,7,8"), strdup("1,2;3,4"), how->id);
    snprintf(words, sizeof words, "W 4x%lld, 16 entries, rank %lld",
             json_integer_value(json_data_at(item, "computed/unknowns")),
             json_integer_value(json_data_at(item, "computed/rank_of_W")));
    cr_expect(strstr(out, words), "%s: no %s in\n%s", how->id, words, out);
    free(out);
}

/* Of all sizes that the formulas were checked with, every eleventh. */
static void check_formulas(const json_t *item, const seed_check *how)
{
    int sizes = 0;
    for (int n = 0; n < 7 * 7 * 4 * 4; n++) {
        const int p = n % 4, s = n / 4 % 4 + 1, k = n / 16 % 7 + 1, i = n / 112 + 1;
        const int o = s * (i - 1) + k - 2 * p;
        char flags[48];
        if (o < 1 || sizes++ % 11)
            continue;
        snprintf(flags, sizeof flags, "tconv --stride %d --padding %d", s, p);
        char *out = run(flags, zeros(1, i, i), zeros(1, k, k), how->id);
        expect_shape(out, how->id, 1, o, o);
        free(out);
    }
    cr_expect_eq(sizes, json_integer_value(json_data_at(item, "computed/sizes_checked")));
}

/* Both crops of the full result are convolutions with the turned kernel of the input with zeros
 * inserted, by where there are more zeros around; upscale's is that of PyTorch. */
static void check_crops(const json_t *item, const seed_check *how)
{
    static const char *const input[] = {
        "0,0,0,0,0,0,0,0;0,0,0,0,0,0,0,0;0,0,1,0,2,0,3,0;0,0,0,0,0,0,0,0;0,0,4,0,5,0,6,0;"
        "0,0,0,0,0,0,0,0;0,0,7,0,8,0,9,0;0,0,0,0,0,0,0,0",
        "0,0,0,0,0,0,0,0;0,1,0,2,0,3,0,0;0,0,0,0,0,0,0,0;0,4,0,5,0,6,0,0;0,0,0,0,0,0,0,0;"
        "0,7,0,8,0,9,0,0;0,0,0,0,0,0,0,0;0,0,0,0,0,0,0,0"
    };
    double full[7][7] = { { 0 } };
    for (int i = 0; i < 81; i++) /* x[a][b] * k[c][d], both 1 to 9 */
        full[i / 27 * 2 + i / 3 % 3][i / 9 % 3 * 2 + i % 3] += (i / 9 + 1) * (i % 9 + 1);
    char *layer = run("tconv --stride 2 --padding 1 --output-padding 1", argument(item, "inputs/X"),
                      argument(item, "inputs/W"), how->id);
    for (int from = 0; from < 2; from++) {
        double crop[36];
        for (int i = 0; i < 36; i++)
            crop[i] = full[from + i / 6][from + i % 6];
        char *out = run("conv", strdup(input[from]), strdup("9,8,7;6,5,4;3,2,1"), how->id);
        cr_expect(is_printed(out, crop, 6, 6, 0), "%s: crop %d is not in\n%s", how->id, from, out);
        cr_expect(from == 0 || is_printed(layer, crop, 6, 6, 0), "%s", layer);
        free(out);
    }
    free(layer);
}

/* Positions take 8 bytes each, values 4. */
static void check_index_bytes(const json_t *item, const seed_check *how)
{
    (void)item;
    (void)how;
    static const shell_case test = {
        "upscale --x '1,2,3,4;5,6,7,8' -m nearest -o x.npy --overwrite && "
        "upscale pool -q x.npy -o p.npy --indices i.npy --kernel 2 --overwrite && "
        "expr $(stat -c %s p.npy) - 128 && expr $(stat -c %s i.npy) - 128",
        0, "32\n64\n", NULL
    };
    shell_expect(&test);
}

#define HALF 5.1e-5 /* of four decimals */
#define D2L_K "1,2;3,4"
#define D2L_X "0,1,2;3,4,5;6,7,8"
#define OLD_K "0,1;2,3"
#define ONES2 "1,1;1,1"
#define ONES3 "1,1,1;1,1,1;1,1,1"
#define TENTHS "0.1,0.2,0.3,0.4;0.5,0.6,0.7,0.8;0.9,1,1.1,1.2;1.3,1.4,1.5,1.6"

static const seed_check checks[] = {
    { "S0-01", check, "inputs/X", "inputs/K", "expected_in_text", "tconv", 0 },
    { "S0-02", check, "inputs/X", "inputs/W", "expected_in_text", "tconv", 0 },
    { "S0-03", check, "inputs/X", "inputs/W", "expected_in_text", "tconv --padding 1", 0 },
    { "S0-04", check, "inputs/X", "inputs/W", "expected_in_text", "tconv --stride 2", 0 },
    { "S0-05", check, "inputs/X", "inputs/K", "computed/intermediate", "tconv", 0 },
    { "S0-05", check, "inputs/X", "inputs/K", "computed/sum", "tconv", 0 },
    { "S0-06", check_there_and_back, NULL, NULL, NULL, NULL, 0 },
    { "S0-07", check_sizes, NULL, NULL, "computed/counterexamples [in, conv, tconv]", NULL, 0 },
    { "S0-08", check_shape, "3 1 1", "21 4 2", "computed/weight_shape", "tconv", 0 },
    { "S0-09", check, "inputs/X", "inputs/K", "expected_in_text", "conv", 0 },
    { "S0-10", check, D2L_X, "inputs/K", "expected_in_text", "conv", 0 },
    { "S0-11", check, "inputs/X", D2L_K, "inputs/W", "conv", 0 },
    { "S0-12", check, "inputs/input", "inputs/K", "computed/Z", "tconv", 0 },
    { "S0-13", check, "inputs/grad_y", "inputs/K", "computed/grad_x", "tconv", 0 },
    { "S0-14", check, "27,37;57,67", D2L_K, "computed/Z", "tconv", 0 },
    { "S0-15", check_nonzero, NULL, NULL, NULL, NULL, 0 },
    { "S0-16", check_shape, "1 2 2", "1 2 2", "computed/2x2 k2 s1 p1", "tconv --padding 1", 0 },
    { "S0-16", check_shape, "1 4 4", "1 3 3", "computed/4x4 k3 s1 p1", "tconv --padding 1", 0 },
    { "S0-17", check_typed, "1,2;3,4", ONES2, "0,0,0,0,0;0,1,0,2,0;0,0,0,0,0;0,3,0,4,0;0,0,0,0,0",
      "tconv --stride 2", 0 },
    { "S0-19", check_says, ONES2, ONES2, "the padding leaves rows 1 to 1 and columns 1 to 1",
      "tconv --padding 1", 0 },
    { "S0-18", check_shape, "1 2 2", "1 2 2", "computed/shape", "tconv", 0 },
    { "S0-20", check_shape, "10 16 16", "200 5 5", "computed/conv_out",
      "conv --stride 3 --padding 2", 0 },
    { "S0-21", check, D2L_X, "inputs/K", "computed/k", "conv", 0 },
    { "S0-30", check_no_inverse, NULL, NULL, NULL, NULL, 0 },
    { "S1-01", check, "inputs/X", NULL, "computed/out", "nearest", 0 },
    { "S1-02", check, "inputs/X", NULL, "computed/out", "bed-of-nails", 0 },
    { "S1-03", check, "inputs/X", NULL, "expected_in_text", "max-pool --kernel 2 --stride 2", 0 },
    { "S1-03", check, "inputs/X", NULL, "computed/indices", "max-pool --kernel 2 --stride 2", 0 },
    { "S1-04", check, "inputs/pooled", NULL, "expected_in_text",
      "max-unpool --indices '5,7;13,15' --kernel 2 --stride 2 --output-size 5,5", 0 },
    { "S1-05", check, "inputs/X", NULL, "computed/pooled", "max-pool --kernel 2", 0 },
    { "S1-05", check, "inputs/X", NULL, "computed/indices", "max-pool --kernel 2", 0 },
    { "S1-05", check, "inputs/X", NULL, "computed/unpooled", "max-pool --kernel 2", 0 },
    { "S1-06", check_typed, "6,8;14,16", NULL, "0,0,0,0;0,6,0,8;0,0,0,0;0,14,0,16",
      "max-unpool --indices '5,7;13,15' --kernel 2", 0 },
    { "S1-06", check_typed, "6,8;14,16", NULL,
      "0,0,0,0,0;6,0,8,0,0;0,0,0,14,0;16,0,0,0,0;0,0,0,0,0",
      "max-unpool --indices '5,7;13,15' --kernel 2 --output-size 5,5", 0 },
    { "S1-07", check, "inputs/X", NULL, "expected_in_text", "bilinear --align-corners", HALF },
    { "S1-08", check, "inputs/X", NULL, "computed/bilinear_ac0", "bilinear", HALF },
    { "S1-08", check, "inputs/X", NULL, "computed/bicubic_ac0", "bicubic --cubic-a -0.75", HALF },
    { "S1-08", check, "inputs/X", NULL, "computed/bicubic_ac1",
      "bicubic --cubic-a -0.75 --align-corners --digits 8", 1e-6 },
    { "S1-08", check, "inputs/X", NULL, "computed/nearest", "nearest", 0 },
    { "S1-09", check, "6,10;9,12", NULL, "inputs/X", "bilinear --align-corners", 0 },
    { "S1-10", check, "inputs/X", "inputs/W", "computed/scatter", "tconv --stride 2", 0 },
    { "S1-10", check, "inputs/X", "inputs/W", "computed/zeros_then_conv_with_kernel_rotated_180",
      "tconv --stride 2", 0 },
    { "S1-11", check, ONES2, ONES3, "computed/values_with_W_of_ones_no_bias", "tconv --stride 2",
      0 },
    { "S1-12", check, "inputs/Y", "inputs/K", "computed/C", "tconv", 0 },
    { "S1-12", check, "inputs/Y", "inputs/K", "computed/C_T_y", "tconv", 0 },
    { "S1-13", check_no_inverse, NULL, NULL, NULL, NULL, 0 },
    { "S1-15", check_rank, NULL, NULL, NULL, NULL, 0 },
    { "S1-17", check_index_bytes, NULL, NULL, NULL, NULL, 0 },
    { "S1-14", check, "27,37;57,67", "inputs/K", "computed/tconv(conv(X))", "tconv", 0 },
    { "S2-01", check, "inputs/X", "inputs/K", "expected_in_text", "tconv", 0 },
    { "S2-02", check, "inputs/X", "inputs/W", "expected_in_text", "tconv", 0 },
    { "S2-03", check, "inputs/X", "inputs/W", "expected_in_text", "tconv --padding 1", 0 },
    { "S2-04", check, "inputs/X", "inputs/W", "expected_in_text", "tconv --stride 2", 0 },
    { "S2-06", check_there_and_back, NULL, NULL, NULL, NULL, 0 },
    { "S2-07", check_sizes, NULL, NULL, "computed/counterexamples [in, conv, tconv]", NULL, 0 },
    { "S2-08", check_both_ways, NULL, NULL, "computed/[n, conv(n), tconv(n)]", NULL, 0 },
    { "S2-09", check, "inputs/X", "inputs/K", "expected_in_text", "conv", 0 },
    { "S2-10", check, D2L_X, "inputs/K", "expected_in_text", "conv", 0 },
    { "S2-11", check, "inputs/X", OLD_K, "inputs/W", "conv", 0 },
    { "S2-12", check, "inputs/input", "inputs/K", "computed/Z", "tconv", 0 },
    { "S2-15", check_says, D2L_X, D2L_K, "W 4x9, 16 entries", "conv", 0 },
    { "S2-30", check_no_inverse, NULL, NULL, NULL, NULL, 0 },
    { "S3-01", check_shape, "1 4 4", NULL, "computed/max_pool2d 4x4", "max-pool --kernel 2", 0 },
    { "S3-02", check, "inputs/X", "inputs/W", "inputs/W", "tconv --stride 2", 0 },
    { "S3-02", check, "inputs/X", "inputs/W", "inputs/W", "tconv --stride 2 --padding 1", 0 },
    { "S3-02", check, "inputs/X", "inputs/W", "inputs/W", "tconv --stride 2 --padding 2", 0 },
    { "S3-03", check, "inputs/X", "inputs/W", "computed/values", "tconv", 0 },
    { "S3-04", check, "inputs/X", "inputs/W", "computed/values", "tconv --stride 2", 0 },
    { "S3-05", check_formulas, NULL, NULL, NULL, NULL, 0 },
    { "S3-08", check_crops, NULL, NULL, NULL, NULL, 0 },
    { "S3-06", check_padded_sizes, NULL, NULL, "computed/counterexamples [i,k,p,o]", NULL, 0 },
    { "S3-07", check_shape, "1 3 3", "1 3 3", "computed/padding=1, no output_padding",
      "tconv --stride 2 --padding 1", 0 },
    { "S3-07", check, "inputs/X", "inputs/W", "computed/PyTorch padding=1 output_padding=1",
      "tconv --stride 2 --padding 1 --output-padding 1", 0 },
    { "S3-07", check, "inputs/X", "inputs/W", "computed/full (padding 0)", "tconv --stride 2", 0 },
    { "S4-01", check, "inputs/X", "inputs/W", "computed/values_float64", "tconv", 5.1e-5 },
    { "S4-02", check, "inputs/X", TENTHS, "computed/intermediate", "tconv", 1e-6 },
    { "S4-02", check, "inputs/X", TENTHS, "computed/sum", "tconv", 5.1e-5 },
    { "S4-03", check_shape, "3 1 1", "21 4 4", "computed/3->7 k4", "tconv", 0 },
    { "S4-04", check_shape, "3 4 4", "21 4 4", "expected_in_text", "tconv", 0 },
    { "S4-05", check_small_sizes, NULL, NULL, "computed", NULL, 0 },
    { "S4-07", check_shape, "1 2 3", "3 4 4", "computed/shape", "tconv", 0 },
    { "S4-30", check_no_inverse, NULL, NULL, NULL, NULL, 0 },
    { "S4-06", check, ONES2, ONES2, "computed/stride 1 (overlap)", "tconv", 0 },
    { "S4-06", check, ONES2, ONES2, "computed/stride 2", "tconv --stride 2", 0 },
    { "S4-06", check, ONES2, ONES2, "computed/stride 3 (gap of zeros)", "tconv --stride 3", 0 },
};

Test(cli_explain, every_worked_example)
{
    seeds_run(checks, sizeof checks / sizeof *checks);
}

/* Names in Python, and which of two is better in general: nothing that a command could show. */
static const char *const not_shown[] = { "S1-16", "S3-09", "S4-08" };

static bool is_shown(const char *id)
{
    for (size_t c = 0; c < sizeof checks / sizeof *checks; c++)
        if (strcmp(checks[c].id, id) == 0)
            return true;
    return false;
}

/* No example or claim of the file is forgotten. */
Test(cli_explain, no_example_is_left_out)
{
    json_t *root = json_data_load(UP_GOLDEN_DIR "/seed_examples.json");
    const json_t *item;
    size_t i;
    json_array_foreach(json_data_at(root, "items"), i, item)
    {
        const char *id = json_string_value(json_object_get(item, "id"));
        bool exempt = false;
        for (size_t k = 0; k < sizeof not_shown / sizeof *not_shown; k++)
            exempt |= strcmp(not_shown[k], id) == 0;
        cr_expect(is_shown(id) != exempt, "%s", id);
    }
    json_decref(root);
}

/* What is not there is not found. */
Test(cli_explain, wrong_numbers_would_be_found)
{
    char *out = run("tconv --stride 2", strdup("0,1;2,3"), strdup("0,1;2,3"), "2x2");
    const double right[] = { 0, 0, 2, 3, 0, 2, 0, 3, 4, 6, 6, 9 };
    for (int i = -1; i < 12; i++) {
        double plane[12];
        memcpy(plane, right, sizeof plane);
        if (i >= 0)
            plane[i] += 11;
        cr_expect_eq(is_printed(out, plane, 3, 4, 0), i < 0, "%d", i);
    }
    free(out);
}
