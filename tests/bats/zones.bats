#!/usr/bin/env bats
# The rules of a time zone change: the next times that were worked out by the old ones follow.

load lib.bash
load clock.bash

setup() {
	instance "tz = \"${tz:-UTC}\""
	export TZDIR=$T/zoneinfo
	mkdir -p "$TZDIR/Made"
	rules Up Etc/GMT-1
	rules Other Etc/GMT-2
	# None of the noons comes while a test looks.
	on_test_clock '2026-06-01 06:00Z'
}

teardown() {
	clean_up
}

# rules NAME ZONE: from now on Made/NAME is as ZONE is.
rules() {
	cp "/usr/share/zoneinfo/$2" "$TZDIR/Made/.$1"
	mv "$TZDIR/Made/.$1" "$TZDIR/Made/$1"
}

# next JOB HH:MM: when it is due next, in UTC.
next() {
	[ "$(jobs_sql "substr(next_run_at, 12, 5) FROM job WHERE name = '$1'")" = "$2" ]
}

submit_all() {
	js submit --name=up --tz=Made/Up --cron='0 12 * * *' -- true
	js submit --name=jittery --tz=Made/Up --cron='0 12 * * *' --jitter=1s -- true
	js submit --name=other --tz=Made/Other --cron='0 12 * * *' -- true
	js submit --name=none --cron='0 12 * * *' -- true
	js submit --name=paused --tz=Made/Up --cron='0 12 * * *' -- true
	js pause paused
	tab zoned <<-END
		CRON_TZ=Made/Up
		0 12 * * * @USER@ --name=entry true
	END
}

# moved: what follows Made/Up has gone from an hour ahead of UTC to nine, and nothing else.
moved() {
	next up 03:00
	next jittery 03:00
	next entry 03:00
	next other 10:00
	next none 12:00
	js resume paused
	next paused 03:00
	js db check
}

@test "HUP: times are worked out anew where the rules have changed, and only there" {
	submit_all
	start_daemon
	next up 11:00
	next entry 11:00
	rules Up Etc/GMT-9
	kill -HUP "$daemon"
	poll 20 has_logged 'next times worked out anew: 4 are others'
	moved
	[ "$(logged 'time zone Made/Up says something else')" = 1 ]
}

@test "without a signal it is noticed within some minutes" {
	submit_all
	start_daemon
	rules Up Etc/GMT-9
	sleep_for 360
	poll 20 has_logged 'next times worked out anew: 4 are others'
	next up 03:00
	next other 10:00
}

@test "a change that came while no daemon ran is found by the next" {
	submit_all
	start_daemon
	stop_daemon
	rules Up Etc/GMT-9
	start_daemon
	poll 20 has_logged 'next times worked out anew: 4 are others'
	moved
	stop_daemon
	start_daemon
	[ "$(logged 'says something else')" = 1 ]
}

@test "a file that is new, broken or missing, and says nothing else, changes nothing" {
	submit_all
	start_daemon
	rules Up Etc/GMT-1
	kill -HUP "$daemon"
	poll 20 has_logged 'tabs reloaded'
	echo nonsense >"$TZDIR/Made/Up"
	rm "$TZDIR/Made/Other"
	kill -HUP "$daemon"
	poll 20 reloaded_twice
	next up 11:00
	next other 10:00
	[ "$(logged 'says something else')" = 0 ]
	rules Up Etc/GMT-9
	kill -HUP "$daemon"
	poll 20 has_logged 'next times worked out anew: 4 are others'
}

reloaded_twice() {
	[ "$(logged 'tabs reloaded')" = 2 ]
}

@test "jobs without a zone follow the daemon's, when its rules change and when it is another" {
	sed -i 's|^tz = .*|tz = "Made/Up"|' "$C"
	js submit --name=named --tz=Made/Other --cron='0 12 * * *' -- true
	start_daemon
	js submit --name=none --cron='0 12 * * *' -- true
	next none 11:00
	rules Up Etc/GMT-9
	kill -HUP "$daemon"
	poll 20 has_logged 'next times worked out anew: 1 are others'
	next none 03:00
	sed -i 's|^tz = .*|tz = "Made/Other"|' "$C"
	kill -HUP "$daemon"
	poll 20 next none 10:00
	next named 10:00
}
