#!/usr/bin/env bats
# A runner that stands still: stopped, or stuck. Neither the scheduler nor any job waits for it for ever.

load lib.bash
load kills.bash

setup() {
	instance 'runner_patience = 2s'
}

teardown() {
	local pid

	for pid in $(runner_pids); do
		kill -s CONT "$pid" 2>/dev/null || :
	done
	clean_up
}

# stop_runner: the only one; $stopped is its pid.
stop_runner() {
	stopped=$(runner_pids)
	kill -s STOP "$stopped"
}

@test "a job that was handed to a runner that stands still is started by another, once" {
	start_daemon
	marked first
	stop_runner
	js submit --name=next -- sh -c "echo >>$T/out/next"
	js wait next
	[ "$(wc -l <out/next)" -eq 1 ]
	ledger_is "sum(job = 'next') = 1 AND sum(job = 'next' AND outcome = 'ok') = 1"
	poll 20 gone "$stopped"
	run -0 js db check
}

@test "a runner that stands still amid starting jobs leaves none as running, and none runs twice" {
	start_daemon
	for i in $(seq 1 300); do
		printf '{"command": "echo %d >>%s/out/ran"}\n' "$i" "$T"
	done >many.json
	js -q submit --file=many.json
	poll 30 lines_in out/ran 20
	stop_runner
	poll 60 jobs_are "sum(state IN ('pending', 'running')) = 0"
	[ -z "$(sort out/ran | uniq -d)" ]
	# What did not run was not claimed to have run.
	jobs_are "sum(state = 'done') <= $(wc -l <out/ran) AND count(*) = 300"
	run -0 js db check
}

@test "what runs under a runner that stands still is watched to its end, and tried again" {
	start_daemon
	js submit --name=long --retries=1 --backoff=100ms -- sh -c "echo >>$T/out/starts; $(until_go long)"
	poll 20 began long
	stop_runner
	marked beside
	[ "$(wc -l <out/starts)" -eq 1 ]
	: >out/go.long
	js wait long
	[ "$(wc -l <out/starts)" -eq 2 ]
	ledger_is "sum(job = 'long' AND outcome = 'lost') = 1 AND sum(job = 'long' AND outcome = 'ok') = 1"
}

@test "a cancel reaches what runs under a runner that stands still" {
	start_daemon
	js submit --name=long --grace=1s -- sh -c "echo \$\$ >$T/out/pid; $(until_go long)"
	poll 20 began long
	stop_runner
	js cancel long
	poll 30 gone "$(cat out/pid)"
	poll 20 state_is long cancelled
}

@test "a scheduler that finds a runner standing still is held up by it neither at its start nor later" {
	start_daemon
	js submit --name=long -- sh -c "$(until_go long)"
	poll 20 began long
	stop_runner
	stop_daemon KILL
	start_daemon
	marked beside
	poll 20 gone "$stopped"
	: >out/go.long
	run js wait long
	ledger_is "sum(job = 'long' AND outcome = 'lost') = 1"
}

@test "--once does not wait for ever for a runner that stands still" {
	js db init
	js submit --name=long -- sh -c "$(until_go long)"
	jobschedd -C "$C" --once 2>>log 3>&- 4>&- &
	poll 20 began long
	stop_runner
	wait $!
	: >out/go.long
	poll 30 once_more
}

once_more() {
	jobschedd -C "$C" --once 2>>log
	ledger_is "sum(job = 'long' AND outcome = 'lost') = 1"
}

@test "a runner that goes on in time keeps its jobs, and their exit status" {
	start_daemon
	js submit --name=long -- sh -c "$(until_go long); exit 7"
	poll 20 began long
	stop_runner
	poll 20 has_logged "does not answer: new jobs go to another"
	kill -s CONT "$stopped"
	marked beside
	: >out/go.long
	run -7 js wait long
	ledger_is "sum(job = 'long') = 1"
}

# stuck POINT: a runner that does not come past it.
stuck() {
	[ -x "$builddir/tests/faults/failpoints" ] || skip "failpoints are not built in (configure --enable-failpoints)"
	mkdir hits
	JOBSCHED_FAILPOINTS="$1=delay:600000" JOBSCHED_FAILPOINTS_DIR=$T/hits start_daemon
	js submit --name=next -- sh -c "echo >>$T/out/next"
	poll 20 [ -e "hits/$1" ]
	js wait next
	[ "$(wc -l <out/next)" -eq 1 ]
	ledger_is "count(*) = 1 AND min(outcome = 'ok')"
	run -0 js db check
}

