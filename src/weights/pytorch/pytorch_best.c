/* SPDX-License-Identifier: MIT */

#include "weights/pytorch/pytorch.h"

#include <stdio.h>
#include <string.h>

#include "weights/label.h"

#define MOST_NESTED 3 /* dicts around the state dict */
#define MOST_STRINGS 256
#define MOST_STRING 1024 /* bytes */
#define MOST_KEY 200

/* Where training programs put what is to be used, best first: averages of the weights before the
 * weights, and those before other networks. */
static const char *const places[] = {
    "params_ema",
    "ema_params",
    "model_ema",
    "state_dict_ema",
    "ema_state_dict",
    "g_ema",
    "netG_ema",
    "net_g_ema",
    "generator_ema",
    "ema",
    "ema_model",
    "params",
    "state_dict",
    "model_state_dict",
    "model_state",
    "model",
    "generator",
    "netG",
    "net_g",
    "net_G",
    "gen",
    "G",
    "g",
    "net",
    "network",
    "net_state_dict",
    "module",
    "weights",
    "parameters",
    "sr_model",
};

/* What lies beside networks, or is a network for something else. */
static const char *const others[] = {
    "optimizer",
    "optimizers",
    "optimizer_states",
    "optim",
    "optimizer_state_dict",
    "optimizerG",
    "optimizerD",
    "optim_g",
    "optim_d",
    "optG",
    "netD",
    "net_d",
    "net_D",
    "discriminator",
    "D",
    "d",
    "scheduler",
    "schedulers",
    "lr_schedulers",
    "loss",
    "criterion",
    "amp",
    "scaler",
    "callbacks",
    "hyper_parameters",
};

static bool listed(const up_pickle_value *key, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (up_pickle_is_text(key, list[i]))
            return true;
    return false;
}

static bool is_other(const up_pickle_value *key)
{
    return listed(key, others, sizeof others / sizeof *others);
}

static bool has_tensors(const up_pickle_value *dict)
{
    for (size_t i = 0; dict->kind == UP_PICKLE_DICT && i < dict->count; i += 2)
        if (dict->item[i]->kind == UP_PICKLE_TEXT && dict->item[i + 1]->kind == UP_PICKLE_TENSOR)
            return true;
    return false;
}

/* A state dict, and the keys that lead to it. */
typedef struct {
    const up_pickle_value *dict;
    char part[256];
} choice;

static void enter(choice *c, const char *key, size_t length)
{
    size_t used = strlen(c->part);
    snprintf(c->part + used, sizeof c->part - used, "%s%.*s", used ? "." : "",
             (int)(length < MOST_KEY ? length : MOST_KEY), key);
}

static bool choose(choice *c, up_pickle_value *dict, int depth);

/* By the places, best first. */
static bool choose_place(choice *c, const up_pickle_value *dict, int depth)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        up_pickle_value *inner = up_pickle_get(dict, places[i]);
        choice next = *c;
        if (!inner || inner->kind != UP_PICKLE_DICT || inner->seen)
            continue;
        enter(&next, places[i], strlen(places[i]));
        if (choose(&next, inner, depth + 1)) {
            *c = next;
            return true;
        }
    }
    return false;
}

/* The first dict with tensors under a name that tells nothing. */
static bool choose_any(choice *c, const up_pickle_value *dict)
{
    for (size_t i = 0; i < dict->count; i += 2) {
        const up_pickle_value *key = dict->item[i];
        if (key->kind != UP_PICKLE_TEXT || is_other(key) || !has_tensors(dict->item[i + 1]))
            continue;
        enter(c, key->text, key->length);
        c->dict = dict->item[i + 1];
        return true;
    }
    return false;
}

/* No dict is looked at twice: many keys may lead to one. */
static bool choose(choice *c, up_pickle_value *dict, int depth)
{
    dict->seen = true;
    if (depth < MOST_NESTED && choose_place(c, dict, depth))
        return true;
    if (has_tensors(dict)) {
        c->dict = dict;
        return true;
    }
    return depth == 0 && choose_any(c, dict);
}

