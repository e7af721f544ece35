/* SPDX-License-Identifier: MIT */
/* Files that are bytes in memory, in and out. */

#include <upscale.h>

#include "api/plan.h"
#include "base/memory.h"
#include "io/source_open.h"

#define MEMORY "memory" /* what messages call it */

void up_bytes_free(up_bytes *bytes)
{
    up_free(bytes->data);
    *bytes = (up_bytes){ 0 };
}

up_status up_image_open_memory(up_image **image, const void *bytes, size_t size, up_error *error)
{
    up_reader *reader;
    up_source *source;
    *image = NULL;
    if ((!bytes && size > 0) || size > PTRDIFF_MAX)
        return up_fail(error, UP_ERROR_ARGUMENT, MEMORY ": there cannot be %zu bytes", size);
    UP_TRY(up_reader_open_memory(&reader, bytes ? bytes : "", size, MEMORY, error));
    UP_TRY(up_source_open_reader(&source, reader, error));
    return up_image_from_source(image, source, error);
}

static up_status check_fresh(const up_plan *plan, up_error *error)
{
    if (!plan->image->used)
        return UP_OK;
    return up_fail(error, UP_ERROR_ARGUMENT, "an image can be run once; open it again");
}

up_status up_plan_run_to(up_plan *plan, up_take_bytes *take, void *user, up_error *error)
{
    up_sink *sinks[UP_MAX_OUTPUTS] = { NULL };
    up_writer *writer;
    UP_TRY(check_fresh(plan, error));
    UP_TRY(up_writer_open_function(&writer, take, user, error));
    UP_TRY(up_plan_sink_in(plan, 0, writer, &sinks[0], error));
    return up_plan_execute(plan, sinks, error);
}

up_status up_plan_run_to_memory(up_plan *plan, up_bytes *output, up_error *error)
{
    up_sink *sinks[UP_MAX_OUTPUTS] = { NULL };
    const size_t most = plan->options.max_memory, taken = plan->info.memory_bytes;
    up_kept_bytes kept = { .most = most > taken ? most - taken : 0 };
    up_writer *writer;
    *output = (up_bytes){ 0 };
    UP_TRY(check_fresh(plan, error));
    UP_TRY(up_writer_open_memory(&writer, MEMORY, &kept, error));
    up_status status = up_plan_sink_in(plan, 0, writer, &sinks[0], error);
    if (status == UP_OK)
        status = up_plan_execute(plan, sinks, error);
    if (status == UP_OK)
        *output = (up_bytes){ kept.data, kept.size };
    else
        up_free(kept.data);
    return status;
}

up_status up_upscale_memory(const void *input, size_t size, up_bytes *output,
                            const up_options *options, up_error *error)
{
    up_image *image;
    up_plan *plan;
    *output = (up_bytes){ 0 };
    UP_TRY(up_image_open_memory(&image, input, size, error));
    up_status status = up_plan_create(&plan, image, NULL, options, error);
    if (status == UP_OK) {
        status = up_plan_run_to_memory(plan, output, error);
        up_plan_destroy(&plan);
    }
    up_image_close(&image);
    return status;
}
