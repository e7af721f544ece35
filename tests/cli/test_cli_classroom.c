/* SPDX-License-Identifier: MIT */
/* upscale compare --classroom: what the page says of each upsampler is what the program does. */
#include "support/shell.h"
#include "upscale.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNPOOL, NAILS, NEAREST, BILINEAR, EVEN, UNEVEN, LEARNED, LESSONS, INPUTS = 16 };

static void set_up(void)
{
    scratch_init();
    write_ppm("noise.ppm", 61, 47);
}

TestSuite(cli_classroom, .init = set_up, .fini = scratch_fini);

static json_t *classroom(int scale)
{
    char command[128];
    snprintf(command, sizeof command,
             "upscale compare -q noise.ppm --classroom -s %d -o report --overwrite", scale);
    shell_expect(&(shell_case){ command, 0, "", "" });
    json_t *json = json_load_file(scratch_path("report/results.json"), 0, NULL);
    cr_assert(json && json_object_get(json, "classroom"));
    return json;
}

static const json_t *lesson_at(const json_t *json, int i)
{
    const json_t *lessons = json_object_get(json_object_get(json, "classroom"), "lessons");
    cr_assert_eq(json_array_size(lessons), LESSONS);
    return json_array_get(lessons, (size_t)i);
}

static double at(const json_t *rows, int y, int x)
{
    return json_number_value(json_array_get(json_array_get(rows, (size_t)y), (size_t)x));
}

static double matrix_at(const json_t *json, int lesson, int output, int input)
{
    return at(json_object_get(lesson_at(json, lesson), "matrix"), output, input);
}

static double row_sum(const json_t *json, int lesson, int output)
{
    double sum = 0;
    for (int i = 0; i < INPUTS; i++)
        sum += matrix_at(json, lesson, output, i);
    return sum;
}

static int entries(const json_t *json, int lesson, int outputs)
{
    int count = 0;
    for (int o = 0; o < outputs; o++)
        for (int i = 0; i < INPUTS; i++)
            count += matrix_at(json, lesson, o, i) != 0;
    return count;
}

/* -------------------------------------------------------------- matrices */

static void expect_matrix_makes_output(const json_t *json, int scale)
{
    const json_t *input = json_object_get(json_object_get(json, "classroom"), "input");
    for (int l = 0; l < LESSONS; l++) {
        const json_t *output = json_object_get(lesson_at(json, l), "output");
        for (int o = 0; o < INPUTS * scale * scale; o++) {
            double sum = 0;
            for (int i = 0; i < INPUTS; i++)
                sum += matrix_at(json, l, o, i) * at(input, i / 4, i % 4);
            const double made = at(output, o / (4 * scale), o % (4 * scale));
            cr_expect_float_eq(sum, made, 2e-3, "lesson %d, output %d: %g, %g", l, o, sum, made);
        }
    }
}

/* Of the rows of W away from the border: the least and the largest. */
static void flat_range(const json_t *json, int lesson, int scale, double *least, double *most)
{
    const int side = 4 * scale;
    *least = INFINITY;
    *most = -INFINITY;
    for (int y = scale; y < side - scale; y++)
        for (int x = scale; x < side - scale; x++) {
            *least = fmin(*least, row_sum(json, lesson, y * side + x));
            *most = fmax(*most, row_sum(json, lesson, y * side + x));
        }
}

/* What is taught of each. */
static void expect_lessons(const json_t *json, int scale)
{
    static const int flat[] = { NEAREST, BILINEAR, EVEN, LEARNED };
    const int outputs = INPUTS * scale * scale;
    double least, most;
    cr_expect_eq(entries(json, UNPOOL, outputs), INPUTS);
    cr_expect_eq(entries(json, NAILS, outputs), INPUTS);
    cr_expect_eq(entries(json, NEAREST, outputs), outputs);
    for (size_t i = 0; i < sizeof flat / sizeof *flat; i++) {
        flat_range(json, flat[i], scale, &least, &most);
        cr_expect(least > 0.995 && most < 1.005, "lesson %d: %g to %g", flat[i], least, most);
    }
    flat_range(json, UNEVEN, scale, &least, &most);
    cr_expect_geq(most, 1.5 * least);
    const json_t *positions = json_object_get(json_object_get(json, "classroom"), "positions");
    for (int i = 0; i < INPUTS; i++)
        cr_expect_eq(matrix_at(json, UNPOOL, (int)at(positions, i / 4, i % 4), i), 1);
}

