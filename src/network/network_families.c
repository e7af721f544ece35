/*
 * Networks told from the keys and shapes of a state dict alone. What those leave open is assumed as
 * said here, where there is a convention, and refused where there is none.
 *   Conv2d            keeps the size: padding (kernel - 1) / 2, stride 1, one group
 *   FSRCNN            first_part, mid_part, last_part; 1-D weights are PReLU; ends in a
 *                     ConvTranspose2d of padding kernel / 2 and output_padding scale - 1
 *   ESPCN             first_part, last_part; tanh after each layer but the last; pixel shuffle
 *   SRVGGNetCompact   body; where PReLU has no weights, LeakyReLU(0.1); pixel shuffle; adds the
 *                     nearest-upsampled input
 *   waifu2x upconv_7  LeakyReLU(0.1); no padding: the input's edge is replicated 7 pixels around
 *   Sequential        no layer without tensors but a last PixelShuffle; a square kernel of odd size
 *                     is a Conv2d, of even size a ConvTranspose2d
 */
#include <string.h>

#include "network/network_keys.h"
#include "network/tensor_values.h"

static const up_network_item leaky = { .op = UP_NETWORK_LEAKY_RELU, .slope = 0.1f };
static const up_network_item hyperbolic = { .op = UP_NETWORK_TANH };

static up_status unknown(const up_network_builder *b)
{
    char list[UP_KEY_LIST];
    int count = up_tensor_file_count(b->file);
    return up_fail(b->error, UP_ERROR_WEIGHTS,
                   "%s: not a ConvTranspose2d, Sequential, FSRCNN, ESPCN, SRVGGNetCompact or "
                   "upconv_7, and no metadata upscale.layers; %d tensors found%s%s",
                   up_tensor_file_name(b->file), count, count ? ": " : "",
                   up_tensor_list(list, b->file));
}

static const up_tensor *first_kernel(const up_network_builder *b, const char *name)
{
    char key[UP_MOST_KEY];
    const up_tensor *weight = up_network_tensor(b, up_network_key(key, name, 0), "weight");
    return weight && weight->dims == 4 ? weight : NULL;
}

/* The first layer is a Conv2d. */
static up_status start(up_network_builder *b, const char *family, const up_tensor *first)
{
    UP_TRY(up_tensor_check_kernel(b->file, first, b->error));
    b->network->family = family;
    b->network->in_channels = (int)first->shape[1];
    return UP_OK;
}

static bool is_fsrcnn(const up_network_builder *b)
{
    return first_kernel(b, "first_part") && first_kernel(b, "mid_part") &&
           up_network_tensor(b, "last_part", "weight");
}

static up_status fsrcnn(up_network_builder *b)
{
    UP_TRY(start(b, "FSRCNN", first_kernel(b, "first_part")));
    if (b->scale_flag && (b->scale_flag < 2 || b->scale_flag > 4) && !b->flags->stride.set &&
        !up_tensor_file_metadata(b->file, "upscale.scale"))
        return up_fail(b->error, UP_ERROR_WEIGHTS,
                       "%s: the file does not tell the scale that this FSRCNN was made for: give "
                       "--scale 2, 3 or 4, or state it in the metadata upscale.scale",
                       up_tensor_file_name(b->file));
    UP_TRY(up_network_append_group(b, &(up_network_group){ .name = "first_part" }));
    UP_TRY(up_network_append_group(b, &(up_network_group){ .name = "mid_part" }));
    return up_network_append_transposed(b, "last_part", true);
}

static bool is_espcn(const up_network_builder *b)
{
    return first_kernel(b, "first_part") && first_kernel(b, "last_part");
}

static up_status espcn(up_network_builder *b)
{
    UP_TRY(start(b, "ESPCN", first_kernel(b, "first_part")));
    UP_TRY(up_network_append_group(
        b, &(up_network_group){ .name = "first_part", .gap = &hyperbolic }));
    UP_TRY(up_network_append(b, &hyperbolic, NULL, NULL));
    UP_TRY(up_network_append_group(b, &(up_network_group){ .name = "last_part" }));
    return up_network_append_shuffle(b);
}

