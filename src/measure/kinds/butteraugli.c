/* SPDX-License-Identifier: MIT */
/* Butteraugli, as libjxl has it: the pictures go there as linear light. */

#include "measure/kinds/measure_kind.h"

#include "base/machine/library.h"
#include "base/memory.h"
#include "io/jxl/jxl_threads.h"
#include "measure/kinds/light_rows.h"
#include "measure/row_bands.h"

#include <jxl/butteraugli.h>

enum {
    LEAST = 8,
    OWN_BYTES = 2 * 3 * sizeof(float),
    LIBRARY_BYTES = 260 /* as measured, a pixel */
};

/* clang-format off */
#define FUNCTIONS(F) \
    F(JxlButteraugliApiCreate) F(JxlButteraugliApiDestroy) F(JxlButteraugliApiSetHFAsymmetry) \
    F(JxlButteraugliApiSetIntensityTarget) F(JxlButteraugliApiSetParallelRunner) \
    F(JxlButteraugliCompute) F(JxlButteraugliResultDestroy) F(JxlButteraugliResultGetDistance) \
    F(JxlButteraugliResultGetMaxDistance)
/* clang-format on */

static struct {
    FUNCTIONS(UP_LIBRARY_POINTER)
} libjxl;
static const up_library library = UP_LIBRARY(libjxl, FUNCTIONS);

/* As the authors' butteraugli_main has them. */
#define INTENSITY 80.0f
#define ASYMMETRY 0.8f

/* -------------------------------------------------------------- pictures */

typedef struct {
    const up_light_rows *rows;
    float *light[2]; /* pixels of three */
} reading;

static void read_rows(void *user, int y0, int y1, float *row)
{
    const reading *r = user;
    const up_measured *m = &r->rows->measured;
    for (int picture = 0; picture < 2; picture++)
        for (int y = y0; y < y1; y++) {
            up_light_row(r->rows, picture, y, row);
            float *to = r->light[picture] + 3 * (size_t)y * (size_t)m->width;
            for (size_t x = 0; x < (size_t)m->width; x++)
                for (size_t c = 0; c < 3; c++)
                    to[3 * x + c] = row[c * m->stride + x];
        }
}

static up_status compare(JxlButteraugliResult **result, const reading *r, up_error *error)
{
    static const JxlPixelFormat format = { 3, JXL_TYPE_FLOAT, JXL_NATIVE_ENDIAN, 0 };
    const up_measured *m = &r->rows->measured;
    const size_t bytes = 3 * (size_t)m->width * (size_t)m->height * sizeof(float);
    int threads = m->threads;
    JxlButteraugliApi *api = libjxl.JxlButteraugliApiCreate(NULL);
    if (!api)
        return up_fail_memory(error, "Butteraugli", 0);
    libjxl.JxlButteraugliApiSetIntensityTarget(api, INTENSITY);
    libjxl.JxlButteraugliApiSetHFAsymmetry(api, ASYMMETRY);
    libjxl.JxlButteraugliApiSetParallelRunner(api, up_jxl_run, &threads);
    *result = libjxl.JxlButteraugliCompute(api, (uint32_t)m->width, (uint32_t)m->height, &format,
                                           r->light[0], bytes, &format, r->light[1], bytes);
    libjxl.JxlButteraugliApiDestroy(api);
    return *result ? UP_OK : up_fail_memory(error, "Butteraugli", bytes);
}

/* -------------------------------------------------------------- the measures */

static up_status measure(double *value, const up_pixels *a, const up_pixels *b,
                         const up_measuring *how, float norm, up_error *error)
{
    up_light_rows rows;
    UP_TRY(up_library_load(&library, "Butteraugli needs", error));
    UP_TRY(up_light_rows_init(&rows, a, b, how, error));
    const up_measured *m = &rows.measured;
    const size_t pixels = (size_t)m->width * (size_t)m->height;
    const char *title = up_kind_butteraugli.info.title;
    UP_TRY(up_measure_needs(m, title, LEAST, error));
    UP_TRY(up_measure_holds(m, title, pixels * (OWN_BYTES + LIBRARY_BYTES), error));
    float *light = up_alloc(2 * 3 * pixels, sizeof *light);
    if (!light)
        return up_fail_memory(error, "pictures to measure", pixels * OWN_BYTES);
    reading r = { &rows, { light, light + 3 * pixels } };
    const up_row_bands bands = { m->threads, m->height, 16, up_measured_row_floats(m), m->cancel };
    JxlButteraugliResult *result = NULL;
    up_status status = up_row_bands_run(&bands, read_rows, &r, error);
    if (status == UP_OK)
        status = compare(&result, &r, error);
    up_free(light);
    if (status != UP_OK)
        return status;
    *value = (double)(norm > 0 ? libjxl.JxlButteraugliResultGetDistance(result, norm)
                               : libjxl.JxlButteraugliResultGetMaxDistance(result));
    libjxl.JxlButteraugliResultDestroy(result);
    return UP_OK;
}

static up_status butteraugli(double *value, const up_pixels *a, const up_pixels *b,
                             const up_measuring *how, up_error *error)
{
    return measure(value, a, b, how, 0, error);
}

static up_status butteraugli_3(double *value, const up_pixels *a, const up_pixels *b,
                               const up_measuring *how, up_error *error)
{
    return measure(value, a, b, how, 3, error);
}

const up_measure_kind up_kind_butteraugli = {
    { "butteraugli", "Butteraugli", "Butteraugli, where it is largest", true, 3, false, false },
    butteraugli,
    NULL,
};

const up_measure_kind up_kind_butteraugli_3 = {
    { "butteraugli-3", "Butteraugli-3", "Butteraugli, its 3-norm over the picture", true, 3, false,
      false },
    butteraugli_3,
    NULL,
};
