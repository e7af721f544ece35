/* SPDX-License-Identifier: MIT */
/* Our reader of JSON beside Jansson, on documents that are made up and then damaged: both take the
 * same, and read the same out of it. */
#include "base/json/json_tree.h"
#include "base/json/json_writer.h"
#include "base/memory.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 40000, ROOM = 1 << 16 };

typedef struct {
    uint32_t state;
    char text[ROOM];
    size_t size;
} document;

static unsigned draw(document *d, unsigned below)
{
    d->state = d->state * 1664525u + 1013904223u;
    return (unsigned)((uint64_t)(d->state >> 8) * below >> 24);
}

static void put(document *d, const char *text)
{
    const size_t size = strlen(text);
    if (d->size + size < ROOM) {
        memcpy(d->text + d->size, text, size);
        d->size += size;
    }
}

/* One of a list whose last is NULL. */
static void put_one(document *d, const char *const *list)
{
    unsigned count = 0;
    while (list[count])
        count++;
    put(d, list[draw(d, count)]);
}

static void put_space(document *d)
{
    static const char *const spaces[] = { "", "", "", "", "", " ", "\n", "\t\r ", NULL };
    put_one(d, spaces);
}

static void put_string(document *d)
{
    static const char *const pieces[] = { "a",
                                          "b",
                                          "dtype",
                                          "\\\"",
                                          "\\\\",
                                          "\\/",
                                          "\\b\\f",
                                          "\\n\\r",
                                          "\\t",
                                          "\\u0041",
                                          "\\u00e9",
                                          "\\u20aC",
                                          "\xc3\xa9",
                                          "\xe2\x82\xac",
                                          "\xf0\x9f\x98\x80",
                                          "\\ud83d\\ude00",
                                          "\x7f",
                                          "{[,:]}",
                                          "\\uFFFF",
                                          "\\udbff\\udfff",
                                          "\xef\xbf\xbf",
                                          "\xed\x9f\xbf",
                                          NULL };
    put(d, "\"");
    for (unsigned i = draw(d, 4); i > 0; i--)
        put_one(d, pieces);
    put(d, "\"");
}

static void put_number(document *d)
{
    static const char *const some[] = { "0",
                                        "1",
                                        "-17",
                                        "9223372036854775807",
                                        "-9223372036854775808",
                                        "1.5",
                                        "-2.5e-3",
                                        "1E+10",
                                        "1.7976931348623157e308",
                                        "4.9e-324",
                                        "1e-400",
                                        "0.1",
                                        "123456789012345678.9",
                                        "-0.0",
                                        "0e5",
                                        NULL };
    char text[64];
    if (draw(d, 2)) {
        put_one(d, some);
        return;
    }
    snprintf(text, sizeof text, "%s%u.%u%ue%s%u", draw(d, 2) ? "-" : "", draw(d, 1000),
             draw(d, 1 << 24), draw(d, 1 << 24), draw(d, 2) ? "-" : "", draw(d, 300));
    put(d, text);
}

static void put_value(document *d, unsigned depth);

static void put_many(document *d, unsigned depth, bool object)
{
    put(d, object ? "{" : "[");
    const unsigned count = draw(d, draw(d, 20) ? 5 : 40);
    for (unsigned i = 0; i < count; i++) {
        put_space(d);
        put(d, i ? "," : "");
        put_space(d);
        if (object) {
            put_string(d);
            put_space(d);
            put(d, ":");
            put_space(d);
        }
        put_value(d, depth + 1);
    }
    put_space(d);
    put(d, object ? "}" : "]");
}

static void put_value(document *d, unsigned depth)
{
    static const char *const words[] = { "true", "false", "null", NULL };
    const unsigned kind = draw(d, depth < 5 ? 7 : 3);
    if (kind == 0)
        put_string(d);
    else if (kind == 1)
        put_number(d);
    else if (kind == 2)
        put_one(d, words);
    else
        put_many(d, depth, kind < 5);
}

/* Bytes changed, cut out or put in. */
static void damage(document *d)
{
    static const char favourites[] = "{}[]\",:\\0129-+.eEutrn \n\x01\xff\xc3\x80\xed\xf4";
    for (unsigned i = draw(d, 4); i > 0 && d->size > 1; i--) {
        const size_t at = draw(d, (unsigned)d->size);
        const char byte = favourites[draw(d, sizeof favourites - 1)];
        const unsigned how = draw(d, 4);
        if (how == 0) {
            d->size = at + 1;
        } else if (how == 1) {
            memmove(d->text + at, d->text + at + 1, --d->size - at);
        } else if (how == 2 && d->size < ROOM - 1) {
            memmove(d->text + at + 1, d->text + at, d->size++ - at);
            d->text[at] = byte;
        } else {
            d->text[at] = byte;
        }
    }
}

static void expect_same(const up_json *ours, const json_t *theirs, const document *d);

static void expect_same_members(const up_json *ours, json_t *theirs, const document *d)
{
    const char *key;
    json_t *value;
    cr_assert_eq(ours->kind, UP_JSON_OBJECT);
    cr_assert_eq(ours->count, json_object_size(theirs));
    const up_json *member = ours->first;
    json_object_foreach(theirs, key, value)
    {
        cr_assert_str_eq(member->key, key);
        expect_same(member, value, d);
        member = member->next;
    }
}

