/* SPDX-License-Identifier: MIT */

#include "io/formats.h"

#include "base/memory.h"
#include "io/jpeg/jpeg_guard.h"
#include "io/jpeg/jpeg_quality.h"
#include "io/jpeg/jpeg_segments.h"
#include "io/metadata/exif.h"

#include <string.h>

#include <jerror.h>

/* A hostile file of a few bytes per scan could keep the decoder busy for hours. */
enum { MAX_SCANS = 500 };
/* Markers before the picture are kept in memory. */
enum { MAX_HEADER_BYTES = 64 << 20 };

typedef struct {
    up_source base;
    struct jpeg_decompress_struct info;
    up_jpeg_guard guard;
    struct jpeg_source_mgr input;
    struct jpeg_progress_mgr progress;
    up_reader *reader;
    size_t header_bytes;
    bool header_done, started, finished;
    bool cut;      /* the file ended before the picture did */
    int last_scan; /* where the picture ends too early: the scan, and ... */
    int whole;     /* ... the rows that it has brought */
    uint8_t buffer[1 << 16];
} jpeg_source;

typedef struct {
    jpeg_source *jpeg;
    void *const *row;
    int count;
} read_request;

static bool probe(const uint8_t *head, size_t size)
{
    return size >= 3 && memcmp(head, "\xff\xd8\xff", 3) == 0;
}

/* ---- bytes */

static void init_input(j_decompress_ptr info)
{
    (void)info;
}

/* Rows above those that the decoder is at are whole. It comes here first for what it lacks first.
 */
static void lack_rows(j_common_ptr common)
{
    jpeg_source *jpeg = common->client_data;
    const struct jpeg_decompress_struct *info = &jpeg->info;
    if (jpeg->last_scan > 0)
        return;
    jpeg->last_scan = info->input_scan_number;
    jpeg->whole = (int)info->input_iMCU_row * info->max_v_samp_factor * DCTSIZE;
}

static _Noreturn void fail_truncated(jpeg_source *jpeg)
{
    up_jpeg_escape(&jpeg->guard, /* says whether the file ended or the disk failed */
                   up_reader_exact(jpeg->reader, jpeg->buffer, 1, jpeg->guard.error));
}

/* Behind its header, a file that ends gets the marker that says so. */
static boolean end_input(jpeg_source *jpeg)
{
    struct jpeg_decompress_struct *info = &jpeg->info;
    const bool arithmetic = info->arith_code && info->input_iMCU_row + 1 < info->total_iMCU_rows;
    if (!jpeg->header_done || up_reader_failed(jpeg->reader) ||
        arithmetic /* which would decode on and on */)
        fail_truncated(jpeg);
    jpeg->cut = true;
    if (info->unread_marker &&
        (info->unread_marker < JPEG_RST0 || info->unread_marker > JPEG_EOI)) {
        info->unread_marker = JPEG_EOI; /* instead of a segment that is not whole: it is left, */
        return FALSE;                   /* and when the decoder is called again this is next */
    }
    jpeg->buffer[0] = 0xff;
    jpeg->buffer[1] = JPEG_EOI;
    jpeg->input.next_input_byte = jpeg->buffer;
    jpeg->input.bytes_in_buffer = 2;
    return TRUE;
}

static boolean fill_input(j_decompress_ptr info)
{
    jpeg_source *jpeg = info->client_data;
    size_t size = up_reader_read(jpeg->reader, jpeg->buffer, sizeof jpeg->buffer);
    if (size == 0)
        return end_input(jpeg);
    if (!jpeg->header_done && (jpeg->header_bytes += size) > MAX_HEADER_BYTES)
        up_jpeg_fail(&jpeg->guard, UP_ERROR_INPUT, "no picture in the first %d MiB of the JPEG",
                     MAX_HEADER_BYTES >> 20);
    jpeg->input.next_input_byte = jpeg->buffer;
    jpeg->input.bytes_in_buffer = size;
    return TRUE;
}

