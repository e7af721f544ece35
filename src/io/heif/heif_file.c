/* SPDX-License-Identifier: MIT */
#include "io/heif/heif_file.h"

#include "base/memory.h"
#include "io/boxes/box.h"
#include "io/boxes/coded_items.h"

#include <string.h>

#define METADATA_MOST ((size_t)32 << 20)
#define NCLX 0x6e636c78 /* as a number: "nclx" */

enum { OFFSET = 4 /* before EXIF, to where it begins */, MOST_BLOCKS = 64 };
enum { UNSPECIFIED = 2, BT709 = 1, SRGB_TRANSFER = 13 };

/* ---- bytes */

static int64_t get_position(void *user)
{
    return ((up_heif_file *)user)->at;
}

static int read_bytes(void *data, size_t size, void *user)
{
    up_heif_file *file = user;
    if (up_reader_read_at(file->reader, file->at, data, size, NULL) != UP_OK)
        return 1;
    file->at += (int64_t)size;
    return 0;
}

static int seek(int64_t position, void *user)
{
    up_heif_file *file = user;
    if (position < 0 || position > up_reader_size(file->reader))
        return 1;
    file->at = position;
    return 0;
}

static enum heif_reader_grow_status wait_for_size(int64_t size, void *user)
{
    return size > up_reader_size(((up_heif_file *)user)->reader)
               ? heif_reader_grow_status_size_beyond_eof
               : heif_reader_grow_status_size_reached;
}

up_status up_heif_fail(const up_heif_file *file, struct heif_error said, up_error *error)
{
    const char *name = up_reader_name(file->reader);
    if (said.code == heif_error_Memory_allocation_error &&
        said.subcode != heif_suberror_Security_limit_exceeded)
        return up_fail_memory(error, name, 0);
    if (said.subcode == heif_suberror_Security_limit_exceeded)
        return up_fail(error, UP_ERROR_LIMIT, "%s: HEIF is larger than libheif takes: %s", name,
                       said.message);
    if (said.subcode == heif_suberror_End_of_data)
        return up_fail(error, UP_ERROR_INPUT, "%s: truncated: HEIF ends early: %s", name,
                       said.message);
    if (said.code == heif_error_Unsupported_feature || said.code == heif_error_Unsupported_filetype)
        return up_fail(error, UP_ERROR_UNSUPPORTED, "%s: HEIF of this kind cannot be read: %s",
                       name, said.message);
    return up_fail(error, UP_ERROR_INPUT, "%s: damaged HEIF: %s", name, said.message);
}

up_status up_heif_open(up_heif_file *file, up_reader *reader, up_error *error)
{
    static const struct heif_reader calls = { 1, get_position, read_bytes, seek, wait_for_size };
    *file = (up_heif_file){ .reader = reader };
    file->context = up_heif.heif_context_alloc();
    if (!file->context)
        return up_fail_memory(error, up_reader_name(reader), 0);
    up_heif.heif_context_set_max_decoding_threads(file->context, 0);
    struct heif_error said =
        up_heif.heif_context_read_from_reader(file->context, &calls, file, NULL);
    if (said.code == heif_error_Ok)
        said = up_heif.heif_context_get_primary_image_handle(file->context, &file->picture);
    return said.code == heif_error_Ok ? UP_OK : up_heif_fail(file, said, error);
}

void up_heif_close(up_heif_file *file)
{
    if (file->picture)
        up_heif.heif_image_handle_release(file->picture);
    if (file->context)
        up_heif.heif_context_free(file->context);
    *file = (up_heif_file){ 0 };
}

/* ---- metadata */

static up_status take_profile(const up_heif_file *file, up_metadata *m, up_error *error)
{
    const size_t size = up_heif.heif_image_handle_get_raw_color_profile_size(file->picture);
    if (size == 0 || size > METADATA_MOST)
        return UP_OK;
    uint8_t *data = up_alloc(size, 1);
    if (!data)
        return up_fail_memory(error, "metadata", size);
    up_status status = UP_OK;
    if (up_heif.heif_image_handle_get_raw_color_profile(file->picture, data).code == heif_error_Ok)
        status = up_metadata_take_profile(m, data, size, error);
    up_free(data);
    return status;
}

typedef struct {
    heif_item_id picture;
    int primaries, transfer; /* ISO/IEC 23091-2; UNSPECIFIED: nothing is said */
} colour_codes;

static up_status look_at_colour(const up_coded_item *item, void *user, up_error *error)
{
    colour_codes *codes = user;
    (void)error;
    for (int i = 0; i < item->configs && item->id == codes->picture; i++) {
        up_box_bytes colr = { .bytes = item->config[i].bytes, .size = item->config[i].size };
        if (up_box_number(&colr, 4) != NCLX)
            continue;
        codes->primaries = (int)up_box_number(&colr, 2);
        codes->transfer = (int)up_box_number(&colr, 2);
    }
    return UP_OK;
}

/* The matrix and the range are gone with the conversion to RGB. libheif 1.15 would lose memory on
 * codes that it does not know. */
