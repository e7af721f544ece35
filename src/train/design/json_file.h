/* SPDX-License-Identifier: MIT */
/* JSON that people write: an object in a file. */
#ifndef UP_TRAIN_JSON_FILE_H
#define UP_TRAIN_JSON_FILE_H

#include "base/status.h"

#include <jansson.h>

/* At most 1 MiB; to be given back by json_decref(). `what` is it, for errors: "a design". */
up_status up_json_file_read(json_t **object, const char *path, const char *what, up_error *error);

#endif
