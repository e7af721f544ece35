/* SPDX-License-Identifier: MIT */
/* What torch.save() writes is read as it was meant. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/weights/torch_data.h"
#include "weights/tensor_file.h"

/* Opens and frees the bytes; what is opened looks at a copy that lives as long as the test. */
static up_tensor_file *open_file(tensor_file bytes)
{
    up_tensor_file *file;
    up_error error = { 0 };
    up_status status =
        up_tensor_file_from_memory(&file, bytes.bytes, bytes.size, "net.pth", &error);
    cr_assert_eq(status, UP_OK, "%s", error.message);
    cr_expect_str_eq(up_tensor_file_format(file), "PyTorch");
    return file;
}

static void expect_values(const up_tensor_file *file, const char *name, const float *expected,
                          size_t count)
{
    const up_tensor *tensor = up_tensor_file_find(file, name);
    up_error error = { 0 };
    cr_assert(tensor, "%s", name);
    cr_assert_eq(tensor->elements, count, "%s", name);
    float *values = malloc((count + 1) * sizeof *values);
    cr_assert_eq(up_tensor_to_f32(file, tensor, values, &error), UP_OK, "%s", error.message);
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(values[i], expected[i], "%s: %g at %zu", name, (double)values[i], i);
    free(values);
}

static const float numbers[24] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                   12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23 };
static const double doubles[3] = { 0.1, 1e300, -2 };
static const uint16_t halves[2] = { 0x3c00, 0xc100 }, brains[2] = { 0x3f80, 0xc020 };
static const int64_t steps[1] = { 7 };

#define STORAGE(key, data)                                                                         \
    {                                                                                              \
        key, data, sizeof data, sizeof data / sizeof *data                                         \
    }
static const torch_storage storages[] = { STORAGE("0", numbers), STORAGE("11", doubles),
                                          STORAGE("2", halves), STORAGE("3", brains),
                                          STORAGE("4", steps) };
static const torch_view views[] = {
    { "a.weight", "Float", "0", 24, 0, 4, { 2, 3, 2, 2 }, { 12, 4, 2, 1 } },
    { "a.turned", "Float", "0", 24, 2, 2, { 3, 2 }, { 1, 4 } },
    { "a.sparse", "Float", "0", 24, 1, 1, { 4 }, { 6 } },
    { "a.scalar", "Float", "0", 24, 5, 0, { 0 }, { 0 } },
    { "a.empty", "Float", "0", 24, 24, 2, { 0, 3 }, { 3, 1 } },
    { "a.one", "Float", "0", 24, 23, 2, { 1, 1 }, { 999, 1 } },
    { "b.double", "Double", "11", 3, 0, 1, { 3 }, { 1 } },
    { "b.half", "Half", "2", 2, 0, 1, { 2 }, { 1 } },
    { "b.brain", "BFloat16", "3", 2, 0, 1, { 2 }, { 1 } },
    { "b.num_batches_tracked", "Long", "4", 1, 0, 0, { 0 }, { 0 } },
};
enum { VIEWS = sizeof views / sizeof *views, STORAGES = sizeof storages / sizeof *storages };

static tensor_file pickle_of_all(void)
{
    return pickle_state_dict(views, VIEWS, "", 0, "", 0);
}

static void check_all(tensor_file bytes)
{
    static const float turned[] = { 2, 6, 3, 7, 4, 8 }, sparse[] = { 1, 7, 13, 19 };
    up_tensor_file *file = open_file(bytes);
    cr_assert_eq(up_tensor_file_count(file), VIEWS);
    for (int i = 0; i < VIEWS; i++)
        cr_expect_str_eq(up_tensor_file_at(file, i)->name, views[i].name);
    expect_values(file, "a.weight", numbers, 24);
    expect_values(file, "a.turned", turned, 6);
    expect_values(file, "a.sparse", sparse, 4);
    expect_values(file, "a.scalar", &numbers[5], 1);
    expect_values(file, "a.empty", NULL, 0);
    expect_values(file, "a.one", &numbers[23], 1);
    expect_values(file, "b.double", (float[]){ 0.1f, INFINITY, -2 }, 3);
    expect_values(file, "b.half", (float[]){ 1, -2.5f }, 2);
    expect_values(file, "b.brain", (float[]){ 1, -2.5f }, 2);
    cr_expect_null(up_tensor_file_at(file, 0)->stride);
    cr_expect_not_null(up_tensor_file_at(file, 1)->stride);
    const up_tensor *steps_taken = up_tensor_file_find(file, "b.num_batches_tracked");
    cr_assert(steps_taken);
    cr_expect_eq(steps_taken->dtype, UP_DTYPE_I64);
    cr_expect_null(up_tensor_file_find(file, "a"));
    cr_expect_null(up_tensor_file_part(file));
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
}

Test(pytorch, archives_and_the_older_form)
{
    check_all(torch_zip(pickle_of_all(), storages, STORAGES, false));
    check_all(torch_zip(pickle_of_all(), storages, STORAGES, true));
    check_all(torch_legacy(pickle_of_all(), storages, STORAGES));
}

