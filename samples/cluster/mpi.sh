#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# mpi.sh PLAN.jsonl [MPIRUN-OPTION...]: a rank for each shard; ranks never wait for each other.
set -euo pipefail
plan=$1
shift
shards=$(head -n 1 "$plan" | sed 's/.*"shards":\([0-9]*\).*/\1/')
# The others go on where one fails.
mpirun -n "$shards" "$@" sh -c 'upscale --manifest "$0" --shard auto --quiet || true' "$plan"
upscale verify "$plan" -o "$plan.missing" --overwrite
