/* SPDX-License-Identifier: MIT */
#include "peer.h"

#include <cmath>
#include <cstdio>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace
{

struct interpolation {
    int flag;
    const char *note;
};

const interpolation interpolations[] = {
    { cv::INTER_NEAREST, nullptr },
    { cv::INTER_LINEAR, nullptr },
    { cv::INTER_CUBIC, nullptr },
    { cv::INTER_LANCZOS4, "8 taps (LANCZOS4), not 6" },
};

struct opencv_state {
    cv::Mat in, out;
    int flag;
};

void run(void *state)
{
    auto *s = static_cast<opencv_state *>(state);
    cv::resize(s->in, s->out, s->out.size(), 0, 0, s->flag);
}

void finish(void *state)
{
    delete static_cast<opencv_state *>(state);
}

} // namespace

bool peer_opencv(const bench_resize *job, bench_runner *runner)
{
    bool other_cubic = job->filter == BENCH_BICUBIC && std::fabs(job->cubic_a + 0.75) > 1e-9;
    if (job->planar || other_cubic)
        return false;
    cv::setNumThreads(job->threads);
    const interpolation &chosen = interpolations[job->filter];
    auto *s = new opencv_state;
    s->in = cv::Mat(job->height, job->width, CV_8UC3, const_cast<uint8_t *>(job->in));
    s->out = cv::Mat(job->height * job->scale, job->width * job->scale, CV_8UC3, job->out);
    s->flag = chosen.flag;
    *runner = bench_runner();
    runner->note = chosen.note;
    runner->state = s;
    runner->run = run;
    runner->finish = finish;
    std::snprintf(runner->name, sizeof runner->name, "OpenCV %s", CV_VERSION);
    return true;
}
