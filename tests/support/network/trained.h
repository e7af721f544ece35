/* SPDX-License-Identifier: MIT */
/* Short trainings of small networks, in the scratch folder. */
#ifndef SUPPORT_TRAINED_H
#define SUPPORT_TRAINED_H

#include "upscale_train.h"

/* A sample of wave picture `picture`, 8..248. */
int wave_sample(int picture, int x, int y, int c);
/* Saves `count` (at most 8) pictures of waves, no two alike: their paths, until the next call. */
const char *const *wave_pictures(int count, int side, int channels);

/* Trains, which must end with `wanted`. */
void train_expect(const char *output, const up_train_options *options, up_status wanted);

/* Trains at one go; then with a checkpoint, stopped at step 20 and taken up again by `threads`
 * threads, which must come to the same file. Leaves the options of the latter, and returns its
 * path. */
const char *train_resumed(up_train_options *options, int threads);

/* For `report`: keeps what was told last. */
extern up_train_state trained_state;
void trained_note(void *user, const up_train_state *state);

#endif
