/* SPDX-License-Identifier: MIT */
/*
 * upscale - reads an image band by band into channel tensors, runs any upsampler over them row by
 * row and writes the result, in memory that does not grow with the height of the image.
 * The shortest program is in the README.
 *
 * Conventions
 *   - Options are set up by up_options_init() or up_train_options_init(), and then say what they
 *     say: a zero is a zero where zero makes sense, elsewhere it means "choose for me". `{0}`, and
 *     `{ .method = "lanczos" }`, are sane defaults too: there, fields with a default in [brackets]
 *     have it where they are zero.
 *   - Pairs are in PyTorch's order: rows first, columns second. Sizes of pictures are width,
 * height.
 *   - Tensors are CHW (planar), frames of a batch follow each other. Weights have PyTorch's
 * layouts.
 *   - Functions return an up_status and, where it is not UP_OK, fill the caller's up_error (which
 * may be NULL). Nothing is printed, no signal is handled, there is no global state: different
 *     objects may be used from different threads at once.
 *   - Calls run on threads of their own (options.threads) and return when those have done their
 *     part; callbacks come from any of them, one at a time. A process made by fork() may call
 *     everything, also while calls were under way in its parent, as long as it leaves alone the
 *     objects that those were using; such calls start their threads anew each time, which takes a
 *     fraction of a millisecond.
 *   - Functions that destroy take the address of the pointer and null it; NULL inside is fine.
 */
#ifndef UPSCALE_H
#define UPSCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define UP_API __attribute__((visibility("default")))

/* The version of this header, and the one place where it is written; UP_VERSION is "0.2.0". */
#define UP_VERSION_MAJOR 0
#define UP_VERSION_MINOR 2
#define UP_VERSION_PATCH 0
#define UP_VERSION UP_DOTTED_(UP_VERSION_MAJOR, UP_VERSION_MINOR, UP_VERSION_PATCH)
#define UP_DOTTED_(major, minor, patch) UP_TEXT_(major) "." UP_TEXT_(minor) "." UP_TEXT_(patch)
#define UP_TEXT_(number) #number

/* That of the library that runs, in the same form. */
UP_API const char *up_version(void);

/* ---------------------------------------------------------------- errors */

typedef enum {
    UP_OK = 0,
    UP_ERROR_ARGUMENT,    /* an option or argument makes no sense; nothing was touched */
    UP_ERROR_INPUT,       /* the input cannot be read: missing, truncated, corrupt, hostile */
    UP_ERROR_WEIGHTS,     /* the weight or index file is wrong, or does not fit the input */
    UP_ERROR_UNSUPPORTED, /* well-formed, but cannot be done (alpha into JPEG, ...) */
    UP_ERROR_OUTPUT,      /* the output cannot be written: read-only folder, closed pipe, ... */
    UP_ERROR_LIMIT,       /* would need more than max_memory; refused before allocating */
    UP_ERROR_MEMORY,      /* out of memory: may work later */
    UP_ERROR_SPACE,       /* no space left on the device: may work later */
    UP_ERROR_INTERRUPTED, /* options.cancel was set */
    UP_ERROR_EXISTS,      /* the output exists already, or did when it was to get its name */
    UP_ERROR_IO,          /* the disk or the network failed: may work later */
} up_status;

/* What went wrong, where, and what would mend it: one line without a trailing newline. */
typedef struct {
    up_status status;
    char message[512];
} up_error;

/* ---------------------------------------------------------------- images */

typedef enum {
    UP_COLOR_TENSOR = 0, /* any number of channels, no colour handling, no clamping (.npy) */
    UP_COLOR_GREY,
    UP_COLOR_GREY_ALPHA,
    UP_COLOR_RGB,
    UP_COLOR_RGBA,
    UP_COLOR_CMYK, /* 0 = no ink */
} up_color;

typedef enum {
    UP_SAMPLE_U8 = 0,
    UP_SAMPLE_U16, /* native byte order, 0..65535 */
    UP_SAMPLE_F32,
    UP_SAMPLE_I64, /* positions in an index file; only .npy holds it */
} up_sample;

/* The shape and sample type of an image. Alpha is straight (not premultiplied), the last channel.
 */
