/* SPDX-License-Identifier: MIT */
#include "weights/onnx/onnx_wire.h"

bool up_wire_varint(up_wire *wire, uint64_t *value)
{
    *value = 0;
    for (int shift = 0; shift < 64 && wire->left; shift += 7) {
        const unsigned char byte = *wire->at++;
        wire->left--;
        *value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return true;
    }
    wire->damaged = true;
    return false;
}

static bool read_fixed(up_wire *wire, size_t size, up_wire_field *field)
{
    if (wire->left < size) {
        wire->damaged = true;
        return false;
    }
    field->bytes = up_wire_of(wire->at, size);
    field->value = 0;
    for (size_t i = size; i-- > 0 && size <= 8;)
        field->value = field->value << 8 | wire->at[i];
    wire->at += size;
    wire->left -= size;
    return true;
}

static bool read_varint(up_wire *wire, up_wire_field *field)
{
    const unsigned char *start = wire->at;
    const bool good = up_wire_varint(wire, &field->value);
    field->bytes = up_wire_of(start, (size_t)(wire->at - start));
    return good;
}

bool up_wire_next(up_wire *wire, up_wire_field *field)
{
    uint64_t key, size;
    if (!wire->left || wire->damaged || !up_wire_varint(wire, &key))
        return false;
    field->number = (uint32_t)(key >> 3);
    field->type = (up_wire_type)(key & 7);
    if (key >> 3 && key >> 32 == 0)
        switch (field->type) {
        case UP_WIRE_VARINT:
            return read_varint(wire, field);
        case UP_WIRE_64_BITS:
            return read_fixed(wire, 8, field);
        case UP_WIRE_32_BITS:
            return read_fixed(wire, 4, field);
        case UP_WIRE_BYTES:
            if (up_wire_varint(wire, &size) && size <= wire->left)
                return read_fixed(wire, (size_t)size, field);
        }
    wire->damaged = true;
    return false;
}

bool up_wire_count(up_wire wire, uint32_t number, size_t *count)
{
    up_wire_field field;
    *count = 0;
    while (up_wire_next(&wire, &field))
        *count += field.number == number;
    return !wire.damaged;
}
