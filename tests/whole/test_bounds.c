/* SPDX-License-Identifier: MIT */
/* What networks are clipped to, so that nothing explodes on what they have never seen. */
#include "network/layers.h"
#include "support/network/network_file.h"
#include "support/network/network_reference.h"
#include "support/pictures/upscaled.h"
#include "support/scratch.h"
#include "weights/embedded.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

TestSuite(bounds, .init = scratch_init, .fini = scratch_fini);

static bool is_network(const up_embedded *file)
{
    return strcmp(file->name, "small") == 0 || strcmp(file->name, "large") == 0;
}

static const char *written(const up_embedded *file)
{
    const char *path = scratch_path("%s-x%d.safetensors", file->name, file->scale);
    file_write(path, file->bytes, file->size);
    return path;
}

/* Text, a checkerboard, and values of another range. */
static ndarray hard_input(void)
{
    enum { SIDE = 24 };
    const int shape[4] = { 3, 1, SIDE, SIDE };
    ndarray x = ndarray_make("f4", 4, shape);
    float *value = x.data;
    for (int y = 0; y < SIDE; y++)
        for (int c = 0; c < SIDE; c++) {
            const size_t at = (size_t)(y * SIDE + c), frame = SIDE * SIDE;
            value[at] = (y * 7 + c * c * 5) % 11 < 4 ? 0 : 1;
            value[frame + at] = (float)((y + c) % 2);
            value[2 * frame + at] = (float)((y * 31 + c * 17) % 256);
        }
    return x;
}

Test(bounds, hold_in_the_program_as_in_the_reference)
{
    ndarray x = hard_input();
    const char *input = scratch_path("x.npy");
    ndarray_save(&x, input);
    const up_embedded *file;
    for (int i = 0; (file = up_embedded_at(i)); i++) {
        if (!is_network(file))
            continue;
        const char *weights = written(file);
        process_args args = { 0 };
        up_network *network = network_open(weights, NULL);
        for (int k = 0; k < network->nodes; k++)
            cr_expect(network->node[k].kind != &up_layer_prelu || network->node[k].bounds,
                      "%s x%d: activation %d has no bounds", file->name, file->scale, k);
        ndarray wanted = network_reference(network, &x);
        args_split(&args, "-m tconv --limit none -w");
        args_add(&args, "%s", weights);
        ndarray got = upscaled(input, &args, file->name);
        if (got.data)
            ndarray_expect(&got, &wanted, 2e-6 * ndarray_max_abs(&wanted), file->name);
        args_free(&args);
        ndarray_free(&got);
        ndarray_free(&wanted);
        up_network_free(&network);
    }
    ndarray_free(&x);
}
