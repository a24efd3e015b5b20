# What the bats tests share. Each test has a folder, with a config and everything else in it, and no
# process of it outlives the test.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

# `make check` sets both.
srcdir=${srcdir:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
builddir=${builddir:-$srcdir}
export PATH="$builddir:$PATH"
# JOBSCHED_TEST_WRAP: words before each of our programs, "valgrind ..."; see ../faults/README.
if [ -n "${JOBSCHED_TEST_WRAP:-}" ]; then
	for program in jobsched jobschedd; do
		[ -x "$BATS_RUN_TMPDIR/wrap/$program" ] && continue
		mkdir -p "$BATS_RUN_TMPDIR/wrap"
		printf '#!/bin/sh\nexec %s %s/%s "$@"\n' "$JOBSCHED_TEST_WRAP" "$builddir" "$program" \
			>"$BATS_RUN_TMPDIR/wrap/$program"
		chmod 755 "$BATS_RUN_TMPDIR/wrap/$program"
	done
	export PATH="$BATS_RUN_TMPDIR/wrap:$PATH"
fi
# Nothing of whoever runs the tests gets in.
unset JOBSCHED_DB JOBSCHED_CONFIG XDG_CONFIG_HOME XDG_STATE_HOME XDG_RUNTIME_DIR NOTIFY_SOCKET TZ
export LC_ALL=C.UTF-8

# A test that hangs fails. It is one that hangs, and not one on a slow machine.
export BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-900}

# instance: the folder of this test: $T, its config $C, a home, and a folder for tabs.
instance() {
	T=$BATS_TEST_TMPDIR/js
	C=$T/jobsched.conf
	mkdir -p "$T/home" "$T/tabs" "$T/out"
	export HOME=$T/home T
	cat >"$C" <<-END
		database = "$T/jobs.db"
		tab_dirs = { "$T/tabs" }
		state_dir = "$T/state"
		runtime_dir = "$T/run"
		node_id = "here"
		$*
	END
	cd "$T" || return
}

js() {
	jobsched -C "$C" "$@"
}

# poll SECONDS COMMAND...: until it holds; fails when the time is over. The seconds are those of a quiet machine:
# nothing is told from how long a thing takes, and one that fails may take its time.
poll() {
	local deadline=$((SECONDS + $1 * ${POLL_FACTOR:-12} + 1))

	shift
	until "$@"; do
		if [ "$SECONDS" -gt "$deadline" ]; then
			echo "did not come true: $*" >&2
			return 1
		fi
		sleep 0.05
	done
}

# ---- processes ----

gone() {
	[ ! -e "/proc/$1" ]
}

# It writes its pid when it is ready.
daemon_is_up() {
	[ "$(cat "$T/run/jobschedd.pid" 2>/dev/null)" = "$daemon" ]
}

# start_daemon [OPTION...]: $daemon is its pid. JOBSCHEDD may name another binary.
start_daemon() {
	"${JOBSCHEDD:-jobschedd}" -f -C "$C" "$@" 2>>"$T/log" 3>&- 4>&- &
	daemon=$!
	poll 20 daemon_is_up_or_gone && daemon_is_up
}

daemon_is_up_or_gone() {
	daemon_is_up || ! kill -0 "$daemon" 2>/dev/null
}

# stop_daemon [SIGNAL]: its exit status is in $status.
stop_daemon() {
	kill -s "${1:-TERM}" "$daemon"
	# The test may look at it.
	# shellcheck disable=SC2034
	{
		status=0
		wait "$daemon" 2>/dev/null || status=$?
	}
}

# pids_with TEXT [FILE]: of processes with it in their command line, or in another file of /proc. The last
# letter stands in brackets, so that the search does not find itself.
pids_with() {
	grep -lsaE -- "${1%?}[${1: -1}]" /proc/[0-9]*/"${2:-cmdline}" | cut -d / -f 3 || :
}

runner_pids() {
	pids_with "--locks=$T/run/locks"
}

kill_runners() {
	local pid

	for pid in $(runner_pids); do
		kill -s KILL "$pid" || :
	done
}

no_runner() {
	[ -z "$(runner_pids)" ]
}

# Everything of this test: daemons, runners, and jobs, which have our database in their environment.
own_pids() {
	pids_with "$T/"
	pids_with "JOBSCHED_DB=(sqlite:)?$T/" environ
}

none_left() {
	[ -z "$(own_pids)" ]
}

