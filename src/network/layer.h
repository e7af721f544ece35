/*
 * One bare ConvTranspose2d from a weight file: the tensor "weight" or "NAME.weight", with
 * "NAME.bias" if there is one, and nothing else. What a state dict does not hold comes from the
 * caller's flags, else from the file's metadata, else it is PyTorch's default:
 *   upscale.stride|padding|output_padding|dilation   "N" or "ROWS,COLUMNS"; 1, 0, 0, 1
 *   upscale.groups                                   "N"; 1
 *   upscale.scale   "N" or "ROWS,COLUMNS"; must agree with the stride, which it defaults to
 *   upscale.color   any|y|y-studio|ycbcr|rgb; rgb for 3 channels to 3, else any
 *   upscale.range   "1" or "255", the value of white; 1
 */
#ifndef UP_NETWORK_LAYER_H
#define UP_NETWORK_LAYER_H

#include "network/stated.h"

/* Pairs are rows, columns. All values are checked; a kernel spans at most 2^24 pixels. */
typedef struct {
    int in_channels, out_channels, groups;
    int kernel[2], stride[2], padding[2], output_padding[2], dilation[2];
    float *weight; /* [in_channels][out_channels / groups][kernel[0]][kernel[1]] */
    float *bias;   /* [out_channels], or NULL */
    up_weights_color color;
    float range; /* the value of white: 1 or 255 */
    int scale[2];
} up_layer_weights;

/* `flags` may be NULL; its kernel, output_size and ceil_mode are not looked at. The result does
 * not need the file any longer. */
up_status up_layer_load(up_layer_weights **layer, const up_tensor_file *file, const up_layer *flags,
                        up_error *error);
void up_layer_free(up_layer_weights **layer);

#endif
