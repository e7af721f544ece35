/* SPDX-License-Identifier: MIT */

#include "weights/ncnn/ncnn.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/words.h"
#include "weights/ncnn/ncnn_bin.h"
#include "weights/ncnn/ncnn_text.h"

const up_ncnn_parameter *up_ncnn_find(const up_ncnn_layer *layer, int id)
{
    for (int i = 0; i < layer->parameters; i++)
        if (layer->parameter[i].id == id)
            return &layer->parameter[i];
    return NULL;
}

bool up_ncnn_whole(const up_ncnn_layer *layer, int id, int otherwise, int *value)
{
    const up_ncnn_parameter *parameter = up_ncnn_find(layer, id);
    *value = otherwise;
    if (!parameter)
        return true;
    const double number = parameter->list ? 0.5 : *parameter->value;
    if (number < INT_MIN || number > INT_MAX || number != (double)(int)number)
        return false;
    *value = (int)number;
    return true;
}

/* ---------------------------------------------------------------- files */

static const unsigned char binary_magic[] = { 0x1d, 0x85, 0x76, 0x00 }; /* 7767517 */

static bool begins(const unsigned char *bytes, size_t size, const void *with, size_t length)
{
    return size >= length && memcmp(bytes, with, length) == 0;
}

static bool is_text(const unsigned char *bytes, size_t size)
{
    const size_t length = strlen(UP_NCNN_MAGIC);
    return begins(bytes, size, UP_NCNN_MAGIC, length) &&
           (size == length || strchr(" \t\r\n", bytes[length]));
}

static bool is_binary(const unsigned char *bytes, size_t size)
{
    return begins(bytes, size, binary_magic, sizeof binary_magic);
}

/* Weights say nothing of what they are; zip archives and pickles of this extension do. */
static bool is_bin(const unsigned char *bytes, size_t size, const char *path)
{
    return up_word_listed("bin", up_path_extension(path)) && !begins(bytes, size, "PK\3\4", 4) &&
           !(size > 1 && bytes[0] == 0x80 && bytes[1] >= 2 && bytes[1] <= 5);
}

static bool is_ncnn(const unsigned char *bytes, size_t size, const char *path)
{
    return is_text(bytes, size) || is_binary(bytes, size) ||
           up_word_listed("param", up_path_extension(path)) || is_bin(bytes, size, path);
}

/* Reads the other of the two files, whose extension is `extension`. */
static up_status read_other(up_tensor_file *file, const char *extension,
                            const unsigned char **bytes, size_t *size, up_error *error)
{
    if (!up_tensor_file_path(file))
        return up_tensor_file_refuse(
            file, error, "it needs the %s beside it, and has no place of its own", extension);
    const char *path = up_tensor_file_beside(file, extension);
    if (!path)
        return up_tensor_file_no_room(file, error);
    if (strcmp(path, up_tensor_file_path(file)) == 0)
        return up_tensor_file_refuse(file, error, "its name ends in %s, its content does not",
                                     extension);
    if (access(path, R_OK) != 0)
        return up_tensor_file_refuse(file, error, "it needs %s, which cannot be read", path);
    return up_tensor_file_read_beside(file, path, bytes, size, error);
}

static up_status read_ncnn(up_tensor_file *file, up_error *error)
{
    size_t size, text_size, bin_size;
    const unsigned char *bytes = up_tensor_file_data(file, &size), *text = bytes, *bin = bytes;
    const char *path = up_tensor_file_path(file);
    text_size = bin_size = size;
    up_ncnn_graph *graph = up_tensor_file_keep(file, 1, sizeof *graph);
    if (!graph)
        return up_tensor_file_no_room(file, error);
    const bool named_bin = path && is_bin(bytes, size, path) && !is_text(bytes, size);
    if (named_bin)
        UP_TRY(read_other(file, ".param", &text, &text_size, error));
    if (is_binary(text, text_size))
        return up_tensor_file_refuse(file, error,
                                     "a .param in binary form, which names no layers; take the "
                                     ".param that is a text");
    UP_TRY(up_ncnn_text_read(file, (const char *)text, text_size, graph, error));
    if (!named_bin)
        UP_TRY(read_other(file, ".bin", &bin, &bin_size, error));
    up_tensor_file_set_content(file, graph);
    return up_ncnn_bin_read(file, graph, bin, bin_size, error);
}

const up_weight_format up_ncnn_format = {
    .name = "ncnn",
    .extensions = "param bin",
    .is = is_ncnn,
    .read = read_ncnn,
};
