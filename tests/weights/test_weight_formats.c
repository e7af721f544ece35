/* SPDX-License-Identifier: MIT */
/* Weight files of all formats: told by content, alike where they hold the same, and what else
 * people take for one. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/json_data.h"
#include "support/scratch.h"
#include "support/weights/tensor_data.h"
#include "weights/weight_format.h"

#define CASES UP_SHARED_DIR "/oracles/networks"
#define NATIVE UP_SHARED_DIR "/weights/native"

TestSuite(weight_formats, .init = scratch_init, .fini = scratch_fini);

/* ---------------------------------------------------------------- files of something else */

static void expect_foreign(const char *name, const void *bytes, size_t size, const char *what,
                           const char *advice)
{
    up_tensor_file *file;
    up_error error = { 0 };
    const char *path = scratch_path("%s", name);
    file_write(path, bytes, size);
    cr_expect_eq(up_tensor_file_open(&file, path, SIZE_MAX, &error), UP_ERROR_WEIGHTS, "%s", name);
    cr_expect_null(file);
    cr_expect(strstr(error.message, name), "%s", error.message);
    cr_expect(strstr(error.message, what), "\"%s\" in: %s", what, error.message);
    cr_expect(strstr(error.message, advice), "\"%s\" in: %s", advice, error.message);
}

#define FOREIGN(name, bytes, what, advice)                                                         \
    expect_foreign(name, bytes, sizeof bytes - 1, what, advice)

Test(weight_formats, what_people_take_for_weights)
{
    FOREIGN("a.pth", "", "is empty", "download");
    FOREIGN("a.pth", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            "Git LFS pointer", "download the real file");
    FOREIGN("a.pth", "<!DOCTYPE html><html></html>", "a web page (HTML)", "download");
    FOREIGN("a.h5", "\x89HDF\r\n\x1a\n\0\0\0\0\0\0\0\0", "HDF5", "ONNX");
    FOREIGN("a.tflite", "\x1c\0\0\0TFL3\0\0\0\0", "TensorFlow Lite", "ONNX");
    FOREIGN("saved_model.pb", "\x08\1\x12\x10\x0a\1", "TensorFlow", "ONNX");
    FOREIGN("a.gguf", "GGUF\3\0\0\0\0\0\0\0", "GGUF", "");
    FOREIGN("a.npy", "\x93NUMPY\1\0v\0{'descr'", "NumPy", "safetensors");
    FOREIGN("a.pkl", "\x80\3}q\0.", "Python pickle", "torch.save()");
    FOREIGN("b.pkl", "cposix\nsystem\n(X\2\0\0\0idtR.", "Python pickle", "torch.save()");
    FOREIGN("a.pth.gz", "\x1f\x8b\x08\0\0\0\0\0\0\3", "gzip", "gunzip");
    FOREIGN("a.7z", "7z\xbc\xaf\x27\x1c\0\4", "7-Zip", "unpack");
    FOREIGN("a.rar", "Rar!\x1a\x07\1\0", "RAR", "unpack");
    FOREIGN("a.pth", "{\"error\": \"not found\"}", "JSON", "download");
    FOREIGN("a.json", "{\"weight_map\": {}}", "index", "name one");
    FOREIGN("a.json", "[{\"nInputPlane\":3}]", "waifu2x", "ncnn");
    FOREIGN("a.xml", "<?xml version=\"1.0\"?><net name=\"a\">", "OpenVINO", "ONNX");
    FOREIGN("a.pth", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "png", "picture");
    FOREIGN("a.pth", "not found, sorry", "text", "download");
    FOREIGN("a.dat", "\1\2\3\4\5\6\7\x08\x09\x0a", "nothing that is known", "");
    FOREIGN("a.safetensors", "\1\2", "safetensors", "smaller than 8 bytes");
    char tar[512] = "net.pth";
    memcpy(tar + 257, "ustar", 5);
    expect_foreign("a.tar", tar, sizeof tar, "tar archive", "unpack");
    expect_foreign("a.weights", (char[512]){ 0 }, 512, "zeros", "");
}

/* ---------------------------------------------------------------- one table */

