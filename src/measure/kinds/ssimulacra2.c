/* SPDX-License-Identifier: MIT */
/* SSIMULACRA 2.1: structural similarity, edges that came and edges that went, in XYB, on six scales
 * of linear light. */

#include "measure/kinds/measure_kind.h"

#include "base/memory.h"
#include "kernels/kernels.h"
#include "measure/kinds/light_rows.h"
#include "measure/row_bands.h"

#include <math.h>
#include <string.h>

enum { PLANES = 3, SCALES = 6, MAPS = 3, NORMS = 2, LEAST = 8, BAND = 32 };

/* The window: a Gaussian of sigma 1.5 by three truncated cosines (Charalampidis 2016), nothing
 * beyond the edges. */
enum { REACH = 4, TAPS = 2 * REACH + 1 };
static const float tap[TAPS] = { 0.00941436781f, 0.0360111147f, 0.109335373f,
                                 0.212928592f,   0.264621105f,  0.212928592f,
                                 0.109335373f,   0.0360111147f, 0.00941436781f };

/* What is averaged under it, and the pixels themselves. With d = a - b, 2 cov = v_a + v_b - v_d:
 * see local_similarity.c. */
enum { MEAN_A, MEAN_B, SQUARES, DIFFERENCE, MOMENTS, OWN = MOMENTS, KEPT = MOMENTS + 2 };

/* Sums of a map, and of its fourth powers, over pixels. */
typedef struct {
    double map[MAPS][NORMS];
} map_sums;

typedef struct {
    const up_light_rows *rows;
    const up_kernels *kernels;
    int width, height;
    const float *light[2]; /* of this scale, as planes; NULL: that of the rows */
    float *half[2];        /* of the next one; NULL: there is none */
    map_sums *row;         /* [row][plane] */
} scale;

static int halved(int size)
{
    return size / 2 + size % 2;
}

static size_t plane_floats(int width, int height)
{
    return (size_t)width * (size_t)height;
}

/* -------------------------------------------------------------- the workspace of a band */

typedef struct {
    float *light, *xyb, *padded, *mean[MOMENTS], *nothing, *ring;
    size_t stride;
} workspace;

static size_t row_stride(const scale *s)
{
    return s->rows->measured.stride + up_round_up(2 * REACH, UP_ALIGN / sizeof(float));
}

static size_t workspace_floats(const scale *s)
{
    return up_measured_row_floats(&s->rows->measured) +
           (PLANES + 1 + MOMENTS + 1 + TAPS * PLANES * KEPT) * row_stride(s);
}

static workspace lay_out(const scale *s, float *scratch)
{
    workspace w = { .light = scratch, .stride = row_stride(s) };
    w.xyb = w.light + up_measured_row_floats(&s->rows->measured);
    w.padded = w.xyb + PLANES * w.stride;
    for (size_t i = 0; i < MOMENTS; i++)
        w.mean[i] = w.padded + (1 + i) * w.stride;
    w.nothing = w.mean[MOMENTS - 1] + w.stride;
    w.ring = w.nothing + w.stride;
    return w;
}

static float *ring_row(const workspace *w, int y, int plane, int kept)
{
    return w->ring + (size_t)((y % TAPS * PLANES + plane) * KEPT + kept) * w->stride;
}

/* -------------------------------------------------------------- from light to XYB */

static void read_light(const scale *s, const workspace *w, int picture, int y)
{
    if (!s->light[picture]) {
        up_light_row(s->rows, picture, y, w->light);
        return;
    }
    const float *from = s->light[picture] + (size_t)y * (size_t)s->width;
    for (size_t c = 0; c < PLANES; c++, from += plane_floats(s->width, s->height))
        memcpy(w->light + c * s->rows->measured.stride, from, (size_t)s->width * sizeof *from);
}

