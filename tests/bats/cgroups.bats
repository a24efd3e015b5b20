#!/usr/bin/env bats
# A control group for each job, where there can be: nobody whom a timeout or a cancel is for gets away, and nobody
# else is ended.

load lib.bash
load clock.bash

setup() {
	instance 'log_level = debug'
	# Where this shell is, a folder can be made, and has what it takes.
	group=$(awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
	group=$group$(sed -n 's,^0::,,p' /proc/self/cgroup)
	group=${group%/}
	mkdir "$group/test-$$" 2>/dev/null || skip "no control group can be made here"
	rmdir "$group/test-$$"
	# A process that has nothing in common with its job but the control group: another session, no parent, an
	# empty environment, and no ear for TERM.
	cat >hidden <<-END
		trap "" TERM
		echo \$\$ >$T/out/hidden
		while :; do sleep 0.1; done
	END
	cat >hides <<-END
		(env -i setsid sh $T/hidden &)
		until [ -s $T/out/hidden ]; do sleep 0.02; done
		: >$T/out/began
	END
}

teardown() {
	[ -z "${daemon:-}" ] || clean_up
}

# cells FILE: what the file of each cell of our runner says.
cells() {
	local pid

	for pid in $(runner_pids); do
		cat "$group/jobsched-$pid-"*/[0-9]*/"$1"
	done
}

hidden_is_gone() {
	gone "$(cat out/hidden)"
}

@test "the log tells whether jobs have control groups" {
	start_daemon
	js submit --name=one -- true
	js wait one
	poll 10 has_logged "each job has a control group below $group/jobsched-"
}

@test "a timeout reaches who has nothing in common with the job any more" {
	on_test_clock
	start_daemon
	js submit --name=slow --timeout=1h --grace=1s -- sh -c ". $T/hides; while :; do echo; sleep 0.1; done"
	poll 20 [ -e out/began ]
	time_goes_by
	poll 30 hidden_is_gone
	poll 20 ledger_is "min(outcome = 'timeout')"
}

@test "a cancel reaches it, though the main process has ended within the grace" {
	start_daemon
	js submit --name=long --grace=2s -- sh -c ". $T/hides; exec sleep 1000"
	poll 20 [ -e out/began ]
	js cancel long
	poll 20 ledger_is "min(outcome = 'cancelled')"
	poll 30 hidden_is_gone
}

@test "a timeout reaches it, though the runner is killed before" {
	on_test_clock
	start_daemon
	js submit --name=slow --timeout=1h --grace=1s -- sh -c ". $T/hides; exec sleep 1000"
	poll 20 [ -e out/began ]
	time_goes_by_without_runner
	poll 30 hidden_is_gone
	poll 20 ledger_is "min(outcome = 'timeout')"
}

@test "a cancel reaches it, though runner and scheduler are killed in its middle" {
	start_daemon
	js submit --name=long --grace=3s -- sh -c ". $T/hides; exec sleep 1000"
	poll 20 [ -e out/began ]
	js cancel long
	poll 20 ledger_is "min(outcome = 'cancelled')"
	stop_daemon KILL
	kill_runners
	start_daemon
	poll 30 hidden_is_gone
}

@test "what a job leaves behind when it has ended lives on, and no other job shares its group" {
	start_daemon
	js submit --name=leaves -- sh "$T/hides"
	js wait leaves
	for i in 1 2 3 4 5 6; do
		js submit --name="long$i" --grace=0s -- sh -c ": >$T/out/began.$i; exec sleep 1000"
	done
	for i in 1 2 3 4 5 6; do
		poll 20 [ -e "out/began.$i" ]
	done
	js cancel --name='long*'
	poll 20 ledger_is "sum(outcome = 'cancelled') = 6"
	kill -0 "$(cat out/hidden)"
}

@test "a job after one that was killed has its exit status" {
	start_daemon
	for i in 1 2 3; do
		js submit --name="long$i" --grace=0s -- sh -c ": >$T/out/began.$i; exec sleep 60"
		poll 20 [ -e "out/began.$i" ]
		js cancel "long$i"
		poll 20 state_is "long$i" cancelled
		js submit --name="next$i" -- sh -c 'sleep 0.1; exit 3'
		run -3 js wait "next$i"
	done
	ledger_is "sum(outcome = 'cancelled') = 3 AND sum(outcome = 'failed') = 3 AND count(*) = 6"
}

@test "cells are used again, and go with their runner" {
	start_daemon
	for i in 1 2 3 4 5; do
		js submit --name="job$i" -- true
		js wait "job$i"
	done
	[ "$(cells cgroup.events | grep -c populated)" -eq 1 ]
	folder=$(sed -n 's/.*each job has a control group below //p' "$T/log")
	[ -d "$folder" ]
	stop_daemon
	poll 20 no_runner
	[ ! -e "$folder" ]
}

@test "what a killed runner left is cleared away by the next" {
	start_daemon
	js submit --name=one -- true
	js wait one
	left=$(echo "$group/jobsched-$(runner_pids)-"*)
	[ -d "$left" ]
	kill_runners
	poll 20 no_runner
	js submit --name=two -- true
	js wait two
	[ ! -e "$left" ]
}

@test "a cell that was removed is made again" {
	start_daemon
	js submit --name=one -- true
	js wait one
	left=$(echo "$group/jobsched-$(runner_pids)-"*)
	rmdir "$left"/[0-9]* "$left"
	js submit --name=two -- sh -c "cat /proc/self/cgroup >$T/out/cell"
	js wait two
	grep -q "jobsched-$(runner_pids)-" out/cell
}

@test "cgroups = no: there are none" {
	echo 'cgroups = no' >>"$C"
	start_daemon
	js submit --name=one -- sh -c "cat /proc/self/cgroup >$T/out/cell"
	js wait one
	[ "$(grep -c jobsched- out/cell)" -eq 0 ]
	poll 10 has_logged "no control groups"
}

@test "where a job was killed, the next one can live" {
	start_daemon
	js submit --name=killed --grace=0s -- sh -c "echo >$T/out/began; exec sleep 1000"
	poll 10 [ -s out/began ]
	js cancel killed
	run js wait killed
	for _ in 1 2 3; do
		js submit --name=next --replace -- true
		js wait next
	done
}
