#!/usr/bin/env bats
# What of a job's life is under way when the scheduler or the runner is killed: a retry that waits, alone and with
# its order key; a timeout and a cancel in their grace; a full queue; a checkpoint; the job of another user; mail
# and on_failure that run; many jobs on their way in or out. See kills.bats, too.

load lib.bash
load clock.bash
load kills.bash

setup() {
	instance "mailer = \"$BATS_TEST_TMPDIR/js/mailer\"
		queue small { max_running = 1 }"
}

teardown() {
	clean_up
	[ -z "${D:-}" ] || rm -rf "$D"
}

# ---- retries and order keys ----

# retry WHO
retry() {
	on_test_clock
	start_daemon
	js submit --name=tries --order-key=k --retries=1 --backoff=1h..1h -- \
		sh -c "echo first >>$T/out/order; [ \$JOBSCHED_ATTEMPT -eq 2 ]"
	poll 20 ledger_is "sum(outcome = 'failed') = 1"
	js submit --name=next --order-key=k -- sh -c "echo next >>$T/out/order"
	strike "$1"
	marked beside
	[ "$(cat out/order)" = first ]
	state_is next pending
	sleep_for 3600
	js wait tries next
	[ "$(tr '\n' ' ' <out/order)" = "first first next " ]
	ledger_is "sum(job = 'tries') = 2 AND sum(job = 'next') = 1"
	run -0 js db check
}

@test "a retry that waits, and holds its order key, does so when the scheduler is killed" {
	retry scheduler
}

@test "a retry that waits, and holds its order key, does so when the runner is killed" {
	retry runner
}

@test "a retry that waits, and holds its order key, does so when both are killed" {
	retry both
}

# ---- timeouts and cancels ----

# deaf WHO OUTCOME OPTION...
deaf() {
	on_test_clock
	start_daemon
	js submit --name=deaf --grace=3s "${@:3}" -- sh -c "trap '' PIPE; trap ': >$T/out/told' TERM; echo \$\$ >$T/out/pid
		: >$T/out/began; while :; do echo; sleep 0.1; done"
	poll 20 [ -e out/began ]
	if [ "$2" = timeout ]; then
		time_goes_by
	else
		js cancel deaf
	fi
	poll 20 [ -e out/told ]
	strike "$1"
	poll 30 gone "$(cat out/pid)"
	poll 20 ledger_is "count(*) = 1 AND min(outcome = '$2')"
	run -0 js db check
}

@test "a timeout goes on from within its grace when the scheduler is killed" {
	deaf scheduler timeout --timeout=1h
}

@test "a timeout goes on from within its grace when the runner is killed" {
	deaf runner timeout --timeout=1h
}

@test "a cancel goes on from within its grace when the scheduler is killed" {
	deaf scheduler cancelled
	state_is deaf cancelled
}

@test "a cancel goes on from within its grace when the runner is killed" {
	deaf runner cancelled
	state_is deaf cancelled
}

# ---- queues ----

# full WHO OUTCOME: of the one that has the only place.
full() {
	start_daemon
	js submit --name=has --queue=small -- sh -c "$(until_go has)"
	poll 20 began has
	js submit --name=waits --queue=small -- sh -c "$(until_go waits)"
	strike "$1"
	marked beside
	run began waits
	[ "$status" -ne 0 ]
	: >out/go.has
	poll 30 began waits
	: >out/go.waits
	js wait waits
	ledger_is "sum(job = 'has' AND outcome = '$2') = 1 AND sum(job = 'waits' AND outcome = 'ok') = 1"
	run -0 js db check
}

@test "a full queue is full, and then goes on, when the scheduler is killed" {
	full scheduler ok
}

@test "a full queue is full, and then goes on, when the runner is killed" {
	full runner lost
}

# ---- checkpoints ----

# puts WHO: between the put and the end of the attempt.
puts() {
	start_daemon
	js submit --name=puts --retries=1 --backoff=100ms --env="PATH=$PATH" -- sh -c "jobsched checkpoint get >$T/out/got && exit 0
		echo kept | jobsched checkpoint put && $(until_go puts); exit 1"
	poll 20 began puts
	strike "$1"
	: >out/go.puts
	js wait puts
	[ "$(cat out/got)" = kept ]
	ledger_is "sum(outcome = 'ok') = 1 AND count(*) = 2"
}

@test "a checkpoint that was put is there for the next attempt when the scheduler is killed" {
	puts scheduler
}

@test "a checkpoint that was put is there for the next attempt when the runner is killed" {
	puts runner
}

# ---- others' jobs ----

