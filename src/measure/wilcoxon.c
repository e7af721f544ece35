/* SPDX-License-Identifier: MIT */
#include "measure/wilcoxon.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    int count;                    /* of differences that are not 0 */
    double positive;              /* sum of the ranks of those above 0 */
    double ties;                  /* sum of t^3 - t */
    int twice[UP_WILCOXON_EXACT]; /* ranks doubled, which are whole; if there are not too many */
} ranking;

static int by_size(const void *a, const void *b)
{
    const double p = fabs(*(const double *)a), q = fabs(*(const double *)b);
    return (p > q) - (p < q);
}

/* The group of equal sizes from `first` on; returns where it ends. */
static int rank_group(ranking *r, const double *sorted, int first)
{
    int end = first;
    while (end < r->count && fabs(sorted[end]) == fabs(sorted[first]))
        end++;
    const int twice = first + 1 + end;
    const double size = end - first;
    for (int i = first; i < end; i++) {
        r->positive += sorted[i] > 0 ? twice / 2.0 : 0;
        if (i < UP_WILCOXON_EXACT)
            r->twice[i] = twice;
    }
    r->ties += size * size * size - size;
    return end;
}

/* Of all 2^count choices of signs the share whose sum is `sum` or less. */
static double share_below(const ranking *r, int sum)
{
    double ways[UP_WILCOXON_EXACT * (UP_WILCOXON_EXACT + 1) + 1] = { 1 };
    int reached = 0;
    for (int i = 0; i < r->count; i++) {
        reached += r->twice[i];
        for (int at = reached; at >= r->twice[i]; at--)
            ways[at] += ways[at - r->twice[i]];
    }
    double below = 0;
    for (int at = 0; at <= sum; at++)
        below += ways[at];
    return below / pow(2, r->count);
}

static double p_of(const ranking *r)
{
    const double n = r->count, total = n * (n + 1) / 2;
    const double least = fmin(r->positive, total - r->positive);
    if (r->count == 0)
        return 1;
    if (r->count <= UP_WILCOXON_EXACT)
        return fmin(1, 2 * share_below(r, (int)(2 * least)));
    const double variance = n * (n + 1) * (2 * n + 1) / 24 - r->ties / 48;
    return erfc((total / 2 - least) / sqrt(2 * variance));
}

up_status up_wilcoxon(double *p, const double *difference, int count, up_error *error)
{
    ranking r = { 0 };
    double *sorted = up_alloc((size_t)up_max(count, 1), sizeof *sorted);
    if (!sorted)
        return up_fail_memory(error, "ranks", (size_t)count * sizeof *sorted);
    for (int i = 0; i < count; i++)
        if (difference[i] != 0)
            sorted[r.count++] = difference[i];
    qsort(sorted, (size_t)r.count, sizeof *sorted, by_size);
    for (int at = 0; at < r.count;)
        at = rank_group(&r, sorted, at);
    *p = p_of(&r);
    up_free(sorted);
    return UP_OK;
}
