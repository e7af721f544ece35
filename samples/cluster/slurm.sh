#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# slurm.sh PLAN.jsonl [ROUNDS [SBATCH-OPTION...]]: an array of as many tasks as the plan has shards,
# and behind it a job that verifies; what is missing then is tried again, ROUNDS times in all (3).
set -euo pipefail
plan=$1 rounds=${2:-3}
self=$(realpath "${BASH_SOURCE[0]}")
shift $(($# > 1 ? 2 : 1))
shards=$(head -n 1 "$plan" | sed 's/.*"shards":\([0-9]*\).*/\1/')

# 75: another try may help. Slurm sends TERM and, after KillWait, KILL: upscale needs less than 5 s.
array=$(sbatch --parsable --requeue --job-name=upscale --array="1-$shards" --output=/dev/null "$@" <<SCRIPT
#!/usr/bin/env bash
upscale --manifest '$plan' --shard auto --quiet &
trap 'kill -TERM \$!' TERM
until wait \$!; code=\$?; [ \$code -eq 0 ] || ! kill -0 \$! 2>/dev/null; do :; done
if [ \${code:-0} -eq 75 ] && [ \${SLURM_RESTART_COUNT:-0} -lt 5 ]; then
    scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}"
fi
exit \${code:-0}
SCRIPT
)
sbatch --parsable --job-name=upscale-verify --dependency="afterany:$array" --output="$plan.verified" "$@" <<SCRIPT
#!/usr/bin/env bash
upscale verify '$plan' -o '$plan.missing' --overwrite && exit
[ $rounds -le 1 ] || '$self' '$plan' $((rounds - 1)) $*
exit 1
SCRIPT
