/* SPDX-License-Identifier: MIT */
/* What upscale is timed beside. A peer is one file, peer_NAME.c or .cpp, one line in the table of
 * its section and one in CMakeLists.txt. A peer that is not installed is not linked: it is NULL. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Does one job as often as it is asked to. */
typedef struct {
    char name[24];
    const char *note; /* what is not quite the same; NULL if nothing */
    void *state;
    void (*run)(void *state);
    void (*finish)(void *state); /* leaves the result of the last run in the job's `out` */
    double seconds;              /* the least time of a run */
    double off;                  /* largest difference from upscale's result */
} bench_runner;

typedef enum { BENCH_NEAREST, BENCH_BILINEAR, BENCH_BICUBIC, BENCH_LANCZOS } bench_filter;

/* An RGB picture, tightly packed, aligned to 64 bytes. */
typedef struct {
    bench_filter filter;
    double cubic_a;
    bool planar;
    int threads, width, height, scale;
    const uint8_t *in;
    uint8_t *out;
} bench_resize;

/* Planar tensors and PyTorch's weights [in_channels, out_channels, kernel, kernel]; no bias. */
typedef struct {
    int in_channels, out_channels, kernel, stride, padding, output_padding;
    int threads, width, height, out_width, out_height;
    const float *weight, *in;
    float *out;
} bench_tconv;

/* A network in ncnn's files, float32 planes in and out. */
typedef struct {
    const char *param, *bin;
    int threads, channels, width, height;
    const float *in;
    int result_blob; /* its name is "blobN"; the input is "blob0" */
    float *out;
} bench_network;

/* Makes a runner of a job; false if the peer cannot do it. The job outlives the runner. */
typedef bool bench_resize_peer(const bench_resize *job, bench_runner *runner);
typedef bool bench_network_peer(const bench_network *job, bench_runner *runner);
typedef bool bench_tconv_peer(const bench_tconv *job, bench_runner *runner);

#define BENCH_OPTIONAL __attribute__((weak))
BENCH_OPTIONAL bench_resize_peer peer_zimg, peer_opencv, peer_vips, peer_swscale, peer_stb;
BENCH_OPTIONAL bench_network_peer peer_ncnn;
BENCH_OPTIONAL bench_tconv_peer peer_xnnpack, peer_onednn;

#ifdef __cplusplus
}
#endif

#endif
