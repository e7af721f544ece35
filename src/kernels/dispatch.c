#include "kernels/variants.h"

#include "upscale.h"

int up_kernels_all(const up_kernels *all[], int most)
{
    int count = 0;
    if (count < most)
        all[count++] = &up_kernels_reference;
    return count;
}

const up_kernels *up_kernels_get(void)
{
    return &up_kernels_reference;
}

const char *up_cpu_name(void)
{
    return up_kernels_get()->name;
}
