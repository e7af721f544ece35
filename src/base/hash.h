/* SPDX-License-Identifier: MIT */
/* XXH64, which tells files apart as fast as memory is read: https://xxhash.com, its specification.
 * It is no proof against forgery. */
#ifndef UP_BASE_HASH_H
#define UP_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t lane[4], total;
    uint8_t block[32];
    size_t used; /* of it */
} up_hash;

/* With seed 0. */
void up_hash_init(up_hash *hash);
void up_hash_add(up_hash *hash, const void *bytes, size_t size);
uint64_t up_hash_end(const up_hash *hash);

uint64_t up_hash_of(const void *bytes, size_t size);

#endif
