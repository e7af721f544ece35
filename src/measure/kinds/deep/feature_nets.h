/* SPDX-License-Identifier: MIT */
/*
 * The networks whose features are compared: AlexNet (Krizhevsky 2014) and VGG-16 (Simonyan,
 * Zisserman 2014) as torchvision has them, up to the last layer that is looked at. Every
 * convolution is followed by a ReLU.
 */
#ifndef UP_MEASURE_FEATURE_NETS_H
#define UP_MEASURE_FEATURE_NETS_H

#include "base/status.h"

#include <stdbool.h>

enum { UP_ALEXNET, UP_VGG16, UP_FEATURE_NETS };
enum { UP_TAPS = 5, UP_MOST_FEATURE_CONVS = 13, UP_MOST_FEATURES = 512 };

typedef struct {
    int layer; /* N of features.N in torchvision */
    int in, out, kernel, stride, padding;
    bool pooled; /* before it is a pool of stride 2 */
    bool tap;    /* what follows its ReLU is compared */
} up_feature_conv;

typedef struct {
    const char *title; /* "AlexNet" */
    int convs;
    const up_feature_conv *conv;
    int tap[UP_TAPS]; /* channels of what is compared */
    int pool;         /* side of its maximum pools */
    int least;        /* pixels on a side that leave some for every layer */
} up_feature_net;

extern const up_feature_net up_feature_nets[UP_FEATURE_NETS];

#endif
