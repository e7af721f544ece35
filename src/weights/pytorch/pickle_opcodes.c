/* SPDX-License-Identifier: MIT */

#include "weights/pytorch/pickle_machine.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* ---------------------------------------------------------------- constants */

static up_status push_integer(up_pickle *p, up_pickle_kind kind, int64_t integer)
{
    UP_TRY(up_pickle_push_kind(p, kind));
    p->stack[p->depth - 1]->integer = integer;
    return UP_OK;
}

static up_status push_text(up_pickle *p, up_pickle_operand operand)
{
    UP_TRY(up_pickle_push_kind(p, UP_PICKLE_TEXT));
    p->stack[p->depth - 1]->text = operand.text;
    p->stack[p->depth - 1]->length = operand.length;
    return UP_OK;
}

static up_status push_kind(up_pickle *p, up_pickle_operand operand)
{
    return up_pickle_push_kind(p, (up_pickle_kind)operand.detail);
}

static up_status push_bool(up_pickle *p, up_pickle_operand operand)
{
    return push_integer(p, UP_PICKLE_BOOL, operand.detail);
}

static up_status push_unsigned(up_pickle *p, up_pickle_operand operand)
{
    return push_integer(p, UP_PICKLE_INT, (int64_t)operand.number);
}

static up_status push_int(up_pickle *p, up_pickle_operand operand)
{
    return push_integer(p, UP_PICKLE_INT, (int32_t)(uint32_t)operand.number);
}

/* Two's complement of any length; beyond 64 bits it is not needed. */
static up_status push_long(up_pickle *p, up_pickle_operand operand)
{
    uint64_t bits = 0;
    if (operand.length > sizeof bits)
        return up_pickle_push_kind(p, UP_PICKLE_OPAQUE);
    bool negative = operand.length && operand.text[operand.length - 1] & 0x80;
    for (size_t i = sizeof bits; i-- > 0;) {
        unsigned char fill = negative ? 0xff : 0;
        bits = bits << 8 | (i < operand.length ? (unsigned char)operand.text[i] : fill);
    }
    return push_integer(p, UP_PICKLE_INT, (int64_t)bits);
}

/* The least significant byte comes last here. */
static up_status push_float(up_pickle *p, up_pickle_operand operand)
{
    uint64_t bits = __builtin_bswap64(operand.number);
    UP_TRY(up_pickle_push_kind(p, UP_PICKLE_FLOAT));
    memcpy(&p->stack[p->depth - 1]->real, &bits, sizeof bits);
    return UP_OK;
}

/* Decimal, with an L behind in the opcode LONG; "00" and "01" are false and true. */
static up_status push_decimal(up_pickle *p, up_pickle_operand operand)
{
    char text[24], *end;
    if (operand.length == 2 && operand.text[0] == '0')
        return push_integer(p, UP_PICKLE_BOOL, operand.text[1] == '1');
    if (operand.length >= sizeof text)
        return up_pickle_push_kind(p, UP_PICKLE_OPAQUE);
    memcpy(text, operand.text, operand.length);
    text[operand.length] = '\0';
    long long integer = strtoll(text, &end, 10);
    if (end == text || (*end && strcmp(end, "L") != 0))
        return up_pickle_refuse(p, "has a number that is none (damaged?)");
    return push_integer(p, UP_PICKLE_INT, integer);
}

/* ---------------------------------------------------------------- the stack and the memo */

/* The place of the last mark. */
static up_status find_mark(up_pickle *p, size_t *mark)
{
    *mark = 0;
    for (size_t i = p->depth; i-- > 0;)
        if (p->stack[i]->kind == UP_PICKLE_MARK) {
            *mark = i;
            return UP_OK;
        }
    return up_pickle_refuse(p, "closes a list that was not begun (damaged?)");
}

static up_status pop(up_pickle *p, up_pickle_operand operand)
{
    (void)operand;
    if (!p->depth)
        return up_pickle_refuse(p, "takes a value from an empty stack (damaged?)");
    p->depth--;
    return UP_OK;
}

static up_status pop_mark(up_pickle *p, up_pickle_operand operand)
{
    (void)operand;
    size_t mark;
    UP_TRY(find_mark(p, &mark));
    p->depth = mark;
    return UP_OK;
}

static up_status duplicate(up_pickle *p, up_pickle_operand operand)
{
    up_pickle_value *value;
    (void)operand;
    UP_TRY(up_pickle_pop(p, &value));
    UP_TRY(up_pickle_push(p, value));
    return up_pickle_push(p, value);
}

static up_status put(up_pickle *p, up_pickle_operand operand)
{
    return up_pickle_memoize(p, (size_t)operand.number);
}

