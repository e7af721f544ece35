/* SPDX-License-Identifier: MIT */

#include "weights/pytorch/pickle.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "weights/pytorch/pickle_machine.h"

#define MOST_OPCODES (1 << 22)

up_status up_pickle_refuse(up_pickle *p, const char *reason, ...)
{
    char text[320];
    va_list args;
    va_start(args, reason);
    vsnprintf(text, sizeof text, reason, args);
    va_end(args);
    return up_tensor_file_refuse(p->file, p->error, "its pickle %s", text);
}

up_status up_pickle_no_room(up_pickle *p)
{
    return up_tensor_file_no_room(p->file, p->error);
}

up_pickle_value *up_pickle_make(up_pickle *p, up_pickle_kind kind)
{
    up_pickle_value *value = up_tensor_file_keep(p->file, 1, sizeof *value);
    if (value)
        value->kind = kind;
    return value;
}

/* Room for element `count` of a list of values; what is new is NULL. */
static up_status grow(up_pickle *p, up_pickle_value ***list, size_t count, size_t *room)
{
    if (count < *room)
        return UP_OK;
    size_t more = *room ? *room : 2;
    while (more <= count)
        more *= 2;
    up_pickle_value **larger = up_tensor_file_keep(p->file, more, sizeof *larger);
    if (!larger)
        return up_pickle_no_room(p);
    if (*room)
        memcpy(larger, *list, *room * sizeof *larger);
    *list = larger;
    *room = more;
    return UP_OK;
}

up_status up_pickle_push(up_pickle *p, up_pickle_value *value)
{
    UP_TRY(grow(p, &p->stack, p->depth, &p->stack_room));
    p->stack[p->depth++] = value;
    return UP_OK;
}

up_status up_pickle_push_kind(up_pickle *p, up_pickle_kind kind)
{
    up_pickle_value *value = up_pickle_make(p, kind);
    return value ? up_pickle_push(p, value) : up_pickle_no_room(p);
}

up_status up_pickle_pop(up_pickle *p, up_pickle_value **value)
{
    if (!p->depth || p->stack[p->depth - 1]->kind == UP_PICKLE_MARK)
        return up_pickle_refuse(p, "takes a value from an empty stack (damaged?)");
    *value = p->stack[--p->depth];
    return UP_OK;
}

up_status up_pickle_append(up_pickle *p, up_pickle_value *list, up_pickle_value *item)
{
    UP_TRY(grow(p, &list->item, list->count, &list->room));
    list->item[list->count++] = item;
    return UP_OK;
}

up_status up_pickle_memoize(up_pickle *p, size_t place)
{
    if (place > p->size)
        return up_pickle_refuse(p, "stores a value in place %zu (damaged?)", place);
    if (!p->depth || p->stack[p->depth - 1]->kind == UP_PICKLE_MARK)
        return up_pickle_refuse(p, "stores a value of an empty stack (damaged?)");
    UP_TRY(grow(p, &p->memo, place, &p->memo_room));
    p->memoized += !p->memo[place];
    p->memo[place] = p->stack[p->depth - 1];
    return UP_OK;
}

/* ---------------------------------------------------------------- opcodes and what follows */

static up_status cut_off(up_pickle *p)
{
    return up_pickle_refuse(p, "ends too early (truncated?)");
}

static up_status read_number(up_pickle *p, int width, uint64_t *number)
{
    if (p->size - p->at < (size_t)width)
        return cut_off(p);
    *number = 0;
    for (int i = width; i-- > 0;)
        *number = *number << 8 | p->bytes[p->at + (size_t)i];
    p->at += (size_t)width;
    return UP_OK;
}

up_status up_pickle_line(up_pickle *p, up_pickle_operand *operand)
{
    const unsigned char *start = p->bytes + p->at;
    const unsigned char *end = memchr(start, '\n', p->size - p->at);
    if (!end)
        return cut_off(p);
    operand->text = (const char *)start;
    operand->length = (size_t)(end - start);
    p->at += operand->length + 1;
    return UP_OK;
}

static up_status read_operand(up_pickle *p, const up_pickle_opcode *opcode,
                              up_pickle_operand *operand)
{
    if (opcode->operand == UP_OPERAND_LINE)
        return up_pickle_line(p, operand);
    if (opcode->operand != UP_OPERAND_NONE)
        UP_TRY(read_number(p, opcode->width, &operand->number));
    if (opcode->operand != UP_OPERAND_TEXT)
        return UP_OK;
    if (operand->number > p->size - p->at)
        return cut_off(p);
    operand->text = (const char *)p->bytes + p->at;
    operand->length = (size_t)operand->number;
    p->at += operand->length;
    return UP_OK;
}

static up_status step(up_pickle *p)
{
    if (p->at >= p->size)
        return cut_off(p);
    size_t place = p->at;
    unsigned char byte = p->bytes[p->at++];
    const up_pickle_opcode *opcode = &up_pickle_opcodes[byte];
    up_pickle_operand operand = { .detail = opcode->detail };
    if (!opcode->run)
        return opcode->name
                   ? up_pickle_refuse(p, "has opcode %s, which no file of weights needs",
                                      opcode->name)
                   : up_pickle_refuse(p, "has 0x%02x at byte %zu, which is no opcode (damaged?)",
                                      byte, place);
    UP_TRY(read_operand(p, opcode, &operand));
    return opcode->run(p, operand);
}

/* ---------------------------------------------------------------- the whole */

/* Recursion is bounded by UP_PICKLE_DEPTH; what is done is not entered again. */
static up_status check_tree(up_pickle *p, up_pickle_value *value, int depth)
{
    if (value->done || value->kind < UP_PICKLE_TUPLE || value->kind > UP_PICKLE_DICT)
        return UP_OK;
    if (value->open)
        return up_pickle_refuse(p, "has a value that contains itself");
    if (depth == UP_PICKLE_DEPTH)
        return up_pickle_refuse(p, "nests more than %d values", UP_PICKLE_DEPTH);
    value->open = true;
    for (size_t i = 0; i < value->count; i++)
        UP_TRY(check_tree(p, value->item[i], depth + 1));
    value->open = false;
    value->done = true;
    return UP_OK;
}

up_status up_pickle_run(up_pickle *p)
{
    p->storages.kind = UP_PICKLE_LIST;
    for (int opcodes = 0; !p->result; opcodes++) {
        if (opcodes == MOST_OPCODES)
            return up_pickle_refuse(p, "has more than %d opcodes", MOST_OPCODES);
        UP_TRY(step(p));
    }
    if (p->unknown)
        return up_pickle_refuse(p, "names %.*s, which is not known to be harmless",
                                (int)p->unknown->length, p->unknown->text);
    return check_tree(p, p->result, 0);
}

bool up_pickle_is_text(const up_pickle_value *value, const char *text)
{
    return value->kind == UP_PICKLE_TEXT && value->length == strlen(text) &&
           memcmp(value->text, text, value->length) == 0;
}

up_pickle_value *up_pickle_get(const up_pickle_value *dict, const char *key)
{
    if (!dict || dict->kind != UP_PICKLE_DICT)
        return NULL;
    for (size_t i = dict->count; i >= 2; i -= 2) /* the last of one key counts */
        if (up_pickle_is_text(dict->item[i - 2], key))
            return dict->item[i - 1];
    return NULL;
}
