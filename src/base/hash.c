/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <string.h>

#define PRIME1 0x9E3779B185EBCA87u
#define PRIME2 0xC2B2AE3D27D4EB4Fu
#define PRIME3 0x165667B19E3779F9u
#define PRIME4 0x85EBCA77C2B2AE63u
#define PRIME5 0x27D4EB2F165667C5u

static uint64_t rotate(uint64_t v, int bits)
{
    return v << bits | v >> (64 - bits);
}

static uint64_t little64(const uint8_t *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    return v;
}

static uint32_t little32(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint64_t mix(uint64_t lane, uint64_t input)
{
    return rotate(lane + input * PRIME2, 31) * PRIME1;
}

static void add_block(up_hash *h, const uint8_t *block)
{
    for (int i = 0; i < 4; i++)
        h->lane[i] = mix(h->lane[i], little64(block + 8 * i));
}

void up_hash_init(up_hash *hash)
{
    *hash = (up_hash){ .lane = { PRIME1 + PRIME2, PRIME2, 0, (uint64_t)0 - PRIME1 } };
}

void up_hash_add(up_hash *h, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    h->total += size;
    if (h->used > 0) {
        const size_t room = sizeof h->block - h->used, part = size < room ? size : room;
        memcpy(h->block + h->used, at, part);
        h->used += part;
        at += part;
        size -= part;
        if (h->used < sizeof h->block)
            return;
        add_block(h, h->block);
        h->used = 0;
    }
    for (; size >= sizeof h->block; size -= sizeof h->block, at += sizeof h->block)
        add_block(h, at);
    if (size > 0)
        memcpy(h->block, at, size);
    h->used = size;
}

static uint64_t join_lanes(const up_hash *h)
{
    static const int turn[4] = { 1, 7, 12, 18 };
    uint64_t value = 0;
    for (int i = 0; i < 4; i++)
        value += rotate(h->lane[i], turn[i]);
    for (int i = 0; i < 4; i++)
        value = (value ^ mix(0, h->lane[i])) * PRIME1 + PRIME4;
    return value;
}

uint64_t up_hash_end(const up_hash *h)
{
    uint64_t value = h->total >= sizeof h->block ? join_lanes(h) : PRIME5;
    const uint8_t *at = h->block, *end = at + h->used;
    value += h->total;
    for (; end - at >= 8; at += 8)
        value = rotate(value ^ mix(0, little64(at)), 27) * PRIME1 + PRIME4;
    if (end - at >= 4) {
        value = rotate(value ^ little32(at) * PRIME1, 23) * PRIME2 + PRIME3;
        at += 4;
    }
    for (; at < end; at++)
        value = rotate(value ^ *at * PRIME5, 11) * PRIME1;
    value = (value ^ value >> 33) * PRIME2;
    value = (value ^ value >> 29) * PRIME3;
    return value ^ value >> 32;
}

uint64_t up_hash_of(const void *bytes, size_t size)
{
    up_hash hash;
    up_hash_init(&hash);
    up_hash_add(&hash, bytes, size);
    return up_hash_end(&hash);
}
