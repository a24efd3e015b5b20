#!/bin/sh
# The floors of src/README: a file includes only from its own folder and from floors below it.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# Each floor, and what it may include besides itself.
cat >"$tmp/floors" <<'END'
base
time base
job base time
wire base time job
store base time job
tab base time job
conf base time job
runner base time job wire
daemon base time job wire store tab conf
cli base time job wire store tab conf
END

find src -mindepth 1 -maxdepth 1 -type d | sed 's,^src/,,' | sort >"$tmp/folders"
sed 's/ .*//' "$tmp/floors" | sort >"$tmp/known"
comm -3 "$tmp/folders" "$tmp/known" >"$tmp/found"
judge "every folder of src is a floor" "$tmp/found"

while read -r floor; do
	grep -q "^  $floor " src/README || echo "src/README does not name $floor"
done <"$tmp/known" >"$tmp/found"
judge "src/README names every floor" "$tmp/found"

# FILE LINE INCLUDED, for what stands in quotes.
find src -name '*.[ch]' -exec grep -Hn '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' {} + |
	sed 's/^\([^:]*\):\([0-9]*\):[^"]*"\([^"]*\)".*/\1 \2 \3/' >"$tmp/includes"

awk 'NR == FNR { for (i = 1; i <= NF; i++) may[$1, $i] = 1; next }
	{
		split($1, from, "/")
		split($3, to, "/")
		if (!((from[2], to[1]) in may))
			print $1 ":" $2 ": " from[2] " must not include " $3
	}' "$tmp/floors" "$tmp/includes" >"$tmp/found"
judge "includes point to lower floors only" "$tmp/found"

# Within the store: what each of its folders may include besides itself. The logic knows no engine.
cat >"$tmp/within" <<'END'
store store/sqlite
store/sql store
store/sqlite store store/sql
store/pg store store/sql
END

find src -mindepth 2 -type d | sed 's,^src/,,' | sort >"$tmp/folders"
sed 's/ .*//' "$tmp/within" | sort | comm -23 "$tmp/folders" - >"$tmp/found"
judge "every folder of a floor has its place in it" "$tmp/found"

awk 'function folder(path) { sub(/\/[^\/]*$/, "", path); return path }
	NR == FNR { may[$1, $1]; for (i = 2; i <= NF; i++) may[$1, $i]; known[$1]; next }
	{
		from = folder(substr($1, 5))
		to = folder($3)
		if (from in known && to in known && !((from, to) in may))
			print $1 ":" $2 ": " from " must not include " $3
	}' "$tmp/within" "$tmp/includes" >"$tmp/found"
judge "the store's logic includes no engine, and no engine another" "$tmp/found"

# Whose header of an engine it is.
for pair in sqlite3.h:sqlite libpq-fe.h:pg; do
	grep -rn "#[[:space:]]*include[[:space:]]*<${pair%:*}>" src | grep -v "^src/store/${pair#*:}/" || :
done >"$tmp/found"
judge "an engine is known to its own folder only" "$tmp/found"

while read -r file line included; do
	[ -f "src/$included" ] || [ -f "$builddir/src/$included" ] ||
		echo "$file:$line: there is no src/$included"
done <"$tmp/includes" >"$tmp/found"
judge "includes name the floor and a file that is there" "$tmp/found"

# tsort names the loops it finds on stderr.
awk '$1 ~ /\.h$/ { sub(/^src\//, "", $1); print $1, $3 }' "$tmp/includes" |
	tsort 2>"$tmp/found" >/dev/null || :
judge "no header includes itself by way of others" "$tmp/found"

finish
