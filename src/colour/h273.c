/* SPDX-License-Identifier: MIT */
#include "colour/h273.h"

#include "upscale.h"

#include <stddef.h>

#define D65 0.3127, 0.3290

typedef struct {
    const char *name;
    double xy[8];
} primaries_entry;

static const primaries_entry primaries[] = {
    [1] = { "BT.709", { D65, 0.640, 0.330, 0.300, 0.600, 0.150, 0.060 } },
    [4] = { "BT.470 M", { 0.310, 0.316, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08 } },
    [5] = { "BT.470 BG", { D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06 } },
    [6] = { "BT.601", { D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070 } },
    [7] = { "SMPTE 240M", { D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070 } },
    [8] = { "film", { 0.310, 0.316, 0.681, 0.319, 0.243, 0.692, 0.145, 0.049 } },
    [9] = { "BT.2020", { D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046 } },
    [10] = { "XYZ", { 1.0 / 3, 1.0 / 3, 1, 0, 0, 1, 0, 0 } },
    [11] = { "DCI-P3", { 0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060 } },
    [12] = { "Display P3", { D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060 } },
    [22] = { "EBU 3213", { D65, 0.630, 0.340, 0.295, 0.605, 0.155, 0.077 } },
};

/* V = 1.099 L^0.45 - 0.099, 4.5 L below; to as many digits as make it continuous, as SMPTE 240M. */
#define VIDEO                                                                                      \
    {                                                                                              \
        .a = 1.09929682680944, .exponent = 1 / 0.45, .slope = 4.5, .knee = 0.081242858298635       \
    }

typedef struct {
    const char *name;
    up_transfer transfer;
} transfer_entry;

static const transfer_entry transfers[] = {
    [1] = { "BT.709", VIDEO },
    [4] = { "gamma 2.2", { .a = 1, .exponent = 2.2, .slope = 1 } },
    [5] = { "gamma 2.8", { .a = 1, .exponent = 2.8, .slope = 1 } },
    [6] = { "BT.601", VIDEO },
    [7] = { "SMPTE 240M",
            { .a = 1.111572195921731,
              .exponent = 1 / 0.45,
              .slope = 4,
              .knee = 0.09128634211778 } },
    [8] = { "linear", { .a = 1, .exponent = 1, .slope = 1 } },
    [9] = { "logarithmic, 100:1", { .kind = UP_TRANSFER_LOG, .decades = 2 } },
    [10] = { "logarithmic, 316:1", { .kind = UP_TRANSFER_LOG, .decades = 2.5 } },
    [11] = { "xvYCC", VIDEO },
    [12] = { "BT.1361", VIDEO },
    [13] = { "sRGB", { .a = 1.055, .exponent = 2.4, .slope = 12.92, .knee = 0.04045 } },
    [14] = { "BT.2020", VIDEO },
    [15] = { "BT.2020", VIDEO },
    [16] = { "PQ", { .kind = UP_TRANSFER_PQ } },
    [17] = { "SMPTE 428", { .a = 1, .exponent = 2.6, .slope = 1 } },
    [18] = { "HLG", { .kind = UP_TRANSFER_HLG } },
};

static const transfer_entry *find_transfer(int code)
{
    bool known = code >= 0 && code < (int)(sizeof transfers / sizeof *transfers);
    return known && transfers[code].name ? &transfers[code] : NULL;
}

static const primaries_entry *find_primaries(int code)
{
    bool known = code >= 0 && code < (int)(sizeof primaries / sizeof *primaries);
    return known && primaries[code].name ? &primaries[code] : NULL;
}

bool up_h273_transfer(up_transfer *transfer, int code)
{
    const transfer_entry *entry = find_transfer(code);
    if (!entry)
        return false;
    *transfer = entry->transfer;
    transfer->white = 1;
    return true;
}

const double *up_h273_primaries(int code)
{
    const primaries_entry *entry = find_primaries(code);
    return entry ? entry->xy : NULL;
}

const char *up_cicp_transfer_name(int code)
{
    const transfer_entry *entry = find_transfer(code);
    return entry ? entry->name : NULL;
}

const char *up_cicp_primaries_name(int code)
{
    const primaries_entry *entry = find_primaries(code);
    return entry ? entry->name : NULL;
}