static up_status memoize(up_pickle *p, up_pickle_operand operand)
{
    (void)operand;
    return up_pickle_memoize(p, p->memoized);
}

static up_status get(up_pickle *p, up_pickle_operand operand)
{
    if (operand.number >= p->memo_room || !p->memo[operand.number])
        return up_pickle_refuse(p, "asks for value %llu, which was not stored (damaged?)",
                                (unsigned long long)operand.number);
    return up_pickle_push(p, p->memo[operand.number]);
}

static up_status skip(up_pickle *p, up_pickle_operand operand)
{
    (void)p;
    (void)operand;
    return UP_OK;
}

static up_status check_protocol(up_pickle *p, up_pickle_operand operand)
{
    return operand.number <= 5 ? UP_OK
                               : up_pickle_refuse(p, "has protocol %d, and 5 is the newest known",
                                                  (int)operand.number);
}

static up_status stop(up_pickle *p, up_pickle_operand operand)
{
    (void)operand;
    return up_pickle_pop(p, &p->result);
}

/* ---------------------------------------------------------------- tuples, lists, dicts */

/* A value of all that lies from `first` on, which goes. */
static up_status collect(up_pickle *p, up_pickle_kind kind, size_t first, size_t keep)
{
    up_pickle_value *list = up_pickle_make(p, kind);
    if (!list)
        return up_pickle_no_room(p);
    for (size_t i = first; i < p->depth; i++)
        UP_TRY(up_pickle_append(p, list, p->stack[i]));
    if (kind == UP_PICKLE_DICT && list->count % 2)
        return up_pickle_refuse(p, "has a key without a value (damaged?)");
    p->depth = keep;
    return up_pickle_push(p, list);
}

static up_status collect_from_mark(up_pickle *p, up_pickle_operand operand)
{
    size_t mark;
    UP_TRY(find_mark(p, &mark));
    return collect(p, (up_pickle_kind)operand.detail, mark + 1, mark);
}

/* Whether so many values lie above the last mark. */
static up_status check_depth(up_pickle *p, size_t count)
{
    for (size_t i = 1; i <= count; i++)
        if (p->depth < i || p->stack[p->depth - i]->kind == UP_PICKLE_MARK)
            return up_pickle_refuse(p, "takes a value from an empty stack (damaged?)");
    return UP_OK;
}

static up_status collect_last(up_pickle *p, up_pickle_operand operand)
{
    size_t count = (size_t)operand.detail;
    UP_TRY(check_depth(p, count));
    return collect(p, UP_PICKLE_TUPLE, p->depth - count, p->depth - count);
}

static up_status frozen_set(up_pickle *p, up_pickle_operand operand)
{
    UP_TRY(pop_mark(p, operand));
    return up_pickle_push_kind(p, UP_PICKLE_OPAQUE);
}

/* Adds what lies from `first` on to the value below `end`; what is opaque takes anything. */
static up_status add_all(up_pickle *p, up_pickle_kind kind, size_t first, size_t end)
{
    up_pickle_value *target = end ? p->stack[end - 1] : NULL;
    if (!target || (target->kind != kind && target->kind != UP_PICKLE_OPAQUE))
        return up_pickle_refuse(p, "adds to what is no list, dict or set (damaged?)");
    if (kind == UP_PICKLE_DICT && (p->depth - first) % 2)
        return up_pickle_refuse(p, "has a key without a value (damaged?)");
    for (size_t i = first; i < p->depth && target->kind == kind; i++)
        UP_TRY(up_pickle_append(p, target, p->stack[i]));
    p->depth = end;
    return UP_OK;
}

static up_status add_last(up_pickle *p, up_pickle_operand operand)
{
    bool pair = operand.detail == UP_PICKLE_DICT;
    size_t count = pair ? 2 : 1;
    UP_TRY(check_depth(p, count));
    return add_all(p, (up_pickle_kind)operand.detail, p->depth - count, p->depth - count);
}

static up_status add_from_mark(up_pickle *p, up_pickle_operand operand)
{
    size_t mark;
    UP_TRY(find_mark(p, &mark));
    return add_all(p, (up_pickle_kind)operand.detail, mark + 1, mark);
}

/* ---------------------------------------------------------------- names and what is made by them
 */

static up_status global(up_pickle *p, up_pickle_operand operand)
{
    up_pickle_operand name;
    UP_TRY(up_pickle_line(p, &name));
    return up_pickle_push_name(p, operand, name);
}

