#!/usr/bin/env bats
# Restarts and kills of scheduler and runner while jobs run: no job is lost, none runs twice, and every
# exit status that a runner has reaped is in the ledger. The jobs keep evidence of their own: a line in
# out/starts, a line in out/ends.

load lib.bash

setup() {
	instance
}

teardown() {
	clean_up
}

# gated N: submits job-1 to job-N, which wait at the gate and then end with status N % 100.
gated() {
	local i

	mkfifo gate
	for ((i = 1; i <= $1; i++)); do
		printf '{"name": "job-%d", "command": "echo %d >>out/starts; read -r x <gate; echo %d >>out/ends; exit %d"}\n' \
			"$i" "$i" "$i" "$((i % 100))"
	done >gated.json
	js -q submit --file=gated.json >ids
	[ "$(wc -l <ids)" = "$1" ]
}

# lines_in FILE N: whether it has so many lines.
lines_in() {
	[ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]
}

# Opened for both ways it never blocks, and lets go whoever waits.
open_gate() {
	: <>gate
	"$@"
}

# all_ended: each of the N jobs has its exit status in the ledger, once.
all_ended() {
	ledger_is "count(*) = $1 AND count(DISTINCT job) = $1 AND sum(
		exit_status = CAST(substr(job, 5) AS INTEGER) % 100
		AND outcome = iif(exit_status = 0, 'ok', 'failed')) = $1"
}

# once_each: every job has started once, and ended once.
once_each() {
	[ "$(sort -n out/starts | uniq -c | awk '$1 != 1' | wc -l)" = 0 ]
	[ "$(sort -n out/ends | uniq -c | awk '$1 != 1' | wc -l)" = 0 ]
	[ "$(wc -l <out/starts)" = "$1" ]
	[ "$(wc -l <out/ends)" = "$1" ]
}

# hundred_over COMMAND...: a hundred jobs run, the command does something to the scheduler and starts
# the next one, and all hundred end with their status.
hundred_over() {
	start_daemon
	gated 100
	poll 30 lines_in out/starts 100
	"$@"
	jobs_are "sum(state = 'running') = 100"
	poll 30 open_gate all_ended 100
	once_each 100
	poll 20 no_old_runner
}

# The runner that had the jobs has gone: only the newest scheduler's is left.
no_old_runner() {
	[ "$(runner_pids | wc -l)" -le 1 ]
}

restart() {
	stop_daemon "$1"
	start_daemon
}

@test "TERM and a new start amid 100 running jobs: all end with their exit status" {
	hundred_over restart TERM
}

@test "SIGKILL of the scheduler amid 100 running jobs: all end with their exit status" {
	hundred_over restart KILL
}

