#!/usr/bin/env bats
# Single faults: a database that others hold, many at once, limits, locks with strangers in them, and what
# jobs leave behind.

load lib.bash
load clock.bash

setup() {
	instance
}

teardown() {
	if [ -n "${holder:-}" ]; then
		kill "$holder" 2>/dev/null || :
	fi
	clean_up
}

lines_in() {
	[ "$(wc -l <"$1" 2>/dev/null || echo 0)" -ge "$2" ]
}

# hold SQL: another process is in the middle of a transaction until let_go.
hold() {
	mkfifo holding
	sqlite3 jobs.db <holding >held 2>&1 &
	holder=$!
	exec 9>holding
	printf '.timeout 10000\nBEGIN IMMEDIATE;\nSELECT 1;\n' | sed "s/^BEGIN IMMEDIATE/$1/" >&9
	poll 20 [ -s held ]
	[ "$(cat held)" = 1 ]
}

let_go() {
	exec 9>&-
	wait "$holder"
	holder=
}

none_open() {
	jobs_are "sum(state IN ('pending', 'running')) = 0"
}

# ---- a database that others hold ----

@test "a writer that holds the database past the bound: exit 5, nothing is claimed meanwhile, and all goes on" {
	on_test_clock
	start_daemon
	js submit --name=due --in=1h -- touch out/due
	hold "BEGIN IMMEDIATE"
	sleep_for 3600
	began=$SECONDS
	run --separate-stderr js submit --name=refused -- true
	[ "$status" -eq 5 ]
	[ $((SECONDS - began)) -ge 9 ]
	[[ $stderr == *"is busy: another process has held it for more than 10 s" ]]
	[ ! -e out/due ]
	[ "$(sqlite3 "file:jobs.db?mode=ro" "SELECT count(*) FROM attempts")" = 0 ]
	js list >/dev/null
	poll 20 has_logged "is busy"
	let_go
	js wait due
	[ "$(jobs_sql "count(*) FROM job WHERE name = 'refused'")" = 0 ]
}

@test "a writer that holds the database while jobs end: no result is lost" {
	start_daemon
	js submit --name=ends -- sh -c 'touch out/started; until [ -e out/go ]; do sleep 0.05; done; touch out/ended; exit 9'
	poll 10 [ -e out/started ]
	hold "BEGIN IMMEDIATE"
	touch out/go
	poll 10 [ -e out/ended ]
	poll 20 has_logged "is busy"
	let_go
	run js wait ends
	[ "$status" -eq 9 ]
}

@test "a scheduler that attaches while a writer holds the database leaves no job as running" {
	start_daemon
	js submit --name=ends -- sh -c 'echo $$ >out/started; until [ -e out/go ]; do sleep 0.05; done; exit 9'
	poll 10 [ -s out/started ]
	stop_daemon KILL
	hold "BEGIN IMMEDIATE"
	rm run/wake.sock
	jobschedd -f -C "$C" 2>>log 3>&- 9>&- &
	daemon=$!
	# It makes this just before it needs the database.
	poll 20 [ -S run/wake.sock ]
	touch out/go
	poll 20 gone "$(cat out/started)"
	let_go
	poll 20 daemon_is_up_or_gone
	# Where that took us longer than its patience with a database that is busy.
	daemon_is_up || start_daemon
	run js wait ends
	[ "$status" -eq 9 ]
}

@test "a reader that stays in its transaction holds up nobody" {
	start_daemon
	js submit --name=first -- true
	js wait first
	hold "BEGIN"
	for i in $(seq 20); do
		js submit --name="job-$i" -- true
		js wait "job-$i"
	done
	let_go
	run -0 js db check
}

# ---- many at once ----

@test "ten daemons started at once on one database: one stays, the others name it" {
	for i in 0 1 2 3 4 5 6 7 8 9; do
		jobschedd -f -C "$C" --node-id="node-$i" 2>"err-$i" 3>&- &
		daemons[i]=$!
	done
	poll 20 one_daemon_left
	daemon=$(cat run/jobschedd.pid)
	for i in 0 1 2 3 4 5 6 7 8 9; do
		[ "${daemons[i]}" != "$daemon" ] || continue
		status=0
		wait "${daemons[i]}" || status=$?
		[ "$status" -eq 4 ]
		grep -q 'another jobschedd runs on' "err-$i"
	done
	js submit --name=last -- true
	js wait last
}

one_daemon_left() {
	[ "$(ps -o stat= -p "${daemons[*]}" | grep -vc Z)" = 1 ] && [ -s run/jobschedd.pid ]
}