Test(weight_formats, every_format_has_a_name_and_a_reader)
{
    for (int i = 0; up_weight_formats[i]; i++) {
        cr_expect(up_weight_formats[i]->name && up_weight_formats[i]->extensions);
        cr_expect(up_weight_formats[i]->is && up_weight_formats[i]->read);
        for (int k = 0; k < i; k++)
            cr_expect_str_neq(up_weight_formats[i]->name, up_weight_formats[k]->name);
    }
}

Test(weight_formats, doubles_are_rounded_to_nearest)
{
    const double values[] = { 0.1, 1.0 + 0x1p-24 + 0x1p-40, -1e300, 1e-300 };
    tensor_file bytes = tensor_file_make(
        values, sizeof values, "{\"a\":{\"dtype\":\"F64\",\"shape\":[4],\"data_offsets\":[0,32]}}");
    up_tensor_file *file;
    float got[4];
    cr_assert_eq(up_tensor_file_from_memory(&file, bytes.bytes, bytes.size, "f", NULL), UP_OK);
    cr_expect_str_eq(up_tensor_file_format(file), "safetensors");
    cr_expect_eq(up_tensor_to_f32(file, up_tensor_file_at(file, 0), got, NULL), UP_OK);
    cr_expect(got[0] == 0.1f && got[1] == 1.0f + 0x1p-23f && isinf(got[2]) && got[3] == 0);
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
}

Test(weight_formats, thousands_of_names)
{
    enum { COUNT = 20000, ROOM = 80 };
    char *header = malloc(COUNT * ROOM), *end = header, name[16];
    for (int i = 0; i < COUNT; i++)
        end += sprintf(end, "%s\"t%d\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[%d,%d]}",
                       i ? "," : "{", i * 7919 % COUNT, i, i + 1);
    strcpy(end, "}");
    char *data = calloc(COUNT, 1);
    tensor_file bytes = tensor_file_make(data, COUNT, "%s", header);
    up_tensor_file *file;
    cr_assert_eq(up_tensor_file_from_memory(&file, bytes.bytes, bytes.size, "f", NULL), UP_OK);
    clock_t start = clock();
    for (int i = 0; i < COUNT; i++) {
        sprintf(name, "t%d", i);
        const up_tensor *tensor = up_tensor_file_find(file, name);
        cr_assert(tensor && strcmp(tensor->name, name) == 0, "%s", name);
    }
    cr_expect_lt((double)(clock() - start) / CLOCKS_PER_SEC, 1.0);
    cr_expect_null(up_tensor_file_find(file, "t"));
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
    free(header);
    free(data);
}

Test(weight_formats, more_memory_than_allowed)
{
    tensor_file bytes = tensor_file_make(
        "12345678", 8, "{\"a\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]}}");
    const char *path = scratch_path("a.safetensors");
    file_write(path, bytes.bytes, bytes.size);
    up_tensor_file *file;
    up_error error;
    cr_assert_eq(up_tensor_file_open(&file, path, SIZE_MAX, &error), UP_OK);
    size_t need = up_tensor_file_bytes(file) + up_tensor_file_values_bytes(file);
    up_tensor_file_close(&file);
    for (size_t most = 0; most < need; most += 61)
        cr_expect_eq(up_tensor_file_open(&file, path, most, &error), UP_ERROR_LIMIT, "%zu", most);
    cr_expect_eq(up_tensor_file_open(&file, path, need, &error), UP_OK);
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
}

Test(weight_formats, a_second_file_beside)
{
    tensor_file bytes = tensor_file_make("", 0, "{}");
    const char *path = scratch_path("net.safetensors"), *other = scratch_path("net.bin");
    const unsigned char *data, *again;
    size_t size, same;
    up_tensor_file *file;
    up_error error;
    file_write(path, bytes.bytes, bytes.size);
    file_write(other, "12345", 5);
    cr_assert_eq(up_tensor_file_open(&file, path, 1 << 20, &error), UP_OK);
    size_t taken = up_tensor_file_bytes(file);
    cr_expect_str_eq(up_tensor_file_path(file), path);
    cr_expect_str_eq(up_tensor_file_beside(file, ".bin"), other);
    cr_expect_str_eq(up_tensor_file_beside(file, "net.bin"), other);
    cr_assert_eq(up_tensor_file_read_beside(file, other, &data, &size, &error), UP_OK);
    cr_assert_eq(up_tensor_file_read_beside(file, other, &again, &same, &error), UP_OK);
    cr_expect(data == again && size == 5 && same == 5 && memcmp(data, "12345", 5) == 0);
    cr_expect_gt(up_tensor_file_bytes(file), taken);
    cr_expect_eq(up_tensor_file_read_beside(file, scratch_path("none"), &data, &size, &error),
                 UP_ERROR_WEIGHTS);
    cr_expect(strstr(error.message, "none: cannot be opened"), "%s", error.message);
    char *large = calloc(1 << 20, 1);
    file_write(scratch_path("large"), large, 1 << 20);
    cr_expect_eq(up_tensor_file_read_beside(file, scratch_path("large"), &data, &size, &error),
                 UP_ERROR_LIMIT);
    free(large);
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
}

