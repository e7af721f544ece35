/* SPDX-License-Identifier: MIT */

#include "weights/weight_format.h"

#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/words.h"
#include "weights/label.h"
#include "weights/tensor_file_parts.h"

#define BLOCK ((size_t)16 << 10) /* bytes; small things share one */

const unsigned char *up_tensor_file_data(const up_tensor_file *file, size_t *size)
{
    *size = file->size;
    return file->bytes;
}

const char *up_tensor_file_path(const up_tensor_file *file)
{
    return file->named_by_path ? file->name : NULL;
}

up_status up_tensor_file_claim(up_tensor_file *file, size_t bytes, up_error *error)
{
    size_t need;
    file->wanted = bytes;
    if (!up_add(file->taken, bytes, &need) || need > file->most)
        return up_tensor_file_no_room(file, error);
    file->taken = need;
    return UP_OK;
}

static void push(up_tensor_file *file, up_kept_block *block, size_t size, size_t used)
{
    *block = (up_kept_block){ .next = file->blocks, .size = size, .used = used };
    file->blocks = block;
}

/* A block of at least `bytes`. */
static up_kept_block *add_block(up_tensor_file *file, size_t bytes)
{
    size_t size = bytes > BLOCK - sizeof(up_kept_block) ? bytes : BLOCK - sizeof(up_kept_block);
    file->wanted = up_alloc_bytes(size + sizeof(up_kept_block));
    if (up_tensor_file_claim(file, file->wanted, NULL) != UP_OK)
        return NULL;
    up_kept_block *block = up_alloc_zero(1, size + sizeof *block);
    if (block)
        push(file, block, size, 0);
    else
        file->taken -= file->wanted;
    return block;
}

void *up_tensor_file_keep(up_tensor_file *file, size_t count, size_t size)
{
    size_t bytes;
    file->wanted = SIZE_MAX;
    if (!up_mul(count, size, &bytes) || bytes > PTRDIFF_MAX - BLOCK)
        return NULL;
    bytes = up_round_up(bytes ? bytes : 1, 16);
    up_kept_block *block = file->blocks;
    if ((!block || block->size - block->used < bytes) && !(block = add_block(file, bytes)))
        return NULL;
    void *kept = block->data + block->used;
    block->used += bytes;
    return kept;
}

up_status up_tensor_file_no_room(const up_tensor_file *file, up_error *error)
{
    size_t need;
    if (up_add(file->taken, file->wanted, &need) && need <= file->most)
        return up_fail_memory(error, file->name, file->wanted);
    return up_fail(error, UP_ERROR_LIMIT,
                   "%s: these weights need %zu MiB of memory, more than the %zu MiB allowed; "
                   "raise --max-memory",
                   file->name, (need >> 20) + 1, file->most >> 20);
}

const char *up_tensor_file_keep_text(up_tensor_file *file, const char *text, size_t length)
{
    char *kept = up_tensor_file_keep(file, length + 1, 1);
    return kept && length ? memcpy(kept, text, length) : kept;
}

static up_kept_block *find_beside(const up_tensor_file *file, const char *path)
{
    up_kept_block *block = file->blocks;
    while (block && (!block->path || strcmp(block->path, path) != 0))
        block = block->next;
    return block;
}

up_status up_tensor_file_read_beside(up_tensor_file *file, const char *path,
                                     const unsigned char **bytes, size_t *size, up_error *error)
{
    up_kept_block *block = find_beside(file, path);
    if (!block) {
        const char *name = up_tensor_file_keep_text(file, path, strlen(path));
        if (!name)
            return up_tensor_file_no_room(file, error);
        void *loaded;
        up_status status = up_tensor_file_load(file, path, sizeof *block, &loaded, size, error);
        if (status != UP_OK) {
            up_free(loaded);
            return status;
        }
        block = loaded;
        push(file, block, *size, *size);
        block->path = name;
    }
    *bytes = block->data;
    *size = block->size;
    return UP_OK;
}

static up_status own_text(up_tensor_file *file, const char **text, up_error *error)
{
    const char *kept = up_tensor_file_keep_text(file, *text, strlen(*text));
    if (!kept)
        return up_tensor_file_no_room(file, error);
    *text = kept;
    return UP_OK;
}