/* Adds half of the mean of 2x2, and of the last row of an odd number all of it. */
static void halve(const scale *s, const workspace *w, int picture, int y)
{
    const int width = halved(s->width), height = halved(s->height);
    const float share = y % 2 == 0 && y == s->height - 1 ? 0.5f : 0.25f;
    for (size_t c = 0; c < PLANES; c++) {
        const float *from = w->light + c * s->rows->measured.stride;
        float *to =
            s->half[picture] + c * plane_floats(width, height) + (size_t)(y / 2) * (size_t)width;
        for (int x = 0; x < width; x++) {
            const float sum = from[2 * x] + from[up_min(2 * x + 1, s->width - 1)];
            to[x] = (y % 2 ? to[x] : 0) + share * sum;
        }
    }
}

/* Scaled to about 0..1, and B less Y. */
static void make_xyb(const scale *s, const workspace *w)
{
    const size_t stride = s->rows->measured.stride;
    const float *r = w->light, *g = r + stride, *b = g + stride, bias = 0.0037930732552754493f;
    const float root = cbrtf(bias), m20 = 0.24342268924547819f, m21 = 0.20476744424496821f;
    for (int i = 0; i < s->width; i++) {
        const float l = cbrtf(0.3f * r[i] + 0.622f * g[i] + 0.078f * b[i] + bias) - root;
        const float m = cbrtf(0.23f * r[i] + 0.692f * g[i] + 0.078f * b[i] + bias) - root;
        const float z = cbrtf(m20 * r[i] + m21 * g[i] + (1 - m20 - m21) * b[i] + bias) - root;
        w->xyb[i] = 7 * (l - m) + 0.42f;
        w->xyb[w->stride + (size_t)i] = 0.5f * (l + m) + 0.01f;
        w->xyb[2 * w->stride + (size_t)i] = z - 0.5f * (l + m) + 0.55f;
    }
}

/* -------------------------------------------------------------- moments under the window */

static void filter_columns(const scale *s, const workspace *w, float *to, const float *from)
{
    const float *shifted[TAPS];
    memcpy(w->padded + REACH, from, (size_t)s->width * sizeof *from);
    memset(w->padded + REACH + s->width, 0, REACH * sizeof *from);
    for (int t = 0; t < TAPS; t++)
        shifted[t] = w->padded + t;
    s->kernels->mix_rows(to, shifted, tap, TAPS, s->width);
}

static void filter_moments(const scale *s, const workspace *w, int y, int plane)
{
    const float *a = ring_row(w, y, plane, OWN), *b = ring_row(w, y, plane, OWN + 1);
    float *square = w->mean[SQUARES], *difference = w->mean[DIFFERENCE];
    for (int x = 0; x < s->width; x++) {
        square[x] = a[x] * a[x] + b[x] * b[x];
        difference[x] = (a[x] - b[x]) * (a[x] - b[x]);
    }
    const float *const moment[MOMENTS] = { a, b, square, difference };
    for (int i = 0; i < MOMENTS; i++)
        filter_columns(s, w, ring_row(w, y, plane, i), moment[i]);
}

static void add_row(const scale *s, const workspace *w, int y, bool keep)
{
    for (int picture = 0; picture < 2; picture++) {
        read_light(s, w, picture, y);
        if (keep && s->half[picture])
            halve(s, w, picture, y);
        make_xyb(s, w);
        for (int c = 0; c < PLANES; c++)
            memcpy(ring_row(w, y, c, OWN + picture), w->xyb + (size_t)c * w->stride,
                   (size_t)s->width * sizeof(float));
    }
    for (int c = 0; c < PLANES; c++)
        filter_moments(s, w, y, c);
}

static void filter_rows(const scale *s, const workspace *w, int y, int plane)
{
    const float *rows[TAPS];
    for (int i = 0; i < MOMENTS; i++) {
        for (int t = 0; t < TAPS; t++) {
            const int from = y + t - REACH;
            rows[t] = from >= 0 && from < s->height ? ring_row(w, from, plane, i) : w->nothing;
        }
        s->kernels->mix_rows(w->mean[i], rows, tap, TAPS, s->width);
    }
}

/* -------------------------------------------------------------- maps */

