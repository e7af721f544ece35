#include "base/memory.h"
#include "pipeline/run.h"
#include "pipeline/stage_prepare.h"

#include <math.h>

/* Making again may cost as much as the graph itself. */
#define MOST_REMADE 2.0

static up_status cut(up_run *run, up_stages *stages, up_stages_way way, double most_work,
                     up_error *error)
{
    const bool held = run->source->mapped.data != NULL;
    UP_TRY(up_stages_cut(stages, run->graph, way, held, most_work, error));
    up_status status = UP_OK;
    for (int s = 0; s < stages->count && status == UP_OK; s++)
        status = up_stage_prepare(&stages->stage[s], run->threads, run->band, !run->mapped, error);
    if (status != UP_OK)
        up_stages_free(stages);
    return status;
}

up_status up_run_prepare(up_run *run, bool mapped, up_error *error)
{
    const bool remakes = run->keep == UP_KEEP_NOTHING;
    up_run_clear(run);
    run->mapped = mapped;
    run->slots = run->threads > 1 ? run->threads + 2 : 1;
    UP_TRY(cut(run, &run->stages, remakes ? UP_STAGES_REMAKE : UP_STAGES_KEEP, INFINITY, error));
    up_stages_place(&run->stages, remakes || run->keep == UP_KEEP_IN_MEMORY ? SIZE_MAX : 0);
    return UP_OK;
}

up_status up_run_spend(up_run *run, size_t bytes, up_error *error)
{
    up_stages remade;
    if (run->keep != UP_KEEP_CHEAPEST || run->stages.count == 1)
        return UP_OK;
    size_t most = up_stages_peak(&run->stages);
    if (!up_add(most, bytes, &most))
        most = SIZE_MAX;
    if (up_stages_place(&run->stages, most))
        return UP_OK;
    UP_TRY(cut(run, &remade, UP_STAGES_REMAKE, MOST_REMADE * run->stages.work, error));
    if (remade.count > 0 && up_stages_place(&remade, most)) {
        const up_stages kept = run->stages;
        run->stages = remade;
        remade = kept;
    }
    up_stages_free(&remade);
    return UP_OK;
}

void up_run_clear(up_run *run)
{
    up_stages_free(&run->stages);
}

static const up_stage *last_stage(const up_run *run)
{
    return &run->stages.stage[run->stages.count - 1];
}

size_t up_run_group_bytes(const up_run *run, int output)
{
    return up_stage_group_bytes(last_stage(run), output);
}

size_t up_run_bytes(const up_run *run)
{
    size_t bytes = up_stages_peak(&run->stages);
    for (int o = 0; o < run->graph->outputs; o++)
        bytes += up_alloc_bytes(up_run_group_bytes(run, o) * run->slots);
    return bytes;
}

double up_run_multiply_adds(const up_run *run)
{
    double sum = 0;
    for (int s = 0; s < run->stages.count; s++)
        sum += up_graph_multiply_adds(run->stages.stage[s].graph);
    return sum;
}