@test "forty runs of --once at a time: all end well, and each job runs once" {
	for i in $(seq 40); do
		echo '{"command": "echo $JOBSCHED_JOB_ID >>out/ran"}'
	done >many.json
	js -q submit --file=many.json >ids
	for i in $(seq 40); do
		jobschedd --once -C "$C" 2>>log 3>&- &
		onces[i]=$!
	done
	for i in $(seq 40); do
		wait "${onces[i]}"
	done
	poll 20 lines_in out/ran 40
	jobschedd --once -C "$C" 2>>log 3>&-
	sort -n out/ran | diff - ids
	poll 20 once_tells ledger_is "sum(outcome = 'ok') = 40"
}

once_tells() {
	jobschedd --once -C "$C" 2>>log 3>&- && "$@"
}

# all_due_at_once JOBS: by the time that the scheduler starts, or in its first tick after that.
all_due_at_once() {
	local at patience=$((60 + $1 / 100))

	at=$(date -u -d '+3 seconds' +%Y-%m-%dT%H:%M:%SZ)
	seq "$1" | sed "s/.*/{\"command\": \"echo \$JOBSCHED_JOB_ID >>out\/ran\", \"at\": \"$at\"}/" >many.json
	js -q submit --file=many.json >ids
	start_daemon
	poll "$patience" lines_in out/ran "$1"
	poll "$patience" none_waits
	none_open
	sort -n out/ran | diff - ids
	ledger_is "count(*) = $1 AND min(outcome = 'ok') AND min(started_ms >= scheduled_ms)"
}

none_waits() {
	[ "$(sqlite3 "file:jobs.db?mode=ro" ".timeout 5000" "SELECT count(*) FROM occurrences")" = 0 ]
}

@test "1,001 jobs due at one instant: all run once, though a claim takes a thousand" {
	all_due_at_once 1001
}

@test "a number of jobs of one's choice due at one instant: all run once" {
	[ -n "${DUE_JOBS:-}" ] || skip "takes long: set DUE_JOBS"
	all_due_at_once "$DUE_JOBS"
	run -0 js db check
}

@test "10,000 short jobs leave no zombie, no lock that is held, and no descriptor" {
	start_daemon
	js submit --name=first -- true
	js wait first
	runner=$(runner_pids)
	before=$(descriptors "$runner")
	seq 10000 | sed 's/.*/{"command": ["true"]}/' >many.json
	js -q submit --file=many.json >ids
	poll 100 [ "$(wc -l <ids)" = 10000 ]
	poll 100 all_ran
	[ "$(runner_pids)" = "$runner" ]
	[[ $(ps -o stat= --ppid "$runner,$daemon") != *Z* ]]
	# Of 64 control groups it keeps two each.
	[ "$(descriptors "$runner")" -le $((before + 2 + 2 * 64)) ]
	run -0 js db check
}

# descriptors PID: how many it has open.
descriptors() {
	find "/proc/$1/fd" -mindepth 1 | wc -l
}

all_ran() {
	[ "$(answer '$.jobs.done' js --json status)" = 10001 ]
}

# ---- limits ----

@test "too few descriptors for all jobs at a time: those that cannot start say why, and none is lost" {
	(
		ulimit -n 64
		exec jobschedd -f -C "$C" 2>>log 3>&-
	) &
	daemon=$!
	poll 20 daemon_is_up
	for i in $(seq 100); do
		echo '{"command": "echo $JOBSCHED_JOB_ID >>out/ran; sleep 1"}'
	done >many.json
	js -q submit --file=many.json >ids
	poll 60 none_open
	ledger_is "count(*) = 100 AND sum(outcome IN ('ok', 'error')) = 100"
	ledger_is "sum(outcome = 'error' AND reason NOT LIKE '%Too many open files%') = 0"
	[ "$(wc -l <out/ran)" = "$(ledger "sum(outcome = 'ok') FROM attempt")" ]
	js submit --name=last -- true
	js wait last
}

# ---- a scheduler that is told things at the wrong moment ----

@test "HUP at any moment of the start ends no scheduler" {
	for i in 0 1 2 3 4 5 6 7; do
		jobschedd -f -C "$C" 2>>log 3>&- &
		daemon=$!
		poll 10 takes_hup
		for _ in 1 2 3 4 5; do
			sleep "0.00$i"
			kill -HUP "$daemon"
		done
		poll 20 daemon_is_up
		stop_daemon
		[ "$status" -eq 0 ]
	done
}

