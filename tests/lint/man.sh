#!/bin/sh
# The manual pages are right mdoc, and have the sections that people look for.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

find man -name '*.[1-8]' | sort >"$tmp/pages"
[ -s "$tmp/pages" ] || echo "there is no page" >"$tmp/none"
touch "$tmp/none"
judge "there are manual pages" "$tmp/none"

if ! command -v mandoc >/dev/null && [ -z "${CI:-}" ]; then
	skip "mandoc finds no fault" "mandoc is not installed"
	finish
	exit
fi

while read -r page; do
	mandoc -T lint -W warning "$page" >"$tmp/found" 2>&1 || :
	judge "mandoc finds no fault in $page" "$tmp/found"
done <"$tmp/pages"

while read -r page; do
	case $page in
	*.[18]) set -- "EXIT STATUS" FILES ENVIRONMENT EXAMPLES ;;
	*) set -- EXAMPLES ;;
	esac
	for section; do
		grep -q "^\.Sh $section\$" "$page" || echo "$page has no section $section"
	done
done <"$tmp/pages" >"$tmp/found"
judge "each page has the sections of its kind" "$tmp/found"

finish
