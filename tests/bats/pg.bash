# What the tests over PostgreSQL share besides lib.bash: a server of the file's own, and an instance on it.
# shellcheck shell=bash disable=SC2154

load lib.bash
script=$srcdir/tests/lib/postgresql

# Makes the server, which is started by whoever needs it; or says why pg_instance is to skip each test: bats takes a
# skip in setup_file for a failure.
pg_make() {
	local why

	if ! why=$("$script" there); then
		[ "${CI:-}" != true ] || return 1
		export PG_MISSING=$why
		return 0
	fi
	if ! grep -q '^#define WITH_POSTGRESQL' "$builddir/config.h"; then
		[ "${CI:-}" != true ] || return 1
		export PG_MISSING="built without PostgreSQL"
		return 0
	fi
	# Not below bats' own folder, which nobody else may enter.
	PG=$(mktemp -d /tmp/jobsched-pg.XXXXXX)
	export PG
	"$script" make "$PG"
}

pg_is_up() {
	pg_sql "SELECT 1" >/dev/null 2>&1
}

# It ends with whoever started it: the file, or a test.
pg_start() {
	[ -z "${PG_MISSING:-}" ] || return 0
	"$script" run "$PG" >>"$PG/log" 2>&1 3>&- 4>&- &
	poll 30 pg_is_up
}

# pg_end [INT|QUIT]: at once, with or without an orderly end.
pg_end() {
	local pid

	pid=$(head -n 1 "$PG/data/postmaster.pid" 2>/dev/null) || return 0
	kill -s "${1:-INT}" "$pid"
	poll 30 gone "$pid"
}

pg_remove() {
	[ -n "${PG:-}" ] || return 0
	pg_end QUIT || :
	rm -rf "$PG"
}

# The server is the whole file's.
setup_file() {
	pg_make
	pg_start
}

teardown_file() {
	pg_remove
}

pg_sql() {
	"$script" sql "$PG" "$1"
}

# pg_instance [CONFIG]: instance, on a new schema of the server.
pg_instance() {
	[ -z "${PG_MISSING:-}" ] || skip "$PG_MISSING"
	pg_is_up || pg_start
	pg_sql "DROP SCHEMA IF EXISTS jobsched CASCADE" 2>/dev/null
	URI=$("$script" uri "$PG")
	instance "$*"
	grep -v '^database = ' "$C" >"$C.new"
	printf 'database = "%s"\n' "$URI" >>"$C.new"
	mv "$C.new" "$C"
}