# someone WHO OUTCOME: of the attempt that runs in this moment.
someone() {
	[ "$(id -u)" -eq 0 ] || skip "only root runs jobs of others"
	D=$(mktemp -d)
	chmod 1777 "$D"
	start_daemon
	js submit --name=theirs --user=nobody --cwd=/ --retries=1 --backoff=100ms -- sh -c "id -un
		: >$D/began; until [ -e $D/go ]; do sleep 0.05; done; [ \$JOBSCHED_ATTEMPT = $3 ]"
	poll 20 [ -e "$D/began" ]
	strike "$1"
	: >"$D/go"
	js wait theirs
	[ "$(js output theirs)" = nobody ]
	ledger_is "count(*) = $3 AND sum(outcome = '$2') = 1 AND sum(outcome = 'ok') = 1"
}

@test "the job of another user keeps its exit status when the scheduler is killed" {
	someone scheduler ok 1
}

@test "the job of another user is lost and run again as that user when the runner is killed" {
	someone runner lost 2
}

# ---- telling people ----

notices_are() {
	[ "$(sqlite3 "file:$T/jobs.db?mode=ro" "SELECT count(*) FROM notices")" -eq "$1" ]
}

# telling WHO: while the mailer and the command of on_failure run.
telling() {
	printf '#!/bin/sh\ncat >>"%s/out/mails"; %s\n' "$T" "$(until_go mail)" >mailer
	printf 'echo "$JOBSCHED_JOB_NAME" >>"%s/out/told"; %s\n' "$T" "$(until_go told)" >on-failure
	chmod 755 mailer
	echo "on_failure = '. $T/on-failure'" >>"$C"
	start_daemon
	js submit --name=bad --mail=ops -- false
	poll 20 began mail
	poll 20 began told
	strike "$1"
	: >out/go.mail
	: >out/go.told
	poll 30 notices_are 0
	[ "$(sort -u out/told)" = bad ]
	grep -qx "X-Jobsched-Outcome: failed" out/mails
}

@test "mail and on_failure come to their end when the runner is killed, and once" {
	telling runner
	[ "$(cat out/told)" = bad ]
	[ "$(grep -c ^To: out/mails)" -eq 1 ]
}

@test "mail and on_failure come again when the scheduler is killed" {
	telling scheduler
}

# ---- many ----

some_are_stored() {
	[ "$(sqlite3 "file:$T/jobs.db?mode=ro" "SELECT count(*) FROM jobs" 2>/dev/null || echo 0)" -gt 0 ]
}

# Of each hundred, one that runs at once.
many() {
	for i in $(seq 1 "$1"); do
		if [ $((i % 100)) -eq 0 ]; then
			printf '{"name": "n%d", "command": "echo %d >>%s/out/ran"}\n' "$i" "$i" "$T"
		else
			printf '{"name": "n%d", "command": "true", "in": "1d"}\n' "$i"
		fi
	done
}

none_open() {
	jobs_are "sum(name LIKE 'n%00' AND state IN ('pending', 'running')) = 0"
}

# batch WHO: a file of jobs that is on its way in, some of which run already.
batch() {
	many 12000 >many.json
	start_daemon
	jobsched -C "$C" submit --file=many.json --batch=b >ids 3>&- 4>&- &
	pid=$!
	poll 60 some_are_stored
	strike "$1"
	wait "$pid"
	[ "$(sort -u ids | wc -l)" -eq 12000 ]
	poll 60 none_open
	jobs_are "count(*) = 12000 AND sum(name NOT LIKE 'n%00' AND state = 'pending') = 11880"
	[ -z "$(sort out/ran | uniq -d)" ]
	run -0 js db check
}

@test "jobs that are on their way in are all stored and run once when the scheduler is killed" {
	batch scheduler
	[ "$(wc -l <out/ran)" -eq 120 ]
}

@test "jobs that are on their way in are all stored, and none runs twice, when the runner is killed" {
	batch runner
}

all_cancelled() {
	jobs_are "min(state = 'cancelled')"
}

none_lives() {
	[ -z "$(pids_with "$T/go-on")" ]
}

# ended WHO: forty that run, cancelled with one command.
ended() {
	printf 'trap : TERM; : >"%s/out/on.$1"; while :; do sleep 0.1; done\n' "$T" >go-on
	start_daemon
	for i in $(seq 1 40); do
		printf '{"command": "exec sh %s/go-on %d", "queue": "q", "grace": "2s"}\n' "$T" "$i"
	done >many.json
	js -q submit --file=many.json
	poll 60 all_go_on
	js cancel --queue=q
	strike "$1"
	poll 60 all_cancelled
	poll 60 none_lives
	run -0 js db check
}

all_go_on() {
	[ "$(find out -name 'on.*' | wc -l)" -eq 40 ]
}

@test "a cancel of many that run is carried out when the scheduler is killed" {
	ended scheduler
}

@test "a cancel of many that run is carried out when the runner is killed" {
	ended runner
}

@test "a cancel of many that run is carried out when both are killed" {
	ended both
}
