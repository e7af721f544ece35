#include "pipeline/state.h"

#include "base/memory.h"

#include <omp.h>

#define LEAST_COLUMNS 128 /* of a slice */
#define SLICE_WORK 8192.0 /* samples, or multiply-adds / 16, that are worth sharing */

/* One call: rows y .. y + rows - 1, columns x0 .. x1 - 1 of a node. */
typedef struct {
    const up_graph *graph;
    int64_t frame;
    int y, rows, x0, x1;
    int block; /* columns of fused blocks */
} up_region;

static void *take(unsigned char **scratch, size_t bytes)
{
    void *taken = *scratch;
    *scratch += up_round_up(bytes, UP_ALIGN);
    return taken;
}

/* The rows of an input that an op reads, as pointers. */
static const void **ring_window(const up_region *at, const up_node *node, int i, int y, int rows,
                                const void **pointer, up_window *window)
{
    const up_ring *ring = &at->graph->node[node->input[i]].ring;
    int first, end;
    up_graph_window(node, i, y, rows, &first, &end);
    *window = (up_window){ pointer, first, up_max(0, end - first) };
    int count = window->count, channels = ring->shape.channels;
    for (int r = 0; r < count; r++) {
        int real = up_edge_row(node->op->edge[i], first + r, ring->shape.height);
        const unsigned char *row = real < 0 ? ring->zero : up_ring_row(ring, 0, real);
        size_t plane = real < 0 ? 0 : ring->plane_bytes;
        for (int c = 0; c < channels; c++)
            pointer[c * count + r] = row + c * plane;
    }
    return pointer + (size_t)channels * count;
}

static void make(const up_region *at, const up_node *node, void *const *out,
                 unsigned char *scratch);

/* Makes the block of a fused input; its pointers stand as if the block were a whole row. */
static const void **fused_block(const up_region *at, const up_node *fused, unsigned char **scratch)
{
    size_t rows = (size_t)fused->op->out.channels * at->rows;
    const void **row = take(scratch, rows * sizeof *row);
    float *block = take(scratch, rows * at->block * sizeof *block + UP_ALIGN);
    for (size_t i = 0; i < rows; i++)
        row[i] = block + i * at->block - at->x0;
    make(at, fused, (void *const *)row, *scratch);
    return row;
}

/* As many calls of the op as the rows of the region take; out[c * at->rows + i]. */
static void make(const up_region *at, const up_node *node, void *const *out, unsigned char *scratch)
{
    const up_op *op = node->op;
    const void **block[UP_MAX_INPUTS] = { NULL };
    for (int i = 0; i < op->inputs; i++) {
        const up_node *fused = up_graph_fused(at->graph, node, i);
        if (fused)
            block[i] = fused_block(at, fused, &scratch);
    }
    int rows;
    for (int done = 0; done < at->rows; done += rows) {
        rows = up_min(op->step, at->rows - done);
        const void **pointer = (const void **)scratch;
        up_window window[UP_MAX_INPUTS];
        for (int i = 0; i < op->inputs; i++) {
            if (!block[i]) {
                pointer = ring_window(at, node, i, at->y + done, rows, pointer, &window[i]);
                continue;
            }
            window[i] = (up_window){ pointer, at->y + done, rows };
            for (int c = 0; c < op->in[i].channels; c++)
                for (int r = done; r < done + rows; r++)
                    *pointer++ = block[i][c * at->rows + r];
        }
        void *const *to = (void *const *)pointer;
        for (int c = 0; c < op->out.channels; c++)
            for (int r = done; r < done + rows; r++)
                *pointer++ = out[c * at->rows + r];
        size_t used = up_round_up((unsigned char *)pointer - scratch, UP_ALIGN);
        up_target target = { to, at->y + done, rows, at->x0, at->x1, at->frame, scratch + used };
        op->run(op, window, &target);
    }
}

