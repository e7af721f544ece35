/* SPDX-License-Identifier: MIT */
/* JSON as weight files have it: what is read is written, and read again to the same bytes. */
#include "base/json/json_tree.h"
#include "base/json/json_writer.h"
#include "base/memory.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void put_value(up_json_writer *to, const up_json *value);

static void put_many(up_json_writer *to, const up_json *value, const char brackets[2])
{
    uint32_t count = 0;
    up_json_open(to, brackets[0]);
    for (const up_json *one = value->first; one; one = one->next, count++) {
        if (one->key)
            up_json_put_key(to, one->key);
        put_value(to, one);
    }
    up_json_close(to, brackets[1]);
    if (count != value->count)
        abort();
}

static void put_value(up_json_writer *to, const up_json *value)
{
    switch (value->kind) {
    case UP_JSON_OBJECT:
        put_many(to, value, "{}");
        break;
    case UP_JSON_ARRAY:
        put_many(to, value, "[]");
        break;
    case UP_JSON_STRING:
        up_json_put_text(to, value->text);
        break;
    case UP_JSON_INTEGER:
        up_json_put_integer(to, value->integer);
        break;
    case UP_JSON_REAL:
        up_json_put_real(to, value->real, UP_DOUBLE_DIGITS);
        break;
    case UP_JSON_NULL:
        up_json_put_null(to);
        break;
    default:
        up_json_put_flag(to, value->kind == UP_JSON_TRUE);
    }
}

/* NULL: no memory, or the text is bad; which it must be if `may_be_bad` is not. */
static char *rewritten(const char *text, size_t size, bool may_be_bad)
{
    up_json *root;
    up_json_problem problem;
    up_json_writer to = { 0 };
    const size_t bytes = up_json_tree_bytes(text, size, UP_JSON_MOST_DEPTH, &problem);
    const up_status status = up_json_parse(&root, text, size, UP_JSON_MOST_DEPTH, &problem);
    if (problem.at > size || (status == UP_OK && !bytes) ||
        (status == UP_ERROR_INPUT && !may_be_bad))
        abort();
    if (status == UP_OK)
        put_value(&to, root);
    up_free(root);
    if (to.no_utf8)
        abort();
    return status == UP_OK ? up_json_take(&to) : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *once = rewritten((const char *)data, size, true);
    char *twice = once ? rewritten(once, strlen(once), false) : NULL;
    if (once && twice && strcmp(once, twice) != 0)
        abort();
    free(once);
    free(twice);
    return 0;
}
