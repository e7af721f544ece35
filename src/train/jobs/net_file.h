/* Parameters to and from weight files. */
#ifndef UP_TRAIN_NET_FILE_H
#define UP_TRAIN_NET_FILE_H

#include "train/jobs/net_bounds.h"
#include "train/jobs/train.h"
#include "train/passes/model.h"

/* Writes a network that the program runs; `result` says all but its layers and tensors. `bounds`
 * may be NULL. */
up_status up_model_save(const up_model *model, const float *parameter, const up_net_bounds *bounds,
                        const up_train_job *job, const up_train_result *result, up_error *error);

/* A model of the shape of the network that the file states in upscale.layers; UP_ERROR_WEIGHTS for
 * networks that cannot be trained here. */
up_status up_model_make_like(up_model *model, const up_tensor_file *file, up_error *error);

/* How upscale.layers is written: what json_dumps() takes. Six digits are as many as bounds need. */
#define UP_LAYERS_JSON (JSON_COMPACT | JSON_REAL_PRECISION(6))

/* The parameters of a network of this shape. One of another scale leaves those of the last layer
 * as they are; anything else is UP_ERROR_WEIGHTS, and a file that takes more than `most`
 * bytes of memory UP_ERROR_LIMIT. */
up_status up_model_read(const up_model *model, float *parameter, const char *path, size_t most,
                        up_error *error);

#endif
