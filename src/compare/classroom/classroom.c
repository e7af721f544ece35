/* SPDX-License-Identifier: MIT */
#include "compare/classroom/classroom.h"

#include "base/memory.h"
#include "base/text_stream.h"
#include "compare/classroom/lessons.h"
#include "compare/classroom/pooled_patch.h"
#include "compare/files/json_text.h"
#include "io/pixels.h"

#include <math.h>
#include <stdlib.h>

enum {
    SIDE = 4,
    INPUTS = SIDE * SIDE,
    MOST_OUTPUTS = INPUTS * 16,
    WHITE_SIDE = 11,
    MOST_PLACES = 256
};

/* The corner, and what it is made of. */
typedef struct {
    int scale, x, y; /* of its top left, in the pooled picture */
    float original[MOST_OUTPUTS];
    up_pooled_patch pooled;
    char *input; /* as text */
} corner;

/* The scale of the classroom, of which pictures are pooled and enlarged. */
static int classroom_scale(const up_comparison *c)
{
    return c->original.scale;
}

/* -------------------------------------------------------------- the corner */

static float grey_at(const up_pixels *p, int x, int y)
{
    const up_format *f = &p->format;
    const uint8_t *pixel =
        (const uint8_t *)p->data + (size_t)y * p->row_stride + (size_t)x * f->channels;
    return f->channels < 3 ? pixel[0]
                           : (float)((77 * pixel[0] + 150 * pixel[1] + 29 * pixel[2] + 128) >> 8);
}

/* How much the pixels of a corner differ, one of each that are pooled together. */
static float contrast_at(const up_comparison *c, int scale, int x0, int y0)
{
    float least = 255, most = 0;
    for (int i = 0; i < INPUTS; i++) {
        const float value =
            grey_at(&c->reference, (x0 + i % SIDE) * scale, (y0 + i / SIDE) * scale);
        least = fminf(least, value);
        most = fmaxf(most, value);
    }
    return most - least;
}

/* Where there is most to be seen in the first crop: a flat corner would teach little. */
static void choose_place(corner *k, const up_comparison *c, int columns, int rows)
{
    const up_box whole = { 0, 0, c->output.width, c->output.height };
    const up_box *box = c->boxes > 0 ? &c->box[0] : &whole;
    const int x0 = up_min(box->x / k->scale, columns - SIDE);
    const int y0 = up_min(box->y / k->scale, rows - SIDE);
    const int x1 = up_clamp((box->x + box->width) / k->scale - SIDE, x0, columns - SIDE);
    const int y1 = up_clamp((box->y + box->height) / k->scale - SIDE, y0, rows - SIDE);
    const int step = up_max(up_max(x1 - x0, y1 - y0) / MOST_PLACES, 1);
    float best = -1;
    for (int y = y0; y <= y1; y += step)
        for (int x = x0; x <= x1; x += step) {
            const float contrast = contrast_at(c, k->scale, x, y);
            if (contrast <= best)
                continue;
            best = contrast;
            k->x = x;
            k->y = y;
        }
}

