#!/bin/sh
# Rooms stay small: the largest files and functions are shown, so that drift is seen. Only what is past
# the bounds is a failure: 500 lines for a file of src, 900 for a test, 100 for a function.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

c_files | while read -r file; do
	printf '%d %s\n' "$(wc -l <"$file")" "$file"
done | sort -rn >"$tmp/files"

# In this style only a function has a brace alone in the first column; its name is above it.
# shellcheck disable=SC2016
c_files | xargs awk '
	FNR == 1 { start = 0 }
	/^[A-Za-z_][A-Za-z0-9_]*\(/ { name = $0; sub(/\(.*/, "", name) }
	/^\{/ { start = FNR }
	/^\}/ && start { print FNR - start + 1, name, FILENAME; start = 0 }' | sort -rn >"$tmp/functions"

echo "# the largest files:"
head -n 10 "$tmp/files" | sed 's/^/#   /'
echo "# the longest functions:"
head -n 10 "$tmp/functions" | sed 's/^/#   /'

awk '$1 > ($2 ~ /^tests\// ? 900 : 500)' "$tmp/files" >"$tmp/found"
judge "no file is past the bound" "$tmp/found"
awk '$1 > 100' "$tmp/functions" >"$tmp/found"
judge "no function is past the bound" "$tmp/found"

finish
