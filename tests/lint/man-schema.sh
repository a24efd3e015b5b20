#!/bin/sh
# jobsched-db(7) names every table, view and public column that there is, and no other; and its examples can be run.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

page=man/jobsched-db.7
schema=src/store/sqlite/schema.sql
if ! command -v sqlite3 >/dev/null && [ -z "${CI:-}" ]; then
	skip "the manual of the database fits the schema" "sqlite3 is not installed"
	finish
	exit
fi

db=$tmp/schema.db
sqlite3 "$db" <"$schema" >"$tmp/found" 2>&1 || :
judge "the schema is accepted by sqlite3" "$tmp/found"

# Words that the page sets in bold, but for what is of another kind.
sed -n 's/^\.\(It \|\)Sy //p; s/^\.Pq Sy //p; s/^.*No and Sy //p' "$page" |
	sed 's/ Ta .*//; s/ Sy / /g; s/ No .*//' | tr -s ' ,.' '\n' | grep '^[a-z_][a-z_]*$' | sort -u >"$tmp/named"

sqlite3 "$db" "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'" |
	sort >"$tmp/tables"
comm -13 "$tmp/named" "$tmp/tables" >"$tmp/found"
judge "the manual names every table and view" "$tmp/found"

sqlite3 "$db" "SELECT DISTINCT c.name FROM sqlite_master m, pragma_table_info(m.name) c
	WHERE m.type IN ('table', 'view')" | sort -u - "$tmp/tables" >"$tmp/there"
comm -23 "$tmp/named" "$tmp/there" >"$tmp/found"
judge "the manual names no table or column that is not there" "$tmp/found"

sqlite3 "$db" "SELECT c.name FROM pragma_table_info('job_status') c UNION SELECT c.name FROM pragma_table_info('ledger') c" |
	sort -u | comm -13 "$tmp/named" - >"$tmp/found"
judge "the manual names every column of the views" "$tmp/found"

sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$page" | awk '
	/^\.Bd/ { on = 1; next }
	/^\.Ed/ { on = 0 }
	on { gsub(/\\e/, "\\"); print }' >"$tmp/examples.sql"
[ -s "$tmp/examples.sql" ] || echo "there are no examples" >"$tmp/examples.sql"
sqlite3 "$db" <"$tmp/examples.sql" >/dev/null 2>"$tmp/found" || :
judge "the examples of the manual can be run" "$tmp/found"

finish
