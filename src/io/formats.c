#include "io/formats.h"

const up_file_format up_file_formats[] = {
    { &up_png_source, &up_png_sink },
    { &up_jpeg_source, &up_jpeg_sink },
    { &up_pnm_source, &up_pnm_sink },
    { &up_npy_source, &up_npy_sink },
    { NULL, NULL },
};
