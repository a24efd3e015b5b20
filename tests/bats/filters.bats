#!/usr/bin/env bats
# cancel, retry, pause and resume of jobs chosen by what they are; and of one occurrence.

load lib.bash

setup() {
	instance
	js db init
}

teardown() {
	clean_up
}

later() {
	js submit --in=1d "$@" -- true
}

count_of() {
	[ "$(jobs_sql "count(*) FROM job WHERE $2")" = "$1" ]
}

# many N: so many jobs for later, of queue q.
many() {
	yes '{"command": "true", "in": "1d", "queue": "q", "label": ["team=a"]}' | head -n "$1" >many.json
	js submit --file=many.json >/dev/null
}

@test "cancel chooses by name, queue, label, user and state; all must hold" {
	later --name=a-1 --queue=q
	later --name=a-2 --queue=q --label=team=x
	later --name=b-1 --queue=r --label=team=x
	run -0 js cancel --name='a-*' --label=team=x
	[ "$output" = "cancelled 1 job" ]
	state_is a-2 cancelled
	run -0 js cancel --queue=r --state=pending
	state_is b-1 cancelled
	[ "$(answer '$.count' js --json cancel --user="$(id -un)")" = 1 ]
	count_of 3 "state = 'cancelled'"
	run -0 js cancel --user="$(id -un)"
	[ "$output" = "cancelled 0 jobs" ]
}

@test "--dry-run counts and changes nothing" {
	many 30
	run -0 js cancel --queue=q --dry-run
	[[ $output == *"would cancel 30 jobs" ]]
	[ "$(answer '$.count' js --json cancel --queue=q --dry-run)" = 30 ]
	[ "$(answer 'json_array_length($.jobs)' js --json cancel --queue=q --dry-run 2>/dev/null || sqlite3 :memory: \
		"SELECT json_array_length(readfile('$BATS_TEST_TMPDIR/answer.json'), '\$.jobs')")" = 20 ]
	count_of 30 "state = 'pending'"
}

@test "bad choices are refused with status 2, and nothing is done" {
	later --name=a
	run -2 js cancel
	run -2 js retry
	run -2 js cancel --state=weird
	[[ $output == *"unknown state 'weird'"* ]]
	run -2 js cancel a --user=x
	run -2 js cancel a --dry-run
	run -2 js pause --dry-run
	run -2 js cancel a --occurrence --no-kill
	run -2 js pause --queue=
	for option in --label= --label=x --label==x --queue= --user= --name=; do
		for command in cancel retry pause resume list; do
			run -2 js "$command" "$option"
			[[ $output == *"option '${option%%=*}': "* ]]
		done
	done
	state_is a pending
}

@test "a pause of a queue that nobody knows is told, and holds" {
	later --name=a --queue=q
	run -0 js pause --queue=q
	[ -z "$output" ]
	run -0 js pause --queue=nosuch
	[[ $output == *"warning: queue 'nosuch' is paused, but no job is in it"* ]]
	echo 'queue named { max_running = 1 }' >>"$C"
	run -0 js pause --queue=named
	[ -z "$output" ]
	js resume --queue=nosuch
}

@test "pause and resume take the same choices" {
	later --name=a --label=team=x
	later --name=b
	run -0 js pause --label=team=x --reason=why
	[ "$output" = "paused 1 job" ]
	state_is a paused
	state_is b pending
	run -0 js resume --state=paused
	[ "$output" = "resumed 1 job" ]
	state_is a pending
}

@test "retry of all that failed" {
	start_daemon
	for i in 1 2 3; do
		js submit --name="f-$i" -- sh -c "[ -e $T/out/repaired ]"
	done
	js submit --name=fine -- true
	poll 10 count_of 3 "state = 'failed'"
	touch out/repaired
	run -0 js retry --state=failed
	[ "$output" = "retried 3 jobs" ]
	poll 10 count_of 4 "state = 'done'"
}

@test "running jobs that are chosen are ended" {
	start_daemon
	for i in 1 2 3; do
		js submit --queue=q -- sh -c "touch out/$i; exec sleep 1000"
	done
	poll 10 [ -e out/3 ]
	poll 10 [ -e out/1 ]
	poll 10 [ -e out/2 ]
	js cancel --queue=q
	poll 15 count_of 3 "state = 'cancelled'"
}

# cancelled: how many jobs are, by now.
cancelled() {
	sqlite3 "file:$T/jobs.db?mode=ro" "SELECT coalesce(max(value), 0) FROM counters WHERE name = 'jobs.cancelled'"
}

