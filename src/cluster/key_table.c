/* SPDX-License-Identifier: MIT */
#include "cluster/key_table.h"

#include <stdlib.h>

static up_key_place *place_of(const up_key_table *t, uint64_t key)
{
    size_t at = (size_t)key & (t->room - 1);
    while (t->place[at].key && t->place[at].key != key)
        at = (at + 1) & (t->room - 1);
    return &t->place[at];
}

static up_status grow(up_key_table *t, up_error *error)
{
    if (t->room > 0 && t->count < t->room / 4 * 3)
        return UP_OK;
    up_key_table grown = { .room = t->room ? 2 * t->room : 1024, .count = t->count };
    grown.place = calloc(grown.room, sizeof *grown.place);
    if (!grown.place)
        return up_fail_memory(error, "the journals", grown.room * sizeof *grown.place);
    for (size_t i = 0; i < t->room; i++)
        if (t->place[i].key)
            *place_of(&grown, t->place[i].key) = t->place[i];
    free(t->place);
    *t = grown;
    return UP_OK;
}

up_status up_key_table_add(up_key_table *t, uint64_t key, uint64_t **value, up_error *error)
{
    UP_TRY(grow(t, error));
    up_key_place *place = place_of(t, key);
    t->count += place->key == 0;
    place->key = key;
    *value = &place->value;
    return UP_OK;
}

uint64_t up_key_table_find(const up_key_table *t, uint64_t key)
{
    return t->room > 0 ? place_of(t, key)->value : 0;
}

void up_key_table_free(up_key_table *t)
{
    free(t->place);
    *t = (up_key_table){ 0 };
}
