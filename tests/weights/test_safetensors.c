/* SPDX-License-Identifier: MIT */
/* Reading and writing weight files. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/json_data.h"
#include "support/scratch.h"
#include "support/weights/tensor_data.h"
#include "weights/safetensors/safetensors.h"

#define CASES UP_SHARED_DIR "/oracles/safetensors"
#define GOLDEN UP_UNPACKED_DIR "/safetensors"
#define ENTRY "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}"

TestSuite(safetensors, .init = scratch_init, .fini = scratch_fini);

/* Opens a file and expects it to be taken, or refused with a message in one line that names it. */
static up_tensor_file *open_expecting(const char *path, bool accepted)
{
    up_tensor_file *file;
    up_error error;
    up_status status = up_tensor_file_open(&file, path, SIZE_MAX, &error);
    if (accepted) {
        cr_expect_eq(status, UP_OK, "%s", status == UP_OK ? "" : error.message);
        return file;
    }
    cr_expect_eq(status, UP_ERROR_WEIGHTS, "%s should have been refused", path);
    cr_expect_null(file);
    if (status != UP_OK) {
        cr_expect_eq(error.status, status);
        cr_expect(strncmp(error.message, path, strlen(path)) == 0, "%s", error.message);
        cr_expect_null(strchr(error.message, '\n'), "%s", error.message);
    }
    return file;
}

/* The same for bytes in memory, without expectations. */
static up_status parse(const tensor_file *bytes, up_error *error)
{
    up_tensor_file *file;
    up_status status = up_tensor_file_from_memory(&file, bytes->bytes, bytes->size, "f", error);
    up_tensor_file_close(&file);
    return status;
}

static void expect_refused(tensor_file bytes, const char *reason)
{
    up_error error = { 0 };
    cr_expect_eq(parse(&bytes, &error), UP_ERROR_WEIGHTS, "should fail with: %s", reason);
    cr_expect(strstr(error.message, reason), "\"%s\" in: %s", reason, error.message);
    tensor_file_free(&bytes);
}

/* Calls `each` with every file of the verdicts, and whether it is to be taken. */
static void each_golden(void (*each)(const char *path, bool accepted))
{
    char line[256], path[1024], verdict[16], name[128];
    FILE *list = fopen(GOLDEN "/verdicts.txt", "r");
    cr_assert(list);
    int count = 0;
    for (; fgets(line, sizeof line, list); count++) {
        cr_assert_eq(sscanf(line, "%15s %127s", verdict, name), 2);
        snprintf(path, sizeof path, GOLDEN "/%s", name);
        each(path, strcmp(verdict, "accept") == 0);
    }
    fclose(list);
    cr_assert_geq(count, 89);
}

static void check_verdict(const char *path, bool accepted)
{
    up_tensor_file *file = open_expecting(path, accepted);
    up_tensor_file_close(&file);
}

Test(safetensors, every_rule_of_the_format)
{
    each_golden(check_verdict);
}

/* The reference reader printed: "name" F32 [2, 2] 16 bytes sum 120; ... */
static void check_contents(const up_tensor_file *file, const char *printed)
{
    char expected[256];
    const up_tensor *tensor;
    int count = 0;
    for (const char *at = printed; (at = strstr(at, " bytes sum ")); at++)
        count++;
    cr_expect_eq(up_tensor_file_count(file), count, "%s: %s", up_tensor_file_name(file), printed);
    for (int i = 0; (tensor = up_tensor_file_at(file, i)); i++) {
        int length = sprintf(expected, " %s [", up_dtype_name(tensor->dtype));
        for (int axis = 0; axis < tensor->dims; axis++)
            length += sprintf(expected + length, "%s%zu", axis ? ", " : "", tensor->shape[axis]);
        unsigned sum = 0;
        for (size_t byte = 0; byte < tensor->bytes; byte++)
            sum += ((const unsigned char *)tensor->data)[byte];
        sprintf(expected + length, "] %zu bytes sum %u", tensor->bytes, sum);
        cr_expect(strstr(printed, expected), "%s:%s in %s", up_tensor_file_name(file), expected,
                  printed);
        cr_expect_eq(up_tensor_file_find(file, tensor->name), tensor);
    }
}

/* Where text and reference differ; see safetensors.h. */
static bool should_accept(const char *name, const char *says, const char *reference)
{
    if (strstr(name, "unclear_leading_space") || strstr(name, "unclear_trailing_newline"))
        return true;
    if (strcmp(says, "unclear") == 0)
        return false;
    bool accept = strncmp(says, "accept", 6) == 0;
    cr_expect(!accept || strcmp(reference, "accept") == 0);
    return accept;
}

