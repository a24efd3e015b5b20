#!/usr/bin/env bats
# Time that does not run as it should: steps of the wall clock, suspend, downtime, DST.

load lib.bash
load clock.bash

# 2026-06-01 is a Monday, in UTC there is nothing special about it.
setup() {
	instance 'tz = "UTC"'
	on_test_clock
}

teardown() {
	clean_up
}

# ---- jobs ----

# One of each kind, at 10:01 on an instant for both.
submit_all() {
	js submit --name=wild --cron='*/5 * * * *' -- true
	js submit --name=fixed --cron="$1" -- true
	js submit --name=every --every=1h -- true
	js submit --name=in --in=1h -- true
	js submit --name=at --at="$2" -- true
	poll 10 ledger_is "sum(job = 'every' AND outcome = 'ok') = 1"
}

# runs JOB TIMES: the attempts of it, one after the other, are for "10:05 10:10".
runs() {
	[ "$(ledger "group_concat(at, ' ') FROM (SELECT substr(scheduled_for, 12, 5) AS at FROM attempt
		WHERE job = '$1' AND outcome <> 'skipped' ORDER BY scheduled_for)")" = "$2" ]
}

# skips JOB ROWS: "clock 3", "missed 1 deadline 2", the oldest first.
skips() {
	[ "$(ledger "group_concat(row, ' ') FROM (SELECT reason || ' ' || count AS row FROM attempt
		WHERE job = '$1' AND outcome = 'skipped' ORDER BY scheduled_for)")" = "$2" ]
}

# next JOB TIME: when it is due next, to the minute; to about a minute for what follows elapsed time.
next() {
	[ "$(jobs_sql "substr(next_run_at, 1, 16) FROM job WHERE name = '$1'")" = "$2" ]
}

next_about() {
	[ "$(jobs_sql "abs(unixepoch(next_run_at) - unixepoch('$2')) < 60 FROM job WHERE name = '$1'")" = 1 ]
}

# stepped TEXT: the step has been dealt with, and is told in one line.
stepped() {
	poll 10 has_logged "the wall clock was set $1"
	[ "$(logged 'the wall clock was set')" = 1 ]
}

# ---- steps ----

@test "forward by five minutes: a fixed entry that was jumped over runs once, a wild one goes on" {
	clock_at '2026-06-01 10:01Z'
	start_daemon
	submit_all '3 10 * * *' '2026-06-01T10:04:00Z'
	step 300
	stepped 'forward by 5m:'
	poll 10 runs fixed 10:03
	poll 10 runs at 10:04
	skips wild 'clock 1'
	next wild 2026-06-01T10:10
	next fixed 2026-06-02T10:03
	next_about every 2026-06-01T11:06
	next_about in 2026-06-01T11:06
	runs every 10:01
}

@test "back by five minutes: nothing runs again" {
	clock_at '2026-06-01 10:01Z'
	start_daemon
	submit_all '5 10 * * *' '2026-06-01T10:05:00Z'
	sleep_until '2026-06-01 10:05Z'
	poll 10 runs fixed 10:05
	poll 10 runs wild 10:05
	poll 10 runs at 10:05
	step -300
	stepped 'back by 5m:'
	next wild 2026-06-01T10:10
	next fixed 2026-06-02T10:05
	next_about every 2026-06-01T10:56
	next_about in 2026-06-01T10:56
	sleep_until '2026-06-01 10:05Z'
	js submit --name=another -- true
	js wait another
	sleep_until '2026-06-01 10:10Z'
	poll 10 runs wild '10:05 10:10'
	runs fixed 10:05
	runs at 10:05
	runs every 10:01
}

@test "forward by two hours" {
	clock_at '2026-06-01 10:01Z'
	start_daemon
	submit_all '0,30 11 * * *' '2026-06-01T11:30:00Z'
	step 7200
	stepped 'forward by 2h:'
	poll 10 runs fixed 11:30
	poll 10 runs at 11:30
	skips fixed 'clock 1'
	skips wild 'clock 24'
	next wild 2026-06-01T12:05
	next_about every 2026-06-01T13:01
	next_about in 2026-06-01T13:01
	runs every 10:01
	runs wild ''
}

