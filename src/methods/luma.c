/* SPDX-License-Identifier: MIT */
#include "methods/luma.h"

/* Rows Y, Cb, Cr of BT.601 for values 0 .. 1: factors of R, G, B and an offset. */
static void forward(double m[3][4], bool studio)
{
    static const double kr = 0.299, kg = 0.587, kb = 0.114;
    double y = studio ? 219.0 / 255 : 1, c = studio ? 224.0 / 255 : 1;
    const double full[3][3] = { { kr, kg, kb },
                                { -kr / (2 - 2 * kb), -kg / (2 - 2 * kb), 0.5 },
                                { 0.5, -kg / (2 - 2 * kr), -kb / (2 - 2 * kr) } };
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++)
            m[i][j] = full[i][j] * (i ? c : y);
        m[i][3] = studio ? (i ? 128 : 16) / 255.0 : (i ? 128 / 255.0 : 0);
    }
}

static double cofactor(double m[3][4], int i, int j)
{
    int a = (i + 1) % 3, b = (i + 2) % 3, c = (j + 1) % 3, d = (j + 2) % 3;
    return m[a][c] * m[b][d] - m[a][d] * m[b][c];
}

static void invert(double m[3][4], double inverse[3][4])
{
    double det = 0;
    for (int j = 0; j < 3; j++)
        det += m[0][j] * cofactor(m, 0, j);
    for (int i = 0; i < 3; i++) {
        inverse[i][3] = 0;
        for (int j = 0; j < 3; j++) {
            inverse[i][j] = cofactor(m, j, i) / det;
            inverse[i][3] -= inverse[i][j] * m[j][3];
        }
    }
}

/* From values of 0 .. from to 0 .. to. */
static void scale_matrix(up_luma *luma, double m[3][4], double from, double to)
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            luma->matrix[4 * i + j] = (float)(m[i][j] * (j < 3 ? to / from : to));
}

void up_luma_from_rgb(up_luma *luma, bool studio, float white, float range)
{
    double m[3][4];
    forward(m, studio);
    scale_matrix(luma, m, white, range);
}

void up_luma_to_rgb(up_luma *luma, bool studio, float white, float range)
{
    double m[3][4], inverse[3][4];
    forward(m, studio);
    invert(m, inverse);
    scale_matrix(luma, inverse, range, white);
}

void up_luma_from_grey(float affine[2], bool studio, float white, float range)
{
    affine[0] = range / white * (studio ? 219.0f / 255 : 1);
    affine[1] = studio ? range * 16 / 255 : 0;
}

void up_luma_to_grey(float affine[2], bool studio, float white, float range)
{
    float forward_affine[2];
    up_luma_from_grey(forward_affine, studio, white, range);
    affine[0] = 1 / forward_affine[0];
    affine[1] = -forward_affine[1] / forward_affine[0];
}
