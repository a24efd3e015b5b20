#!/usr/bin/env bats
# The life of a job between due and history: retries, dead letters, overlap, prerequisites, pauses.

load lib.bash
load clock.bash

setup() {
	instance
}

teardown() {
	clean_up
}

lines_in() {
	[ "$(wc -l <"$1" 2>/dev/null || echo 0)" -ge "$2" ]
}

@test "the count of retries outlives a SIGKILL of scheduler and runner" {
	on_test_clock
	start_daemon
	js submit --name=tries --retries=2 --backoff=1h..1h -- sh -c "echo \$JOBSCHED_ATTEMPT >>$T/out/tries; exit 1"
	poll 10 ledger_is "sum(outcome = 'failed') = 1"
	kill_runners
	stop_daemon KILL
	start_daemon
	ledger_is "count(*) = 1"
	sleep_for 7200
	poll 10 ledger_is "sum(outcome = 'failed') = 2"
	sleep_for 7200
	run -1 js wait tries
	[ "$(tr '\n' ' ' <out/tries)" = "1 2 3 " ]
	state_is tries failed
	ledger_is "count(*) = 3"
}

@test "a dead letter is listed, retried with fresh retries, and cancelled" {
	start_daemon
	js submit --name=letter --retries=1 --backoff=100ms -- false
	run -1 js wait letter
	[[ $(js list --state=failed) == *letter* ]]
	js retry letter
	poll 10 ledger_is "count(*) = 4 AND min(outcome = 'failed')"
	poll 10 state_is letter failed
	js cancel letter
	state_is letter cancelled
	run -0 js cancel letter
	run -4 js retry letter
}

@test "a job that is done cannot be cancelled" {
	start_daemon
	js submit --name=over -- true
	js wait over
	run -4 js cancel over
	run -3 js cancel nobody
}

@test "a periodic job goes on after a dead occurrence" {
	start_daemon
	js submit --name=often --every=1s -- false
	poll 15 ledger_is "sum(outcome = 'failed') >= 2"
	jobs_are "min(state IN ('pending', 'running'))"
	js cancel often
}

# one_waits JOB: an occurrence of it waits for the end of another.
one_waits() {
	[ "$(sqlite3 "file:$T/jobs.db?mode=ro" ".timeout 5000" "SELECT count(*) FROM occurrences o
		JOIN jobs j ON j.id = o.job_id WHERE j.name = '$1' AND o.state = 2")" = 1 ]
}

@test "what comes due while its job runs is skipped, waits or replaces, by --overlap" {
	start_daemon
	for how in skip wait replace; do
		js submit --name="o-$how" --every=1s --overlap="$how" -- sh -c "echo >>$T/out/$how
			[ \$(wc -l <$T/out/$how) -gt 1 ] || until [ -e $T/out/go ]; do sleep 0.05; done"
	done
	poll 20 ledger_is "sum(job = 'o-skip' AND outcome = 'skipped' AND reason = 'overlap') >= 1"
	poll 20 one_waits o-wait
	poll 20 ledger_is "sum(job = 'o-replace' AND outcome = 'cancelled') >= 1"
	poll 20 lines_in out/replace 2
	[ "$(cat out/skip out/wait | wc -l)" = 2 ]
	touch out/go
	poll 20 lines_in out/skip 2
	poll 20 lines_in out/wait 2
	js cancel --name='o-*'
}

@test "a lock that a person holds is an overlap, and status tells who holds it" {
	start_daemon
	js submit --name=mine --at=now+1d -- test -e "$T/out/let-go"
	lock=$(answer '$.jobs[0].lock.path' js --json status mine)
	mkdir -p "${lock%/*}"
	flock "$lock" sh -c "touch $T/out/held; until [ -e $T/out/go ]; do sleep 0.05; done; touch $T/out/let-go" 3>&- &
	poll 10 [ -e out/held ]
	[ "$(answer '$.jobs[0].lock.held' js --json status mine)" = 1 ]
	js run mine
	touch out/go
	poll 20 ledger_is "sum(outcome = 'ok') = 1"
}

@test "a job that is cancelled while it waits for its lock has not run" {
	start_daemon
	js submit --name=mine --at=now+1d -- touch "$T/out/ran"
	lock=$(answer '$.jobs[0].lock.path' js --json status mine)
	mkdir -p "${lock%/*}"
	flock "$lock" sh -c "touch $T/out/held; until [ -e $T/out/go ]; do sleep 0.05; done" 3>&- &
	poll 10 [ -e out/held ]
	js run mine
	poll 10 state_is mine running
	js cancel mine
	run -126 js wait mine
	touch out/go
	wait $!
	[ ! -e out/ran ]
}

