/* SPDX-License-Identifier: MIT */
/* The measures by their names. */

#include "measure/kinds/measure_kind.h"

#include "base/machine/machine.h"

#include <stddef.h>
#include <string.h>

static const up_measure_kind
    psnr = { { "psnr", "PSNR", "peak signal-to-noise ratio, in dB", false, 2, false, false },
             up_psnr,
             NULL },
    ssim = { { "ssim", "SSIM", "structural similarity", false, 4, false, false }, up_ssim, NULL },
    ms_ssim = { { "ms-ssim", "MS-SSIM", "structural similarity on five scales", false, 4, false,
                  false },
                up_ms_ssim,
                NULL };

/* In the order in which they are listed. */
static const up_measure_kind *const kinds[] = {
    &psnr,
    &ssim,
    &ms_ssim,
    &up_kind_psnr_hvs,
    &up_kind_psnr_hvs_m,
    &up_kind_gmsd,
    &up_kind_vifp,
    &up_kind_fsim,
    &up_kind_fsimc,
    &up_kind_ciede2000,
    &up_kind_ssimulacra2,
#ifdef UPSCALE_BUTTERAUGLI
    &up_kind_butteraugli,
    &up_kind_butteraugli_3,
#endif
    &up_kind_lpips,
    &up_kind_lpips_vgg,
    &up_kind_dists,
    &up_kind_niqe,
    &up_kind_blockiness,
    &up_kind_sharpness,
};

enum { KINDS = sizeof kinds / sizeof *kinds };

const up_measure_info *up_measure_at(int i)
{
    return i >= 0 && i < KINDS ? &kinds[i]->info : NULL;
}

static const up_measure_kind *find(const char *name)
{
    for (int i = 0; i < KINDS; i++)
        if (strcmp(kinds[i]->info.name, name) == 0)
            return kinds[i];
    return NULL;
}

static up_status refuse(const char *name, up_error *error)
{
    if (strcmp(name, "butteraugli") == 0 || strcmp(name, "butteraugli-3") == 0)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "this build has no Butteraugli: it was made without libjxl, of which "
                       "versions up to 0.8 have it; ssimulacra2 is much like it");
    return up_fail(error, UP_ERROR_ARGUMENT, "there is no measure called %.40s", name);
}

up_status up_measure_check(const char *name, const up_measuring *how, up_error *error)
{
    const up_measure_kind *kind = find(name);
    if (!kind)
        return refuse(name, error);
    return kind->check ? kind->check(how, error) : UP_OK;
}

up_status up_measure(double *value, const char *name, const up_pixels *reference,
                     const up_pixels *picture, const up_measuring *how, up_error *error)
{
    UP_TRY(up_measure_check(name, how, error));
    return find(name)->run(value, reference, picture, how, error);
}

up_status up_measure_needs(const up_measured *m, const char *title, int least, up_error *error)
{
    if (m->width >= least && m->height >= least)
        return UP_OK;
    return up_fail(error, UP_ERROR_UNSUPPORTED,
                   "%s needs %dx%d pixels, and %dx%d lie inside the border", title, least, least,
                   m->width, m->height);
}

up_status up_measure_holds(const up_measured *m, const char *title, size_t bytes, up_error *error)
{
    const size_t most = up_machine_memory_limit(m->max_memory);
    if (bytes <= most)
        return UP_OK;
    return up_fail(error, UP_ERROR_LIMIT,
                   "%s of %dx%d would need %zu MiB of memory, more than the %zu MiB allowed; raise "
                   "--max-memory",
                   title, m->width, m->height, (bytes >> 20) + 1, most >> 20);
}
