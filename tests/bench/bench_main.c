/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include "upscale.h"

#include <stdio.h>
#include <string.h>

static const bench_section sections[] = {
    { "kernels", "the inner loops, every variant", bench_kernels },
    { "methods", "pictures in memory, beside other libraries", bench_methods },
    { "tconv", "transposed convolutions, beside other libraries", bench_tconvs },
    { "conv", "convolutions and transposed convolutions as networks have them", bench_conv },
    { "networks", "whole networks with made-up weights", bench_networks },
    { "train", "steps of training", bench_train },
};

enum { SECTIONS = sizeof sections / sizeof *sections };

static int usage(void)
{
    fprintf(stderr, "usage: upscale_bench [SECTION...]   (all of them without a name)\n");
    for (int i = 0; i < SECTIONS; i++)
        fprintf(stderr, "  %-10s %s\n", sections[i].name, sections[i].summary);
    return 2;
}

static const bench_section *find(const char *name)
{
    for (int i = 0; i < SECTIONS; i++)
        if (strcmp(sections[i].name, name) == 0)
            return &sections[i];
    return NULL;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!find(argv[i]))
            return usage();
    bench_limits limits[BENCH_THREADS];
    for (int threads = 1; threads <= BENCH_THREADS; threads++)
        bench_measure(&limits[threads - 1], threads);
    bench_print(limits);
    for (int i = 1; i < argc; i++)
        find(argv[i])->run(limits);
    for (int i = 0; argc == 1 && i < SECTIONS; i++)
        sections[i].run(limits);
    return 0;
}
