/* SPDX-License-Identifier: MIT */
/* The line of text that a Y4M stream begins with, as mjpegtools and FFmpeg write it:
 * "YUV4MPEG2 W1920 H1080 F25:1 Ip A1:1 C420jpeg XCOLORRANGE=LIMITED". */
#ifndef UP_IO_Y4M_HEADER_H
#define UP_IO_Y4M_HEADER_H

#include "io/files/reader.h"
#include "io/files/writer.h"
#include "io/frames/video.h"

#define UP_Y4M_MAGIC "YUV4MPEG2"
#define UP_Y4M_FRAME "FRAME"

enum { UP_Y4M_LINE = 1024 }; /* bytes of a line at most */

/* Fields separated by spaces; interlaced video and alpha are refused. */
up_status up_y4m_read_header(up_video *video, int *width, int *height, up_reader *reader,
                             up_error *error);

/* The line that begins a frame. *there = false: the stream ends before it, or (*cut) within it. */
up_status up_y4m_read_frame(up_reader *reader, bool *there, bool *cut, up_error *error);

up_status up_y4m_write_header(const up_video *video, int width, int height, up_writer *writer,
                              up_error *error);

/* Whether players take the matrix of BT.709 for frames of this size, where nobody says it. */
bool up_y4m_is_high_definition(int width, int height);

/* A layout by planes, depth and subsampling, in the terms that programs know; sets the name, the
 * factors and the siting. */
void up_y4m_set_layout(up_video *video, int planes, int depth, up_subsampling subsampling);

/* The layout with samples of another depth; where there is none with the same siting of chroma,
 * with another. False: there is none of this subsampling. */
bool up_y4m_set_depth(up_video *video, int depth);

#endif