typedef struct {
    int width, height; /* pixels, >= 1 */
    int channels;      /* >= 1 */
    int64_t frames;    /* of a batch (.npy NCHW; 0: none), or of a plan's animation (-1: as many as
                          come); 1 for pictures */
    up_color color;
    up_sample sample;
    int depth;   /* significant bits of the file's samples: 1, 2, 4, 8, 16 or 32 */
    bool planar; /* rows of one channel after the other (CHW) instead of interleaved pixels */
    int dims;    /* of an .npy: 1 (W), 2 (HW), 3 (CHW) or 4 (NCHW); 0: 3, or 4 for a batch */
} up_format;

/* An image in the caller's memory. Pixel (x, y) of channel c lies at
 *   interleaved: data + y * row_stride + (x * channels + c) * sizeof(sample)
 *   planar:      data + c * plane_stride + y * row_stride + x * sizeof(sample)
 * A stride of 0 means tightly packed. `data` must be aligned for its sample type. */
typedef struct {
    up_format format;
    void *data;
    size_t row_stride, plane_stride; /* bytes */
} up_pixels;

/* ---------------------------------------------------------------- options */

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

/* How much JPEG and noise networks clean away that are told so (upscale.condition); for others it
 * is an error. */
typedef enum {
    UP_CLEAN_UNSAID = 0, /* as UP_CLEAN_AUTO, where there is such a network */
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
    up_clean clean;   /* for tconv */
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
    int page; /* of a TIFF only this, from 1; 0: all into TIFF, else the first, with a note */
} up_options;

/* Sets every field to its default. */
#define up_options_init(options) up_options_init_size((options), sizeof *(options))
UP_API void up_options_init_size(up_options *options, size_t size);

/* ---------------------------------------------------------------- one call */

/* Reads `input`, upscales it and writes `output`. "-" is standard input or output. The output
 * appears whole or not at all, and is on disk when this returns, unless up_is_stream(output). What
 * is left behind of a file is told step by step only, by up_plan_note_at(). */
UP_API up_status up_upscale_file(const char *input, const char *output, const up_options *options,
                                 up_error *error);

/* The same from memory to memory. `output->format` must have the size, channels and color that
 * up_output_format() gives; sample type and planar may differ. `output->data` is the caller's. */
UP_API up_status up_upscale_pixels(const up_pixels *input, const up_pixels *output,
                                   const up_options *options, up_error *error);

/* Bytes that the library has made, for up_bytes_free(). */
typedef struct {
    void *data;
    size_t size;
} up_bytes;

UP_API void up_bytes_free(up_bytes *bytes);

/* The same of the bytes of a file in memory, to those of another: of options->output_format, or the
 * input's. The output counts against max_memory as it grows, the input, which is the caller's, does
 * not. On failure there is no output. */
UP_API up_status up_upscale_memory(const void *input, size_t size, up_bytes *output,
                                   const up_options *options, up_error *error);

/* Whether bytes go to an output of this name as they come: "-" (standard output), a descriptor
 * (/dev/stdout, /dev/fd/3), a FIFO or a character device. Nothing is replaced there, so overwrite
 * does not matter, and what was written before a failure stays. Where the name has no extension of
 * a format, and options name none, the format is the input's. */
UP_API bool up_is_stream(const char *output);

/* Writes pixels to a file in the format of its extension, or options->output_format, encoded as
 * options (may be NULL) say. Nothing is resized. The file appears whole or not at all; one that
 * exists is UP_ERROR_EXISTS unless options->overwrite. */
UP_API up_status up_write_pixels(const char *output, const up_pixels *pixels,
                                 const up_options *options, up_error *error);

/* Writes bytes, such as a table, as a file in the same way; of options (may be NULL) overwrite
 * counts. */
UP_API up_status up_write_bytes(const char *output, const void *bytes, size_t size,
                                const up_options *options, up_error *error);

/* Reads a whole image into new memory, which up_pixels_free() frees. Of the options (may be NULL)
 * count depth, has_background, strict, threads, max_memory and cancel. Nothing is resized. */
UP_API up_status up_read_pixels(up_pixels *pixels, const char *input, const up_options *options,
                                up_error *error);
