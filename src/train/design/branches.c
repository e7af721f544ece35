/* SPDX-License-Identifier: MIT */
#include "train/design/branches.h"

#include "base/memory.h"
#include "base/random.h"

#include <math.h>
#include <string.h>

enum { MOST = 1 << 26 };

/* A kernel, [out][in][size][size]. */
typedef struct {
    int out, in, size;
} shape;

static size_t count_of(const shape *s)
{
    return (size_t)s->out * s->in * s->size * s->size;
}

static shape shape_of(const up_branch *branch, int i)
{
    return (shape){ branch->channels[i + 1], branch->channels[i], branch->kernel[i] };
}

/* Of kernels 0 .. i, run one after the other. */
static shape chain_of(const up_branch *branch, int i)
{
    shape s = { branch->channels[i + 1], branch->channels[0], 1 };
    for (int k = 0; k <= i; k++)
        s.size += branch->kernel[k] - 1;
    return s;
}

int up_branch_kernel(const up_branch *branch)
{
    return branch->kernels ? chain_of(branch, branch->kernels - 1).size : 1;
}

static size_t parameters_of(const up_branch *branch)
{
    size_t count = branch->kernels ? 0 : (size_t)branch->channels[0];
    for (int i = 0; i < branch->kernels; i++) {
        const shape s = shape_of(branch, i);
        count += count_of(&s);
    }
    return count;
}

/* ---------------------------------------------------------------- beginning */

static void begin(const up_branch *branch, float *to, up_random *random)
{
    for (int c = 0; !branch->kernels && c < branch->channels[0]; c++)
        to[c] = 1;
    for (int i = 0; i < branch->kernels; i++) {
        const shape s = shape_of(branch, i);
        const double deviation = sqrt(1.0 / (s.in * s.size * s.size));
        for (size_t w = 0; w < count_of(&s); w++)
            *to++ = i + 1 < branch->kernels ? (float)(deviation * up_random_normal(random)) : 0;
    }
}

/* Kernels of a chain so far, each longer than the one before, and gradients of two of them. */
static size_t work_of(const up_branch *branch)
{
    size_t all = 0, most = 0;
    for (int i = 0; i < branch->kernels; i++) {
        const shape s = chain_of(branch, i);
        all += count_of(&s);
        most = count_of(&s) > most ? count_of(&s) : most;
    }
    return all + 2 * most;
}

up_status up_branches_make(up_branches *branches, uint64_t seed, uint64_t node, up_error *error)
{
    up_random random = up_random_make(seed, node, 1);
    size_t work = 0;
    branches->parameters = 0;
    for (int b = 0; b < branches->count; b++) {
        const size_t own = work_of(&branches->branch[b]);
        branches->parameters += parameters_of(&branches->branch[b]);
        work = own > work ? own : work;
    }
    if (branches->parameters + work > MOST)
        return up_fail(error, UP_ERROR_WEIGHTS,
                       "the branches of layer %d have more than 67 million weights", (int)node);
    branches->beginning = up_alloc(branches->parameters, sizeof *branches->beginning);
    branches->work = up_alloc(work, sizeof *branches->work);
    if (!branches->beginning || !branches->work) {
        up_branches_free(branches);
        return up_fail_memory(error, "branches", (branches->parameters + work) * sizeof(float));
    }
    float *to = branches->beginning;
    for (int b = 0; b < branches->count; b++) {
        begin(&branches->branch[b], to, &random);
        to += parameters_of(&branches->branch[b]);
    }
    return UP_OK;
}

void up_branches_free(up_branches *branches)
{
    up_free(branches->beginning);
    up_free(branches->work);
    branches->beginning = branches->work = NULL;
}

/* ---------------------------------------------------------------- one kernel of two */

/* For every output o, input i and channel m between them, and every tap of `second` and `first`,
 * which meet in one of `both`. */
typedef void meeting(float *both, float *second, float *first);

static inline void meet(meeting *run, const shape *all, float *both, const shape *s, float *second,
                        const shape *f, float *first)
{
    const int area = f->size * f->size, whole = all->size * all->size;
    for (int o = 0; o < s->out; o++)
        for (int m = 0; m < s->in; m++)
            for (int t = 0; t < s->size * s->size; t++) {
                float *tap = second + ((size_t)o * s->in + m) * s->size * s->size + t;
                float *at =
                    both + (size_t)o * all->in * whole + t / s->size * all->size + t % s->size;
                for (int i = 0; i < f->in; i++)
                    for (int u = 0; u < area; u++)
                        run(at + (size_t)i * whole + u / f->size * all->size + u % f->size, tap,
                            first + ((size_t)m * f->in + i) * area + u);
            }
}

