/* SPDX-License-Identifier: MIT */
#include "train/jobs/net_file.h"

#include "base/memory.h"
#include "network/metadata/upscale_layers.h"

#include <stdio.h>
#include <stdlib.h>

static void append(up_net_tensors *list, int n, const char *what, const up_values *values)
{
    char *name = list->name[list->tensors];
    if (!values->value)
        return;
    snprintf(name, sizeof *list->name, "%d.%s", n, what);
    list->tensor[list->tensors++] =
        up_tensor_of_f32(name, values->dims, values->shape, values->value);
}

up_status up_net_tensors_make(up_net_tensors *list, const up_network *network, up_error *error)
{
    const size_t most = 2 * (size_t)network->nodes;
    *list = (up_net_tensors){ .layers = up_network_layers(network, true),
                              .tensor = up_alloc(most, sizeof *list->tensor),
                              .name = up_alloc(most, sizeof *list->name) };
    if (!list->layers || !list->tensor || !list->name) {
        up_net_tensors_free(list);
        return up_fail_memory(error, "tensors", most * sizeof *list->tensor);
    }
    for (int n = 0; n <= network->output; n++)
        if (network->node[n].kind->tensors) {
            append(list, n, "weight", &network->node[n].weight);
            append(list, n, "bias", &network->node[n].bias);
        }
    return UP_OK;
}

void up_net_tensors_free(up_net_tensors *list)
{
    free(list->layers);
    up_free(list->tensor);
    up_free(list->name);
    *list = (up_net_tensors){ 0 };
}

up_status up_net_save(up_trainable *net, const float *parameter, const up_net_bounds *bounds,
                      const up_train_job *job, const up_train_result *about, up_error *error)
{
    up_net_tensors list;
    up_train_result result = *about;
    up_trainable_write(net, parameter);
    UP_TRY(up_net_bounds_state(bounds, net, error));
    UP_TRY(up_net_tensors_make(&list, net->network, error));
    result.color =
        net->network->color == UP_WEIGHTS_ANY ? UP_WEIGHTS_Y_STUDIO : net->network->color;
    result.conditioned = net->conditioned;
    result.channels = net->network->in_channels;
    result.layers = list.layers;
    result.tensor = list.tensor;
    result.tensors = list.tensors;
    up_status status = up_train_save(job, &result, error);
    up_net_tensors_free(&list);
    return status;
}
