/* SPDX-License-Identifier: MIT */
#include "support/weights/torch_data.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

void bytes_add(tensor_file *file, const void *bytes, size_t size)
{
    unsigned char *larger = realloc(file->bytes, file->size + size + 1);
    cr_assert(larger);
    if (size)
        memcpy(larger + file->size, bytes, size);
    file->bytes = larger;
    file->size += size;
}

static void add_number(tensor_file *file, uint64_t number, int width)
{
    for (int i = 0; i < width; i++)
        bytes_add(file, &(unsigned char){ (unsigned char)(number >> 8 * i) }, 1);
}

void pickle_text(tensor_file *pickle, const char *text)
{
    BYTES_ADD(pickle, "X");
    add_number(pickle, strlen(text), 4);
    bytes_add(pickle, text, strlen(text));
}

void pickle_int(tensor_file *pickle, int number)
{
    BYTES_ADD(pickle, "J");
    add_number(pickle, (uint32_t)number, 4);
}

static void add_sizes(tensor_file *pickle, const int *sizes, int count)
{
    BYTES_ADD(pickle, "(");
    for (int i = 0; i < count; i++)
        pickle_int(pickle, sizes[i]);
    BYTES_ADD(pickle, "t");
}

void pickle_view(tensor_file *pickle, const torch_view *view)
{
    BYTES_ADD(pickle, "ctorch._utils\n_rebuild_tensor_v2\n((");
    pickle_text(pickle, "storage");
    BYTES_ADD(pickle, "ctorch\n");
    bytes_add(pickle, view->type, strlen(view->type));
    BYTES_ADD(pickle, "Storage\n");
    pickle_text(pickle, view->key);
    pickle_text(pickle, "cpu");
    pickle_int(pickle, view->whole);
    BYTES_ADD(pickle, "tQ");
    pickle_int(pickle, view->offset);
    add_sizes(pickle, view->size, view->dims);
    add_sizes(pickle, view->stride, view->dims);
    BYTES_ADD(pickle, "\x89"
                      "ccollections\nOrderedDict\n)RtR");
}

tensor_file pickle_state_dict(const torch_view *views, int count, const void *before,
                              size_t before_size, const void *after, size_t after_size)
{
    tensor_file pickle = { 0 };
    BYTES_ADD(&pickle, "\x80\2");
    bytes_add(&pickle, before, before_size);
    BYTES_ADD(&pickle, "ccollections\nOrderedDict\n)R(");
    for (int i = 0; i < count; i++) {
        pickle_text(&pickle, views[i].name);
        pickle_view(&pickle, &views[i]);
    }
    BYTES_ADD(&pickle, "u");
    bytes_add(&pickle, after, after_size);
    BYTES_ADD(&pickle, ".");
    return pickle;
}

/* ---------------------------------------------------------------- archives */

static tensor_file deflated(const zip_file *file)
{
    z_stream stream = { .next_in = (Bytef *)(uintptr_t)file->data, .avail_in = (uInt)file->size };
    cr_assert_eq(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&stream, (uLong)file->size);
    tensor_file packed = { malloc(room), room };
    stream.next_out = packed.bytes;
    stream.avail_out = (uInt)room;
    cr_assert_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.size = stream.total_out;
    deflateEnd(&stream);
    return packed;
}

/* What the local header and the directory both have. */
static void add_header(tensor_file *zip, const zip_file *file, size_t packed)
{
    add_number(zip, 20, 2);
    add_number(zip, 0, 2);
    add_number(zip, file->deflate ? Z_DEFLATED : 0, 2);
    add_number(zip, 0, 4);
    add_number(zip, crc32(0, file->data, (uInt)file->size), 4);
    add_number(zip, packed, 4);
    add_number(zip, file->size, 4);
    add_number(zip, strlen(file->name), 2);
    add_number(zip, 0, 2);
}

tensor_file zip_make(const zip_file *files, int count)
{
    tensor_file zip = { 0 }, directory = { 0 };
    for (int i = 0; i < count; i++) {
        const zip_file *file = &files[i];
        tensor_file data = file->deflate ? deflated(file) : (tensor_file){ 0 };
        if (!file->deflate)
            bytes_add(&data, file->data, file->size);
        BYTES_ADD(&directory, "PK\1\2\0\0");
        add_header(&directory, file, data.size);
        BYTES_ADD(&directory, "\0\0\0\0\0\0\0\0\0\0");
        add_number(&directory, zip.size, 4);
        bytes_add(&directory, file->name, strlen(file->name));
        BYTES_ADD(&zip, "PK\3\4");
        add_header(&zip, file, data.size);
        bytes_add(&zip, file->name, strlen(file->name));
        bytes_add(&zip, data.bytes, data.size);
        tensor_file_free(&data);
    }
    size_t at = zip.size;
    bytes_add(&zip, directory.bytes, directory.size);
    BYTES_ADD(&zip, "PK\5\6\0\0\0\0");
    add_number(&zip, (uint64_t)count, 2);
    add_number(&zip, (uint64_t)count, 2);
    add_number(&zip, directory.size, 4);
    add_number(&zip, at, 4);
    add_number(&zip, 0, 2);
    tensor_file_free(&directory);
    return zip;
}

tensor_file torch_zip(tensor_file pickle, const torch_storage *storages, int count, bool deflate)
{
    enum { MOST = 32 };
    char names[MOST][64];
    zip_file files[MOST + 2] = { { "net/data.pkl", pickle.bytes, pickle.size, deflate },
                                 { "net/version", "3\n", 2, false } };
    cr_assert_leq(count, MOST);
    for (int i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "net/data/%s", storages[i].key);
        files[i + 2] = (zip_file){ names[i], storages[i].data, storages[i].bytes, deflate };
    }
    tensor_file zip = zip_make(files, count + 2);
    tensor_file_free(&pickle);
    return zip;
}

tensor_file torch_legacy(tensor_file pickle, const torch_storage *storages, int count)
{
    tensor_file file = { 0 };
    BYTES_ADD(&file, "\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\2M\xe9\3.");
    BYTES_ADD(&file, "\x80\2}");
    pickle_text(&file, "little_endian");
    BYTES_ADD(&file, "\x88s.");
    bytes_add(&file, pickle.bytes, pickle.size);
    BYTES_ADD(&file, "\x80\2](");
    for (int i = 0; i < count; i++)
        pickle_text(&file, storages[i].key);
    BYTES_ADD(&file, "e.");
    for (int i = 0; i < count; i++) {
        add_number(&file, storages[i].count, 8);
        bytes_add(&file, storages[i].data, storages[i].bytes);
    }
    tensor_file_free(&pickle);
    return file;
}
