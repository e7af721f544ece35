/* SPDX-License-Identifier: MIT */
#include "pipeline/strip.h"

#include "base/memory.h"

#include <limits.h>

/* Columns of a node: those that are read, and those that ops may ask for in vain, because they
 * start and end at multiples of UP_LANES. */
typedef struct {
    int first, end, low, high;
} demand;

static void spread_demand(const up_graph *graph, int n, const up_part *part, int first,
                          demand *demands)
{
    const up_op *op = graph->node[n].op;
    int last = up_min((int)up_round_up(part->x1, UP_LANES), op->out.width) - 1, unused, i = -1;
    demand more = { 0 };
    for (int k = 0; k < graph->node[n].pieces; k++) {
        const up_piece *piece = &graph->node[n].piece[k];
        demand *from = &demands[piece->node];
        if (piece->input != i) {
            i = piece->input;
            op->columns(op, i, first, &more.first, &unused);
            op->columns(op, i, part->x1 - 1, &unused, &more.end);
            op->columns(op, i, part->x0, &more.low, &unused);
            op->columns(op, i, last, &unused, &more.high);
        }
        from->first = up_min(from->first, more.first);
        from->end = up_max(from->end, more.end);
        from->low = up_min(from->low, more.low);
        from->high = up_max(from->high, more.high);
    }
}

/* From what is wanted of a node to what it makes; returns the first column that must be right. */
static int settle_part(up_part *part, const up_node *node, const demand *d)
{
    int first, end, width = node->shape.width;
    up_edge_reads(node->edge, d->first, d->end, width, &first, &end);
    first = up_min(first, width - 1);
    part->x0 = first / UP_LANES * UP_LANES;
    part->x1 = up_max(end, first + 1);
    part->ring =
        (up_ring){ .shape = node->shape, .edge = node->edge, .first = d->first, .end = d->end };
    up_ring_extend(&part->ring, part->x0, part->x1, up_min(d->first, d->low),
                   up_max(d->end, d->high));
    return first;
}

static int border(int width, int strip, int count)
{
    return strip == count ? width : (int)((int64_t)width * strip / count / UP_LANES * UP_LANES);
}

static up_status plan_strip(up_strip *strip, const up_graph *graph, int s, int count,
                            up_error *error)
{
    strip->part = up_alloc_zero(graph->count, sizeof *strip->part);
    demand *demands = up_alloc(graph->count, sizeof *demands);
    up_status status = up_walk_init(&strip->walk, graph, error);
    if (status == UP_OK && (!strip->part || !demands))
        status = up_fail_memory(error, "strips", graph->count * sizeof *demands);
    for (int n = graph->count - 1; n >= 0 && status == UP_OK; n--)
        demands[n] = (demand){ INT_MAX, INT_MIN, INT_MAX, INT_MIN };
    for (int n = graph->count - 1; n >= graph->inputs && status == UP_OK; n--) {
        const up_node *node = &graph->node[n];
        demand *d = &demands[n];
        if (node->output) {
            int x0 = border(node->shape.width, s, count);
            int x1 = border(node->shape.width, s + 1, count);
            *d = (demand){ up_min(d->first, x0), up_max(d->end, x1), d->low, d->high };
        }
        if (d->first >= d->end)
            continue; /* nobody reads it */
        int first = settle_part(&strip->part[n], node, d);
        spread_demand(graph, n, &strip->part[n], first, demands);
    }
    up_free(demands);
    return status;
}

up_status up_strips_plan(up_strips *strips, const up_graph *graph, int count, bool streams,
                         up_error *error)
{
    *strips = (up_strips){ .graph = graph, .count = count, .slices = 1 };
    strips->strip = up_alloc_zero(count, sizeof *strips->strip);
    strips->input = up_alloc_zero(graph->inputs, sizeof *strips->input);
    up_status status =
        strips->strip && strips->input ? UP_OK : up_fail_memory(error, "strips", count);
    for (int i = 0; i < graph->inputs && status == UP_OK; i++) {
        const up_shape *in = &graph->node[i].shape;
        strips->input[i] = (up_ring){
            .shape = *in, .end = in->width, .high = in->width, .bound = i > 0 || !streams
        };
    }
    for (int s = 0; s < count && status == UP_OK; s++)
        status = plan_strip(&strips->strip[s], graph, s, count, error);
    if (status != UP_OK)
        up_strips_free(strips);
    return status;
}

void up_strips_free(up_strips *strips)
{
    for (int s = 0; strips->strip && s < strips->count; s++) {
        up_strip *strip = &strips->strip[s];
        up_walk_free(&strip->walk);
        up_free(strip->part);
        up_free(strip->released);
        up_free(strip->rings);
        up_free(strip->scratch);
    }
    up_free(strips->strip);
    up_free(strips->input);
    up_free(strips->input_rows);
    *strips = (up_strips){ 0 };
}