/* Rows y0 .. y1 - 1 and columns x0 .. x1 - 1 of what the band asks of a node. */
static void make_part(const up_state *s, int n, int y0, int y1, int x0, int x1)
{
    const up_graph *graph = s->run->graph;
    const up_node *node = &graph->node[n];
    int columns = node->block ? node->block : x1 - x0, channels = node->op->out.channels;
    int rows;
    for (int y = y0; y < y1; y += rows) {
        rows = up_min(node->step, y1 - y);
        unsigned char *scratch = s->scratch[omp_get_thread_num()];
        void **out = take(&scratch, (size_t)channels * rows * sizeof *out);
        for (int c = 0; c < channels; c++)
            for (int r = 0; r < rows; r++)
                out[c * rows + r] = up_ring_row(&node->ring, c, y + r);
        for (int x = x0; x < x1; x += columns) {
            up_region at = { graph, s->frame, y, rows, x, up_min(x + columns, x1), node->block };
            make(&at, node, out, scratch);
        }
    }
}

static double work(const up_graph *graph, const up_node *node)
{
    double sum =
        node->ring.shape.width * (double)node->ring.shape.channels + node->op->multiply_adds / 16;
    for (int i = 0; i < node->op->inputs; i++) {
        const up_node *fused = up_graph_fused(graph, node, i);
        sum += fused ? work(graph, fused) : 0;
    }
    return sum;
}

/* Calls that the rows of the band come to. */
static int count_calls(const up_node *node)
{
    return (node->next - node->made + node->step - 1) / node->step;
}

static int count_slices(const up_state *s, const up_node *node)
{
    int rows = node->next - node->made;
    int most = up_max(count_calls(node), node->ring.shape.width / LEAST_COLUMNS);
    int worth = (int)(rows * work(s->run->graph, node) / SLICE_WORK);
    return up_clamp(worth, 1, up_min(up_min(s->run->threads, UP_CREW_SLICES), up_max(most, 1)));
}

static int share(int whole, int slice, int slices, int align)
{
    return (int)((int64_t)whole * slice / slices / align * align);
}

/* Whole rows where there are enough of them: what the processor fetches ahead of a slice of columns
 * belongs to another core. Columns where rows are large: a core then keeps its part of all of them.
 */
static void make_slice(void *user, int n, int slice, int slices)
{
    const up_state *s = user;
    const up_node *node = &s->run->graph->node[n];
    int width = node->ring.shape.width, calls = count_calls(node);
    int y0 = node->made, y1 = node->next, x0 = 0, x1 = width;
    if (calls >= slices && !s->run->graph->wide) {
        y0 = node->made + node->step * share(calls, slice, slices, 1);
        y1 = up_min(y1, node->made + node->step * share(calls, slice + 1, slices, 1));
    } else {
        x0 = share(width, slice, slices, UP_LANES);
        x1 = slice == slices - 1 ? width : share(width, slice + 1, slices, UP_LANES);
    }
    make_part(s, n, y0, y1, x0, x1);
}

static void make_node(up_state *s, up_crew *crew, int n)
{
    up_graph *graph = s->run->graph;
    const up_node *node = &graph->node[n];
    int slices = count_slices(s, node);
    if (slices > 1)
        up_crew_call(crew, n, slices);
    else
        make_slice(s, n, 0, 1);
    up_ring_pad(&node->ring, node->made, node->next);
    up_graph_advance(graph, n);
    if (s->run->made)
        s->run->made(s->run->watcher, n);
}

void up_engine_lead(up_state *s, up_crew *crew, int chunk)
{
    up_graph *graph = s->run->graph;
    while (!up_state_stopped(s) && up_graph_next_band(graph, chunk)) {
        up_state_check_cancel(s);
        for (int n; !up_state_stopped(s) && (n = up_graph_next(graph)) > 0;)
            make_node(s, crew, n);
    }
}

void up_engine_crew(up_state *s, up_crew *crew)
{
    up_crew_init(crew, make_slice, s);
}