static char *values_text(const float *value)
{
    char *text = NULL;
    size_t size;
    FILE *out = up_text_stream(&text, &size);
    for (int i = 0; out && i < INPUTS; i++)
        fprintf(out, "%s%d", i == 0 ? "" : i % SIDE == 0 ? ";" : ",", (int)value[i]);
    if (out && fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static up_status take_corner(corner *k, const up_comparison *c, up_error *error)
{
    const int scale = classroom_scale(c), wide = SIDE * scale;
    const int columns = c->output.width / scale, rows = c->output.height / scale;
    if (columns < SIDE || rows < SIDE)
        return up_fail(error, UP_ERROR_UNSUPPORTED,
                       "%s: %dx%d is too small for the classroom, which shows %dx%d pixels of it",
                       c->input, c->output.width, c->output.height, wide, wide);
    *k = (corner){ .scale = scale };
    choose_place(k, c, columns, rows);
    for (int i = 0; i < wide * wide; i++)
        k->original[i] = grey_at(&c->reference, k->x * scale + i % wide, k->y * scale + i / wide);
    UP_TRY(up_pooled_patch_make(&k->pooled, k->original, SIDE, scale, c->folder, error));
    k->input = values_text(k->pooled.value);
    if (k->input)
        return UP_OK;
    up_pooled_patch_free(&k->pooled);
    return up_fail_memory(error, "a corner", sizeof *k);
}

/* -------------------------------------------------------------- what a lesson makes of it */

static up_status run(float *out, const float *in, int scale, const up_options *options,
                     up_error *error)
{
    const up_pixels input = up_grey_patch(in, SIDE, SIDE);
    const up_pixels output = up_grey_patch(out, SIDE * scale, SIDE * scale);
    return up_upscale_pixels(&input, &output, options, error);
}

static void fill_column(float *matrix, int column, const float *made, int outputs)
{
    for (int o = 0; o < outputs; o++)
        matrix[o * INPUTS + column] = made[o];
}

static double difference_of(const float *matrix, const float *in, const float *out, int outputs)
{
    double most = 0;
    for (int o = 0; o < outputs; o++) {
        double sum = 0;
        for (int i = 0; i < INPUTS; i++)
            sum += (double)matrix[o * INPUTS + i] * (double)in[i];
        const double difference = fabs(sum - (double)out[o]);
        most = difference > most ? difference : most;
    }
    return most;
}

static json_t *rows_json(const float *value, int rows, int columns)
{
    json_t *list = json_array();
    for (int y = 0; y < rows; y++) {
        json_t *row = json_array();
        for (int x = 0; x < columns; x++)
            up_json_append(row,
                           json_real(round(1e6 * (double)value[(size_t)y * columns + x]) / 1e6));
        up_json_append(list, row);
    }
    return list;
}

static up_status lesson_json(json_t **json, const corner *k, const up_contender *of, int i,
                             up_error *error)
{
    const int outputs = INPUTS * k->scale * k->scale;
    float *matrix = up_alloc((size_t)MOST_OUTPUTS * (INPUTS + 2), sizeof *matrix);
    if (!matrix)
        return up_fail_memory(error, "a matrix", (size_t)MOST_OUTPUTS * sizeof *matrix);
    float *made = matrix + MOST_OUTPUTS * INPUTS, *output = made + MOST_OUTPUTS;
    up_options options = of->options;
    options.threads = 1;
    options.indices = up_lesson_needs_positions(of) ? k->pooled.positions : NULL;
    up_status status = run(output, k->pooled.value, k->scale, &options, error);
    for (int n = 0; n < INPUTS && status == UP_OK; n++) {
        float unit[INPUTS] = { 0 };
        unit[n] = 1;
        status = run(made, unit, k->scale, &options, error);
        fill_column(matrix, n, made, outputs);
    }
    char *command = up_lesson_command(of, k->scale, k->input, k->pooled.positions);
    if (status == UP_OK)
        *json = json_pack("{s:s, s:s, s:o, s:o, s:f}", "look", up_lesson_look(i), "command",
                          command ? command : "", "matrix", rows_json(matrix, outputs, INPUTS),
                          "output", rows_json(output, SIDE * k->scale, SIDE * k->scale),
                          "difference", difference_of(matrix, k->pooled.value, output, outputs));
    free(command);
    up_free(matrix);
    return status;
}

/* -------------------------------------------------------------- the whole */

static json_t *positions_json(const char *text)
{
    json_t *list = json_array(), *row = NULL;
    for (char *end; *text; text = *end ? end + 1 : end) {
        if (!row)
            up_json_append(list, row = json_array());
        up_json_append(row, json_integer(strtoll(text, &end, 10)));
        if (*end == ';')
            row = NULL;
    }
    return list;
}

static up_status add_lessons(json_t *list, const corner *k, const up_comparison *c, up_error *error)
{
    for (int i = 0; i < UP_LESSONS; i++) {
        json_t *json = NULL;
        UP_TRY(lesson_json(&json, k, &c->options->contender[i], i, error));
        up_json_append(list, json);
    }
    return UP_OK;
}

up_status up_classroom_json(json_t **json, const up_comparison *c, up_error *error)
{
    corner k;
    json_t *list = json_array();
    up_status status = take_corner(&k, c, error);
    if (status != UP_OK) {
        json_decref(list);
        return status;
    }
    const int wide = SIDE * k.scale;
    status = add_lessons(list, &k, c, error);
    *json = json_pack("{s:i, s:{s:i, s:i}, s:o, s:o, s:o, s:o}", "scale", k.scale, "corner", "x",
                      k.x, "y", k.y, "original", rows_json(k.original, wide, wide), "input",
                      rows_json(k.pooled.value, SIDE, SIDE), "positions",
                      positions_json(k.pooled.positions), "lessons", list);
    up_pooled_patch_free(&k.pooled);
    free(k.input);
    return status;
}

up_status up_classroom_impulse(up_pixels *response, const up_comparison *c,
                               const up_options *options, up_error *error)
{
    const int scale = classroom_scale(c), wide = WHITE_SIDE * scale;
    up_pooled_patch pooled;
    up_options how = *options;
    float *white = up_alloc_zero((size_t)wide * wide, sizeof *white);
    if (!white)
        return up_fail_memory(error, "an impulse response", (size_t)wide * wide * sizeof *white);
    white[wide * wide / 2 + wide / 2] = 1;
    up_status status = up_pooled_patch_make(&pooled, white, WHITE_SIDE, scale, c->folder, error);
    if (status == UP_OK) {
        const up_pixels input = up_grey_patch(pooled.value, WHITE_SIDE, WHITE_SIDE);
        how.indices = pooled.positions;
        how.threads = 1;
        *response = up_grey_patch(white, wide, wide);
        status = up_upscale_pixels(&input, response, &how, error);
        up_pooled_patch_free(&pooled);
    }
    if (status != UP_OK)
        up_free(white);
    return status;
}
