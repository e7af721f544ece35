/* SPDX-License-Identifier: MIT */

#include "weights/pytorch/pickle_machine.h"

#include <stdio.h>
#include <string.h>

#include "weights/pytorch/pickle_names.h"

/* ---------------------------------------------------------------- names */

static up_status push_unknown(up_pickle *p, up_pickle_operand module, up_pickle_operand name)
{
    enum { MOST = 120 };
    char label[2 * MOST + 2];
    int length = snprintf(label, sizeof label, "%.*s.%.*s",
                          (int)(module.length < MOST ? module.length : MOST), module.text,
                          (int)(name.length < MOST ? name.length : MOST), name.text);
    for (char *c = label; *c; c++)
        *c = *c < ' ' || *c > '~' ? '?' : *c;
    const char *text = up_tensor_file_keep_text(p->file, label, (size_t)length);
    if (!text)
        return up_pickle_no_room(p);
    UP_TRY(up_pickle_push_kind(p, UP_PICKLE_UNKNOWN));
    up_pickle_value *value = p->stack[p->depth - 1];
    value->text = text;
    value->length = strlen(text);
    p->unknown = p->unknown ? p->unknown : value;
    return UP_OK;
}

up_status up_pickle_push_name(up_pickle *p, up_pickle_operand module, up_pickle_operand name)
{
    const up_pickle_name *known =
        up_pickle_find_name(module.text, module.length, name.text, name.length);
    if (!known)
        return push_unknown(p, module, name);
    UP_TRY(up_pickle_push_kind(p, UP_PICKLE_NAME));
    p->stack[p->depth - 1]->name = known;
    return UP_OK;
}

/* ---------------------------------------------------------------- what calls stand for */

static up_status make_opaque(up_pickle *p, up_pickle_value **result)
{
    *result = up_pickle_make(p, UP_PICKLE_OPAQUE);
    return *result ? UP_OK : up_pickle_no_room(p);
}

static up_status bad_arguments(up_pickle *p, const up_pickle_name *name)
{
    return up_pickle_refuse(p, "gives %s.%s arguments that it does not take (damaged?)",
                            name->module, name->name);
}

/* The argument, if it is there and of this kind. */
static up_pickle_value *argument(const up_pickle_value *arguments, size_t i, up_pickle_kind kind)
{
    return arguments && i < arguments->count && arguments->item[i]->kind == kind
               ? arguments->item[i]
               : NULL;
}

static up_status make_dict(up_pickle *p, const up_pickle_name *name,
                           const up_pickle_value *arguments, up_pickle_value **result)
{
    *result = up_pickle_make(p, UP_PICKLE_DICT);
    if (!*result)
        return up_pickle_no_room(p);
    if (!arguments || !arguments->count)
        return UP_OK;
    if (argument(arguments, 0, UP_PICKLE_NAME)) /* what a defaultdict makes values of */
        return UP_OK;
    const up_pickle_value *pairs = argument(arguments, 0, UP_PICKLE_LIST);
    if (!pairs || arguments->count != 1)
        return bad_arguments(p, name);
    for (size_t i = 0; i < pairs->count; i++) {
        const up_pickle_value *pair = pairs->item[i];
        if ((pair->kind != UP_PICKLE_LIST && pair->kind != UP_PICKLE_TUPLE) || pair->count != 2)
            return bad_arguments(p, name);
        UP_TRY(up_pickle_append(p, *result, pair->item[0]));
        UP_TRY(up_pickle_append(p, *result, pair->item[1]));
    }
    return UP_OK;
}

static up_status make_tensor(up_pickle *p, const up_pickle_name *name,
                             const up_pickle_value *arguments, up_pickle_value **result)
{
    const up_pickle_value *storage = argument(arguments, 0, UP_PICKLE_STORAGE);
    const up_pickle_value *offset = argument(arguments, 1, UP_PICKLE_INT);
    const up_pickle_value *size = argument(arguments, 2, UP_PICKLE_TUPLE);
    const up_pickle_value *stride = argument(arguments, 3, UP_PICKLE_TUPLE);
    const up_pickle_value *type = argument(arguments, 6, UP_PICKLE_NAME);
    bool typed = name->use == UP_NAME_TYPED_TENSOR;
    if (!storage || !offset || !size || !stride ||
        (typed && (!type || type->name->use != UP_NAME_TYPE)))
        return bad_arguments(p, name);
    up_pickle_tensor *tensor = up_tensor_file_keep(p->file, 1, sizeof *tensor);
    *result = up_pickle_make(p, UP_PICKLE_TENSOR);
    if (!tensor || !*result)
        return up_pickle_no_room(p);
    *tensor = (up_pickle_tensor){
        .storage = storage->storage,
        .dtype = typed ? type->name->dtype : storage->storage->dtype,
        .offset = offset->integer,
        .size = size,
        .stride = stride,
    };
    (*result)->tensor = tensor;
    return UP_OK;
}

