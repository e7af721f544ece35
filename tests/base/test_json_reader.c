/* SPDX-License-Identifier: MIT */
/* JSON of our own: what is taken and refused, and where; what it means; and that it comes back. */
#include "base/json/json_tree.h"
#include "base/json/json_writer.h"
#include "base/memory.h"

#include <criterion/criterion.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In memory that ends with it, so that AddressSanitizer sees what reads on. */
static up_status parse(up_json **root, const char *text, size_t size, int depth,
                       up_json_problem *problem)
{
    char *copy = malloc(size ? size : 1);
    memcpy(copy, text, size);
    up_status status = up_json_parse(root, copy, size, depth, problem);
    free(copy);
    return status;
}

static up_json *good(const char *text)
{
    up_json *root;
    up_json_problem problem;
    up_status status = parse(&root, text, strlen(text), UP_JSON_MOST_DEPTH, &problem);
    cr_assert_eq(status, UP_OK, "%s: %s at %zu", text, problem.reason, problem.at);
    return root;
}

/* Refused for `reason` at byte `at`. */
static void refused(const char *text, const char *reason, size_t at)
{
    up_json *root;
    up_json_problem problem;
    cr_expect_eq(parse(&root, text, strlen(text), 4, &problem), UP_ERROR_INPUT, "%s", text);
    cr_expect_null(root);
    cr_assert_not_null(problem.reason);
    cr_expect(strstr(problem.reason, reason), "%s: %s", text, problem.reason);
    cr_expect_eq(problem.at, at, "%s: at %zu", text, problem.at);
}

Test(json_reader, what_is_wrong_and_where)
{
    refused("", "too early", 0);
    refused("  ", "too early", 2);
    refused("[1,", "too early", 3);
    refused("[1", "too early", 2);
    refused("{\"a\"", "too early", 4);
    refused("\"a", "too early", 2);
    refused("-", "too early", 1);
    refused("1e", "too early", 2);
    refused("tru", "a word", 0);
    refused("[1 2]", "neither a comma nor the end of an array", 3);
    refused("{\"a\":1 \"b\":2}", "neither a comma nor the end of an object", 7);
    refused("[1,]", "no value", 3);
    refused("[,1]", "no value", 1);
    refused("{\"a\":1,}", "no name", 7);
    refused("{a:1}", "no name", 1);
    refused("{\"a\" 1}", "no colon", 5);
    refused("[1}", "neither", 2);
    refused("[] []", "follows", 3);
    refused("01", "begins with 0", 0);
    refused("[1.]", "behind its point", 3);
    refused("[.5]", "no value", 1);
    refused("[+1]", "no value", 1);
    refused("[1e+]", "in its exponent", 4);
    refused("[nul]", "a word", 1);
    refused("[NaN]", "no value", 1);
    refused("'a'", "no value", 0);
    refused("\xEF\xBB\xBF[]", "no value", 0);
    refused("[1 /* one */]", "neither", 3);
    refused("[[[[[]]]]]", "too deep", 4);
    refused("\"a\nb\"", "control character", 2);
    refused("\"\\x\"", "escape", 1);
    refused("\"\\u12g4\"", "escape", 1);
    refused("\"\\u0000\"", "escape", 1);
    refused("\"\\ud800\"", "escape", 1);
    refused("\"\\ud800\\u0041\"", "escape", 1);
    refused("\"\\udc00\"", "escape", 1);
    refused("\"\xff\"", "UTF-8", 1);
    refused("\"a\xc0\xaf\"", "UTF-8", 2);
    refused("\"\xe0\x80\x80\"", "UTF-8", 1);
    refused("\"\xed\xa0\x80\"", "UTF-8", 1);
    refused("\"\xf4\x90\x80\x80\"", "UTF-8", 1);
    refused("\"\xc3\"", "UTF-8", 1);
    refused("[1e400]", "beyond", 1);
    refused("{\"a\":1,\"a\":2}", "twice", 1);
    refused("[{\"a\":1,\"\\u0061\":2}]", "twice", 2);
}

Test(json_reader, no_byte_beyond_the_text_is_read)
{
    static const char text[] = "{\"a\\ud83d\\ude00\": [1.5e-3, true, null, \"\xf0\x9f\x98\x80\"]}";
    up_json *root;
    up_json_problem problem;
    for (size_t size = 0; size < sizeof text - 1; size++) {
        cr_expect_eq(parse(&root, text, size, 4, &problem), UP_ERROR_INPUT);
        cr_expect_leq(problem.at, size);
    }
    cr_expect_eq(parse(&root, text, sizeof text - 1, 4, &problem), UP_OK);
    up_free(root);
    cr_expect_eq(parse(&root, "[1\0]", 4, 4, &problem), UP_ERROR_INPUT);
}

