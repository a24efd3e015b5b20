#!/bin/sh
# What is installed has no failpoint in it, unless it was asked for.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

programs='jobsched jobschedd jobsched-runner jobsched-session'
names=$(sed -n 's/^	{ "\([a-z.]*\)", [a-z]*, ".*/\1/p' src/base/failpoint.c)

built_in() {
	for program in $programs; do
		[ ! -f "$builddir/$program" ] || for name in $names JOBSCHED_FAILPOINTS; do
			! grep -qaF "$name" "$builddir/$program" || echo "$program: $name"
		done
	done
}

# Each is in the code at one place, and each place is in the table.
used() {
	grep -rhoE 'FAILPOINT\("[^"]*"\)' src --include='*.c' | sed 's/.*"\(.*\)".*/\1/' | sort
}

printf '%s\n' "$names" | sort >"$tmp/names"
used | diff "$tmp/names" - >"$tmp/found" || :
judge "each failpoint is at one place of the code, and has its sentence" "$tmp/found"

if grep -q '^#define FAILPOINTS' "$builddir/config.h" 2>/dev/null; then
	skip "no failpoint is in what is installed" "they were asked for"
elif [ ! -f "$builddir/jobschedd" ]; then
	skip "no failpoint is in what is installed" "nothing is built"
else
	built_in >"$tmp/found"
	judge "no failpoint is in what is installed" "$tmp/found"
fi

finish
