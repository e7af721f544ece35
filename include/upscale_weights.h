/* SPDX-License-Identifier: MIT */
/*
 * Weight files: looked into, opened once to be run (up_options.model), and written.
 */
#ifndef UPSCALE_WEIGHTS_H
#define UPSCALE_WEIGHTS_H

#include <upscale.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A weight file, opened to look into or to run (up_options.model). It owns all that is said about
 * it: strings and values live until up_weights_close(). Pairs are rows, columns. */

/* An input of n pixels becomes floor((n * scale + extra) / reduction) on each axis: exactly n times
 * the scale if extra is 0 and reduction 1, cropped if extra < 0, extended if extra > 0. */
typedef struct {
    const char *name;   /* the path, or the name of embedded weights */
    const char *format; /* "safetensors", "PyTorch", ... */
    const char *part;   /* which of several sets of weights in it this is: "params_ema"; or NULL */
    const char *family; /* "FSRCNN", "ConvTranspose2d", ... */
    const char *color;  /* what the channels must be: "any", "y" (full-range BT.601 luma),
                           "y-studio" (16..235), "ycbcr" or "rgb" */
    float range;        /* the value of white: 1 or 255 */
    bool color_told, range_told; /* by the file, its kind or `told`; else they are assumed */
    double limit;                /* see up_limit; INFINITY: none */
    const char *condition;       /* what the last input channel means, if it is no colour:
                                    "strength", see up_clean; or NULL */
    int in_channels, out_channels;
    int layers;        /* for up_weights_layer_at() */
    size_t parameters; /* learned values */
    int scale[2];      /* 0, 0: the file leaves it open; so are then what follows (0), and what
                          depends on it in the layers */
    int reduction[2], extra[2];
    int least[2];           /* the smallest input */
    bool enlarges_first;    /* pictures are enlarged by bicubic before it, and its scale is 1 */
    int multiple[2];        /* what sides of a tensor must be multiples of; pictures are extended */
    int receptive_field[2]; /* pixels of the input that reach one of the output; INT_MAX: all */
    double multiply_adds;   /* of the convolutions, per pixel of the input */
    size_t memory_bytes;    /* while it is open */
} up_weights_info;

typedef struct {
    const char *op;   /* conv2d, conv_transpose2d, prelu, add, ... */
    const char *name; /* of its tensors: NAME.weight, NAME.bias; "" if bare; NULL if it has none */
    const int *input; /* layers before it; -1: the network's input */
    int inputs;
    int in_channels, out_channels;
    int kernel[2], stride[2], groups; /* of convolutions, else 0; a stride of 0 is open */
    const char *settings;       /* what else it is told, in words: "padding 1, mode reflect" */
    const char *json;           /* an object: the layer as upscale.layers spells it */
    int scale[2], reduction[2]; /* its output has scale / reduction times the network's input */
    bool overlap_even;          /* conv_transpose2d: see up_weights_overlap() */
    size_t parameters;
    double multiply_adds; /* per pixel of the network's input */
    const float *weight;  /* conv2d: [out][in / groups][kernel[0]][kernel[1]], conv_transpose2d:
                             [in][out / groups][..][..], prelu, affine: [out] */
    const float *bias;    /* [out], or NULL */
    const float *bounds;  /* of an activation: what its result is clipped to, [2][out]: the least of
                             each channel, then the greatest; or NULL */
} up_weights_layer;

/* Reads and checks the whole file, and what network it holds. Of the options (may be NULL) only
 * `max_memory` and `told` count, and `layer` and `scale` as they do for tconv: where the file does
 * not tell.
 * A file that tells its scale is never changed by them; one that does not can still be looked into
 * without. A damaged, unknown or hostile file is UP_ERROR_WEIGHTS. */
UP_API up_status up_weights_open(up_weights **weights, const char *path, const up_options *options,
                                 up_error *error);
UP_API const up_weights_info *up_weights_get_info(const up_weights *weights);
UP_API void up_weights_close(up_weights **weights);

/* Layers in the order they are run; NULL past the last. */
UP_API const up_weights_layer *up_weights_layer_at(const up_weights *weights, int i);

/* How many taps of a transposed convolution meet in an output pixel whose row and column are these
 * modulo the stride. Where that is not the same for all, the layer tends to leave checkerboards.
 * 0 for other layers, and where the scale is open. */
UP_API int up_weights_overlap(const up_weights *weights, int layer, int row, int column);

/* What the file says about itself, in its order: the key, and *value; NULL past the last. */
UP_API const char *up_weights_metadata_at(const up_weights *weights, int i, const char **value);

/* Writes the network as a safetensors file that says all of it by itself (upscale.layers), and what
 * the file says of its licence and the like. It loads as the same network, which makes the same
 * bits. Of the options (may be NULL) counts `overwrite`. Weights whose scale is open must have been
 * opened with one. */
UP_API up_status up_weights_save(const up_weights *weights, const char *path,
                                 const up_options *options, up_error *error);

/* Whether a regular file begins as a weight file does, or is called as one. */
UP_API bool up_is_weights_file(const char *path);

/* Formats of weight files, by position: the name, and *extensions, separated by blanks; NULL past
 * the last. */
UP_API const char *up_weights_format_at(int i, const char **extensions);

/* Weights inside the library, for tconv:NAME, by position: the name, and *scale; NULL past the
 * last. The same name comes once for each of its scales. */
UP_API const char *up_embedded_weights_at(int i, int *scale);
UP_API up_status up_embedded_weights_open(up_weights **weights, int i, up_error *error);

/* Methods tconv:NAME that clean, and then enlarge by others of these, by position: the name, and
 * *weights, which may be NULL, the name of the others; NULL past the last. */
UP_API const char *up_photo_method_at(int i, const char **weights);

#ifdef __cplusplus
}
#endif

#endif
