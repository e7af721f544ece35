/* SPDX-License-Identifier: MIT */
#include "base/json/json_tree.h"

#include <math.h>
#include <string.h>

#include "base/json/json_number.h"
#include "base/memory.h"
#include "base/words.h"

enum { MOST_COMPARED = 16, MOST_TEXT = 1 << 29 };

static const char twice[] = "a name that comes twice in one object";

/* ---------------------------------------------------------------- how much there is */

typedef struct {
    size_t values, members, text;
} extent;

static bool measure(const char *text, size_t size, int most_depth, extent *all,
                    up_json_problem *problem)
{
    up_json_reader reader = up_json_reader_of(text, size, most_depth);
    up_json_token token;
    *all = (extent){ 0 };
    *problem = (up_json_problem){ size > MOST_TEXT ? "it is longer than 512 MiB" : NULL, 0 };
    for (int depth = 0; !problem->reason;) {
        depth = reader.depth;
        const up_json_kind kind = up_json_read(&reader, &token);
        if (kind == UP_JSON_END && depth == 0)
            return true;
        *problem = reader.problem;
        all->values += kind != UP_JSON_END;
        all->members += token.key.at != NULL;
        all->text += token.key.at ? token.key.size + 1 : 0;
        all->text += kind == UP_JSON_STRING || kind == UP_JSON_REAL ? token.text.size + 1 : 0;
    }
    return false;
}

static size_t bytes_of(const extent *all)
{
    return all->values * sizeof(up_json) + all->text;
}

size_t up_json_tree_bytes(const char *text, size_t size, int most_depth, up_json_problem *problem)
{
    extent all;
    if (!measure(text, size, most_depth, &all, problem))
        return 0;
    return up_alloc_bytes(bytes_of(&all)) + up_alloc_bytes(all.members * sizeof(char *));
}

/* ---------------------------------------------------------------- building */

typedef struct {
    up_json_reader reader;
    up_json *node;
    char *text;
    const char **keys; /* room for those of any object */
} builder;

static const char *keep(builder *b, const up_json_span *span)
{
    const char *kept = b->text;
    b->text += up_json_copy(b->text, span) + 1;
    return kept;
}

/* Whether a name comes twice among the members. */
static bool names_repeat(const builder *b, const up_json *object)
{
    size_t count = 0;
    for (const up_json *member = object->first; member; member = member->next) {
        if (object->count <= MOST_COMPARED)
            for (size_t i = 0; i < count; i++)
                if (strcmp(b->keys[i], member->key) == 0)
                    return true;
        b->keys[count++] = member->key;
    }
    return count > MOST_COMPARED && up_words_twice(b->keys, count);
}

static up_json *build(builder *b, const up_json_token *token);

static void fill(builder *b, up_json *parent)
{
    const bool object = parent->kind == UP_JSON_OBJECT;
    const size_t from = b->reader.at;
    up_json *last = NULL;
    up_json_token token;
    while (up_json_read(&b->reader, &token) < UP_JSON_END) {
        up_json *value = build(b, &token);
        if (last)
            last->next = value;
        else
            parent->first = value;
        last = value;
        parent->count++;
    }
    if (object && !b->reader.problem.reason && names_repeat(b, parent))
        b->reader.problem = (up_json_problem){ twice, from };
}

static up_json *build(builder *b, const up_json_token *token)
{
    up_json *node = b->node++;
    *node = (up_json){ .kind = token->kind, .first = NULL };
    if (token->key.at)
        node->key = keep(b, &token->key);
    if (token->kind == UP_JSON_STRING)
        node->text = keep(b, &token->text);
    if (token->kind == UP_JSON_INTEGER)
        node->integer = token->integer;
    if (token->kind == UP_JSON_REAL) {
        node->real = up_json_parse_number(keep(b, &token->text));
        if (!isfinite(node->real) && !b->reader.problem.reason)
            b->reader.problem = (up_json_problem){ "a number beyond 1.8e308",
                                                   (size_t)(token->text.at - b->reader.text) };
    }
    if (token->kind == UP_JSON_ARRAY || token->kind == UP_JSON_OBJECT)
        fill(b, node);
    return node;
}

up_status up_json_parse(up_json **root, const char *text, size_t size, int most_depth,
                        up_json_problem *problem)
{
    extent all;
    up_json_token token;
    *root = NULL;
    if (!measure(text, size, most_depth, &all, problem))
        return UP_ERROR_INPUT;
    up_json *nodes = up_alloc(bytes_of(&all), 1);
    const char **keys = up_alloc(all.members, sizeof *keys);
    if (!nodes || !keys) {
        up_free(nodes);
        up_free(keys);
        return UP_ERROR_MEMORY;
    }
    builder b = { up_json_reader_of(text, size, most_depth), nodes, (char *)(nodes + all.values),
                  keys };
    up_json_read(&b.reader, &token);
    build(&b, &token);
    up_free(keys);
    *problem = b.reader.problem;
    if (problem->reason)
        up_free(nodes);
    else
        *root = nodes;
    return problem->reason ? UP_ERROR_INPUT : UP_OK;
}

/* ---------------------------------------------------------------- reading it */

const up_json *up_json_get(const up_json *object, const char *key)
{
    const up_json *member = object && object->kind == UP_JSON_OBJECT ? object->first : NULL;
    while (member && strcmp(member->key, key) != 0)
        member = member->next;
    return member;
}

const up_json *up_json_at(const up_json *list, size_t i)
{
    const up_json *element = list && list->kind == UP_JSON_ARRAY ? list->first : NULL;
    for (; element && i > 0; i--)
        element = element->next;
    return element;
}

const char *up_json_text(const up_json *value)
{
    return value && value->kind == UP_JSON_STRING ? value->text : NULL;
}

bool up_json_real(const up_json *value, double *number)
{
    if (!value || (value->kind != UP_JSON_INTEGER && value->kind != UP_JSON_REAL))
        return false;
    *number = value->kind == UP_JSON_REAL ? value->real : (double)value->integer;
    return true;
}

bool up_json_whole(const up_json *value, int64_t least, int64_t most, int *number)
{
    if (!value || value->kind != UP_JSON_INTEGER || value->integer < least || value->integer > most)
        return false;
    *number = (int)value->integer;
    return true;
}
