/* Where to look: the places at which the results differ most. */
#ifndef UP_COMPARE_PLACES_H
#define UP_COMPARE_PLACES_H

#include "io/pixels.h"
#include "upscale_measure.h"

/* Luma of a few million pixels of every result, the same ones of each. */
typedef struct {
    int width, height; /* of the pictures */
    int step;          /* one sample out of step x step pixels */
    int columns, rows, count;
    uint8_t *luma; /* [result][row][column] */
    up_format format;
    int filling; /* the result that rows are given of */
} up_places;

up_status up_places_init(up_places *places, int width, int height, int results, up_error *error);
void up_places_clear(up_places *places);

/* The rows that follow are those of this result. */
void up_places_begin(up_places *places, int result, const up_format *format);
void up_places_watch(void *places, int y, const void *row); /* an up_tiling.watch */

/* Up to `most` boxes of side x side (or less, in small pictures) with some distance between them
 * and to the `taken` ones. How much results differ at a pixel is the range of the middle half of
 * them, so that one that is unlike all others does not decide alone. Returns how many it found. */
int up_places_find(up_places *places, up_box *box, int most, int side, const up_box *taken,
                   int taken_count);

#endif
