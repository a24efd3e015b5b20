#!/bin/sh
# A fault at some steps of each program, of each kind: see steps. STEPS_EVERY makes it more of them, STEPS_FIRST
# others; by hand `steps` goes through all.
builddir=${builddir:-$(cd "$(dirname "$0")/../.." && pwd)}
srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
every=${STEPS_EVERY:-1}
first=${STEPS_FIRST:-11}

if [ ! -f "$builddir/tests/faults/shim.so" ]; then
	echo "1..0 # SKIP calls that fail are not built in beside the sanitizers"
	exit 0
fi

# try PROGRAM MODE STEP LAST
n=0
try() {
	n=$((n + 1))
	step=$(($3 / every))
	if said=$("$srcdir/tests/faults/steps" -b "$builddir" -p "$1" -m "$2" -f "$first" -l "$4" \
		-s $((step > 0 ? step : 1)) 2>&1); then
		echo "ok $n - $1, $2: nothing is lost, and nothing runs twice"
	else
		echo "not ok $n - $1, $2: nothing is lost, and nothing runs twice"
	fi
	printf '%s\n' "$said" | sed 's/^/# /'
}

for mode in kill fail stop; do
	try jobschedd "$mode" 97 300
	try jobsched-runner "$mode" 67 200
	# A command is run in the foreground, and nobody would let it go on; storms stop them.
	[ "$mode" = stop ] || try jobsched "$mode" 29 80
done
try jobschedd heap 5003 19000
try jobsched-runner heap 1201 3900
try jobsched heap 211 620
echo "1..$n"
