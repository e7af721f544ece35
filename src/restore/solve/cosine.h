/* SPDX-License-Identifier: MIT */
/*
 * The discrete cosine transform of type I on whole planes, in double: what the discrete Fourier
 * transform is of a plane that is reflected about its edge samples (UP_EDGE_REFLECT) for ever. Even
 * convolutions with a stride of 1 are there products.
 */
#ifndef UP_RESTORE_COSINE_H
#define UP_RESTORE_COSINE_H

#include "base/status.h"

/* X[k] = x[0] + (-1)^k x[n - 1] + 2 sum over 0 < j < n - 1 of x[j] cos(pi j k / (n - 1)), on both
 * axes; applied twice, it multiplies by 4 (rows - 1) (columns - 1), an axis of 1 staying as it is.
 */
up_status up_cosine_transform(double *plane, int rows, int columns, int threads, up_error *error);

/* Memory it takes beside the plane. */
size_t up_cosine_bytes(int rows, int columns, int threads);

#endif