static void skip_input(j_decompress_ptr info, long count)
{
    struct jpeg_source_mgr *input = info->src;
    jpeg_source *jpeg = info->client_data;
    size_t left = count > 0 ? (size_t)count : 0;
    while (left > input->bytes_in_buffer) {
        left -= input->bytes_in_buffer;
        input->bytes_in_buffer = 0;
        fill_input(info);
        left = jpeg->cut ? 0 : left;
    }
    input->next_input_byte += left;
    input->bytes_in_buffer -= left;
}

static void limit_scans(j_common_ptr common)
{
    jpeg_source *jpeg = common->client_data;
    if (jpeg->info.input_scan_number > MAX_SCANS)
        up_jpeg_fail(&jpeg->guard, UP_ERROR_INPUT, "corrupt JPEG: more than %d scans", MAX_SCANS);
}

/* ---- header */

/* JFIF first, as everyone does; EXIF where JFIF knows the pixel's aspect at most. */
static void take_density(jpeg_source *jpeg)
{
    const struct jpeg_decompress_struct *info = &jpeg->info;
    up_metadata *m = &jpeg->base.metadata;
    bool jfif = info->saw_JFIF_marker && info->X_density > 0 && info->Y_density > 0;
    if (jfif && (info->density_unit == 1 || info->density_unit == 2)) {
        double per_inch = info->density_unit == 1 ? 1 : 2.54;
        m->dpi_x = per_inch * info->X_density;
        m->dpi_y = per_inch * info->Y_density;
    } else if (!up_exif_density(&m->exif, &m->dpi_x, &m->dpi_y) && jfif &&
               info->X_density != info->Y_density) {
        m->aspect = (double)info->Y_density / info->X_density;
    }
}

static void take_metadata(jpeg_source *jpeg)
{
    up_status status =
        up_jpeg_take_segments(&jpeg->base, jpeg->info.marker_list, jpeg->guard.error);
    if (status != UP_OK)
        up_jpeg_escape(&jpeg->guard, status);
    take_density(jpeg);
    up_jpeg_keep_segments(&jpeg->info, false); /* none between scans */
}

static void take_format(jpeg_source *jpeg)
{
    struct jpeg_decompress_struct *info = &jpeg->info;
    up_color color;
    switch (info->jpeg_color_space) {
    case JCS_GRAYSCALE:
        color = UP_COLOR_GREY;
        info->out_color_space = JCS_GRAYSCALE;
        break;
    case JCS_RGB:
    case JCS_YCbCr:
        color = UP_COLOR_RGB;
        info->out_color_space = JCS_RGB;
        break;
    case JCS_CMYK:
    case JCS_YCCK:
        color = UP_COLOR_CMYK;
        info->out_color_space = JCS_CMYK;
        break;
    default:
        up_jpeg_fail(&jpeg->guard, UP_ERROR_UNSUPPORTED,
                     "JPEG with %d components cannot be read, only grey, colour and CMYK",
                     info->num_components);
    }
    jpeg->base.format = (up_format){ .width = (int)info->image_width,
                                     .height = (int)info->image_height,
                                     .channels = info->num_components,
                                     .frames = 1,
                                     .color = color,
                                     .sample = UP_SAMPLE_U8,
                                     .depth = 8 };
}

static up_subsampling find_subsampling(const struct jpeg_decompress_struct *info)
{
    if (info->num_components < 3)
        return UP_SUBSAMPLING_AUTO;
    const jpeg_component_info *luma = &info->comp_info[0], *cb = luma + 1, *cr = luma + 2;
    if (cb->h_samp_factor != cr->h_samp_factor || cb->v_samp_factor != cr->v_samp_factor)
        return UP_SUBSAMPLING_AUTO;
    if (luma->v_samp_factor == cb->v_samp_factor) {
        if (luma->h_samp_factor == cb->h_samp_factor)
            return UP_SUBSAMPLING_444;
        if (luma->h_samp_factor == 2 * cb->h_samp_factor)
            return UP_SUBSAMPLING_422;
    }
    return luma->h_samp_factor == 2 * cb->h_samp_factor &&
                   luma->v_samp_factor == 2 * cb->v_samp_factor
               ? UP_SUBSAMPLING_420
               : UP_SUBSAMPLING_AUTO;
}

