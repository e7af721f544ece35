/* SPDX-License-Identifier: MIT */

#include "network/families/family.h"

#include "network/families/refused.h"
#include "network/layers.h"
#include "network/tensor_values.h"

#include <string.h>

static const up_network_family *const families[] = {
    &up_family_conv_transpose2d,
    &up_family_fsrcnn,
    &up_family_espcn,
    &up_family_compact,
    &up_family_esrgan,
    &up_family_span,
    &up_family_srresnet,
    &up_family_edsr,
    &up_family_rcan,
    &up_family_carn,
    &up_family_imdn,
    &up_family_rfdn,
    &up_family_waifu2x,
    &up_family_unets,
    &up_family_ecbsr,
    &up_family_abpn,
    &up_family_etds,
    &up_family_plainusr,
    &up_family_srcnn,
    &up_family_vdsr,
    &up_family_dncnn,
    &up_family_sequential,
};

/* By position; NULL past the last. */
static const up_network_family *family_at(int i)
{
    return i >= 0 && i < (int)(sizeof families / sizeof *families) ? families[i] : NULL;
}

static up_status unknown(const up_network_builder *b)
{
    char list[UP_KEY_LIST];
    const int count = up_tensor_file_count(b->file);
    return up_network_fail(b,
                           "the tensors are those of no known network, and there is no metadata "
                           "upscale.layers; %d tensors found%s%s",
                           count, count ? ": " : "", up_tensor_list(list, b->file));
}

/* ---------------------------------------------------------------- counters */

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && strcmp(name + length - tail, end) == 0;
}

/* Single whole numbers, and what tools that count operations leave behind. */
static bool is_counter(const up_tensor *tensor)
{
    if (ends_with(tensor->name, "total_ops") || ends_with(tensor->name, "total_params"))
        return tensor->elements <= 1;
    return tensor->elements <= 1 && !up_dtype_is_real(tensor->dtype) &&
           !ends_with(tensor->name, ".weight") && !ends_with(tensor->name, ".bias");
}

static void ignore_counters(up_network_builder *b)
{
    const up_tensor *tensor;
    for (int i = 0; (tensor = up_tensor_file_at(b->file, i)); i++)
        if (is_counter(tensor))
            up_network_ignore_at(b, i);
}

/* ---------------------------------------------------------------- prefixes */

static bool all_begin_with(const up_network_builder *b, const char *prefix)
{
    const up_tensor *tensor;
    for (int i = 0; (tensor = up_tensor_file_at(b->file, i)); i++)
        if (!b->taken[i].value && strncmp(tensor->name, prefix, strlen(prefix)) != 0)
            return false;
    return up_tensor_file_count(b->file) > 0;
}

/* Where both the trained weights and their moving average are there, the latter are better. */
static void leave_out_params(up_network_builder *b)
{
    const up_tensor *tensor;
    bool average = false;
    for (int i = 0; (tensor = up_tensor_file_at(b->file, i)); i++)
        average = average || strncmp(tensor->name, "params_ema.", strlen("params_ema.")) == 0;
    for (int i = 0; average && (tensor = up_tensor_file_at(b->file, i)); i++)
        if (strncmp(tensor->name, "params.", strlen("params.")) == 0)
            up_network_ignore_at(b, i);
}

static void find_prefix(up_network_builder *b)
{
    static const char *const known[] = { "params_ema.", "params.",    "state_dict.", "generator.",
                                         "netG.",       "net_g.",     "network.",    "_orig_mod.",
                                         "module.",     "_orig_mod.", "module." };
    leave_out_params(b);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t length = strlen(b->prefix);
        if (length + strlen(known[i]) >= sizeof b->prefix)
            return;
        strcat(b->prefix, known[i]);
        if (!all_begin_with(b, b->prefix))
            b->prefix[length] = '\0';
    }
}

/* ---------------------------------------------------------------- what is refused */

static up_status refuse_normalised(const up_network_builder *b)
{
    const up_tensor *tensor;
    for (int i = 0; (tensor = up_tensor_file_at(b->file, i)); i++)
        if (ends_with(tensor->name, ".weight_g") || ends_with(tensor->name, ".weight_v"))
            return up_tensor_refuse(b->file, tensor,
                                    "weight_norm must be removed before the weights are saved",
                                    b->error);
    return UP_OK;
}

static up_status check_flags(const up_network_builder *b, const up_network_family *family)
{
    const up_layer *flags = &b->hints->layer;
    bool geometry = flags->stride.set || flags->padding.set || flags->output_padding.set;
    if (family == &up_family_conv_transpose2d ||
        (!flags->dilation.set && !flags->groups &&
         (!geometry || (family->open && up_network_has(b, &up_layer_conv_transpose2d)))))
        return UP_OK;
    return up_fail(b->error, UP_ERROR_ARGUMENT, "%s is a network (%s): %s cannot be changed",
                   up_tensor_file_name(b->file), b->network->family,
                   flags->dilation.set || flags->groups
                       ? "--dilation and --groups"
                       : "--stride, --padding and --output-padding");
}

up_status up_network_from_keys(up_network_builder *b)
{
    const up_network_family *family;
    UP_TRY(refuse_normalised(b));
    UP_TRY(up_family_refuse_known(b));
    ignore_counters(b);
    find_prefix(b);
    for (int i = 0; (family = family_at(i)); i++)
        if (family->is(b)) {
            b->network->family = family->name;
            UP_TRY(family->read(b));
            return check_flags(b, family);
        }
    return unknown(b);
}
