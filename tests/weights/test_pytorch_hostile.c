/* SPDX-License-Identifier: MIT */
/* Nothing in a file for PyTorch runs, reads beyond its end, or takes long. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/sanitized.h"
#include "support/scratch.h"
#include "support/weights/torch_data.h"
#include "weights/tensor_file.h"

TestSuite(pytorch_hostile, .init = scratch_init, .fini = scratch_fini);

/* Seconds that a refusal may take, also with millions of opcodes. */
#define MOST_SECONDS (SANITIZED ? 10.0 : 1.0)

static const float numbers[24] = { 0, 1, 2, 3 };
static const torch_storage storage = { "0", numbers, sizeof numbers, 24 };
static const torch_view view = { "w", "Float", "0", 24, 0, 2, { 4, 6 }, { 6, 1 } };

static up_status parse(const tensor_file *bytes, up_error *error)
{
    up_tensor_file *file;
    up_status status = up_tensor_file_from_memory(&file, bytes->bytes, bytes->size, "f.pth", error);
    up_tensor_file_close(&file);
    return status;
}

/* Frees the bytes. The message is one line that names the file and gives this reason. */
static void expect_refused(tensor_file bytes, const char *reason)
{
    up_error error = { 0 };
    clock_t start = clock();
    cr_expect_eq(parse(&bytes, &error), UP_ERROR_WEIGHTS, "should fail with: %s", reason);
    cr_expect_lt((double)(clock() - start) / CLOCKS_PER_SEC, MOST_SECONDS);
    cr_expect(strstr(error.message, reason), "\"%s\" in: %s", reason, error.message);
    cr_expect(strncmp(error.message, "f.pth: ", 7) == 0, "%s", error.message);
    cr_expect_null(strchr(error.message, '\n'), "%s", error.message);
    tensor_file_free(&bytes);
}

/* In both forms. */
static void expect_pickle_refused(const void *opcodes, size_t size, const char *reason)
{
    tensor_file pickle = { 0 }, again = { 0 };
    bytes_add(&pickle, opcodes, size);
    bytes_add(&again, opcodes, size);
    expect_refused(torch_zip(pickle, &storage, 1, false), reason);
    expect_refused(torch_legacy(again, NULL, 0), reason);
}

#define REFUSED(opcodes, reason) expect_pickle_refused(opcodes, sizeof opcodes - 1, reason)

Test(pytorch_hostile, calls_are_refused_by_name)
{
    char call[512];
    const char *marker = scratch_path("a-pickle-ran-a-command");
    int size = sprintf(call, "\x80\2cposix\nsystem\n(U%c%s %stR.", (int)strlen(marker) + 6, "touch",
                       marker);
    expect_pickle_refused(call, (size_t)size, "calls posix.system");
    size =
        sprintf(call, "\x80\2(U%c%s %siposix\nsystem\n.", (int)strlen(marker) + 6, "touch", marker);
    expect_pickle_refused(call, (size_t)size, "calls posix.system");
    cr_expect_not(file_exists(marker));
    REFUSED("\x80\2c__builtin__\neval\nX\1\0\0\0"
            "1\x85R.",
            "calls __builtin__.eval");
    REFUSED("\x80\2csubprocess\nPopen\n]\x85R.", "calls subprocess.Popen");
    REFUSED("\x80\4\x8c\2os\x8c\6system\x93\x8c\2id\x85R.", "calls os.system");
    REFUSED("\x80\2(cos\nsystem\nX\2\0\0\0ido.", "calls os.system");
    REFUSED("\x80\2ctorch._tensor\n_rebuild_from_type_v2\n(cos\nsystem\nN)NtR.", "calls os.system");
    REFUSED("\x80\2}X\6\0\0\0paramscos\nsystem\ns.", "names os.system");
    REFUSED("\x80\2cmy.models\nNet\n)\x81}b.", "Python class my.models.Net: a whole model");
    REFUSED("\x80\2cmy.models\nNet\n)}\x92}b.", "Python class my.models.Net: a whole model");
    REFUSED("\x80\2(X\6\0\0\0modulecmy\nNet\nX\1\0\0\0aX\1\0\0\0btQ.", "Python class my.Net");
    REFUSED("\x80\2c\x1b[2J\nx\n)R.", "calls ?[2J.x");
}

