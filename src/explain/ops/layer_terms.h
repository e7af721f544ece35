/* SPDX-License-Identifier: MIT */
/* The parameters of a layer, checked and small enough, and its parts. */
#ifndef UP_EXPLAIN_LAYER_TERMS_H
#define UP_EXPLAIN_LAYER_TERMS_H

#include "explain/explanation.h"
#include "ops/conv/conv.h"

/* Reads x, which must be at most 16x16 and finite. */
up_status up_terms_input(up_explanation *e, const up_explain_options *o, up_error *error);

/* Reads the kernel of tconv or conv and settles channels, groups, stride and the like. */
up_status up_terms_conv(up_explanation *e, const up_explain_options *o, bool transposed,
                        up_error *error);

/* The whole scale, as kernel and stride: 1..16, the same for rows and columns or not. */
up_status up_terms_scale(up_explanation *e, const up_explain_options *o, up_error *error);

/* The same layer as the ops have it; `weight` is borrowed. */
up_conv up_terms_layer(const up_explanation *e, bool transposed, const float *weight);

/* The result is of this size, which e->y gets, without values; refused where it is too large. */
up_status up_terms_result(up_explanation *e, int64_t channels, int64_t rows, int64_t columns,
                          up_error *error);

/* The same of an input that becomes e->stride times as large, and how that is said. */
up_status up_terms_enlarged(up_explanation *e, int channels, up_error *error);

/* A pair's value, or `unset`. */
static inline int up_terms_pair(const up_pair *pair, int axis, int unset)
{
    return !pair->set ? unset : axis ? pair->columns : pair->rows;
}

#endif
