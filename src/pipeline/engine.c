#include "pipeline/state.h"

#include "base/memory.h"

#include <omp.h>

#define SLICE_WORK 16384.0 /* samples, or multiply-adds / 16, that are worth a task */

/* Calls the op of a node for rows y .. y + rows - 1, columns x0 .. x1 - 1. */
static void call(const up_state *s, int n, int y, int rows, int x0, int x1)
{
    const up_node *node = &s->run->graph->node[n];
    const up_op *op = node->op;
    unsigned char *scratch = s->scratch[omp_get_thread_num()];
    const void **pointer = (const void **)scratch;
    up_window window[UP_MAX_INPUTS];
    for (int i = 0; i < op->inputs; i++) {
        const up_ring *ring = &s->run->graph->node[node->input[i]].ring;
        int first, end;
        up_graph_window(node, i, y, rows, &first, &end);
        window[i] = (up_window){ pointer, first, up_max(0, end - first) };
        for (int c = 0; c < op->in[i].channels; c++) {
            for (int r = first; r < end; r++) {
                int real = up_edge_row(op->edge[i], r, ring->shape.height);
                *pointer++ = real < 0 ? ring->zero : up_ring_row(ring, c, real);
            }
        }
    }
    void *const *out = (void *const *)pointer;
    for (int c = 0; c < op->out.channels; c++)
        for (int r = y; r < y + rows; r++)
            *pointer++ = up_ring_row(&node->ring, c, r);
    size_t used = up_round_up((unsigned char *)pointer - scratch, UP_ALIGN);
    up_target target = { out, y, rows, x0, x1, s->frame, scratch + used };
    op->run(op, window, &target);
}

static void make_slice(const up_state *s, int n, int x0, int x1)
{
    const up_node *node = &s->run->graph->node[n];
    int rows;
    for (int y = node->made; y < node->need; y += rows) {
        rows = up_min(node->op->step, node->need - y);
        call(s, n, y, rows, x0, x1);
    }
}

static int count_slices(const up_state *s, const up_node *node)
{
    int rows = node->need - node->made, width = node->ring.shape.width;
    double work =
        (double)rows * (width * (double)node->ring.shape.channels + node->op->multiply_adds / 16);
    int most = up_min(s->run->threads, width / (2 * UP_SLICE_ALIGN));
    return up_clamp((int)(work / SLICE_WORK), 1, up_max(most, 1));
}

void up_engine_make(up_state *s, int n)
{
    up_node *node = &s->run->graph->node[n];
    int slices = count_slices(s, node), width = node->ring.shape.width;
    for (int i = 0; i < slices; i++) {
        int x0 = (int)((int64_t)width * i / slices / UP_SLICE_ALIGN * UP_SLICE_ALIGN);
        int x1 = (int)((int64_t)width * (i + 1) / slices / UP_SLICE_ALIGN * UP_SLICE_ALIGN);
        x1 = i == slices - 1 ? width : x1;
#pragma omp task if (i < slices - 1) firstprivate(x0, x1)
        make_slice(s, n, x0, x1);
    }
#pragma omp taskwait
    up_ring_pad(&node->ring, node->made, node->need);
    node->made = node->need;
}
