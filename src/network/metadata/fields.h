/* SPDX-License-Identifier: MIT */
/* What kinds of layers are told, from and to JSON. */
#ifndef UP_NETWORK_FIELDS_H
#define UP_NETWORK_FIELDS_H

#include "base/json/json_tree.h"
#include "base/json/json_writer.h"
#include "network/build/builder.h"

/* A field of a node to be. `channels` come in; what has no place in `fields` goes into `spec`. */
typedef struct {
    up_network_builder *builder;
    void *fields;
    up_node_spec *spec;
    float *bounds; /* of spec, to be written */
    int channels;
} up_field_target;

enum { UP_FIELD_EXPECTED = 96 };

/* False if the value is not what up_field_expected() says; an error if memory ran out. */
up_status up_field_read(const up_field_target *target, const up_layer_field *field,
                        const up_json *value, bool *good);
const char *up_field_expected(char text[UP_FIELD_EXPECTED], const up_layer_field *field);

/* Whether it must be stated: false where it is what it would be if nothing was. */
bool up_field_matters(const up_network_node *node, const up_layer_field *field);

/* The value of one that matters; reals to so many digits. */
void up_field_write(up_json_writer *to, const up_network_node *node, const up_layer_field *field,
                    int digits);

#endif
