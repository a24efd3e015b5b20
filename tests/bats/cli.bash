# What the tests of jobsched without a daemon share besides lib.bash.
# shellcheck shell=bash

load lib.bash

# private: the test's own instance, found by the environment, so that plain `jobsched` uses it.
private() {
	instance
	# shellcheck disable=SC2034 # the tests use it
	dir=$T
	export JOBSCHED_CONFIG=$C JOBSCHED_DB=$T/jobs.db TZ=UTC TMPDIR=$T
}

# show: what the last command came to, for the log of a failure.
show() {
	# bats sets them.
	# shellcheck disable=SC2154
	echo "# status $status, stdout '$output', stderr '${stderr:-}'"
}

# refuses STATUS TEXT COMMAND...: ends with this status, says nothing on standard output, and one line with
# TEXT in it on standard error.
refuses() {
	local want=$1 text=$2

	shift 2
	run --separate-stderr "$@"
	show
	[ "$status" -eq "$want" ]
	[ -z "$output" ]
	# shellcheck disable=SC2154
	[ "${#stderr_lines[@]}" -eq 1 ]
	# shellcheck disable=SC2154
	[[ $stderr == "jobsched: "*"$text"* ]]
}

# succeeds COMMAND...: ends with 0; its standard output is in $output.
succeeds() {
	run --separate-stderr "$@"
	show
	[ "$status" -eq 0 ]
}

# of_output FUNCTION PATH: what SQLite's FUNCTION says of the JSON in $output.
of_output() {
	printf '%s' "$output" >"$BATS_TEST_TMPDIR/output.json"
	sqlite3 :memory: "SELECT $1(readfile('$BATS_TEST_TMPDIR/output.json'), '$2')"
}

# json PATH: the value at $.jobs[0].id, say; nothing for null and for what is not there.
json() {
	of_output json_extract "$1"
}

# json_type PATH: integer, real, text, true, false, null, array or object; nothing if it is not there.
json_type() {
	of_output json_type "$1"
}

# sql STATEMENT: in the test's database, which others may be using.
sql() {
	sqlite3 -cmd '.timeout 600000' "$JOBSCHED_DB" "$1"
}

# nobody_home: $nobody is the home of an account without rights, for as_nobody; the test is skipped where there
# can be none. It is for remove_nobody_home to take away.
nobody_home() {
	nobody_prefix=()
	nobody=$HOME
	[ "$(id -u)" -eq 0 ] || return 0
	nobody_prefix=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	nobody=$(mktemp -d /tmp/jobsched-test.XXXXXX)
	chown 65534:65534 "$nobody"
	# shellcheck disable=SC2154 # lib.bash sets it
	"${nobody_prefix[@]}" test -x "$builddir/jobsched" || skip "nobody cannot reach $builddir"
}

# as_nobody COMMAND...: as that account, without any setting of the test's own.
as_nobody() {
	HOME=$nobody JOBSCHED_CONFIG='' JOBSCHED_DB='' "${nobody_prefix[@]}" "$@"
}

remove_nobody_home() {
	[ "${nobody:-$HOME}" = "$HOME" ] || rm -rf "$nobody"
}
