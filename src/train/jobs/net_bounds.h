/*
 * The ranges that the activations of a model take on pictures. Clipped to them, a network does on
 * photographs what it did before, and on what it has never seen (text, checkerboards, numbers of
 * another range) cannot grow a value from layer to layer.
 */
#ifndef UP_TRAIN_NET_BOUNDS_H
#define UP_TRAIN_NET_BOUNDS_H

#include "train/data/pictures.h"
#include "train/passes/model.h"

#include <jansson.h>

/* Those of channel c of the PReLU in layer i are at model->layer[i].first + c, where its slope is
 * among the parameters. */
typedef struct {
    float *low, *high; /* [model->parameters] */
} up_net_bounds;

up_status up_net_bounds_measure(up_net_bounds *bounds, const up_model *model,
                                const float *parameter, const up_train_pictures *pictures,
                                int threads, up_error *error);
void up_net_bounds_free(up_net_bounds *bounds);

/* Sets "min" and "max" of the prelus of upscale.layers, of which items [0, model->layers) are the
 * model's layers. */
void up_net_bounds_state(const up_net_bounds *bounds, const up_model *model, json_t *layers);

#endif
