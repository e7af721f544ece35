/* SPDX-License-Identifier: MIT */
/* The table of measures: a new one is one file that defines it and one line in
 * measure/measures.c. */
#ifndef UP_MEASURE_KIND_H
#define UP_MEASURE_KIND_H

#include "measure/measured.h"

/* `a` is the reference, `b` what is measured. */
typedef up_status up_measure_run(double *value, const up_pixels *a, const up_pixels *b,
                                 const up_measuring *how, up_error *error);

typedef struct {
    up_measure_info info;
    up_measure_run *run;
    up_status (*check)(const up_measuring *how, up_error *error); /* NULL: it lacks nothing */
} up_measure_kind;

extern const up_measure_kind up_kind_psnr_hvs, up_kind_psnr_hvs_m, up_kind_gmsd, up_kind_vifp,
    up_kind_fsim, up_kind_fsimc, up_kind_ciede2000, up_kind_butteraugli, up_kind_butteraugli_3,
    up_kind_ssimulacra2, up_kind_lpips, up_kind_lpips_vgg, up_kind_dists, up_kind_blockiness,
    up_kind_niqe, up_kind_sharpness;

/* UP_ERROR_UNSUPPORTED, saying what the measure needs, if there are fewer pixels on a side. */
up_status up_measure_needs(const up_measured *measured, const char *title, int least,
                           up_error *error);

/* UP_ERROR_LIMIT if so many bytes, held at a time, are more than may be. */
up_status up_measure_holds(const up_measured *measured, const char *title, size_t bytes,
                           up_error *error);

#endif
