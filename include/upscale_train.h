/* SPDX-License-Identifier: MIT */
/*
 * upscale, the part that makes weights: from pictures, by least squares or by gradient descent.
 * Conventions as in upscale.h. It is there unless the library was built with -DUPSCALE_TRAIN=OFF.
 */
#ifndef UPSCALE_TRAIN_H
#define UPSCALE_TRAIN_H

#include <upscale.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    UP_TRAIN_LINEAR = 0, /* one transposed convolution, the least squares of all pixels */
    UP_TRAIN_NET,        /* a network, by gradient descent */
    UP_TRAIN_BOUNDS,     /* the network `from` as it is, but for the bounds of its activations: the
                            range that each takes on the pictures. UP_TRAIN_NET does it at its end */
} up_train_kind;

typedef enum {
    UP_LOSS_L1 = 0,      /* |e| */
    UP_LOSS_L1_L2,       /* |e|; for the last three tenths of the steps e^2, which PSNR measures */
    UP_LOSS_L2,          /* e^2 */
    UP_LOSS_CHARBONNIER, /* sqrt(e^2 + 0.001^2) */
} up_loss;

/* Of what is multiplied in training; sums, weights and what is saved are always float32. */
typedef enum {
    UP_PRECISION_FLOAT32 = 0,
    /* Forward each number is two bfloat16 (errors of about 2^-16), and gradients are one. Several
     * times as fast where the processor multiplies matrices of these (AMX), slow elsewhere.
     * Networks `from` files that are no chain of convolutions and PReLUs are trained in float32. */
    UP_PRECISION_BFLOAT16,
} up_precision;

#define UP_RATE_BY_RECIPE (-1.0)

/* How it is going. Losses and PSNR (dB; of luma, with a recipe of all colours of the network) are
 * NaN until there are any. */
typedef struct {
    int64_t step, steps;      /* of UP_TRAIN_LINEAR: low-resolution pixels */
    double loss;              /* mean since the last report, of samples in 0..1 */
    double psnr, best_psnr;   /* on the validation pictures: now, and the best so far */
    double expected_psnr;     /* from a tenth of the steps on: what a curve through all that was
                                 measured comes to at the last step; NaN: too little was */
    double pixels_per_second; /* of low-resolution input */
    double seconds_left;      /* NaN if unknown */
} up_train_state;

/* Numbers between these two, both of them included; zeros: none at all. */
typedef struct {
    double low, high;
} up_range;

/* What spoils the inputs, so that weights learn to mend it: noise, and then JPEG. Each tile of
 * 128x128 low-resolution pixels has a deviation and a quality of its own, drawn evenly by the seed,
 * the picture's place in its list and the tile's in the picture. */
typedef struct {
    up_range noise; /* Gaussian, on each 8-bit sample, rounded and clipped: its standard deviation
                       in levels, 0..100 */
    up_range jpeg;  /* libjpeg's quality, whole numbers 1..100; colour with 4:2:0 chroma */
} up_degradation;

#define UP_MULTISCALE_MOST 8

/* Everything not said here is as in up_options, [brackets] too. Damaged pictures count as those
 * that cannot be used. Low-resolution inputs
 * are made from the pictures by the bicubic reduction of up_upscale_pixels(), in 8 bits, and then
 * degraded, those for validation too; what is learned is the luma (`y-studio`) of the originals. */
typedef struct {
    size_t size; /* set by up_train_options_init() */
    up_train_kind kind;
    int scale;                   /* 2..8, with a recipe 1..8; 0: 2 */
    const char *const *pictures; /* files; those that cannot be used are reported and skipped */
    size_t picture_count;
    const char *const *validation; /* files kept aside; NULL: every tenth of the pictures */
    size_t validation_count;
    const char *data, *license; /* for the metadata of the result: where the pictures are from */
    uint64_t seed;
    double multiscale[UP_MULTISCALE_MOST]; /* the pictures to learn from are taken reduced to these
                                              fractions of their size as well (by bicubic, in 8
                                              bits), which is more detail; between 0 and 1, 0 ends
                                              the list */
    up_degradation degrade;
    /* What pairs are made by, as they are needed, of all colours: "photo" (what photographs have
     * been through: several reductions, JPEG, noise; and drawn pictures among them), "clean"
     * (bicubic's reduction) or a JSON file (src/train/photo/recipe.h). Inputs and targets have the
     * colours of the network. Of UP_TRAIN_NET, and of UP_TRAIN_BOUNDS for weights that were made
     * so. NULL: pairs of luma as above; of a network that makes other colours than luma, "clean".
     * Excludes `degrade`. */
    const char *recipe;

    /* UP_TRAIN_LINEAR */
    int support;  /* low-resolution pixels per axis that an output pixel is made from; 0: 9 */
    double ridge; /* added to the diagonal, relative to its mean: [1e-7], 0..1 */

    /* UP_TRAIN_NET: the network of `from`, or a convolution and a PReLU, `layers` more of them
     * (3x3), the output of the first added, and a transposed convolution; the bicubic enlargement
     * of the input is added to what it makes. Muon (for slopes and biases Adam) on random patches,
     * flipped and turned; the rate falls by a cosine. */
    const char *network;  /* a JSON file that describes another network instead, of any layers
                             (src/train/design/design.h), for luma, RGB or YCbCr; NULL: the options
                             here and the next are short for one */
    int channels, layers; /* 0: 16 and 4 */
    int first_kernel, last_kernel; /* odd, the last in low-resolution pixels; 0: 5 and 5 */
    int steps;                     /* 0: 100,000 */
    int batch, patch; /* patches per step, low-resolution pixels on a side of each (a multiple of
                         16); 0: 144 and 16 */
    int candidates;   /* of so many random places a patch is taken from the one with most detail:
                         where bicubic is furthest from the original; 0: 2 */
    double rate; /* of learning, 0..1; [UP_RATE_BY_RECIPE]: 0.02, or 0.004 where a recipe spoils
                    what is to be enlarged */
    up_loss loss;
    up_precision precision;
    double ema; /* what is measured and written is an average of the weights, of which every step
                   keeps this share; [0.999], 0..1 */
    const char *from; /* a weight file to begin with, of any format: its network is trained, if it
                         makes luma, RGB or YCbCr from the same by convolutions that keep the size,
                         activations, sums, products and joined channels, and a transposed
                         convolution or pixel shuffle at the end, to which an enlargement of the
                         input may be added. Channels, layers and kernels are then 0, or what it
                         has. Of another scale, the layer at the end begins anew. Excludes
                         `network`. NULL: random */
    const char *checkpoint; /* kept up to date; NULL: none */
    bool resume;            /* go on from the checkpoint, if there is one, to the very result that
                               would have come without a break */

    int threads;
    size_t max_memory;
    bool overwrite;
    const volatile int *cancel;
    void (*skipped)(void *user, const char *picture, const up_error *why);
    void (*report)(void *user, const up_train_state *state);
    void *user;
} up_train_options;

/* Sets every field to its default. */
#define up_train_options_init(options) up_train_options_init_size((options), sizeof *(options))
UP_API void up_train_options_init_size(up_train_options *options, size_t size);

/* Learns from pictures and writes a weight file (safetensors), whole or not at all. */
UP_API up_status up_train(const char *output, const up_train_options *options, up_error *error);

#ifdef __cplusplus
}
#endif

#endif
