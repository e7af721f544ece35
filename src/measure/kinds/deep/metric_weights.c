/* SPDX-License-Identifier: MIT */
#include "measure/kinds/deep/metric_weights.h"

#include "base/machine/machine.h"
#include "base/memory.h"
#include "measure/kinds/deep/weight_names.h"
#include "weights/label.h"
#include "weights/tensor_file.h"

#include <string.h>

typedef struct {
    up_metric_weights *weights;
    const up_tensor_file *file;
    int features, heads; /* the network that the file's are of; -1: none that is known */
    int taken;
    up_error *error;
} reading;

/* -------------------------------------------------------------- one tensor */

static up_status refuse(const reading *r, const up_tensor *tensor, const char *reason)
{
    char label[UP_LABEL];
    return up_fail(r->error, UP_ERROR_WEIGHTS, "%s: tensor %s %s", up_tensor_file_name(r->file),
                   up_label(label, tensor->name), reason);
}

static up_status take(reading *r, const up_tensor *tensor, size_t count, float **to)
{
    if (tensor->elements != count)
        return refuse(r, tensor, "has another shape than a measure needs");
    float *value = up_alloc(count, sizeof *value);
    if (!value)
        return up_fail_memory(r->error, "weights", count * sizeof *value);
    up_status status = up_tensor_to_f32(r->file, tensor, value, r->error);
    const bool known = *to != NULL;
    if (status == UP_OK && known && memcmp(value, *to, count * sizeof *value) != 0)
        status = refuse(r, tensor,
                        "differs from that of another file; give those alone that belong together");
    if (status != UP_OK || known) {
        up_free(value);
    } else {
        *to = value;
        r->weights->bytes += up_alloc_bytes(count * sizeof *value);
    }
    r->taken++;
    return status;
}

static int conv_of(const up_feature_net *net, int layer)
{
    for (int i = 0; i < net->convs; i++)
        if (net->conv[i].layer == layer)
            return i;
    return -1;
}

static bool has_shape(const up_tensor *tensor, const up_feature_conv *conv)
{
    const size_t side = (size_t)conv->kernel;
    return tensor->dims == 4 && tensor->shape[0] == (size_t)conv->out &&
           tensor->shape[1] == (size_t)conv->in && tensor->shape[2] == side &&
           tensor->shape[3] == side;
}

static up_status take_feature(reading *r, const up_tensor *tensor, int layer, bool kernel)
{
    const int i = r->features < 0 ? -1 : conv_of(&up_feature_nets[r->features], layer);
    if (i < 0)
        return UP_OK;
    const up_feature_conv *conv = &up_feature_nets[r->features].conv[i];
    if (!kernel)
        return take(r, tensor, (size_t)conv->out, &r->weights->net[r->features].bias[i]);
    if (!has_shape(tensor, conv))
        return refuse(r, tensor, "has another shape than a measure needs");
    return take(r, tensor, tensor->elements, &r->weights->net[r->features].kernel[i]);
}

static up_status take_head(reading *r, const up_tensor *tensor, int tap)
{
    if (r->heads < 0 || tap >= UP_TAPS)
        return UP_OK;
    return take(r, tensor, (size_t)up_feature_nets[r->heads].tap[tap],
                &r->weights->net[r->heads].head[tap]);
}

static up_status take_tensor(reading *r, const up_tensor *tensor)
{
    up_metric_weights *w = r->weights;
    int number = 0;
    switch (up_weight_named(tensor->name, &number)) {
    case UP_NAMES_KERNEL:
        return take_feature(r, tensor, number, true);
    case UP_NAMES_BIAS:
        return take_feature(r, tensor, number, false);
    case UP_NAMES_HEAD:
        return take_head(r, tensor, number);
    case UP_NAMES_ALPHA:
        return take(r, tensor, UP_DISTS_CHANNELS, &w->alpha);
    case UP_NAMES_BETA:
        return take(r, tensor, UP_DISTS_CHANNELS, &w->beta);
    case UP_NAMES_MEAN:
        return take(r, tensor, UP_NIQE_NUMBERS, &w->mean);
    case UP_NAMES_COVARIANCE:
        return take(r, tensor, UP_NIQE_NUMBERS * UP_NIQE_NUMBERS, &w->covariance);
    case UP_NAMES_NOTHING:
        break;
    }
    return UP_OK;
}

/* -------------------------------------------------------------- one file */

