/* SPDX-License-Identifier: MIT */
#include "support/pictures/upscaled.h"
#include "support/scratch.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static process_result run(const char *input, const char *output, const process_args *flags)
{
    process_args args = { 0 };
    args_add(&args, "%s", UP_PROGRAM);
    args_add(&args, "%s", input);
    args_add(&args, "-o");
    args_add(&args, "%s", output);
    args_split(&args, "--threads 1");
    for (int i = 0; i < flags->count; i++)
        args_add(&args, "%s", flags->item[i]);
    unlink(output);
    process_result result = process_run((const char *const *)args.item, NULL);
    args_free(&args);
    return result;
}

ndarray upscaled(const char *input, const process_args *flags, const char *what)
{
    const char *output = scratch_path("upscaled.npy");
    process_result result = run(input, output, flags);
    cr_expect_eq(result.exit_code, 0, "%s: exit code %d: %s", what, result.exit_code, result.err);
    ndarray a = { 0 };
    if (result.exit_code == 0)
        a = ndarray_load(output);
    process_free(&result);
    return a;
}

void expect_refused(const char *input, const process_args *flags, const char *what)
{
    const char *output = scratch_path("refused.npy");
    process_result result = run(input, output, flags);
    cr_expect(result.exit_code == 1 || result.exit_code == 2, "%s: exit code %d: %s", what,
              result.exit_code, result.err);
    cr_expect_gt(result.err_size, 20, "%s: no clear error: %s", what, result.err);
    cr_expect(!file_exists(output), "%s: refused, but there is an output", what);
    process_free(&result);
}

void args_split(process_args *args, const char *words)
{
    while (*words) {
        size_t length = strcspn(words, " ");
        args_add(args, "%.*s", (int)length, words);
        words += length + (words[length] == ' ');
    }
}
