#!/bin/sh
# That what measures still runs, in sizes that say nothing of speed. The peers are left to `make bench`.
set -u
srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
builddir=${builddir:-$srcdir}
export srcdir builddir
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
echo 1..2

if [ ! -x "$builddir/tests/bench/tiny" ]; then
	echo "ok 1 - each figure is measured # SKIP the small job is not built"
	echo "ok 2 - nothing is left behind # SKIP"
	exit 0
fi
ROUNDS=1 JOBS=30 DUE=20 BULK=2000 MANY=2000 ENTRIES=100 RUNNING=5 SUBMITS=3 IDLE=1 PEERS='' TMPDIR=$tmp \
	bash "$srcdir/tests/bench/bench" spawn cost minute start submit bulk claim restart \
	>"$tmp/out" 2>"$tmp/err" </dev/null && status=0 || status=$?
sed 's/^/# /' "$tmp/out"
rows=$(sed '1,/^figure/d' "$tmp/out" | wc -l)
if [ "$status" -eq 0 ] && [ "$rows" -eq 15 ]; then
	echo "ok 1 - each figure is measured"
else
	echo "not ok 1 - each figure is measured"
	echo "# status $status, $rows rows"
	sed 's/^/# /' "$tmp/err"
fi
if [ -z "$(find "$tmp" -name 'jobsched-bench.*')" ]; then
	echo "ok 2 - nothing is left behind"
else
	echo "not ok 2 - nothing is left behind"
fi
