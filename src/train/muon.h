/* Muon (Jordan et al. 2024): momentum, made orthogonal before it is followed, so that every
 * direction of a matrix of weights learns alike. */
#ifndef UP_TRAIN_MUON_H
#define UP_TRAIN_MUON_H

#include <stddef.h>

size_t up_muon_scratch(int rows, int columns); /* floats */

/* One step on weight[rows][columns]. */
void up_muon(float *weight, float *mean, const float *gradient, int rows, int columns, double rate,
             float *scratch);

#endif
