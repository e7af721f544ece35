/* SPDX-License-Identifier: MIT */
/* libavif, loaded when it is needed: see base/machine/library.h. */
#ifndef UP_IO_AVIF_LIBRARY_H
#define UP_IO_AVIF_LIBRARY_H

#include "base/machine/library.h"

#include <avif/avif.h>

/* clang-format off */
#define UP_AVIF_FUNCTIONS(F) \
    F(avifCropRectConvertCleanApertureBox) F(avifDecoderCreate) F(avifDecoderDestroy) \
    F(avifDecoderNextImage) F(avifDecoderNthImageMaxExtent) F(avifDecoderNthImageTiming) \
    F(avifDecoderParse) F(avifDecoderSetIO) F(avifDiagnosticsClearError) \
    F(avifEncoderCreate) F(avifEncoderDestroy) F(avifEncoderWrite) F(avifImageAllocatePlanes) \
    F(avifImageCreate) F(avifImageDestroy) F(avifImageRGBToYUV) F(avifImageSetMetadataExif) \
    F(avifImageSetMetadataXMP) F(avifImageSetProfileICC) F(avifImageYUVToRGB) \
    F(avifRGBImagePixelSize) F(avifRGBImageSetDefaults) F(avifRWDataFree) F(avifResultToString)
/* clang-format on */

typedef struct {
    UP_AVIF_FUNCTIONS(UP_LIBRARY_POINTER)
} up_avif_functions;

extern up_avif_functions up_avif;
extern const up_library up_avif_library;

#endif
