/* SPDX-License-Identifier: MIT */
#include "weights/pytorch/pickle_names.h"

#include <string.h>

/* The closed list. Storages are also found in the module torch.cuda. */
static const up_pickle_name names[] = {
    { "collections", "OrderedDict", UP_NAME_DICT, 0 },
    { "__builtin__", "dict", UP_NAME_DICT, 0 },
    { "builtins", "dict", UP_NAME_DICT, 0 },
    { "torch._utils", "_rebuild_tensor", UP_NAME_TENSOR, 0 },
    { "torch._utils", "_rebuild_tensor_v2", UP_NAME_TENSOR, 0 },
    { "torch._utils", "_rebuild_tensor_v3", UP_NAME_TYPED_TENSOR, 0 },
    { "torch._utils", "_rebuild_qtensor", UP_NAME_TENSOR, 0 },
    { "torch._utils", "_rebuild_parameter", UP_NAME_SAME, 0 },
    { "torch._utils", "_rebuild_parameter_with_state", UP_NAME_SAME, 0 },
    { "torch", "Size", UP_NAME_SAME, 0 },
    { "torch._tensor", "_rebuild_from_type_v2", UP_NAME_OTHER_CALL, 0 },

    { "torch", "DoubleStorage", UP_NAME_STORAGE, UP_DTYPE_F64 },
    { "torch", "FloatStorage", UP_NAME_STORAGE, UP_DTYPE_F32 },
    { "torch", "HalfStorage", UP_NAME_STORAGE, UP_DTYPE_F16 },
    { "torch", "BFloat16Storage", UP_NAME_STORAGE, UP_DTYPE_BF16 },
    { "torch", "LongStorage", UP_NAME_STORAGE, UP_DTYPE_I64 },
    { "torch", "IntStorage", UP_NAME_STORAGE, UP_DTYPE_I32 },
    { "torch", "ShortStorage", UP_NAME_STORAGE, UP_DTYPE_I16 },
    { "torch", "CharStorage", UP_NAME_STORAGE, UP_DTYPE_I8 },
    { "torch", "ByteStorage", UP_NAME_STORAGE, UP_DTYPE_U8 },
    { "torch", "BoolStorage", UP_NAME_STORAGE, UP_DTYPE_BOOL },
    { "torch", "ComplexFloatStorage", UP_NAME_STORAGE, UP_DTYPE_C64 },
    { "torch", "ComplexDoubleStorage", UP_NAME_STORAGE, UP_DTYPE_C128 },
    { "torch", "QInt8Storage", UP_NAME_STORAGE, UP_DTYPE_QI8 },
    { "torch", "QUInt8Storage", UP_NAME_STORAGE, UP_DTYPE_QU8 },
    { "torch", "QInt32Storage", UP_NAME_STORAGE, UP_DTYPE_QI32 },
    { "torch", "UntypedStorage", UP_NAME_STORAGE, UP_DTYPE_U8 },
    { "torch.storage", "UntypedStorage", UP_NAME_STORAGE, UP_DTYPE_U8 },

    { "torch", "float64", UP_NAME_TYPE, UP_DTYPE_F64 },
    { "torch", "float32", UP_NAME_TYPE, UP_DTYPE_F32 },
    { "torch", "float16", UP_NAME_TYPE, UP_DTYPE_F16 },
    { "torch", "bfloat16", UP_NAME_TYPE, UP_DTYPE_BF16 },
    { "torch", "int64", UP_NAME_TYPE, UP_DTYPE_I64 },
    { "torch", "int32", UP_NAME_TYPE, UP_DTYPE_I32 },
    { "torch", "int16", UP_NAME_TYPE, UP_DTYPE_I16 },
    { "torch", "int8", UP_NAME_TYPE, UP_DTYPE_I8 },
    { "torch", "uint64", UP_NAME_TYPE, UP_DTYPE_U64 },
    { "torch", "uint32", UP_NAME_TYPE, UP_DTYPE_U32 },
    { "torch", "uint16", UP_NAME_TYPE, UP_DTYPE_U16 },
    { "torch", "uint8", UP_NAME_TYPE, UP_DTYPE_U8 },
    { "torch", "bool", UP_NAME_TYPE, UP_DTYPE_BOOL },
    { "torch", "complex64", UP_NAME_TYPE, UP_DTYPE_C64 },
    { "torch", "complex128", UP_NAME_TYPE, UP_DTYPE_C128 },
    { "torch", "float8_e4m3fn", UP_NAME_TYPE, UP_DTYPE_F8_E4M3 },
    { "torch", "float8_e5m2", UP_NAME_TYPE, UP_DTYPE_F8_E5M2 },
    { "torch", "float8_e4m3fnuz", UP_NAME_TYPE, UP_DTYPE_F8_E4M3FNUZ },
    { "torch", "float8_e5m2fnuz", UP_NAME_TYPE, UP_DTYPE_F8_E5M2FNUZ },

    { "torch", "device", UP_NAME_HARMLESS, 0 },
    { "torch", "Tensor", UP_NAME_HARMLESS, 0 },
    { "torch.nn.parameter", "Parameter", UP_NAME_HARMLESS, 0 },
    { "torch.nn.parameter", "Buffer", UP_NAME_HARMLESS, 0 },
    { "torch", "per_tensor_affine", UP_NAME_HARMLESS, 0 },
    { "torch", "per_channel_affine", UP_NAME_HARMLESS, 0 },
    { "torch.serialization", "_get_layout", UP_NAME_HARMLESS, 0 },
    { "torch._C", "_get_layout", UP_NAME_HARMLESS, 0 },
    { "torch", "strided", UP_NAME_HARMLESS, 0 },
    { "torch.optim", NULL, UP_NAME_HARMLESS_MODULE, 0 },
    { "pytorch_lightning", NULL, UP_NAME_HARMLESS_MODULE, 0 },
    { "lightning", NULL, UP_NAME_HARMLESS_MODULE, 0 },
    { "lightning_fabric", NULL, UP_NAME_HARMLESS_MODULE, 0 },
    { "omegaconf", NULL, UP_NAME_HARMLESS_MODULE, 0 },
    { "numpy", "dtype", UP_NAME_HARMLESS, 0 },
    { "numpy", "ndarray", UP_NAME_HARMLESS, 0 },
    { "numpy.core.multiarray", "scalar", UP_NAME_HARMLESS, 0 },
    { "numpy.core.multiarray", "_reconstruct", UP_NAME_HARMLESS, 0 },
    { "numpy._core.multiarray", "scalar", UP_NAME_HARMLESS, 0 },
    { "numpy._core.multiarray", "_reconstruct", UP_NAME_HARMLESS, 0 },
    { "numpy.dtypes", NULL, UP_NAME_HARMLESS_MODULE, 0 },
    { "_codecs", "encode", UP_NAME_HARMLESS, 0 },
    { "argparse", "Namespace", UP_NAME_HARMLESS, 0 },
    { "types", "SimpleNamespace", UP_NAME_HARMLESS, 0 },
    { "collections", "defaultdict", UP_NAME_DICT, 0 },
    { "collections", "Counter", UP_NAME_HARMLESS, 0 },
    { "collections", "deque", UP_NAME_HARMLESS, 0 },
    { "typing", "Any", UP_NAME_HARMLESS, 0 },
    { "datetime", "datetime", UP_NAME_HARMLESS, 0 },
    { "datetime", "date", UP_NAME_HARMLESS, 0 },
    { "datetime", "timedelta", UP_NAME_HARMLESS, 0 },
    { "datetime", "timezone", UP_NAME_HARMLESS, 0 },
    { "pathlib", "Path", UP_NAME_HARMLESS, 0 },
    { "pathlib", "PosixPath", UP_NAME_HARMLESS, 0 },
    { "pathlib", "WindowsPath", UP_NAME_HARMLESS, 0 },
    { "easydict", "EasyDict", UP_NAME_DICT, 0 },
    { "__builtin__", "set", UP_NAME_HARMLESS, 0 },
    { "__builtin__", "frozenset", UP_NAME_HARMLESS, 0 },
    { "__builtin__", "complex", UP_NAME_HARMLESS, 0 },
    { "__builtin__", "bytearray", UP_NAME_HARMLESS, 0 },
    { "__builtin__", "slice", UP_NAME_HARMLESS, 0 },
    { "__builtin__", "xrange", UP_NAME_HARMLESS, 0 },
    { "__builtin__", "int", UP_NAME_HARMLESS, 0 },
    { "__builtin__", "float", UP_NAME_HARMLESS, 0 },
    { "__builtin__", "bool", UP_NAME_HARMLESS, 0 },
    { "__builtin__", "list", UP_NAME_HARMLESS, 0 },
    { "__builtin__", "tuple", UP_NAME_HARMLESS, 0 },
    { "builtins", "set", UP_NAME_HARMLESS, 0 },
    { "builtins", "frozenset", UP_NAME_HARMLESS, 0 },
    { "builtins", "complex", UP_NAME_HARMLESS, 0 },
    { "builtins", "bytearray", UP_NAME_HARMLESS, 0 },
    { "builtins", "slice", UP_NAME_HARMLESS, 0 },
    { "builtins", "range", UP_NAME_HARMLESS, 0 },
    { "builtins", "int", UP_NAME_HARMLESS, 0 },
    { "builtins", "float", UP_NAME_HARMLESS, 0 },
    { "builtins", "bool", UP_NAME_HARMLESS, 0 },
    { "builtins", "list", UP_NAME_HARMLESS, 0 },
    { "builtins", "tuple", UP_NAME_HARMLESS, 0 },
};

/* ---------------------------------------------------------------- finding names */

static bool equals(const char *text, size_t length, const char *word)
{
    return length == strlen(word) && memcmp(text, word, length) == 0;
}

/* "torch.optim" holds torch.optim and torch.optim.adam. */
static bool lies_in(const char *module, size_t length, const char *outer)
{
    size_t begin = strlen(outer);
    return length >= begin && memcmp(module, outer, begin) == 0 &&
           (length == begin || module[begin] == '.');
}

const up_pickle_name *up_pickle_find_name(const char *module, size_t module_length,
                                          const char *name, size_t name_length)
{
    bool cuda = equals(module, module_length, "torch.cuda");
    for (const up_pickle_name *n = names; n < names + sizeof names / sizeof *names; n++) {
        bool whole = n->use == UP_NAME_HARMLESS_MODULE;
        if (whole
                ? lies_in(module, module_length, n->module)
                : equals(name, name_length, n->name) && (equals(module, module_length, n->module) ||
                                                         (cuda && n->use == UP_NAME_STORAGE)))
            return n;
    }
    return NULL;
}
