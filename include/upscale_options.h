/* SPDX-License-Identifier: MIT */
/* What is to be done to a picture or tensor, how it is to be written, and how to run. */
#ifndef UPSCALE_OPTIONS_H
#define UPSCALE_OPTIONS_H

#include "upscale_base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A layer parameter in PyTorch's order. Unset: from the weight file, else PyTorch's default. */
typedef struct {
    int rows, columns;
    bool set;
} up_pair;

/* Parameters of one bare layer: tconv, max-unpool and pooling. */
typedef struct {
    up_pair kernel; /* pooling only; a weight knows its own */
    up_pair stride, padding, output_padding, dilation;
    up_pair output_size; /* rows, columns: picks output_padding, or the size of an unpooling */
    int groups;          /* 0: from the weight file, else 1 */
    bool ceil_mode;      /* pooling only */
} up_layer;

/* How far a result may leave what the source shows, for learned methods: each sample of luma (of
 * RGB, for networks that make it) stays within the range of the 5x5 source samples around it,
 * widened by this share of that range. */
typedef struct {
    double share; /* >= 0; INFINITY: no limit */
    bool set;     /* else as the weights state in upscale.limit, which those inside do */
} up_limit;

/* How much JPEG and noise is cleaned away: by a network that is told so (upscale.condition), or
 * before any other method by the one inside the library. Of tensors only the former. */
typedef enum {
    UP_CLEAN_UNSAID = 0, /* as UP_CLEAN_AUTO by such a network and by tconv:photo, else nothing */
    UP_CLEAN_AUTO,       /* as much as the picture needs: see up_cleaning */
    UP_CLEAN_GIVEN,      /* options.clean.strength */
} up_clean_mode;

typedef struct {
    up_clean_mode mode;
    double strength; /* 0 .. 1 */
} up_clean;

typedef enum {
    UP_SUBSAMPLING_AUTO =
        0, /* the input's if it is a JPEG, else 4:4:4 from quality 90 on, 4:2:0 below */
    UP_SUBSAMPLING_444,
    UP_SUBSAMPLING_422,
    UP_SUBSAMPLING_420,
} up_subsampling;

/* What a convolution had beyond the edges of a picture. */
typedef enum {
    UP_BORDER_AUTO = 0, /* reflect; of the reductions (bicubic, lanczos, box) replicate */
    UP_BORDER_ZERO,
    UP_BORDER_REPLICATE, /* aaa|abc */
    UP_BORDER_REFLECT,   /* cb|abc */
} up_border;

typedef enum {
    UP_SOLVER_AUTO = 0, /* total variation where there is noise, else Tikhonov's */
    UP_SOLVER_TIKHONOV, /* least squares, and gradients small */
    UP_SOLVER_TV,       /* least squares, and total variation small: keeps edges */
    UP_SOLVER_RL,       /* Richardson-Lucy, for samples and kernels without negative values */
} up_solver;

/* How the convolutions of networks are summed up. Results differ in their last places, in a layer
 * by up to 1e-5 of the largest; either way they are the same bits for all threads and bands. */
typedef enum {
    UP_ARITHMETIC_AUTO = 0, /* fast for pictures, exact for tensors */
    UP_ARITHMETIC_EXACT,    /* product by product, each rounded to float32 */
    UP_ARITHMETIC_FAST,     /* 3x3 layers by Winograd's F(4x4, 3x3) where that is faster: a sample
                               that is NaN or infinite then spoils 6x6 pixels in place of 3x3 */
    UP_ARITHMETIC_BFLOAT16, /* fast, and those layers multiply in bfloat16, 8 bits of precision,
                               where the processor (AVX512-BF16) does that faster; fast elsewhere.
                               In a layer 1 % away, of the output of weights of our own 0.01 dB */
} up_arithmetic;

/* A number that may be unsaid. */
typedef struct {
    double value;
    bool set;
} up_amount;

/* Weights that were opened: see up_weights_open(). */
typedef struct up_weights up_weights;