Test(safetensors, agrees_with_the_reference_reader)
{
    if (!file_exists(CASES "/cases.json"))
        cr_skip("no ../shared");
    json_t *root = json_data_load(CASES "/cases.json"), *item;
    size_t i;
    cr_assert_eq(json_array_size(json_object_get(root, "cases")), 111);
    json_array_foreach(json_object_get(root, "cases"), i, item)
    {
        char path[1024];
        const char *name = json_string_value(json_object_get(item, "file"));
        const char *says = json_string_value(json_object_get(item, "spec_says"));
        const char *reference = json_string_value(json_object_get(item, "reference_verdict"));
        snprintf(path, sizeof path, CASES "/%s", name);
        up_tensor_file *file = open_expecting(path, should_accept(name, says, reference));
        if (file)
            check_contents(file, json_string_value(json_object_get(item, "reference_detail")));
        up_tensor_file_close(&file);
    }
    json_decref(root);
}

Test(safetensors, errors_name_the_tensor)
{
    expect_refused(tensor_file_make("1234", 4, "{\"a.b\":%s}", "{\"dtype\":\"F32\"}"), "\"a.b\"");
    expect_refused(tensor_file_make("1234", 3, "{\"layer\":%s}", ENTRY), "\"layer\"");
    expect_refused(tensor_file_make("1234", 4, "{\"x\":%s,\"y\":%s}", ENTRY, ENTRY), "overlaps");
    expect_refused(tensor_file_make("12345", 5, "{\"x\":%s}", ENTRY), "bytes follow");
    expect_refused(tensor_file_make("1", 1, "{\"a\\nb\":1}"), "\"a?b\"");
    expect_refused(tensor_file_make("1", 1, "{\"%0100d\":1}", 7), "00...\"");
}

Test(safetensors, bombs_are_refused_before_they_are_built)
{
    enum { SIZE = 4 << 20 };
    char *text = malloc(SIZE + 1);
    text[SIZE] = '\0';
    memset(text, '[', SIZE);
    expect_refused(tensor_file_make(NULL, 0, "{\"a\":%s", text), "nests too deep");
    for (int i = 0; i < SIZE; i++)
        text[i] = i % 2 ? ',' : '0';
    expect_refused(
        tensor_file_make(
            NULL, 0, "{\"a\":{\"shape\":[%s0],\"dtype\":\"F32\",\"data_offsets\":[0,0]}}", text),
        "65535 dimensions");
    memset(text, '\\', SIZE);
    expect_refused(tensor_file_make(NULL, 0, "{\"%s", text), "bad JSON");
    memset(text, '{', SIZE);
    expect_refused(tensor_file_make(NULL, 0, "{\"%s\":1}", text), "tensor");
    free(text);
}

Test(safetensors, numbers_beyond_bounds)
{
    static const char *const shapes[] = { "[18446744073709551617]",
                                          "[9223372036854775808]",
                                          "[4294967296,4294967296,0]",
                                          "[3037000500,3037000500]",
                                          "[1e400]",
                                          "[-1]",
                                          "[1.0]",
                                          "[true]",
                                          "[[1]]",
                                          "1" };
    up_error error;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        tensor_file bytes = tensor_file_make(
            "1234", 4, "{\"a\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[0,4]}}",
            shapes[i]);
        cr_expect_eq(parse(&bytes, &error), UP_ERROR_WEIGHTS, "%s", shapes[i]);
        tensor_file_free(&bytes);
    }
}

Test(safetensors, brackets_in_names_are_only_names)
{
    up_error error = { 0 };
    tensor_file bytes = tensor_file_make("1234", 4, "{\"\\\\\\\"[[[{{{,,\":%s}", ENTRY);
    cr_expect_eq(parse(&bytes, &error), UP_OK, "%s", error.message);
    tensor_file_free(&bytes);
}

/* Everything a parsed file points at is there. */
static void touch(const up_tensor_file *file)
{
    const up_tensor *tensor;
    const up_metadata_item *item;
    up_error error;
    size_t end = 0;
    const char *first = up_tensor_file_count(file) ? up_tensor_file_at(file, 0)->data : NULL;
    for (int i = 0; (tensor = up_tensor_file_at(file, i)); i++) {
        cr_assert_eq((const char *)tensor->data - first, (ptrdiff_t)end);
        end += tensor->bytes;
        cr_assert_eq(tensor->bytes * 8, tensor->elements * (size_t)up_dtype_bits(tensor->dtype));
        float *values = malloc(tensor->elements * sizeof *values + 1);
        up_tensor_to_f32(file, tensor, values, &error);
        free(values);
    }
    for (int i = 0; (item = up_tensor_file_metadata_at(file, i)); i++)
        cr_assert_str_eq(up_tensor_file_metadata(file, item->key), item->value);
}