UP_API void up_pixels_free(up_pixels *pixels);

/* Reads a tensor as it is given to a command: text (`0,1;2,3`: rows end with `;`, channels with
 * `|`), or the name of a file (.txt, .csv, .npy, or a picture, which stays one). What consists of
 * digits, separators and the like only is text; ./ before the name of such a file tells it apart.
 * `name` begins the messages about text. For up_pixels_free(). */
UP_API up_status up_tensor_read(up_pixels *pixels, const char *text_or_path, const char *name,
                                up_error *error);

/* The format that up_upscale_pixels() would make of an input. */
UP_API up_status up_output_format(const up_format *input, const up_options *options,
                                  up_format *output, up_error *error);

/* Max pooling (PyTorch's MaxPool2d with return_indices): `pooled` gets the maxima in the format of
 * its extension, `indices` an int64 .npy of flat positions row * width + column inside one plane of
 * the input, shaped like the pooled tensor. The first maximum wins a tie, NaN wins over numbers.
 * Metadata goes to `pooled`. */
UP_API up_status up_pool_file(const char *input, const char *pooled, const char *indices,
                              const up_options *options, up_error *error);

/* ---------------------------------------------------------------- step by step */

/* An opened input: its header has been read and checked, its pixels have not. */
typedef struct up_image up_image;

/* What a file says of its colours beside an ICC profile, in the terms of PNG (third edition). Where
 * several speak, the first of cICP, ICC profile, sRGB, gAMA and cHRM is believed. Chromaticities
 * are x and y of CIE 1931. */
typedef struct {
    bool has_cicp, has_srgb, has_mastering, has_light_level;
    uint8_t cicp[4]; /* ITU-T H.273: primaries, transfer, matrix, full range; 9, 16, 0, 1 is PQ */
    uint8_t srgb_intent;      /* 0..3, as in ICC profiles */
    double gamma;             /* gAMA: sample = light^gamma, 0.45455 for 2.2; 0 if absent */
    double chromaticities[8]; /* cHRM: white, red, green, blue; [0] == 0 if absent */
    double mastering_chromaticities[8];     /* mDCV: red, green, blue, white */
    double mastering_most, mastering_least; /* mDCV: luminance of that display, cd/m2 */
    double light_most, light_average;       /* cLLI: of a pixel and of a frame at most, cd/m2 */
    bool draft_names; /* the two are called mDCv and cLLi in the file, as in drafts of PNG */
} up_color_tags;

typedef struct {
    const char *type;    /* "png", "jpeg", "webp", ...: the name of a format */
    up_format format;    /* as it will be delivered: orientation applied, palette expanded */
    int orientation;     /* 1..8 as EXIF, or XMP where that is silent, states it; 1 if neither */
    double dpi_x, dpi_y; /* 0 if unknown */
    bool interlaced;     /* or progressive: cannot be streamed */
    size_t icc_bytes, exif_bytes, xmp_bytes, iptc_bytes;
    up_color_tags color_tags;
    int jpeg_quality;     /* of a JPEG: the libjpeg quality, 1..100, whose luma table is its own, or
                             nearest to it; 0: it is none */
    size_t held_bytes;    /* memory for what cannot be streamed */
    int64_t frames;       /* of an animation or a video (-1: as many as come); 0: it is neither */
    int loops;            /* times that those are shown; 0: for ever */
    double seconds;       /* that showing them once takes; 0: not known */
    int further_pictures; /* in the file behind the one that is read (JPEG's MPF) */
    bool gain_map;        /* an HDR gain map is, or is said to be, among them */
    int pages;            /* of a TIFF of several, the first of which all else tells of; else 0 */
} up_image_info;

/* A text of a PNG file (tEXt, zTXt, iTXt), or a JPEG comment, whose keyword is "Comment". UTF-8, as
 * far as the file keeps to its format; lives as long as the image. */
typedef struct {
    const char *keyword;
    const char *language; /* RFC 3066: "de"; "": not said */
    const char *text;     /* NULL: damaged, or longer than 1 MiB (all texts: 16 MiB) */
} up_text;