@test "back by two hours" {
	clock_at '2026-06-01 10:01Z'
	start_daemon
	submit_all '5 10 * * *' '2026-06-01T11:00:00Z'
	sleep_until '2026-06-01 10:05Z'
	poll 10 runs fixed 10:05
	poll 10 runs wild 10:05
	step -7200
	stepped 'back by 2h:'
	next wild 2026-06-01T10:10
	next fixed 2026-06-02T10:05
	next at 2026-06-01T11:00
	next_about every 2026-06-01T09:01
	sleep_for 3600
	poll 10 ledger_is "sum(job = 'every' AND outcome = 'ok') = 2 AND sum(job = 'in' AND outcome = 'ok') = 1"
	runs fixed 10:05
	runs wild 10:05
	runs at ''
}

@test "forward by a year: a new clock, nothing is made up for" {
	clock_at '2026-06-01 10:01Z'
	start_daemon
	submit_all '3 10 * * *' '2026-06-02T10:00:00Z'
	step $((365 * 86400))
	stepped 'forward by 365d, a new clock:'
	skips wild "clock $((365 * 288))"
	skips fixed 'clock 365'
	next wild 2027-06-01T10:05
	next fixed 2027-06-01T10:03
	next_about every 2027-06-01T11:01
	next_about in 2027-06-01T11:01
	poll 10 runs at 10:00
	runs wild ''
	runs fixed ''
	runs every 10:01
}

@test "back by a day: a new clock, the next time is the next by it" {
	clock_at '2026-06-01 10:01Z'
	start_daemon
	submit_all '3 10 * * *' '2026-06-01T10:04:00Z'
	step -86400
	stepped 'back by 1d, a new clock:'
	next wild 2026-05-31T10:05
	next fixed 2026-05-31T10:03
	next at 2026-06-01T10:04
	next_about every 2026-05-31T11:01
	next_about in 2026-05-31T11:01
	sleep_until '2026-05-31 10:05Z'
	poll 10 runs wild 10:05
	poll 10 runs fixed 10:03
	runs at ''
	runs every 10:01
}

@test "a step while no daemon ran is found by the next" {
	clock_at '2026-06-01 10:01Z'
	start_daemon
	submit_all '0,30 11 * * *' '2026-06-01T11:30:00Z'
	stop_daemon
	step 7200
	js submit --name=later --in=1h -- true
	start_daemon
	stepped 'forward by 2h:'
	poll 10 runs fixed 11:30
	skips wild 'clock 24'
	next wild 2026-06-01T12:05
	next_about every 2026-06-01T13:01
	next_about in 2026-06-01T13:01
	next_about later 2026-06-01T13:01
}

@test "a step that happens while the daemon is stopped by a signal is no downtime" {
	clock_at '2026-06-01 10:01Z'
	start_daemon
	submit_all '3 10 * * *' '2026-06-02T10:00:00Z'
	kill -s STOP "$daemon"
	step -600
	kill -s CONT "$daemon"
	stepped 'back by 10m:'
	next wild 2026-06-01T10:05
	next_about every 2026-06-01T10:51
}

# The store knows of the step, whether it is through or not.
begun() {
	[ "$(sqlite3 -cmd '.timeout 20000' jobs.db "SELECT count(*) FROM settings WHERE key = 'clock_step'")" = 1 ] ||
		has_logged 'the wall clock was set'
}

# waiting: how many of the many jobs wait for a time more than half an hour away.
waiting() {
	sqlite3 -cmd '.timeout 20000' jobs.db "SELECT count(*) FROM occurrences WHERE state = 0
		AND ready_at > $(clock_us) + 1800000000"
}

@test "many jobs follow a step in batches: none is early, none moves twice, and a kill makes no difference" {
	clock_at '2026-06-01 10:01Z'
	seq 8000 | sed 's/.*/{"command": "true &", "in": "1h"}/' >many
	js submit --file=many >ids
	start_daemon
	[ "$(waiting)" = 8000 ]
	step 7200
	kill -HUP "$daemon"
	poll 10 begun
	js submit --name=meanwhile -- true
	stop_daemon KILL
	start_daemon
	js wait meanwhile
	[ "$(waiting)" = 8000 ]
	ledger_is "count(*) = 1"
	next_in=$(sqlite3 jobs.db "SELECT max(ready_at) < $(clock_us) + 3600000000 FROM occurrences WHERE state = 0")
	[ "$next_in" = 1 ]
	js db check
}