static unsigned draw(unsigned *state, unsigned below)
{
    *state = *state * 1664525u + 1013904223u;
    return (unsigned)((unsigned long long)(*state >> 8) * below >> 24);
}

/* A copy with some bytes changed, some cut off or some put in. */
static tensor_file mutate(const char *bytes, size_t size, unsigned *state)
{
    static const char favourites[] = "{}[]\",:\\0129-ue. \n\xff";
    size_t cut = draw(state, 4) == 0 ? draw(state, (unsigned)size + 1) : 0;
    size_t gap = draw(state, 4) == 0 ? draw(state, 9) : 0,
           at = draw(state, (unsigned)(size - cut) + 1);
    tensor_file copy = { malloc(size - cut + gap), size - cut + gap };
    memcpy(copy.bytes, bytes, at);
    memset(copy.bytes + at, favourites[draw(state, sizeof favourites)], gap);
    memcpy(copy.bytes + at + gap, bytes + at, size - cut - at);
    for (unsigned changes = draw(state, 4); changes && copy.size; changes--)
        copy.bytes[draw(state, (unsigned)copy.size)] =
            draw(state, 2) ? (unsigned char)draw(state, 256)
                           : (unsigned char)favourites[draw(state, sizeof favourites)];
    return copy;
}

static void check_mutations(const char *path, bool accepted)
{
    enum { ROUNDS = 1000 };
    size_t size;
    char *bytes = file_read(path, &size);
    unsigned state = (unsigned)size + accepted;
    up_error error;
    for (int i = 0; i < ROUNDS; i++) {
        tensor_file copy = mutate(bytes, size, &state);
        up_tensor_file *file;
        if (up_tensor_file_from_memory(&file, copy.bytes, copy.size, "f", &error) == UP_OK)
            touch(file);
        up_tensor_file_close(&file);
        tensor_file_free(&copy);
    }
    free(bytes);
}

Test(safetensors, random_damage)
{
    each_golden(check_mutations);
}

Test(safetensors, what_is_not_a_file)
{
    check_verdict(scratch_path("missing.safetensors"), false);
    check_verdict(scratch_folder(), false);
    check_verdict("/dev/null", false);
}

Test(safetensors, halves_widen_exactly)
{
    for (unsigned bits = 0; bits < 0x10000; bits++) {
        unsigned short half = (unsigned short)bits;
        unsigned exponent = bits >> 10 & 31, fraction = bits & 1023;
        double expected =
            exponent ? ldexp(1024 + fraction, (int)exponent - 25) : ldexp(fraction, -24);
        if (exponent == 31)
            expected = fraction ? NAN : INFINITY;
        float got;
        cr_assert(up_dtype_to_f32(UP_DTYPE_F16, &half, 1, 1, &got));
        cr_assert_eq(signbit(got) != 0, bits >> 15, "%#x", bits);
        cr_assert(isnan(expected) ? isnan(got) : fabs((double)got) == expected, "%#x", bits);
        cr_assert(up_dtype_to_f32(UP_DTYPE_BF16, &half, 1, 1, &got));
        unsigned wide;
        memcpy(&wide, &got, sizeof wide);
        cr_assert_eq(wide, bits << 16);
    }
    char label[8];
    cr_expect_not(up_dtype_to_f32(UP_DTYPE_I64, label, 1, 1, NULL));
}

static const size_t shape_a[] = { 1, 2, 3 }, shape_b[] = { 2 }, shape_c[] = { 0, 5 };
static const float data_a[] = { 0, 1, -2, 3.5f, 1e-30f, NAN };
static const up_tensor sample[] = {
    { .name = "half",
      .dtype = UP_DTYPE_F16,
      .dims = 1,
      .shape = shape_b,
      .data = "abcd",
      .bytes = 4 },
    { .name = "z \"quoted\" \xc3\xa9",
      .dtype = UP_DTYPE_F32,
      .dims = 3,
      .shape = shape_a,
      .data = data_a,
      .bytes = sizeof data_a },
    { .name = "empty", .dtype = UP_DTYPE_F32, .dims = 2, .shape = shape_c },
    { .name = "flag", .dtype = UP_DTYPE_BOOL, .data = "\1", .bytes = 1 },
};
enum { SAMPLES = sizeof sample / sizeof *sample };

