/* SPDX-License-Identifier: MIT */
#include "base/json/json_reader.h"

#include <string.h>

#include "base/utf8.h"

enum { AT_END = -1 };

up_json_reader up_json_reader_of(const char *text, size_t size, int most_depth)
{
    return (up_json_reader){ .text = text, .size = size, .most_depth = most_depth };
}

static int peek(const up_json_reader *r)
{
    return r->at < r->size ? (unsigned char)r->text[r->at] : AT_END;
}

static void skip_space(up_json_reader *r)
{
    for (int c; (c = peek(r)) == ' ' || c == '\n' || c == '\r' || c == '\t';)
        r->at++;
}

static bool fail(up_json_reader *r, const char *reason)
{
    if (!r->problem.reason)
        r->problem = (up_json_problem){ peek(r) == AT_END ? "it ends too early" : reason, r->at };
    return false;
}

static up_json_kind bad(up_json_reader *r, const char *reason)
{
    fail(r, reason);
    return UP_JSON_BAD;
}

/* ---------------------------------------------------------------- strings */

/* Four hexadecimal digits, or -1. */
static int32_t hex(const char *text, size_t left)
{
    int32_t code = 0;
    if (left < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const char c = text[i], letter = (char)(c | 0x20);
        const bool digit = c >= '0' && c <= '9';
        if (!digit && (letter < 'a' || letter > 'f'))
            return -1;
        code = code << 4 | (digit ? c - '0' : letter - 'a' + 10);
    }
    return code;
}

