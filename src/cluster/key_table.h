/* SPDX-License-Identifier: MIT */
/* A number for each of many keys, in 16 bytes for a place, of which a third or more are taken. */
#ifndef UP_CLUSTER_KEY_TABLE_H
#define UP_CLUSTER_KEY_TABLE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t key, value; /* key 0: the place is empty */
} up_key_place;

typedef struct {
    up_key_place *place;
    size_t count, room; /* a power of two */
} up_key_table;

/* Where the number of a key (not 0) is kept until the next key is added; of a new one it is 0. */
up_status up_key_table_add(up_key_table *table, uint64_t key, uint64_t **value, up_error *error);
uint64_t up_key_table_find(const up_key_table *table, uint64_t key); /* 0: nothing is known */
void up_key_table_free(up_key_table *table);

#endif
