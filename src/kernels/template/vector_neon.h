/* NEON of AArch64. Built and tested under emulation only. */
#ifndef UP_KERNELS_TEMPLATE_VECTOR_NEON_H
#define UP_KERNELS_TEMPLATE_VECTOR_NEON_H

#include <arm_neon.h>

INLINE vec multiply_add(vec a, vec b, vec c)
{
    return (vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}

INLINE vec least(vec a, vec b)
{
    return (vec)vbslq_f32(vcltq_f32((float32x4_t)a, (float32x4_t)b), (float32x4_t)a,
                          (float32x4_t)b);
}

INLINE vec most(vec a, vec b)
{
    return (vec)vbslq_f32(vcgtq_f32((float32x4_t)a, (float32x4_t)b), (float32x4_t)a,
                          (float32x4_t)b);
}

INLINE void zip(vec a, vec b, vec *low, vec *high)
{
    *low = (vec)vzip1q_f32((float32x4_t)a, (float32x4_t)b);
    *high = (vec)vzip2q_f32((float32x4_t)a, (float32x4_t)b);
}

#endif