/* What people should be told of a file whose pixels can be read all the same. */
typedef enum {
    UP_NOTE_DROPPED, /* what the file holds beside its pixels and the output will not: "2 of 3
                        animation frames" */
    UP_NOTE_DAMAGE,  /* what is broken or missing in it: "its last 12 rows are missing" */
} up_note_kind;

typedef struct {
    up_note_kind kind;
    const char *text; /* lives as long as the image or plan */
} up_note;

UP_API up_status up_image_open(up_image **image, const char *path, up_error *error);
/* The bytes of a file; they must stay as they are until the image is closed. Messages call them
 * "memory". */
UP_API up_status up_image_open_memory(up_image **image, const void *bytes, size_t size,
                                      up_error *error);
UP_API const up_image_info *up_image_get_info(const up_image *image);
/* The format of a page, from 1. UP_ERROR_INPUT or UP_ERROR_UNSUPPORTED where it cannot be read. */
UP_API up_status up_image_page(up_image *image, int page, up_format *format, up_error *error);
/* The curve by which options.linear makes light of the samples, and what says so, for people: "PQ
 * (cICP)", "sRGB (nothing is said)". It takes looking into an ICC profile. */
UP_API up_status up_image_light(const up_image *image, char name[64], up_error *error);
/* Names of the code points in cICP: "BT.2020", "PQ"; NULL for what is reserved or unspecified. */
UP_API const char *up_cicp_primaries_name(int code);
UP_API const char *up_cicp_transfer_name(int code);
/* NULL past the last, and without memory. Not to be called from several threads at once. */
UP_API const up_text *up_image_text_at(up_image *image, int i);
/* What no output keeps, and damage as far as it is known by now; NULL past the last. */
UP_API const up_note *up_image_note_at(const up_image *image, int i);
/* The standard deviation of the noise in a picture, in levels of 255, by reading its pixels once
 * more; 0 for drawings, text and the like. Where they cannot be read twice (a pipe) they are held
 * in memory, and refused beyond max_memory. Of the options (may be NULL) that and cancel count.
 * Only before a plan of the image is run; tensors are UP_ERROR_UNSUPPORTED. */
UP_API up_status up_image_noise(up_image *image, double *noise, const up_options *options,
                                up_error *error);
/* Whether the file goes on to the end of the picture, as far as its last bytes tell: one whose copy
 * or download was broken off does not. True where only reading it would tell. */
UP_API bool up_image_is_whole(const up_image *image);
UP_API void up_image_close(up_image **image);

/* What a network was told to clean away. With UP_CLEAN_AUTO the strength follows from the file:
 *   strength = min(1, sqrt(j^2 + n^2)), j = (100 - quality) / 70, n = noise / 15, both in 0 .. 1.
 * The pixels are read once more for the noise, row by row; those of a pipe, which cannot be read
 * twice, are held in memory. */
typedef struct {
    bool used;       /* a network was told; else nothing else is said */
    bool measured;   /* strength is what the picture needs, else what options.clean says */
    double strength; /* 0 .. 1 */
    int quality;     /* of a JPEG, see up_image_info; 0: it is none */
    double noise;    /* see up_image_noise() */
} up_cleaning;

/* A plan: the graph for one image, sized but not allocated. Takes nothing over: the image must
 * outlive it. An image can be run once. */
typedef struct up_plan up_plan;

typedef struct {
    up_format output;
    size_t memory_bytes;  /* estimated peak, of planning as well: codecs, threads, weights as a
                             file, as values and packed, and what the program itself takes */
    double multiply_adds; /* per input pixel and frame */
    up_cleaning cleaning;
    char steps[512]; /* what will be done, for people: "tconv x4, then bicubic ..." */
    up_format input; /* of the picture, or the page, that it is made of */
    int pages;       /* made, if several: all else is of the first, memory_bytes of the largest */
} up_plan_info;

/* `output_path` decides the output format where options do not; NULL: as the input's. */
UP_API up_status up_plan_create(up_plan **plan, up_image *image, const char *output_path,
                                const up_options *options, up_error *error);
UP_API const up_plan_info *up_plan_get_info(const up_plan *plan);
/* The notes of the image, which may have grown by the end of the run, and then what the output of
 * this plan cannot hold; NULL past the last. */
