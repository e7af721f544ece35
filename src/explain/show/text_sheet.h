/* SPDX-License-Identifier: MIT */
/* What the text of an explanation is put together from. */
#ifndef UP_EXPLAIN_TEXT_SHEET_H
#define UP_EXPLAIN_TEXT_SHEET_H

#include "explain/explanation.h"
#include "explain/show/text_blocks.h"

#define UP_MOST_SECTIONS 10

typedef struct {
    const up_explanation *e;
    int columns, digits;
    bool all_steps;
    char *section[UP_MOST_SECTIONS];
    size_t size[UP_MOST_SECTIONS];
    int sections;
    bool failed;
} up_text_sheet;

typedef void up_write_section(const up_text_sheet *s, FILE *out);

/* ---------------------------------------------------------------- text_steps.c */

/* The input, and step by step what each of its elements adds; what the padding crops then. */
up_write_section up_write_scattering, up_write_crop;

/* The input and the output, and a line for each output. */
up_write_section up_write_inputs, up_write_windows;

/* ---------------------------------------------------------------- text_forms.c */

up_write_section up_write_matrix, up_write_phases;

/* Kernels of up to 52 weights have a letter for each. */
static inline bool up_has_letters(const up_explanation *e)
{
    return e->k.value && up_small_count(&e->k) <= 52;
}

static inline char up_letter(int place)
{
    return (char)(place < 26 ? 'a' + place : 'A' + place - 26);
}

#endif