more_cancelled() {
	[ "$(cancelled)" -gt "$1" ]
}

@test "thousands are cancelled a thousand at a time, and the daemon goes on meanwhile" {
	start_daemon
	slow_down "UPDATE OF state ON jobs" 6000
	# In a round that stood still for too long the cancel was through before the job was.
	for round in 1 2 3 4 5 6 7 8; do
		many 6000
		js cancel --queue=q >out/said &
		pid=$!
		poll 20 more_cancelled $((6000 * round - 6000))
		js submit --name="meanwhile-$round" -- true
		js wait "meanwhile-$round"
		by_then=$(cancelled)
		[ $((by_then % 1000)) -eq 0 ]
		wait "$pid"
		[ "$(cat out/said)" = "cancelled 6000 jobs" ]
		[ "$(answer '$.jobs.cancelled' js --json status)" = $((6000 * round)) ]
		[ "$by_then" -eq $((6000 * round)) ] || break
	done
	# Nobody had to wait for the whole.
	[ "$by_then" -lt $((6000 * round)) ]
}

# due_times JOB FROM TO: how many times of a job that is due each second lie between these (in µs), and how many are
# missing there or were passed over.
due_times() {
	sqlite3 -separator ' ' "file:$T/jobs.db?mode=ro" "WITH run AS (SELECT scheduled_for AS at FROM attempts
			WHERE job_id = $1 AND scheduled_for > $2 AND claimed_at < $3)
		SELECT count(*), coalesce((max(at) - min(at)) / 1000000 + 1 - count(*), 0) +
			(SELECT count(*) FROM skips WHERE job_id = $1 AND last_scheduled_for BETWEEN $2 AND $3)
		FROM run"
}

# Each thousand is a transaction, and the scheduler gets its turn between any two: where one takes longer than a
# second, or the job itself does, some of the times are missed, but not most of them.
@test "a job that is due each second runs at its times, or once a thousand, while thousands are cancelled" {
	start_daemon
	every=$(js submit --name=every --every=1s -- true)
	poll 20 ledger_is "sum(job = 'every' AND outcome = 'ok') > 0"
	# A scheduler that stood still meanwhile says nothing of the cancel.
	for round in 1 2 3 4 5 6; do
		many 20000
		slow_down "UPDATE OF state ON jobs WHEN new.queue = 'q'" 2000
		from=$(date +%s%6N)
		js cancel --queue=q >/dev/null
		to=$(date +%s%6N)
		sqlite3 -cmd '.timeout 600000' jobs.db "DROP TRIGGER slowly; DROP VIEW slow"
		read -r within missed < <(due_times "$every" "$from" "$to")
		echo "round $round: $within within, $missed missed"
		[ "$within" -lt 2 ] || [ $((missed * 3 > within && within < 15)) -eq 1 ] || break
	done
	[ "$within" -ge 2 ]
	[ $((missed * 3)) -le "$within" ] || [ "$within" -ge 15 ]
	[ "$(answer '$.jobs.cancelled' js --json status)" = $((20000 * round)) ]
}

@test "a cancel that is killed in the middle goes on when it is given again" {
	many 20000
	js cancel --queue=q >/dev/null &
	pid=$!
	poll 20 eval '[ "$(answer "$.jobs.cancelled" js --json status)" -gt 0 ]'
	kill -s KILL "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	run -0 js db check
	js cancel --queue=q
	[ "$(answer '$.jobs.cancelled' js --json status)" = 20000 ]
	run -0 js db check
}

@test "cancel --occurrence ends what runs, and the job goes on" {
	start_daemon
	js submit --name=often --every=2s --retries=5 -- sh -c "echo >>$T/out/runs; [ \$(wc -l <$T/out/runs) -gt 1 ] || sleep 1000"
	poll 10 [ -e out/runs ]
	js cancel --occurrence often
	poll 15 ledger_is "sum(outcome = 'cancelled') = 1"
	poll 15 ledger_is "sum(outcome = 'ok') >= 1"
	run -0 js cancel often
}

@test "cancel --occurrence passes over the next time of a job that waits" {
	js submit --name=daily --cron="0 0 * * *" -- true
	first=$(answer '$.jobs[0].next_run_at' js --json status daily)
	js cancel --occurrence daily
	second=$(answer '$.jobs[0].next_run_at' js --json status daily)
	[[ $second > $first ]]
	ledger_is "count(*) = 1 AND min(outcome = 'skipped' AND reason = 'cancelled')"
	state_is daily pending
	js cancel daily
	run -4 js cancel --occurrence daily
}
