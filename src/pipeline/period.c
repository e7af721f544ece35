#include "pipeline/period.h"

#include "base/memory.h"
#include "pipeline/ring.h"

#include <limits.h>

#define MOST_PERIOD ((int64_t)1 << 24) /* rows */

/* Rows of a node for one of the highest output, in lowest terms. 0 / 1: it is made once, or never;
 * 0 / 0: not at one rate. */
typedef struct {
    int64_t num, den;
} rate;

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The common multiple; 0 where it is too large. */
static int64_t common_multiple(int64_t a, int64_t b)
{
    if (a == 0 || b == 0 || b > MOST_PERIOD)
        return 0;
    int64_t multiple = a / common_divisor(a, b) * b;
    return multiple > MOST_PERIOD ? 0 : multiple;
}

static rate reduce(int64_t num, int64_t den)
{
    int64_t divisor = common_divisor(num, den);
    num /= divisor;
    den /= divisor;
    return num > MOST_PERIOD || den > MOST_PERIOD ? (rate){ 0, 0 } : (rate){ num, den };
}

static void repeat_of(const up_op *op, int input, int *rows, int *advance)
{
    *rows = *advance = 0;
    if (op->repeat)
        op->repeat(op, input, rows, advance);
}

/* At which rate an input of `node` is read. */
static rate rate_of_input(const up_node *node, rate own, int input)
{
    int rows, advance;
    repeat_of(node->op, input, &rows, &advance);
    return own.den == 0 || rows == 0 ? (rate){ 0, 0 } : reduce(own.num * advance, own.den * rows);
}

/* All who read it must agree. */
static rate rate_of(const up_graph *graph, const rate *rates, int n)
{
    const up_node *node = &graph->node[n];
    const int64_t most = graph->node[graph->output[up_graph_highest(graph)]].shape.height;
    rate found = node->output ? reduce(node->shape.height, most) : (rate){ 0, 1 };
    for (int r = 0; r < node->consumers; r++) {
        const up_consumer *consumer = &graph->consumer[node->consumer + r];
        rate read =
            rate_of_input(&graph->node[consumer->node], rates[consumer->node], consumer->input);
        if (r > 0 && (read.num != found.num || read.den != found.den))
            return (rate){ 0, 0 };
        found = read;
    }
    return found;
}

/* Rows of the highest output after which those of a node come to whole steps, and its spans
 * repeat. */
static int64_t period_of(const up_node *node, rate own)
{
    int64_t unit = node->op ? node->step : 1;
    for (int i = 0; node->op && i < node->op->inputs; i++) {
        int rows, advance;
        repeat_of(node->op, i, &rows, &advance);
        unit = common_multiple(unit, rows);
    }
    return unit ? own.den * (unit / common_divisor(unit, own.num)) : 0;
}

/* 0: there is no period. */
static int64_t find_rows(const up_graph *graph, rate *rates)
{
    int64_t rows = 1;
    for (int n = graph->count - 1; n >= 0 && rows > 0; n--) {
        const up_node *node = &graph->node[n];
        rates[n] = node->view ? (rate){ 0, 1 } : rate_of(graph, rates, n);
        if (rates[n].den == 0)
            return 0;
        if (rates[n].num > 0)
            rows = common_multiple(rows, period_of(node, rates[n]));
    }
    return rows;
}

up_status up_period_find(up_period *period, const up_graph *graph, up_error *error)
{
    const size_t count = (size_t)graph->count;
    rate *rates = up_alloc(count, sizeof *rates);
    *period = (up_period){ .shift = up_alloc(count, sizeof *period->shift) };
    if (!rates || !period->shift) {
        up_free(rates);
        up_period_free(period);
        return up_fail_memory(error, "the graph", count * sizeof *rates);
    }
    period->rows = (int)find_rows(graph, rates);
    for (int n = 0; n < graph->count && period->rows > 0; n++) {
        int64_t shift = period->rows / rates[n].den * rates[n].num;
        if (shift > INT_MAX)
            period->rows = 0;
        else
            period->shift[n] = (int)shift;
    }
    up_free(rates);
    return UP_OK;
}

void up_period_free(up_period *period)
{
    up_free(period->shift);
    *period = (up_period){ 0 };
}

up_status up_recurrence_init(up_recurrence *recurrence, const up_graph *graph, up_error *error)
{
    const size_t bytes = (size_t)graph->count * sizeof *recurrence->made;
    *recurrence = (up_recurrence){ .made = up_alloc(bytes, 1) };
    return recurrence->made ? UP_OK : up_fail_memory(error, "the graph", bytes);
}

