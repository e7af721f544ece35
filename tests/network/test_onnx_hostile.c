/* SPDX-License-Identifier: MIT */
/* ONNX files that are damaged, or ask for what cannot be: each is refused with one line that says
 * why, and soon. And the ways in which tensors may lie in a file. */
#include "network/network.h"
#include "support/pictures/upscaled.h"
#include "support/process.h"
#include "support/reference/ndarray.h"
#include "support/scratch.h"
#include "support/weights/onnx_case.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(onnx_hostile, .init = scratch_init, .fini = scratch_fini);

#define CASES UP_SHARED_DIR "/oracles/networks"

static const float ones[64] = { 1, 1, 1, 1 };

/* Whether it is taken; the message of a refusal must be a line. */
static bool load(const void *bytes, size_t size, up_error *error)
{
    up_tensor_file *file;
    up_network *network = NULL;
    *error = (up_error){ 0 };
    up_status status = up_tensor_file_from_memory(&file, bytes, size, "m.onnx", error);
    if (status == UP_OK)
        status = up_network_load(&network, file, NULL, error);
    if (status != UP_OK) {
        cr_expect_null(network);
        cr_expect(*error->message, "a refusal without a message");
        cr_expect_null(strchr(error->message, '\n'), "%s", error->message);
    }
    up_network_free(&network);
    up_tensor_file_close(&file);
    return status == UP_OK;
}

/* ---------------------------------------------------------------- what is said */

typedef struct {
    const char *says;
    void (*build)(onnx_model *m);
} refusal;

static void build_loop(onnx_model *m)
{
    onnx_node(m, "Loop", "x", "y");
}

static void build_foreign(onnx_model *m)
{
    onnx_bytes node = { 0 };
    onnx_put_text(&node, 1, "x");
    onnx_put_text(&node, 2, "y");
    onnx_put_text(&node, 4, "FusedConv");
    onnx_put_text(&node, 7, "com.example");
    onnx_put_message(&m->graph, 1, &node);
}

static void build_cycle(onnx_model *m)
{
    onnx_node(m, "Add", "x b", "a");
    onnx_node(m, "Relu", "a", "b");
    onnx_node(m, "Relu", "b", "y");
}

static void build_undefined(onnx_model *m)
{
    onnx_node(m, "Add", "x nowhere", "y");
}

static void build_twice(onnx_model *m)
{
    onnx_node(m, "Relu", "x", "y");
    onnx_node(m, "Neg", "x", "y");
}

static void build_without_output(onnx_model *m)
{
    onnx_node(m, "Relu", "x", "z");
}

static void build_second_input(onnx_model *m)
{
    onnx_input(m, "other", 4, SHAPE(1, 3, 0, 0));
    onnx_node(m, "Add", "x other", "y");
}

static void build_constant(onnx_model *m)
{
    onnx_floats(m, "k", 1, SHAPE(2), ones);
    onnx_node(m, "Identity", "k", "y");
}

static void build_channels(onnx_model *m)
{
    onnx_floats(m, "w", 4, SHAPE(1, 4, 1, 1), ones);
    onnx_node(m, "Conv", "x w", "y");
}

static void build_open_twice(onnx_model *m)
{
    onnx_indices(m, "s", 4, SHAPE(1, -1, -1, 4));
    onnx_node(m, "Reshape", "x s", "y");
}

static void build_wrong_shape(onnx_model *m)
{
    onnx_indices(m, "s", 5, SHAPE(1, 7, 3, -1, 2));
    onnx_node(m, "Reshape", "x s", "y");
}

static void build_fixed_slice(onnx_model *m)
{
    onnx_indices(m, "s", 1, SHAPE(0));
    onnx_indices(m, "e", 1, SHAPE(100));
    onnx_indices(m, "a", 1, SHAPE(2));
    onnx_node(m, "Slice", "x s e a", "y");
}

static void build_much(onnx_model *m)
{
    onnx_indices(m, "s", 2, SHAPE(65536, 65536));
    onnx_node(m, "ConstantOfShape", "s", "k");
    onnx_node(m, "Add", "x k", "y");
}

static void build_many_copies(onnx_model *m)
{
    onnx_indices(m, "r", 4, SHAPE(1, 1 << 20, 1, 1));
    onnx_node(m, "Tile", "x r", "y");
}

static void build_negative(onnx_model *m)
{
    onnx_bytes tensor = { 0 };
    onnx_put_whole(&tensor, 1, -3);
    onnx_put_whole(&tensor, 2, 1);
    onnx_put_text(&tensor, 8, "w");
    onnx_tensor(m, &tensor);
}

