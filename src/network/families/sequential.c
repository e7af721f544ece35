/* SPDX-License-Identifier: MIT */
/* nn.Sequential: no layer without tensors but a last PixelShuffle; a Conv2d keeps the size; a
 * square kernel of odd size is a Conv2d, of even size a ConvTranspose2d. */

#include "network/families/family.h"

#include "network/parts/parts.h"

#include <string.h>

/* The first component of a name, unless it is a number. */
static void find_stem(const up_network_builder *b, char stem[UP_MOST_KEY])
{
    int i = 0;
    *stem = '\0';
    while (b->taken[i].value)
        i++; /* at most to the end: `taken` has one more */
    const up_tensor *tensor = up_tensor_file_at(b->file, i);
    const char *name = tensor ? tensor->name + strlen(b->prefix) : "";
    size_t length = strcspn(name, ".");
    if (strspn(name, "0123456789") == length || length >= UP_MOST_KEY - 16)
        return;
    memcpy(stem, name, length);
    stem[length] = '\0';
}

/* The first kernel of a group, and the key of its layer. */
static const up_tensor *first_kernel(const up_network_builder *b, const char *stem,
                                     char key[UP_MOST_KEY])
{
    const up_tensor *first = NULL;
    const int last = up_part_last_number(b, stem);
    for (int i = 0; i <= last && !first; i++)
        first = up_part_kernel(b, "%s", up_part_key(key, stem, i));
    return first;
}

static bool is(const up_network_builder *b)
{
    char stem[UP_MOST_KEY], key[UP_MOST_KEY];
    const up_tensor *tensor;
    find_stem(b, stem);
    for (int i = 0; (tensor = up_tensor_file_at(b->file, i)); i++)
        if (!b->taken[i].value && up_part_number(b, stem, tensor->name) < 0)
            return false;
    return first_kernel(b, stem, key);
}

/* Whether it begins with a transposed convolution: the bias tells, else the size. */
static bool begins_transposed(const up_network_builder *b, const char *key, const up_tensor *weight)
{
    const up_tensor *bias = up_network_tensor(b, key, "bias");
    if (bias && bias->elements != weight->shape[0])
        return bias->elements == weight->shape[1];
    if (bias && weight->shape[0] != weight->shape[1])
        return false;
    return weight->shape[2] % 2 == 0;
}

static up_status read(up_network_builder *b)
{
    char stem[UP_MOST_KEY], key[UP_MOST_KEY];
    int x = UP_NETWORK_INPUT;
    find_stem(b, stem);
    const up_tensor *first = first_kernel(b, stem, key);
    UP_TRY(up_part_start(b, "%s", key));
    if (begins_transposed(b, key, first))
        b->network->in_channels = (int)first->shape[0];
    UP_TRY(up_part_add_group(b, &x, &(up_part_group){ .name = stem, .transposed = true }));
    if (up_network_has(b, &up_layer_conv_transpose2d) ||
        up_network_shape(b->network, x).channels == b->network->in_channels)
        return UP_OK;
    return up_part_shuffle_to_input(b, &x);
}

const up_network_family up_family_sequential = { "Sequential", is, read, true };
