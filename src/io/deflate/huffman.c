/* SPDX-License-Identifier: MIT */
#include "io/deflate/huffman.h"

#include <stdbool.h>
#include <stdlib.h>

#define LENGTHS 48 /* no code gets longer while its counts add up to 32 bits */

typedef struct {
    uint32_t count;
    int parent, symbol;
} node;

static int by_count(const void *a, const void *b)
{
    const node *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? -1 : 1;
    return x->symbol - y->symbol;
}

/* Joins the two rarest trees until one is left. Leaves are sorted, and joined trees come out in
 * order by themselves: the rarest is at the front of one of the two queues. Returns the root. */
static int join(node *tree, int leaves)
{
    int leaf = 0, joined = leaves, end = leaves;
    while (end < 2 * leaves - 1) {
        tree[end].count = 0;
        for (int i = 0; i < 2; i++) {
            bool take_leaf =
                leaf < leaves && (joined == end || tree[leaf].count <= tree[joined].count);
            int child = take_leaf ? leaf++ : joined++;
            tree[end].count += tree[child].count;
            tree[child].parent = end;
        }
        end++;
    }
    return end - 1;
}

/* Moves codes that are too long up to `longest`, and pays by lengthening the shortest ones that
 * can: the sum of 2^-length stays 1. */
static void limit(int used[LENGTHS], int longest)
{
    uint32_t room = 0;
    for (int i = longest + 1; i < LENGTHS; i++) {
        used[longest] += used[i];
        used[i] = 0;
    }
    for (int i = 1; i <= longest; i++)
        room += (uint32_t)used[i] << (longest - i);
    for (; room > 1u << longest; room--) {
        int i = longest - 1;
        while (!used[i])
            i--;
        used[longest]--;
        used[i]--;
        used[i + 1] += 2;
    }
}

static uint16_t reversed(uint32_t code, int length)
{
    uint32_t r = 0;
    for (int i = 0; i < length; i++)
        r |= (code >> i & 1) << (length - 1 - i);
    return (uint16_t)r;
}

static void number(up_huffman_code *code, int symbols, const int used[LENGTHS], int longest)
{
    uint32_t next[LENGTHS] = { 0 };
    for (int i = 2; i <= longest; i++)
        next[i] = (next[i - 1] + (uint32_t)used[i - 1]) << 1;
    for (int i = 0; i < symbols; i++)
        if (code[i].length)
            code[i].code = reversed(next[code[i].length]++, code[i].length);
}

void up_huffman_make(up_huffman_code *code, const uint32_t *count, int symbols, int longest)
{
    node tree[2 * UP_HUFFMAN_SYMBOLS];
    int leaves = 0, used[LENGTHS] = { 0 }, depth[2 * UP_HUFFMAN_SYMBOLS];
    for (int i = 0; i < symbols; i++) {
        code[i] = (up_huffman_code){ 0 };
        if (count[i])
            tree[leaves++] = (node){ .count = count[i], .symbol = i };
    }
    qsort(tree, (size_t)leaves, sizeof *tree, by_count);
    int root = join(tree, leaves);
    depth[root] = 0;
    for (int i = root - 1; i >= 0; i--) {
        depth[i] = depth[tree[i].parent] + 1;
        if (i < leaves)
            used[depth[i]]++;
    }
    limit(used, longest);
    for (int i = 0, length = longest; i < leaves; i++) {
        while (!used[length])
            length--;
        code[tree[i].symbol].length = (uint16_t)length;
        used[length]--;
    }
    for (int i = 0; i < symbols; i++)
        used[code[i].length]++;
    used[0] = 0;
    number(code, symbols, used, longest);
}