static void build_huge(onnx_model *m)
{
    onnx_bytes tensor = { 0 };
    for (int d = 0; d < 4; d++)
        onnx_put_whole(&tensor, 1, (int64_t)1 << 40);
    onnx_put_whole(&tensor, 2, 1);
    onnx_put_text(&tensor, 8, "w");
    onnx_tensor(m, &tensor);
}

static void build_short(onnx_model *m)
{
    onnx_bytes tensor = { 0 };
    onnx_put_whole(&tensor, 1, 1 << 30);
    onnx_put_whole(&tensor, 2, 1);
    onnx_put_text(&tensor, 8, "w");
    onnx_put_bytes(&tensor, 9, ones, 16);
    onnx_tensor(m, &tensor);
}

static void build_stride(onnx_model *m)
{
    onnx_floats(m, "w", 4, SHAPE(1, 3, 1, 1), ones);
    onnx_node(m, "Conv", "x w", "y");
    onnx_wholes(m, "strides", LIST(0, 1));
}

static void build_dynamic_weights(onnx_model *m)
{
    onnx_node(m, "Conv", "x x", "y");
}

static const refusal refusals[] = {
    { "of op \"Loop\": this op cannot be run", build_loop },
    { "ops of the domain \"com.example\"", build_foreign },
    { "a cycle", build_cycle },
    { "\"nowhere\" is made by nothing", build_undefined },
    { "\"y\" is made twice", build_twice },
    { "nothing makes the output \"y\"", build_without_output },
    { "a second input", build_second_input },
    { "does not depend on the picture", build_constant },
    { "does not fit", build_channels },
    { "more than one size is left open", build_open_twice },
    { "a shape that cannot be followed", build_wrong_shape },
    { "depend on the size of the image", build_fixed_slice },
    { "come to too much", build_much },
    { "copies", build_many_copies },
    { "negative", build_negative },
    { "too large", build_huge },
    { "do not go together", build_short },
    { "strides", build_stride },
    { "weights are not constants", build_dynamic_weights },
};

static onnx_bytes make(void (*build)(onnx_model *m))
{
    onnx_model model = onnx_begin(13);
    onnx_input(&model, "x", 4, SHAPE(1, 3, 0, 0));
    onnx_output(&model, "y");
    build(&model);
    return onnx_end(&model);
}

Test(onnx_hostile, inputs_without_a_name)
{
    up_error error;
    onnx_model model = onnx_begin(13);
    onnx_input(&model, "", 4, SHAPE(1, 3, 0, 0));
    onnx_output(&model, "y");
    onnx_node(&model, "Relu", "-", "y");
    onnx_bytes file = onnx_end(&model);
    cr_expect_not(load(file.data, file.size, &error));
    cr_expect(strstr(error.message, "no input"), "%s", error.message);
    free(file.data);
}

Test(onnx_hostile, refusals)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        up_error error;
        onnx_bytes file = make(refusals[i].build);
        cr_expect_not(load(file.data, file.size, &error), "should fail: %s", refusals[i].says);
        cr_expect(strstr(error.message, refusals[i].says), "\"%s\" in: %s", refusals[i].says,
                  error.message);
        free(file.data);
    }
}

/* ---------------------------------------------------------------- damage */

/* Something of everything. */
static void build_all(onnx_model *m)
{
    onnx_indices(m, "i", 2, SHAPE(2, 3));
    onnx_indices(m, "front", 2, SHAPE(1, 3));
    onnx_indices(m, "two", 1, SHAPE(2));
    onnx_indices(m, "apart", 4, SHAPE(1, 3, 2, 2));
    onnx_indices(m, "pads", 8, SHAPE(0, 0, 1, 1, 0, 0, 1, -1));
    onnx_floats(m, "w", 4, SHAPE(12, 3, 1, 1), ones);
    onnx_floats(m, "k", 3, SHAPE(3, 1, 1), ones);
    onnx_node(m, "Shape", "x", "s");
    onnx_node(m, "Gather", "s i", "hw");
    onnx_node(m, "Mul", "hw two", "hw2");
    onnx_node(m, "Concat", "apart hw", "s1");
    onnx_whole(m, "axis", 0);
    onnx_node(m, "Concat", "front hw2", "s2");
    onnx_whole(m, "axis", 0);
    onnx_node(m, "Conv", "x w", "a");
    onnx_wholes(m, "pads", LIST(0, 0, 0, 0));
    onnx_node(m, "Reshape", "a s1", "b");
    onnx_node(m, "Transpose", "b", "c");
    onnx_wholes(m, "perm", LIST(0, 1, 4, 2, 5, 3));
    onnx_node(m, "Reshape", "c s2", "d");
    onnx_node(m, "Resize", "x - - s2", "e");
    onnx_text(m, "mode", "linear");
    onnx_node(m, "Add", "d e", "f");
    onnx_node(m, "PRelu", "f k", "g");
    onnx_node(m, "Pad", "g pads", "h");
    onnx_text(m, "mode", "edge");
    onnx_node(m, "Slice", "h two i", "j");
    onnx_node(m, "ReduceMean", "h", "q");
    onnx_wholes(m, "axes", LIST(2, 3));
    onnx_node(m, "Mul", "h q", "y");
}