UP_API const up_note *up_plan_note_at(const up_plan *plan, int i);
UP_API up_status up_plan_run(up_plan *plan, const char *output_path, up_error *error);
/* The same into memory, which counts against max_memory as it grows. */
UP_API up_status up_plan_run_to_memory(up_plan *plan, up_bytes *output, up_error *error);
/* The same through a function that is given the next bytes: in order, one call at a time, from any
 * thread of the run. If it does not return UP_OK the run ends with that status, and with what it
 * has written to error->message; what it took before a failure is no whole file. */
typedef up_status up_take_bytes(void *user, const void *bytes, size_t size, up_error *error);
UP_API up_status up_plan_run_to(up_plan *plan, up_take_bytes *take, void *user, up_error *error);
UP_API void up_plan_destroy(up_plan **plan);

/* Outputs of many runs, which a thread of the batch puts on disk and names behind the work: waiting
 * for the disk takes longer than upscaling a small picture. At any moment, even if the power fails,
 * a name leads to a whole file or there is none. */
typedef struct up_batch up_batch;

/* `published` is called in the batch's thread, one call at a time, once for each run that
 * up_plan_run_in() has let through: outcome->status is UP_OK if the output has its name now.
 * `user` is what that call was given. */
UP_API up_status up_batch_open(up_batch **batch,
                               void (*published)(void *user, const up_error *outcome),
                               up_error *error);
/* up_plan_run(), up to the name: UP_OK says that the batch will publish the output. It may have by
 * then. Waits while many outputs wait. May be called by several threads at once. */
UP_API up_status up_plan_run_in(up_plan *plan, up_batch *batch, const char *output_path, void *user,
                                up_error *error);
/* An output whose bytes are all on disk, before it gets its name. */
typedef struct {
    void *user; /* of up_plan_run_in() */
    uint64_t bytes;
    uint64_t hash; /* XXH64 of them all, seed 0 */
} up_batch_file;

/* To be called before the first run: the batch hashes what is in its files, and tells `ready` of
 * each group before their names appear, which they do if it returns UP_OK. Else its error is their
 * outcome. Streams are not among them. */
UP_API void up_batch_watch(up_batch *batch,
                           up_status (*ready)(void *watcher, const up_batch_file *file, int count,
                                              up_error *error),
                           void *watcher);

/* Waits until everything is published, and on disk. */
UP_API void up_batch_close(up_batch **batch);

/* ---------------------------------------------------------------- what there is */

typedef struct {
    const char *name, *summary;
} up_method_info;

/* Methods by position; NULL past the last. */
UP_API const up_method_info *up_method_at(int i);
UP_API const char *up_default_method(void);

typedef struct {
    const char *name;       /* "png" */
    const char *extensions; /* "png", "jpg jpeg jpe": the first is the usual one */
    bool reads, writes;
    const char *library; /* "libwebp", that it takes; NULL: none of its own. Built without it, a
                            format neither reads nor writes */
} up_file_format_info;

UP_API const up_file_format_info *up_file_format_at(int i);

/* What a file is. */
typedef struct {
    const char *name;   /* "png", "WebP", "a Git LFS pointer" */
    const char *advice; /* what would make a readable picture of it, in words: a command in which IN
                           and OUT stand for files, mostly. NULL: none */
    bool reads;         /* up_image_open() takes it */
    bool picture;       /* a picture, by its content or its name; not a video, page, archive ... */
} up_content;

/* Looks at the first bytes of a regular file, and where they tell nothing at its extension. Strings
 * are the library's. false: neither is known. */
UP_API bool up_content_of(up_content *content, const char *path);

/* "baseline", "avx2", "avx512", "neon": the kernels in use; UPSCALE_CPU in the environment masks.
 */
UP_API const char *up_cpu_name(void);

/* Cores this process may use. */
UP_API int up_cpu_count(void);

/* Memory that this process may use, in bytes: the machine's, or the limit of the process or of its
 * control group where that is lower; and how much of it a run may take whose options.max_memory is
 * this. */
UP_API size_t up_memory_size(void);
UP_API size_t up_memory_limit(size_t max_memory);

#ifdef __cplusplus
}
#endif

#endif