static bool is_srvgg(const up_network_builder *b)
{
    const up_tensor *first = first_kernel(b, "body");
    return first && first->shape[2] == 3 && first->shape[3] == 3;
}

static up_status srvgg(up_network_builder *b)
{
    static const up_network_item add = { .op = UP_NETWORK_ADD,
                                         .from = UP_NETWORK_INPUT,
                                         .resize = UP_NETWORK_RESIZE_NEAREST };
    UP_TRY(start(b, "SRVGGNetCompact", first_kernel(b, "body")));
    UP_TRY(up_network_append_group(b, &(up_network_group){ .name = "body", .gap = &leaky }));
    UP_TRY(up_network_append_shuffle(b));
    return up_network_append(b, &add, NULL, NULL);
}

static bool is_upconv_7(const up_network_builder *b)
{
    static const size_t channels[] = { 16, 32, 64, 128, 128, 256 };
    char key[UP_MOST_KEY];
    for (int i = 0; i < 7; i++) {
        const up_tensor *weight = up_network_tensor(b, up_network_key(key, "", 2 * i), "weight");
        size_t side = i < 6 ? 3 : 4;
        if (!weight || weight->dims != 4 || weight->shape[0] != channels[i < 6 ? i : 5] ||
            weight->shape[2] != side || weight->shape[3] != side)
            return false;
    }
    return up_network_last_number(b, "") == 12;
}

static up_status upconv_7(up_network_builder *b)
{
    static const up_network_item pad = { .op = UP_NETWORK_PAD,
                                         .padding = { 7, 7 },
                                         .padding_mode = UP_NETWORK_REPLICATE };
    static const up_network_item last = { .op = UP_NETWORK_CONV_TRANSPOSE2D,
                                          .stride = { 2, 2 },
                                          .padding = { 3, 3 } };
    char key[UP_MOST_KEY];
    UP_TRY(start(b, "waifu2x upconv_7", first_kernel(b, "")));
    UP_TRY(up_network_append(b, &pad, NULL, NULL));
    for (int i = 0; i < 12; i++) {
        const up_tensor *weight = up_network_tensor(b, up_network_key(key, "", i), "weight");
        UP_TRY(weight ? up_network_append_conv(b, key, weight, false)
                      : up_network_append(b, &leaky, NULL, NULL));
    }
    return up_network_append(b, &last, "12", NULL);
}

static bool has_transposed(const up_network_builder *b)
{
    for (int i = 0; i < b->network->items; i++)
        if (b->network->item[i].op == UP_NETWORK_CONV_TRANSPOSE2D)
            return true;
    return false;
}

/* Whether a Sequential begins with a transposed convolution: the bias tells, else the size. */
static bool begins_transposed(const up_network_builder *b, const char *key, const up_tensor *weight)
{
    const up_tensor *bias = up_network_tensor(b, key, "bias");
    if (bias && bias->elements != weight->shape[0])
        return bias->elements == weight->shape[1];
    if (bias && weight->shape[0] != weight->shape[1])
        return false;
    return weight->shape[2] % 2 == 0;
}

/* The first component of a name, unless it is a number. */
static void find_stem(const up_network_builder *b, char stem[UP_MOST_KEY])
{
    int i = 0;
    *stem = '\0';
    while (b->used[i])
        i++; /* at most to the end: `used` has one more */
    const up_tensor *tensor = up_tensor_file_at(b->file, i);
    const char *name = tensor ? tensor->name + strlen(b->prefix) : "";
    size_t length = strcspn(name, ".");
    if (strspn(name, "0123456789") == length || length >= UP_MOST_KEY - 16)
        return;
    memcpy(stem, name, length);
    stem[length] = '\0';
}

