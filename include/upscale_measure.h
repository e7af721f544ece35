/* SPDX-License-Identifier: MIT */
/*
 * upscale, the part that measures: PSNR, SSIM and their like, and the protocol of super-resolution
 * papers. Conventions as in upscale.h.
 */
#ifndef UPSCALE_MEASURE_H
#define UPSCALE_MEASURE_H

#include <upscale.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- pictures */

/*
 * How far two pictures of the same size are apart. They may differ in sample type and layout: all
 * samples are brought to 0..255 (16 bit divided by 257, floats clamped to 0..1 and times 255).
 * Alpha: what is seen on white. CMYK: as RGB, (1 - C)(1 - K). Tensors count as grey or RGB if they
 * have 1 or 3 channels. What is measured is
 *   Y:   luma as MATLAB's rgb2ycbcr makes it (BT.601, 16..235), rounded to 8 bits:
 *        floor(16 + (65.481 R + 128.553 G + 24.966 B) / 255 + 0.5). Two grey pictures are compared
 *        as they are, rounded to 8 bits. This is what super-resolution papers report.
 *   RGB: red, green and blue alike, not rounded.
 * Results are the same for every number of threads.
 */
typedef enum {
    UP_CHANNEL_Y = 0,
    UP_CHANNEL_RGB,
} up_channel;

/* Weights of networks, and models, that measures need and the program does not have: see
 * up_measure().
 */
typedef struct up_metric_weights up_metric_weights;

/* From any number of files (.pth, .safetensors and so on), told by the names of their tensors. They
 * are:
 *   features.N.weight, .bias        AlexNet and VGG-16 as torchvision has them, and the same within
 *                                   the authors' modules: net.sliceK.N.*, stageK.N.*
 *   linK.model.1.weight             the heads of LPIPS 0.1, whose network their channels tell
 *   alpha, beta                     of DISTS
 *   mu, cov                         of NIQE: 36 means, and their covariance (mu_prisparam,
 *                                   cov_prisparam too)
 * A file of nothing of these, or of half a network, is UP_ERROR_WEIGHTS; what takes more than
 * `max_memory` (0: half of what there is) UP_ERROR_LIMIT. Files are closed again. */
UP_API up_status up_metric_weights_open(up_metric_weights **weights, const char *const *path,
                                        int count, size_t max_memory, up_error *error);
UP_API void up_metric_weights_close(up_metric_weights **weights);

typedef struct {
    up_channel channel;
    int border;        /* rows and columns left out at every edge, >= 0; papers take the scale */
    int threads;       /* 0: one per core */
    size_t max_memory; /* bytes that one measure may hold of a picture; 0: half of what there is.
                          More is UP_ERROR_LIMIT. */
    const up_metric_weights *weights; /* NULL: none */
    const volatile int *cancel; /* may be NULL; non-zero ends a measure soon, butteraugli before it
                                   begins: UP_ERROR_INTERRUPTED */
} up_measuring;

/* Pictures of different sizes, of other than 1, 3 or (with alpha, CMYK) 2 or 4 channels, are
 * UP_ERROR_ARGUMENT; with nothing left inside the border UP_ERROR_UNSUPPORTED. `how` may be NULL:
 * luma, no border. */

/* Mean squared error: the mean of (a - b)^2 over all pixels and channels measured. */
UP_API up_status up_mse(double *mse, const up_pixels *a, const up_pixels *b,
                        const up_measuring *how, up_error *error);

/* Peak signal-to-noise ratio in dB: 10 log10(255^2 / MSE), of RGB with the MSE of all three
 * channels; infinite for equal pictures. */
UP_API up_status up_psnr(double *psnr, const up_pixels *a, const up_pixels *b,
                         const up_measuring *how, up_error *error);

/* Structural similarity (Wang, Bovik, Sheikh, Simoncelli 2004): with local means m, variances v and
 * the covariance under a Gaussian window of 11x11, sigma 1.5, normalised,
 *   (2 m_a m_b + C1) (2 cov + C2) / ((m_a^2 + m_b^2 + C1) (v_a + v_b + C2)),
 *   C1 = (0.01 * 255)^2, C2 = (0.03 * 255)^2,
 * averaged over the windows that lie inside the picture as a whole; of RGB the mean of the three
 * channels. Equals Wang's ssim_index.m, and scikit-image's structural_similarity with
 * gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255. Less than 11x11
 * inside the border is UP_ERROR_UNSUPPORTED. */