Test(pytorch_hostile, damaged_pickles)
{
    REFUSED("\x80\2R.", "empty stack");
    REFUSED("\x80\2"
            "0.",
            "empty stack");
    REFUSED("\x80\2(2.", "empty stack");
    REFUSED("\x80\2\x87.", "empty stack");
    REFUSED("\x80\2K\1s.", "empty stack");
    REFUSED("\x80\2.", "empty stack");
    REFUSED("\x80\2(.", "empty stack");
    REFUSED("\x80\2q\1.", "empty stack");
    REFUSED("\x80\2"
            "K\1t.",
            "was not begun");
    REFUSED("\x80\2"
            "1.",
            "was not begun");
    REFUSED("\x80\2}(K\1u.", "key without a value");
    REFUSED("\x80\2(K\1d.", "key without a value");
    REFUSED("\x80\2K\1(K\1e.", "adds to what is no list");
    REFUSED("\x80\2NNa.", "adds to what is no list");
    REFUSED("\x80\2NNb.", "state to what has none");
    REFUSED("\x80\2N)R.", "no function");
    REFUSED("\x80\2N)\x81.", "no class");
    REFUSED("\x80\2NN\x93.", "name that is no text");
    REFUSED("\x80\2h\5.", "was not stored");
    REFUSED("\x80\2j\xff\xff\xff\xff.", "was not stored");
    REFUSED("\x80\2Nr\xff\xff\xff\xff.", "place 4294967295");
    REFUSED("\x80\2X\xff\xff\xff\x7f"
            "abc.",
            "ends too early");
    REFUSED("\x80\4\x8d\xff\xff\xff\xff\xff\xff\xff\xff"
            "abc.",
            "ends too early");
    REFUSED("\x80\2I3x\n.", "number that is none");
    REFUSED("\x80\2\xff.", "no opcode");
    REFUSED("\x80\x09N.", "protocol 9");
    REFUSED("\x80\2\x82\1.", "opcode EXT1");
    REFUSED("\x80\2S'a'\n.", "opcode STRING");
    REFUSED("\x80\2Pid\n.", "opcode PERSID");
    REFUSED("\x80\5N\x97.", "opcode NEXT_BUFFER");
    REFUSED("\x80\2NQ.", "no storage");
    REFUSED("\x80\2)Q.", "no storage");
    REFUSED("\x80\2ctorch\nFloatStorage\n)R.", "does not take");
    REFUSED("\x80\2ctorch._utils\n_rebuild_tensor_v2\n)R.", "does not take");
    REFUSED("\x80\2ctorch._utils\n_rebuild_parameter\n)R.", "does not take");
    REFUSED("\x80\2ccollections\nOrderedDict\nK\1\x85R.", "does not take");
    REFUSED("\x80\2ccollections\nOrderedDict\n]K\1a\x85R.", "does not take");
}

Test(pytorch_hostile, cycles_and_depth)
{
    REFUSED("\x80\2}q\0X\1\0\0\0ah\0s.", "contains itself");
    REFUSED("\x80\2]q\0h\0a.", "contains itself");
    REFUSED("\x80\2]q\0]q\1h\0ah\1a.", "contains itself");
    REFUSED("\x80\2}q\0X\6\0\0\0params}X\5\0\0\0modelh\0ss.", "contains itself");
    tensor_file deep = { 0 };
    BYTES_ADD(&deep, "\x80\2]");
    for (int i = 0; i < 1000; i++)
        BYTES_ADD(&deep, "\x85");
    BYTES_ADD(&deep, ".");
    expect_pickle_refused(deep.bytes, deep.size, "nests more than");
    tensor_file_free(&deep);
}

/* A list of lists of lists, each of which is the same ten times: 10^30 when written out. */
Test(pytorch_hostile, what_would_grow_does_not)
{
    tensor_file laughs = { 0 };
    BYTES_ADD(&laughs, "\x80\2]q\0"
                       "0");
    for (char i = 0; i < 30; i++) {
        BYTES_ADD(&laughs, "](");
        for (int k = 0; k < 10; k++)
            bytes_add(&laughs, (char[]){ 'h', i }, 2);
        bytes_add(&laughs, (char[]){ 'e', 'q', (char)(i + 1), '0' }, 4);
    }
    BYTES_ADD(&laughs, "h\x1e.");
    expect_pickle_refused(laughs.bytes, laughs.size, "no dict of tensors");
    tensor_file_free(&laughs);

    enum { MANY = 1 << 23 };
    tensor_file many = { 0 };
    BYTES_ADD(&many, "\x80\2");
    char *opcodes = malloc(MANY);
    memset(opcodes, 'N', MANY);
    bytes_add(&many, opcodes, MANY);
    free(opcodes);
    expect_refused(torch_zip(many, &storage, 1, false), "opcodes");
}

