#!/usr/bin/env bats
# Order keys: strictly one after the other, in order of (due, id), whatever is killed meanwhile.

load lib.bash
load clock.bash

setup() {
	instance
}

teardown() {
	clean_up
}

# Each job writes "start N" and "end N" into out/order.
numbered() {
	local n=$1

	shift
	js submit --order-key=k "$@" -- sh -c "echo start $n >>$T/out/order; sleep 0.05; echo end $n >>$T/out/order" >>"$T/ids"
}

waits_for_its_turn() {
	js status "$1" | grep -q "for its turn under order key"
}

lines_in() {
	[ "$(wc -l <"$1" 2>/dev/null || echo 0)" -ge "$2" ]
}

all_ended() {
	jobs_are "min(state NOT IN ('pending', 'running'))"
}

@test "a job that waits for its turn has no next run, in list and in status" {
	start_daemon
	js submit --name=first --order-key=k -- sleep 1000
	poll 10 state_is first running
	js submit --name=second --order-key=k -- true
	js submit --name=often --order-key=k --every=1h -- true
	poll 10 waits_for_its_turn often
	run -0 js status second
	[[ $output != *"next "* ]]
	for name in second often; do
		[ "$(jobs_sql "next_run_at IS NULL FROM job WHERE name = '$name'")" = 1 ]
	done
	[ "$(answer '$.jobs[0].next[0]' js --json status second)" = "" ]
	[ "$(sqlite3 :memory: "SELECT unixepoch('$(answer '$.jobs[0].next[0]' js --json status often)') > unixepoch()")" = 1 ]
}

@test "jobs of one key run one at a time, in order, whatever their priority" {
	js db init
	for i in $(seq 1 12); do
		numbered "$i" --priority=$((i % 10))
	done
	start_daemon
	poll 20 lines_in out/order 24
	for i in $(seq 1 12); do
		printf 'start %s\nend %s\n' "$i" "$i"
	done | diff - out/order
}

@test "an earlier time comes before an earlier id" {
	js db init
	now=$(date +%s)
	for n in 3 2 1; do
		numbered "$n" --at="$(date -u -d "@$((now + n))" +%Y-%m-%dT%H:%M:%SZ)"
	done
	start_daemon
	poll 20 lines_in out/order 6
	printf 'start %s\nend %s\n' 1 1 2 2 3 3 | diff - out/order
}

@test "a waiting retry holds its key, or lets go with --order-on-failure=go" {
	on_test_clock
	js db init
	for how in hold go; do
		js submit --name="a-$how" --order-key="$how" --order-on-failure="$how" --retries=1 --backoff=1h..1h -- \
			sh -c "echo a >>$T/out/$how; [ \$JOBSCHED_ATTEMPT = 2 ]"
		js submit --name="b-$how" --order-key="$how" -- sh -c "echo b >>$T/out/$how"
	done
	start_daemon
	poll 20 ledger_is "sum(job = 'a-hold' AND outcome = 'failed') = 1 AND sum(job = 'b-go' AND outcome = 'ok') = 1"
	[ "$(tr -d '\n' <out/hold)" = a ]
	[ "$(tr -d '\n' <out/go)" = ab ]
	sleep_for 7200
	poll 20 lines_in out/hold 3
	poll 20 lines_in out/go 3
	[ "$(tr -d '\n' <out/hold)" = aab ]
	[ "$(tr -d '\n' <out/go)" = aba ]
}

@test "what failed for good, is cancelled or paused lets the next of its key go" {
	js db init
	js submit --name=bad --order-key=k -- false
	js submit --name=never --order-key=k --at=now -- touch out/never
	js submit --name=held --order-key=k -- touch out/held
	js submit --name=last --order-key=k -- true
	js cancel never
	js pause held
	start_daemon
	js wait last
	[ ! -e out/never ]
	[ ! -e out/held ]
	js resume held
	js wait held
}

@test "status tells who waits for its turn" {
	start_daemon
	js submit --name=first --order-key=k -- sh -c "until [ -e $T/out/go ]; do sleep 0.1; done"
	js submit --name=second --order-key=k -- true
	poll 10 eval '[ "$(answer "$.jobs[0].waits_for" js --json status second)" = order ]'
	[[ $(js status second) == *"for its turn under order key k"* ]]
	[[ $(js list --name=second) == *"pending for order"* ]]
	touch out/go
	js wait second
}

@test "the order holds when scheduler and runner are killed in the middle" {
	js db init
	for i in $(seq 1 25); do
		numbered "$i" --retries=9 --backoff=100ms
	done
	for ((round = 0; round < 4; round++)); do
		start_daemon
		poll 20 lines_in out/order $((round * 8 + 5))
		[ $((round % 2)) = 0 ] || kill_runners
		stop_daemon KILL
		[ $((round % 2)) = 1 ] || kill_runners
	done
	start_daemon
	poll 60 all_ended
	jobs_are "count(*) = 25 AND min(state = 'done')"
	# Never back to an earlier one, and none left out.
	sed -n 's/start //p' out/order | sort -nc
	[ "$(sed -n 's/start //p' out/order | sort -nu | wc -l)" = 25 ]
	# No start of another while one runs.
	awk '$1 == "start" { if (open && open != $2) bad = 1; open = $2 } $1 == "end" { open = 0 } END { exit bad }' out/order
	run -0 js db check
}
