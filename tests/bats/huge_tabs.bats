#!/usr/bin/env bats
# Tabs so large that they are loaded a piece at a time: what goes on meanwhile, and what a load that is cut
# short leaves behind.

load lib.bash

setup() {
	instance
}

teardown() {
	clean_up
}

# huge ENTRIES [WORDS]: a tab of so many entries, none of them due, with these words in each command.
huge() {
	seq "$1" | sed "s/.*/@yearly @USER@ true $2 &/" | tab huge
}

# entries [WORDS]: how many are in force whose commands have these words.
entries() {
	sqlite3 -cmd '.timeout 20000' jobs.db \
		"SELECT count(*) FROM jobs WHERE state = 'active' AND command LIKE 'true ${1:-%} %'"
}

entries_are() {
	[ "$(entries "$2")" = "$1" ]
}

# Some of it is there, and not all of it.
under_way() {
	local n

	[ -e jobs.db ] && n=$(entries "$2" 2>/dev/null) && [ "${n:-0}" -gt 0 ] && [ "$n" -lt "$1" ]
}

# Each entry takes a millisecond: such a load is not over before it has been seen.
slow_load() {
	slow_down "INSERT ON jobs" 8000
}

# start_loading ENTRIES WORDS: a daemon that is not ready, because its tab is on its way, slowly.
start_loading() {
	js db init
	slow_load
	jobschedd -f -C "$C" 2>>"$T/log" 3>&- 4>&- &
	daemon=$!
	poll 30 under_way "$1" "$2"
}

loaded() {
	[ "$(logged 'entries in force')" -ge "$1" ]
}

@test "jobs run while a huge tab is on its way, and it is in force when the reload is over" {
	start_daemon
	huge 30000 first
	slow_load
	kill -HUP "$daemon"
	poll 30 under_way 30000 first
	js submit --name=within -- true
	js wait within
	under_way 30000 first
	run ! has_logged 'tabs reloaded'
	speed_up
	poll 60 has_logged 'tabs reloaded'
	entries_are 30000 first
	ledger_is "count(*) = 1 AND min(outcome = 'ok')"
}

@test "a daemon is ready when the tab that it found is in force" {
	huge 8000 first
	start_daemon
	entries_are 8000 first
	[ "$(logged 'ready: node')" = 1 ]
}

@test "HUP while a huge tab is on its way begins anew, by the file as it is then" {
	start_daemon
	huge 20000 first
	slow_load
	kill -HUP "$daemon"
	poll 30 under_way 20000 first
	huge 20000 second
	kill -HUP "$daemon"
	run ! has_logged 'tabs reloaded'
	speed_up
	poll 60 has_logged 'tabs reloaded'
	entries_are 20000 second
	entries_are 0 first
	[ "$(sqlite3 jobs.db "SELECT count(*) FROM occurrences")" = 20000 ]
}

@test "a daemon that is told to stop does not wait for a huge tab, and the next one completes it" {
	huge 20000 first
	start_loading 20000 first
	stop_daemon
	[ "$status" -eq 0 ]
	[ "$(logged 'entries in force')" = 0 ]
	speed_up
	start_daemon
	entries_are 20000 first
}

@test "killed in the middle of a huge tab, and the tab put back as it was: nothing of the new one stays" {
	huge 20000 first
	start_daemon
	cp tabs/huge first
	huge 20000 second
	slow_load
	kill -HUP "$daemon"
	poll 30 under_way 20000 second
	stop_daemon KILL
	speed_up
	mv first tabs/huge
	start_daemon
	entries_are 20000 first
	entries_are 0 second
	[ "$(sqlite3 jobs.db "SELECT count(*) FROM occurrences")" = 20000 ]
	run -0 js db check
}

@test "a huge tab with one bad line changes nothing" {
	huge 8000 first
	start_daemon
	{
		sed 's/first/second/' tabs/huge
		echo '61 * * * * root true'
	} >tabs/.huge
	chmod 600 tabs/.huge
	mv tabs/.huge tabs/huge
	kill -HUP "$daemon"
	poll 60 has_logged 'tabs reloaded'
	has_logged "$T/tabs/huge:8001:1: "
	entries_are 8000 first
	entries_are 0 second
}
