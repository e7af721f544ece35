#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# parallel.sh PLAN.jsonl [HOST,HOST...]: all shards by GNU parallel, over ssh where hosts are named (":"
# is this one), each tried up to 5 times. Can be broken off and begun again.
set -euo pipefail
plan=$1
shards=$(head -n 1 "$plan" | sed 's/.*"shards":\([0-9]*\).*/\1/')
where=(--jobs 100%)
[ $# -lt 2 ] || where=(--sshlogin "$2" --jobs 1 --workdir "$PWD")
seq "$shards" | parallel "${where[@]}" --retries 5 --delay 0.05 --termseq TERM,5000,KILL,25 \
    upscale --manifest "$plan" --shard "{}/$shards" --quiet || true
upscale verify "$plan" -o "$plan.missing" --overwrite
