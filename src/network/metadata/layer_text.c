/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "network/metadata/layer_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text_stream.h"
#include "network/metadata/fields.h"
#include "network/metadata/upscale_layers.h"

enum { SHOWN_DIGITS = 4 };

/* "-0.31..2.4": the least and the greatest of any channel. */
static void print_bounds(FILE *out, const char *before, const up_network_node *node)
{
    float low = node->bounds[0], high = node->bounds[node->channels];
    for (int c = 1; c < node->channels; c++) {
        low = fminf(low, node->bounds[c]);
        high = fmaxf(high, node->bounds[node->channels + c]);
    }
    fprintf(out, "%s%.3g..%.3g", before, (double)low, (double)high);
}

static void print_value(FILE *out, const char *before, const up_network_node *node,
                        const up_layer_field *field)
{
    up_json_writer json = { 0 };
    up_field_write(&json, node, field, SHOWN_DIGITS);
    char *text = up_json_take(&json);
    fprintf(out, "%s%s ", before, field->key);
    for (const char *at = text; at && *at; at++)
        if (!strchr("[]\"", *at))
            fputc(*at, out);
    free(text);
}

char *up_network_settings(const up_network_node *node)
{
    const char *before = "";
    char *text = NULL;
    size_t size;
    FILE *out = up_text_stream(&text, &size);
    if (!out)
        return NULL;
    for (const up_layer_field *field = node->kind->field; field && field->key; field++) {
        if (field->type >= UP_FIELD_WEIGHT || strcmp(field->key, "stride") == 0 ||
            strcmp(field->key, "groups") == 0)
            continue;
        if (!up_field_matters(node, field))
            continue;
        print_value(out, before, node, field);
        before = ", ";
    }
    if (node->bounds)
        print_bounds(out, before, node);
    fclose(out);
    return text;
}

char *up_network_layer_json(const up_network *network, int node)
{
    up_json_writer json = { 0 };
    up_network_put_layer(&json, network, node, node, true);
    return up_json_take(&json);
}
