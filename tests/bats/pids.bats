#!/usr/bin/env bats
# A pid that was a job's and is a stranger's now. In a pid namespace of one's own the next pid can be chosen.

load lib.bash

setup() {
	instance
}

teardown() {
	clean_up
}

# apart FUNCTION: runs it as the first process of a new pid namespace, with all functions that there are.
apart() {
	declare -f >functions
	C=$C unshare -p -f --mount-proc bash -euc '. ./functions; "$0"' "$1" 3>&- 4>&-
}

can_choose() {
	echo 1000 >/proc/sys/kernel/ns_last_pid
}

# stranger PID: leaves a process of that pid behind.
stranger() {
	local times

	for times in $(seq 200); do
		echo $(($1 - 1)) >/proc/sys/kernel/ns_last_pid
		sleep 1000 &
		[ "$!" != "$1" ] || return 0
		kill "$!"
		wait "$!" || :
	done
	echo "no process with pid $1 after $times times" >&2
	return 1
}

start_time() {
	sed 's/.*) //' "/proc/$1/stat" | cut -d ' ' -f 20
}

lines_in() {
	[ "$(wc -l <"$1" 2>/dev/null || echo 0)" -ge "$2" ]
}

# Both are killed, and then the jobs; strangers get the pids of these.
all_killed() {
	kill -KILL "$daemon"
	wait "$daemon" || :
	kill_runners
	poll 20 no_runner
	first=$(head -n 1 out/first)
	second=$(head -n 1 out/second)
	kill -KILL "$first" "$second"
	poll 20 gone "$first"
	poll 20 gone "$second"
	stranger "$first"
	stranger "$second"
	born="$(start_time "$first") $(start_time "$second")"
}

strangers_live() {
	[ "$(start_time "$first") $(start_time "$second")" = "$born" ]
	! grep -q '^State:.[ZXT]' "/proc/$first/status" "/proc/$second/status"
}

submit_two() {
	start_daemon
	js submit --name=first --retries=1 --backoff=100ms -- \
		sh -c 'echo $$ >>out/first; [ "$(wc -l <out/first)" -gt 1 ] || exec sleep 1000'
	js submit --name=second -- sh -c 'echo $$ >>out/second; exec sleep 1000'
	poll 20 lines_in out/first 1
	poll 20 lines_in out/second 1
}

# The first is tried again, the second has ended for good; in between others have got all pids.
recovered_among_strangers() {
	all_killed
	js cancel second
	start_daemon
	poll 30 lines_in out/first 2
	js wait first
	poll 20 ledger_is "sum(outcome = 'running') = 0"
}

taken_by_strangers() {
	submit_two
	recovered_among_strangers
	ledger_is "sum(job = 'first' AND outcome = 'lost') = 1"
	ledger_is "sum(job = 'first' AND outcome = 'ok') = 1"
	ledger_is "sum(job = 'second') = 1"
	[ "$(wc -l <out/second)" = 1 ]
	strangers_live
	js cancel first second || :
	stop_daemon
	[ "$status" -eq 0 ]
	strangers_live
}

# Without a journal the lock file alone says who ran.
taken_without_journal() {
	submit_two
	rm state/runners/*.journal
	recovered_among_strangers
	[ "$(wc -l <out/second)" = 1 ]
	strangers_live
	stop_daemon
	strangers_live
}

# The scheduler watches it: by the time that a stranger can have the pid, it has seen the end.
taken_while_watched() {
	submit_two
	kill_runners
	poll 20 both_watched
	first=$(head -n 1 out/first)
	kill -STOP "$daemon"
	kill -KILL "$first"
	poll 20 gone "$first"
	stranger "$first"
	born=$(start_time "$first")
	js cancel first
	kill -CONT "$daemon"
	poll 20 ledger_is "sum(job = 'first' AND outcome = 'running') = 0"
	[ "$(start_time "$first")" = "$born" ]
	js cancel second
	poll 20 ledger_is "sum(outcome = 'running') = 0"
	[ "$(start_time "$first")" = "$born" ]
	stop_daemon
}

both_watched() {
	[ "$(logged "still runs as process")" = 2 ]
}

chosen() {
	apart can_choose 2>/dev/null || skip "pids cannot be chosen here"
	apart "$1"
}

@test "the pid of a job that went with its runner is another's: not signalled, and not taken for the job" {
	chosen taken_by_strangers
}

@test "the same where the journal has gone, too" {
	chosen taken_without_journal
}

@test "the pid of a job that is watched is another's: not signalled, and not taken for the job" {
	chosen taken_while_watched
}
