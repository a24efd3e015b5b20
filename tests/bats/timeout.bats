#!/usr/bin/env bats
# How jobs are ended before their time: timeouts and cancels, the whole process tree, whoever was killed before.
# Without control groups; with them: cgroups.bats.

load lib.bash
load clock.bash

setup() {
	instance 'cgroups = no'
	on_test_clock
}

teardown() {
	clean_up
}

# A job whose child is in a session of its own, and whose grandchild has lost its parent as well. All
# write their pids; with "deaf", they do not care for TERM, of which the main process only tells. What it says
# now and then lets its runner look at the clock, as that of all jobs here; it does not end with who listens.
tree='
	trap "" PIPE
	[ "$1" != deaf ] || trap "" TERM
	echo $$ >out/pid.main
	setsid sh -c "echo \$\$ >out/pid.session; while :; do sleep 0.1; done" &
	sh -c "setsid sh -c \"echo \\\$\\\$ >out/pid.orphan; while :; do sleep 0.1; done\" &"
	until [ -s out/pid.session ] && [ -s out/pid.orphan ]; do sleep 0.02; done
	[ "$1" != deaf ] || trap ": >out/told" TERM
	: >out/began
	while :; do echo; sleep 0.1; done'

tree_is_gone() {
	local f

	for f in out/pid.*; do
		gone "$(cat "$f")" || return
	done
}

@test "a timeout ends the job with everything that it started" {
	start_daemon
	js submit --name=slow --timeout=1h --grace=1h -- sh -c "$tree" sh
	poll 10 [ -e out/began ]
	time_goes_by
	run js wait slow
	[ "$status" -ne 0 ]
	ledger_is "count(*) = 1 AND min(outcome = 'timeout')"
	poll 10 tree_is_gone
}

@test "what does not care for TERM gets KILL after the grace" {
	start_daemon
	js submit --name=deaf --timeout=1h --grace=2s -- sh -c "$tree" sh deaf
	poll 10 [ -e out/began ]
	time_goes_by
	run js wait deaf
	poll 10 tree_is_gone
	[ -e out/told ]
	ledger_is "count(*) = 1 AND min(outcome = 'timeout' AND signal = 9)"
	ledger_is "min(unixepoch(finished_at) - unixepoch(started_at)) >= 3602"
}

@test "a job that ends within the grace has its own exit status, and the outcome timeout" {
	start_daemon
	js submit --name=tidy --timeout=1h --grace=1h -- \
		sh -c 'trap "echo tidied; exit 4" TERM; : >out/began; while :; do echo; sleep 0.1; done'
	poll 10 [ -e out/began ]
	time_goes_by
	run js wait tidy
	[ "$(js output tidy | tail -n 1)" = tidied ]
	ledger_is "min(outcome = 'timeout' AND exit_status = 4)"
}

@test "a timeout is tried again as any failure" {
	start_daemon
	js submit --name=twice --timeout=1h --retries=1 --backoff=1s..1s -- \
		sh -c '[ "$JOBSCHED_ATTEMPT" -gt 1 ] && exit; : >out/began; while :; do echo; sleep 0.1; done'
	poll 10 [ -e out/began ]
	time_goes_by
	js wait twice
	ledger_is "sum(outcome = 'timeout') = 1 AND sum(outcome = 'ok') = 1"
}

@test "a timeout is kept while no scheduler runs" {
	start_daemon
	js submit --name=slow --timeout=1h --grace=1h -- sh -c "$tree" sh
	poll 10 [ -e out/began ]
	stop_daemon KILL
	time_goes_by
	poll 10 tree_is_gone
	start_daemon
	run js wait slow
	ledger_is "count(*) = 1 AND min(outcome = 'timeout')"
}

@test "a cancel that came while no scheduler ran is carried out by the next" {
	start_daemon
	js submit --name=long --grace=1h -- sh -c "$tree" sh
	poll 10 [ -e out/began ]
	stop_daemon KILL
	js cancel long
	start_daemon
	poll 15 tree_is_gone
	poll 10 ledger_is "count(*) = 1 AND min(outcome = 'cancelled')"
	state_is long cancelled
}