/* COUNT keys, each with `value` behind it. */
static void add_keys(tensor_file *pickle, const char value[2])
{
    enum { COUNT = 100000, SIZE = 11 };
    char *entries = malloc(COUNT * SIZE);
    for (int i = 0; i < COUNT; i++) {
        memcpy(entries + i * SIZE, "X\4\0\0\0", 5);
        memcpy(entries + i * SIZE + 5, &i, sizeof i);
        memcpy(entries + i * SIZE + 9, value, 2);
    }
    bytes_add(pickle, entries, COUNT * SIZE);
    free(entries);
}

/* A dict that holds another one again and again. */
Test(pytorch_hostile, no_dictionary_is_looked_through_twice)
{
    tensor_file pickle = { 0 };
    BYTES_ADD(&pickle, "\x80\2}q\0"
                       "0}q\1(");
    add_keys(&pickle, "K\1");
    BYTES_ADD(&pickle, "u0h\0(");
    pickle_text(&pickle, "w");
    pickle_view(&pickle, &view);
    add_keys(&pickle, "h\1");
    BYTES_ADD(&pickle, "u.");
    tensor_file bytes = torch_zip(pickle, &storage, 1, false);
    clock_t start = clock();
    cr_expect_eq(parse(&bytes, NULL), UP_OK);
    cr_expect_lt((double)(clock() - start) / CLOCKS_PER_SEC, MOST_SECONDS);
    tensor_file_free(&bytes);
}

/* ---------------------------------------------------------------- tensors */

static tensor_file file_of(torch_view changed)
{
    return torch_zip(pickle_state_dict(&changed, 1, "", 0, "", 0), &storage, 1, false);
}

static void expect_view_refused(torch_view changed, const char *reason)
{
    expect_refused(file_of(changed), reason);
    expect_refused(torch_legacy(pickle_state_dict(&changed, 1, "", 0, "", 0), &storage, 1), reason);
}

Test(pytorch_hostile, tensors_outside_their_storage)
{
    torch_view v = view;
    v.offset = 1;
    expect_view_refused(v, "tensor \"w\": reaches beyond its storage");
    v.offset = -1;
    expect_view_refused(v, "begins before its storage");
    v = view;
    v.stride[0] = -6;
    expect_view_refused(v, "negative stride");
    v = view;
    v.size[1] = -1;
    expect_view_refused(v, "negative size");
    v = view;
    v.stride[0] = v.stride[1] = v.size[0] = v.size[1] = 0x7fffffff;
    expect_view_refused(v, "shape is too large");
    v.size[1] = 1;
    expect_view_refused(v, "reaches beyond its storage");
    v = (torch_view){ "w", "Float", "0", 24, 0, 3, { 1 << 30, 1 << 30, 1 << 30 }, { 1, 1, 1 } };
    expect_view_refused(v, "shape is too large");
    v = view;
    v.size[0] = 1 << 20;
    v.stride[0] = 0;
    expect_view_refused(v, "repeats elements");
    v = view;
    v.type = "Triple";
    expect_view_refused(v, "torch.TripleStorage, which is not known");
}

Test(pytorch_hostile, storages_that_are_not_there)
{
    torch_view v = view;
    v.whole = 25;
    expect_refused(file_of(v), "shorter than the pickle says");
    expect_refused(torch_legacy(pickle_state_dict(&v, 1, "", 0, "", 0), &storage, 1),
                   "25 are named");
    v = view;
    v.key = "1";
    expect_refused(file_of(v), "not in the file");
    v.key = "../../etc/passwd";
    expect_refused(file_of(v), "not in the file");
    torch_storage longer = storage;
    longer.count = 1ull << 62;
    expect_refused(torch_legacy(pickle_state_dict(&view, 1, "", 0, "", 0), &longer, 1),
                   "elements, and 24");
    torch_storage twice[] = { storage, storage };
    expect_refused(torch_legacy(pickle_state_dict(&view, 1, "", 0, "", 0), twice, 2),
                   "not that of its pickle");
    const torch_view twins[] = { view, view };
    expect_refused(torch_zip(pickle_state_dict(twins, 2, "", 0, "", 0), &storage, 1, false),
                   "comes twice");
}

/* ---------------------------------------------------------------- archives */

static void expect_archive_refused(const zip_file *files, int count, const char *reason)
{
    expect_refused(zip_make(files, count), reason);
}

