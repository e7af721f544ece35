/* What a state dict does not hold about a layer, from flags and metadata; for layer.c. */
#ifndef UP_WEIGHTS_LAYER_PARAMETERS_H
#define UP_WEIGHTS_LAYER_PARAMETERS_H

#include "weights/layer.h"

/* Stride, padding, output_padding, dilation and groups, each within its own bounds, and scale. */
up_status up_layer_read_parameters(up_layer_weights *layer, const up_safetensors *file,
                                   const up_layer *flags, up_error *error);

/* Colour and range; the channels must be known. */
up_status up_layer_read_use(up_layer_weights *layer, const up_safetensors *file, up_error *error);

#endif
