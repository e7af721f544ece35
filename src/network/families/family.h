/* SPDX-License-Identifier: MIT */
/*
 * Networks told from the keys and shapes of a state dict alone. A family is one file, its
 * declaration here and one line in families.c. What keys and shapes leave open is assumed as the
 * family's file says, where there is a convention; else the user is asked for it.
 */
#ifndef UP_NETWORK_FAMILY_H
#define UP_NETWORK_FAMILY_H

#include "network/build/builder.h"

typedef struct {
    const char *name;
    /* Whether the tensors, behind builder->prefix, are those of the family; and the network that
     * they make. network->in_channels is to be set before the first node. */
    bool (*is)(const up_network_builder *builder);
    up_status (*read)(up_network_builder *builder);
    bool
        open; /* the parameters of its transposed convolution are not in the file: flags say them */
} up_network_family;

/* By the first that it is. */
up_status up_network_from_keys(up_network_builder *builder);

extern const up_network_family up_family_conv_transpose2d, up_family_fsrcnn, up_family_espcn,
    up_family_compact, up_family_esrgan, up_family_span, up_family_srresnet, up_family_edsr,
    up_family_rcan, up_family_carn, up_family_imdn, up_family_rfdn, up_family_waifu2x,
    up_family_unets, up_family_ecbsr, up_family_abpn, up_family_etds, up_family_plainusr,
    up_family_srcnn, up_family_vdsr, up_family_dncnn, up_family_sequential;

#endif