Test(pytorch_hostile, other_archives)
{
    const zip_file script[] = { { "a/data.pkl", "N.", 2, false },
                                { "a/code/__torch__.py", "", 0, false } };
    const zip_file constants[] = { { "a/data.pkl", "N.", 2, false },
                                   { "a/constants.pkl", ")", 1, false } };
    const zip_file arrays[] = { { "w.npy", "", 0, false } };
    const zip_file packed[] = { { "models/net.pth", "", 0, false } };
    const zip_file exported[] = { { "serialized_exported_program.json", "{}", 2, false } };
    const zip_file nothing[] = { { "a", "", 0, false } };
    const zip_file twice[] = { { "a/data.pkl", "N.", 2, false }, { "a/data.pkl", "N.", 2, false } };
    const zip_file big[] = { { "a/data.pkl", "N.", 2, false }, { "a/byteorder", "big", 3, false } };
    const zip_file none[] = { { "a/data.pkl", "N.", 2, false } };
    expect_archive_refused(script, 2, "TorchScript");
    expect_archive_refused(constants, 2, "TorchScript");
    expect_archive_refused(arrays, 1, ".npz");
    expect_archive_refused(packed, 1, "unpack it");
    expect_archive_refused(exported, 1, "torch.export");
    expect_archive_refused(nothing, 1, "no data.pkl");
    expect_archive_refused(nothing, 0, "no data.pkl");
    expect_archive_refused(twice, 2, "two files of one name");
    expect_archive_refused(big, 2, "big-endian");
    expect_archive_refused(none, 1, "no dict of tensors");
}

Test(pytorch_hostile, bombs)
{
    enum { ZEROS = 64 << 20 };
    char *zeros = calloc(ZEROS, 1);
    const zip_file bomb[] = { { "a/data.pkl", zeros, ZEROS, true } };
    expect_archive_refused(bomb, 1, "more than 16 times");
    free(zeros);
}

Test(pytorch_hostile, checksums_are_compared)
{
    tensor_file bytes = file_of(view);
    unsigned char *at = memmem(bytes.bytes, bytes.size, numbers, sizeof numbers);
    cr_assert(at);
    at[5] ^= 1;
    expect_refused(bytes, "checksum");
}

/* ---------------------------------------------------------------- anything */

static tensor_file valid(bool legacy)
{
    tensor_file pickle = pickle_state_dict(&view, 1, "}X\6\0\0\0params", 12, "s", 1);
    return legacy ? torch_legacy(pickle, &storage, 1) : torch_zip(pickle, &storage, 1, false);
}

Test(pytorch_hostile, every_truncation)
{
    for (int legacy = 0; legacy < 2; legacy++) {
        tensor_file whole = valid(legacy);
        up_error error = { 0 };
        cr_assert_eq(parse(&whole, &error), UP_OK, "%s", error.message);
        for (size_t size = 0; size < whole.size; size++) {
            tensor_file cut = { 0 };
            bytes_add(&cut, whole.bytes, size);
            cut.bytes = realloc(cut.bytes, size ? size : 1);
            cr_expect_eq(parse(&cut, &error), UP_ERROR_WEIGHTS, "%zu bytes", size);
            tensor_file_free(&cut);
        }
        tensor_file_free(&whole);
    }
}

static unsigned draw(unsigned *state, unsigned below)
{
    *state = *state * 1664525u + 1013904223u;
    return (unsigned)((unsigned long long)(*state >> 8) * below >> 24);
}

/* Reads all that was taken. */
static void touch(const tensor_file *bytes)
{
    up_tensor_file *file;
    const up_tensor *tensor;
    up_error error;
    if (up_tensor_file_from_memory(&file, bytes->bytes, bytes->size, "f.pth", &error) != UP_OK)
        return;
    for (int i = 0; (tensor = up_tensor_file_at(file, i)); i++) {
        float *values = malloc(tensor->elements * sizeof *values + 1);
        up_tensor_to_f32(file, tensor, values, &error);
        free(values);
    }
    up_tensor_file_close(&file);
}

Test(pytorch_hostile, random_damage)
{
    enum { ROUNDS = 2000 };
    static const char favourites[] = "().0RQXKM}]cbestu\x80\x85\x93\xff\n";
    unsigned state = 1;
    for (int legacy = 0; legacy < 2; legacy++) {
        tensor_file whole = valid(legacy);
        for (int i = 0; i < ROUNDS; i++) {
            tensor_file copy = { malloc(whole.size), whole.size };
            memcpy(copy.bytes, whole.bytes, whole.size);
            /* Of no checksum, so that damage goes further. */
            for (size_t at = 0; !legacy && at + 16 < copy.size; at++)
                if (memcmp(copy.bytes + at, "PK\1\2", 4) == 0)
                    memset(copy.bytes + at + 16, 0, 4);
            for (unsigned changes = draw(&state, 4) + 1; changes; changes--)
                copy.bytes[draw(&state, (unsigned)copy.size)] =
                    draw(&state, 2) ? (unsigned char)draw(&state, 256)
                                    : (unsigned char)favourites[draw(&state, sizeof favourites)];
            touch(&copy);
            tensor_file_free(&copy);
        }
        tensor_file_free(&whole);
    }
}
