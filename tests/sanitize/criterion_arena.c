/* SPDX-License-Identifier: MIT */
/*
 * Criterion shares memory with the processes of its tests at an address it takes from rand_r():
 * base 0x200000000000 plus multiples of 16 MiB. Under ThreadSanitizer nearly all of these are
 * taken; this rand_r() leads it to where programs may map memory.
 */
__attribute__((visibility("default"))) int rand_r(unsigned *seed);

int rand_r(unsigned *seed)
{
    *seed += 1;
    return 0x366000 + (int)(*seed & 0xfff);
}