static const char marks[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";

/* The code point that the escape at `text` stands for, and its bytes; 0 bytes: it is none. */
static uint32_t escape(const char *text, size_t left, size_t *bytes)
{
    *bytes = 0;
    const char *mark = left < 2 || !text[1] ? NULL : strchr(marks, text[1]);
    if (mark) {
        *bytes = 2;
        return (unsigned char)meanings[mark - marks];
    }
    if (left < 6 || text[1] != 'u')
        return 0;
    const int32_t high = hex(text + 2, left - 2);
    if (high <= 0 || (high >= 0xdc00 && high < 0xe000))
        return 0;
    *bytes = 6;
    if (high < 0xd800 || high >= 0xe000)
        return (uint32_t)high;
    const bool pair = left >= 12 && text[6] == '\\' && text[7] == 'u';
    const int32_t low = pair ? hex(text + 8, left - 8) : -1;
    *bytes = low >= 0xdc00 && low < 0xe000 ? 12 : 0;
    return 0x10000 + (((uint32_t)high & 0x3ff) << 10 | ((uint32_t)low & 0x3ff));
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Past one that begins here with its quote. */
static bool read_string(up_json_reader *r, up_json_span *string)
{
    const char *from = r->text + ++r->at;
    bool escaped = false;
    for (size_t bytes;; r->at += bytes) {
        while (r->at < r->size && is_plain((unsigned char)r->text[r->at]))
            r->at++;
        const int c = peek(r);
        const size_t left = r->size - r->at;
        if (c == '"')
            break;
        if (c < 0x20)
            return fail(r, "a control character in a string");
        escaped |= c == '\\';
        if (c == '\\')
            escape(r->text + r->at, left, &bytes);
        else
            bytes = up_utf8_length(r->text + r->at, left);
        if (bytes == 0)
            return fail(r, c == '\\' ? "an escape that stands for no character"
                                     : "bytes that are no UTF-8");
    }
    *string = (up_json_span){ from, (size_t)(r->text + r->at - from), escaped };
    r->at++;
    return true;
}

/* The next character or run of them that a string means, in `from` itself or in `room`. */
static size_t next_piece(const char **from, size_t left, char room[4], const char **piece)
{
    size_t bytes = 0;
    if (**from != '\\') {
        const char *mark = memchr(*from, '\\', left);
        *piece = *from;
        *from += mark ? (size_t)(mark - *from) : left;
        return (size_t)(*from - *piece);
    }
    const uint32_t code = escape(*from, left, &bytes);
    *from += bytes;
    *piece = room;
    return up_utf8_put(room, code);
}

size_t up_json_copy(char *to, const up_json_span *string)
{
    const char *from = string->at, *end = from + string->size, *piece;
    char *begin = to, room[4];
    while (from < end) {
        const size_t size = next_piece(&from, (size_t)(end - from), room, &piece);
        memcpy(to, piece, size);
        to += size;
    }
    *to = '\0';
    return (size_t)(to - begin);
}

bool up_json_says(const up_json_span *string, const char *word)
{
    size_t left = strlen(word);
    if (!string->escaped)
        return string->size == left && memcmp(string->at, word, left) == 0;
    const char *from = string->at, *end = from + string->size, *piece;
    char room[4];
    while (from < end) {
        const size_t size = next_piece(&from, (size_t)(end - from), room, &piece);
        if (size > left || memcmp(piece, word, size) != 0)
            return false;
        word += size;
        left -= size;
    }
    return left == 0;
}

/* ---------------------------------------------------------------- numbers */

static size_t skip_digits(up_json_reader *r)
{
    const size_t from = r->at;
    for (int c; (c = peek(r)) >= '0' && c <= '9';)
        r->at++;
    return r->at - from;
}

/* Whether digits, with a sign before them or not, fit; -0 does not. */
static bool to_integer(const up_json_span *text, int64_t *integer)
{
    const bool minus = *text->at == '-';
    *integer = 0;
    for (size_t i = minus; i < text->size; i++) {
        const int64_t digit = text->at[i] - '0';
        if (__builtin_mul_overflow(*integer, (int64_t)10, integer) ||
            __builtin_add_overflow(*integer, minus ? -digit : digit, integer))
            return false;
    }
    return !minus || *integer;
}

static up_json_kind read_number(up_json_reader *r, up_json_token *token)
{
    const size_t from = r->at;
    bool whole = true;
    r->at += peek(r) == '-';
    const bool zero = peek(r) == '0';
    const size_t digits = skip_digits(r);
    if (digits == 0)
        return bad(r, "a number without digits");
    r->at = zero && digits > 1 ? from : r->at;
    if (zero && digits > 1)
        return bad(r, "a number that begins with 0");
    if (peek(r) == '.') {
        r->at++;
        whole = false;
        if (skip_digits(r) == 0)
            return bad(r, "a number without digits behind its point");
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->at++;
        whole = false;
        r->at += peek(r) == '+' || peek(r) == '-';
        if (skip_digits(r) == 0)
            return bad(r, "a number without digits in its exponent");
    }
    token->text = (up_json_span){ r->text + from, r->at - from, false };
    return whole && to_integer(&token->text, &token->integer) ? UP_JSON_INTEGER : UP_JSON_REAL;
}

/* ---------------------------------------------------------------- values */

static bool in_object(const up_json_reader *r)
{
    return r->depth && r->objects >> (r->depth - 1) & 1;
}

static up_json_kind open_value(up_json_reader *r, bool object)
{
    if (r->depth == r->most_depth)
        return bad(r, "it nests too deep");
    r->at++;
    const uint64_t bit = UINT64_C(1) << r->depth++;
    r->objects = object ? r->objects | bit : r->objects & ~bit;
    r->first = true;
    return object ? UP_JSON_OBJECT : UP_JSON_ARRAY;
}

static up_json_kind read_word(up_json_reader *r, const char *word, up_json_kind kind)
{
    const size_t size = strlen(word);
    if (r->size - r->at < size || memcmp(r->text + r->at, word, size) != 0)
        return bad(r, "a word that is none of true, false and null");
    r->at += size;
    return kind;
}

static up_json_kind read_value(up_json_reader *r, up_json_token *token)
{
    switch (peek(r)) {
    case '{':
        return open_value(r, true);
    case '[':
        return open_value(r, false);
    case '"':
        return read_string(r, &token->text) ? UP_JSON_STRING : UP_JSON_BAD;
    case 't':
        return read_word(r, "true", UP_JSON_TRUE);
    case 'f':
        return read_word(r, "false", UP_JSON_FALSE);
    case 'n':
        return read_word(r, "null", UP_JSON_NULL);
    case '-':
    case '0' ... '9':
        return read_number(r, token);
    default:
        return bad(r, "no value where one must be");
    }
}

/* A comma where there must be one, and the name of a member. */
static bool read_key(up_json_reader *r, up_json_token *token)
{
    if (!r->first) {
        if (peek(r) != ',')
            return fail(r, in_object(r) ? "neither a comma nor the end of an object"
                                        : "neither a comma nor the end of an array");
        r->at++;
        skip_space(r);
    }
    if (!in_object(r))
        return true;
    if (peek(r) != '"')
        return fail(r, "no name of a member");
    if (!read_string(r, &token->key))
        return false;
    skip_space(r);
    if (peek(r) != ':')
        return fail(r, "no colon behind a name");
    r->at++;
    skip_space(r);
    return true;
}

static up_json_kind read_next(up_json_reader *r, up_json_token *token)
{
    skip_space(r);
    if (r->depth == 0 && r->begun)
        return peek(r) == AT_END ? UP_JSON_END : bad(r, "something follows it");
    if (r->depth && peek(r) == (in_object(r) ? '}' : ']')) {
        r->at++;
        r->depth--;
        r->first = false;
        return UP_JSON_END;
    }
    if (r->depth && !read_key(r, token))
        return UP_JSON_BAD;
    r->begun = true;
    r->first = false;
    return read_value(r, token);
}

up_json_kind up_json_read(up_json_reader *reader, up_json_token *token)
{
    *token = (up_json_token){ .kind = UP_JSON_BAD };
    if (!reader->problem.reason)
        token->kind = read_next(reader, token);
    return token->kind;
}

bool up_json_leave(up_json_reader *reader)
{
    const int outer = reader->depth;
    up_json_token token;
    for (int depth;;) {
        depth = reader->depth;
        const up_json_kind kind = up_json_read(reader, &token);
        if (kind == UP_JSON_BAD || (kind == UP_JSON_END && depth == outer))
            return kind == UP_JSON_END;
    }
}

size_t up_json_left(const up_json_reader *reader)
{
    up_json_reader ahead = *reader;
    up_json_token token;
    size_t count = 0;
    for (;; count++) {
        const up_json_kind kind = up_json_read(&ahead, &token);
        const bool opens = kind == UP_JSON_ARRAY || kind == UP_JSON_OBJECT;
        if (kind == UP_JSON_BAD || kind == UP_JSON_END || (opens && !up_json_leave(&ahead)))
            return count;
    }
}