Test(pytorch, integers_are_refused_only_as_weights)
{
    tensor_file bytes = torch_zip(pickle_of_all(), storages, STORAGES, false);
    up_tensor_file *file = open_file(bytes);
    up_error error = { 0 };
    float value;
    cr_expect_eq(
        up_tensor_to_f32(file, up_tensor_file_find(file, "b.num_batches_tracked"), &value, &error),
        UP_ERROR_WEIGHTS);
    cr_expect(strstr(error.message, "\"b.num_batches_tracked\" has type I64"), "%s", error.message);
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
}

Test(pytorch, memory_is_counted)
{
    tensor_file bytes = torch_zip(pickle_of_all(), storages, STORAGES, false);
    up_tensor_file *file = open_file(bytes);
    cr_expect_gt(up_tensor_file_bytes(file), VIEWS * sizeof(up_tensor));
    cr_expect_eq(up_tensor_file_values_bytes(file) % 64, 0);
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
}

/* ---------------------------------------------------------------- which dictionary */

/* A dict of one tensor whose only value is `value`. */
static void add_dict(tensor_file *pickle, int value)
{
    const torch_view view = { "w", "Float", "0", 24, value, 1, { 1 }, { 1 } };
    BYTES_ADD(pickle, "}");
    pickle_text(pickle, view.name);
    pickle_view(pickle, &view);
    BYTES_ADD(pickle, "s");
}

/* "params params_ema optimizer": dicts of one tensor, with values 1, 2, 3. */
static up_tensor_file *open_dicts(const char *keys, tensor_file *bytes)
{
    tensor_file pickle = { 0 };
    char list[256], *rest = list, *key;
    snprintf(list, sizeof list, "%s", keys);
    BYTES_ADD(&pickle, "\x80\2}(");
    for (int i = 1; (key = strtok_r(rest, " ", &rest)); i++) {
        pickle_text(&pickle, key);
        add_dict(&pickle, i);
    }
    BYTES_ADD(&pickle, "u.");
    *bytes = torch_zip(pickle, storages, 1, false);
    return open_file(*bytes);
}

static void expect_part(const char *keys, const char *part, int value)
{
    tensor_file bytes;
    up_tensor_file *file = open_dicts(keys, &bytes);
    cr_expect_str_eq(up_tensor_file_part(file), part, "%s: %s", keys, up_tensor_file_part(file));
    expect_values(file, "w", &numbers[value], 1);
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
}

Test(pytorch, the_best_dictionary_is_taken)
{
    expect_part("params params_ema", "params_ema", 2);
    expect_part("params_ema params", "params_ema", 1);
    expect_part("optimizer netD netG", "netG", 3);
    expect_part("model g_ema", "g_ema", 2);
    expect_part("state_dict optimizer", "state_dict", 1);
    expect_part("discriminator generator", "generator", 2);
    expect_part("optimizer something", "something", 2);
}

Test(pytorch, dictionaries_nest)
{
    tensor_file pickle = { 0 };
    BYTES_ADD(&pickle, "\x80\2}");
    pickle_text(&pickle, "model");
    BYTES_ADD(&pickle, "}");
    pickle_text(&pickle, "state_dict");
    add_dict(&pickle, 9);
    BYTES_ADD(&pickle, "ss.");
    tensor_file bytes = torch_zip(pickle, storages, 1, false);
    up_tensor_file *file = open_file(bytes);
    cr_expect_str_eq(up_tensor_file_part(file), "model.state_dict");
    expect_values(file, "w", &numbers[9], 1);
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
}

/* ---------------------------------------------------------------- what stands beside */

Test(pytorch, strings_and_numbers_become_metadata)
{
    tensor_file pickle = { 0 };
    BYTES_ADD(&pickle, "\x80\2}(");
    pickle_text(&pickle, "name");
    pickle_text(&pickle, "waifu2x.cunet");
    pickle_text(&pickle, "epoch");
    BYTES_ADD(&pickle, "\x8a\6\0\0\xca\x9a\x3b\0"); /* 256e9 as a long */
    pickle_text(&pickle, "psnr");
    BYTES_ADD(&pickle, "G\x40\x3f\x40\0\0\0\0\0"); /* 31.25 */
    pickle_text(&pickle, "unused");
    BYTES_ADD(&pickle, "N");
    pickle_text(&pickle, "kwargs");
    BYTES_ADD(&pickle, "}");
    pickle_text(&pickle, "no_clip");
    BYTES_ADD(&pickle, "\x88s");
    pickle_text(&pickle, "state_dict");
    add_dict(&pickle, 3);
    BYTES_ADD(&pickle, "u.");
    tensor_file bytes = torch_zip(pickle, storages, 1, false);
    up_tensor_file *file = open_file(bytes);
    cr_expect_str_eq(up_tensor_file_metadata(file, "pytorch.name"), "waifu2x.cunet");
    cr_expect_str_eq(up_tensor_file_metadata(file, "pytorch.epoch"), "256000000000");
    cr_expect_str_eq(up_tensor_file_metadata(file, "pytorch.psnr"), "31.25");
    cr_expect_str_eq(up_tensor_file_metadata(file, "pytorch.kwargs.no_clip"), "true");
    cr_expect_null(up_tensor_file_metadata(file, "pytorch.unused"));
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
}

