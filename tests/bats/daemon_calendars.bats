#!/usr/bin/env bats
# Calendars and the daemon: on which days jobs do not run, what the ledger says of it, and what a bad
# calendar changes.

load lib.bash
load clock.bash

setup() {
	instance $'calendar_dir = days\ntz = UTC'
	mkdir days
	on_test_clock '2026-06-01 10:01Z'
}

teardown() {
	clean_up
}

# calendar NAME: a calendar from standard input, put at its place whole.
calendar() {
	cat >"days/.$1"
	chmod 600 "days/.$1"
	mv "days/.$1" "days/$1"
}

# day N: the date N days from now, of which a few hours are left.
day() {
	date -u -d "2026-06-01 $1 days" +%F
}

# reload: HUP, and until it is done.
reload() {
	local before

	before=$(logged "tabs reloaded")
	kill -HUP "$daemon"
	poll 10 reloaded_since "$before"
}

reloaded_since() {
	[ "$(logged "tabs reloaded")" -gt "$1" ]
}

# calendar_of JOB: the one that its newest row of the ledger names.
calendar_of() {
	answer '$.attempts[0].calendar' js --json attempts "$1"
}

@test "a job does not run on a closed day, and the ledger says which calendar it was" {
	echo "$(day -1)..$(day 2) the test" | calendar freeze
	start_daemon
	js submit --name=frozen --every=1s --not-on=freeze -- true
	js submit --name=only --every=1s --only-on=freeze -- true
	poll 20 ledger_is "sum(job = 'only') >= 2 AND sum(job = 'frozen' AND count > 1) = 1"
	ledger_is "min(job = 'only' OR (outcome = 'skipped' AND reason = 'calendar'))"
	ledger_is "max(job = 'only' AND reason = 'calendar') = 0"
	[ "$(calendar_of frozen)" = freeze ]

	echo "# no more" | calendar freeze
	reload
	poll 20 ledger_is "sum(job = 'frozen' AND outcome = 'ok') >= 1"
	poll 20 ledger_is "max(job = 'only' AND reason = 'calendar') = 1"
}

@test "what is run by hand runs on any day" {
	echo "$(day -1)..$(day 2)" | calendar freeze
	start_daemon
	js submit --name=hourly --cron='0 * * * *' --not-on=freeze -- true
	js run hourly
	poll 20 ledger_is "sum(job = 'hourly' AND outcome = 'ok') = 1"
}

@test "a bad calendar leaves the last good one in force, over a restart too" {
	echo "$(day -1)..$(day 2)" | calendar freeze
	start_daemon
	js submit --name=frozen --every=1s --not-on=freeze -- true
	poll 20 ledger_is "count(*) = 1"
	printf '# of today\n 2026-13-01\n' | calendar freeze
	reload
	has_logged "$T/days/freeze:2:7: month 13 is not within 01 and 12; the last good version stays"
	stop_daemon
	rm days/freeze
	start_daemon
	before=$(ledger "count FROM attempt")
	poll 20 ledger_is "count(*) = 1 AND max(count) > $before + 1"
	ledger_is "min(outcome = 'skipped')"
}

@test "a calendar that was never there closes all days, and is named" {
	start_daemon
	js submit --name=a --every=1s --not-on=nowhere -- true
	js submit --name=b --every=1s --only-on=nowhere -- true
	poll 20 ledger_is "count(*) = 2 AND min(count) > 1"
	ledger_is "min(outcome = 'skipped' AND reason = 'calendar')"
	[ "$(calendar_of a)" = "nowhere (missing)" ]
	[ "$(calendar_of b)" = "nowhere (missing)" ]
	has_logged "calendar 'nowhere': "
	day -9 | calendar nowhere
	reload
	poll 20 ledger_is "sum(job = 'a' AND outcome = 'ok') >= 1"
	ledger_is "max(job = 'b' AND outcome <> 'skipped') = 0"
}

@test "after a downtime each day has one fate, and closed ones are not made up for" {
	echo "$(day 3)..$(day 5)" | calendar freeze
	start_daemon
	js submit --name=daily --cron='0 0 * * *' --not-on=freeze -- true
	stop_daemon
	sleep_for $((10 * 86400))
	start_daemon
	poll 20 ledger_is "sum(outcome = 'ok') = 1"
	run ledger "group_concat(reason || ' ' || count, ', ') FROM
		(SELECT * FROM attempt WHERE outcome = 'skipped' ORDER BY scheduled_for)"
	[ "$output" = "missed 2, calendar 3, missed 4" ]
}

@test "what was missed is not made up for in a freeze" {
	echo "$(day 3)..$(day 5)" | calendar freeze
	start_daemon
	js submit --name=daily --cron='0 0 * * *' --not-on=freeze -- true
	stop_daemon
	sleep_for $((4 * 86400))
	start_daemon
	poll 20 ledger_is "sum(count) = 4"
	ledger_is "count(*) = 1 AND min(reason = 'calendar')"
}

@test "a one-time job is not run on a closed day either" {
	echo "$(day -1)..$(day 2) the test" | calendar freeze
	start_daemon
	js submit --name=once --not-on=freeze -- true
	poll 20 ledger_is "count(*) = 1 AND max(outcome = 'skipped' AND reason = 'calendar') = 1"
}
