/* SPDX-License-Identifier: MIT */
/* A deflate encoder for what repeats seldom but runs often: filtered photographs. It looks for runs
 * of one byte only, which makes it several times as fast as a search for repeats at any distance,
 * and no larger on such data, where distant repeats are short and cost more than their bytes. */
#ifndef UP_IO_DEFLATE_RUNS_H
#define UP_IO_DEFLATE_RUNS_H

#include <stddef.h>
#include <stdint.h>

/* The most bytes that up_deflate_runs() makes, or scribbles on, for `size` bytes. */
size_t up_deflate_runs_bound(size_t size);

/* Appends to a raw deflate stream at a byte boundary, and ends at one, as a sync flush does; none
 * of it is the final block. Returns the size. */
size_t up_deflate_runs(uint8_t *out, const uint8_t *in, size_t size);

#endif
