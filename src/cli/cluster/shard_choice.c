/* SPDX-License-Identifier: MIT */
#include "cli/cluster/shard_choice.h"

#include "cli/batch/file_types.h"
#include "cli/show/cli_text.h"
#include "cli/show/console.h"
#include "upscale_cluster.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* What schedulers put into the environment of a task. */
typedef struct {
    const char *index, *count, *least; /* least: the first index, where it may be any */
    int first;                         /* else this is */
} source;

static const source sources[] = {
    { "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", 0 },
    { "JOB_COMPLETION_INDEX", NULL, NULL, 0 },
    { "AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", NULL, 0 },
    { "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", NULL, 0 },
    { "PMI_RANK", "PMI_SIZE", NULL, 0 },
    { "PBS_ARRAY_INDEX", NULL, NULL, 1 },
};

typedef struct {
    const char *name;
    int shard, of; /* of 0: not known */
} found;

/* A whole number, all of the text; -1: it is none. */
static int whole(const char *text)
{
    char *end;
    if (!text || *text < '0' || *text > '9')
        return -1;
    const long value = strtol(text, &end, 10);
    return *end || value > INT_MAX - 1 ? -1 : (int)value;
}

static bool look(const source *s, found *f)
{
    const int index = whole(getenv(s->index));
    const int count = s->count ? whole(getenv(s->count)) : -1;
    const int least = s->least && getenv(s->least) ? whole(getenv(s->least)) : s->first;
    if (index < 0)
        return false;
    *f = (found){ s->index, index - least + 1, count > 0 ? count : 0 };
    return true;
}

static bool disagree(const found *a, const found *b)
{
    return a->shard != b->shard || (a->of && b->of && a->of != b->of);
}

/* One rank alone says nothing: tasks of arrays are often started that way. */
static bool find(found *f)
{
    found other;
    f->name = NULL;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        if (!look(&sources[i], &other) || (f->name && other.of == 1))
            continue;
        if (f->name && f->of != 1 && disagree(f, &other)) {
            cli_say("--shard auto: %s says %d and %s says %d; give --shard I/N", f->name, f->shard,
                    other.name, other.shard);
            return false;
        }
        if (!f->name || f->of == 1 || !f->of)
            *f = other;
    }
    if (f->name)
        return true;
    cli_say("--shard auto: nothing in the environment tells which shard this is (%s, %s, %s ...); "
            "give --shard I/N",
            sources[0].index, sources[1].index, sources[2].index);
    return false;
}

static bool choose_auto(const char *text, int shards, bool quiet, int *shard, int *of)
{
    found f;
    const int said = text[4] == '/' ? whole(text + 5) : 0;
    if (!find(&f))
        return false;
    *of = said > 0 ? said : shards ? shards : f.of;
    *shard = f.shard;
    if (*of == 0) {
        cli_say("--shard auto: %s tells no number of tasks; give --shard auto/N", f.name);
        return false;
    }
    if (f.of && f.of != *of) {
        cli_say("--shard auto: %s is of %d tasks, and the shards are %d; give --shard I/%d, which "
                "task I is to do",
                f.name, f.of, *of, *of);
        return false;
    }
    if (!quiet)
        cli_say("shard %d of %d, by %s", *shard, *of, f.name);
    return true;
}

static bool choose_said(const char *text, int *shard, int *of)
{
    const char *slash = strchr(text, '/');
    char index[16] = "";
    if (slash && slash - text < (long)sizeof index)
        memcpy(index, text, (size_t)(slash - text));
    *shard = whole(index);
    *of = slash ? whole(slash + 1) : -1;
    if (*shard >= 0 && *of > 0)
        return true;
    cli_say("--shard: '%s' is not I/N, such as 1/8, nor auto", text);
    return false;
}

bool cli_shard_choose(const char *text, int shards, bool quiet, int *shard, int *of)
{
    const bool is_auto = strcmp(text, "auto") == 0 || strncmp(text, "auto/", 5) == 0;
    if (is_auto ? !choose_auto(text, shards, quiet, shard, of) : !choose_said(text, shard, of))
        return false;
    if (shards && *of != shards) {
        cli_say("--shard: the plan has %d shards, not %d; 'upscale plan --shards %d' makes another",
                shards, *of, *of);
        return false;
    }
    if (*shard < 1 || *shard > *of) {
        cli_say("--shard: %d is not among the shards 1 to %d", *shard, *of);
        return false;
    }
    return true;
}

bool cli_shard_take(cli_inputs *inputs, const cli_settings *s)
{
    int shard, of;
    size_t kept = 0;
    if (!s->shard)
        return true;
    if (!cli_shard_choose(s->shard, 0, s->quiet, &shard, &of))
        return false;
    for (size_t i = 0; i < inputs->count; i++) {
        cli_input *input = &inputs->item[i];
        char *name = cli_format("%s%s", input->folder, cli_base_name(input->path));
        const char *known = inputs->many ? name : input->path;
        const bool own = up_piece_key(known) % (uint64_t)of == (uint64_t)(shard - 1);
        free(name);
        if (own) {
            inputs->item[kept++] = *input;
        } else {
            free(input->path);
            free(input->folder);
        }
    }
    inputs->count = kept;
    inputs->many = true; /* the others are made elsewhere */
    return true;
}
