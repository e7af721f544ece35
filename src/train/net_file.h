/* Parameters to and from weight files. */
#ifndef UP_TRAIN_NET_FILE_H
#define UP_TRAIN_NET_FILE_H

#include "train/model.h"
#include "train/train.h"

/* Writes a network that the program runs; `result` says all but its layers and tensors. */
up_status up_model_save(const up_model *model, const float *parameter, const up_train_job *job,
                        const up_train_result *result, up_error *error);

/* The parameters of a network of this shape. One of another scale leaves those of the last layer
 * as they are; anything else is UP_ERROR_WEIGHTS. */
up_status up_model_read(const up_model *model, float *parameter, const char *path, up_error *error);

#endif
