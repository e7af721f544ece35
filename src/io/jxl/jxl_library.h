/* SPDX-License-Identifier: MIT */
/* libjxl, loaded when it is needed: see base/machine/library.h. */
#ifndef UP_IO_JXL_LIBRARY_H
#define UP_IO_JXL_LIBRARY_H

#include "base/machine/library.h"

#include <jxl/decode.h>
#include <jxl/encode.h>

/* clang-format off */
#define UP_JXL_FUNCTIONS(F) \
    F(JxlColorEncodingSetToSRGB) F(JxlDecoderCloseInput) F(JxlDecoderCreate) F(JxlDecoderDestroy) \
    F(JxlDecoderFlushImage) F(JxlDecoderGetBasicInfo) F(JxlDecoderGetBoxType) \
    F(JxlDecoderGetColorAsEncodedProfile) F(JxlDecoderGetColorAsICCProfile) \
    F(JxlDecoderGetExtraChannelInfo) F(JxlDecoderGetFrameHeader) F(JxlDecoderGetICCProfileSize) \
    F(JxlDecoderImageOutBufferSize) F(JxlDecoderProcessInput) F(JxlDecoderReleaseBoxBuffer) \
    F(JxlDecoderReleaseInput) F(JxlDecoderSetBoxBuffer) F(JxlDecoderSetCoalescing) \
    F(JxlDecoderSetDecompressBoxes) \
    F(JxlDecoderSetImageOutBuffer) F(JxlDecoderSetInput) F(JxlDecoderSetPreferredColorProfile) \
    F(JxlDecoderSetUnpremultiplyAlpha) F(JxlDecoderSubscribeEvents) F(JxlEncoderAddBox) \
    F(JxlEncoderAddImageFrame) F(JxlEncoderCloseBoxes) F(JxlEncoderCloseInput) \
    F(JxlEncoderCreate) F(JxlEncoderDestroy) F(JxlEncoderFrameSettingsCreate) \
    F(JxlEncoderFrameSettingsSetOption) F(JxlEncoderGetError) F(JxlEncoderInitBasicInfo) \
    F(JxlEncoderProcessOutput) F(JxlEncoderSetBasicInfo) F(JxlEncoderSetColorEncoding) \
    F(JxlEncoderSetFrameDistance) F(JxlEncoderSetFrameLossless) F(JxlEncoderSetICCProfile) \
    F(JxlEncoderSetParallelRunner) F(JxlEncoderUseBoxes)
/* clang-format on */

typedef struct {
    UP_JXL_FUNCTIONS(UP_LIBRARY_POINTER)
} up_jxl_functions;

extern up_jxl_functions up_jxl;
extern const up_library up_jxl_library;

#endif
