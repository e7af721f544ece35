/* SPDX-License-Identifier: MIT */
/*
 * Is ThreadSanitizer of any use here? Tasks ordered by their depend clauses must pass, and with any
 * argument (the clauses then name the wrong slot) they must be caught: two CTest tests.
 */
#include <stdio.h>

/* In one round, on a busy machine, one thread may do all the tasks. */
enum { TASKS = 64, SLOTS = 4, ROUNDS = 100 };

static int work(int wrong)
{
    int slot_sum[SLOTS] = { 0 }, out[TASKS] = { 0 };
    char token[SLOTS];
#pragma omp parallel num_threads(4)
#pragma omp single
    for (int i = 0; i < TASKS; i++) {
        int slot = i % SLOTS, other = (slot + wrong) % SLOTS;
#pragma omp task depend(inout : token[slot]) firstprivate(i, slot)
        slot_sum[slot] += i;
#pragma omp task depend(inout : token[other]) firstprivate(i, slot)
        {
            for (int k = 0; k < 4; k++) {
#pragma omp task if (k < 3) firstprivate(i, k, slot)
                if (k == i % 4)
                    out[i] = slot_sum[slot];
            }
#pragma omp taskwait
        }
    }
    int sum = 0;
    for (int i = 0; i < TASKS; i++)
        sum += out[i];
    return sum;
}

int main(int argc, char **argv)
{
    (void)argv;
    int sum = 0;
    for (int i = 0; i < ROUNDS; i++)
        sum += work(argc > 1);
    printf("%d\n", sum);
    return 0;
}
