/* SPDX-License-Identifier: MIT */
#include "measure/kinds/deep/feature_nets.h"

static const up_feature_conv alexnet[] = {
    { 0, 3, 64, 11, 4, 2, false, true },    { 3, 64, 192, 5, 1, 2, true, true },
    { 6, 192, 384, 3, 1, 1, true, true },   { 8, 384, 256, 3, 1, 1, false, true },
    { 10, 256, 256, 3, 1, 1, false, true },
};

static const up_feature_conv vgg16[] = {
    { 0, 3, 64, 3, 1, 1, false, false },     { 2, 64, 64, 3, 1, 1, false, true },
    { 5, 64, 128, 3, 1, 1, true, false },    { 7, 128, 128, 3, 1, 1, false, true },
    { 10, 128, 256, 3, 1, 1, true, false },  { 12, 256, 256, 3, 1, 1, false, false },
    { 14, 256, 256, 3, 1, 1, false, true },  { 17, 256, 512, 3, 1, 1, true, false },
    { 19, 512, 512, 3, 1, 1, false, false }, { 21, 512, 512, 3, 1, 1, false, true },
    { 24, 512, 512, 3, 1, 1, true, false },  { 26, 512, 512, 3, 1, 1, false, false },
    { 28, 512, 512, 3, 1, 1, false, true },
};

const up_feature_net up_feature_nets[UP_FEATURE_NETS] = {
    [UP_ALEXNET] = { "AlexNet",
                     sizeof alexnet / sizeof *alexnet,
                     alexnet,
                     { 64, 192, 384, 256, 256 },
                     3,
                     31 },
    [UP_VGG16] = { "VGG-16",
                   sizeof vgg16 / sizeof *vgg16,
                   vgg16,
                   { 64, 128, 256, 512, 512 },
                   2,
                   16 },
};