Test(onnx_hostile, cut_off_anywhere)
{
    up_error error;
    onnx_bytes file = make(build_all);
    cr_assert(load(file.data, file.size, &error), "%s", error.message);
    for (size_t size = 0; size < file.size; size++) {
        unsigned char *exact = malloc(size + 1); /* so that a sanitizer sees what is read beyond */
        memcpy(exact, file.data, size);
        /* what ends before the opset is whole, but for the version of the ops */
        load(exact, size, &error);
        free(exact);
    }
    free(file.data);
}

Test(onnx_hostile, flipped_bytes)
{
    up_error error;
    onnx_bytes file = make(build_all);
    unsigned state = 1;
    for (int round = 0; round < 2000; round++) {
        unsigned char *bytes = malloc(file.size);
        memcpy(bytes, file.data, file.size);
        for (int flip = 0; flip <= round % 3; flip++) {
            state = state * 1664525 + 1013904223;
            bytes[(state >> 8) % file.size] ^= (unsigned char)(1u << (state >> 5) % 8);
        }
        load(bytes, file.size, &error);
        free(bytes);
    }
    free(file.data);
}

/* ---------------------------------------------------------------- how tensors lie */

static void put_entry(onnx_bytes *tensor, const char *key, const char *value)
{
    onnx_bytes entry = { 0 };
    onnx_put_text(&entry, 1, key);
    onnx_put_text(&entry, 2, value);
    onnx_put_message(tensor, 13, &entry);
}

/* A convolution of 1x1 by 1.5, 2 or -0.25, with weights of a type that is cast. */
static void run_tensor(onnx_bytes tensor, const char *what)
{
    static const double values[3] = { 1.5, 2, -0.25 };
    onnx_model model = onnx_begin(13);
    onnx_input(&model, "x", 4, SHAPE(1, 1, 0, 0));
    onnx_output(&model, "y");
    onnx_put_text(&tensor, 8, "t");
    onnx_tensor(&model, &tensor);
    onnx_node(&model, "Cast", "t", "w");
    onnx_whole(&model, "to", 1);
    onnx_node(&model, "Conv", "x w", "y");
    onnx_bytes file = onnx_end(&model);
    file_write(scratch_path("m.onnx"), file.data, file.size);
    free(file.data);
    ndarray x = ndarray_make("f4", 4, (const int[]){ 1, 1, 2, 2 });
    ndarray y = ndarray_make("f4", 4, (const int[]){ 1, 3, 2, 2 });
    for (size_t i = 0; i < 4; i++)
        ndarray_set(&x, i, (double)i);
    for (size_t i = 0; i < 12; i++)
        ndarray_set(&y, i, (double)(i % 4) * values[i / 4]);
    ndarray_save(&x, scratch_path("x.npy"));
    process_args args = { 0 };
    args_split(&args, "-w");
    args_add(&args, "%s", scratch_path("m.onnx"));
    ndarray got = upscaled(scratch_path("x.npy"), &args, what);
    args_free(&args);
    if (got.data)
        ndarray_expect(&got, &y, 0, what);
    ndarray_free(&got);
    ndarray_free(&x);
    ndarray_free(&y);
}

static onnx_bytes tensor_of(int type)
{
    onnx_bytes tensor = { 0 };
    onnx_put_whole(&tensor, 1, 3);
    for (int d = 0; d < 3; d++)
        onnx_put_whole(&tensor, 1, 1);
    onnx_put_whole(&tensor, 2, type);
    return tensor;
}

