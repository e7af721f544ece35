/* SPDX-License-Identifier: MIT */
#include "compare/classroom/pooled_patch.h"

#include "base/memory.h"
#include "base/text_stream.h"
#include "compare/files/work_folder.h"
#include "io/text/text_tensor.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct {
    char *patch, *pooled, *positions;
} patch_files;

up_pixels up_grey_patch(const float *value, int width, int height)
{
    return (up_pixels){ .format = { .width = width,
                                    .height = height,
                                    .channels = 1,
                                    .frames = 1,
                                    .color = UP_COLOR_GREY,
                                    .sample = UP_SAMPLE_F32,
                                    .depth = 32 },
                        .data = (float *)value };
}

static up_status write_positions(up_pooled_patch *p, const int64_t *position, up_error *error)
{
    size_t size;
    FILE *out = up_text_stream(&p->positions, &size);
    for (int i = 0; out && i < p->side * p->side; i++)
        fprintf(out, "%s%lld", i == 0 ? "" : i % p->side == 0 ? ";" : ",", (long long)position[i]);
    return out && fclose(out) == 0 ? UP_OK : up_fail_memory(error, "positions", 0);
}

static up_status read_back(up_pooled_patch *p, const patch_files *files, up_error *error)
{
    up_pixels pooled;
    int64_t *position, shape[4];
    int dims;
    UP_TRY(up_read_pixels(&pooled, files->pooled, NULL, error));
    p->value = pooled.data;
    UP_TRY(up_positions_read(files->positions, &position, shape, &dims, error));
    up_status status = write_positions(p, position, error);
    up_free(position);
    return status;
}

static up_status pool(up_pooled_patch *p, const float *patch, int kernel, const patch_files *files,
                      up_error *error)
{
    const up_options how = { .threads = 1,
                             .overwrite = true,
                             .layer.kernel = { kernel, kernel, true } };
    up_pixels pixels = up_grey_patch(patch, p->side * kernel, p->side * kernel);
    pixels.format.color = UP_COLOR_TENSOR;
    UP_TRY(up_write_pixels(files->patch, &pixels, &how, error));
    UP_TRY(up_pool_file(files->patch, files->pooled, files->positions, &how, error));
    return read_back(p, files, error);
}

static void remove_file(char *path)
{
    if (path)
        unlink(path);
    free(path);
}

up_status up_pooled_patch_make(up_pooled_patch *p, const float *patch, int side, int kernel,
                               const char *folder, up_error *error)
{
    const patch_files files = { up_path_join(folder, "patch.npy", error),
                                up_path_join(folder, "patch-pooled.npy", error),
                                up_path_join(folder, "patch-positions.npy", error) };
    *p = (up_pooled_patch){ .side = side };
    up_status status = files.patch && files.pooled && files.positions
                           ? pool(p, patch, kernel, &files, error)
                           : UP_ERROR_MEMORY;
    remove_file(files.patch);
    remove_file(files.pooled);
    remove_file(files.positions);
    if (status != UP_OK)
        up_pooled_patch_free(p);
    return status;
}

void up_pooled_patch_free(up_pooled_patch *p)
{
    up_free(p->value);
    free(p->positions);
    *p = (up_pooled_patch){ 0 };
}