/* What a row of a node costs per column, in samples or so. */
static double column_work(const up_node *node)
{
    return node->shape.channels + node->op->multiply_adds / 16 / node->shape.width;
}

double up_strips_excess(const up_strips *strips)
{
    double sum = 0, once = 0;
    for (int n = strips->graph->inputs; n < strips->graph->count; n++) {
        const up_node *node = &strips->graph->node[n];
        if (node->view)
            continue;
        double work = column_work(node) * node->shape.height;
        once += work * node->shape.width;
        for (int s = 0; s < strips->count; s++)
            sum += work * (strips->strip[s].part[n].x1 - strips->strip[s].part[n].x0);
    }
    return sum / once;
}

static up_status lay_out(up_ring *ring, int rows, up_error *error)
{
    ring->rows = rows;
    if (up_ring_layout(ring))
        return UP_OK;
    return up_fail(error, UP_ERROR_LIMIT, "%d columns of %d channels are too much",
                   ring->shape.width, ring->shape.channels);
}

up_status up_strips_lay_out(up_strips *strips, up_error *error)
{
    const up_graph *graph = strips->graph;
    if (!strips->input[0].bound)
        UP_TRY(lay_out(&strips->input[0], graph->node[0].rows, error));
    for (int s = 0; s < strips->count; s++)
        for (int n = graph->inputs; n < graph->count; n++)
            if (up_graph_keeps(&graph->node[n]))
                UP_TRY(lay_out(&strips->strip[s].part[n].ring, graph->node[n].rows, error));
    return UP_OK;
}

static size_t ring_bytes(const up_graph *graph, const up_strip *strip)
{
    size_t bytes = 0;
    for (int n = graph->inputs; n < graph->count; n++)
        if (up_graph_keeps(&graph->node[n]))
            bytes += up_ring_bytes(&strip->part[n].ring);
    return bytes;
}

static size_t slice_bytes(const up_strips *strips)
{
    return up_round_up(strips->graph->scratch, UP_ALIGN);
}

unsigned char *up_strips_scratch(const up_strips *strips, const up_strip *strip, int slice)
{
    return strip->scratch + slice * slice_bytes(strips);
}

size_t up_strips_bytes(const up_strips *strips)
{
    const up_ring *input = &strips->input[0];
    size_t bytes = input->bound ? 0 : up_alloc_bytes(up_ring_bytes(input));
    for (int s = 0; s < strips->count; s++)
        bytes += up_alloc_bytes(ring_bytes(strips->graph, &strips->strip[s])) +
                 up_alloc_bytes(strips->slices * slice_bytes(strips));
    return bytes;
}

static up_status allocate_strip(const up_strips *strips, up_strip *strip, up_error *error)
{
    const up_graph *graph = strips->graph;
    size_t bytes = ring_bytes(graph, strip);
    unsigned char *block = strip->rings = up_alloc_zero(1, bytes);
    if (!block)
        return up_fail_memory(error, "rings of rows", bytes);
    for (int n = graph->inputs; n < graph->count; n++) {
        up_ring *ring = &strip->part[n].ring;
        if (!up_graph_keeps(&graph->node[n]))
            continue;
        up_ring_place(ring, block);
        block += up_ring_bytes(ring);
    }
    strip->scratch = up_alloc(strips->slices, slice_bytes(strips));
    strip->released = up_alloc_zero(graph->inputs + graph->outputs, sizeof *strip->released);
    return strip->scratch && strip->released ? UP_OK
                                             : up_fail_memory(error, "scratch", graph->scratch);
}

void up_strips_rewind(up_strips *strips)
{
    const int ends = strips->graph->inputs + strips->graph->outputs;
    for (int i = 0; i < strips->count; i++) {
        up_walk_rewind(&strips->strip[i].walk);
        for (int r = 0; r < ends; r++)
            strips->strip[i].released[r] = 0;
    }
}

up_status up_strips_allocate(up_strips *strips, up_error *error)
{
    if (!strips->input[0].bound) {
        size_t bytes = up_ring_bytes(&strips->input[0]);
        strips->input_rows = up_alloc_zero(1, bytes);
        if (!strips->input_rows)
            return up_fail_memory(error, "rings of rows", bytes);
        up_ring_place(&strips->input[0], strips->input_rows);
    }
    for (int s = 0; s < strips->count; s++)
        UP_TRY(allocate_strip(strips, &strips->strip[s], error));
    return UP_OK;
}
