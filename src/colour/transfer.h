/* SPDX-License-Identifier: MIT */
/* Transfer functions: what light a sample stands for. */
#ifndef UP_COLOUR_TRANSFER_H
#define UP_COLOUR_TRANSFER_H

typedef enum {
    UP_TRANSFER_CURVE, /* ((v + a - 1) / a)^exponent, v / slope below the knee: gamma, sRGB, video
                        */
    UP_TRANSFER_LOG,   /* 10^(decades * (v - 1)) */
    UP_TRANSFER_PQ,    /* SMPTE ST 2084; 1 is 10,000 cd/m2 */
    UP_TRANSFER_HLG,   /* ARIB STD-B67: light of the scene */
    UP_TRANSFER_TABLE,
} up_transfer_kind;

#define UP_TRANSFER_STEPS 65535 /* of a table: the codes of 16 bits */

typedef struct {
    up_transfer_kind kind;
    double a, exponent, slope, knee; /* CURVE */
    double decades;                  /* LOG */
    const float *table;              /* TABLE: light of each code, never falling; not owned */
    double black, white;             /* the samples, of 0..1, that v = 0 and 1 are */
} up_transfer;

up_transfer up_transfer_gamma(double exponent); /* light = v^exponent */
up_transfer up_transfer_srgb(void);             /* IEC 61966-2-1 */

/* Of samples where 0..1 is their range; what lies outside is continued: below 0 mirrored. */
double up_transfer_to_light(const up_transfer *transfer, double sample);
double up_transfer_from_light(const up_transfer *transfer, double light);

/* The curves by which the samples of one picture become light. */
typedef struct {
    up_transfer curve[3]; /* of the colours, where there are three; else curve[0] of all */
    int curves;           /* 1 or 3; 0: samples are taken as they are */
    float *tables;        /* owned */
    char name[64];        /* what it is, and what says so: "PQ (cICP)" */
} up_light;

void up_light_free(up_light *light);

#endif