@test "a cancel is carried out to its end, though the scheduler is killed in its middle" {
	start_daemon
	js submit --name=deaf --grace=1h -- sh -c "$tree" sh deaf
	poll 10 [ -e out/began ]
	js cancel deaf
	poll 10 [ -e out/told ]
	stop_daemon KILL
	time_goes_by
	poll 10 tree_is_gone
	start_daemon
	poll 10 ledger_is "count(*) = 1 AND min(outcome = 'cancelled' AND signal = 9)"
}

@test "the timeout of a job whose runner was killed is kept by the scheduler" {
	start_daemon
	js submit --name=orphan --timeout=1h --grace=1h -- \
		sh -c 'echo $$ >out/pid.main; : >out/began; while :; do sleep 0.1; done'
	poll 10 [ -e out/began ]
	time_goes_by_without_runner
	poll 15 tree_is_gone
	poll 10 ledger_is "count(*) = 1 AND min(outcome = 'timeout')"
}

# A main process that dies of TERM. The others do not: a child in its group, one in a session of its own, and
# one that has lost its parent as well.
survivors='
	trap "" PIPE
	for who in group session orphan; do
		run="trap \"\" TERM; echo \$\$ >out/pid.$who; while :; do sleep 0.1; done"
		case $who in
		group) sh -c "$run" & ;;
		session) setsid sh -c "$run" & ;;
		orphan) sh -c "setsid sh -c \"\$0\" &" "$run" ;;
		esac
	done
	until [ -s out/pid.group ] && [ -s out/pid.session ] && [ -s out/pid.orphan ]; do sleep 0.02; done
	echo $$ >out/pid.main
	: >out/began
	while :; do echo; sleep 0.1; done'

main_is_gone() {
	gone "$(cat out/pid.main)"
}

@test "the timeout of a job whose runner was killed ends its whole tree" {
	start_daemon
	js submit --name=tree --timeout=1h --grace=3s -- sh -c "$survivors" sh
	poll 10 [ -e out/began ]
	time_goes_by_without_runner
	poll 30 tree_is_gone
	poll 10 ledger_is "count(*) = 1 AND min(outcome = 'timeout')"
}

@test "the cancel of a job whose runner was killed ends its whole tree" {
	start_daemon
	js submit --name=tree --grace=3s -- sh -c "$survivors" sh
	poll 10 [ -e out/began ]
	kill_runners
	js cancel tree
	poll 30 tree_is_gone
	poll 10 ledger_is "count(*) = 1 AND min(outcome = 'cancelled')"
}

@test "a timeout goes on to its end, though the runner is killed within the grace" {
	start_daemon
	js submit --name=tree --timeout=1h --grace=4s -- sh -c "$survivors" sh
	poll 10 [ -e out/began ]
	time_goes_by
	poll 30 main_is_gone
	# Its result is in the store before the rest of its tree has ended.
	poll 10 ledger_is "count(*) = 1 AND min(outcome = 'timeout')"
	journal=$(ls state/runners/*.journal)
	kill_runners
	poll 30 tree_is_gone
	poll 10 [ ! -e "$journal" ]
	ledger_is "count(*) = 1 AND min(outcome = 'timeout')"
}

@test "a cancel goes on to its end, though runner and scheduler are killed within the grace" {
	start_daemon
	js submit --name=tree --grace=4s -- sh -c "$survivors" sh
	poll 10 [ -e out/began ]
	js cancel tree
	poll 30 main_is_gone
	stop_daemon KILL
	kill_runners
	start_daemon
	poll 30 tree_is_gone
	poll 10 ledger_is "count(*) = 1 AND min(outcome = 'cancelled')"
}

@test "who is deaf to TERM gets KILL, though the runner is killed within the grace" {
	start_daemon
	js submit --name=deaf --timeout=1h --grace=4s -- sh -c 'trap "" PIPE; trap ": >out/told" TERM
		echo $$ >out/pid.main; : >out/began
		while :; do echo; sleep 0.1; done'
	poll 10 [ -e out/began ]
	time_goes_by
	poll 30 [ -e out/told ]
	kill_runners
	poll 30 tree_is_gone
	poll 10 ledger_is "count(*) = 1 AND min(outcome = 'timeout')"
}
