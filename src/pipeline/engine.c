#include "pipeline/state.h"

#include "base/memory.h"

/* One call: rows y .. y + rows - 1, columns x0 .. x1 - 1 of a node. */
typedef struct {
    const up_strip *strip;
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
    const up_ring *ring = &at->strip->part[node->input[i]].ring;
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
        const up_node *fused = up_graph_fused(at->strip->walk.graph, node, i);
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

/* The rows of the current call, as far as they belong to the strip. */
static void make_rows(const up_strip *strip, int n, int64_t frame)
{
    const up_node *node = &strip->walk.graph->node[n];
    const up_progress *at = &strip->walk.node[n];
    const up_part *part = &strip->part[n];
    int columns = node->block ? node->block : part->x1 - part->x0;
    int channels = node->op->out.channels, rows;
    for (int y = at->made; y < at->next; y += rows) {
        rows = up_min(node->step, at->next - y);
        unsigned char *scratch = strip->scratch;
        void **out = take(&scratch, (size_t)channels * rows * sizeof *out);
        for (int c = 0; c < channels; c++)
            for (int r = 0; r < rows; r++)
                out[c * rows + r] = up_ring_row(&part->ring, c, y + r);
        for (int x = part->x0; x < part->x1; x += columns) {
            int x1 = up_min(x + columns, part->x1);
            make(&(up_region){ strip, frame, y, rows, x, x1, node->block }, node, out, scratch);
        }
    }
    up_ring_pad(&part->ring, at->made, at->next);
}

/* Where there is one chunk, nothing else tells how far it is. */
static void report_band(up_state *s, const up_strip *strip)
{
    const up_graph *graph = s->run->graph;
    int made = strip->walk.node[graph->output[0]].made;
    int height = up_graph_shape(graph, graph->output[0])->height;
    if (graph->chunks == 1 && made < height)
        up_state_report(s, (double)made / height);
}

void up_engine_run(up_state *s, up_strip *strip, int chunk)
{
    const up_run *run = s->run;
    bool first = strip == s->strips.strip, watched = run->made && first;
    while (!up_state_stopped(s) && up_walk_next_band(&strip->walk, chunk)) {
        up_state_check_cancel(s);
        for (int n; !up_state_stopped(s) && (n = up_walk_next(&strip->walk)) > 0;) {
            make_rows(strip, n, s->frame);
            up_walk_advance(&strip->walk, n);
            if (watched)
                run->made(run->watcher, n);
        }
        if (first)
            report_band(s, strip);
    }
}
