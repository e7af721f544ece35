/* SPDX-License-Identifier: MIT */
/* Eigenvectors of symmetric matrices, in double: Householder's reduction to a tridiagonal matrix,
 * then QL with implicit shifts (Golub, Van Loan: Matrix Computations, 8.3). */
#ifndef UP_RESTORE_EIGEN_H
#define UP_RESTORE_EIGEN_H

#include <stdbool.h>
#include <stddef.h>

/* matrix: [n][n], destroyed. vectors: [n][n], each row a vector of length 1. values: [n], in no
 * order. work: [3 * n]. False: it did not converge, as with what is not finite. */
bool up_eigen(double *matrix, double *vectors, double *values, double *work, int n);

#endif