@test "a job comes after others: when they succeeded, or however they ended" {
	start_daemon
	js submit --name=first -- sh -c "until [ -e $T/out/go ]; do sleep 0.1; done"
	js submit --name=bad -- sh -c "until [ -e $T/out/go ]; do sleep 0.1; done; exit 1"
	js submit --name=good --after=first -- touch out/good
	js submit --name=both --after=first,bad -- touch out/both
	js submit --name=any --after-any=first,bad -- touch out/any
	js submit --name=chain --after=both -- touch out/chain
	run -3 js submit --after=nobody -- true
	[ "$(answer '$.jobs[0].waits_for' js --json status good)" = jobs ]
	stop_daemon KILL
	kill_runners
	touch out/go
	start_daemon
	poll 20 [ -e out/any ]
	poll 20 state_is chain failed
	state_is both failed
	[ ! -e out/both ]
	[ ! -e out/chain ]
	ledger_is "sum(job = 'both' AND outcome = 'skipped' AND reason = 'prerequisite') = 1"
	[[ $(answer '$.jobs[0].attempts[0].prerequisite' js --json status both) == "job "[12]" '"*"' failed" ]]
	[[ $(js attempts chain) == *"prerequisite job 4 'both' failed"* ]]
	[[ $(js status chain) == *"prerequisite job 4 'both' failed"* ]]
}

@test "after a pause of everything each job's own state is as it was" {
	start_daemon
	js submit --name=mine --in=1d -- true
	js submit --name=other --in=1d -- true
	js pause mine --reason=own
	js pause --reason=all
	js submit --name=now -- touch out/now
	[ "$(answer '$.paused' js --json status)" = 1 ]
	stop_daemon KILL
	start_daemon
	js resume
	js wait now
	state_is mine paused
	state_is other pending
	js resume mine
	state_is mine pending
}

# pruned COMMAND...: whether it holds once what is old enough has gone.
pruned() {
	js db prune
	"$@"
}

no_output() {
	[ -z "$(js output talks)" ]
}

@test "a shorter retention, by age and by count, holds for what is there already" {
	on_test_clock
	start_daemon
	js submit --name=talks --every=1h --count=4 -- echo said
	js submit --name=silent --every=1h --count=4 -- true
	for i in 1 2 3 4; do
		poll 30 ledger_is "sum(outcome = 'ok') = $((2 * i))"
		sleep_for 3600
	done
	poll 30 jobs_are "min(state = 'done')"
	stop_daemon
	run -0 js db prune
	ledger_is "count(*) = 8"
	echo 'retention { attempts = 1s jobs = 1d outputs = 1s keep = 2 }' >>"$C"
	poll 10 pruned ledger_is "count(*) = 4"
	poll 10 pruned no_output
	sed -i 's/jobs = 1d/jobs = 1s/' "$C"
	poll 10 pruned jobs_are "count(*) = 0"
	run -0 js db check
}

@test "what fell into a pause is in the ledger, and made up for, by each job's --missed" {
	on_test_clock '2027-03-01 10:30 UTC'
	start_daemon
	for missed in skip once all; do
		js submit --name="$missed" --cron='0 * * * *' --tz=UTC --missed="$missed" -- true
	done
	sleep_until '2027-03-01 11:00:01 UTC'
	poll 20 ledger_is "sum(outcome = 'ok') = 3"
	js pause --name='*'
	sleep_until '2027-03-01 14:30 UTC'
	js resume --name='*'
	poll 20 ledger_is "sum(job = 'once' AND outcome = 'ok') = 2 AND sum(job = 'all' AND outcome = 'ok') = 4"
	ledger_is "sum(job = 'skip' AND outcome = 'ok') = 1
		AND sum(CASE WHEN job = 'skip' AND reason = 'paused' THEN count END) = 3
		AND sum(CASE WHEN job = 'once' AND reason = 'paused' THEN count END) = 2
		AND sum(job = 'all' AND outcome = 'skipped') = 0"
}

@test "a job that is cancelled in the instant of its claim does not run, or is ended" {
	start_daemon
	for i in $(seq 1 40); do
		id=$(js submit --grace=0s -- sh -c "echo $i >>$T/out/ran; exec sleep 60")
		js cancel "$id"
	done
	poll 30 jobs_are "count(*) = 40 AND min(state = 'cancelled')"
	# Each has run and been ended, or has no attempt, and has done nothing.
	ledger_is "sum(outcome NOT IN ('cancelled', 'skipped')) = 0 AND count(DISTINCT job_id) = 40"
	touch out/ran
	[ "$(wc -l <out/ran)" -le "$(ledger "count(*) FROM attempt WHERE outcome = 'cancelled'")" ]
	[ -z "$(pids_with "JOBSCHED_DB=sqlite:$T/" environ)" ]
}
