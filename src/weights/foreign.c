/* SPDX-License-Identifier: MIT */
#include "weights/foreign.h"

#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "io/content.h"
#include "weights/weight_format.h"

#define AGAIN "a download that failed? fetch the file itself"
#define BY_ONNX "export the model as ONNX"
#define BY_STATE "load it in Python and torch.save() its state_dict()"
#define UNPACK "unpack it first"

/* ---------------------------------------------------------------- by the first bytes */

#define BYTES(text) text, sizeof text - 1

static const struct {
    size_t at;
    const char *bytes;
    size_t size;
    const char *what, *advice;
} signatures[] = {
    { 0, BYTES("version https://git-lfs.github.com/"), "a Git LFS pointer",
      "the weights themselves are elsewhere: 'git lfs pull', or download the real file" },
    { 0, BYTES("\x89HDF\r\n\x1a\n"), "HDF5, as Keras writes it", BY_ONNX },
    { 4, BYTES("TFL3"), "a model of TensorFlow Lite", BY_ONNX },
    { 0, BYTES("GGUF"), "GGUF, a language model as a rule", "" },
    { 0, BYTES("lmgg"), "GGML, a language model as a rule", "" },
    { 0, BYTES("tjgg"), "GGML, a language model as a rule", "" },
    { 0, BYTES("\x93NUMPY"), "an array of NumPy",
      "save named arrays by safetensors.numpy.save_file()" },
    { 0, BYTES("ftrt"), "an engine of TensorRT", "take the ONNX file that it was made from" },
    { 0, BYTES("\x1f\x8b"), "compressed by gzip", "'gunzip' unpacks it" },
    { 0, BYTES("BZh"), "compressed by bzip2", "'bunzip2' unpacks it" },
    { 0,
      BYTES("\xfd"
            "7zXZ"),
      "compressed by xz", "'unxz' unpacks it" },
    { 0, BYTES("\x28\xb5\x2f\xfd"), "compressed by zstd", "'unzstd' unpacks it" },
    { 0, BYTES("7z\xbc\xaf\x27\x1c"), "a 7-Zip archive", UNPACK },
    { 0, BYTES("Rar!\x1a\x07"), "a RAR archive", UNPACK },
    { 0,
      BYTES("\x7f"
            "ELF"),
      "a program", "" },
    { 0, BYTES("%PDF-"), "a PDF", "" },
};

/* ---------------------------------------------------------------- by more */

static bool begins(const unsigned char *bytes, size_t size, const char *text)
{
    return size >= strlen(text) && memcmp(bytes, text, strlen(text)) == 0;
}

static bool contains(const unsigned char *bytes, size_t size, const char *text)
{
    const size_t most = 4096, length = strlen(text);
    for (size_t i = 0; i + length <= (size < most ? size : most); i++)
        if (memcmp(bytes + i, text, length) == 0)
            return true;
    return false;
}

static bool is_empty(const unsigned char *bytes, size_t size, const char *extension)
{
    (void)bytes;
    (void)extension;
    return size == 0;
}

static bool is_tar(const unsigned char *bytes, size_t size, const char *extension)
{
    (void)extension;
    return size >= 262 && memcmp(bytes + 257, "ustar", 5) == 0;
}

/* Protocols 2 to 5 begin with their number; 0 and 1 with a name to call or a list to fill. */
static bool is_pickle(const unsigned char *bytes, size_t size, const char *extension)
{
    if (size >= 2 && bytes[0] == 0x80 && bytes[1] <= 5)
        return true;
    return size >= 4 && bytes[size - 1] == '.' && memchr("c(}]", bytes[0], 4) &&
           up_word_listed("pkl pickle pth pt ckpt", extension);
}

static bool is_tensorflow(const unsigned char *bytes, size_t size, const char *extension)
{
    return size >= 2 && (bytes[0] == 0x08 || bytes[0] == 0x0a) && up_word_listed("pb", extension);
}

static bool is_openvino(const unsigned char *bytes, size_t size, const char *extension)
{
    (void)extension;
    return begins(bytes, size, "<?xml") && contains(bytes, size, "<net ");
}

static bool is_index(const unsigned char *bytes, size_t size, const char *extension)
{
    (void)extension;
    return begins(bytes, size, "{") && contains(bytes, size, "\"weight_map\"");
}

static bool is_waifu2x(const unsigned char *bytes, size_t size, const char *extension)
{
    (void)extension;
    return begins(bytes, size, "[") && contains(bytes, size, "\"nInputPlane\"");
}

static bool is_caffe(const unsigned char *bytes, size_t size, const char *extension)
{
    (void)bytes;
    (void)size;
    return up_word_listed("caffemodel prototxt", extension);
}

static bool is_torch7(const unsigned char *bytes, size_t size, const char *extension)
{
    (void)bytes;
    (void)size;
    return up_word_listed("t7", extension);
}

static bool is_other_runtime(const unsigned char *bytes, size_t size, const char *extension)
{
    (void)bytes;
    (void)size;
    return up_word_listed("mnn mlmodel engine trt tnnmodel rknn", extension);
}

/* In this order. */
static const struct {
    bool (*is)(const unsigned char *bytes, size_t size, const char *extension);
    const char *what, *advice;
} looks[] = {
    { is_empty, "empty", AGAIN },
    { is_tar, "a tar archive", UNPACK },
    { is_pickle, "a Python pickle that torch.save() did not write", BY_STATE },
    { is_tensorflow, "a graph of TensorFlow", BY_ONNX },
    { is_openvino, "a model of OpenVINO", "take the ONNX file that it was made from" },
    { is_index, "the index of weights in several files", "name one of those files" },
    { is_waifu2x, "a network of waifu2x as JSON", "take it as .pth, ONNX or ncnn" },
    { is_caffe, "a model of Caffe", BY_ONNX },
    { is_torch7, "a file of Lua Torch", "take the network as .pth or ONNX" },
    { is_other_runtime, "a model of another runtime", "take the ONNX file that it was made from" },
};

static up_status refuse(const char *name, const char *what, const char *advice, up_error *error)
{
    char list[160] = "";
    for (int i = 0; up_weight_formats[i]; i++) {
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "",
                 up_weight_formats[i]->name);
    }
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "%s: is %s, not a weight file that can be read (%s)%s%s", name, what, list,
                   *advice ? "; " : "", advice);
}

up_status up_foreign_check(const char *name, const unsigned char *head, size_t size,
                           up_error *error)
{
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
        if (size >= signatures[i].at + signatures[i].size &&
            memcmp(head + signatures[i].at, signatures[i].bytes, signatures[i].size) == 0)
            return refuse(name, signatures[i].what, signatures[i].advice, error);
    return UP_OK;
}

up_status up_foreign_refuse(const char *name, const unsigned char *bytes, size_t size,
                            up_error *error)
{
    UP_TRY(up_foreign_check(name, bytes, size, error));
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (looks[i].is(bytes, size, up_path_extension(name)))
            return refuse(name, looks[i].what, looks[i].advice, error);
    up_content content;
    size_t head = size < UP_CONTENT_HEAD ? size : UP_CONTENT_HEAD;
    if (!up_content_find(&content, bytes, head, name))
        return refuse(name, "nothing that is known", "damaged, or raw numbers without names?",
                      error);
    if (content.picture)
        return refuse(name, content.name, "it is a picture: name it without -w", error);
    return refuse(name, content.name, AGAIN, error);
}
