# What the lint tests share: TAP, and where the sources are. Each test reads it first and ends with `finish`.
# shellcheck shell=sh
set -eu
LC_ALL=C.UTF-8
export LC_ALL
tests=0
failed=0
srcdir=${srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
builddir=${builddir:-$srcdir}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$srcdir"

# judge NAME FILE: holds if FILE is empty; what is in it is what was found.
judge() {
	tests=$((tests + 1))
	if [ -s "$2" ]; then
		failed=$((failed + 1))
		echo "not ok $tests - $1"
		sed 's/^/#   /' "$2"
	else
		echo "ok $tests - $1"
	fi
}

# skip NAME REASON
skip() {
	tests=$((tests + 1))
	echo "ok $tests - $1 # SKIP $2"
}

finish() {
	echo "1..$tests"
	[ "$failed" -eq 0 ]
}

# The C files, in-tree build products left out.
c_files() {
	find src tests -name '*.[ch]' | sort
}

# Everything that sh or bats runs, by its name or its first line.
scripts() {
	find .ci contrib examples tests -type f \( -name '*.sh' -o -name '*.bash' -o -name '*.bats' \)
	find .ci contrib examples tests src -type f ! -name '*.sh' ! -name '*.bash' ! -name '*.bats' \
		! -name '*.[cho]' ! -path 'tests/fuzz/corpus/*' -size -200k -exec sh -c '
		for f; do
			read -r first <"$f" 2>/dev/null || [ -n "$first" ] || continue
			case $first in
			"#!"*/sh | "#!"*/bash | "#!/bin/sh "* | "#!/usr/bin/env "*sh) echo "$f" ;;
			esac
		done' sh {} +
}