/* Adds opcodes before the state dict, as a value of a dict around it, which must do no harm. */
static void expect_harmless(const char *what, const void *opcodes, size_t size)
{
    tensor_file pickle = { 0 };
    BYTES_ADD(&pickle, "\x80\4\x95\0\0\0\0\0\0\0\0}(");
    pickle_text(&pickle, "beside");
    bytes_add(&pickle, opcodes, size);
    pickle_text(&pickle, "params");
    add_dict(&pickle, 4);
    BYTES_ADD(&pickle, "u.");
    tensor_file bytes = torch_zip(pickle, storages, 1, false);
    up_tensor_file *file;
    up_error error = { 0 };
    cr_expect_eq(up_tensor_file_from_memory(&file, bytes.bytes, bytes.size, "f", &error), UP_OK,
                 "%s: %s", what, error.message);
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
}

#define HARMLESS(what, opcodes) expect_harmless(what, opcodes, sizeof opcodes - 1)

Test(pytorch, harmless_values_beside_weights)
{
    HARMLESS("set", "\x8f(K\1K\2\x90");
    HARMLESS("frozenset", "(K\1K\2\x91");
    HARMLESS("old set", "c__builtin__\nset\n](K\1e\x85R");
    HARMLESS("lists", "](K\1](K\2ee");
    HARMLESS("list of a mark", "(K\1K\2l");
    HARMLESS("dict of a mark", "(K\1K\2d");
    HARMLESS("long", "\x8a\x0c\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c");
    HARMLESS("text numbers", "I01\n0I-3\n0L5L\n");
    HARMLESS("bytes", "C\3abc0B\3\0\0\0abc0\x8e\3\0\0\0\0\0\0\0abc0\x96\1\0\0\0\0\0\0\0a");
    HARMLESS("memo", "]\x94h\0\x86q\7j\7\0\0\0\x86");
    HARMLESS("stack name", "\x8c\x0b"
                           "collections\x8c\x0bOrderedDict\x93)R");
    HARMLESS("metadata of a state dict", "ccollections\nOrderedDict\n)R}X\1\0\0\0aK\1sb");
    HARMLESS("options", "cargparse\nNamespace\n)\x81}X\1\0\0\0aK\1sb");
    HARMLESS("scalar of NumPy", "cnumpy.core.multiarray\nscalar\n"
                                "cnumpy\ndtype\nX\2\0\0\0f8\x89\x88\x87RC\x08"
                                "12345678\x86R");
    HARMLESS("size", "ctorch\nSize\n(K\1K\2t\x85R");
    HARMLESS("device", "ctorch\ndevice\nX\4\0\0\0cuda\x85R");
    HARMLESS("type", "ctorch\nfloat32\n");
    HARMLESS("class as a key", "}cpytorch_lightning.callbacks.model_checkpoint\nModelCheckpoint\n"
                               "K\1s");
    HARMLESS("defaultdict", "ccollections\ndefaultdict\nc__builtin__\ndict\n\x85R");
    HARMLESS("marks", "((10N2"
                      "0");
}

Test(pytorch, parameters_and_typed_tensors)
{
    tensor_file pickle = { 0 };
    const torch_view view = { "p", "Float", "0", 24, 6, 1, { 2 }, { 1 } };
    BYTES_ADD(&pickle, "\x80\2}(");
    pickle_text(&pickle, "p");
    BYTES_ADD(&pickle, "ctorch._utils\n_rebuild_parameter\n");
    pickle_view(&pickle, &view);
    BYTES_ADD(&pickle, "\x88}\x87R");
    pickle_text(&pickle, "typed");
    BYTES_ADD(&pickle, "ctorch._utils\n_rebuild_tensor_v3\n((");
    pickle_text(&pickle, "storage");
    BYTES_ADD(&pickle, "ctorch.storage\nUntypedStorage\n");
    pickle_text(&pickle, "0");
    pickle_text(&pickle, "cpu");
    BYTES_ADD(&pickle, "K\x60tQK\3K\2\x85K\1\x85\x89}ctorch\nfloat32\nt");
    BYTES_ADD(&pickle, "R");
    pickle_text(&pickle, "subclass");
    BYTES_ADD(&pickle, "ctorch._tensor\n_rebuild_from_type_v2\n("
                       "ctorch._utils\n_rebuild_parameter\nctorch.nn.parameter\nParameter\n");
    pickle_view(&pickle, &view);
    BYTES_ADD(&pickle, "\x88}\x87}tRu.");
    tensor_file bytes = torch_zip(pickle, storages, 1, false);
    up_tensor_file *file = open_file(bytes);
    expect_values(file, "p", &numbers[6], 2);
    expect_values(file, "typed", &numbers[3], 2);
    expect_values(file, "subclass", &numbers[6], 2);
    up_tensor_file_close(&file);
    tensor_file_free(&bytes);
}
