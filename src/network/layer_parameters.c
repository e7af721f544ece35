#include "network/layer_parameters.h"

#include <string.h>

static const struct {
    const char *key, *flag;
    size_t field, option; /* in up_layer_weights and up_layer */
    int least;            /* and PyTorch's default */
} pairs[] = {
    { "upscale.stride", "--stride", offsetof(up_layer_weights, stride), offsetof(up_layer, stride),
      1 },
    { "upscale.padding", "--padding", offsetof(up_layer_weights, padding),
      offsetof(up_layer, padding), 0 },
    { "upscale.output_padding", "--output-padding", offsetof(up_layer_weights, output_padding),
      offsetof(up_layer, output_padding), 0 },
    { "upscale.dilation", "--dilation", offsetof(up_layer_weights, dilation),
      offsetof(up_layer, dilation), 1 },
};

static up_status read_groups(up_layer_weights *layer, const up_tensor_file *file, int flag,
                             up_error *error)
{
    layer->groups = flag ? flag : 1;
    if (flag)
        return up_stated_check_flag("--groups", flag, 1, error);
    return up_stated_count(file, "upscale.groups", &layer->groups, error);
}

static up_status read_scale(up_layer_weights *layer, const up_tensor_file *file, bool stride_given,
                            up_error *error)
{
    memcpy(layer->scale, layer->stride, sizeof layer->scale);
    if (stride_given) /* and what the file says is out of date */
        return UP_OK;
    UP_TRY(up_stated_pair(file, "upscale.scale", 1, layer->scale, error));
    if (memcmp(layer->scale, layer->stride, sizeof layer->scale) == 0)
        return UP_OK;
    return up_fail(error, UP_ERROR_WEIGHTS,
                   "%s: upscale.scale is %d,%d but the stride is %d,%d: state upscale.stride in "
                   "the file or give --stride",
                   up_tensor_file_name(file), layer->scale[0], layer->scale[1], layer->stride[0],
                   layer->stride[1]);
}

up_status up_layer_read_parameters(up_layer_weights *layer, const up_tensor_file *file,
                                   const up_layer *flags, up_error *error)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        int *pair = (int *)((char *)layer + pairs[i].field), least = pairs[i].least;
        const up_pair *option = (const up_pair *)((const char *)flags + pairs[i].option);
        pair[0] = pair[1] = least;
        UP_TRY(
            up_stated_pair_or_flag(file, pairs[i].key, option, pairs[i].flag, least, pair, error));
    }
    UP_TRY(read_groups(layer, file, flags->groups, error));
    return read_scale(layer, file, flags->stride.set, error);
}

up_status up_layer_read_use(up_layer_weights *layer, const up_tensor_file *file, up_error *error)
{
    bool three = layer->in_channels == 3 && layer->out_channels == 3;
    UP_TRY(up_stated_color(file, layer->in_channels, layer->out_channels,
                           three ? UP_WEIGHTS_RGB : UP_WEIGHTS_ANY, &layer->color, error));
    return up_stated_range(file, &layer->range, error);
}