static up_status take_codes(const up_heif_file *file, up_color_tags *tags, up_error *error)
{
    static const up_item_kind kind = { "", "colr", look_at_colour };
    colour_codes codes = { .primaries = UNSPECIFIED, .transfer = UNSPECIFIED };
    if (up_heif.heif_context_get_primary_image_ID(file->context, &codes.picture).code !=
        heif_error_Ok)
        return UP_OK;
    UP_TRY(up_coded_items(file->reader, &kind, &codes, error));
    const int primaries = codes.primaries, transfer = codes.transfer;
    if (primaries == UNSPECIFIED || transfer == UNSPECIFIED || primaries > UINT8_MAX ||
        transfer > UINT8_MAX)
        return UP_OK;
    tags->has_srgb = primaries == BT709 && transfer == SRGB_TRANSFER;
    tags->has_cicp = !tags->has_srgb;
    const uint8_t cicp[4] = { (uint8_t)primaries, (uint8_t)transfer, 0, 1 };
    if (tags->has_cicp)
        memcpy(tags->cicp, cicp, sizeof cicp);
    return UP_OK;
}

static up_status take_block(up_metadata *m, const char *type, const char *content,
                            const uint8_t *data, size_t size, up_error *error)
{
    if (strcmp(type, "mime") == 0 && strcmp(content, "application/rdf+xml") == 0)
        return m->xmp.data ? UP_OK : up_blob_set(&m->xmp, data, size, error);
    if (strcmp(type, "Exif") != 0)
        return up_notes_add(&m->lost, UP_NOTE_DROPPED, error, "further metadata");
    if (size < OFFSET)
        return UP_OK;
    const size_t offset =
        (size_t)data[0] << 24 | (size_t)data[1] << 16 | (size_t)data[2] << 8 | data[3];
    if (offset >= size - OFFSET)
        return UP_OK;
    return up_metadata_take_exif(m, data + OFFSET + offset, size - OFFSET - offset, error);
}

static up_status take_blocks(const up_heif_file *file, up_metadata *m, up_error *error)
{
    heif_item_id ids[MOST_BLOCKS];
    const int count = up_heif.heif_image_handle_get_list_of_metadata_block_IDs(file->picture, NULL,
                                                                               ids, MOST_BLOCKS);
    for (int i = 0; i < count; i++) {
        const char *type = up_heif.heif_image_handle_get_metadata_type(file->picture, ids[i]);
        const char *content =
            up_heif.heif_image_handle_get_metadata_content_type(file->picture, ids[i]);
        const size_t size = up_heif.heif_image_handle_get_metadata_size(file->picture, ids[i]);
        if (size == 0 || size > METADATA_MOST)
            continue;
        uint8_t *data = up_alloc(size, 1);
        if (!data)
            return up_fail_memory(error, "metadata", size);
        up_status status = UP_OK;
        if (up_heif.heif_image_handle_get_metadata(file->picture, ids[i], data).code ==
            heif_error_Ok)
            status = take_block(m, type ? type : "", content ? content : "", data, size, error);
        up_free(data);
        UP_TRY(status);
    }
    return UP_OK;
}

/* ---- other pictures */

/* Of the auxiliary pictures that are neither alpha nor depth. */
static bool has_gain_map(const up_heif_file *file)
{
    const int filter = LIBHEIF_AUX_IMAGE_FILTER_OMIT_ALPHA | LIBHEIF_AUX_IMAGE_FILTER_OMIT_DEPTH;
    heif_item_id ids[MOST_BLOCKS];
    bool found = false;
    const int count = up_heif.heif_image_handle_get_list_of_auxiliary_image_IDs(
        file->picture, filter, ids, MOST_BLOCKS);
    for (int i = 0; i < count && !found; i++) {
        struct heif_image_handle *other = NULL;
        const char *type = NULL;
        if (up_heif.heif_image_handle_get_auxiliary_image_handle(file->picture, ids[i], &other)
                .code != heif_error_Ok)
            continue;
        if (up_heif.heif_image_handle_get_auxiliary_type(other, &type).code == heif_error_Ok &&
            type) {
            found = strstr(type, "hdrgainmap") != NULL;
            up_heif.heif_image_handle_free_auxiliary_types(other, &type);
        }
        up_heif.heif_image_handle_release(other);
    }
    return found;
}

static up_status name_others(const up_heif_file *file, up_source *source, up_error *error)
{
    const int depths = up_heif.heif_image_handle_get_number_of_depth_images(file->picture);
    source->gain_map = has_gain_map(file);
    source->further_pictures =
        up_heif.heif_context_get_number_of_top_level_images(file->context) - 1 + source->gain_map;
    if (depths > 0)
        UP_TRY(up_notes_add(&source->notes, UP_NOTE_DROPPED, error, "depth map"));
    if (up_heif.heif_image_handle_get_number_of_thumbnails(file->picture) > 0)
        return up_notes_add(&source->metadata.lost, UP_NOTE_DROPPED, error, "thumbnail");
    return UP_OK;
}

up_status up_heif_take_metadata(const up_heif_file *file, up_source *source, up_error *error)
{
    up_metadata *m = &source->metadata;
    UP_TRY(take_profile(file, m, error));
    if (!m->icc.data)
        UP_TRY(take_codes(file, &m->color, error));
    UP_TRY(take_blocks(file, m, error));
    return name_others(file, source, error);
}