/* ---------------------------------------------------------------- files of others */

static up_tensor_file *open_file(const char *path)
{
    up_tensor_file *file;
    up_error error = { 0 };
    cr_expect_eq(up_tensor_file_open(&file, path, SIZE_MAX, &error), UP_OK, "%s", error.message);
    return file;
}

static float *values_of(const up_tensor_file *file, const up_tensor *tensor)
{
    float *values = malloc((tensor->elements + 1) * sizeof *values);
    if (up_tensor_to_f32(file, tensor, values, NULL) == UP_OK)
        return values;
    free(values);
    return NULL;
}

/* Keys of one file may have a prefix more. */
static const up_tensor *find(const up_tensor_file *file, const char *name)
{
    char full[512];
    snprintf(full, sizeof full, "module.%s", name);
    const up_tensor *tensor = up_tensor_file_find(file, name);
    return tensor ? tensor : up_tensor_file_find(file, full);
}

static void expect_same_tensors(const char *a, const char *b)
{
    up_tensor_file *left = open_file(a), *right = open_file(b);
    const up_tensor *tensor;
    cr_assert(left && right);
    cr_expect_eq(up_tensor_file_count(left), up_tensor_file_count(right), "%s", a);
    for (int i = 0; (tensor = up_tensor_file_at(right, i)); i++) {
        const up_tensor *other = find(left, tensor->name);
        cr_assert(other && other->dims == tensor->dims && other->elements == tensor->elements,
                  "%s: %s", a, tensor->name);
        cr_expect(!tensor->dims || memcmp(other->shape, tensor->shape,
                                          (size_t)tensor->dims * sizeof *tensor->shape) == 0);
        float *x = values_of(left, other), *y = values_of(right, tensor);
        cr_expect((!x && !y) || (x && y && memcmp(x, y, tensor->elements * sizeof *x) == 0),
                  "%s: %s", a, tensor->name);
        free(x);
        free(y);
    }
    up_tensor_file_close(&left);
    up_tensor_file_close(&right);
}

Test(weight_formats, one_network_in_two_formats)
{
    if (!file_exists(CASES "/cases.json"))
        cr_skip("no ../shared");
    json_t *root = json_data_load(CASES "/cases.json"), *item;
    size_t i;
    int checked = 0;
    json_array_foreach(json_object_get(root, "cases"), i, item)
    {
        char torch[1024], safetensors[1024];
        const char *name = json_string_value(json_object_get(item, "name"));
        snprintf(torch, sizeof torch, CASES "/%s/weights.pth", name);
        snprintf(safetensors, sizeof safetensors, CASES "/%s/weights.safetensors", name);
        if (!file_exists(torch) || !file_exists(safetensors))
            continue;
        expect_same_tensors(torch, safetensors);
        checked++;
    }
    cr_expect_geq(checked, 40);
    json_decref(root);
}

