#!/usr/bin/env bats
# What of a job's life is under way when the scheduler or the runner is killed: overlap, prerequisites, pauses,
# output, cancel, and telling people. See kills_life.bats, too.

load lib.bash
load kills.bash
load clock.bash

setup() {
	instance "mailer = \"$BATS_TEST_TMPDIR/js/mailer\"
		on_failure = '. $BATS_TEST_TMPDIR/js/on-failure'"
	printf '#!/bin/sh\ncat >>"%s/out/mails"\n' "$T" >mailer
	chmod 755 mailer
	told 'echo "$JOBSCHED_JOB_NAME $JOBSCHED_OUTCOME" >>"$T/out/told"'
}

teardown() {
	clean_up
}

# told TEXT: what is run for each dead occurrence from now on.
told() {
	printf 'T=%s\n%s\n' "$T" "$1" >on-failure
}

# alone NAME: shell text that tells of each start, and of one whose forerunner has not ended.
alone() {
	printf 'cd "%s/out"; if grep -qs "^State:.[^ZX]" "/proc/$(tail -n 1 starts)/status"; then echo $$ >>twice; fi
		echo $$ >>starts; %s' "$T" "$(until_go "$1")"
}

# overlap POLICY WHO
overlap() {
	start_daemon
	: >out/starts
	js submit --name=often --every=1s --overlap="$1" -- sh -c "$(alone often)"
	poll 20 began often
	strike "$2"
	poll 30 overlapped "$1"
	[ "$1" = replace ] || [ "$(wc -l <out/starts)" -eq 1 ]
	: >out/go.often
	poll 30 lines_in out/starts 3
	js cancel often
	[ ! -e out/twice ]
	run -0 js db check
}

overlapped() {
	case $1 in
	skip) ledger_is "sum(outcome = 'skipped' AND reason = 'overlap') >= 1" ;;
	wait) [ "$(sqlite3 "file:$T/jobs.db?mode=ro" "SELECT count(*) FROM occurrences WHERE state = 2")" = 1 ] ;;
	replace) lines_in out/starts 3 ;;
	esac
}

@test "what overlaps is skipped, also when the scheduler is killed" {
	overlap skip scheduler
}

@test "what overlaps is skipped, also when the runner is killed" {
	overlap skip runner
}

@test "what overlaps waits, also when the scheduler is killed" {
	overlap wait scheduler
}

@test "what overlaps waits, also when the runner is killed" {
	overlap wait runner
}

@test "what overlaps replaces, also when the scheduler is killed" {
	overlap replace scheduler
}

@test "what overlaps replaces, also when the runner is killed" {
	overlap replace runner
}

# tree WHO WHAT: of a job whose lock its whole tree holds, killed while its main process runs, or when only a
# process that it left behind does.
tree() {
	start_daemon
	js submit --name=leaves --lock-scope=tree --retries=1 --backoff=100ms -- sh -c "echo >>$T/out/starts
		($(until_go left)) & $(until_go main); [ \$JOBSCHED_ATTEMPT -eq 2 ]"
	poll 20 began left
	poll 20 began main
	if [ "$2" = left ]; then
		: >out/go.main
		poll 20 ledger_is "sum(outcome = 'failed') = 1"
	fi
	strike "$1"
	: >out/go.main
	js submit --name=marker --in=1s -- true
	js wait marker
	[ "$(wc -l <out/starts)" -eq 1 ]
	: >out/go.left
	js wait leaves
	[ "$(wc -l <out/starts)" -eq 2 ]
	ledger_is "sum(job = 'leaves' AND outcome = 'ok') = 1 AND sum(job = 'leaves') = 2"
	run -0 js db check
}

@test "what a tree still holds is waited for when the scheduler is killed under the main process" {
	tree scheduler main
}

@test "what a tree still holds is waited for when the runner is killed under the main process" {
	tree runner main
}

@test "what a tree still holds is waited for when the scheduler is killed after the main process" {
	tree scheduler left
}

@test "what a tree still holds is waited for when the runner is killed after the main process" {
	tree runner left
}

# those_in STATE: how many of the queue are.
those_in() {
	sqlite3 "file:$T/jobs.db?mode=ro" ".timeout 5000" \
		"SELECT count(*) FROM job_status s JOIN jobs j ON j.id = s.id WHERE j.queue = 'q' AND s.state = '$1'"
}

some_are() {
	[ "$(those_in "$1")" -gt 0 ]
}

# bulk COUNT STATE COMMAND...: is killed when the first of the queue are in this state; what it has done is whole
# thousands, and the next does the rest.
bulk() {
	local count=$1 state=$2 pid

	shift 2
	jobsched -C "$C" "$@" --queue=q >/dev/null 2>&1 3>&- 4>&- &
	pid=$!
	poll 30 some_are "$state"
	kill -s KILL "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	[ $(($(those_in "$state") % 1000)) -eq 0 ]
	run -0 js db check
	js "$@" --queue=q
	[ "$(those_in "$state")" -eq "$count" ]
	run -0 js db check
}

@test "a pause of many, and its end, go on when they are killed and given again" {
	yes '{"command": "true", "in": "1d", "queue": "q"}' | head -n 12000 >many.json
	js submit --file=many.json >/dev/null
	bulk 12000 paused pause --state=pending
	bulk 12000 pending resume --state=paused
}