static bool holds_optimizer(const up_pickle_value *dict)
{
    for (size_t i = 0; i < dict->count; i += 2)
        if (is_other(dict->item[i]) || up_pickle_is_text(dict->item[i], "param_groups"))
            return true;
    return false;
}

static up_status refuse_top(const up_pytorch *torch)
{
    const up_pickle_value *top = torch->top;
    const char *reason = "it holds no dict of tensors; torch.save() a state_dict()";
    if (top->kind == UP_PICKLE_TENSOR)
        reason = "it holds a tensor without a name; torch.save() a state_dict()";
    else if (top->kind == UP_PICKLE_DICT && holds_optimizer(top))
        reason = "it holds the state of an optimizer and no weights of a network";
    return up_tensor_file_refuse(torch->file, torch->error, "%s", reason);
}

/* ---------------------------------------------------------------- strings and numbers */

static bool print(char *text, size_t size, const up_pickle_value *value)
{
    switch (value->kind) {
    case UP_PICKLE_BOOL:
        snprintf(text, size, "%s", value->integer ? "true" : "false");
        return true;
    case UP_PICKLE_INT:
        snprintf(text, size, "%lld", (long long)value->integer);
        return true;
    case UP_PICKLE_FLOAT:
        snprintf(text, size, "%.9g", value->real);
        return true;
    case UP_PICKLE_TEXT:
        snprintf(text, size, "%.*s", (int)value->length, value->text);
        return value->length < size;
    default:
        return false;
    }
}

/* Of one dict; those of dicts in it, too, if `deep`. No dict is looked at twice. */
static up_status add_strings(up_pytorch *torch, up_pickle_value *dict, const char *prefix,
                             bool deep)
{
    dict->told = true;
    char key[2 * MOST_KEY + 16], text[MOST_STRING];
    for (size_t i = 0; dict->kind == UP_PICKLE_DICT && i < dict->count; i += 2) {
        const up_pickle_value *name = dict->item[i];
        up_pickle_value *value = dict->item[i + 1];
        if (name->kind != UP_PICKLE_TEXT || name->length > MOST_KEY ||
            up_tensor_file_metadata_at(torch->file, MOST_STRINGS - 1))
            continue;
        snprintf(key, sizeof key, "%s.%.*s", prefix, (int)name->length, name->text);
        if (deep && value->kind == UP_PICKLE_DICT && !value->told)
            UP_TRY(add_strings(torch, value, key, false));
        if (!print(text, sizeof text, value) || up_tensor_file_metadata(torch->file, key))
            continue;
        const char *kept_key = up_tensor_file_keep_text(torch->file, key, strlen(key));
        const char *kept = up_tensor_file_keep_text(torch->file, text, strlen(text));
        if (!kept_key || !kept)
            return up_tensor_file_no_room(torch->file, torch->error);
        UP_TRY(up_tensor_file_add_metadata(torch->file, kept_key, kept, torch->error));
    }
    return UP_OK;
}

up_status up_pytorch_add_best(up_pytorch *torch)
{
    choice c = { .dict = NULL };
    if (torch->top->kind != UP_PICKLE_DICT || !choose(&c, torch->top, 0))
        return refuse_top(torch);
    for (size_t i = 0; i < c.dict->count; i += 2) {
        const up_pickle_value *key = c.dict->item[i], *value = c.dict->item[i + 1];
        if (key->kind == UP_PICKLE_TEXT && value->kind == UP_PICKLE_TENSOR)
            UP_TRY(up_pytorch_add_tensor(torch, key, value->tensor));
    }
    if (*c.part) {
        const char *part = up_tensor_file_keep_text(torch->file, c.part, strlen(c.part));
        if (!part)
            return up_tensor_file_no_room(torch->file, torch->error);
        up_tensor_file_set_part(torch->file, part);
    }
    return add_strings(torch, torch->top, "pytorch", true);
}
