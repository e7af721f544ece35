/* SPDX-License-Identifier: MIT */
#include "compare/quality_plot.h"

#include "base/text_stream.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WIDTH = 760,
    HEIGHT = 380,
    LEFT = 64,
    RIGHT = 220, /* room for names */
    TOP = 20,
    BOTTOM = 48,
    LINE = 18, /* between names */
    FAR = 8,   /* dB below the best: what is worse would press all others together */
    MOST_POINTS = 64,
};

typedef struct {
    double low, high;
} range;

typedef struct {
    const up_quality_point *point[MOST_POINTS]; /* the best first */
    int count, far;                             /* the last ones are too far below to be drawn */
    range time, quality;                        /* time in powers of ten */
    const char *axis;
    FILE *out;
} plot;

static double x_of(const plot *p, double seconds)
{
    double share = (log10(seconds) - p->time.low) / (p->time.high - p->time.low);
    return LEFT + share * (WIDTH - LEFT - RIGHT);
}

static double y_of(const plot *p, double psnr)
{
    double share = (psnr - p->quality.low) / (p->quality.high - p->quality.low);
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
}

static bool is_drawn(const up_quality_point *p)
{
    return isfinite(p->psnr) && isfinite(p->seconds) && p->seconds > 0;
}

static void find_ranges(plot *p)
{
    p->time = (range){ INFINITY, -INFINITY };
    p->quality = p->time;
    for (int i = 0; i < p->count; i++) {
        double time = log10(p->point[i]->seconds), quality = p->point[i]->psnr;
        p->time = (range){ fmin(p->time.low, time), fmax(p->time.high, time) };
        p->quality = (range){ fmin(p->quality.low, quality), fmax(p->quality.high, quality) };
    }
    p->time = (range){ floor(p->time.low), fmax(ceil(p->time.high), floor(p->time.low) + 1) };
    double room = fmax(0.08 * (p->quality.high - p->quality.low), 0.05);
    p->quality = (range){ p->quality.low - room, p->quality.high + room };
}

static void draw_text(FILE *out, double x, double y, const char *anchor, const char *text)
{
    json_t *valid = json_string(text); /* NULL: no UTF-8, of which ASCII is kept */
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || strchr("<>&\"'", c))
            fprintf(out, "&#%d;", c < 0x20 ? ' ' : c);
        else
            fputc(valid || c < 0x80 ? c : '?', out);
    }
    json_decref(valid);
    fputs("</text>\n", out);
}

static void draw_line(FILE *out, double x0, double y0, double x1, double y1)
{
    fprintf(out, "<path d=\"M%.1f %.1fL%.1f %.1f\"/>\n", x0, y0, x1, y1);
}

static void draw_times(const plot *p)
{
    static const char *const unit[] = { "ns", "\xC2\xB5s", "ms", "s" };
    for (int power = (int)p->time.low; power <= (int)p->time.high; power++) {
        char text[32];
        double x = x_of(p, pow(10, power));
        int group = power >= 0 ? 3 : power < -9 ? 0 : (power + 9) / 3;
        snprintf(text, sizeof text, "%g %s", pow(10, power + 9 - 3 * group), unit[group]);
        fputs("<g stroke=\"currentColor\" stroke-opacity=\".15\">", p->out);
        draw_line(p->out, x, TOP, x, HEIGHT - BOTTOM);
        fputs("</g>\n", p->out);
        draw_text(p->out, x, HEIGHT - BOTTOM + 20, "middle", text);
    }
    draw_text(p->out, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 6, "middle", p->axis);
}

static void draw_qualities(const plot *p)
{
    double span = p->quality.high - p->quality.low, step = pow(10, floor(log10(span)));
    step *= span / step < 2 ? 0.2 : span / step < 5 ? 0.5 : 1;
    for (double v = ceil(p->quality.low / step) * step; v <= p->quality.high; v += step) {
        char text[32];
        snprintf(text, sizeof text, step < 0.1 ? "%.2f" : step < 1 ? "%.1f" : "%.0f", v);
        fputs("<g stroke=\"currentColor\" stroke-opacity=\".15\">", p->out);
        draw_line(p->out, LEFT, y_of(p, v), WIDTH - RIGHT, y_of(p, v));
        fputs("</g>\n", p->out);
        draw_text(p->out, LEFT - 8, y_of(p, v) + 4, "end", text);
    }
    draw_text(p->out, LEFT - 8, TOP - 6, "end", "PSNR");
}