upgrade() {
	mkdir new
	cp "$builddir/jobschedd" "$builddir/jobsched-runner" "$builddir/jobsched" "$builddir"/*.so new
	stop_daemon TERM
	JOBSCHEDD=$T/new/jobschedd start_daemon
	[ "$(readlink "/proc/$daemon/exe")" = "$T/new/jobschedd" ]
}

@test "an upgrade amid 100 running jobs: all end with their exit status" {
	hundred_over upgrade
}

@test "jobs that end while no scheduler runs are recorded by the next" {
	start_daemon
	gated 100
	poll 30 lines_in out/starts 100
	stop_daemon KILL
	poll 30 open_gate lines_in out/ends 100
	start_daemon
	poll 30 all_ended 100
	once_each 100
}

@test "jobs that end while no scheduler runs are recorded by the next --once" {
	start_daemon
	gated 20
	poll 30 lines_in out/starts 20
	stop_daemon TERM
	poll 30 open_gate lines_in out/ends 20
	poll 30 once_tells all_ended 20
	once_each 20
}

once_tells() {
	jobschedd --once -C "$C" && "$@"
}

@test "SIGKILL of the runner: running jobs are watched to their end and then lost, new ones run" {
	start_daemon
	gated 20
	poll 30 lines_in out/starts 20
	kill_runners
	js submit --name=next -- true
	js wait next
	jobs_are "sum(state = 'running') = 20"
	poll 30 open_gate lines_in out/ends 20
	poll 30 ledger_is "sum(outcome = 'lost') = 20"
	once_each 20
	ledger_is "count(*) = 21 AND sum(outcome = 'ok') = 1"
}

@test "SIGKILL of the runner: a watched job can still be cancelled" {
	start_daemon
	js submit --name=left -- sh -c 'echo $$ >out/pid; while :; do sleep 0.1; done'
	poll 10 [ -s out/pid ]
	kill_runners
	poll 10 has_logged "still runs as process"
	js cancel left
	poll 10 gone "$(cat out/pid)"
	poll 10 state_is left cancelled
}

@test "SIGKILL of the scheduler and of the runner: the next start takes everything in" {
	start_daemon
	gated 20
	poll 30 lines_in out/starts 20
	kill_runners & stop_daemon KILL
	wait "$!" || :
	poll 30 open_gate lines_in out/ends 20
	start_daemon
	poll 30 ledger_is "count(*) = 20 AND sum(outcome = 'lost') = 20"
	once_each 20
	run -0 js db check
}

# short N: submits N jobs that keep evidence and end at once.
short() {
	local i

	for ((i = 1; i <= $1; i++)); do
		printf '{"command": "echo $JOBSCHED_JOB_ID >>out/starts; echo $JOBSCHED_JOB_ID >>out/ends"}\n'
	done >short.json
	js -q submit --file=short.json >>ids
}

# No job started twice, and whatever was recorded as ok has run to its end.
evidence_agrees() {
	[ -z "$(sort out/starts | uniq -d)" ]
	ledger "job_id FROM attempt WHERE outcome = 'ok'" | sort >ok
	[ -z "$(sort out/ends | comm -13 - ok)" ]
	[ "$(ledger "count(*) FROM attempt WHERE outcome NOT IN ('ok', 'lost')")" = 0 ]
}

none_open() {
	jobs_are "sum(state IN ('pending', 'running')) = 0"
}

@test "SIGKILL of the runner amid a burst: what was not started runs later, nothing runs twice" {
	start_daemon
	# One that runs whenever the runner is killed.
	js -q submit -- sh -c 'echo $JOBSCHED_JOB_ID >>out/starts; until [ -e out/go ]; do sleep 0.05; done
		echo $JOBSCHED_JOB_ID >>out/ends' >>ids
	poll 20 lines_in out/starts 1
	short 1000
	poll 20 lines_in out/starts 20
	kill_runners
	: >out/go
	poll 60 none_open
	has_logged "taking in its journal"
	[ "$(wc -l <out/starts)" = 1001 ]
	evidence_agrees
	run -0 js db check
}

@test "SIGKILL of the scheduler right after bursts of submits: nothing lost, nothing twice" {
	for _ in 1 2 3 4 5; do
		start_daemon
		short 60
		stop_daemon KILL
	done
	start_daemon
	poll 60 none_open
	[ "$(wc -l <ids)" = 300 ]
	sort -n out/ends | diff - <(sort -n ids)
	sort -n out/starts | diff - <(sort -n ids)
	ledger_is "count(*) = 300 AND min(outcome = 'ok')"
	run -0 js db check
}

@test "SIGKILL of both amid bursts, again and again: nothing lost, nothing twice" {
	for _ in 1 2 3; do
		start_daemon
		short 100
		poll 20 lines_in out/starts 20
		kill_runners & stop_daemon KILL
		wait "$!" || :
	done
	start_daemon
	poll 60 none_open
	[ "$(sort -un out/starts | wc -l)" = 300 ]
	evidence_agrees
	[ "$(ledger "count(DISTINCT job_id) FROM attempt WHERE outcome IN ('ok', 'lost')")" = 300 ]
	run -0 js db check
}

@test "SIGKILL of a submit leaves all of it or nothing" {
	start_daemon
	for i in 1 2 3 4 5 6; do
		seq 1 400 | sed 's/.*/{"command": ["true"]}/' >bulk.json
		js -q submit --file=bulk.json >"ids-$i" &
		submit=$!
		sleep "0.0$i"
		kill -KILL "$submit" 2>/dev/null || :
		wait "$submit" || :
	done
	poll 60 none_open
	[ "$(jobs_sql "count(*) % 400 FROM job")" = 0 ]
	[ "$(sort -n ids-* | wc -l)" -le "$(jobs_sql "count(*) FROM job")" ]
	run -0 js db check
}

@test "a running job is never started again by a scheduler that comes back" {
	tab every <<-END
		@every 1s @USER@ --name=long echo \$JOBSCHED_FENCE >>$T/out/starts; read x <$T/gate; echo \$JOBSCHED_FENCE >>$T/out/ends
	END
	mkfifo gate
	start_daemon
	poll 10 lines_in out/starts 1
	for signal in TERM KILL KILL; do
		restart "$signal"
		js submit --name="marker-$signal-$daemon" --in=1s -- true
		js wait "marker-$signal-$daemon"
	done
	[ "$(wc -l <out/starts)" = 1 ]
	state_is long running
	poll 10 ledger_is "sum(job = 'long' AND outcome = 'skipped' AND reason = 'overlap') >= 1"
	rm tabs/every
	kill -HUP "$daemon"
	poll 10 open_gate lines_in out/ends 1
}

@test "a lock that someone else holds is an overlap, and the runner waits with one-time jobs" {
	start_daemon
	js submit --name=first --in=1h -- true
	lock=$(answer '$.jobs[0].lock.path' js --json status first)
	[ -n "$lock" ]
	mkdir -p "${lock%/*}"
	exec 8>>"$lock"
	flock 8
	js submit --replace --name=first -- touch out/first
	js submit --name=marker --in=1s -- true
	js wait marker
	[ ! -e out/first ]
	exec 8>&-
	poll 20 [ -e out/first ]
	js wait first
}

@test "a runtime folder that was taken away is made again, and spends no attempt while it cannot be" {
	start_daemon
	mv run run.away
	touch run
	js submit --name=waits -- true
	kill -HUP "$daemon"
	# A runner that was on its way when its folder went has to be missed first.
	poll 90 logged_once "no job is started"
	state_is waits pending
	rm run
	poll 20 state_is waits "done"
	js submit --name=awake -- true
	poll 10 state_is awake "done"
	ledger_is "count(*) = 2 AND min(outcome = 'ok') = 1"
	# What is told by its pid file.
	mv run.away/jobschedd.pid run/
}

logged_once() {
	grep -q "$1" log
}
