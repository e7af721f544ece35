/* SPDX-License-Identifier: MIT */
#include "colour/primaries.h"

#include <math.h>
#include <string.h>

/* ICC.1:2022, annex E: the cone responses that whites are adapted in. */
static const double bradford[9] = { 0.8951, 0.2664, -0.1614, -0.7502, 1.7135,
                                    0.0367, 0.0389, -0.0685, 1.0296 };

static void multiply(double out[9], const double a[9], const double b[9])
{
    double product[9];
    for (int i = 0; i < 9; i++) {
        product[i] = 0;
        for (int k = 0; k < 3; k++)
            product[i] += a[i / 3 * 3 + k] * b[k * 3 + i % 3];
    }
    memcpy(out, product, sizeof product);
}

static void apply(double out[3], const double m[9], const double v[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = m[i * 3] * v[0] + m[i * 3 + 1] * v[1] + m[i * 3 + 2] * v[2];
}

static double cofactor(const double m[9], int row, int column)
{
    const int r1 = (row + 1) % 3, r2 = (row + 2) % 3;
    const int c1 = (column + 1) % 3, c2 = (column + 2) % 3;
    return m[r1 * 3 + c1] * m[r2 * 3 + c2] - m[r1 * 3 + c2] * m[r2 * 3 + c1];
}

static bool invert(double out[9], const double m[9])
{
    double determinant = 0;
    for (int k = 0; k < 3; k++)
        determinant += m[k] * cofactor(m, 0, k);
    if (!(fabs(determinant) > 1e-9))
        return false;
    double inverse[9];
    for (int i = 0; i < 9; i++)
        inverse[i] = cofactor(m, i % 3, i / 3) / determinant;
    memcpy(out, inverse, sizeof inverse);
    return true;
}

/* Of luminance 1. */
static bool xyz_of(double out[3], const double xy[2])
{
    if (!(xy[1] > 1e-6))
        return false;
    out[0] = xy[0] / xy[1];
    out[1] = 1;
    out[2] = (1 - xy[0] - xy[1]) / xy[1];
    return true;
}

/* Primaries without luminance, as that of XYZ's blue: their share of white decides. */
static bool to_xyz(double out[9], const double xy[8])
{
    double columns[9], inverse[9], white[3], share[3];
    for (int c = 0; c < 3; c++) {
        const double *p = xy + 2 + 2 * c;
        columns[c] = p[0];
        columns[3 + c] = p[1];
        columns[6 + c] = 1 - p[0] - p[1];
    }
    if (!xyz_of(white, xy) || !invert(inverse, columns))
        return false;
    apply(share, inverse, white);
    for (int i = 0; i < 9; i++)
        out[i] = columns[i] * share[i % 3];
    return true;
}

static bool adapt(double out[9], const double from[2], const double to[2])
{
    double white[2][3], cones[2][3], scaled[9], inverse[9];
    if (!xyz_of(white[0], from) || !xyz_of(white[1], to) || !invert(inverse, bradford))
        return false;
    apply(cones[0], bradford, white[0]);
    apply(cones[1], bradford, white[1]);
    for (int i = 0; i < 9; i++) {
        if (!(cones[0][i / 3] > 1e-6))
            return false;
        scaled[i] = bradford[i] * cones[1][i / 3] / cones[0][i / 3];
    }
    multiply(out, inverse, scaled);
    return true;
}

bool up_primaries_matrix(double matrix[9], const double from[8], const double to[8])
{
    double in[9], out[9], adaptation[9];
    if (!to_xyz(in, from) || !to_xyz(out, to) || !invert(out, out) || !adapt(adaptation, from, to))
        return false;
    multiply(matrix, adaptation, in);
    multiply(matrix, out, matrix);
    return true;
}