static void add_to(double sum[NORMS], float error)
{
    const double e = (double)error;
    sum[0] += e;
    sum[1] += e * e * (e * e);
}

static map_sums sum_row(const workspace *w, const float *a, const float *b, int n)
{
    map_sums sums = { 0 };
    float *const *mean = w->mean;
    for (int x = 0; x < n; x++) {
        const float p = mean[MEAN_A][x], q = mean[MEAN_B][x], c2 = 0.0009f;
        const float d2 = (p - q) * (p - q), between = mean[DIFFERENCE][x] - d2;
        const float within = mean[SQUARES][x] - p * p - q * q + c2;
        const float edge = (1 + fabsf(b[x] - q)) / (1 + fabsf(a[x] - p)) - 1;
        add_to(sums.map[0], fmaxf((between + d2 * (within - between)) / within, 0));
        add_to(sums.map[1], fmaxf(edge, 0));
        add_to(sums.map[2], fmaxf(-edge, 0));
    }
    return sums;
}

static void compare_rows(void *user, int y0, int y1, float *scratch)
{
    const scale *s = user;
    const workspace w = lay_out(s, scratch);
    for (int y = up_max(y0 - REACH, 0); y < y1 + REACH; y++) {
        if (y < s->height)
            add_row(s, &w, y, y >= y0 && y < y1);
        const int middle = y - REACH;
        for (int c = 0; c < PLANES && middle >= y0; c++) {
            filter_rows(s, &w, middle, c);
            s->row[middle * PLANES + c] = sum_row(&w, ring_row(&w, middle, c, OWN),
                                                  ring_row(&w, middle, c, OWN + 1), s->width);
        }
    }
}

/* -------------------------------------------------------------- the score */

/* Of the means and the fourth roots of mean fourth powers of the maps, [plane][scale][norm] one
 * after the other. Where there are fewer scales the authors' program goes on without a gap. */
static const double weight[PLANES * SCALES * NORMS][MAPS] = {
    { 0, 0.0007376606707406586, 0 },
    { 0, 0.0007793481682867309, 0 },
    { 0, 0.0004371155730107379, 0 },
    { 1.1041726426657346, 0.00066284834129271, 0.00015231632783718752 },
    { 0, 0.0016406437456599754, 0 },
    { 1.8422455520539298, 11.441172603757666, 0 },
    { 0.0007989109436015163, 0.000176816438078653, 0 },
    { 1.8787594979546387, 10.94906990605142, 0 },
    { 0.0007289346991508072, 0.9677937080626833, 0 },
    { 0.00014003424285435884, 0.9981766977854967, 0.00031949755934435053 },
    { 0.0004550992113792063, 0, 0 },
    { 0.0013648766163243398, 0, 0 },
    { 0, 0, 0 },
    { 7.466890328078848, 0, 17.445833984131262 },
    { 0.0006235601634041466, 0, 0 },
    { 6.683678146179332, 0.00037724407979611296, 1.027889937768264 },
    { 225.20515300849274, 0, 0 },
    { 19.213238186143016, 0.0011401524586618361, 0.001237755635509985 },
    { 176.39317598450694, 0, 0 },
    { 24.43300999870476, 0.28520802612117757, 0.0004485436923833408 },
    { 0, 0, 0 },
    { 34.77906344483772, 44.835625328877896, 0 },
    { 0, 0, 0 },
    { 0, 0, 0 },
    { 0, 0.0008680556573291698, 0 },
    { 0, 0, 0 },
    { 0, 0.0005313191874358747, 0 },
    { 0.00016533814161379112, 0, 0 },
    { 0, 0, 0 },
    { 0.0004179171803251336, 0.0017290828234722833, 0 },
    { 0.0020827005846636437, 0, 0 },
    { 8.826982764996862, 23.19243343998926, 0 },
    { 95.1080498811086, 0.9863978034400682, 0.9834382792465353 },
    { 0.0012286405048278493, 171.2667255897307, 0.9807858872435379 },
    { 0, 0, 0 },
    { 0.0005130064588990679, 0, 0.00010854057858411537 },
};