static bool is_sequential(const up_network_builder *b)
{
    char stem[UP_MOST_KEY];
    const up_tensor *tensor;
    find_stem(b, stem);
    for (int i = 0; (tensor = up_tensor_file_at(b->file, i)); i++)
        if (!b->used[i] && up_network_number(b, stem, tensor->name) < 0)
            return false;
    return true;
}

static up_status sequential(up_network_builder *b)
{
    char stem[UP_MOST_KEY], key[UP_MOST_KEY];
    const up_tensor *first = NULL;
    find_stem(b, stem);
    int last = up_network_last_number(b, stem);
    for (int i = 0; i <= last && !(first && first->dims == 4); i++)
        first = up_network_tensor(b, up_network_key(key, stem, i), "weight");
    if (!first || first->dims != 4)
        return unknown(b);
    UP_TRY(start(b, "Sequential", first));
    bool transposed = begins_transposed(b, key, first);
    b->network->in_channels = (int)first->shape[transposed ? 0 : 1];
    UP_TRY(up_network_append_group(b, &(up_network_group){ .name = stem, .transposed = true }));
    bool enlarged = has_transposed(b) || up_network_channels(b) == b->network->in_channels;
    return enlarged ? UP_OK : up_network_append_shuffle(b);
}

static const struct {
    bool (*is)(const up_network_builder *);
    up_status (*read)(up_network_builder *);
    bool open; /* the file leaves the parameters of a transposed convolution open */
} families[] = {
    { is_fsrcnn, fsrcnn, true },         { is_espcn, espcn, false },
    { is_srvgg, srvgg, false },          { is_upconv_7, upconv_7, false },
    { is_sequential, sequential, true },
};

/* -------------------------------------------------------------- state dicts */

static bool all_begin_with(const up_network_builder *b, const char *prefix)
{
    const up_tensor *tensor;
    for (int i = 0; (tensor = up_tensor_file_at(b->file, i)); i++)
        if (!b->used[i] && strncmp(tensor->name, prefix, strlen(prefix)) != 0)
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
        b->used[i] = strncmp(tensor->name, "params.", strlen("params.")) == 0;
}

static void find_prefix(up_network_builder *b)
{
    static const char *const known[] = { "params_ema.", "params.", "module." };
    leave_out_params(b);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t length = strlen(b->prefix);
        strcat(b->prefix, known[i]);
        if (!all_begin_with(b, b->prefix))
            b->prefix[length] = '\0';
    }
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && strcmp(name + length - tail, end) == 0;
}

static up_status refuse_normalised(const up_network_builder *b)
{
    static const struct {
        const char *end, *reason;
    } known[] = {
        { "weight_g", "weight_norm must be removed before the weights are saved" },
        { "weight_v", "weight_norm must be removed before the weights are saved" },
        { "running_mean", "BatchNorm must be folded into the convolution before it" },
        { "running_var", "BatchNorm must be folded into the convolution before it" },
    };
    const up_tensor *tensor;
    for (int i = 0; (tensor = up_tensor_file_at(b->file, i)); i++)
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (ends_with(tensor->name, known[k].end))
                return up_tensor_refuse(b->file, tensor, known[k].reason, b->error);
    return UP_OK;
}

static up_status check_flags(const up_network_builder *b, bool open)
{
    const up_layer *flags = b->flags;
    bool geometry = flags->stride.set || flags->padding.set || flags->output_padding.set;
    if (!flags->dilation.set && !flags->groups && (!geometry || (open && has_transposed(b))))
        return UP_OK;
    return up_fail(b->error, UP_ERROR_ARGUMENT, "%s is a network (%s): %s cannot be changed",
                   up_tensor_file_name(b->file), b->network->family,
                   flags->dilation.set || flags->groups
                       ? "--dilation and --groups"
                       : "--stride, --padding and --output-padding");
}

up_status up_network_from_keys(up_network_builder *b)
{
    UP_TRY(refuse_normalised(b));
    find_prefix(b);
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (families[i].is(b)) {
            UP_TRY(families[i].read(b));
            return check_flags(b, families[i].open);
        }
    return unknown(b);
}
