/* How a stage is run: strips for the threads, bands for the cache, chunks for what streams. */
#ifndef UP_PIPELINE_STAGE_PREPARE_H
#define UP_PIPELINE_STAGE_PREPARE_H

#include "pipeline/stages.h"
#include "pipeline/strip.h"

/* `band` > 0: that many rows; `streams`: what the stage makes for sinks goes there row by row. */
up_status up_stage_prepare(up_stage *stage, int threads, int band, bool streams, up_error *error);

/* Of a prepared stage, with the memory laid out but not yet taken. */
up_status up_stage_strips(const up_stage *stage, up_strips *strips, up_error *error);

/* Raw bytes of the largest chunk of an output. */
size_t up_stage_group_bytes(const up_stage *stage, int output);

#endif