@test "a deadline is measured by the wall clock, also after a step" {
	clock_at '2026-06-01 10:01Z'
	start_daemon
	js submit --name=tight --cron='0 11 * * *' --deadline=10m -- true
	js submit --name=never-late --cron='0 11 * * *' --missed=skip -- true
	step 7200
	stepped 'forward by 2h:'
	poll 10 runs never-late 11:00
	poll 10 skips tight 'deadline 1'
	runs tight ''
}

@test "a step between two runs of --once" {
	clock_at '2026-06-01 10:01Z'
	js submit --name=wild --cron='*/5 * * * *' -- true
	js submit --name=in --in=1h -- true
	"$JOBSCHEDD" --once -C "$C" 2>>"$T/log"
	step 7200
	"$JOBSCHEDD" --once -C "$C" 2>>"$T/log"
	skips wild 'clock 24'
	next wild 2026-06-01T12:05
	next_about in 2026-06-01T13:01
	"$JOBSCHEDD" --once -C "$C" 2>>"$T/log"
	skips wild 'clock 24'
	next_about in 2026-06-01T13:01
}

@test "a day back and forth: nothing runs twice" {
	clock_at '2026-06-01 10:04Z'
	start_daemon
	js submit --name=wild --cron='*/5 * * * *' -- true
	sleep_until '2026-06-01 10:05Z'
	poll 10 runs wild 10:05
	step -86400
	poll 10 has_logged 'set back by 1d, a new clock:'
	next wild 2026-05-31T10:10
	step 86400
	poll 10 has_logged 'set forward by 1d, a new clock:'
	next wild 2026-06-01T10:10
	sleep_until '2026-06-01 10:10Z'
	poll 10 runs wild '10:05 10:10'
}

@test "a clock that drifts by less than a second is not set" {
	clock_at '2026-06-01 10:01Z'
	start_daemon
	js submit --name=in --in=1h -- true
	keep_clock
	wall=$((wall + 400000))
	put_clock
	js submit --name=another -- true
	js wait another
	[ "$(logged 'the wall clock was set')" = 0 ]
}

# ---- time without us ----

@test "a suspended machine has missed what came meanwhile, and intervals are over" {
	clock_at '2026-06-01 10:01Z'
	start_daemon
	submit_all '0,30 11 * * *' '2026-06-01T11:30:00Z'
	sleep_for 7200
	poll 10 runs fixed 11:30
	poll 10 runs wild 12:00
	poll 10 runs at 11:30
	poll 10 ledger_is "sum(job = 'every' AND outcome = 'ok') = 2 AND sum(job = 'in' AND outcome = 'ok') = 1"
	skips wild 'missed 23'
	skips fixed 'missed 1'
	[ "$(logged 'the wall clock was set')" = 0 ]
}

@test "a daemon that is stopped by a signal has missed what came meanwhile" {
	clock_at '2026-06-01 10:01Z'
	start_daemon
	js submit --name=wild --cron='*/5 * * * *' -- true
	kill -s STOP "$daemon"
	sleep_for 3600
	kill -s CONT "$daemon"
	poll 10 runs wild 11:00
	skips wild 'missed 11'
}

