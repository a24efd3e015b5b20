#!/bin/sh
# Each header compiles alone, and twice: it brings what it needs, and has a guard.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

: "${CC:=cc}"
: "${HEADER_CPPFLAGS:=$(pkg-config --cflags libbsd-overlay)}"

compile() {
	# Compiler and flags are words. The build includes these two before everything else.
	# shellcheck disable=SC2086
	printf '#include "%s"\n#include "%s"\n' "$1" "$1" |
		$CC -fsyntax-only -x c -std=gnu11 -Wall -Wextra -Werror -I"$2" -Isrc -I"$builddir" \
			-I"$builddir/src" $HEADER_CPPFLAGS -include config.h -include base/ban.h -
}

for folder in src/* tests/fuzz tests/lib tests/unit; do
	[ -d "$folder" ] || continue
	# Those of the module for PostgreSQL need libpq.
	find "$folder" -name '*.h' | sort | if grep -qs '^#define WITH_POSTGRESQL' "$builddir/config.h"; then
		cat
	else
		grep -v /store/pg/ || :
	fi >"$tmp/headers"
	[ -s "$tmp/headers" ] || continue
	while read -r header; do
		compile "$srcdir/$header" "$srcdir/$folder" 2>&1 || echo "$header does not compile alone"
	done <"$tmp/headers" >"$tmp/found"
	judge "the headers of $folder compile alone" "$tmp/found"
done

finish
