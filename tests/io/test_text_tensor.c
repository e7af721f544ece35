/* SPDX-License-Identifier: MIT */
/* Tensors as text: what is read, what is refused and why, and the way through files. */
#include "base/memory.h"
#include "io/text/text_tensor.h"
#include "support/pictures/image_io.h"
#include "support/scratch.h"
#include "support/shell.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

TestSuite(text_tensor, .init = scratch_init, .fini = scratch_fini);

static up_text_tensor parse(const char *text)
{
    up_text_tensor t;
    up_error error;
    cr_assert_eq(up_text_tensor_parse(&t, text, strlen(text), "t", &error), UP_OK, "%s: %s", text,
                 error.message);
    return t;
}

Test(text_tensor, shapes)
{
    static const struct {
        const char *text;
        int channels, height, width;
    } cases[] = {
        { "7", 1, 1, 1 },
        { "0,1;2,3", 1, 2, 2 },
        { " 0 , 1 ;\t2 3 ", 1, 2, 2 },
        { "0,1;2,3;", 1, 2, 2 },
        { "1|2|3|4", 4, 1, 1 },
        { "1,2;3,4 | 5,6;7,8", 2, 2, 2 },
        { "1,2\n3,4\n\n5,6\n7,8\n", 2, 2, 2 },
        { "\n\n1,2\r\n3,4\r\n\r\n\r\n5,6\r\n7,8\r\n\r\n", 2, 2, 2 },
        { "# rows\n1 2 # first\n# in between\n3 4\n", 1, 2, 2 },
        { "\xef\xbb\xbf"
          "1;2;3",
          1, 3, 1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        up_text_tensor t = parse(cases[i].text);
        cr_expect(t.channels == cases[i].channels && t.height == cases[i].height &&
                      t.width == cases[i].width,
                  "%s: %d x %d x %d", cases[i].text, t.channels, t.height, t.width);
        up_free(t.value);
    }
}

Test(text_tensor, numbers)
{
    up_text_tensor t =
        parse("-1.5,+2,.25,1e3,2.5E-2,1e-45,3.4028234e38,0.1,inf,-inf,nan,123456789");
    const float expected[] = { -1.5F,         2,    0.25F,    1000,      0.025F, 1e-45F,
                               3.4028234e38F, 0.1F, INFINITY, -INFINITY, NAN,    123456792 };
    for (int i = 0; i < t.width; i++)
        cr_expect(t.value[i] == expected[i] || (isnan(t.value[i]) && isnan(expected[i])), "%d: %g",
                  i, (double)t.value[i]);
    cr_expect_eq(t.width, 12);
    up_free(t.value);
}

Test(text_tensor, refusals_say_where)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "", "t: holds no numbers" },
        { "# nothing\n", "t: holds no numbers" },
        { "1,2;3", "t: line 1, column 6: this row is longer or shorter" },
        { "1,2\n3\n", "line 2, column 2: this row" },
        { "1,2;3,4|5,6", "this channel has more or fewer rows" },
        { "1,,2", "column 2: a number is missing" },
        { ",1", "column 1: a number is missing" },
        { "1,\n2", "column 2: a number is missing" },
        { "1,x", "column 3: here is no number" },
        { "0x10", "column 1: here is no number" },
        { "1.2.3", "here is no number" },
        { "1e", "here is no number" },
        { "1e999", "here is no number" },
        { "--1", "here is no number" },
        { "infinity", "here is no number" },
        { ";1", "there are no numbers before this" },
        { "|1", "there are no numbers before this" },
        { "1||2", "there are no numbers before this" },
        { "1;;2", "there are no numbers before this" },
        { "00000000000000000000000000000000000000000000000000000000000000001",
          "here is no number" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        up_text_tensor t;
        up_error error = { 0 };
        up_status status =
            up_text_tensor_parse(&t, cases[i].text, strlen(cases[i].text), "t", &error);
        cr_expect_eq(status, UP_ERROR_INPUT, "%s", cases[i].text);
        cr_expect(strstr(error.message, cases[i].message), "%s: %s", cases[i].text, error.message);
        cr_expect_null(t.value);
    }
}