static void expect_same_elements(const up_json *ours, const json_t *theirs, const document *d)
{
    cr_assert_eq(ours->kind, UP_JSON_ARRAY);
    cr_assert_eq(ours->count, json_array_size(theirs));
    const up_json *element = ours->first;
    for (size_t i = 0; i < ours->count; i++, element = element->next)
        expect_same(element, json_array_get(theirs, i), d);
}

/* -0 is a real number to us: as a whole one it would not come back. */
static void expect_same_number(const up_json *ours, const json_t *theirs, const document *d)
{
    double number;
    cr_assert(up_json_real(ours, &number), "%.*s", (int)d->size, d->text);
    cr_assert_eq(number, json_number_value(theirs), "%a", number);
    cr_assert(json_is_integer(theirs) == (ours->kind == UP_JSON_INTEGER) ||
              (number == 0 && signbit(number)));
    if (ours->kind == UP_JSON_INTEGER)
        cr_assert_eq(ours->integer, json_integer_value(theirs));
}

static void expect_same(const up_json *ours, const json_t *theirs, const document *d)
{
    if (json_is_object(theirs))
        expect_same_members(ours, (json_t *)theirs, d);
    else if (json_is_array(theirs))
        expect_same_elements(ours, theirs, d);
    else if (json_is_string(theirs))
        cr_assert_str_eq(up_json_text(ours), json_string_value(theirs));
    else if (json_is_number(theirs))
        expect_same_number(ours, theirs, d);
    else
        cr_assert_eq(ours->kind, json_is_true(theirs)    ? UP_JSON_TRUE
                                 : json_is_false(theirs) ? UP_JSON_FALSE
                                                         : UP_JSON_NULL);
}

/* Whether both take it. What Jansson refuses for the size of a number we may take. */
static bool compare(const document *d)
{
    json_error_t error;
    up_json_problem problem;
    up_json *ours;
    char *copy = malloc(d->size + !d->size);
    memcpy(copy, d->text, d->size);
    json_t *theirs = json_loadb(copy, d->size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    up_status status = up_json_parse(&ours, copy, d->size, UP_JSON_MOST_DEPTH, &problem);
    free(copy);
    const bool large = !theirs && json_error_code(&error) == json_error_numeric_overflow;
    const bool deep = status != UP_OK && strstr(problem.reason, "too deep");
    if (!large && !deep)
        cr_assert_eq(status == UP_OK, theirs != NULL, "%.*s: %s at %zu", (int)d->size, d->text,
                     status == UP_OK ? error.text : problem.reason,
                     status == UP_OK ? (size_t)error.position : problem.at);
    if (status == UP_OK && theirs)
        expect_same(ours, theirs, d);
    const bool both = status == UP_OK && theirs;
    up_free(ours);
    json_decref(theirs);
    return both;
}

Test(json_peer, both_read_the_same)
{
    static document d;
    int taken = 0;
    for (int i = 0; i < ROUNDS; i++) {
        d.size = 0;
        d.state = (uint32_t)i;
        draw(&d, 2);
        put_space(&d);
        put_value(&d, 0);
        put_space(&d);
        if (i % 2)
            damage(&d);
        taken += compare(&d);
    }
    cr_expect(taken > ROUNDS / 3 && taken < ROUNDS - ROUNDS / 5, "%d", taken);
}

/* Every sequence of up to two bytes, and of three that begin with what can begin three or four, as
 * a string. */
Test(json_peer, both_take_the_same_bytes_for_characters)
{
    static document d;
    for (unsigned first = 0; first < 256; first++)
        for (unsigned second = 0; second < 256; second++) {
            const char thirds[] = { 'a', '"', '\x7f', '\x80', '\xbf', '\xc0' };
            for (size_t i = 0; i < sizeof thirds; i++) {
                const char text[] = { '"', (char)first, (char)second, thirds[i], '\x80', '"' };
                memcpy(d.text, text, sizeof text);
                d.size = sizeof text;
                compare(&d);
                d.text[4] = '"';
                d.size = 5;
                compare(&d);
            }
        }
}

/* What we write they read, and as it was; they write the same bytes. */
Test(json_peer, what_is_written_is_what_they_write)
{
    static document d;
    for (int i = 0; i < 5000; i++) {
        up_json_writer to = { 0 };
        json_t *theirs = json_array();
        d.state = (uint32_t)i;
        up_json_open(&to, '[');
        for (unsigned n = draw(&d, 6); n > 0; n--) {
            double number = ldexp((double)draw(&d, 1 << 24) - (1 << 23), (int)draw(&d, 100) - 62);
            char text[16] = "";
            for (unsigned c = 0; c < draw(&d, 10); c++)
                text[c] = (char)(1 + draw(&d, 127));
            up_json_put_real(&to, number, UP_FLOAT_DIGITS);
            up_json_put_text(&to, text);
            up_json_put_integer(&to, (int64_t)number);
            json_array_append_new(theirs, json_real(number));
            json_array_append_new(theirs, json_string(text));
            json_array_append_new(theirs, json_integer((json_int_t)number));
        }
        up_json_close(&to, ']');
        char *ours = up_json_take(&to);
        char *peer = json_dumps(theirs, JSON_COMPACT | JSON_REAL_PRECISION(UP_FLOAT_DIGITS));
        cr_assert_str_eq(ours, peer);
        free(ours);
        free(peer);
        json_decref(theirs);
    }
}