Test(json_reader, what_it_means)
{
    up_json *root = good(" {\"a\\\"\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\" : \"\" , \"\":[ ] ,"
                         "\"n\":[0,-1,1.5,9223372036854775807,-9223372036854775808,"
                         "9223372036854775808,-0,true,false,null]}\r\n");
    double number;
    int whole;
    cr_expect_eq(root->count, 3);
    cr_expect_str_eq(root->first->key, "a\"/\b\f\n\r\t\xc3\xa9\xf0\x9f\x98\x80");
    cr_expect_str_eq(up_json_text(root->first), "");
    const up_json *list = up_json_get(root, "n");
    cr_expect_eq(list->count, 10);
    cr_expect_null(up_json_get(root, "")->first);
    cr_expect_eq(up_json_at(list, 3)->integer, INT64_MAX);
    cr_expect_eq(up_json_at(list, 4)->integer, INT64_MIN);
    cr_expect(up_json_real(up_json_at(list, 5), &number) && number == 0x1p63);
    cr_expect(up_json_real(up_json_at(list, 6), &number) && number == 0 && signbit(number));
    cr_expect_eq(up_json_at(list, 7)->kind, UP_JSON_TRUE);
    cr_expect_eq(up_json_at(list, 8)->kind, UP_JSON_FALSE);
    cr_expect_eq(up_json_at(list, 9)->kind, UP_JSON_NULL);
    cr_expect_null(up_json_at(list, 10));
    cr_expect(up_json_whole(up_json_at(list, 1), -1, 5, &whole) && whole == -1);
    cr_expect_not(up_json_whole(up_json_at(list, 1), 0, 5, &whole));
    cr_expect_not(up_json_whole(up_json_at(list, 2), 0, 5, &whole));
    cr_expect_null(up_json_get(list, "n"));
    cr_expect_null(up_json_get(NULL, "n"));
    cr_expect_null(up_json_text(list));
    cr_expect_not(up_json_real(NULL, &number));
    up_free(root);
}

/* More names than are compared one with another. */
Test(json_reader, many_names)
{
    enum { NAMES = 20000 };
    char *text = malloc(NAMES * 16), *end = text;
    up_json *root;
    up_json_problem problem;
    for (int i = 0; i < NAMES; i++)
        end += sprintf(end, "%s\"n%d\":%d", i ? "," : "{", i, i);
    strcpy(end, "}");
    root = good(text);
    cr_expect_eq(root->count, NAMES);
    cr_expect_eq(up_json_get(root, "n19999")->integer, 19999);
    up_free(root);
    strcpy(end, ",\"n7\":0}");
    cr_expect_eq(up_json_parse(&root, text, strlen(text), 4, &problem), UP_ERROR_INPUT);
    cr_expect(strstr(problem.reason, "twice"));
    free(text);
}

Test(json_reader, arrays_may_be_left_and_counted)
{
    static const char text[] = "[[1,[2,{\"a\":[]}],3],\"x\",{}] ";
    up_json_reader reader = up_json_reader_of(text, strlen(text), 8);
    up_json_token token;
    cr_expect_eq(up_json_read(&reader, &token), UP_JSON_ARRAY);
    cr_expect_eq(up_json_left(&reader), 3);
    cr_expect_eq(up_json_read(&reader, &token), UP_JSON_ARRAY);
    cr_expect_eq(up_json_left(&reader), 3);
    cr_expect_eq(up_json_read(&reader, &token), UP_JSON_INTEGER);
    cr_expect_eq(up_json_left(&reader), 2);
    cr_expect(up_json_leave(&reader));
    cr_expect_eq(up_json_left(&reader), 2);
    cr_expect_eq(up_json_read(&reader, &token), UP_JSON_STRING);
    cr_expect(up_json_says(&token.text, "x"));
    cr_expect(up_json_leave(&reader));
    cr_expect(up_json_leave(&reader));
    cr_expect_eq(up_json_read(&reader, &token), UP_JSON_END);
    cr_expect_eq(up_json_read(&reader, &token), UP_JSON_END);
}

Test(json_reader, escaped_or_not_says_the_same)
{
    static const struct {
        const char *text, *word;
        bool same;
    } cases[] = { { "\"dtype\"", "dtype", true },
                  { "\"d\\u0074ype\"", "dtype", true },
                  { "\"dtyp\"", "dtype", false },
                  { "\"d\\u0074ypes\"", "dtype", false },
                  { "\"d\\u0074yp\"", "dtype", false },
                  { "\"\"", "", true },
                  { "\"\\u00e9\"", "\xc3\xa9", true },
                  { "\"\\n\"", "n", false },
                  { "\"\\ud83d\\ude00\"", "\xf0\x9f", false } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        up_json_reader reader = up_json_reader_of(cases[i].text, strlen(cases[i].text), 1);
        up_json_token token;
        cr_assert_eq(up_json_read(&reader, &token), UP_JSON_STRING);
        cr_expect_eq(up_json_says(&token.text, cases[i].word), cases[i].same, "%s", cases[i].text);
    }
}

/* ---------------------------------------------------------------- numbers */

static uint64_t draw(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state ^ *state >> 29;
}

