/* SPDX-License-Identifier: MIT */
/* Muon (Jordan et al. 2024): momentum, made orthogonal before it is followed, so that every
 * direction of a matrix of weights learns alike. */
#ifndef UP_TRAIN_MUON_H
#define UP_TRAIN_MUON_H

#include "base/status.h"

/* For matrices of one size. The shorter side counts as rows; rows are padded with zeros. */
typedef struct {
    int rows, columns;
    int small, large;               /* the sides */
    int small_stride, large_stride; /* rounded up for the kernels */
    float *x, *y;                   /* [small][large_stride] */
    float *turned;                  /* [large][small_stride]: x transposed */
    float *gram, *square;           /* [small][small_stride] */
    float *memory;
    const float **row; /* [large] */
} up_muon_work;

up_status up_muon_work_make(up_muon_work *work, int rows, int columns, up_error *error);
void up_muon_work_free(up_muon_work *work);

/* One step on weight[rows][columns]. Since noise makes steps as large as the gradient does, weights
 * decay, by a tenth of the rate; otherwise they grow without end and learn ever less. */
void up_muon(up_muon_work *work, float *weight, float *mean, const float *gradient, double rate);

#endif