/* The corner is pooled as it says. */
static void expect_pooled(const json_t *json, int scale)
{
    const json_t *room = json_object_get(json, "classroom");
    const json_t *original = json_object_get(room, "original");
    for (int i = 0; i < INPUTS; i++) {
        const int position = (int)at(json_object_get(room, "positions"), i / 4, i % 4);
        const double value = at(json_object_get(room, "input"), i / 4, i % 4);
        double most = 0;
        for (int k = 0; k < scale * scale; k++)
            most = fmax(most, at(original, i / 4 * scale + k / scale, i % 4 * scale + k % scale));
        cr_expect_eq(value, most);
        cr_expect_eq(at(original, position / (4 * scale), position % (4 * scale)), most);
    }
}

Test(cli_classroom, matrices_are_what_the_program_does)
{
    for (int scale = 2; scale <= 4; scale++) {
        json_t *json = classroom(scale);
        expect_matrix_makes_output(json, scale);
        expect_lessons(json, scale);
        expect_pooled(json, scale);
        json_decref(json);
    }
}

/* -------------------------------------------------------------- commands and pictures */

/* The rows of a printed tensor, which others may stand beside or below. */
static bool is_printed(const char *out, const json_t *rows)
{
    const int side = (int)json_array_size(rows);
    int row = 0;
    for (const char *line = out; *line && row < side; line += *line == '\n') {
        const size_t length = strcspn(line, "\n");
        char *text = strndup(line, length);
        bool found = false;
        for (char *from = text; *from && !found; from++) {
            char *end = from;
            int x = 0;
            for (; x < side; x++) {
                char *next;
                const double value = strtod(end, &next);
                if (next == end || fabs(value - at(rows, row, x)) > 6e-5)
                    break;
                end = next;
            }
            found = x == side;
        }
        row = found ? row + 1 : row;
        free(text);
        line += length;
    }
    return row == side;
}

Test(cli_classroom, commands_show_the_same_numbers)
{
    json_t *json = classroom(2);
    for (int l = 0; l < LESSONS; l++) {
        const char *command = json_string_value(json_object_get(lesson_at(json, l), "command"));
        process_result r = shell("%s", command);
        cr_expect_eq(r.exit_code, 0, "%s: %s", command, r.err);
        cr_expect(is_printed(r.out, json_object_get(lesson_at(json, l), "output")), "%s\n%s",
                  command, r.out);
        process_free(&r);
    }
    json_decref(json);
}

Test(cli_classroom, results_are_the_files_that_upscale_writes)
{
    static const shell_case cases[] = {
        { "upscale compare -q noise.ppm --classroom -o report && "
          "upscale pool -q report/results/original.png -o in.png --indices i.npy --kernel 2 && "
          "cmp in.png report/input.png && cmp i.npy report/indices.npy && "
          "upscale -q in.png -m max-unpool --indices i.npy --kernel 2 -o a.png && "
          "cmp a.png report/results/max-unpool.png && "
          "upscale -q in.png -k '1,1,1,1;1,1,1,1;1,1,1,1;1,1,1,1' --stride 2 --padding 1 "
          "-o b.png && ls report/results | wc -l",
          0, "8\n", "" },
        { "upscale compare -q noise.ppm --classroom --single-file -o page.html && "
          "grep -c '\"classroom\"' page.html",
          0, "1\n", "" },
        { "upscale compare -q noise.ppm --classroom --sheet sheet.png && ls sheet.png", 0, NULL,
          NULL },
    };
    SHELL_EXPECT_ALL(cases);
}

Test(cli_classroom, refusals)
{
    static const shell_case cases[] = {
        { "upscale compare noise.ppm --classroom -m nearest -o r", 2, "", "methods" },
        { "upscale compare noise.ppm --classroom -k 1 -o r", 2, "", "methods" },
        { "upscale compare noise.ppm --classroom --from-hr -o r", 2, "", "reference of its own" },
        { "upscale compare noise.ppm --classroom --reference a.png -o r", 2, "", "of its own" },
        { "upscale compare noise.ppm --classroom --size 9x9 -o r", 2, "", "of its own" },
        { "upscale compare noise.ppm noise.ppm --classroom -o r", 2, "", "for one picture" },
        { "upscale compare noise.ppm --classroom -s 5 -o r", 2, "", "by 2, 3 or 4" },
        { "upscale compare noise.ppm --classroom -s 2,3 -o r", 2, "",
          "for one picture at one scale" },
        { "upscale compare small.ppm --classroom -o r", 1, "", "too small for the classroom" },
        { "ls r", 2, "", NULL },
    };
    write_ppm("small.ppm", 9, 7);
    SHELL_EXPECT_ALL(cases);
}
