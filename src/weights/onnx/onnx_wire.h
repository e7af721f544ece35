/* SPDX-License-Identifier: MIT */
/* The wire format of protocol buffers: fields of a number and a type, one after the other. */
#ifndef UP_WEIGHTS_ONNX_WIRE_H
#define UP_WEIGHTS_ONNX_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes yet to be read. */
typedef struct {
    const unsigned char *at;
    size_t left;
    bool damaged;
} up_wire;

typedef enum {
    UP_WIRE_VARINT = 0,
    UP_WIRE_64_BITS = 1,
    UP_WIRE_BYTES = 2,
    UP_WIRE_32_BITS = 5,
} up_wire_type;

typedef struct {
    uint32_t number;
    up_wire_type type;
    uint64_t value; /* of the types that are no bytes */
    up_wire bytes;  /* what was read; of UP_WIRE_BYTES what is in it */
} up_wire_field;

static inline up_wire up_wire_of(const unsigned char *bytes, size_t size)
{
    return (up_wire){ bytes, size, false };
}

/* False at the end, and where the bytes are damaged, which `damaged` then says. */
bool up_wire_next(up_wire *wire, up_wire_field *field);

/* A number of up to 64 bits; false where there is none. */
bool up_wire_varint(up_wire *wire, uint64_t *value);

/* Whether the bytes are fields from the first to the last; *count is how many have this number. */
bool up_wire_count(up_wire wire, uint32_t number, size_t *count);

#endif
