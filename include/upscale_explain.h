/* SPDX-License-Identifier: MIT */
/*
 * upscale, the part that explains: every step of an upsampling of a small tensor, the other ways to
 * the same result, and whether they agree. Conventions as in upscale.h. It is there unless the
 * library was built with -DUPSCALE_EXPLAIN=OFF.
 */
#ifndef UPSCALE_EXPLAIN_H
#define UPSCALE_EXPLAIN_H

#include <upscale.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Tensors are given as text (`0,1;2,3`: rows end with `;`, channels with `|`) or as the name of a
 * file (.txt, .csv, .npy, or a picture). What consists of digits, separators and the like only is
 * text. */
typedef struct {
    const char *op;      /* a name from up_explain_op_at() */
    const char *input;   /* at most 16x16 */
    const char *kernel;  /* tconv and conv: its planes in PyTorch's order, tconv [in][out / groups],
                            conv [out][in / groups]; at most 16x16 */
    const char *indices; /* max-unpool: the positions, whole numbers, shaped like the input */
    /* Of these count layer, scale, align_corners and cubic_a, each where the op has it, as the
     * methods of these names take them; may be NULL. conv: a stride or dilation unset is 1. Others
     * take a whole scale from 1 to 16. */
    const up_options *options;
} up_explain_options;

/* An explanation, and what was worked out for it. */
typedef struct up_explanation up_explanation;

/* Works everything out. More than can be looked at (16x16, a million products) is
 * UP_ERROR_UNSUPPORTED. */
UP_API up_status up_explain_open(up_explanation **explanation, const up_explain_options *options,
                                 up_error *error);
UP_API void up_explain_close(up_explanation **explanation);

/* Whether all ways came to the same: as near as rounding the sums to float32 allows. */
UP_API bool up_explain_agrees(const up_explanation *explanation);

typedef struct {
    int columns;    /* that the text may take; 0: 80 */
    int digits;     /* behind the point at most; 0: as many as are needed, up to 4 */
    bool all_steps; /* however many there are; else those of the first 16 */
} up_explain_style;

/* For people, in UTF-8, lines ended by newlines; NULL: no memory. Lives until the next call, or
 * the explanation is closed. */
UP_API const char *up_explain_text(up_explanation *explanation, const up_explain_style *style);

/* All of it, for programs: see src/explain/show/explanation_json.c. As up_explain_text(). */
UP_API const char *up_explain_json(up_explanation *explanation);

/* One HTML file on which to step through it. It appears whole or not at all. */
UP_API up_status up_explain_page(up_explanation *explanation, const char *path, bool overwrite,
                                 up_error *error);

/* Ops by position, with what they do in words; NULL past the last. */
UP_API const char *up_explain_op_at(int i, const char **summary);

/* ---------------------------------------------------------------- showing */

/* The numbers of a file (.npy, positions too; .txt, .csv; a picture) as aligned rows, with a title
 * over each channel where there are several. At most 65536 of them; `digits` as in
 * up_explain_style. *text is for free(). */
UP_API up_status up_tensor_text(char **text, const char *path, int digits, up_error *error);

/* The same of pixels in memory. */
UP_API up_status up_pixels_text(char **text, const up_pixels *pixels, int digits, up_error *error);

#ifdef __cplusplus
}
#endif

#endif