/* Coefficients of the whole picture: 16 bits each, all blocks of a component. */
static size_t coefficient_bytes(const struct jpeg_decompress_struct *info)
{
    size_t bytes = 0;
    for (int i = 0; i < info->num_components; i++) {
        const jpeg_component_info *c = &info->comp_info[i];
        bytes += up_round_up(c->width_in_blocks, (size_t)c->h_samp_factor) *
                 up_round_up(c->height_in_blocks, (size_t)c->v_samp_factor) * sizeof(JBLOCK);
    }
    return bytes;
}

static void read_header(void *arg)
{
    jpeg_source *jpeg = arg;
    struct jpeg_decompress_struct *info = &jpeg->info;
    jpeg_create_decompress(info);
    info->src = &jpeg->input;
    info->progress = &jpeg->progress;
    up_jpeg_keep_segments(info, true);
    jpeg_read_header(info, TRUE);
    jpeg->header_done = true;
    if (info->data_precision != BITS_IN_JSAMPLE)
        ERREXIT1(info, JERR_BAD_PRECISION, info->data_precision);
    take_metadata(jpeg);
    take_format(jpeg);
    jpeg->base.subsampling = find_subsampling(info);
    jpeg->base.jpeg_quality = up_jpeg_quality(info);
    jpeg->base.plain_inks = info->out_color_space == JCS_CMYK && !info->saw_Adobe_marker;
    jpeg->base.interlaced = jpeg_has_multiple_scans(info);
    jpeg->base.held_bytes = jpeg->base.interlaced ? coefficient_bytes(info) : 0;
}

/* ---- pixels */

/* Whether scans are missing that would have made the picture sharper. */
static bool lacks_details(const struct jpeg_decompress_struct *info)
{
    for (int i = 0; i < info->num_components && info->progressive_mode; i++)
        for (int k = 0; k < DCTSIZE2; k++)
            if (info->coef_bits[i][k] != 0)
                return true;
    return false;
}

static void start(jpeg_source *jpeg)
{
    struct jpeg_decompress_struct *info = &jpeg->info;
    info->dct_method = JDCT_ISLOW;
    info->do_fancy_upsampling = TRUE;
    while (!jpeg_start_decompress(info) && jpeg->cut) {
    }
    for (int i = 0; i < info->num_components && jpeg->base.interlaced; i++)
        if (!info->comp_info[i].quant_table) /* no scan brought any of it */
            up_jpeg_fail(&jpeg->guard, UP_ERROR_INPUT, "corrupt JPEG: component %d has no data",
                         i + 1);
    if (jpeg->cut && !jpeg->last_scan && lacks_details(info)) {
        jpeg->last_scan = info->input_scan_number;
        jpeg->whole = (int)info->image_height;
    }
    jpeg->started = true;
}

/* Such as a video of a camera that does not say so. Zeros are padding; one buffer tells, of which a
 * pipe might have us wait for more. */
static up_status name_rest(jpeg_source *jpeg, up_error *error)
{
    up_source *source = &jpeg->base;
    const uint8_t *at = jpeg->input.next_input_byte;
    size_t left = jpeg->input.bytes_in_buffer;
    if (left == 0 && up_reader_size(jpeg->reader) >= 0) {
        at = jpeg->buffer;
        left = up_reader_read(jpeg->reader, jpeg->buffer, sizeof jpeg->buffer);
    }
    while (left > 0 && *at == 0)
        at++, left--;
    if (left == 0 || source->gain_map || source->video || source->further_pictures > 0)
        return UP_OK;
    return up_notes_add(&source->notes, UP_NOTE_DROPPED, error, "data behind the picture");
}