# For teardown. What went wrong is mostly in the log.
clean_up() {
	local pid

	# A test that was skipped before it had an instance; without a folder any process would be its own.
	[ -n "${T:-}" ] || return 0
	unset JOBSCHED_DB JOBSCHED_CONFIG
	if [ -z "${BATS_TEST_COMPLETED:-}" ] && [ -f "$T/log" ]; then
		echo "--- log of jobschedd"
		tail -n 60 "$T/log"
	fi
	# The shell would tell of one that was killed, but not of one that ended.
	if [ -n "${daemon:-}" ] && kill -TERM "$daemon" 2>/dev/null; then
		wait "$daemon" || :
	fi
	for pid in $(own_pids); do
		kill -s KILL "$pid" 2>/dev/null || :
	done
	poll 10 none_left
}

# ---- the store ----

# slow_down EVENT COST: each EVENT, "INSERT ON jobs", takes some time more until speed_up, of 1000 a tenth of a
# millisecond or so: what a test has to see in its middle does not pass while it looks away.
slow_down() {
	sqlite3 -cmd '.timeout 600000' jobs.db "CREATE VIEW slow AS WITH RECURSIVE n (i) AS
		(SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT $2) SELECT i FROM n;
		CREATE TRIGGER slowly AFTER $1 BEGIN SELECT count(*) FROM slow; END"
}

speed_up() {
	sqlite3 -cmd '.timeout 600000' jobs.db "DROP TRIGGER slowly; DROP VIEW slow"
}

# ---- answers ----

# answer PATH COMMAND...: one value of what the command answers in JSON.
answer() {
	local path=$1

	shift
	"$@" >"$BATS_TEST_TMPDIR/answer.json" || return
	sqlite3 :memory: "SELECT json_extract(readfile('$BATS_TEST_TMPDIR/answer.json'), '$path')"
}

# jobs_sql SQL: SELECT what it says of all jobs, "name, state FROM job WHERE ...".
jobs_sql() {
	js --json list >"$BATS_TEST_TMPDIR/jobs.json" || return
	sqlite3 :memory: "WITH job AS (
		SELECT value ->> 'id' AS id, value ->> 'name' AS name, value ->> 'state' AS state,
			value ->> 'user' AS user, value ->> 'tab' AS tab, value ->> 'schedule' AS schedule,
			value ->> 'last_outcome' AS last_outcome, value ->> 'attempt' AS attempt,
			value ->> 'next_run_at' AS next_run_at, value ->> 'last_scheduled_at' AS last_scheduled_at
		FROM json_each(readfile('$BATS_TEST_TMPDIR/jobs.json'), '\$.jobs'))
		SELECT $1"
}

# A time in milliseconds, under its name with _ms for _at or _for.
milliseconds() {
	echo "unixepoch(value ->> '$1') * 1000 + substr(value ->> '$1', 21, 3) AS ${1%_*}_ms"
}

# ledger SQL: SELECT what it says of all attempts and skips, "outcome FROM attempt WHERE ...".
ledger() {
	js --json attempts >"$BATS_TEST_TMPDIR/attempts.json" || return
	sqlite3 :memory: "WITH attempt AS (
		SELECT value ->> 'job_id' AS job_id, value ->> 'job_name' AS job,
			value ->> 'scheduled_for' AS scheduled_for, value ->> 'attempt' AS attempt,
			value ->> 'outcome' AS outcome, value ->> 'exit_status' AS exit_status,
			value ->> 'signal' AS signal, value ->> 'reason' AS reason, value ->> 'node' AS node,
			value ->> 'started_at' AS started_at, value ->> 'finished_at' AS finished_at,
			value ->> 'claimed_at' AS claimed_at, value ->> 'count' AS count,
			$(milliseconds scheduled_for), $(milliseconds claimed_at), $(milliseconds started_at)
		FROM json_each(readfile('$BATS_TEST_TMPDIR/attempts.json'), '\$.attempts'))
		SELECT $1"
}

# jobs_are CONDITION, ledger_is CONDITION: whether it holds over all rows.
jobs_are() {
	[ "$(jobs_sql "$1 FROM job")" = 1 ]
}

ledger_is() {
	[ "$(ledger "$1 FROM attempt")" = 1 ]
}

# state_is JOB STATE
state_is() {
	[ "$(answer '$.jobs[0].state' js --json status "$1")" = "$2" ]
}

# tab FILE: a tab from standard input, put at its place whole. User fields, "USER ", are left out for all but root.
tab() {
	local user=

	[ "$(id -u)" -ne 0 ] || user="root "
	sed "s/@USER@ /$user/" >"$T/tabs/.$1"
	chmod 600 "$T/tabs/.$1"
	mv "$T/tabs/.$1" "$T/tabs/$1"
}

# logged TEXT [FILE]: how many lines of the log, or FILE, have it.
logged() {
	grep -cF -- "$1" "${2:-$T/log}" || :
}

has_logged() {
	grep -qF -- "$1" "$T/log"
}