/* Folders of the cases, and words of the sentence that refuses their file. */
static const char *const refusals[][3] = {
    { "bad-empty-file", "weights.pth", "is empty" },
    { "bad-html-page", "weights.pth", "a web page (HTML)" },
    { "bad-lfs-pointer-onnx", "model.onnx", "a Git LFS pointer" },
    { "bad-optimizer-only", "weights.pth", "the state of an optimizer" },
    { "bad-pickle-eval-zip", "weights.pth", "calls __builtin__.eval" },
    { "bad-pickle-memo-missing", "weights.pth", "not stored" },
    { "bad-pickle-os-system-legacy", "weights.pth", "calls posix.system" },
    { "bad-pickle-os-system-zip", "weights.pth", "calls posix.system" },
    { "bad-pickle-self-reference", "weights.pth", "contains itself" },
    { "bad-pickle-stack-underflow", "weights.pth", "empty stack" },
    { "bad-pickle-string-past-end", "weights.pth", "ends too early" },
    { "bad-pickle-subprocess", "weights.pth", "calls subprocess.Popen" },
    { "bad-st-bad-json", "weights.safetensors", "bad JSON" },
    { "bad-st-duplicate-key", "weights.safetensors", "duplicate" },
    { "bad-st-header-too-long", "weights.safetensors", "truncated" },
    { "bad-st-negative-shape", "weights.safetensors", "not a list of sizes" },
    { "bad-st-offset-beyond", "weights.safetensors", "\"body.0.weight\": the file ends" },
    { "bad-st-overlap", "weights.safetensors", "body.0.weight" },
    { "bad-st-size-mismatch", "weights.safetensors", "do not fit" },
    { "bad-tensor-negative-stride", "weights.pth", "negative stride" },
    { "bad-tensor-size-beyond-storage", "weights.pth", "beyond its storage" },
    { "bad-tensor-stride-overflow", "weights.pth", "strides are too large" },
    { "bad-torchscript-script", "model.pt", "TorchScript" },
    { "bad-whole-module-zip", "model.pth", "a whole model" },
    { "bad-zip-big-endian", "weights.pth", "big-endian" },
    { "bad-zip-bomb", "weights.pth", "unpacks to more" },
    { "bad-zip-no-pickle", "weights.pth", "no data.pkl" },
    { "bad-zip-storage-missing", "weights.pth", "not in the file" },
};

Test(weight_formats, refused_with_a_sentence_that_names_it)
{
    if (!file_exists(CASES "/cases.json"))
        cr_skip("no ../shared");
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        char path[1024];
        up_tensor_file *file;
        up_error error = { 0 };
        snprintf(path, sizeof path, CASES "/%s/%s", refusals[i][0], refusals[i][1]);
        clock_t start = clock();
        cr_expect_eq(up_tensor_file_open(&file, path, SIZE_MAX, &error), UP_ERROR_WEIGHTS, "%s",
                     path);
        cr_expect_lt((double)(clock() - start) / CLOCKS_PER_SEC, 1.0, "%s", path);
        cr_expect(strstr(error.message, refusals[i][2]), "\"%s\" in: %s", refusals[i][2],
                  error.message);
        up_tensor_file_close(&file);
    }
    cr_expect_not(file_exists("/tmp/up-oracle-MARKER-a-pickle-ran-a-command"));
}

Test(weight_formats, names_of_files_do_not_matter)
{
    static const char *const files[][2] = {
        { "bad-named-pth-as-bin/weights.bin", "PyTorch" },
        { "bad-named-pth-as-ckpt/weights.ckpt", "PyTorch" },
        { "bad-named-safetensors-as-pth/weights.pth", "safetensors" },
        { "bad-zip-deflated-twin-stored/weights.pth", "PyTorch" },
    };
    if (!file_exists(CASES "/cases.json"))
        cr_skip("no ../shared");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[1024];
        snprintf(path, sizeof path, CASES "/%s", files[i][0]);
        up_tensor_file *file = open_file(path);
        if (file)
            cr_expect_str_eq(up_tensor_file_format(file), files[i][1], "%s", path);
        up_tensor_file_close(&file);
    }
}

Test(weight_formats, released_files)
{
    DIR *folder = opendir(NATIVE);
    if (!folder)
        cr_skip("no ../shared");
    int checked = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[1024];
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".pth") != 0)
            continue;
        snprintf(path, sizeof path, NATIVE "/%s", entry->d_name);
        up_tensor_file *file = open_file(path);
        const up_tensor *tensor;
        for (int i = 0; file && (tensor = up_tensor_file_at(file, i)); i++)
            free(values_of(file, tensor));
        cr_expect(file && up_tensor_file_count(file) > 0, "%s", path);
        up_tensor_file_close(&file);
        checked++;
    }
    closedir(folder);
    cr_expect_geq(checked, 5);
}
