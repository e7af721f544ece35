/* SPDX-License-Identifier: MIT */
/* One table of means for papers: scales and methods downwards, sets and metrics across. */

#include "cli/eval/eval_show.h"

#include "cli/show/cli_text.h"
#include "cli/show/console.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PLAIN, BEST, SECOND };

/* What a column of a scale shows. Values that print alike rank alike. */
typedef struct {
    const cli_evaluations *all;
    size_t set, metric;
} column;

static double shown(const column *c, size_t method)
{
    const int digits = c->all->metric[c->metric]->digits;
    const double unit = pow(10, -digits);
    return round(cli_mean(c->all, c->set, method, c->metric) / unit) * unit;
}

/* Of different values the best one, worse than `than`; NaN: there is none. */
static double best_below(const column *c, double than)
{
    const bool lower = c->all->metric[c->metric]->lower_is_better;
    double best = (double)NAN;
    for (size_t m = 0; m < c->all->methods; m++) {
        const double v = shown(c, m);
        const bool allowed = isnan(than) || (lower ? v > than : v < than);
        if (allowed && (isnan(best) || (lower ? v < best : v > best)))
            best = v;
    }
    return best;
}

static int rank_of(const column *c, size_t method)
{
    const double value = shown(c, method), best = best_below(c, (double)NAN);
    if (c->all->methods < 2)
        return PLAIN;
    return value == best ? BEST : value == best_below(c, best) ? SECOND : PLAIN;
}

/* Sets of the first scale; one that stands for all where there is one alone. */
static size_t set_columns(const cli_evaluations *scale)
{
    return scale->sets.count > 1 ? scale->sets.count : 1;
}

/* Of another scale, in which pictures of a set may all have failed. */
static bool find_set(column *c, const cli_evaluations *first, size_t set)
{
    c->set = CLI_ALL_SETS;
    if (first->sets.count < 2)
        return c->all->count > 0;
    for (size_t i = 0; i < c->all->sets.count; i++)
        if (strcmp(c->all->sets.item[i], first->sets.item[set]) == 0)
            c->set = i;
    return c->set != CLI_ALL_SETS;
}

/* What stands for a letter that means something, or NULL. */
typedef const char *escape(char c);

static const char *latex_escape(char c)
{
    switch (c) {
    case '\\':
        return "\\textbackslash{}";
    case '~':
        return "\\textasciitilde{}";
    case '^':
        return "\\textasciicircum{}";
    case '&':
        return "\\&";
    case '%':
        return "\\%";
    case '$':
        return "\\$";
    case '#':
        return "\\#";
    case '_':
        return "\\_";
    case '{':
        return "\\{";
    case '}':
        return "\\}";
    default:
        return NULL;
    }
}

static const char *markdown_escape(char c)
{
    static const char *const escaped[] = { "\\|", "\\*", "\\_", "\\`", "\\[", "\\<", "\\\\" };
    for (size_t i = 0; i < sizeof escaped / sizeof *escaped; i++)
        if (escaped[i][1] == c)
            return escaped[i];
    return NULL;
}

static void append_escaped(char **line, const char *text, escape *of)
{
    for (; *text; text++) {
        const char *instead = of(*text);
        if (instead)
            cli_append(line, "%s", instead);
        else
            cli_append(line, "%c", *text);
    }
}

/* A folder's own name: what is above it says nothing in a table. */
static void append_set(char **line, const char *folder, escape *of)
{
    char *printable = cli_printable(folder);
    const char *slash = strrchr(printable, '/');
    append_escaped(line, slash && slash[1] ? slash + 1 : printable, of);
    free(printable);
}

typedef struct {
    escape *of;
    const char *between, *end;
    const char *wrap[3][2]; /* around values, by rank */
    const char *higher, *lower;
    const char *infinite;
} markup;

static void append_number(char **line, int digits, double value, const markup *u)
{
    if (isfinite(value))
        cli_append(line, "%.*f", digits, value);
    else
        cli_append(line, "%s", isnan(value) ? "--" : u->infinite);
}

static void put_rows(FILE *file, const cli_evaluations *first, const cli_evaluations *all,
                     const markup *u, const char *start)
{
    for (size_t m = 0; m < all->methods; m++) {
        char *line = cli_copy(start);
        append_escaped(&line, all->label[m], u->of);
        cli_append(&line, "%s%d", u->between, all->scale);
        for (size_t set = 0; set < set_columns(first); set++)
            for (size_t k = 0; k < all->metrics; k++) {
                column c = { all, 0, k };
                if (!find_set(&c, first, set)) {
                    cli_append(&line, "%s--", u->between);
                    continue;
                }
                const int rank = rank_of(&c, m);
                cli_append(&line, "%s%s", u->between, u->wrap[rank][0]);
                append_number(&line, all->metric[k]->digits, shown(&c, m), u);
                cli_append(&line, "%s", u->wrap[rank][1]);
            }
        cli_append(&line, "%s", u->end);
        cli_put_line_into(file, line);
        free(line);
    }
}

