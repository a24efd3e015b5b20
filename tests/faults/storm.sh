#!/bin/sh
# A short storm of one seed: see README. STORM_SECONDS and STORM_SEED make it longer, or another one.
builddir=${builddir:-$(cd "$(dirname "$0")/../.." && pwd)}
seed=${STORM_SEED:-1}
seconds=${STORM_SECONDS:-25}

said=$(timeout $((seconds + 400)) "$builddir/tests/faults/storm" --seed="$seed" --seconds="$seconds" \
	--clients=10 2>&1)
status=$?
what="nothing is lost, and nothing runs twice, in $seconds s of faults, seed $seed"
if [ "$status" -eq 0 ]; then
	echo "ok 1 - $what"
else
	echo "not ok 1 - $what"
fi
printf '%s\n' "$said" | sed 's/^/# /'
echo 1..1