/* Any bytes are refused or read, never run past. */
Test(text_tensor, any_bytes)
{
    static const char letters[] = "0123456789+-.eE,;|# \t\r\nnaif\0\xff";
    uint32_t state = 5;
    for (int n = 0; n < 20000; n++) {
        char text[48];
        const size_t size = next_random(&state) % sizeof text;
        for (size_t i = 0; i < size; i++)
            text[i] = letters[next_random(&state) % sizeof letters];
        char *exact = memcpy(up_alloc(size + 1, 1), text, size);
        up_text_tensor t;
        if (up_text_tensor_parse(&t, exact, size, "t", NULL) == UP_OK)
            cr_expect(t.channels * t.height * t.width > 0);
        up_text_tensor_probe((const uint8_t *)exact, size);
        up_free(t.value);
        up_free(exact);
    }
}

Test(text_tensor, floats_survive_files)
{
    const float values[] = { 0.1F, 1.0F / 3, -0.0F, 1e-45F, 3.4028235e38F, 16777218, 1e10F, -2.5F };
    const up_format format = { .width = 4,
                               .height = 1,
                               .channels = 2,
                               .frames = 1,
                               .sample = UP_SAMPLE_F32,
                               .depth = 32,
                               .planar = true };
    const up_pixels pixels = { .format = format, .data = (void *)values };
    up_error error;
    const char *path = scratch_path("t.txt");
    cr_assert_eq(up_write_pixels(path, &pixels, NULL, &error), UP_OK, "%s", error.message);
    image loaded;
    cr_assert_eq(image_load(&loaded, path, 1, &error), UP_OK, "%s", error.message);
    cr_expect_eq(loaded.size, sizeof values);
    cr_expect_eq(memcmp(loaded.data, values, sizeof values), 0);
    image_free(&loaded);
}

Test(text_tensor, wherever_a_tensor_is_read)
{
    static const shell_case cases[] = {
        { "printf '0,1\\n2,3\\n' > x.txt", 0, NULL, NULL },
        { "upscale x.txt -m nearest -s 2 -o y.npy && upscale show y.npy", 0,
          "0 0 1 1\n0 0 1 1\n2 2 3 3\n2 2 3 3\n", "" },
        { "upscale x.txt -m bed-of-nails -s 2 -o y.csv && cat y.csv", 0,
          "0,0,1,0\n0,0,0,0\n2,0,3,0\n0,0,0,0\n", "" },
        { "upscale - -m nearest -s 1 -o - < x.txt", 0, "0,1\n2,3\n", "" },
        { "upscale info x.txt", 0, "txt", NULL },
        { "upscale pool x.txt --kernel 2 -o p.txt --indices i.npy && cat p.txt", 0, "3\n", "" },
        { "printf '3' > i.txt; upscale p.txt -m max-unpool --kernel 2 --indices i.txt -o u.txt", 0,
          "", NULL },
        { "cat u.txt", 0, "0,0\n0,3\n", "" },
        { "printf 3.5 > h.txt; upscale p.txt -m max-unpool --kernel 2 --indices h.txt -o v.txt", 1,
          "", "h.txt: 3.5 is no position" },
        { "upscale show x.txt i.npy", 0, "x.txt\n0 1\n2 3\ni.npy\n3\n", "" },
        { "printf '1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2\\n3,oops\\n' > "
          "bad.txt; upscale bad.txt -o z.npy",
          1, "", "bad.txt: line 2, column 3: here is no number" },
        { "upscale x.txt -m nearest -o y.png", 1, "", NULL },
        { "printf 'hello\\n' > readme.txt; upscale readme.txt -o z.npy", 1, "",
          "it holds text that is not numbers alone" },
    };
    SHELL_EXPECT_ALL(cases);
}

/* Notes that lie beside pictures are no inputs. */
Test(text_tensor, folders)
{
    write_ppm("photos/a.ppm", 4, 4);
    static const shell_case cases[] = {
        { "printf 'taken in May\\n' > photos/notes.txt; printf '1,2\\n' > photos/t.csv", 0, NULL,
          NULL },
        { "upscale -r photos -m nearest -o out/ && ls out", 0, "a.ppm\nt.csv\n", "2 done" },
    };
    SHELL_EXPECT_ALL(cases);
}