typedef struct up_options {
    size_t size; /* set by up_options_init(): of the struct in the header that the caller was built
                    with, so that fields can be added. 0: zeroed, of this header */

    /* What to do. */
    const char *method;  /* a name from up_method_at(), or tconv:NAME; NULL: the default method */
    const char *weights; /* weight file for tconv; NULL: the embedded weights for the scale */
    const char *indices; /* .npy of int64 positions for max-unpool */
    up_limit limit;      /* for tconv */
    up_layer layer;
    struct {
        double rows, columns;
    } scale;            /* output = floor(input * scale), source step exactly 1/scale; 0: 2 */
    int width, height;  /* exact output size, source step input/output; one of them 0: keeps the
                           aspect ratio; both 0: by scale */
    bool fit;           /* width x height is a box to fit into, aspect ratio kept */
    double cubic_a;     /* Keys' parameter of bicubic: [-0.5] (MATLAB, Pillow), -0.75 (PyTorch,
                           OpenCV) */
    bool align_corners; /* corner samples of input and output coincide (bilinear and bicubic) */
    bool no_antialias;  /* keep the filter narrow when reducing (PyTorch's default) */
    bool linear; /* filter light instead of samples, by the curve that the file declares, else
                    sRGB's (pictures only; CMYK, whose inks cover areas, stays as it is) */

    /* What to write. */
    const char *output_format;  /* png, jpg, ppm, npy, ...; NULL: by the extension of the output */
    int depth;                  /* 8 or 16 bits for a picture; 0: as the input */
    int quality;                /* JPEG, and lossy WebP, JPEG XL and AVIF, 1..100; 0: 90 */
    up_subsampling subsampling; /* JPEG */
    bool progressive;           /* JPEG; held in memory as a whole */
    int png_level;              /* 1 (fast) .. 9 (small); 0: a fast level that compresses well */
    bool strip;                 /* drop ICC, EXIF, XMP, texts, density ... instead of carrying them;
                                   no note is made of what is dropped so */
    bool has_background;        /* put the picture on a colour and drop its alpha; on one that is
                                   not grey, grey with alpha becomes RGB */
    uint8_t background[3];      /* samples of 8 bits, in the colours of the picture */
    bool overwrite;             /* replace an existing output file; permissions are kept, owner and
                                   group where this user may give them, and links are followed */

    /* How to run. */
    bool strict;       /* a damaged picture is an error. Else it is read as far as it goes: rows
                          missing at its end are mid-grey (with alpha: transparent), and its notes
                          say so. A broken header, next to nothing readable, damage that garbles
                          what is there, tensors (.npy) and weights are always errors */
    int threads;       /* 0: one per core */
    int band;          /* output rows per step; 0: as the L2 cache suggests. Never changes a bit */
    size_t max_memory; /* bytes; 0: half of the machine's memory */
    const volatile int *cancel; /* may be NULL; non-zero stops the run soon and leaves no output */
    void (*progress)(void *user, double done); /* may be NULL; 0..1, never falling, 1 at the end;
                                                  one thread at a time */
    void *user;

    /* Weights. */
    const up_weights *model; /* for tconv instead of `weights`: read once, for any number of
                                pictures and threads at once; must stay open as long as they */
    struct {         /* what a bare file cannot say; wins over its metadata. 0, NULL: unsaid */
        float range; /* the value of white: 1 or 255 */
        const char *color;      /* any, y, y-studio, ycbcr or rgb */
        const char *activation; /* relu or leaky_relu, where the tensors do not tell */
        float residual_scale;   /* what residual blocks are multiplied by (EDSR) */
    } told;

    /* A convolution that the picture went through, known: for deconvolve, and for back_project,
     * where without it reductions were by bicubic, antialiased. */
    struct {
        const char *name; /* gaussian:SIGMA, disk:RADIUS, motion:LENGTH,ANGLE (counterclockwise), or
                             a reduction to 1/N: bicubic:N (MATLAB's), lanczos:N, box:N */
        const char *kernel_file; /* .npy or rows of text, instead; used as it is, not turned; with a
                                    scale, every so many pixels were kept */
        up_pair center; /* of the file: the element, from 0, on the pixel that is kept. Unset: the
                           middle, which even sizes have with even scales only */
        up_border border;
    } blur;
    struct {
        up_solver solver;
        up_amount regularise; /* lambda, see the manual; unset: from the noise */
        up_amount noise; /* standard deviation: of pictures in levels of 255, of tensors in their
                            units. Unset: of rounding to whole samples, or to floats */
        int iterations;  /* at most; 0: 100 (TV), 200 (Tikhonov), 50 (Richardson-Lucy) */
    } deconvolution;
    int back_project; /* times that a result is reduced again, and what that lacks of the input is
                         added, enlarged; 0: none */
    up_clean clean;
    up_arithmetic arithmetic; /* for tconv */

    const char *kernel; /* for tconv instead of weights: the kernel of one bare layer without bias,
                           as up_tensor_read() takes it. Its planes are those of PyTorch's weight,
                           [in][out / groups], one after the other; a single one is used on each
                           colour of a picture */

    struct {
        int first, end; /* 0, 0: all */
    } rows; /* of the output, from its top, end not included: only these are made, with the same
               bits as in a whole run, from the rows of the input that they need. For one frame,
               as PNG, JPEG, PNM or .npy. The former two are encoded so that what is packed can be
               put one behind the other, and rows of a JPEG begin at multiples of 16 */
    const char *unfinished; /* part of the hidden name that an unfinished file may have,
                               ".upscale-UNFINISHED-...", by which what a killed process left
                               behind can be found; NULL: none */

    bool lossless; /* WebP, JPEG XL, AVIF: every sample as it is; one that was lossless stays so if
                      no quality is said. JPEG is refused; all other formats are lossless anyway */
    int effort;    /* to make files small, 1 (fast) .. 9 (slow): WebP's method, JPEG XL's effort,
                      AVIF's speed, the deflate level of TIFF, and of PNG unless png_level is said;
                      0: the format's default */

    bool to_srgb; /* make the colours plain sRGB, whatever the file declares them to be, and say so;
                     by Little CMS where that is an ICC profile. Grey stays grey, CMYK becomes RGB,
                     PQ and HLG are mapped as with to_sdr. Alpha and the depth stay */
    bool to_sdr;  /* make plain sRGB of PQ and HLG, by ITU-R BT.2446-1, method A, from 1000
                     cd/m2, or the peak that a PQ file states (cLLI, else mDCV), to 100; other
                     pictures stay as they are */

    struct {
        int64_t first, end; /* 0, 0: all */
    } frames; /* of an animation or a video, from 0, end not included: only these, and one alone as
                 a picture. Else all; where one fits, the first, or the file's own, with a note */
    int page; /* of a TIFF only this, from 1; 0: all into TIFF, else the first that can be read */
} up_options;

/* Sets every field to its default. */
#define up_options_init(options) up_options_init_size((options), sizeof *(options))
UP_API void up_options_init_size(up_options *options, size_t size);

/* The scale of rows and of columns that options ask for: alike where only one is given, 2 where
 * none is. Returns whether one is given; sizes, and weights that state theirs, go before a default.
 */
UP_API bool up_options_scale(const up_options *options, double scale[2]);

#ifdef __cplusplus
}
#endif

#endif