@test "a runner that is stuck with a job's lock in its hand is given up, and the job runs once" {
	stuck lock.taken
}

@test "a runner that is stuck between the record of a start and the start is given up, and the job runs once" {
	stuck journal.written
}

@test "a runner that is stuck in its own start holds up a scheduler for so long only, and is killed" {
	stuck journal.create
	has_logged "did not start in time"
	[ "$(runner_pids | wc -l)" -eq 1 ]
}

# In the place of the runner: the first of them stands still before it is one.
@test "a runner that is stopped at its own start is given up, and another runs the job" {
	local runner

	# That of a build tree lies beside the scheduler.
	mkdir bin
	cp "$(command -v "${JOBSCHEDD:-jobschedd}")" bin/jobschedd
	runner=$builddir/jobsched-runner
	cat >bin/jobsched-runner <<-END
		#!/bin/sh
		[ -e "$T/out/first" ] || { echo \$\$ >"$T/out/first"; kill -s STOP \$\$; }
		exec "$runner" "\$@"
	END
	chmod 755 bin/jobsched-runner
	JOBSCHEDD=bin/jobschedd start_daemon
	# Nor does a signal make the scheduler wait for longer.
	{
		poll 20 [ -s out/first ]
		kill -s HUP "$daemon"
	} 3>&- &
	marked next
	has_logged "did not start in time"
	gone "$(cat out/first)"
	ledger_is "count(*) = 1 AND min(outcome = 'ok')"
}

# stuck_child [both]: a job's process that stands still before it has said in the lock file who it is, and whose
# runner is killed, maybe with the scheduler; $child is its pid. It was on its way there for some seconds, so that
# it can be stopped.
stuck_child() {
	local runner

	[ -x "$builddir/tests/faults/failpoints" ] || skip "failpoints are not built in (configure --enable-failpoints)"
	mkdir hits
	JOBSCHED_FAILPOINTS=spawn.child=delay:8000 JOBSCHED_FAILPOINTS_DIR=$T/hits start_daemon
	js submit --name=next -- sh -c "echo >>$T/out/next"
	poll 20 [ -e hits/spawn.child ]
	# This one is with that runner, too, in most cases: it does not wait for what is stuck.
	js -q submit --name=queued -- true
	runner=$(pgrep -of -- "--locks=$T/run/locks")
	poll 20 child_of "$runner"
	kill -s STOP "$child"
	kill -s KILL "$runner"
	poll 20 gone "$runner"
	if [ "${1-}" = both ]; then
		stop_daemon KILL
		start_daemon
	fi
	js wait queued
	marked beside
	[ "$(answer '$.jobs[0].state' js --json status next)" = running ]
	[ ! -e out/next ]
}

child_of() {
	child=$(grep -lsw "^PPid:.$1" /proc/[0-9]*/status | cut -d / -f 3)
	[ -n "$child" ]
}

@test "a job's process that is stuck before its program, and dies as its runner did: the job runs, once" {
	stuck_child
	kill -s KILL "$child"
	poll 30 jobs_are "sum(state <> 'done') = 0"
	[ "$(wc -l <out/next)" -eq 1 ]
	ledger_is "sum(job = 'next') = 1 AND sum(job = 'next' AND outcome = 'ok') = 1"
	run -0 js db check
}

@test "a job's process that is stuck before its program, and goes on without its runner: the job runs, once" {
	stuck_child
	kill -s CONT "$child"
	poll 30 ledger_is "sum(job = 'next' AND outcome = 'lost') = 1"
	poll 30 lines_in out/next 1
	[ "$(wc -l <out/next)" -eq 1 ]
	ledger_is "sum(job = 'next') = 1"
	run -0 js db check
}

@test "a scheduler that finds a dead runner's process stuck before its program goes on with all else" {
	stuck_child both
	kill -s CONT "$child"
	poll 30 lines_in out/next 1
	poll 30 jobs_are "sum(state = 'running') = 0"
	[ "$(wc -l <out/next)" -eq 1 ]
	ledger_is "sum(job = 'next') = 1"
	run -0 js db check
}