UP_API up_status up_ssim(double *ssim, const up_pixels *a, const up_pixels *b,
                         const up_measuring *how, up_error *error);

/* Multi-scale SSIM (Wang, Simoncelli, Bovik 2003): the product over five scales of the mean
 * contrast-structure term (2 cov + C2) / (v_a + v_b + C2), at the last scale of the mean SSIM, to
 * the powers 0.0448, 0.2856, 0.3001, 0.2363, 0.1333; below 0 counts as 0. From scale to scale
 * pictures shrink by means of 2x2, odd edges repeated (Wang's msssim.m). Of RGB the mean of the
 * three channels. Less than 176x176 inside the border is UP_ERROR_UNSUPPORTED. */
UP_API up_status up_ms_ssim(double *ms_ssim, const up_pixels *a, const up_pixels *b,
                            const up_measuring *how, up_error *error);

/*
 * All measures by name. `reference` is the picture that `picture` should be; of measures without a
 * reference it tells the size alone. They take the channel of up_measuring, RGB as the mean of its
 * three channels, unless something else is said. Numbers are as the authors' programs give them for
 * the same planes; levels count 0..255. Pictures that are too small are UP_ERROR_UNSUPPORTED.
 * - psnr: up_psnr(). ssim: up_ssim(). ms-ssim: up_ms_ssim()
 * - psnr-hvs: PSNR of 8x8 blocks' cosine transforms, differences weighted by 25.735089 / Q,
 *   where Q is the luminance table of JPEG (ITU-T T.81, K.1): Egiazarian, Astola,
 *   Ponomarenko, Lukin, Battisti, Carli 2006. Blocks begin at the top left; what is left
 *   over at the right and the bottom does not count. RGB: of the squares of all three
 * - psnr-hvs-m: the same less what the block itself masks: Ponomarenko, Silvestri,
 *   Egiazarian, Carli, Astola, Lukin 2007
 * - gmsd: gradient magnitude similarity deviation (Xue, Zhang, Mou, Bovik 2014): the
 *   standard deviation of (2 g h + 170) / (g^2 + h^2 + 170), g and h Prewitt's gradients of
 *   both pictures halved by means of 2x2; 0 is best
 * - vifp: visual information fidelity in the domain of pixels (Sheikh, Bovik 2006; their
 *   vifp_mscale.m): four scales, sigma_n^2 = 2; 1 if the reference is flat
 * - fsim: feature similarity (Zhang, Zhang, Mou, Zhang 2011; their FeatureSIM.m): phase
 *   congruency and Scharr's gradients of Y = 0.299 R + 0.587 G + 0.114 B, reduced by means
 *   to about 256 pixels on the shorter side; whatever the channel. fsimc: the same with the
 *   chroma of YIQ
 * - ciede2000: the mean colour difference (CIE 142-2001; Sharma, Wu, Dalal 2005) of sRGB
 *   under D65; 0 is best; whatever the channel
 * - ssimulacra2: SSIMULACRA 2.1 (Sneyers 2023) of sRGB, whatever the channel: 108 norms of
 *   errors of structure and of edges in XYB on six scales, 100 where nothing differs, 90
 *   where nothing is seen, below 0 for very bad. Of pictures less than 113 pixels wide or
 *   high there are fewer scales, and weights go to norms as in the authors' program. It
 *   holds 8 bytes a pixel
 * - butteraugli: the largest visible difference as libjxl's butteraugli_main (0.7,
 *   Alakuijala and others 2017) says it of sRGB at 80 cd/m2, high frequencies 0.8 times as
 *   bad where they are lost; whatever the channel. butteraugli-3: its 3-norm over the
 *   picture. 0 is best, above 1 is seen. They hold 284 bytes a pixel, and are there in
 *   builds with a libjxl that has it (up to 0.8)
 * - lpips, lpips-vgg: learned perceptual image patch similarity 0.1 (Zhang, Isola, Efros,
 *   Shechtman, Wang 2018) by AlexNet and by VGG-16: of five layers the features of a pixel
 *   over their norm, squares of their differences weighted, the mean over the picture, summed
 *   up; whatever the channel. 0 is best. They need weights, and 31x31 and 16x16 pixels
 * - dists: deep image structure and texture similarity (Ding, Ma, Wang, Simoncelli 2020): of
 *   the picture and five layers of VGG-16, pooled by their squares, how alike means are, and
 *   what varies together; at the size that it has; whatever the channel. 0 is best. It needs
 *   weights
 * - niqe: without a reference: natural image quality evaluator (Mittal, Soundararajan, Bovik
 *   2013): Mahalanobis distance of 36 features of blocks of 96x96, on two scales, from those of
 *   the sharpest blocks of 61 photographs, so that values are not those of the authors' model,
 * unless weights bring that; 0 is natural. Flat blocks do not count. It holds 5 bytes a pixel
 * - blockiness: without a reference: mean absolute step across the edges of 8x8 blocks over
 *   the mean of those beside them, as in Wang, Sheikh, Bovik 2002; 1 is none
 * - sharpness: without a reference: the standard deviation of the Laplacian of 4 neighbours,
 *   in levels (Pech-Pacheco and others 2000); more is sharper, or noisier
 */
