/* SPDX-License-Identifier: MIT */
#include "cluster/balance.h"

#include <stdlib.h>

typedef struct {
    float cost;
    uint32_t index;
} ranked;

typedef struct {
    double sum;
    int shard;
} load;

static int dearest_first(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost > y->cost ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static bool is_less(const load *a, const load *b)
{
    return a->sum != b->sum ? a->sum < b->sum : a->shard < b->shard;
}

/* The least of a heap has grown. */
static void sink_down(load *heap, int count)
{
    const load moved = heap[0];
    int at = 0;
    for (int child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_less(&heap[child + 1], &heap[child]))
            child++;
        if (!is_less(&heap[child], &moved))
            break;
        heap[at] = heap[child];
    }
    heap[at] = moved;
}

static void deal(int *shard, const ranked *order, size_t count, load *heap, int shards)
{
    for (int s = 0; s < shards; s++)
        heap[s] = (load){ 0, s + 1 };
    for (size_t i = 0; i < count; i++) {
        shard[order[i].index] = heap[0].shard;
        heap[0].sum += order[i].cost;
        sink_down(heap, shards);
    }
}

up_status up_balance(int *shard, const float *cost, size_t count, int shards, double *least,
                     double *most, up_error *error)
{
    ranked *order = malloc((count + 1) * sizeof *order);
    load *heap = calloc((size_t)shards + 1, sizeof *heap);
    up_status status = UP_OK;
    if (!order || !heap) {
        status = up_fail_memory(error, "a plan", count * sizeof *order);
    } else if (count > UINT32_MAX) {
        status = up_fail(error, UP_ERROR_LIMIT, "a plan of more than 4 billion pieces");
    } else {
        for (size_t i = 0; i < count; i++)
            order[i] = (ranked){ cost[i], (uint32_t)i };
        qsort(order, count, sizeof *order, dearest_first);
        deal(shard, order, count, heap, shards);
        *least = *most = heap[0].sum;
        for (int s = 1; s < shards; s++)
            *most = heap[s].sum > *most ? heap[s].sum : *most;
    }
    free(order);
    free(heap);
    return status;
}