/* By the first kernel, and by the channels of the second head; SqueezeNet has more of these. */
static void find_networks(reading *r)
{
    const up_tensor *tensor;
    bool more_heads = false;
    r->features = r->heads = -1;
    for (int i = 0; (tensor = up_tensor_file_at(r->file, i)); i++) {
        int number;
        const up_named named = up_weight_named(tensor->name, &number);
        more_heads |= named == UP_NAMES_HEAD && number >= UP_TAPS;
        for (int n = 0; n < UP_FEATURE_NETS; n++) {
            if (named == UP_NAMES_KERNEL && number == 0 &&
                has_shape(tensor, &up_feature_nets[n].conv[0]))
                r->features = n;
            if (named == UP_NAMES_HEAD && number == 1 &&
                tensor->elements == (size_t)up_feature_nets[n].tap[1])
                r->heads = n;
        }
    }
    if (more_heads)
        r->heads = -1;
}

static up_status check_whole(const reading *r)
{
    const int n = r->features;
    const up_feature_net *net = n < 0 ? NULL : &up_feature_nets[n];
    for (int i = 0; net && i < net->convs; i++)
        if (!r->weights->net[n].kernel[i] || !r->weights->net[n].bias[i])
            return up_fail(r->error, UP_ERROR_WEIGHTS,
                           "%s: begins as %s does, but lacks features.%d.%s",
                           up_tensor_file_name(r->file), net->title, net->conv[i].layer,
                           r->weights->net[n].kernel[i] ? "bias" : "weight");
    for (int i = 0; r->heads >= 0 && i < UP_TAPS; i++)
        if (!r->weights->net[r->heads].head[i])
            return up_fail(r->error, UP_ERROR_WEIGHTS, "%s: lacks lin%d.model.1.weight",
                           up_tensor_file_name(r->file), i);
    if (!r->weights->mean != !r->weights->covariance)
        return up_fail(r->error, UP_ERROR_WEIGHTS, "%s: NIQE needs mu and cov, and there is one",
                       up_tensor_file_name(r->file));
    if (r->taken > 0)
        return UP_OK;
    return up_fail(r->error, UP_ERROR_WEIGHTS,
                   "%s: holds nothing that a measure needs, which are torchvision's AlexNet or "
                   "VGG-16 (features.0.weight ...), LPIPS's heads (lin0.model.1.weight ...), "
                   "DISTS's alpha and beta, or NIQE's mu and cov",
                   up_tensor_file_name(r->file));
}

static up_status read_file(reading *r)
{
    const up_tensor *tensor;
    find_networks(r);
    for (int i = 0; (tensor = up_tensor_file_at(r->file, i)); i++)
        UP_TRY(take_tensor(r, tensor));
    return check_whole(r);
}

static up_status open_file(up_metric_weights *w, const char *path, size_t most, up_error *error)
{
    up_tensor_file *file;
    UP_TRY(up_tensor_file_open(&file, path, most > w->bytes ? most - w->bytes : 1, error));
    reading r = { .weights = w, .file = file, .error = error };
    up_status status = read_file(&r);
    up_tensor_file_close(&file);
    return status;
}

/* -------------------------------------------------------------- all of them */

up_status up_metric_weights_open(up_metric_weights **weights, const char *const *path, int count,
                                 size_t max_memory, up_error *error)
{
    const size_t most = up_machine_memory_limit(max_memory);
    up_metric_weights *w = *weights = up_alloc_zero(1, sizeof *w);
    if (!w)
        return up_fail_memory(error, "weights", sizeof *w);
    w->bytes = sizeof *w;
    up_status status = UP_OK;
    for (int i = 0; i < count && status == UP_OK; i++)
        status = open_file(w, path[i], most, error);
    if (status != UP_OK)
        up_metric_weights_close(weights);
    return status;
}

void up_metric_weights_close(up_metric_weights **weights)
{
    up_metric_weights *w = *weights;
    if (!w)
        return;
    for (int n = 0; n < UP_FEATURE_NETS; n++) {
        for (int i = 0; i < UP_MOST_FEATURE_CONVS; i++) {
            up_free(w->net[n].kernel[i]);
            up_free(w->net[n].bias[i]);
        }
        for (int i = 0; i < UP_TAPS; i++)
            up_free(w->net[n].head[i]);
    }
    up_free(w->alpha);
    up_free(w->beta);
    up_free(w->mean);
    up_free(w->covariance);
    up_free(w);
    *weights = NULL;
}

up_status up_metric_weights_need(const up_metric_weights *w, const char *title, int net, bool heads,
                                 bool factors, up_error *error)
{
    const bool features = w && w->net[net].kernel[0];
    const char *missing = !features                           ? "features, as torchvision has them"
                          : heads && !w->net[net].head[0]     ? "heads by LPIPS"
                          : factors && !(w->alpha && w->beta) ? "alpha and beta by DISTS"
                                                              : NULL;
    if (!missing)
        return UP_OK;
    return up_fail(error, UP_ERROR_ARGUMENT,
                   "%s needs %s's %s: --metric-weights FILE; src/measure/README.md says where they "
                   "are to be had",
                   title, up_feature_nets[net].title, missing);
}
