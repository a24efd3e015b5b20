#!/usr/bin/env bats
# Queues: their limits and pauses; and jobs that only some nodes can take.

load lib.bash
load clock.bash

setup() {
	instance 'queue "small" { max_running = 2 }
		queue "one" { max_running = 1 }'
}

teardown() {
	clean_up
}

# Each writes +1 when it starts and -1 when it ends, which is when it gets out/token or all may go.
counted() {
	js submit --queue="$1" --retries=5 --backoff=100ms -- sh -c "echo +1 >>$T/out/count
		until [ -e $T/out/go ] || rm $T/out/token 2>/dev/null; do sleep 0.05; done
		echo -1 >>$T/out/count" >/dev/null
}

# one_ends: one of them, whichever.
one_ends() {
	: >out/token
	poll 20 [ ! -e out/token ]
}

lines_are() {
	[ "$(wc -l <"$1")" -eq "$2" ]
}

# marked: the scheduler has claimed all that it could by now.
marked() {
	js submit --name="$1" -- true
	js wait "$1"
}

# The most that ran at a time.
most() {
	awk '{ n += $1; if (n > most) most = n } END { print most + 0 }' out/count
}

lines_in() {
	[ "$(wc -l <"$1" 2>/dev/null || echo 0)" -ge "$2" ]
}

all_ended() {
	jobs_are "min(state NOT IN ('pending', 'running'))"
}

waits_for() {
	[ "$(answer '$.jobs[0].waits_for' js --json status "$1")" = "$2" ]
}

queue_is() {
	[ "$(answer "\$.queues[$1].$2" js --json status)" = "$3" ]
}

# blocker QUEUE: fills a slot until out/go is there.
blocker() {
	js submit --queue="$1" -- sh -c "touch $T/out/blocked; until [ -e $T/out/go ]; do sleep 0.1; done" >/dev/null
	poll 10 [ -e out/blocked ]
}

@test "no more jobs of a queue run than it may, and others beside it" {
	start_daemon
	for _ in 1 2 3 4 5 6 7 8; do
		counted small
	done
	poll 20 lines_in out/count 2
	marked beside
	lines_are out/count 2
	for i in 1 2 3; do
		one_ends
		poll 20 lines_in out/count $((2 + 2 * i))
		marked "beside-$i"
		lines_are out/count $((2 + 2 * i))
	done
	touch out/go
	poll 20 lines_in out/count 16
	[ "$(most)" = 2 ]
	poll 10 all_ended
	lines_are out/count 16
}

@test "a full queue with thousands that wait does not hold up another job" {
	start_daemon
	blocker one
	for i in $(seq 1 8000); do
		echo '{"command": "true", "queue": "one"}'
	done >many
	js submit --file=many >/dev/null
	js submit --name=other -- true
	js wait other
	ledger_is "count(*) = 2"
	js cancel --queue=one --state=pending
	touch out/go
	poll 20 all_ended
}

low_has_run() {
	grep -q low out/order
}

@test "a full queue keeps no low priority waiting longer than its bound, over a kill" {
	start_daemon
	blocker one
	js submit --name=low --queue=one --priority=0 -- sh -c "echo low >>$T/out/order"
	poll 10 waits_for low queue
	for _ in $(seq 1 150); do
		echo "{\"command\": \"echo high >>$T/out/order\", \"queue\": \"one\", \"priority\": 9}"
	done >many
	js submit --file=many >/dev/null
	touch out/go
	poll 20 lines_in out/order 3
	stop_daemon KILL
	start_daemon
	poll 60 low_has_run
	[ "$(grep -n low out/order | cut -d : -f 1)" -le 10 ]
	js cancel --queue=one --state=pending
	poll 20 all_ended
}

@test "status and list show who waits for a queue" {
	start_daemon
	blocker one
	js submit --name=behind --queue=one -- true
	poll 10 waits_for behind queue
	[[ $(js status behind) == *"for its queue one"* ]]
	[[ $(js list --name=behind) == *"pending for queue"* ]]
	[[ $(js status) == *"one: 1 of 1 running, 1 waiting"* ]]
	queue_is 0 name one
	queue_is 0 waiting 1
	touch out/go
	js wait behind
}

@test "a paused queue starts nothing until it is resumed" {
	start_daemon
	js pause --queue=small --reason="disk is full"
	js submit --name=stays --queue=small -- true
	js submit --name=goes -- true
	js wait goes
	poll 10 waits_for stays queue
	[[ $(js status) == *"small: 0 of 2 running, 1 waiting, paused until it is resumed"*"disk is full"* ]]
	state_is stays pending
	js run stays
	poll 10 ledger_is "sum(job = 'stays' AND outcome = 'ok') = 1"
	js resume --queue=small
	poll 10 ledger_is "sum(job = 'stays' AND outcome = 'ok') = 2"
	run -4 js resume --queue=small
	[[ $output == *"queue 'small' is not paused"* ]]
}

@test "a paused queue goes on by itself at the end of its pause, also after a restart" {
	on_test_clock
	start_daemon
	js pause --queue=any --until=now+1h
	js submit --name=stays --queue=any -- true
	stop_daemon KILL
	kill_runners
	start_daemon
	marked beside
	state_is stays pending
	ledger_is "sum(job = 'stays') = 0"
	sleep_for 3600
	js wait stays
	ledger_is "sum(job = 'stays' AND outcome = 'ok') = 1 AND sum(job = 'stays') = 1"
}

@test "the limit holds when scheduler and runner are killed in the middle" {
	start_daemon
	for _ in $(seq 1 16); do
		counted small
	done
	poll 20 lines_in out/count 2
	one_ends
	poll 20 lines_in out/count 4
	stop_daemon KILL
	start_daemon
	marked after-scheduler
	lines_are out/count 4
	one_ends
	one_ends
	poll 20 lines_in out/count 8
	kill_runners
	stop_daemon KILL
	start_daemon
	marked after-both
	# What lives on has its place.
	lines_are out/count 8
	touch out/go
	poll 40 all_ended
	[ "$(most)" = 2 ]
	jobs_are "count(*) = 18 AND min(state = 'done')"
	run -0 js db check
}

@test "a limit that is changed by a reload is in force" {
	start_daemon
	blocker one
	js submit --name=behind --queue=one -- true
	poll 10 waits_for behind queue
	sed -i 's/queue "one" .*/queue "one" { max_running = 2 }/' "$C"
	kill -s HUP "$daemon"
	js wait behind
	touch out/go
}

@test "a job waits for a node with its label, and status tells" {
	start_daemon
	js submit --name=render --require=gpu -- true
	poll 10 waits_for render node
	[[ $(js status render) == *"for a node with label gpu"* ]]
	js submit --name=elsewhere --on=there -- true
	poll 10 waits_for elsewhere node
	js submit --name=here --on=here -- true
	js wait here
	js submit --name=each --on=each -- true
	js wait each
	echo 'labels = { "gpu" }' >>"$C"
	kill -s HUP "$daemon"
	js wait render
	state_is elsewhere pending
}
