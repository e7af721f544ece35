/* SPDX-License-Identifier: MIT */
#include "io/text/text_tensor.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LONGEST_NUMBER 63

typedef struct {
    const char *name, *at, *end;
    const char *line_start;
    int line;
    float *value;
    size_t count, capacity;
    int in_row, in_channel, in_tensor; /* numbers, rows and channels so far */
    up_text_tensor *tensor;
    up_error *error;
} parser;

static up_status refuse(const parser *p, const char *at, const char *what)
{
    return up_fail(p->error, UP_ERROR_INPUT, "%s: line %d, column %d: %s", p->name, p->line,
                   (int)(at - p->line_start) + 1, what);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool ends_number(char c)
{
    return is_space(c) || (c && strchr(",;|#\n", c));
}

/* Digits with at most one point and an exponent: strtod() would take hexadecimals, and a comma
 * where the locale does. */
static bool parse_plain(const char *text, double *number)
{
    int digits = 0, decimals = 0, exponent = 0;
    bool point = false, negative = *text == '-', lower = false;
    double value = 0;
    for (text += *text == '-' || *text == '+'; (*text >= '0' && *text <= '9') || *text == '.';
         text++) {
        if (*text == '.' && point)
            return false;
        point |= *text == '.';
        if (*text == '.')
            continue;
        value = 10 * value + (*text - '0');
        decimals += point;
        digits++;
    }
    if (digits == 0)
        return false;
    if (*text == 'e' || *text == 'E') {
        lower = text[1] == '-';
        text += 1 + (text[1] == '-' || text[1] == '+');
        if (*text < '0' || *text > '9')
            return false;
        for (; *text >= '0' && *text <= '9'; text++)
            exponent = up_min(10 * exponent + (*text - '0'), 9999);
    }
    exponent = (lower ? -exponent : exponent) - decimals;
    value = exponent < 0 ? value / pow(10, -exponent) : value * pow(10, exponent);
    *number = negative ? -value : value;
    return !*text;
}

static bool parse_number(const char *text, float *number)
{
    const char *word = text + (*text == '-' || *text == '+');
    double value;
    if (strcasecmp(word, "nan") == 0 || strcasecmp(word, "inf") == 0)
        value = (*word | 0x20) == 'n' ? NAN : *text == '-' ? -INFINITY : INFINITY;
    else if (!parse_plain(text, &value) || fabs(value) > 3.4028235677973366e38)
        return false;
    *number = (float)value;
    return true;
}

static up_status add(parser *p, float number)
{
    if (p->count == p->capacity) {
        size_t capacity = p->capacity ? 2 * p->capacity : 64;
        float *grown = up_alloc(capacity, sizeof *grown);
        if (!grown)
            return up_fail_memory(p->error, p->name, capacity * sizeof *grown);
        if (p->count)
            memcpy(grown, p->value, p->count * sizeof *grown);
        up_free(p->value);
        p->value = grown;
        p->capacity = capacity;
    }
    p->value[p->count++] = number;
    p->in_row++;
    return UP_OK;
}

static up_status take_number(parser *p)
{
    char text[LONGEST_NUMBER + 1];
    const char *start = p->at;
    while (p->at < p->end && !ends_number(*p->at))
        p->at++;
    size_t length = (size_t)(p->at - start);
    float number;
    memcpy(text, start, length < LONGEST_NUMBER ? length : LONGEST_NUMBER);
    text[length < LONGEST_NUMBER ? length : LONGEST_NUMBER] = 0;
    if (length > LONGEST_NUMBER || !parse_number(text, &number))
        return refuse(p, start, "here is no number; rows of numbers are such as 0,1;2,3");
    return add(p, number);
}

/* A blank row ends a channel. */
static up_status end_row(parser *p)
{
    if (p->in_row == 0)
        return UP_OK;
    if (p->tensor->width && p->tensor->width != p->in_row)
        return refuse(p, p->at, "this row is longer or shorter than the first");
    p->tensor->width = p->in_row;
    p->in_row = 0;
    p->in_channel++;
    return UP_OK;
}

static up_status end_channel(parser *p)
{
    UP_TRY(end_row(p));
    if (p->in_channel == 0)
        return UP_OK;
    if (p->tensor->height && p->tensor->height != p->in_channel)
        return refuse(p, p->at, "this channel has more or fewer rows than the first");
    p->tensor->height = p->in_channel;
    p->in_channel = 0;
    p->in_tensor++;
    return UP_OK;
}

/* One comma may stand between two numbers of a row. */
static up_status take_separator(parser *p)
{
    const char *comma = p->at++;
    while (p->at < p->end && is_space(*p->at))
        p->at++;
    if (p->in_row == 0 || p->at == p->end || ends_number(*p->at))
        return refuse(p, comma, "a number is missing beside this comma");
    return UP_OK;
}

static void skip_comment(parser *p)
{
    while (p->at < p->end && *p->at != '\n')
        p->at++;
}

/* The end of a line ends a row; of a line without anything, the channel. */
static up_status take_line_end(parser *p)
{
    bool blank = p->in_row == 0;
    for (const char *c = p->line_start; c < p->at; c++)
        blank = blank && is_space(*c);
    UP_TRY(blank ? end_channel(p) : end_row(p));
    p->at++;
    p->line++;
    p->line_start = p->at;
    return UP_OK;
}

static up_status take_delimiter(parser *p)
{
    const bool row = *p->at == ';';
    if (p->in_row == 0 && (row || p->in_channel == 0))
        return refuse(p, p->at, "there are no numbers before this");
    UP_TRY(row ? end_row(p) : end_channel(p));
    p->at++;
    return UP_OK;
}

static up_status parse(parser *p)
{
    while (p->at < p->end) {
        const char c = *p->at;
        if (is_space(c))
            p->at++;
        else if (c == '#')
            skip_comment(p);
        else if (c == '\n')
            UP_TRY(take_line_end(p));
        else if (c == ',')
            UP_TRY(take_separator(p));
        else if (c == ';' || c == '|')
            UP_TRY(take_delimiter(p));
        else
            UP_TRY(take_number(p));
    }
    UP_TRY(end_channel(p));
    if (p->count == 0)
        return up_fail(p->error, UP_ERROR_INPUT, "%s: holds no numbers", p->name);
    return UP_OK;
}

up_status up_text_tensor_parse(up_text_tensor *tensor, const char *text, size_t size,
                               const char *name, up_error *error)
{
    static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8, by some programs */
    *tensor = (up_text_tensor){ 0 };
    if (size > UP_TEXT_TENSOR_MOST)
        return up_fail(error, UP_ERROR_LIMIT,
                       "%s: more than %zu MiB of text; save a tensor of this size as .npy", name,
                       UP_TEXT_TENSOR_MOST >> 20);
    parser p = { .name = name, .at = text, .end = text + size, .line_start = text, .line = 1 };
    p.tensor = tensor;
    p.error = error;
    if (size >= 3 && memcmp(text, mark, 3) == 0)
        p.at = p.line_start = text + 3;
    up_status status = parse(&p);
    if (status != UP_OK) {
        up_free(p.value);
        *tensor = (up_text_tensor){ 0 };
        return status;
    }
    tensor->channels = p.in_tensor;
    tensor->value = p.value;
    return UP_OK;
}

bool up_text_tensor_probe(const uint8_t *text, size_t size)
{
    size_t i = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    bool number = false, comment = false;
    for (; i < size; i++) {
        const char c = (char)text[i];
        comment = c == '#' || (comment && c != '\n');
        if (comment)
            continue;
        const bool word = size - i >= 3 && (strncasecmp((const char *)text + i, "nan", 3) == 0 ||
                                            strncasecmp((const char *)text + i, "inf", 3) == 0);
        number |= word || (c >= '0' && c <= '9');
        if (word)
            i += 2;
        else if (!c || !strchr("0123456789+-.eE,;| \t\r\n", c))
            return false;
    }
    return number;
}
