/* SPDX-License-Identifier: MIT */
#include "colour/lab.h"

#include "colour/h273.h"
#include "colour/primaries.h"

enum { BT709 = 1 };

bool up_lab_init(up_lab *lab, const double white[2])
{
    const double axes[8] = { white[0], white[1], 1, 0, 0, 1, 0, 0 }; /* those of XYZ */
    lab->curve = up_transfer_srgb();
    return up_primaries_matrix(lab->matrix, axes, up_h273_primaries(BT709));
}

static double share(double f)
{
    const double knee = 6.0 / 29;
    return f > knee ? f * f * f : 3 * knee * knee * (f - 4.0 / 29);
}

void up_lab_to_srgb(const up_lab *lab, const double from[3], double rgb[3])
{
    const double f = (from[0] + 16) / 116;
    const double xyz[3] = { share(f + from[1] / 500), share(f), share(f - from[2] / 200) };
    for (int c = 0; c < 3; c++) {
        const double *m = lab->matrix + c * 3;
        rgb[c] = up_transfer_from_light(&lab->curve, m[0] * xyz[0] + m[1] * xyz[1] + m[2] * xyz[2]);
    }
}
