#!/usr/bin/env bats
# A database whose version is changed under a scheduler that runs: never do two versions write. The numbers of
# versions are forged.

load lib.bash
load clock.bash

setup() {
	instance
}

teardown() {
	clean_up
}

sql() {
	sqlite3 jobs.db ".timeout 10000" "$1"
}

# ended_by_itself STATUS
ended_by_itself() {
	poll 90 gone_or_zombie "$daemon"
	status=0
	wait "$daemon" || status=$?
	[ "$status" -eq "$1" ]
}

gone_or_zombie() {
	! grep -qs '^State:.[^ZX]' "/proc/$1/status"
}

start_is_recorded() {
	[ -e out/started ] && [ "$(sql "SELECT count(*) FROM attempts WHERE started_at IS NOT NULL")" = 1 ]
}

changed_under_it() {
	on_test_clock
	start_daemon
	js submit --name=runs --retries=3 --backoff=100ms -- \
		sh -c 'echo >>out/started; until [ -e out/go ]; do sleep 0.1; done; exit 7'
	poll 20 start_is_recorded
	# It wakes up for that; with a database that it knew, it would run it.
	js submit --name=due --in=1h -- touch out/due
	before=$(sql "SELECT count(*), sum(id) FROM attempts")
	sql "PRAGMA user_version = $1"
	sleep_for 3600
	ended_by_itself 5
	[ "$(logged "was upgraded by another program meanwhile")" -ge 1 ]
	[ "$(logged "of another version than this jobschedd by now: stopping")" = 1 ]
	[ ! -e out/due ]
	[ "$(sql "SELECT count(*), sum(id) FROM attempts")" = "$before" ]
	[ "$(sql "PRAGMA user_version")" = "$1" ]
}

# What ran ran on, and the next one that knows the database records its end.
goes_on() {
	touch out/go
	sql "PRAGMA user_version = $version"
	start_daemon
	js wait due
	poll 20 at_its_end
	[ "$(sql "SELECT exit_status FROM attempts WHERE job_id = 1 AND attempt = 1")" = 7 ]
	[ "$(wc -l <out/started)" = 4 ]
	run -0 js db check
}

at_its_end() {
	[ "$(sql "SELECT count(*) FROM occurrences")" = 0 ]
}

@test "a database that is upgraded under a scheduler: it ends with status 5, and no end is lost" {
	js db init
	version=$(sql "PRAGMA user_version")
	changed_under_it 9999
	run jobschedd -f -C "$C" 3>&-
	[ "$status" -eq 5 ]
	[[ $output == *"is of a newer version (9999, this program's is $version)"* ]]
	goes_on
}

@test "a database that is of an older version by now, under a scheduler: the same" {
	js db init
	version=$(sql "PRAGMA user_version")
	changed_under_it 0
	goes_on
}

@test "db upgrade beside a scheduler: nothing to do, and both go on" {
	start_daemon
	run -0 js db upgrade
	[[ $output == *already* ]]
	js submit --name=last -- true
	js wait last
}

@test "db upgrade of a newer database beside a scheduler: refused, and the scheduler ends, too" {
	on_test_clock
	start_daemon
	version=$(sql "PRAGMA user_version")
	js submit --name=due --in=1h -- touch out/due
	sql "PRAGMA user_version = $((version + 1))"
	run --separate-stderr js db upgrade
	[ "$status" -eq 5 ]
	[[ $stderr == *"newer jobsched"* ]]
	sleep_for 3600
	ended_by_itself 5
	[ ! -e out/due ]
}

@test "a newer database that this program may still write: the scheduler and commands go on" {
	start_daemon
	js submit --name=first -- true
	js wait first
	sql "INSERT INTO settings VALUES ('lowest_version', (SELECT user_version FROM pragma_user_version)); PRAGMA user_version = 9999"
	js submit --name=second -- true
	js wait second
	run -0 js db upgrade
	stop_daemon
	[ "$status" -eq 0 ]
	start_daemon
	js submit --name=third -- true
	js wait third
	[ "$(sql "PRAGMA user_version")" = 9999 ]
	# And no further than it says.
	sql "UPDATE settings SET value = 9999 WHERE key = 'lowest_version'"
	run --separate-stderr js submit -- true
	[ "$status" -eq 5 ]
	[[ $stderr == *"newer version (9999"* ]]
}

@test "--once on a database of a newer version: status 5, and nothing runs" {
	js submit --name=due -- touch out/due
	sql "PRAGMA user_version = 9999"
	run jobschedd --once -C "$C" 3>&-
	[ "$status" -eq 5 ]
	[[ $output == *"newer version"* ]]
	[ ! -e out/due ]
}