@test "after downtime --missed and --deadline say what is made up for" {
	clock_at '2026-06-01 10:01Z'
	js db init
	js submit --name=skip --cron='*/10 * * * *' --missed=skip -- true
	js submit --name=once --cron='*/10 * * * *' --missed=once -- true
	js submit --name=all --cron='*/10 * * * *' --missed=all -- true
	js submit --name=two --cron='*/10 * * * *' --missed=all:2 -- true
	js submit --name=fresh --cron='*/10 * * * *' --missed=all --deadline=25m -- true
	js submit --name=stale --cron='*/10 * * * *' --missed=once --deadline=3m -- true
	js submit --name=at-skip --at=2026-06-01T10:30:00Z --missed=skip -- true
	js submit --name=at-once --at=2026-06-01T10:30:00Z -- true
	# A minute is left until 10:40 is too late for one of them.
	sleep_until '2026-06-01 11:04Z'
	start_daemon
	poll 15 runs all '10:10 10:20 10:30 10:40 10:50 11:00'
	poll 10 runs two '10:50 11:00'
	poll 10 runs once 11:00
	poll 10 runs fresh '10:40 10:50 11:00'
	poll 10 runs at-once 10:30
	poll 10 skips skip 'missed 6'
	poll 10 skips stale 'deadline 6'
	poll 10 skips at-skip 'missed 1'
	runs skip ''
	runs stale ''
	runs at-skip ''
	skips once 'missed 5'
	skips two 'missed 4'
	skips fresh 'deadline 3'
	skips all ''
	jobs_are "sum(next_run_at >= '2026-06-01T11:10' AND next_run_at < '2026-06-01T11:11') = 6"
}

@test "--missed=all runs the newest, too, if the daemon is back within a minute of it" {
	clock_at '2026-06-01 10:01Z'
	js db init
	js submit --name=all --cron='*/10 * * * *' --missed=all -- true
	js submit --name=two --cron='*/10 * * * *' --missed=all:2 -- true
	sleep_until '2026-06-01 10:40:10Z'
	start_daemon
	poll 15 runs all '10:10 10:20 10:30 10:40'
	poll 10 runs two '10:30 10:40'
	skips all ''
	skips two 'missed 2'
}

@test "@reboot runs once in a boot, however often the daemon starts" {
	clock_at '2026-06-01 10:01Z'
	start_daemon
	js submit --name=boot --cron=@reboot -- true
	poll 10 ledger_is "sum(job = 'boot' AND outcome = 'ok') = 1"
	for _ in 1 2; do
		stop_daemon
		start_daemon
	done
	js submit --name=another -- true
	js wait another
	ledger_is "sum(job = 'boot') = 1"
	stop_daemon
	# As if all that had been before a boot.
	sqlite3 jobs.db "UPDATE jobs SET boot_id = 'another' WHERE name = 'boot'"
	start_daemon
	poll 10 ledger_is "sum(job = 'boot' AND outcome = 'ok') = 2"
}

# ---- DST ----

@test "Berlin's gap: a fixed entry runs after it, a wild one goes on" {
	clock_at '2026-03-29 00:59Z' # 01:59, then 03:00
	start_daemon
	js submit --name=fixed --tz=Europe/Berlin --cron='10,30 2 * * *' -- true
	js submit --name=skip --tz=Europe/Berlin --cron='30 2 * * *' --dst-gap=skip -- true
	js submit --name=wild --tz=Europe/Berlin --cron='*/30 * * * *' -- true
	sleep_until '2026-03-29 01:00Z'
	poll 10 runs fixed 01:00
	poll 10 runs wild 01:00
	next fixed 2026-03-30T00:10
	next wild 2026-03-29T01:30
	next skip 2026-03-30T00:30
	runs skip ''
	skips fixed ''
}

@test "Berlin's repeated hour: a fixed entry runs in the first pass, a wild one in both" {
	clock_at '2026-10-25 00:29Z' # 02:29, for the first time
	start_daemon
	js submit --name=fixed --tz=Europe/Berlin --cron='30 2 * * *' -- true
	js submit --name=both --tz=Europe/Berlin --cron='30 2 * * *' --dst-repeat=both -- true
	js submit --name=wild --tz=Europe/Berlin --cron='*/30 * * * *' -- true
	sleep_until '2026-10-25 00:30Z'
	poll 10 runs fixed 00:30
	poll 10 runs wild 00:30
	sleep_until '2026-10-25 01:00Z'
	poll 10 runs wild '00:30 01:00'
	sleep_until '2026-10-25 01:30Z'
	poll 10 runs wild '00:30 01:00 01:30'
	poll 10 runs both '00:30 01:30'
	runs fixed 00:30
	next fixed 2026-10-26T01:30
}