static void read_rows(void *arg)
{
    const read_request *request = arg;
    jpeg_source *jpeg = request->jpeg;
    struct jpeg_decompress_struct *info = &jpeg->info;
    if (!jpeg->started)
        start(jpeg);
    bool invert = info->out_color_space == JCS_CMYK && !jpeg->base.plain_inks;
    size_t row_bytes = (size_t)info->output_width * (size_t)info->output_components;
    for (int i = 0; i < request->count; i++) {
        JSAMPROW row = request->row[i];
        jpeg_read_scanlines(info, &row, 1);
        for (size_t x = 0; invert && x < row_bytes; x++)
            row[x] = (JSAMPLE)(MAXJSAMPLE - row[x]);
    }
    jpeg->finished = info->output_scanline == info->output_height;
    while (jpeg->finished && !jpeg_finish_decompress(info) && jpeg->cut) {
    }
}

static up_status note_early_end(jpeg_source *jpeg, up_error *error)
{
    const int missing = jpeg->last_scan == 1 ? jpeg->base.format.height - jpeg->whole : 0;
    char where[32];
    if (!jpeg->base.interlaced)
        return up_source_lacks_rows(&jpeg->base, missing, error);
    snprintf(where, sizeof where, "at scan %d", jpeg->last_scan);
    return up_source_lacks_details(&jpeg->base, where, missing, error);
}

/* What has been found wrong by now. The decoder itself makes missing blocks grey. */
static up_status note_damage(jpeg_source *jpeg, up_error *error)
{
    up_notes *notes = &jpeg->base.notes;
    if (jpeg->last_scan > 0)
        return note_early_end(jpeg, error);
    if (jpeg->finished && jpeg->cut)
        return up_notes_add(notes, UP_NOTE_DAMAGE, error, "its end is missing");
    if (jpeg->finished && jpeg->guard.strays)
        UP_TRY(up_notes_add(notes, UP_NOTE_DAMAGE, error, "it holds bytes that belong to nothing"));
    return jpeg->finished ? name_rest(jpeg, error) : UP_OK;
}

static up_status read_pixels(up_source *source, void *const *row, int count, up_error *error)
{
    jpeg_source *jpeg = (jpeg_source *)source;
    read_request request = { jpeg, row, count };
    up_status status = up_jpeg_guarded(&jpeg->guard, read_rows, &request, error);
    if (status == UP_OK)
        status = note_damage(jpeg, error);
    if (status != UP_OK)
        jpeg_abort_decompress(&jpeg->info); /* frees what is held; a further read fails cleanly */
    return status;
}

static void close_jpeg(up_source *source)
{
    jpeg_destroy_decompress(&((jpeg_source *)source)->info);
}

static up_status open_jpeg(up_source **source, up_reader *reader, up_error *error)
{
    jpeg_source *jpeg = up_alloc_zero(1, sizeof *jpeg);
    if (!jpeg)
        return up_fail_memory(error, up_reader_name(reader), sizeof *jpeg);
    up_metadata_init(&jpeg->base.metadata);
    jpeg->base.type = "jpeg";
    jpeg->base.read = read_pixels;
    jpeg->base.close = close_jpeg;
    jpeg->reader = reader;
    jpeg->input = (struct jpeg_source_mgr){ .init_source = init_input,
                                            .fill_input_buffer = fill_input,
                                            .skip_input_data = skip_input,
                                            .resync_to_restart = jpeg_resync_to_restart,
                                            .term_source = init_input };
    jpeg->progress.progress_monitor = limit_scans;
    jpeg->info.client_data = jpeg;
    jpeg->info.err = up_jpeg_guard_init(&jpeg->guard, up_reader_name(reader), UP_ERROR_INPUT);
    jpeg->guard.lacking = lack_rows;
    up_status status = up_jpeg_guarded(&jpeg->guard, read_header, jpeg, error);
    if (status != UP_OK) {
        close_jpeg(&jpeg->base);
        up_metadata_clear(&jpeg->base.metadata);
        up_notes_clear(&jpeg->base.notes);
        up_free(jpeg);
        return status;
    }
    *source = &jpeg->base;
    return UP_OK;
}

const up_source_format up_jpeg_source = { .type = "jpeg", .probe = probe, .open = open_jpeg };