up_status up_tensor_file_drop_data(up_tensor_file *file, up_error *error)
{
    for (int i = 0; i < file->items; i++) {
        UP_TRY(own_text(file, &file->item[i].key, error));
        UP_TRY(own_text(file, &file->item[i].value, error));
    }
    if (file->part)
        UP_TRY(own_text(file, &file->part, error));
    file->tensors = 0;
    for (up_kept_block **at = &file->blocks; *at;) {
        up_kept_block *block = *at;
        if (!block->path) {
            at = &block->next;
            continue;
        }
        *at = block->next;
        file->taken -= up_alloc_bytes(block->size);
        up_free(block);
    }
    if (file->owned)
        file->taken -= up_alloc_bytes(file->size);
    up_free(file->owned);
    file->owned = NULL;
    file->bytes = NULL;
    file->size = 0;
    return UP_OK;
}

char *up_tensor_file_beside(up_tensor_file *file, const char *name)
{
    const char *slash = strrchr(file->name, '/'), *extension = up_path_extension(file->name);
    size_t kept = slash ? (size_t)(slash + 1 - file->name) : 0;
    if (*name == '.')
        kept = *extension ? (size_t)(extension - 1 - file->name) : strlen(file->name);
    char *path = up_tensor_file_keep(file, kept + strlen(name) + 1, 1);
    if (path)
        strcpy((char *)memcpy(path, file->name, kept) + kept, name);
    return path;
}

/* Room for one more of `count` elements. */
static up_status grow(up_tensor_file *file, void **list, int count, int *room, size_t size,
                      up_error *error)
{
    if (count < *room)
        return UP_OK;
    size_t more = *room ? 2 * (size_t)*room : 64, bytes;
    if (more > INT_MAX || !up_mul(more, size, &bytes))
        return up_tensor_file_refuse(file, error, "too many tensors");
    UP_TRY(up_tensor_file_claim(file, up_alloc_bytes(bytes), error));
    void *larger = up_alloc(more, size);
    if (!larger)
        return up_fail_memory(error, file->name, bytes);
    if (count)
        memcpy(larger, *list, (size_t)count * size);
    up_free(*list);
    file->taken -= *room ? up_alloc_bytes((size_t)*room * size) : 0;
    *list = larger;
    *room = (int)more;
    return UP_OK;
}

up_status up_tensor_file_add(up_tensor_file *file, const up_tensor *tensor, up_error *error)
{
    char label[UP_LABEL];
    void *list = file->tensor;
    up_status status = grow(file, &list, file->tensors, &file->tensor_room, sizeof *tensor, error);
    file->tensor = list;
    UP_TRY(status);
    up_tensor *added = &file->tensor[file->tensors];
    *added = *tensor;
    const char *reason = up_tensor_measure(added, &added->elements, &added->bytes);
    if (reason)
        return up_tensor_file_refuse(file, error, "tensor %s: %s", up_label(label, tensor->name),
                                     reason);
    file->tensors++;
    return UP_OK;
}

void up_tensor_file_sort(up_tensor_file *file, int (*compare)(const void *, const void *))
{
    if (file->tensors)
        qsort(file->tensor, (size_t)file->tensors, sizeof *file->tensor, compare);
}

up_status up_tensor_file_add_metadata(up_tensor_file *file, const char *key, const char *value,
                                      up_error *error)
{
    void *list = file->item;
    up_status status = grow(file, &list, file->items, &file->item_room, sizeof *file->item, error);
    file->item = list;
    UP_TRY(status);
    file->item[file->items++] = (up_metadata_item){ key, value };
    return UP_OK;
}

void up_tensor_file_set_content(up_tensor_file *file, void *content)
{
    file->content = content;
}

const void *up_tensor_file_content(const up_tensor_file *file, const up_weight_format *format)
{
    return file->format == format ? file->content : NULL;
}

void up_tensor_file_set_part(up_tensor_file *file, const char *part)
{
    file->part = part;
}

up_status up_tensor_file_refuse(const up_tensor_file *file, up_error *error, const char *reason,
                                ...)
{
    char text[512];
    va_list args;
    va_start(args, reason);
    vsnprintf(text, sizeof text, reason, args);
    va_end(args);
    return up_fail(error, UP_ERROR_WEIGHTS, "%s: not a valid %s file: %s", file->name,
                   file->format->name, text);
}