static void append_metrics(char **line, const cli_evaluations *all, const markup *u)
{
    for (size_t set = 0; set < set_columns(all); set++)
        for (size_t k = 0; k < all->metrics; k++)
            cli_append(line, "%s%s%s", u->between, all->metric[k]->title,
                       all->metric[k]->lower_is_better ? u->lower : u->higher);
}

/* -------------------------------------------------------------- LaTeX */

static const markup latex = {
    .of = latex_escape,
    .between = " & ",
    .end = " \\\\",
    .wrap = { { "", "" }, { "\\textbf{", "}" }, { "\\underline{", "}" } },
    .higher = " $\\uparrow$",
    .lower = " $\\downarrow$",
    .infinite = "$\\infty$",
};

/* The names of sets over their metrics. */
static void put_latex_sets(FILE *file, const cli_evaluations *all)
{
    char *names = cli_copy(" &"), *rules = cli_copy("");
    for (size_t set = 0; set < all->sets.count; set++) {
        const size_t left = 3 + set * all->metrics;
        cli_append(&names, " & \\multicolumn{%zu}{c}{", all->metrics);
        append_set(&names, all->sets.item[set], latex_escape);
        cli_append(&names, "}");
        cli_append(&rules, "\\cmidrule(lr){%zu-%zu}", left, left + all->metrics - 1);
    }
    cli_append(&names, " \\\\");
    cli_put_line_into(file, names);
    cli_put_line_into(file, rules);
    free(names);
    free(rules);
}

void cli_eval_show_latex(FILE *file, const cli_evaluations *scale, size_t scales)
{
    const size_t columns = set_columns(scale) * scale->metrics;
    char *head = cli_copy("Method & Scale"), *align = cli_copy("lc");
    for (size_t i = 0; i < columns; i++)
        cli_append(&align, "r");
    append_metrics(&head, scale, &latex);
    cli_put_line_into(file, "% \\usepackage{booktabs}");
    for (size_t i = 0; i < scales; i++)
        cli_print_into(file, "%% scale %d: means of %zu pictures; best bold, second underlined",
                       scale[i].scale, scale[i].count);
    cli_print_into(file, "\\begin{tabular}{%s}", align);
    cli_put_line_into(file, "\\toprule");
    if (scale->sets.count > 1)
        put_latex_sets(file, scale);
    cli_print_into(file, "%s \\\\", head);
    for (size_t i = 0; i < scales; i++) {
        cli_put_line_into(file, "\\midrule");
        put_rows(file, scale, &scale[i], &latex, "");
    }
    cli_put_line_into(file, "\\bottomrule");
    cli_put_line_into(file, "\\end{tabular}");
    free(head);
    free(align);
}

/* -------------------------------------------------------------- Markdown */

static const markup markdown = {
    .of = markdown_escape,
    .between = " | ",
    .end = " |",
    .wrap = { { "", "" }, { "**", "**" }, { "<u>", "</u>" } },
    .higher = " \xE2\x86\x91",
    .lower = " \xE2\x86\x93",
    .infinite = "\xE2\x88\x9E",
};

static void append_markdown_heads(char **head, const cli_evaluations *all)
{
    for (size_t set = 0; set < set_columns(all); set++)
        for (size_t k = 0; k < all->metrics; k++) {
            cli_append(head, "%s", markdown.between);
            if (all->sets.count > 1) {
                append_set(head, all->sets.item[set], markdown_escape);
                cli_append(head, " ");
            }
            cli_append(head, "%s%s", all->metric[k]->title,
                       all->metric[k]->lower_is_better ? markdown.lower : markdown.higher);
        }
}

void cli_eval_show_markdown(FILE *file, const cli_evaluations *scale, size_t scales)
{
    char *head = cli_copy("| Method | Scale"), *rule = cli_copy("| --- | ---:");
    append_markdown_heads(&head, scale);
    for (size_t i = 0; i < set_columns(scale) * scale->metrics; i++)
        cli_append(&rule, " | ---:");
    cli_append(&head, " |");
    cli_append(&rule, " |");
    cli_put_line_into(file, head);
    cli_put_line_into(file, rule);
    for (size_t i = 0; i < scales; i++)
        put_rows(file, scale, &scale[i], &markdown, "| ");
    free(head);
    free(rule);
}
