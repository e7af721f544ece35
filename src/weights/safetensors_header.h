/* The header of a safetensors file, for its reader. */
#ifndef UP_WEIGHTS_SAFETENSORS_HEADER_H
#define UP_WEIGHTS_SAFETENSORS_HEADER_H

#include "weights/safetensors.h"

#include <jansson.h>

#define UP_SAFETENSORS_MOST_HEADER 100000000 /* bytes, by the reference */
#define UP_SAFETENSORS_METADATA "__metadata__"

typedef struct {
    json_t *json;      /* owns all strings */
    up_tensor *tensor; /* by offset; data is not set */
    size_t *shapes;
    int tensors;
    up_metadata_item *item;
    int items;
} up_safetensors_header;

/* Reads and checks `size` bytes of JSON, behind which `data_size` bytes of tensors follow. */
up_status up_safetensors_header_parse(up_safetensors_header *header, const char *text, size_t size,
                                      size_t data_size, const char *file, up_error *error);
void up_safetensors_header_free(up_safetensors_header *header);

#endif
