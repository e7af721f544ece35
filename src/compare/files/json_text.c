/* SPDX-License-Identifier: MIT */
#include "compare/files/json_text.h"

#include "compare/numbers/row_numbers.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local bool was_short;

void up_json_append(json_t *list, json_t *value)
{
    was_short |= json_array_append_new(list, value) != 0;
}

void up_json_set(json_t *object, const char *key, json_t *value)
{
    was_short |= json_object_set_new(object, key, value) != 0;
}

json_t *up_json_made(json_t *value)
{
    was_short |= !value;
    return value;
}

bool up_json_was_short(void)
{
    const bool was = was_short;
    was_short = false;
    return was;
}

char *up_json_for_page(const json_t *json)
{
    char *plain = json_dumps(json, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(12));
    size_t length = plain ? strlen(plain) : 0, at = 0;
    char *safe = plain ? malloc(6 * length + 1) : NULL;
    for (size_t i = 0; safe && i <= length; i++) {
        const char *escaped = plain[i] == '<'   ? "\\u003c"
                              : plain[i] == '>' ? "\\u003e"
                              : plain[i] == '&' ? "\\u0026"
                                                : NULL;
        if (escaped) {
            memcpy(safe + at, escaped, 6);
            at += 6;
        } else {
            safe[at++] = plain[i];
        }
    }
    free(plain);
    return safe;
}

json_t *up_json_bytes(const char *bytes)
{
    json_t *text = json_string(bytes);
    if (text)
        return text;
    char *mended = malloc(3 * strlen(bytes) + 1), *out = mended;
    for (const char *c = bytes; mended && *c; c++) {
        bool ascii = (unsigned char)*c < 0x80;
        memcpy(out, ascii ? c : "\xEF\xBF\xBD", ascii ? 1 : 3);
        out += ascii ? 1 : 3;
    }
    if (mended)
        *out = 0;
    text = mended ? json_string(mended) : NULL;
    free(mended);
    return text;
}

void up_json_add_sentence(json_t *list, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    up_json_append(list, json_vsprintf(format, arguments));
    va_end(arguments);
}

json_t *up_json_number(double value)
{
    if (isnan(value))
        return json_null();
    return isinf(value) ? json_string("infinity") : json_real(value);
}

json_t *up_json_measures(const up_report_options *options)
{
    json_t *list = json_array();
    for (int i = 0; i < options->metrics; i++) {
        const up_measure_info *info = up_measure_named(options->metric[i]);
        const up_row_number number = up_row_number_at(options, i);
        if (info)
            up_json_append(list, json_pack("{s:s, s:s, s:s, s:i, s:b}", "key", number.key, "title",
                                           info->title, "about", info->summary, "digits",
                                           info->digits, "lower_is_better", info->lower_is_better));
    }
    return list;
}

void up_json_set_numbers(json_t *object, const up_report_row *row, const up_report_options *options)
{
    for (int i = 0; i < up_row_number_count(options); i++) {
        const up_row_number number = up_row_number_at(options, i);
        up_json_set(object, number.key, up_json_number(up_row_value(row, &number)));
    }
}
