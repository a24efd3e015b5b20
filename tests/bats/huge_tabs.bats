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

# start_loading ENTRIES WORDS: a daemon that is not ready, because its tab is on its way.
start_loading() {
	jobschedd -f -C "$C" 2>>"$T/log" 3>&- 4>&- &
	daemon=$!
	poll 30 under_way "$1" "$2"
}

loaded() {
	[ "$(logged 'entries in force')" -ge "$1" ]
}

# Jobs that come one after the other.
submit_until() {
	local deadline=$((SECONDS + 60))

	until "$@"; do
		[ "$SECONDS" -lt "$deadline" ]
		js submit -- true
	done
}

@test "jobs run while a huge tab is on its way, and it is in force when the reload is over" {
	start_daemon
	huge 30000 first
	kill -HUP "$daemon"
	submit_until has_logged 'tabs reloaded' >ids
	entries_are 30000 first
	poll 30 ledger_is "count(*) = $(wc -l <ids) AND min(outcome) = 'ok' AND max(outcome) = 'ok'"
	# Some of them within the load.
	[ "$(sqlite3 jobs.db "SELECT count(*) > 0 FROM attempts WHERE started_at BETWEEN
		(SELECT min(created_at) FROM jobs WHERE tab IS NOT NULL) AND (SELECT max(loaded_at) FROM tabs)")" = 1 ]
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
	kill -HUP "$daemon"
	poll 30 under_way 20000 first
	huge 20000 second
	kill -HUP "$daemon"
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
	start_daemon
	entries_are 20000 first
}

@test "killed in the middle of a huge tab, and the tab put back as it was: nothing of the new one stays" {
	huge 20000 first
	start_daemon
	cp tabs/huge first
	huge 20000 second
	kill -HUP "$daemon"
	poll 30 under_way 20000 second
	stop_daemon KILL
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
