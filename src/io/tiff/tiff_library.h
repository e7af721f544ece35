/* SPDX-License-Identifier: MIT */
/* libtiff, loaded when it is needed: see base/machine/library.h. */
#ifndef UP_IO_TIFF_LIBRARY_H
#define UP_IO_TIFF_LIBRARY_H

#include "base/machine/library.h"

#include <tiffio.h>

/* clang-format off */
#define UP_TIFF_FUNCTIONS(F) \
    F(TIFFCleanup) F(TIFFClientOpenExt) F(TIFFClose) F(TIFFComputeStrip) F(TIFFComputeTile) \
    F(TIFFCurrentDirOffset) F(TIFFFieldDataType) F(TIFFFieldWithTag) F(TIFFGetField) \
    F(TIFFGetFieldDefaulted) F(TIFFGetStrileByteCount) F(TIFFGetStrileOffset) \
    F(TIFFIsByteSwapped) F(TIFFIsCODECConfigured) F(TIFFIsTiled) F(TIFFOpenOptionsAlloc) \
    F(TIFFOpenOptionsFree) F(TIFFOpenOptionsSetErrorHandlerExtR) \
    F(TIFFOpenOptionsSetMaxSingleMemAlloc) F(TIFFOpenOptionsSetWarningHandlerExtR) \
    F(TIFFRGBAImageOK) F(TIFFReadRGBAStripExt) F(TIFFReadRGBATileExt) F(TIFFReadScanline) \
    F(TIFFReadTile) F(TIFFScanlineSize64) F(TIFFSetField) F(TIFFSetSubDirectory) \
    F(TIFFSwabArrayOfLong) F(TIFFTileRowSize64) F(TIFFTileSize64) F(TIFFWriteDirectory) \
    F(TIFFWriteRawStrip)
/* clang-format on */

typedef struct {
    UP_TIFF_FUNCTIONS(UP_LIBRARY_POINTER)
} up_tiff_functions;

extern up_tiff_functions up_tiff;
extern const up_library up_tiff_library;

#endif