typedef struct {
    const char *name;    /* "psnr-hvs" */
    const char *title;   /* "PSNR-HVS" */
    const char *summary; /* in words */
    bool lower_is_better;
    int digits;   /* behind the point, as papers print it */
    bool alone;   /* it needs no reference */
    bool weights; /* it needs some: up_measuring.weights */
} up_measure_info;

/* By position; NULL past the last. */
UP_API const up_measure_info *up_measure_at(int i);
/* Whether it can be taken at all, before there are pictures: UP_ERROR_ARGUMENT if there is none of
 * this name, or `how` is without its weights, UP_ERROR_UNSUPPORTED if this build is without it. */
UP_API up_status up_measure_check(const char *name, const up_measuring *how, up_error *error);
UP_API up_status up_measure(double *value, const char *name, const up_pixels *reference,
                            const up_pixels *picture, const up_measuring *how, up_error *error);

/* A picture of the differences: |a - b| * gain (0 .. 1e6), rounded and clamped to 0..255. `map` is
 * the caller's: 8 bits, grey for Y and RGB for RGB, as large as what lies inside the border. */
UP_API up_status up_difference(const up_pixels *map, const up_pixels *a, const up_pixels *b,
                               const up_measuring *how, double gain, up_error *error);

/*
 * The protocol of super-resolution papers: a high-resolution picture is brought to 8 bits, cropped
 * at the top left to a multiple of the scale and reduced by bicubic as MATLAB's imresize does it,
 * to 8 bits; a method upscales that to 8 bits, and the result is compared with the original.
 */
typedef struct {
    int scale;
    up_pixels reference;          /* the cropped original */
    up_pixels reduced;            /* what the methods are given */
    int jpeg_quality;             /* of it, where it was made a JPEG at last; else 0 */
    struct up_metadata *declared; /* what the file says of its colours; may be NULL */
} up_eval_picture;

typedef struct {
    double psnr, ssim;
    double seconds;   /* of the upscale, from memory to memory, its weights read before */
    double processor; /* seconds of processor time of the process in the meantime, all threads */
    double multiply_adds; /* per pixel of the reduced picture, chroma and alpha included */
    up_cleaning cleaning; /* what a network was told */
    char steps[512];      /* what was done, as in up_plan_info */
} up_eval_result;

/* Reads `path` and makes both pictures; up_eval_close() frees them. CMYK becomes sRGB first, by its
 * profile if it has one. Of the options (may be NULL)
 * count has_background, strict, threads, max_memory and cancel. */
UP_API up_status up_eval_open(up_eval_picture *picture, const char *path, int scale,
                              const up_options *options, up_error *error);

/* The same with a picture that is spoilt as pictures are that people have. `degrade` is a chain of
 * steps joined by +, in order, each rounded to 8 bits:
 *   bicubic, lanczos, bilinear, nearest, box   the reduction: one of them, the first if none is
 * said linear                                     before it: of light blur:SIGMA unsharp:AMOUNT
 * noise:SIGMA jpeg:QUALITY[:444|422|420] such as "box+unsharp:0.5+jpeg:85" or "noise:5". The same
 * seed gives the same noise. NULL: the protocol as it is. With a chain the scale may be 1, which
 * reduces nothing. Grey and RGB only. */