static up_status stack_global(up_pickle *p, up_pickle_operand operand)
{
    up_pickle_value *name, *module;
    (void)operand;
    UP_TRY(up_pickle_pop(p, &name));
    UP_TRY(up_pickle_pop(p, &module));
    if (name->kind != UP_PICKLE_TEXT || module->kind != UP_PICKLE_TEXT)
        return up_pickle_refuse(p, "has a name that is no text (damaged?)");
    return up_pickle_push_name(
        p, (up_pickle_operand){ .text = module->text, .length = module->length },
        (up_pickle_operand){ .text = name->text, .length = name->length });
}

static up_status call(up_pickle *p, up_pickle_operand operand)
{
    up_pickle_value *arguments, *name, *result;
    (void)operand;
    UP_TRY(up_pickle_pop(p, &arguments));
    UP_TRY(up_pickle_pop(p, &name));
    UP_TRY(up_pickle_call(p, name, arguments, &result));
    return up_pickle_push(p, result);
}

/* Of the class that lies below `detail` values. */
static up_status new_object(up_pickle *p, up_pickle_operand operand)
{
    up_pickle_value *name, *result;
    UP_TRY(check_depth(p, (size_t)operand.detail));
    p->depth -= (size_t)operand.detail;
    UP_TRY(up_pickle_pop(p, &name));
    UP_TRY(up_pickle_object(p, name, &result));
    return up_pickle_push(p, result);
}

/* Protocols 0 and 1: the class and its arguments lie above a mark. */
static up_status object(up_pickle *p, up_pickle_operand operand)
{
    size_t mark;
    up_pickle_value *result;
    (void)operand;
    UP_TRY(find_mark(p, &mark));
    if (mark + 1 == p->depth)
        return up_pickle_refuse(p, "takes a value from an empty stack (damaged?)");
    UP_TRY(up_pickle_call(p, p->stack[mark + 1], NULL, &result));
    p->depth = mark;
    return up_pickle_push(p, result);
}

/* The same with a name in the opcode; INST of a function calls it. */
static up_status instance(up_pickle *p, up_pickle_operand operand)
{
    size_t mark;
    up_pickle_value *name, *result;
    UP_TRY(global(p, operand));
    UP_TRY(up_pickle_pop(p, &name));
    UP_TRY(find_mark(p, &mark));
    UP_TRY(up_pickle_call(p, name, NULL, &result));
    p->depth = mark;
    return up_pickle_push(p, result);
}

/* The state of an object: what a dict has beside its items, as _metadata, is not needed. */
static up_status build(up_pickle *p, up_pickle_operand operand)
{
    up_pickle_value *state, *target;
    (void)operand;
    UP_TRY(up_pickle_pop(p, &state));
    UP_TRY(up_pickle_pop(p, &target));
    if (target->kind != UP_PICKLE_DICT && target->kind != UP_PICKLE_OPAQUE &&
        target->kind != UP_PICKLE_TENSOR)
        return up_pickle_refuse(p, "gives a state to what has none (damaged?)");
    return up_pickle_push(p, target);
}

static up_status persistent(up_pickle *p, up_pickle_operand operand)
{
    up_pickle_value *id, *storage;
    (void)operand;
    UP_TRY(up_pickle_pop(p, &id));
    UP_TRY(up_pickle_persistent(p, id, &storage));
    return up_pickle_push(p, storage);
}

/* ---------------------------------------------------------------- the table */

#define PLAIN(name, run, detail)                                                                   \
    {                                                                                              \
        name, UP_OPERAND_NONE, 0, run, detail                                                      \
    }
#define NUMBER(name, width, run)                                                                   \
    {                                                                                              \
        name, UP_OPERAND_NUMBER, width, run, 0                                                     \
    }
#define TEXT(name, width, run, detail)                                                             \
    {                                                                                              \
        name, UP_OPERAND_TEXT, width, run, detail                                                  \
    }
#define LINE(name, run)                                                                            \
    {                                                                                              \
        name, UP_OPERAND_LINE, 0, run, 0                                                           \
    }
#define REFUSED(opcode)                                                                            \
    {                                                                                              \
        .name = opcode                                                                             \
    }

