#!/bin/sh
# Every script is clean for shellcheck.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

if ! command -v shellcheck >/dev/null && [ -z "${CI:-}" ]; then
	skip "shellcheck finds no fault" "shellcheck is not installed"
	finish
	exit
fi

scripts | sort >"$tmp/scripts"
while read -r script; do
	case $script in
	# Tests are subshells to begin with, take variables from what they load, and write scripts for jobs in
	# single quotes.
	*.bats) set -- -s bats -e SC2016,SC2030,SC2031,SC2034,SC2154 ;;
	*.bash) set -- -s bash ;;
	*) set -- ;;
	esac
	shellcheck -f gcc "$@" "$script" >"$tmp/found" 2>&1 || :
	judge "shellcheck finds no fault in $script" "$tmp/found"
done <"$tmp/scripts"

finish