static int best_first(const void *a, const void *b)
{
    const up_quality_point *p = *(const up_quality_point *const *)a;
    const up_quality_point *q = *(const up_quality_point *const *)b;
    return (p->psnr < q->psnr) - (p->psnr > q->psnr);
}

/* Names stand in a column beside the plot, in order, none on another; a line leads to each. */
static void place_names(const plot *p, double y[MOST_POINTS])
{
    for (int i = 0; i < p->count; i++) {
        y[i] = y_of(p, p->point[i]->psnr);
        if (i > 0)
            y[i] = fmax(y[i], y[i - 1] + LINE);
    }
    double below = HEIGHT - BOTTOM;
    for (int i = p->count - 1; i >= 0; i--, below -= LINE)
        y[i] = fmin(y[i], below);
}

/* From the best to where nothing cheaper is left; points come best first. */
static void draw_front(const plot *p)
{
    fputs("<path fill=\"none\" stroke=\"currentColor\" stroke-opacity=\".6\" "
          "stroke-dasharray=\"5 4\" d=\"",
          p->out);
    double cheapest = INFINITY;
    for (int i = 0; i < p->count; i++) {
        const double seconds = p->point[i]->seconds;
        if (seconds >= cheapest)
            continue;
        const double x = x_of(p, seconds), y = y_of(p, p->point[i]->psnr);
        if (isinf(cheapest))
            fprintf(p->out, "M%.1f %.1f", x, y);
        else
            fprintf(p->out, "V%.1fH%.1f", y, x);
        cheapest = seconds;
    }
    fputs("\"/>\n", p->out);
}

static void draw_points(const plot *p)
{
    double name_y[MOST_POINTS];
    place_names(p, name_y);
    for (int i = 0; i < p->count; i++) {
        double x = x_of(p, p->point[i]->seconds), y = y_of(p, p->point[i]->psnr);
        double name_x = WIDTH - RIGHT + 28;
        fputs("<g stroke=\"currentColor\" stroke-opacity=\".35\">", p->out);
        draw_line(p->out, x, y, name_x - 6, name_y[i]);
        fputs("</g>\n", p->out);
        fprintf(p->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#2f7de1\"/>\n", x, y);
        draw_text(p->out, name_x, name_y[i] + 4, "start", p->point[i]->name);
    }
    for (int i = 0; i < p->far; i++) {
        char text[160];
        const up_quality_point *far = p->point[p->count + i];
        snprintf(text, sizeof text, "%.80s: %.2f dB, below", far->name, far->psnr);
        draw_text(p->out, LEFT, HEIGHT + LINE * (i + 1) - 4, "start", text);
    }
}

/* Sorts the points and sets those apart that are far below. */
static void arrange(plot *p)
{
    qsort(p->point, (size_t)p->count, sizeof *p->point, best_first);
    while (p->count > 2 && p->point[p->count - 1]->psnr < p->point[0]->psnr - FAR) {
        p->count--;
        p->far++;
    }
}

static void draw(plot *p)
{
    fprintf(p->out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "
            "aria-label=\"Quality against time\" font-family=\"system-ui, sans-serif\" "
            "font-size=\"13\" fill=\"currentColor\">\n",
            WIDTH, HEIGHT + LINE * p->far);
    find_ranges(p);
    draw_times(p);
    draw_qualities(p);
    draw_front(p);
    draw_points(p);
    fputs("</svg>\n", p->out);
}

up_status up_quality_plot(char **svg, const up_quality_point *point, int count, const char *time,
                          up_error *error)
{
    plot p = { .axis = time };
    size_t size;
    *svg = NULL;
    for (int i = 0; i < count && p.count < MOST_POINTS; i++)
        if (is_drawn(&point[i]))
            p.point[p.count++] = &point[i];
    if (p.count < 2)
        return UP_OK;
    p.out = up_text_stream(svg, &size);
    if (!p.out)
        return up_fail_memory(error, "a plot", HEIGHT);
    arrange(&p);
    draw(&p);
    bool fine = !ferror(p.out);
    if (fclose(p.out) == 0 && fine)
        return UP_OK;
    free(*svg);
    *svg = NULL;
    return up_fail_memory(error, "a plot", size);
}