# From its first lines on; the kernel's default would end any process. What the shell does with HUP until it has
# become the daemon is not meant.
takes_hup() {
	grep -qs jobschedd "/proc/$daemon/cmdline" && [ "$((0x$(sed -n 's/^SigIgn:\t//p' "/proc/$daemon/status") & 1 |
		0x$(sed -n 's/^SigCgt:\t//p' "/proc/$daemon/status") & 1))" = 1 ]
}

@test "a runner that dies after a reload is replaced" {
	start_daemon
	kill -HUP "$daemon"
	poll 10 has_logged "tabs reloaded"
	kill_runners
	js submit --name=last -- true
	js wait last
}

@test "a runner that dies right after its start is replaced within seconds" {
	start_daemon
	kill_runners
	js submit --name=last -- true
	poll 5 state_is last "done"
}

# ---- locks ----

# lock_names PID START: the lock file of job `waits` says so.
lock_names() {
	local lock

	js submit --name=waits --in=1h -- touch out/ran
	lock=$(answer '$.jobs[0].lock.path' js --json status waits)
	mkdir -p "${lock%/*}"
	printf '%-127s\n' "1 $1 $2 $(cat /proc/sys/kernel/random/boot_id)" >"$lock"
	js run waits
}

start_time() {
	sed 's/.*) //' "/proc/$1/stat" | cut -d ' ' -f 20
}

@test "a lock file that names a living stranger with another start time is nobody's" {
	start_daemon
	sleep 1000 3>&- &
	stranger=$!
	lock_names "$stranger" "$(($(start_time "$stranger") - 1))"
	poll 10 [ -e out/ran ]
	kill -0 "$stranger"
	kill "$stranger"
}

@test "a lock file that names a living process is held until that ends" {
	start_daemon
	sleep 1000 3>&- &
	stranger=$!
	lock_names "$stranger" "$(start_time "$stranger")"
	js submit --name=marker --in=1s -- true
	js wait marker
	[ ! -e out/ran ]
	kill "$stranger"
	wait "$stranger" || :
	poll 20 [ -e out/ran ]
}

@test "a journal that was removed, and its runner killed: what runs is watched, then lost, and not run again" {
	on_test_clock
	start_daemon
	js submit --name=stays -- sh -c 'echo $$ >>out/pids; exec sleep 1000'
	js submit --name=late --timeout=1h --grace=1h -- sh -c 'echo $$ >>out/late; exec sleep 1000'
	poll 10 lines_in out/pids 1
	poll 10 lines_in out/late 1
	rm state/runners/*.journal
	# An hour goes by of which the runner learns nothing more.
	kill -s STOP "$(runner_pids)"
	sleep_for 3600
	kill_runners
	poll 20 both_watched
	poll 20 ledger_is "sum(job = 'late' AND outcome = 'timeout') = 1"
	kill "$(cat out/pids)"
	poll 20 none_open
	ledger_is "sum(job = 'stays' AND outcome = 'lost') = 1"
	ledger_is "count(*) = 2"
	[ "$(cat out/pids out/late | wc -l)" = 2 ]
}

both_watched() {
	[ "$(logged "still runs as process")" = 2 ]
}

@test "a process left behind with the output: the job has ended all the same, and runs again" {
	start_daemon
	js submit --name=leaves -- sh -c 'sleep 1000 & echo $! >>out/left; echo said; exit 5'
	run js wait leaves
	[ "$status" -eq 5 ]
	[ "$(js output leaves)" = said ]
	js run leaves
	poll 10 lines_in out/left 2
	kill -0 "$(head -n 1 out/left)"
}

@test "a process left behind with the lock, --lock-scope=tree: the next attempt waits for it" {
	start_daemon
	js submit --name=leaves --lock-scope=tree -- sh -c 'sleep 1000 & echo $! >>out/left; exit 5'
	run js wait leaves
	[ "$status" -eq 5 ]
	js run leaves
	js submit --name=marker --in=1s -- true
	js wait marker
	[ "$(wc -l <out/left)" = 1 ]
	kill "$(head -n 1 out/left)"
	poll 20 lines_in out/left 2
}

@test "SIGKILL of the runner does not free the lock of what runs on" {
	start_daemon
	js submit --name=stays --retries=1 --backoff=100ms -- sh -c 'echo $$ >>out/pids; exec sleep 1000'
	poll 10 lines_in out/pids 1
	kill_runners
	poll 10 has_logged "still runs as process"
	js submit --name=marker --in=1s -- true
	js wait marker
	[ "$(wc -l <out/pids)" = 1 ]
	kill "$(cat out/pids)"
	poll 20 lines_in out/pids 2
	ledger_is "sum(job = 'stays' AND outcome = 'lost') = 1"
}