Test(safetensors, written_tensors_read_back)
{
    const up_metadata_item metadata[] = { { "upscale.scale", "2" }, { "a", "line\nbreak" } };
    const char *path = scratch_path("round.safetensors");
    up_error error = { 0 };
    cr_assert_eq(up_safetensors_write(path, sample, SAMPLES, metadata, 2, false, &error), UP_OK,
                 "%s", error.message);
    up_tensor_file *file = open_expecting(path, true);
    cr_assert_eq(up_tensor_file_count(file), SAMPLES);
    for (int i = 0; i < SAMPLES; i++) {
        const up_tensor *got = up_tensor_file_find(file, sample[i].name);
        cr_assert(got, "%s", sample[i].name);
        cr_expect(got->dtype == sample[i].dtype && got->dims == sample[i].dims &&
                  got->bytes == sample[i].bytes);
        cr_expect(!got->dims ||
                  memcmp(got->shape, sample[i].shape, (size_t)got->dims * sizeof *got->shape) == 0);
        cr_expect(!got->bytes || memcmp(got->data, sample[i].data, got->bytes) == 0);
    }
    cr_expect_str_eq(up_tensor_file_at(file, 0)->name, "empty");
    cr_expect_str_eq(up_tensor_file_at(file, 3)->name, "flag");
    cr_expect_str_eq(up_tensor_file_metadata(file, "upscale.scale"), "2");
    cr_expect_str_eq(up_tensor_file_metadata_at(file, 0)->key, "a");
    cr_expect_str_eq(up_tensor_file_metadata(file, "a"), "line\nbreak");
    cr_expect_null(up_tensor_file_metadata(file, "none"));
    cr_expect_null(up_tensor_file_metadata_at(file, 2));
    up_tensor_file_close(&file);
}

Test(safetensors, writes_the_bytes_of_the_reference)
{
    static const char expected[] =
        "\x40\0\0\0\0\0\0\0"
        "{\"attn.0\":{\"dtype\":\"F32\",\"shape\":[1,2,3],\"data_offsets\":[0,24]}}";
    const up_tensor tensor = { .name = "attn.0",
                               .dtype = UP_DTYPE_F32,
                               .dims = 3,
                               .shape = shape_a,
                               .data = data_a,
                               .bytes = sizeof data_a };
    const char *path = scratch_path("attn.safetensors");
    size_t size;
    cr_assert_eq(up_safetensors_write(path, &tensor, 1, NULL, 0, false, NULL), UP_OK);
    char *bytes = file_read(path, &size);
    cr_assert_eq(size, sizeof expected - 1 + sizeof data_a);
    cr_expect_arr_eq(bytes, expected, sizeof expected - 1);
    cr_expect_arr_eq(bytes + sizeof expected - 1, data_a, sizeof data_a);
    free(bytes);
}

static void expect_not_written(up_tensor tensor, const up_metadata_item *metadata)
{
    const up_tensor tensors[] = { sample[0], tensor };
    const char *path = scratch_path("no.safetensors");
    up_error error;
    cr_expect_eq(up_safetensors_write(path, tensors, 2, metadata, metadata != NULL, false, &error),
                 UP_ERROR_ARGUMENT, "%s", tensor.name);
    cr_expect_not(file_exists(path));
}

Test(safetensors, writes_nothing_that_could_not_be_read)
{
    const up_metadata_item not_utf8 = { "key", "\xff" };
    up_tensor tensor = sample[1];
    expect_not_written(tensor, &not_utf8);
    expect_not_written(sample[0], NULL);
    tensor.bytes--;
    expect_not_written(tensor, NULL);
    tensor.bytes++;
    tensor.name = "__metadata__";
    expect_not_written(tensor, NULL);
    tensor.name = "\xc3";
    expect_not_written(tensor, NULL);
}

Test(safetensors, replaces_only_when_told)
{
    const char *path = scratch_path("twice.safetensors");
    up_error error;
    cr_expect_eq(up_safetensors_write(path, sample, 1, NULL, 0, false, &error), UP_OK);
    cr_expect_eq(up_safetensors_write(path, sample, 2, NULL, 0, false, &error), UP_ERROR_EXISTS);
    cr_expect_eq(up_safetensors_write(path, sample, 2, NULL, 0, true, &error), UP_OK);
    up_tensor_file *file = open_expecting(path, true);
    cr_expect_eq(up_tensor_file_count(file), 2);
    up_tensor_file_close(&file);
}
