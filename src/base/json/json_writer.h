/* SPDX-License-Identifier: MIT */
/* Writing JSON, without white space, into memory that grows. What goes wrong is kept until the end:
 * nothing needs to be checked in between. */
#ifndef UP_BASE_JSON_WRITER_H
#define UP_BASE_JSON_WRITER_H

#include "base/json/json_number.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Begins as { 0 }. */
typedef struct {
    char *text;
    size_t size, room;
    bool follows;   /* something that a comma must part from what comes */
    bool no_memory; /* of this nothing more is written */
    bool no_utf8;   /* a string or a key was none, and is not written */
} up_json_writer;

void up_json_open(up_json_writer *to, char bracket);
void up_json_close(up_json_writer *to, char bracket);
void up_json_put_key(up_json_writer *to, const char *key);
void up_json_put_text(up_json_writer *to, const char *text);
void up_json_put_integer(up_json_writer *to, int64_t number);
void up_json_put_real(up_json_writer *to, double number, int digits); /* json_number.h */
void up_json_put_flag(up_json_writer *to, bool flag);
void up_json_put_null(up_json_writer *to);

/* Ends it. What was written, with a NUL behind it, to be freed with free(); NULL if anything went
 * wrong. */
char *up_json_take(up_json_writer *to);

#endif
