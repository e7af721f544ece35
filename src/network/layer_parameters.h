/* What a state dict does not hold about a layer, from flags and metadata; for layer.c. */
#ifndef UP_NETWORK_LAYER_PARAMETERS_H
#define UP_NETWORK_LAYER_PARAMETERS_H

#include "network/layer.h"

/* Stride, padding, output_padding, dilation and groups, each within its own bounds, and scale. */
up_status up_layer_read_parameters(up_layer_weights *layer, const up_tensor_file *file,
                                   const up_layer *flags, up_error *error);

/* Colour and range; the channels must be known. */
up_status up_layer_read_use(up_layer_weights *layer, const up_tensor_file *file, up_error *error);

#endif
