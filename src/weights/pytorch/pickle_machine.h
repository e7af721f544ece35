/* SPDX-License-Identifier: MIT */
/* Inside the interpreter of pickles. */
#ifndef UP_WEIGHTS_PYTORCH_PICKLE_MACHINE_H
#define UP_WEIGHTS_PYTORCH_PICKLE_MACHINE_H

#include "weights/pytorch/pickle.h"

/* What follows an opcode. */
typedef struct {
    uint64_t number;
    const char *text; /* in the file */
    size_t length;
    int detail; /* of the opcode, from the table */
} up_pickle_operand;

typedef struct {
    const char *name;
    enum {
        UP_OPERAND_NONE,
        UP_OPERAND_NUMBER, /* `width` bytes, little-endian */
        UP_OPERAND_TEXT,   /* a length of `width` bytes, and as much text */
        UP_OPERAND_LINE,   /* text up to a line feed */
    } operand;
    int width;
    up_status (*run)(up_pickle *p, up_pickle_operand operand);
    int detail; /* a kind of values, or how many */
} up_pickle_opcode;

/* 256 of them; those that are not allowed have no run(). */
extern const up_pickle_opcode up_pickle_opcodes[256];

/* "NAME: not a valid PyTorch file: its pickle ...". */
up_status up_pickle_refuse(up_pickle *p, const char *reason, ...)
    __attribute__((format(printf, 2, 3)));

/* A value of this kind; NULL: return up_pickle_no_room(). */
up_pickle_value *up_pickle_make(up_pickle *p, up_pickle_kind kind);
up_status up_pickle_no_room(up_pickle *p);

up_status up_pickle_push(up_pickle *p, up_pickle_value *value);
up_status up_pickle_push_kind(up_pickle *p, up_pickle_kind kind);

/* The topmost value, which goes; refused where there is none above the last mark. */
up_status up_pickle_pop(up_pickle *p, up_pickle_value **value);

/* Adds to a list, tuple or dict. */
up_status up_pickle_append(up_pickle *p, up_pickle_value *list, up_pickle_value *item);

/* Text up to a line feed. */
up_status up_pickle_line(up_pickle *p, up_pickle_operand *operand);

/* Stores the topmost value. */
up_status up_pickle_memoize(up_pickle *p, size_t place);

/* Pushes a name, known or not. */
up_status up_pickle_push_name(up_pickle *p, up_pickle_operand module, up_pickle_operand name);

/* The value that a call of `name` with `arguments` stands for. */
up_status up_pickle_call(up_pickle *p, const up_pickle_value *name,
                         const up_pickle_value *arguments, up_pickle_value **result);

/* An object of class `name`, which is known to be harmless, or refused. */
up_status up_pickle_object(up_pickle *p, const up_pickle_value *name, up_pickle_value **result);

/* The storage that a persistent id stands for. */
up_status up_pickle_persistent(up_pickle *p, const up_pickle_value *id, up_pickle_value **result);

#endif
