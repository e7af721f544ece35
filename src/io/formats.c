/* SPDX-License-Identifier: MIT */
#include "io/formats.h"

#define FORMAT(name, extensions)                                                                   \
    {                                                                                              \
        { #name, extensions, true, true }, &up_##name##_source, &up_##name##_sink                  \
    }

const up_file_format up_file_formats[] = {
    FORMAT(png, "png"),
    FORMAT(jpeg, "jpg jpeg jpe jfif"),
    FORMAT(pnm, "pnm ppm pgm pam pbm"),
    FORMAT(npy, "npy"),
    FORMAT(txt, "txt csv"),
    { .source = NULL },
};