const up_pickle_opcode up_pickle_opcodes[256] = {
    ['('] = PLAIN("MARK", push_kind, UP_PICKLE_MARK),
    [')'] = PLAIN("EMPTY_TUPLE", push_kind, UP_PICKLE_TUPLE),
    ['.'] = PLAIN("STOP", stop, 0),
    ['0'] = PLAIN("POP", pop, 0),
    ['1'] = PLAIN("POP_MARK", pop_mark, 0),
    ['2'] = PLAIN("DUP", duplicate, 0),
    ['B'] = TEXT("BINBYTES", 4, push_kind, UP_PICKLE_OPAQUE),
    ['C'] = TEXT("SHORT_BINBYTES", 1, push_kind, UP_PICKLE_OPAQUE),
    ['F'] = REFUSED("FLOAT"),
    ['G'] = NUMBER("BINFLOAT", 8, push_float),
    ['I'] = LINE("INT", push_decimal),
    ['J'] = NUMBER("BININT", 4, push_int),
    ['K'] = NUMBER("BININT1", 1, push_unsigned),
    ['L'] = LINE("LONG", push_decimal),
    ['M'] = NUMBER("BININT2", 2, push_unsigned),
    ['N'] = PLAIN("NONE", push_kind, UP_PICKLE_NONE),
    ['P'] = REFUSED("PERSID"),
    ['Q'] = PLAIN("BINPERSID", persistent, 0),
    ['R'] = PLAIN("REDUCE", call, 0),
    ['S'] = REFUSED("STRING"),
    ['T'] = TEXT("BINSTRING", 4, push_text, 0),
    ['U'] = TEXT("SHORT_BINSTRING", 1, push_text, 0),
    ['V'] = REFUSED("UNICODE"),
    ['X'] = TEXT("BINUNICODE", 4, push_text, 0),
    [']'] = PLAIN("EMPTY_LIST", push_kind, UP_PICKLE_LIST),
    ['a'] = PLAIN("APPEND", add_last, UP_PICKLE_LIST),
    ['b'] = PLAIN("BUILD", build, 0),
    ['c'] = LINE("GLOBAL", global),
    ['d'] = PLAIN("DICT", collect_from_mark, UP_PICKLE_DICT),
    ['e'] = PLAIN("APPENDS", add_from_mark, UP_PICKLE_LIST),
    ['g'] = REFUSED("GET"),
    ['h'] = NUMBER("BINGET", 1, get),
    ['i'] = LINE("INST", instance),
    ['j'] = NUMBER("LONG_BINGET", 4, get),
    ['l'] = PLAIN("LIST", collect_from_mark, UP_PICKLE_LIST),
    ['o'] = PLAIN("OBJ", object, 0),
    ['p'] = REFUSED("PUT"),
    ['q'] = NUMBER("BINPUT", 1, put),
    ['r'] = NUMBER("LONG_BINPUT", 4, put),
    ['s'] = PLAIN("SETITEM", add_last, UP_PICKLE_DICT),
    ['t'] = PLAIN("TUPLE", collect_from_mark, UP_PICKLE_TUPLE),
    ['u'] = PLAIN("SETITEMS", add_from_mark, UP_PICKLE_DICT),
    ['}'] = PLAIN("EMPTY_DICT", push_kind, UP_PICKLE_DICT),
    [0x80] = NUMBER("PROTO", 1, check_protocol),
    [0x81] = PLAIN("NEWOBJ", new_object, 1),
    [0x82] = REFUSED("EXT1"),
    [0x83] = REFUSED("EXT2"),
    [0x84] = REFUSED("EXT4"),
    [0x85] = PLAIN("TUPLE1", collect_last, 1),
    [0x86] = PLAIN("TUPLE2", collect_last, 2),
    [0x87] = PLAIN("TUPLE3", collect_last, 3),
    [0x88] = PLAIN("NEWTRUE", push_bool, 1),
    [0x89] = PLAIN("NEWFALSE", push_bool, 0),
    [0x8a] = TEXT("LONG1", 1, push_long, 0),
    [0x8b] = TEXT("LONG4", 4, push_long, 0),
    [0x8c] = TEXT("SHORT_BINUNICODE", 1, push_text, 0),
    [0x8d] = TEXT("BINUNICODE8", 8, push_text, 0),
    [0x8e] = TEXT("BINBYTES8", 8, push_kind, UP_PICKLE_OPAQUE),
    [0x8f] = PLAIN("EMPTY_SET", push_kind, UP_PICKLE_OPAQUE),
    [0x90] = PLAIN("ADDITEMS", add_from_mark, UP_PICKLE_OPAQUE),
    [0x91] = PLAIN("FROZENSET", frozen_set, 0),
    [0x92] = PLAIN("NEWOBJ_EX", new_object, 2),
    [0x93] = PLAIN("STACK_GLOBAL", stack_global, 0),
    [0x94] = PLAIN("MEMOIZE", memoize, 0),
    [0x95] = NUMBER("FRAME", 8, skip),
    [0x96] = TEXT("BYTEARRAY8", 8, push_kind, UP_PICKLE_OPAQUE),
    [0x97] = REFUSED("NEXT_BUFFER"),
    [0x98] = REFUSED("READONLY_BUFFER"),
};
