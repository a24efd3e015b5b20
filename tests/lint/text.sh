#!/bin/sh
# What a reader of any file may count on.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

{
	find . -maxdepth 1 -type f \( -name README -o -name NEWS -o -name Makefile.am -o -name configure.ac \)
	find .ci contrib examples man src tests -type f ! -path 'tests/data/*' \
		! -path 'tests/fuzz/corpus/*' ! -path '*/.deps/*' ! -name '*.o' ! -name '*.a' \
		! -name '*.log' ! -name '*.trs' -exec grep -Il '' {} +
} | sort >"$tmp/texts"

# check NAME FUNCTION: what the function says is what was found.
check() {
	"$2" >"$tmp/found"
	judge "$1" "$tmp/found"
}

# in_texts PATTERN: the lines of all texts that have it.
in_texts() {
	xargs -d '\n' grep -HnE "$1" <"$tmp/texts" || :
}

# The words are cut in two so that this file has none of them.
left_open() {
	in_texts '\<(TO''DO|FIX''ME|XX''X|HA''CK)\>'
}

commented_out() {
	c_files | xargs grep -HnE '^[[:space:]]*(//|#[[:space:]]*if[[:space:]]+0)' || :
	c_files | xargs grep -HnE '^[[:space:]]*/\*.*[;{}][[:space:]]*\*/[[:space:]]*$' || :
}

# A case in a table of a test stays on its one line, however long its texts are.
long_lines() {
	c_files | while read -r file; do
		expand "$file" | grep -nE '^.{101}' | case $file in
		tests/*) grep -v '"' ;;
		*) cat ;;
		esac | sed "s|^\([0-9]*\):.*|$file:\1|" || :
	done
}

blank_ends() {
	in_texts '[[:blank:]]+$'
}

carriage_returns() {
	in_texts "$(printf '\r')"
}

open_ends() {
	while read -r file; do
		[ ! -s "$file" ] || [ -z "$(tail -c 1 "$file")" ] || echo "$file"
	done <"$tmp/texts"
}

silent_c_files() {
	c_files | while read -r file; do
		head -n 1 "$file" | grep -q '^/\*' || echo "$file"
	done
}

# The second line says it, after the one that names the interpreter; the first where there is none.
silent_scripts() {
	scripts | while read -r file; do
		sed -n '1p;2p' "$file" | grep -q '^# ' || echo "$file"
	done
}

not_in_tarball() {
	(unset MAKEFLAGS MFLAGS MAKELEVEL && cd "$builddir" && make --no-print-directory -s dist-list) |
		sed "s|^$srcdir/||; s|^\(\.*/\)*||" | sort -u >"$tmp/dist"
	grep -vxF .gitignore "$tmp/tracked" | sort -u | while read -r file; do
		[ ! -f "$file" ] || grep -qxF "$file" "$tmp/dist" || echo "$file"
	done
}

check "nothing is left to be done later" left_open
check "no code is commented out" commented_out
check "lines of C have at most 100 columns" long_lines
check "no line ends in blanks" blank_ends
check "no line ends in a carriage return" carriage_returns
check "every text ends with a line end" open_ends
check "every C file begins with a comment" silent_c_files
check "every script begins with a comment" silent_scripts

# A tarball has no repository, and what is there is what was put in.
if git -c safe.directory='*' ls-files >"$tmp/tracked" 2>/dev/null && [ -f "$builddir/Makefile" ]; then
	check "every tracked file is in the tarball" not_in_tarball
else
	skip "every tracked file is in the tarball" "this is no repository"
fi

finish
