/* SPDX-License-Identifier: MIT */
#include "network/tensor_values.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

#define MOST_KEYS 12

up_status up_tensor_refuse(const up_tensor_file *file, const up_tensor *tensor, const char *reason,
                           up_error *error)
{
    char label[UP_LABEL];
    return up_fail(error, UP_ERROR_WEIGHTS, "%s: tensor %s: %s", up_tensor_file_name(file),
                   up_label(label, tensor->name), reason);
}

up_status up_tensor_values(float **values, const up_tensor_file *file, const up_tensor *tensor,
                           up_error *error)
{
    *values = up_alloc(tensor->elements, sizeof **values);
    if (!*values)
        return up_fail_memory(error, tensor->name, tensor->elements * sizeof **values);
    up_status status = up_tensor_to_f32(file, tensor, *values, error);
    for (size_t i = 0; status == UP_OK && i < tensor->elements; i++)
        if (!isfinite((*values)[i]))
            status = up_tensor_refuse(file, tensor, "holds NaN or infinity", error);
    if (status == UP_OK)
        return UP_OK;
    up_free(*values);
    *values = NULL;
    return status;
}

up_status up_tensor_check_kernel(const up_tensor_file *file, const up_tensor *weight,
                                 up_error *error)
{
    if (weight->dims != 4)
        return up_tensor_refuse(file, weight, "a kernel must have 4 dimensions", error);
    for (int i = 0; i < 4; i++) {
        if (weight->shape[i] < 1)
            return up_tensor_refuse(file, weight, i < 2 ? "has no channels" : "has no kernel",
                                    error);
        if (weight->shape[i] > UP_MOST_CHANNELS)
            return up_tensor_refuse(file, weight, "more than 65536 channels or kernel taps", error);
    }
    return UP_OK;
}

const char *up_tensor_list(char list[UP_KEY_LIST], const up_tensor_file *file)
{
    char label[UP_LABEL];
    const up_tensor *tensor;
    *list = '\0';
    for (int i = 0; (tensor = up_tensor_file_at(file, i)); i++) {
        strcat(list, i ? ", " : "");
        if (i == MOST_KEYS) {
            strcat(list, "...");
            break;
        }
        strcat(list, up_label(label, tensor->name));
    }
    return list;
}