typedef struct {
    double norm[PLANES][SCALES][NORMS][MAPS];
    int scales;
} norms;

static void add_scale(norms *all, const scale *s)
{
    const double pixels = (double)s->width * s->height;
    for (int c = 0; c < PLANES; c++)
        for (int map = 0; map < MAPS; map++) {
            double sum[NORMS] = { 0 };
            for (int y = 0; y < s->height; y++)
                for (int n = 0; n < NORMS; n++)
                    sum[n] += s->row[y * PLANES + c].map[map][n];
            all->norm[c][all->scales][0][map] = sum[0] / pixels;
            all->norm[c][all->scales][1][map] = sqrt(sqrt(sum[1] / pixels));
        }
    all->scales++;
}

static double score(const norms *all)
{
    const double(*w)[MAPS] = weight;
    double sum = 0;
    for (int c = 0; c < PLANES; c++)
        for (int s = 0; s < all->scales; s++)
            for (int n = 0; n < NORMS; n++, w++)
                for (int map = 0; map < MAPS; map++)
                    sum += (*w)[map] * all->norm[c][s][n][map];
    sum *= 0.9562382616834844;
    sum = 2.326765642916932 * sum - 0.020884521182843837 * sum * sum +
          6.248496625763138e-05 * sum * sum * sum;
    return sum > 0 ? 100 - 10 * pow(sum, 0.6276336467831387) : 100;
}

static up_status compare_scales(norms *all, scale *s, float *halves, up_error *error)
{
    const up_measured *m = &s->rows->measured;
    const size_t first = PLANES * plane_floats(halved(s->width), halved(s->height));
    for (int i = 0; i < SCALES; i++) {
        const int width = halved(s->width), height = halved(s->height);
        const bool last = i == SCALES - 1 || s->width < LEAST || s->height < LEAST;
        const size_t size = PLANES * plane_floats(width, height);
        float *next = halves + (i % 2 ? 2 * first : 0); /* by turns */
        s->half[0] = last ? NULL : next;
        s->half[1] = last ? NULL : next + size;
        const up_row_bands bands = { m->threads, s->height, BAND, workspace_floats(s), m->cancel };
        UP_TRY(up_row_bands_run(&bands, compare_rows, s, error));
        add_scale(all, s);
        if (last)
            break;
        s->light[0] = s->half[0];
        s->light[1] = s->half[1];
        s->width = width;
        s->height = height;
    }
    return UP_OK;
}

static up_status ssimulacra2(double *value, const up_pixels *a, const up_pixels *b,
                             const up_measuring *how, up_error *error)
{
    up_light_rows rows;
    UP_TRY(up_light_rows_init(&rows, a, b, how, error));
    const up_measured *m = &rows.measured;
    const char *title = up_kind_ssimulacra2.info.title;
    const int width = halved(m->width), height = halved(m->height);
    const size_t floats =
        2 * PLANES * (plane_floats(width, height) + plane_floats(halved(width), halved(height)));
    const size_t sums = (size_t)m->height * PLANES;
    UP_TRY(up_measure_needs(m, title, LEAST, error));
    UP_TRY(up_measure_holds(m, title, floats * sizeof(float) + sums * sizeof(map_sums), error));
    float *halves = up_alloc(floats, sizeof *halves);
    scale s = { &rows, up_kernels_get(), m->width, m->height,
                .row = up_alloc(sums, sizeof *s.row) };
    norms all = { .scales = 0 };
    up_status status = halves && s.row
                           ? compare_scales(&all, &s, halves, error)
                           : up_fail_memory(error, "scales of pictures", floats * sizeof(float));
    if (status == UP_OK)
        *value = score(&all);
    up_free(halves);
    up_free(s.row);
    return status;
}

const up_measure_kind up_kind_ssimulacra2 = {
    { "ssimulacra2", "SSIMULACRA 2", "structural similarity and edges in XYB, 100 is alike", false,
      2, false, false },
    ssimulacra2,
    NULL,
};
