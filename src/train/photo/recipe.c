/* SPDX-License-Identifier: MIT */
#include "train/photo/recipe.h"

#include "train/design/json_file.h"
#include "weights/label.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A number of a recipe: where it stands in JSON, and what it may be. */
typedef struct {
    const char *object, *key; /* object NULL: at the top */
    size_t offset;
    double least, most;
} number;

#define AT(member) offsetof(up_recipe, member)
#define PART(name, most)                                                                           \
    { #name, "share", AT(name.share), 0, 1 }, { #name, "from", AT(name.from), 0, most },           \
    {                                                                                              \
#name, "to", AT(name.to), 0, most                                                          \
    }

static const number numbers[] = {
    { "reductions", "bicubic", AT(reduction[UP_REDUCE_BICUBIC]), 0, 1e6 },
    { "reductions", "box", AT(reduction[UP_REDUCE_BOX]), 0, 1e6 },
    { "reductions", "lanczos", AT(reduction[UP_REDUCE_LANCZOS]), 0, 1e6 },
    { "reductions", "bilinear", AT(reduction[UP_REDUCE_BILINEAR]), 0, 1e6 },
    { "reductions", "nearest", AT(reduction[UP_REDUCE_NEAREST]), 0, 1e6 },
    { NULL, "reduced", AT(reduced), 1, 4 },
    { NULL, "native", AT(native), 0, 1 },
    { NULL, "linear_light", AT(linear_light), 0, 1 },
    PART(blur, 2),
    PART(unsharp, 4),
    PART(noise, 100),
    { "noise", "sensor", AT(sensor), 0, 1 },
    PART(jpeg, 100),
    { "jpeg", "444", AT(chroma_444), 0, 1 },
    { "jpeg", "twice", AT(twice), 0, 1 },
    { "jpeg", "unaligned", AT(unaligned), 0, 1 },
    { NULL, "strength_error", AT(strength_error), 0, 1 },
    { NULL, "rendered", AT(rendered), 0, 1 },
};
enum { NUMBERS = sizeof numbers / sizeof *numbers };

static double *place(const up_recipe *recipe, const number *n)
{
    return (double *)((char *)recipe + n->offset);
}

/* ---------------------------------------------------------------- reading */

static bool is_object(const char *key)
{
    for (int i = 0; i < NUMBERS; i++)
        if (numbers[i].object && strcmp(numbers[i].object, key) == 0)
            return true;
    return false;
}

static up_status refuse(const char *name, const char *object, const char *key, const char *why,
                        up_error *error)
{
    char path[64], label[UP_LABEL];
    snprintf(path, sizeof path, "%s%s%s", object ? object : "", object ? "." : "", key);
    return up_fail(error, UP_ERROR_INPUT, "%s: %s %s", name, up_label(label, path), why);
}

static up_status read_number(up_recipe *recipe, const char *name, const char *object,
                             const char *key, const json_t *value, up_error *error)
{
    char why[64];
    for (int i = 0; i < NUMBERS; i++) {
        const number *n = &numbers[i];
        if (strcmp(n->key, key) != 0 || !n->object != !object ||
            (object && strcmp(n->object, object) != 0))
            continue;
        const double stated = json_number_value(value);
        snprintf(why, sizeof why, "must be a number from %g to %g", n->least, n->most);
        if (!json_is_number(value) || !(stated >= n->least && stated <= n->most))
            return refuse(name, object, key, why, error);
        *place(recipe, n) = stated;
        return UP_OK;
    }
    return refuse(name, object, key, "is no part of a recipe", error);
}

static up_status read_object(up_recipe *recipe, const char *name, const char *object,
                             const json_t *from, up_error *error)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)from, key, value)
    {
        if (!object && strcmp(key, "description") == 0)
            continue;
        if (object || !is_object(key))
            UP_TRY(read_number(recipe, name, object, key, value, error));
        else if (json_is_object(value))
            UP_TRY(read_object(recipe, name, key, value, error));
        else
            return refuse(name, NULL, key, "must be an object", error);
    }
    return UP_OK;
}

static up_status check(const up_recipe *recipe, const char *name, up_error *error)
{
    const struct {
        const char *key;
        const up_recipe_part *part;
    } parts[] = { { "blur", &recipe->blur },
                  { "unsharp", &recipe->unsharp },
                  { "noise", &recipe->noise },
                  { "jpeg", &recipe->jpeg } };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].part->from > parts[i].part->to)
            return refuse(name, parts[i].key, "from", "is above \"to\"", error);
    if (recipe->reduced != rint(recipe->reduced))
        return refuse(name, NULL, "reduced", "must be a whole number", error);
    if (recipe->jpeg.share > 0 && recipe->jpeg.from < 1)
        return refuse(name, "jpeg", "from", "must be 1 or more", error);
    return UP_OK;
}

/* RECIPE_PHOTO and RECIPE_PHOTO_SIZE are of the file in samples: see recipe.cmake. */
__asm__(".pushsection .rodata\n"
        ".globl up_recipe_photo_bytes\n"
        ".hidden up_recipe_photo_bytes\n"
        "up_recipe_photo_bytes:\n"
        ".incbin \"" RECIPE_PHOTO "\"\n"
        ".popsection\n");
extern const char up_recipe_photo_bytes[RECIPE_PHOTO_SIZE] __attribute__((visibility("hidden")));

up_status up_recipe_read(up_recipe *recipe, const char *name, up_error *error)
{
    json_t *object = NULL;
    *recipe = (up_recipe){ 0 };
    if (strcmp(name, "clean") == 0)
        return UP_OK;
    if (strcmp(name, "photo") == 0)
        object = json_loadb(up_recipe_photo_bytes, RECIPE_PHOTO_SIZE, 0, NULL);
    else
        UP_TRY(up_json_file_read(&object, name, "a recipe", error));
    if (!object)
        return up_fail_memory(error, "a recipe", RECIPE_PHOTO_SIZE);
    up_status status = read_object(recipe, name, NULL, object, error);
    json_decref(object);
    return status == UP_OK ? check(recipe, name, error) : status;
}

/* ---------------------------------------------------------------- writing */

char *up_recipe_text(const up_recipe *recipe)
{
    json_t *all = json_object();
    bool whole = true;
    for (int i = 0; i < NUMBERS; i++) {
        const number *n = &numbers[i];
        if (*place(recipe, n) == 0)
            continue;
        if (n->object && !json_object_get(all, n->object))
            whole &= json_object_set_new(all, n->object, json_object()) == 0;
        whole &= json_object_set_new(n->object ? json_object_get(all, n->object) : all, n->key,
                                     json_real(*place(recipe, n))) == 0;
    }
    char *text = whole ? json_dumps(all, JSON_REAL_PRECISION(9)) : NULL;
    json_decref(all);
    return text;
}
