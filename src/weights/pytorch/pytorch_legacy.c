/* SPDX-License-Identifier: MIT */

#include "weights/pytorch/pytorch.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define PROTOCOL 1001
#define LENGTH 8 /* bytes before each storage */

/* LONG1 of 0x1950a86a20f9469cfc6c, which is no more than a few bytes behind the first opcode. */
bool up_pytorch_is_legacy(const unsigned char *bytes, size_t size)
{
    static const char magic[] = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
    const size_t length = sizeof magic - 1;
    for (size_t at = 2; size >= length && at <= 11 && at <= size - length; at++)
        if (bytes[0] == 0x80 && memcmp(bytes + at, magic, length) == 0)
            return true;
    return false;
}

static int compare_keys(const up_pickle_storage *a, const up_pickle_value *key)
{
    size_t both = a->key_length < key->length ? a->key_length : key->length;
    int order = memcmp(a->key, key->text, both);
    return order ? order : (a->key_length > key->length) - (a->key_length < key->length);
}

static int compare_blocks(const void *a, const void *b)
{
    const up_pytorch_block *left = a, *right = b;
    const up_pickle_value key = { .text = right->storage->key,
                                  .length = right->storage->key_length };
    return compare_keys(left->storage, &key);
}

static up_pytorch_block *find(const up_pytorch *torch, const up_pickle_value *key)
{
    size_t low = 0, high = torch->blocks;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_keys(torch->block[middle].storage, key);
        if (order == 0)
            return &torch->block[middle];
        if (order > 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* One block for each key among the storages that the pickle names. */
static up_status list_blocks(up_pytorch *torch, const up_pickle_value *storages)
{
    size_t count = storages->count;
    up_pytorch_block *block = up_tensor_file_keep(torch->file, count, sizeof *block);
    if (!block)
        return up_tensor_file_no_room(torch->file, torch->error);
    for (size_t i = 0; i < count; i++)
        block[i].storage = storages->item[i]->storage;
    qsort(block, count, sizeof *block, compare_blocks);
    torch->block = block;
    for (size_t i = 0; i < count; i++) {
        const up_pickle_storage *storage = block[i].storage;
        const up_pytorch_block *last = torch->blocks ? &block[torch->blocks - 1] : NULL;
        if (!last || compare_blocks(last, &block[i]) != 0)
            block[torch->blocks++] = block[i];
        else if (last->storage->dtype != storage->dtype || last->storage->whole != storage->whole)
            return up_tensor_file_refuse(torch->file, torch->error,
                                         "two storages have the same key (damaged?)");
    }
    return UP_OK;
}

static up_status place_block(up_pytorch *torch, const up_pickle_value *key, const up_pickle *pickle,
                             size_t *at)
{
    up_pytorch_block *block = key->kind == UP_PICKLE_TEXT ? find(torch, key) : NULL;
    if (!block || block->data)
        return up_tensor_file_refuse(torch->file, torch->error,
                                     "its list of storages is not that of its pickle (damaged?)");
    if (pickle->size - *at < LENGTH)
        return up_tensor_file_refuse(torch->file, torch->error,
                                     "it ends before its storages do (truncated?)");
    uint64_t count = 0;
    size_t bytes;
    for (int i = LENGTH; i-- > 0;)
        count = count << 8 | pickle->bytes[*at + (size_t)i];
    *at += LENGTH;
    if (count != block->storage->whole)
        return up_tensor_file_refuse(
            torch->file, torch->error,
            "a storage has %llu elements, and %zu are named in the pickle (damaged?)",
            (unsigned long long)count, block->storage->whole);
    if (!up_mul((size_t)count, (size_t)up_dtype_bits(block->storage->dtype) / 8, &bytes) ||
        bytes > pickle->size - *at)
        return up_tensor_file_refuse(torch->file, torch->error,
                                     "it ends before its storages do (truncated?)");
    block->data = pickle->bytes + *at;
    *at += bytes;
    return UP_OK;
}

/* The next pickle of the file, with a stack and a memo of its own. */
static up_status run_next(up_pickle *pickle, size_t at)
{
    *pickle = (up_pickle){ .file = pickle->file,
                           .error = pickle->error,
                           .bytes = pickle->bytes,
                           .size = pickle->size,
                           .at = at };
    return up_pickle_run(pickle);
}

/* The magic number, the protocol and the machine. */
static up_status read_preamble(up_pickle *pickle)
{
    UP_TRY(run_next(pickle, 0));
    UP_TRY(run_next(pickle, pickle->at));
    if (pickle->result->kind != UP_PICKLE_INT || pickle->result->integer != PROTOCOL)
        return up_tensor_file_refuse(pickle->file, pickle->error,
                                     "its protocol is not %d (damaged?)", PROTOCOL);
    UP_TRY(run_next(pickle, pickle->at));
    const up_pickle_value *little = up_pickle_get(pickle->result, "little_endian");
    if (little && little->kind == UP_PICKLE_BOOL && !little->integer)
        return up_tensor_file_refuse(
            pickle->file, pickle->error,
            "it was saved on a big-endian machine; save it again on another");
    return UP_OK;
}

up_status up_pytorch_read_legacy(up_pytorch *torch)
{
    up_pickle pickle = { .file = torch->file, .error = torch->error };
    pickle.bytes = up_tensor_file_data(torch->file, &pickle.size);
    UP_TRY(read_preamble(&pickle));
    UP_TRY(run_next(&pickle, pickle.at));
    torch->top = pickle.result;
    UP_TRY(list_blocks(torch, &pickle.storages));
    UP_TRY(run_next(&pickle, pickle.at));
    if (pickle.result->kind != UP_PICKLE_LIST)
        return up_tensor_file_refuse(torch->file, torch->error,
                                     "its list of storages is none (damaged?)");
    size_t at = pickle.at;
    for (size_t i = 0; i < pickle.result->count; i++)
        UP_TRY(place_block(torch, pickle.result->item[i], &pickle, &at));
    return UP_OK;
}

up_status up_pytorch_find_legacy(up_pytorch *torch, const up_pickle_storage *storage,
                                 const unsigned char **data, size_t *size)
{
    const up_pickle_value key = { .text = storage->key, .length = storage->key_length };
    const up_pytorch_block *block = find(torch, &key);
    *data = block ? block->data : NULL;
    *size = block && block->data ? storage->whole * ((size_t)up_dtype_bits(storage->dtype) / 8) : 0;
    return UP_OK;
}