Test(json_reader, doubles_come_back)
{
    uint64_t state = 1;
    for (int i = 0; i < 200000; i++) {
        char text[UP_JSON_NUMBER];
        const uint64_t bits = draw(&state);
        double number, back;
        memcpy(&number, &bits, sizeof number);
        if (!isfinite(number))
            continue;
        cr_assert_eq(up_json_print_number(text, number, UP_DOUBLE_DIGITS), strlen(text));
        back = up_json_parse_number(text);
        cr_assert(memcmp(&back, &number, sizeof back) == 0, "%s", text);
        float single = (float)(number / 1e270);
        up_json_print_number(text, (double)single, UP_FLOAT_DIGITS);
        cr_assert((float)up_json_parse_number(text) == single, "%s", text);
    }
}

/* As the middle of two doubles, with digits that decide hundreds of places further on. */
Test(json_reader, the_nearest_double)
{
    static const struct {
        const char *text;
        double number;
    } cases[] = {
        { "0", 0 },
        { "1.7976931348623157e308", DBL_MAX },
        { "1.7976931348623159e308", INFINITY },
        { "4.9e-324", 0x1p-1074 },
        { "2.4703282292062327e-324", 0 },
        { "2.4703282292062328e-324", 0x1p-1074 },
        { "9007199254740993", 9007199254740992.0 },
        { "9007199254740993.0", 9007199254740992.0 },
        { "9007199254740993.00000000000000000000000000000000000000000000001", 9007199254740994.0 },
        { "0.000000000000000000000000000000000000000000001e45", 1 },
        { "1000000000000000000000000000000000000000000000e-45", 1 },
        { "1e-99999999999999999999", 0 },
        { "1e99999999999999999999", INFINITY },
        { "0e99999999999999999999", 0 },
        { "0.1E+1", 1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(up_json_parse_number(cases[i].text), cases[i].number, "%s", cases[i].text);
    char text[2048] = "9007199254740993.";
    memset(text + 17, '0', 1500);
    cr_expect_eq(up_json_parse_number(text), 9007199254740992.0);
    strcpy(text + 1517, "1");
    cr_expect_eq(up_json_parse_number(text), 9007199254740994.0);
}

Test(json_reader, numbers_as_they_are_spelled)
{
    static const struct {
        double number;
        int digits;
        const char *text;
    } cases[] = { { 1, 9, "1.0" },
                  { -0.5, 9, "-0.5" },
                  { 1e6, 4, "1e6" },
                  { 1e-6, 4, "1e-6" },
                  { 1e300, 9, "1e300" },
                  { -1.5e-10, 9, "-1.5e-10" },
                  { 0.1, 17, "0.10000000000000001" },
                  { -0.0, 9, "-0.0" } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[UP_JSON_NUMBER];
        up_json_print_number(text, cases[i].number, cases[i].digits);
        cr_expect_str_eq(text, cases[i].text);
    }
}

/* Where the machine has a locale whose point is a comma. */
Test(json_reader, no_locale_changes_a_number)
{
    static const char *const names[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "ps_AF.UTF-8", "ps_AF" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char text[UP_JSON_NUMBER];
        if (!setlocale(LC_NUMERIC, names[i]))
            continue;
        cr_expect_eq(up_json_parse_number("-12.5e-1"), -1.25, "%s", names[i]);
        up_json_print_number(text, -1234.5, 9);
        cr_expect_str_eq(text, "-1234.5");
    }
    setlocale(LC_NUMERIC, "C");
}

/* ---------------------------------------------------------------- writing */

Test(json_reader, what_is_written)
{
    up_json_writer to = { 0 };
    up_json_open(&to, '{');
    up_json_put_key(&to, "a\"\\/\b\f\n\r\t\x01\x1f\x7f\xc3\xa9");
    up_json_open(&to, '[');
    up_json_put_integer(&to, INT64_MIN);
    up_json_put_flag(&to, true);
    up_json_put_flag(&to, false);
    up_json_put_real(&to, 2.5, 9);
    up_json_open(&to, '{');
    up_json_close(&to, '}');
    up_json_close(&to, ']');
    up_json_put_key(&to, "");
    up_json_put_text(&to, "");
    up_json_close(&to, '}');
    char *text = up_json_take(&to);
    cr_assert_not_null(text);
    cr_expect_str_eq(text, "{\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F\x7f\xc3\xa9\":"
                           "[-9223372036854775808,true,false,2.5,{}],\"\":\"\"}");
    up_json *root = good(text);
    cr_expect_str_eq(root->first->key, "a\"\\/\b\f\n\r\t\x01\x1f\x7f\xc3\xa9");
    up_free(root);
    free(text);
}

Test(json_reader, what_is_no_utf8_is_not_written)
{
    up_json_writer to = { 0 };
    up_json_put_text(&to, "a\xed\xa0\x80");
    cr_expect(to.no_utf8);
    cr_expect_null(up_json_take(&to));
    up_json_writer empty = { 0 };
    char *text = up_json_take(&empty);
    cr_assert_not_null(text);
    cr_expect_str_eq(text, "");
    free(text);
}