@test "Lord Howe's gap of half an hour" {
	clock_at '2026-10-03 15:29Z' # 01:59, then 02:30
	start_daemon
	js submit --name=fixed --tz=Australia/Lord_Howe --cron='15 2 * * *' -- true
	js submit --name=wild --tz=Australia/Lord_Howe --cron='*/15 * * * *' -- true
	sleep_until '2026-10-03 15:30Z'
	poll 10 runs fixed 15:30
	poll 10 runs wild 15:30
	next fixed 2026-10-04T15:15
}

@test "Lord Howe's repeated half hour" {
	clock_at '2026-04-04 14:44Z' # 01:44, for the first time
	start_daemon
	js submit --name=fixed --tz=Australia/Lord_Howe --cron='45 1 * * *' -- true
	js submit --name=wild --tz=Australia/Lord_Howe --cron='*/15 * * * *' -- true
	sleep_until '2026-04-04 14:45Z'
	poll 10 runs fixed 14:45
	poll 10 runs wild 14:45
	sleep_until '2026-04-04 15:00Z'
	poll 10 runs wild '14:45 15:00'
	sleep_until '2026-04-04 15:15Z'
	poll 10 runs wild '14:45 15:00 15:15'
	runs fixed 14:45
	next fixed 2026-04-05T15:15
}

# ---- seeing it ----

@test "tab check tells what the DST changes of the next year do, and of day fields that are misread" {
	clock_at '2026-01-01 00:00Z'
	user=
	[ "$(id -u)" -ne 0 ] || user=root
	{
		echo CRON_TZ=Europe/Berlin
		echo "30 2 * * * $user true"
		echo "*/20 2 * * * $user true"
		echo "30 2 * * * $user --dst-gap=skip true"
		echo "*/5 * * * * $user true"
		echo "0 12 13 * 5 $user true"
		echo "0 12 */2 * 1 $user true"
		echo "0 12 * * 1 $user true"
	} >dst
	chmod 600 dst
	run -0 js tab check dst
	[ "${#lines[@]}" -eq 7 ]
	[ "${lines[0]}" = 'dst:2:1: warning: on 2026-03-29 in Europe/Berlin 02:30 is skipped: it runs once, at 03:00' ]
	[[ ${lines[1]} == 'dst:3:1: '*'on 2026-03-29 '*' 02:00 and 2 further times are skipped: it does not run' ]]
	[[ ${lines[2]} == 'dst:3:1: '*'on 2026-10-25 '*' 02:00 and 2 further times are shown twice: it runs both times' ]]
	[[ ${lines[3]} == 'dst:4:1: '*'02:30 is skipped: it does not run' ]]
	[[ ${lines[4]} == 'dst:6:1: '*"matches '13' (day of month) or '5'"* ]]
	[[ ${lines[5]} == 'dst:7:1: '*"match both '*/2' (day of month) and '1'"* ]]
	[ "$(answer '$.tabs[0].warnings[5].line' js --json tab check dst)" = 7 ]
}

@test "forecast goes in order through a DST change, and counts the runs of each minute" {
	clock_at '2026-01-01 00:00Z'
	user=
	[ "$(id -u)" -ne 0 ] || user=root
	{
		echo CRON_TZ=Europe/Berlin
		echo "15 2 * * * $user --name=fixed true"
		echo "*/30 * * * * $user --name=wild true"
	} >dst
	chmod 600 dst
	run -0 --separate-stderr js --json forecast --tab=dst --from=2026-03-29T00:00:00Z --for=2h
	times=$(sqlite3 :memory: "SELECT group_concat(substr(value ->> 'scheduled_for', 12, 5) || ' ' || (value ->> 'job_name'), ', ')
		FROM json_each('$output', '\$.runs')")
	[ "$times" = '00:00 wild, 00:30 wild, 01:00 fixed, 01:00 wild, 01:30 wild' ] ||
		[ "$times" = '00:00 wild, 00:30 wild, 01:00 wild, 01:00 fixed, 01:30 wild' ]
	echo 'max_running = 1' >>"$C"
	run -0 --separate-stderr js forecast --counts --tab=dst --from=2026-03-29T00:00:00Z --for=2h
	[ "${lines[3]}" = '2026-03-29 01:00:00    2' ]
	[[ $stderr == *"2 jobs are due in the minute of 2026-03-29 01:00:00, max_running is 1"* ]]
}