Test(onnx_hostile, types_of_tensors)
{
    static const float single[3] = { 1.5f, 2, -0.25f };
    static const double wide[3] = { 1.5, 2, -0.25 };
    static const uint16_t half[3] = { 0x3e00, 0x4000, 0xb400 };
    static const uint16_t brain[3] = { 0x3fc0, 0x4000, 0xbe80 };
    onnx_bytes tensor = tensor_of(1);
    onnx_put_bytes(&tensor, 4, single, sizeof single);
    run_tensor(tensor, "float_data");
    tensor = tensor_of(11);
    onnx_put_bytes(&tensor, 10, wide, sizeof wide);
    run_tensor(tensor, "double_data");
    tensor = tensor_of(11);
    onnx_put_bytes(&tensor, 9, wide, sizeof wide);
    run_tensor(tensor, "double as raw data");
    tensor = tensor_of(10);
    onnx_put_bytes(&tensor, 9, half, sizeof half);
    run_tensor(tensor, "half as raw data");
    tensor = tensor_of(16);
    onnx_put_bytes(&tensor, 9, brain, sizeof brain);
    run_tensor(tensor, "bfloat16 as raw data");
    tensor = tensor_of(10);
    for (int i = 0; i < 3; i++)
        onnx_put_whole(&tensor, 5, half[i]);
    run_tensor(tensor, "half in int32_data");
    tensor = tensor_of(1);
    put_entry(&tensor, "location", "values.bin");
    put_entry(&tensor, "offset", "4");
    put_entry(&tensor, "length", "12");
    onnx_put_whole(&tensor, 14, 1);
    file_write(scratch_path("values.bin"), (const float[]){ 9, 1.5f, 2, -0.25f }, 16);
    run_tensor(tensor, "external data");
}

Test(onnx_hostile, external_data_stays_in_the_folder)
{
    static const char *const places[] = { "/etc/hostname",      "../values.bin",
                                          "a/../../values.bin", "..",
                                          "C:\\values.bin",     "" };
    file_write(scratch_path("x.npy"), "", 0);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        onnx_model model = onnx_begin(13);
        onnx_bytes tensor = tensor_of(1);
        put_entry(&tensor, "location", places[i]);
        onnx_put_whole(&tensor, 14, 1);
        onnx_put_text(&tensor, 8, "w");
        onnx_input(&model, "x", 4, SHAPE(1, 1, 0, 0));
        onnx_output(&model, "y");
        onnx_tensor(&model, &tensor);
        onnx_node(&model, "Conv", "x w", "y");
        onnx_bytes bytes = onnx_end(&model);
        file_write(scratch_path("m.onnx"), bytes.data, bytes.size);
        free(bytes.data);
        up_tensor_file *file;
        up_error error = { 0 };
        cr_expect_neq(up_tensor_file_open(&file, scratch_path("m.onnx"), SIZE_MAX, &error), UP_OK,
                      "%s", places[i]);
        cr_expect(strstr(error.message, "not in the same folder"), "%s", error.message);
        up_tensor_file_close(&file);
    }
}

/* ---------------------------------------------------------------- files that there are */

static void run_pair(const char *name, const char *in, const char *out, double err32)
{
    char path[3][512];
    snprintf(path[0], sizeof path[0], CASES "/%s/%s.npy", name, in);
    snprintf(path[1], sizeof path[1], CASES "/%s/%s.npy", name, out);
    snprintf(path[2], sizeof path[2], CASES "/%s/model.onnx", name);
    if (!file_exists(path[0]) || !file_exists(path[1]))
        return;
    process_args args = { 0 };
    args_split(&args, "-w");
    args_add(&args, "%s", path[2]);
    ndarray reference = ndarray_load(path[1]), got = upscaled(path[0], &args, name);
    args_free(&args);
    if (got.data)
        ndarray_expect(&got, &reference, fmax(8 * err32, 2e-6 * ndarray_max_abs(&reference)), name);
    ndarray_free(&got);
    ndarray_free(&reference);
}

static void check_case(const char *name, const char *expect, double err32)
{
    char path[512];
    snprintf(path, sizeof path, CASES "/%s/model.onnx", name);
    if (!file_exists(path))
        return;
    if (strcmp(expect, "refused") == 0) {
        process_args args = { 0 };
        args_split(&args, "-w");
        args_add(&args, "%s", path);
        expect_refused(CASES "/op-concat-channels/x.npy", &args, name);
        args_free(&args);
        return;
    }
    const bool core = strncmp(name, "realcugan", 9) == 0;
    if (strcmp(name, "op-nhwc-graph") == 0) /* its tensors have the channels last */
        return;
    run_pair(name, core ? "x_core" : "x", core ? "ref_core" : "ref", err32);
    if (!core)
        run_pair(name, "x_b", "ref_b", err32);
}

Test(onnx_hostile, files_that_people_have)
{
    if (!file_exists(CASES "/cases.json"))
        return;
    json_t *all = json_load_file(CASES "/cases.json", 0, NULL), *one;
    size_t i;
    cr_assert(all);
    json_array_foreach(json_object_get(all, "cases"), i, one)
    {
        check_case(json_string_value(json_object_get(one, "name")),
                   json_string_value(json_object_get(one, "expect")),
                   json_number_value(json_object_get(one, "err32")));
    }
    json_decref(all);
}
