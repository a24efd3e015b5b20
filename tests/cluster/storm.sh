#!/bin/sh
# A short storm on several hosts: see README. CLUSTER_SECONDS and CLUSTER_SEED make it longer, or another one.
builddir=${builddir:-$(cd "$(dirname "$0")/../.." && pwd)}
srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
seed=${CLUSTER_SEED:-1}
seconds=${CLUSTER_SECONDS:-40}
what="several hosts: nothing is lost, and nothing runs twice, in $seconds s of faults, seed $seed"

said=$(grep -q '^#define WITH_POSTGRESQL' "$builddir/config.h" || exit 77
	timeout $((seconds + 900)) "$srcdir/tests/cluster/storm" -b "$builddir" -B -S "$seed" -s "$seconds" 2>&1)
status=$?
case $status,${CI:-} in
0,*) echo "ok 1 - $what" ;;
77,true) echo "not ok 1 - $what: there is no PostgreSQL" ;;
77,*) echo "ok 1 - $what # SKIP there is no PostgreSQL" ;;
*) echo "not ok 1 - $what" ;;
esac
printf '%s\n' "$said" | sed 's/^/# /'
echo 1..1