void up_recurrence_free(up_recurrence *recurrence)
{
    up_free(recurrence->made);
    *recurrence = (up_recurrence){ 0 };
}

static void remember(up_recurrence *recurrence, const up_walk *walk)
{
    for (int n = 0; n < walk->graph->count; n++)
        recurrence->made[n] = walk->node[n].made;
    recurrence->age = 0;
}

void up_recurrence_begin(up_recurrence *recurrence, const up_walk *walk)
{
    remember(recurrence, walk);
    recurrence->most_age = 1;
}

/* Whether nothing that was made since `made` has read beyond the top. */
static bool is_below_top(const up_period *period, const up_graph *graph, const int *made)
{
    for (int n = graph->inputs; n < graph->count; n++) {
        const up_node *node = &graph->node[n];
        for (int k = 0; k < node->pieces && period->shift[n] > 0; k++) {
            int first, end;
            up_graph_window(node, node->piece[k].input, made[n], 1, &first, &end);
            if (made[n] == 0 || (first <= 0 && period->shift[node->piece[k].node] > 0))
                return false;
        }
    }
    return true;
}

static int64_t periods_between(const up_period *period, const up_walk *walk, const int *made)
{
    const up_graph *graph = walk->graph;
    const int highest = graph->output[up_graph_highest(graph)];
    const int64_t periods = (walk->node[highest].made - made[highest]) / period->rows;
    for (int n = 0; n < graph->count && periods > 0; n++)
        if (walk->node[n].made != made[n] + periods * period->shift[n])
            return 0;
    return periods > 0 && is_below_top(period, graph, made) ? periods : 0;
}

int64_t up_recurrence_find(up_recurrence *recurrence, const up_period *period, const up_walk *walk,
                           int rows)
{
    if (period->rows == 0)
        return 0;
    recurrence->age++;
    int64_t periods = periods_between(period, walk, recurrence->made);
    if (rows > 0 && periods * period->rows != recurrence->age * rows)
        periods = 0;
    if (periods == 0 && recurrence->age == recurrence->most_age) {
        remember(recurrence, walk);
        recurrence->most_age *= 2;
    }
    return periods;
}

/* The most times that `at` grows by `shift` and stays below `limit`. */
static int64_t times(int64_t at, int64_t shift, int64_t limit)
{
    return at >= limit ? 0 : shift > 0 ? (limit - 1 - at) / shift : INT64_MAX;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Before what a node reads, or will, reaches the last row, or its last row reads what an earlier
 * one does. */
static int64_t room_of_input(const up_node *node, const up_piece *piece, int made, int64_t shift)
{
    const int i = piece->input, height = node->op->in[i].height;
    int first, end, last_first, last_end, low, high;
    up_graph_window(node, i, made, 1, &first, &end);
    up_graph_window(node, i, node->shape.height - 1, 1, &last_first, &last_end);
    up_edge_reads(node->op->edge[i], last_first, last_end, height, &low, &high);
    return smaller(times(end, shift, height), times(first, shift, (int64_t)low + 1));
}

int64_t up_period_room(const up_period *period, const up_walk *walk, int64_t periods, int chunk)
{
    const up_graph *graph = walk->graph;
    int64_t room = INT64_MAX;
    for (int n = 0; n < graph->count; n++) {
        const up_node *node = &graph->node[n];
        const int64_t made = walk->node[n].made, shift = periods * period->shift[n];
        if (shift == 0)
            continue;
        room = smaller(room, times(made, shift, node->shape.height));
        for (int k = 0; k < node->pieces && made < node->shape.height; k++) {
            const up_piece *piece = &node->piece[k];
            const int64_t moves = periods * period->shift[piece->node];
            if (moves > 0)
                room = smaller(room, room_of_input(node, piece, (int)made, moves));
        }
    }
    for (int o = 0; o < graph->outputs && chunk >= 0; o++) {
        const int n = graph->output[o];
        room = smaller(room, times(walk->node[n].made, periods * period->shift[n],
                                   up_graph_chunk_end(graph, o, chunk)));
    }
    return room;
}

void up_period_skip(const up_period *period, up_walk *walk, int64_t periods)
{
    for (int n = 0; n < walk->graph->count; n++)
        walk->node[n].made += (int)(periods * period->shift[n]);
}