static inline void multiply(float *both, float *second, float *first)
{
    *both += *second * *first;
}

static void to_second(float *both, float *second, float *first)
{
    *second += *both * *first;
}

static void to_first(float *both, float *second, float *first)
{
    *first += *both * *second;
}

/* ---------------------------------------------------------------- chains */

/* Kernels 0 .. i as one, for every i: at[i], in the order of work. */
static float *make_chain(const up_branch *branch, const float *parameter, float *work,
                         float *at[UP_BRANCH_KERNELS])
{
    for (int i = 0; i < branch->kernels; i++) {
        const shape own = shape_of(branch, i), all = chain_of(branch, i);
        at[i] = work;
        work += count_of(&all);
        if (i == 0) {
            memcpy(at[i], parameter, count_of(&all) * sizeof *work);
        } else {
            const shape before = chain_of(branch, i - 1);
            memset(at[i], 0, count_of(&all) * sizeof *work);
            meet(multiply, &all, at[i], &own, (float *)parameter, &before, at[i - 1]);
        }
        parameter += count_of(&own);
    }
    return work;
}

/* The middle of weight, of `size` taps a side, plus or to the kernel of a branch. */
static void add_middle(float *weight, const up_conv_shape *conv, const float *from, int size)
{
    const int edge = (conv->kernel - size) / 2, area = size * size;
    for (size_t p = 0; p < (size_t)conv->out * conv->in; p++)
        for (int t = 0; t < area; t++)
            weight[(p * conv->kernel + edge + t / size) * conv->kernel + edge + t % size] +=
                from[p * area + t];
}

static void take_middle(float *to, const up_conv_shape *conv, const float *weight, int size)
{
    const int edge = (conv->kernel - size) / 2, area = size * size;
    for (size_t p = 0; p < (size_t)conv->out * conv->in; p++)
        for (int t = 0; t < area; t++)
            to[p * area + t] =
                weight[(p * conv->kernel + edge + t / size) * conv->kernel + edge + t % size];
}

/* Where the factor of channel c stands in a kernel. */
static size_t factor_at(const up_conv_shape *conv, int c)
{
    const size_t area = (size_t)conv->kernel * conv->kernel;
    return ((size_t)c * conv->in + c) * area + area / 2;
}

void up_branches_add(const up_branches *branches, const float *parameter, const up_conv_shape *conv,
                     float *weight)
{
    for (int b = 0; b < branches->count; b++) {
        const up_branch *branch = &branches->branch[b];
        float *at[UP_BRANCH_KERNELS];
        for (int c = 0; !branch->kernels && c < conv->out; c++)
            weight[factor_at(conv, c)] += parameter[c];
        if (branch->kernels) {
            make_chain(branch, parameter, branches->work, at);
            add_middle(weight, conv, at[branch->kernels - 1], up_branch_kernel(branch));
        }
        parameter += parameters_of(branch);
    }
}

static void chain_gradient(const up_branches *branches, const up_branch *branch,
                           const float *parameter, const up_conv_shape *conv,
                           const float *weight_gradient, float *gradient)
{
    const int last = branch->kernels - 1;
    const shape whole = chain_of(branch, last);
    float *at[UP_BRANCH_KERNELS];
    float *now = make_chain(branch, parameter, branches->work, at), *next = now + count_of(&whole);
    size_t first = parameters_of(branch);
    memset(gradient, 0, first * sizeof *gradient);
    take_middle(now, conv, weight_gradient, whole.size);
    for (int i = last; i >= 0; i--) {
        const shape own = shape_of(branch, i), all = chain_of(branch, i);
        first -= count_of(&own);
        if (i == 0) {
            memcpy(gradient, now, count_of(&all) * sizeof *now);
            break;
        }
        const shape before = chain_of(branch, i - 1);
        memset(next, 0, count_of(&before) * sizeof *next);
        meet(to_second, &all, now, &own, gradient + first, &before, at[i - 1]);
        meet(to_first, &all, now, &own, (float *)parameter + first, &before, next);
        memcpy(now, next, count_of(&before) * sizeof *now);
    }
}

void up_branches_gradient(const up_branches *branches, const float *parameter,
                          const up_conv_shape *conv, const float *weight_gradient, float *gradient)
{
    for (int b = 0; b < branches->count; b++) {
        const up_branch *branch = &branches->branch[b];
        for (int c = 0; !branch->kernels && c < conv->out; c++)
            gradient[c] = weight_gradient[factor_at(conv, c)];
        if (branch->kernels)
            chain_gradient(branches, branch, parameter, conv, weight_gradient, gradient);
        parameter += parameters_of(branch);
        gradient += parameters_of(branch);
    }
}