UP_API up_status up_eval_open_degraded(up_eval_picture *picture, const char *path, int scale,
                                       const char *degrade, uint64_t seed,
                                       const up_options *options, up_error *error);
/* What is wrong with a chain, if anything. */
UP_API up_status up_degrade_check(const char *degrade, up_error *error);
UP_API void up_eval_close(up_eval_picture *picture);

/* Upscales picture->reduced as options say, which must lead to the size of the reference (a scale
 * of 0, and no size, does), and measures. `how` may be NULL: luma, a border of the scale.
 * `upscaled` may be NULL; else it gets the result in new memory, for up_pixels_free(). */
UP_API up_status up_eval_run(up_eval_result *result, const up_eval_picture *picture,
                             const up_options *options, const up_measuring *how,
                             up_pixels *upscaled, up_error *error);

/* How long an upscale from memory to memory takes, its weights read before. */
typedef struct {
    int runs;
    double median, low, high; /* seconds by the clock on the wall */
    double median_spread;     /* how far from the median the farther end of its 95 % interval is
                                 (ranks by the normal approximation), as a part of it; 0: one run */
    double processor;         /* the least processor time of a run in seconds, of all threads
                                 together: with one thread it hardly tells what else the machine
                                 does, and repeats best */
    double processor_spread;  /* how much longer the third least is, as a part of it: small, and the
                                 least was no chance; of fewer runs the longest */
    double pixels_per_second; /* of the result, by the median */
    size_t peak_bytes; /* of resident memory of the whole process at its highest, pictures held in
                          memory included; 0: the system does not tell */
} up_timing;

/* A time whose spread is at most this has settled. */
#define UP_SETTLED 0.05

/* Times several methods (1 ..) on one picture: each runs once to warm up, and then `runs` (1 ..)
 * times by turns, so that what else the machine does meets all alike. Those that have not settled
 * go on by turns until they have, or have had twice as long as that took, or 0.2 s if that is
 * longer, or 1000 runs: by processor time where options[i].threads is 1, which takes 0.2 s at
 * least, and else by the median. timing[i] is of options[i]. */
UP_API up_status up_eval_time(up_timing *timing, const up_eval_picture *picture,
                              const up_options *options, int count, int runs, up_error *error);

/* Where one run takes less than this, its time is the median of so many or more instead. */
#define UP_QUICK_SECONDS 0.1
#define UP_QUICK_RUNS 5

/* What times belong to: the processor, its cores, and the kernels in use, in words. */
UP_API const char *up_machine_words(void);

/* ---------------------------------------------------------------- statistics */

/* Of values measured on several pictures. What cannot be known is NaN: spread and interval of one
 * value, or where one is infinite. */
typedef struct {
    int count;
    double mean, median;
    double deviation; /* the standard deviation of the sample: count - 1 below */
    double low, high; /* the mean's 95 % interval: by bootstrap (Efron 1979) over the pictures,
                         quantiles 0.025 and 0.975 of 10,000 resampled means, of fewer (1,000 or
                         more) for more than 1,000 pictures */
} up_summary;

/* The same seed gives the same interval. NaN among the values, or none, is UP_ERROR_ARGUMENT, and
 * leaves nothing known. */
UP_API up_status up_summarise(up_summary *summary, const double *value, int count, uint64_t seed,
                              up_error *error);

/* How a method differs from another on the same pictures. */
typedef struct {
    up_summary difference; /* value - baseline */
    int wins, losses;      /* pictures on which it is better, worse; the rest are equal */
    double p;              /* two-sided, Wilcoxon's signed-rank test (1945): zeros are left out and
                              ties share ranks; up to 25 pictures exact, above by the normal
                              approximation with ties corrected for, without a correction for
                              continuity. 1 where no pictures differ */
} up_paired;

UP_API up_status up_compare_paired(up_paired *paired, const double *value, const double *baseline,
                                   int count, bool lower_is_better, uint64_t seed, up_error *error);

#ifdef __cplusplus
}
#endif

#endif
