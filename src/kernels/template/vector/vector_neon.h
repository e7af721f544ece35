/* SPDX-License-Identifier: MIT */
/* NEON of AArch64. Checked under emulation only, never timed. */
#ifndef UP_KERNELS_TEMPLATE_VECTOR_NEON_H
#define UP_KERNELS_TEMPLATE_VECTOR_NEON_H

#include "kernels/template/vector/vector_four.h"

#include <arm_neon.h>

INLINE vec multiply_add(vec a, vec b, vec c)
{
    return (vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}

INLINE void store_past(float *p, vec v)
{
    store(p, v);
}

INLINE vec choose(uint32x4_t take, vec a, vec b)
{
    return (vec)vbslq_f32(take, (float32x4_t)a, (float32x4_t)b);
}

INLINE vec least(vec a, vec b)
{
    return choose(vcltq_f32((float32x4_t)a, (float32x4_t)b), a, b);
}

INLINE vec most(vec a, vec b)
{
    return choose(vcgtq_f32((float32x4_t)a, (float32x4_t)b), a, b);
}

INLINE ints truncate(vec v)
{
    return (ints)vcvtq_s32_f32((float32x4_t)v);
}

INLINE ints widen_words(const void *p)
{
    return (ints)vmovl_u16(vld1_u16(p));
}

INLINE ints widen_bytes(const void *p)
{
    uint32_t four;
    memcpy(&four, p, 4);
    uint16x8_t words = vmovl_u8(vcreate_u8(four));
    return (ints)vmovl_u16(vget_low_u16(words));
}

INLINE void narrow_words(void *p, ints v)
{
    vst1_u16(p, vmovn_u32((uint32x4_t)v));
}

INLINE void narrow_bytes(void *p, ints v)
{
    uint16x4_t words = vmovn_u32((uint32x4_t)v);
    uint32_t four = vget_lane_u32((uint32x2_t)vmovn_u16(vcombine_u16(words, words)), 0);
    memcpy(p, &four, 4);
}

#define HAS_PICK

INLINE octets pick(octets from, octets at)
{
    return (octets)vqtbl1q_u8((uint8x16_t)from, (uint8x16_t)at);
}

INLINE ints merge_bytes(ints a, ints b, ints c, ints d)
{
    uint16x8_t ab = vcombine_u16(vqmovun_s32((int32x4_t)a), vqmovun_s32((int32x4_t)b));
    uint16x8_t cd = vcombine_u16(vqmovun_s32((int32x4_t)c), vqmovun_s32((int32x4_t)d));
    const octets order = { 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15 };
    return (ints)pick((octets)vcombine_u8(vqmovn_u16(ab), vqmovn_u16(cd)), order);
}

INLINE void store_bytes_3(void *p, ints a, ints b, ints c)
{
    pair v = (pair)merge_bytes(a, b, c, c);
    squeeze_words(p, (ints)((v & 0xffffff) | (v >> 8 & 0xffffff000000)));
}

INLINE shorts words_of_bytes(const void *p)
{
    return (shorts)vmovl_u8(vld1_u8(p));
}

INLINE shorts join_words(ints low, ints high)
{
    return (shorts)vcombine_s16(vqmovn_s32((int32x4_t)low), vqmovn_s32((int32x4_t)high));
}

INLINE ints pair_sums(shorts a, shorts b)
{
    int32x4_t low = vmull_s16(vget_low_s16((int16x8_t)a), vget_low_s16((int16x8_t)b));
    int32x4_t high = vmull_s16(vget_high_s16((int16x8_t)a), vget_high_s16((int16x8_t)b));
    return (ints)vpaddq_s32(low, high);
}

INLINE void store_levels(void *p, const ints v[4], bool past)
{
    (void)past;
    int8x8_t low = vqmovn_s16((int16x8_t)join_words(v[0], v[1]));
    int8x8_t high = vqmovn_s16((int16x8_t)join_words(v[2], v[3]));
    vst1q_u8(p, veorq_u8(vreinterpretq_u8_s8(vcombine_s8(low, high)), vdupq_n_u8(128)));
}

INLINE shorts word_order(shorts at)
{
    return at;
}

INLINE shorts pick_words(shorts windows, shorts at)
{
    return (shorts)pick((octets)windows, (octets)at);
}

#endif