@test "a retry of many goes on when it is killed and given again" {
	start_daemon
	js submit --name=bad -- sh -c "$(until_go bad); exit 1"
	poll 20 began bad
	yes '{"command": "true", "after": "bad", "queue": "q"}' | head -n 6000 >many.json
	js submit --file=many.json >/dev/null
	: >out/go.bad
	poll 60 all_failed
	stop_daemon
	bulk 6000 pending retry --state=failed
}

all_failed() {
	[ "$(those_in failed)" -eq 6000 ]
}

# after WHO: prerequisites that run in this moment.
after() {
	start_daemon
	js submit --name=good --retries=1 --backoff=100ms -- sh -c "$(until_go good)"
	js submit --name=bad --retries=1 --backoff=100ms -- sh -c "$(until_go bad); exit 1"
	js submit --name=next --after=good -- sh -c "echo >>$T/out/next"
	js submit --name=any --after-any=bad,good -- sh -c "echo >>$T/out/any"
	js submit --name=fails --after=bad -- sh -c "echo >>$T/out/fails"
	poll 20 began good
	poll 20 began bad
	strike "$1"
	: >out/go.good
	: >out/go.bad
	js wait next any
	poll 20 state_is fails failed
	[ "$(wc -l <out/next)-$(wc -l <out/any)" = 1-1 ]
	[ ! -e out/fails ]
	ledger_is "sum(job = 'fails' AND outcome = 'skipped' AND reason = 'prerequisite') = 1"
	run -0 js db check
}

@test "a dependent has the end of its prerequisites, also when the scheduler is killed" {
	after scheduler
}

@test "a dependent has the end of its prerequisites, also when the runner is killed" {
	after runner
}

# pauses WHO: one job's until a time, and everything's.
pauses() {
	on_test_clock
	start_daemon
	js submit --name=often --every=1s -- true
	poll 20 ledger_is "sum(outcome = 'ok') >= 1"
	from=$(($(clock_us) / 1000))
	js pause often --until=now+1h --reason=mine
	paused=$(($(clock_us) / 1000))
	strike "$1"
	js submit --name=beside -- true
	js wait beside
	state_is often paused
	sleep_for 3600
	poll 30 ledger_is "max(claimed_ms) > $paused + 3000000"
	ledger_is "sum(job = 'often' AND claimed_ms > $paused AND claimed_ms < $from + 3600000) = 0"
	js pause
	strike "$1"
	js submit --name=later -- true
	poll 20 overall_pause
	state_is later pending
	js resume
	js wait later
}

overall_pause() {
	js status | grep -q '^paused'
}

@test "a pause and its end are kept when the scheduler is killed" {
	pauses scheduler
}

@test "a pause and its end are kept when the runner is killed" {
	pauses runner
}

@test "what a job writes before and after the scheduler is killed is kept, in order" {
	start_daemon
	js submit --name=talker -- sh -c "echo before; $(until_go talker); echo after"
	poll 20 began talker
	strike scheduler
	: >out/go.talker
	js wait talker
	[ "$(js output talker)" = $'before\nafter' ]
}

@test "an attempt after one whose runner was killed has its own output" {
	start_daemon
	js submit --name=talker --retries=1 --backoff=100ms -- sh -c "echo \$JOBSCHED_ATTEMPT; $(until_go talker)"
	poll 20 began talker
	strike runner
	: >out/go.talker
	js wait talker
	[ "$(js output talker)" = 2 ]
	ledger_is "sum(outcome = 'lost') = 1 AND sum(outcome = 'ok') = 1"
}

@test "a cancel is carried out, though scheduler and runner are killed in its middle" {
	start_daemon
	js submit --name=deaf --grace=2s -- sh -c "trap '' TERM; echo \$\$ >$T/out/pid; $(until_go deaf)"
	poll 20 began deaf
	js cancel deaf
	strike both
	poll 30 gone "$(cat out/pid)"
	poll 20 state_is deaf cancelled
	run -0 js cancel deaf
}

# tells WHO OUTCOME: of a job that runs in this moment.
tells() {
	start_daemon
	js submit --name=bad --mail=ops -- sh -c "$(until_go bad); exit 1"
	poll 20 began bad
	strike "$1"
	: >out/go.bad
	poll 30 [ -s out/told ]
	poll 30 [ -s out/mails ]
	[ "$(cat out/told)" = "bad $2" ]
	grep -qx "X-Jobsched-Outcome: $2" out/mails
}

@test "a failure is told when the scheduler is killed while the job runs" {
	tells scheduler failed
}

@test "a failure is told when the runner is killed while the job runs" {
	tells runner lost
}

@test "a failure is told when both are killed while the job runs" {
	tells both lost
}

@test "on_failure that runs when the scheduler is killed is run again by the next" {
	told ": >$T/out/telling; exec sleep 1000"
	start_daemon
	js submit --name=bad -- false
	poll 20 [ -e out/telling ]
	told 'echo "$JOBSCHED_JOB_NAME" >>"$T/out/told"'
	strike scheduler
	poll 30 [ -s out/told ]
	[ "$(cat out/told)" = bad ]
}
