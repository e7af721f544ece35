/* SPDX-License-Identifier: MIT */
/* A million pictures in a thousand shards: how long planning takes, how even shards are, how large
 * journals get, and how long nodes of unequal speed take, some of whose tasks fail.
 * simulation [PICTURES [SHARDS [NODES]]]; fails where a bound is missed. What all of it would be
 * for a billion pictures follows from what one of them took. */
#include "upscale_cluster.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { RESTART = 30 /* seconds until a scheduler begins a task again */ };

typedef struct {
    double left; /* cost */
    double from; /* not before */
} task;

/* Of one picture. */
static struct {
    double planning, reading, skipping, recorded; /* seconds of a core */
    double memory, plan, journal;                 /* bytes */
} took;

static uint64_t state = 88172645463325252u;

static double uniform(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (double)(state >> 11) * 0x1p-53;
}

/* Photographs have megapixels by a log-normal distribution about 8; one in a thousand is a
 * panorama. */
static double picture_cost(void)
{
    const double normal = sqrt(-2 * log(uniform() + 1e-300)) * cos(6.283185307179586 * uniform());
    const double megapixels = fmin(8 * exp(0.7 * normal), 120);
    return 0.002 + 0.12 * megapixels * (uniform() < 0.001 ? 10 : 1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double core_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static long most_memory(void) /* KiB */
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void must(up_status status, const up_error *error)
{
    if (status == UP_OK)
        return;
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

static up_planned make_plan(const char *path, size_t pictures, int shards)
{
    up_planner *planner;
    up_planned planned;
    up_error error;
    const double start = now(), begun = core_seconds();
    const long before = most_memory();
    must(up_planner_open(&planner, &error), &error);
    for (size_t i = 0; i < pictures; i++) {
        char input[96], output[96];
        snprintf(input, sizeof input, "photos/%03zu/%05zu/IMG_%07zu.jpg", i / 10000, i / 100, i);
        snprintf(output, sizeof output, "large/%03zu/%05zu/IMG_%07zu.jpg", i / 10000, i / 100, i);
        const up_piece piece = { .input = input,
                                 .output = output,
                                 .options = "[\"--method=tconv:small\",\"--scale=4\"]",
                                 .width = 16000,
                                 .height = 12000,
                                 .bytes = 3000000,
                                 .cost = picture_cost() };
        must(up_planner_add(planner, &piece, &error), &error);
    }
    must(up_planner_write(planner, path, shards, false, true, &planned, &error), &error);
    up_planner_close(&planner);
    up_file_facts facts;
    must(up_file_look(&facts, path, false, &error), &error);
    const double used = core_seconds() - begun;
    took.planning = used / (double)pictures;
    took.memory = 1024.0 * (double)(most_memory() - before) / (double)pictures;
    took.plan = (double)facts.bytes / (double)pictures;
    printf("plan: %zu pictures, %d shards: %.1f s (%.1f s of a core), %ld MiB at most, "
           "%.0f bytes for a picture\n",
           pictures, shards, now() - start, used, most_memory() >> 10, took.plan);
    if (most_memory() >> 10 > 300 || used > 60)
        exit(1);
    return planned;
}

static double *shard_costs(const char *path, size_t pictures, int shards)
{
    double *cost = calloc((size_t)shards, sizeof *cost);
    up_manifest *manifest;
    up_error error;
    up_piece piece;
    bool more = true;
    double start = core_seconds();
    must(up_manifest_open(&manifest, path, &error), &error);
    while (more) {
        must(up_manifest_next(manifest, &piece, &more, &error), &error);
        if (more)
            cost[piece.shard - 1] += piece.cost;
        up_piece_clear(&piece);
    }
    up_manifest_close(&manifest);
    took.reading = (core_seconds() - start) / (double)pictures;
    start = core_seconds();
    must(up_manifest_open(&manifest, path, &error), &error);
    up_manifest_take(manifest, shards / 2);
    for (more = true; more; up_piece_clear(&piece))
        must(up_manifest_next(manifest, &piece, &more, &error), &error);
    up_manifest_close(&manifest);
    took.skipping = (core_seconds() - start) / (double)pictures;
    printf("reading all of it: %.1f s of a core, one shard of it: %.1f s\n",
           took.reading * (double)pictures, took.skipping * (double)pictures);
    return cost;
}

/* The journal of one shard of so many pieces. */
static void measure_journal(const char *folder, size_t pieces)
{
    const up_manifest_info info = { 1, 1, folder };
    up_journal *journal;
    up_records *records;
    up_error error;
    char path[512];
    must(up_journal_open(&journal, &info, 1, &error), &error);
    for (size_t i = 1; i <= pieces; i++) {
        const up_record r[2] = {
            { .key = i * 0x9E3779B185EBCA87u,
              .event = UP_EVENT_MADE,
              .options = i << 32,
              .input = { 3000000, INT64_C(1700000000000000000), i << 33 },
              .output = { 9000000, 0, i << 34 } },
            { .key = i * 0x9E3779B185EBCA87u, .event = UP_EVENT_DONE, .seconds = 1.25 },
        };
        must(up_journal_write(journal, r, 2, false, &error), &error);
    }
    up_journal_close(&journal);
    const double start = core_seconds();
    must(up_records_read(&records, &info, 1, &error), &error);
    took.recorded = (core_seconds() - start) / (double)pieces;
    up_records_free(&records);
    snprintf(path, sizeof path, "%s/%016x-%05d-of-%05d.jsonl", folder, 1, 1, 1);
    up_file_facts facts;
    must(up_file_look(&facts, path, false, &error), &error);
    took.journal = (double)facts.bytes / (double)pieces;
    printf("journal: %.0f bytes for a picture, read in %.1f us of a core\n", took.journal,
           1e6 * took.recorded);
    unlink(path);
    rmdir(folder);
}

/* Each node takes the next task when it is free; a task that fails, or gives way to another, comes
 * back with what it has not done yet. */
static double makespan(const double *cost, int shards, int nodes, const double *speed,
                       double failing)
{
    task *queue = malloc((size_t)shards * 20 * sizeof *queue);
    double *free_at = calloc((size_t)nodes, sizeof *free_at), end = 0;
    int count = shards;
    for (int s = 0; s < shards; s++)
        queue[s] = (task){ cost[s], 0 };
    for (int next = 0; next < count; next++) {
        int n = 0;
        for (int i = 1; i < nodes; i++)
            n = free_at[i] < free_at[n] ? i : n;
        const double begin = fmax(free_at[n], queue[next].from);
        double work = queue[next].left;
        if (uniform() < failing && count < 20 * shards) {
            work *= uniform();
            const double lost = fmin(work, 1); /* the picture at hand */
            queue[count++] =
                (task){ queue[next].left - work + lost, begin + work / speed[n] + RESTART };
        }
        free_at[n] = begin + work / speed[n];
        end = fmax(end, free_at[n]);
    }
    free(queue);
    free(free_at);
    return end;
}

static void tell_billion(void)
{
    printf(
        "a billion would take: a plan of %.0f GB and as much meanwhile, journals of %.0f GB;\n"
        "  planning beside headers %.1f h of a core and %.0f GB; to find a shard in the plan %.0f "
        "s;\n  status %.1f h\n",
        took.plan, took.journal, 1e9 * took.planning / 3600, took.memory, 1e9 * took.skipping,
        1e9 * (took.reading + took.recorded) / 3600);
}

int main(int argc, char **argv)
{
    const size_t pictures = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
    const int shards = argc > 2 ? atoi(argv[2]) : 1000, nodes = argc > 3 ? atoi(argv[3]) : 40;
    char folder[] = "/tmp/upscale-simulation.XXXXXX", path[64], journals[64];
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/plan.jsonl", folder);
    snprintf(journals, sizeof journals, "%s/journals", folder);
    const up_planned planned = make_plan(path, pictures, shards);
    const double uneven = (planned.most - planned.least) / (planned.cost / shards);
    printf("shards: of %.0f s of a core, which differ by %.3f %%\n", planned.cost / shards,
           100 * uneven);
    double *cost = shard_costs(path, pictures, shards), power = 0,
           *speed = malloc((size_t)nodes * 8);
    measure_journal(journals, 20000);
    for (int n = 0; n < nodes; n++)
        power += speed[n] = 0.5 + uniform();
    const double bound = planned.cost / power;
    const double whole = makespan(cost, shards, nodes, speed, 0) / bound;
    const double failing = makespan(cost, shards, nodes, speed, 0.01) / bound;
    const double preempted = makespan(cost, shards, nodes, speed, 0.1) / bound;
    printf("%d nodes of speeds 0.5 to 1.5, against all of them at work to the end:\n"
           "  no failures %+.1f %%, 1 %% of tasks fail %+.1f %%, 10 %% are pre-empted %+.1f %%\n",
           nodes, 100 * (whole - 1), 100 * (failing - 1), 100 * (preempted - 1));
    tell_billion();
    unlink(path);
    rmdir(folder);
    free(cost);
    free(speed);
    return uneven > 0.02 || whole > 1.05 || failing > 1.15;
}