static up_status call_known(up_pickle *p, const up_pickle_name *name,
                            const up_pickle_value *arguments, up_pickle_value **result)
{
    switch (name->use) {
    case UP_NAME_DICT:
        return make_dict(p, name, arguments, result);
    case UP_NAME_TENSOR:
    case UP_NAME_TYPED_TENSOR:
        return make_tensor(p, name, arguments, result);
    case UP_NAME_SAME:
        if (!arguments || !arguments->count)
            return bad_arguments(p, name);
        *result = arguments->item[0];
        return UP_OK;
    case UP_NAME_HARMLESS:
    case UP_NAME_HARMLESS_MODULE:
        return make_opaque(p, result);
    default:
        return bad_arguments(p, name);
    }
}

static up_status refuse_call(up_pickle *p, const up_pickle_value *name)
{
    return up_pickle_refuse(p,
                            "calls %.*s: no code of a weight file is ever run; take the file from "
                            "somewhere else, or as safetensors",
                            (int)name->length, name->text);
}

up_status up_pickle_call(up_pickle *p, const up_pickle_value *name,
                         const up_pickle_value *arguments, up_pickle_value **result)
{
    if (name->kind == UP_PICKLE_UNKNOWN)
        return refuse_call(p, name);
    if (name->kind != UP_PICKLE_NAME || (arguments && arguments->kind != UP_PICKLE_TUPLE))
        return up_pickle_refuse(p, "calls what is no function (damaged?)");
    if (name->name->use != UP_NAME_OTHER_CALL)
        return call_known(p, name->name, arguments, result);
    const up_pickle_value *function = argument(arguments, 0, UP_PICKLE_NAME);
    const up_pickle_value *unknown = argument(arguments, 0, UP_PICKLE_UNKNOWN);
    const up_pickle_value *inner = argument(arguments, 2, UP_PICKLE_TUPLE);
    if (unknown)
        return refuse_call(p, unknown);
    if (!function || !inner)
        return bad_arguments(p, name->name);
    return call_known(p, function->name, inner, result);
}

up_status up_pickle_object(up_pickle *p, const up_pickle_value *name, up_pickle_value **result)
{
    if (name->kind == UP_PICKLE_NAME && name->name->use == UP_NAME_DICT)
        return make_dict(p, name->name, NULL, result);
    if (name->kind == UP_PICKLE_NAME &&
        (name->name->use == UP_NAME_HARMLESS || name->name->use == UP_NAME_HARMLESS_MODULE))
        return make_opaque(p, result);
    if (name->kind != UP_PICKLE_UNKNOWN)
        return up_pickle_refuse(p, "makes an object of what is no class (damaged?)");
    return up_pickle_refuse(p,
                            "holds an object of the Python class %.*s: a whole model rather than "
                            "its weights; save model.state_dict() instead",
                            (int)name->length, name->text);
}

/* ---------------------------------------------------------------- storages */

/* A part of the storage, as older files have it: (key, offset, elements). */
static bool read_view(up_pickle_storage *storage, const up_pickle_value *view)
{
    const up_pickle_value *offset = argument(view, 1, UP_PICKLE_INT);
    const up_pickle_value *elements = argument(view, 2, UP_PICKLE_INT);
    if (!offset || !elements || offset->integer < 0 || elements->integer < 0 ||
        (size_t)offset->integer > storage->whole ||
        (size_t)elements->integer > storage->whole - (size_t)offset->integer)
        return false;
    storage->offset = (size_t)offset->integer;
    storage->elements = (size_t)elements->integer;
    return true;
}

up_status up_pickle_persistent(up_pickle *p, const up_pickle_value *id, up_pickle_value **result)
{
    const up_pickle_value *fields = id->kind == UP_PICKLE_TUPLE ? id : NULL;
    const up_pickle_value *what = argument(fields, 0, UP_PICKLE_TEXT);
    const up_pickle_value *type = argument(fields, 1, UP_PICKLE_NAME);
    const up_pickle_value *key = argument(fields, 2, UP_PICKLE_TEXT);
    const up_pickle_value *elements = argument(fields, 4, UP_PICKLE_INT);
    const up_pickle_value *view = argument(fields, 5, UP_PICKLE_TUPLE);
    const up_pickle_value *unknown = argument(fields, 1, UP_PICKLE_UNKNOWN);
    if (what && unknown && up_pickle_is_text(what, "module"))
        return up_pickle_object(p, unknown, result);
    if (unknown)
        return up_pickle_refuse(p, "has a storage of type %.*s, which is not known",
                                (int)unknown->length, unknown->text);
    if (!what || !up_pickle_is_text(what, "storage") || !type ||
        type->name->use != UP_NAME_STORAGE || !key || !elements || elements->integer < 0)
        return up_pickle_refuse(p, "has a persistent id that is no storage (damaged?)");
    up_pickle_storage *storage = up_tensor_file_keep(p->file, 1, sizeof *storage);
    *result = up_pickle_make(p, UP_PICKLE_STORAGE);
    if (!storage || !*result)
        return up_pickle_no_room(p);
    *storage = (up_pickle_storage){ .dtype = type->name->dtype,
                                    .key = key->text,
                                    .key_length = key->length,
                                    .elements = (size_t)elements->integer,
                                    .whole = (size_t)elements->integer };
    if (view && !read_view(storage, view))
        return up_pickle_refuse(p, "has a part of a storage that lies outside (damaged?)");
    (*result)->storage = storage;
    return up_pickle_append(p, &p->storages, *result);
}
