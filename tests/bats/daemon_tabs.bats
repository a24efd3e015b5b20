#!/usr/bin/env bats
# Tabs and the daemon: what is loaded, when, and what a bad one changes.

load lib.bash
load clock.bash

setup() {
	instance
}

teardown() {
	clean_up
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

@test "an @every entry runs at once, and then in its interval, never closer" {
	tab every <<-END
		@every 1s @USER@ --name=tick date +%s%N
	END
	start_daemon
	poll 20 ledger_is "sum(outcome = 'ok') >= 4"
	# The times are cut to milliseconds. On a machine that is slow one may run for longer than its interval.
	run ledger "* FROM (SELECT scheduled_ms - lag(scheduled_ms) OVER w AS scheduled,
			claimed_ms - lag(claimed_ms) OVER w AS claimed
		FROM attempt WHERE outcome <> 'skipped' WINDOW w AS (ORDER BY scheduled_ms)) WHERE scheduled < 999 OR claimed < 999"
	[ -z "$output" ]
	ledger_is "min(outcome IN ('ok', 'running') OR reason = 'overlap')"
}

@test "a cron entry runs at its minute, and not before" {
	tab minute <<-END
		* * * * * @USER@ --name=minute echo ran
	END
	on_test_clock '2026-06-01 10:01:01Z'
	start_daemon
	state_is minute pending
	[ "$(js attempts --no-header minute)" = "" ]
	sleep_for 60
	poll 10 ledger_is "count(*) = 1"
	poll 10 ledger_is "min(outcome = 'ok' AND scheduled_for LIKE '%:00.000Z' AND started_at >= scheduled_for)"
	sleep_for 60
	poll 10 ledger_is "count(*) = 2 AND min(outcome = 'ok')"
	[ "$(ledger "count(DISTINCT scheduled_for) FROM attempt")" = 2 ]
}

@test "a tab that is named by -t and is not there is warned of, and read once it is" {
	start_daemon -t "$T/later"
	has_logged "there is no '$T/later' (option '-t')"
	tab later <<-END
		@every 1h @USER@ --name=later true
	END
	mv tabs later
	reload
	poll 10 ledger_is "count(*) = 1"
}

@test "a new tab is seen within a minute, without a signal" {
	on_test_clock
	start_daemon
	tab new <<-END
		@hourly @USER@ --name=new true
	END
	sleep_for 60
	poll 10 state_is new pending
}

@test "HUP loads new tabs and changed ones at once, and keeps what has not changed" {
	tab one <<-END
		@every 1h @USER@ --name=kept echo kept
		@every 1h @USER@ --name=changed echo before
	END
	start_daemon
	poll 10 jobs_are "count(*) = 2 AND min(last_outcome = 'ok')"
	jobs_sql "id, name, last_scheduled_at FROM job ORDER BY id" >before
	tab one <<-END
		# another line before it
		@every 1h @USER@ --name=kept echo kept
		@every 2h @USER@ --name=changed echo after
	END
	tab two <<-END
		@every 1h @USER@ --name=added true
	END
	reload
	poll 10 jobs_are "count(*) = 3 AND min(last_outcome = 'ok')"
	jobs_sql "id, name, last_scheduled_at FROM job WHERE name <> 'added' ORDER BY id" | diff before -
	[ "$(jobs_sql "schedule FROM job WHERE name = 'changed'")" = "@every 2h" ]
	ledger_is "sum(job = 'kept') = 1 AND sum(job = 'changed') = 1"
}

@test "a tab without entries is loaded, and one that says the same again changes nothing" {
	echo "# none" | tab empty
	tab same <<-END
		@every 1h @USER@ --name=same true
	END
	start_daemon
	jobs_are "count(*) = 1"
	echo "# still none" | tab empty
	tab same <<-END
		# The same.
		@every 1h @USER@ --name=same true
	END
	reload
	[ "$(answer '$.tab_errors' js --json status)" = "[]" ]
	jobs_are "count(*) = 1"
	daemon_is_up
	kill -0 "$daemon"
}

@test "a bad tab changes nothing, and its error is in status as file, line and column" {
	tab good <<-END
		@every 1s @USER@ --name=good true
	END
	start_daemon
	poll 10 ledger_is "count(*) >= 1"
	tab good <<-END
		@every 1s @USER@ --name=good true
		61 * * * * @USER@ --name=bad true
	END
	reload
	[ "$(answer '$.tab_errors[0].file' js --json status)" = "$T/tabs/good" ]
	[ "$(answer '$.tab_errors[0].line' js --json status)" = 2 ]
	[ "$(answer '$.tab_errors[0].column' js --json status)" = 1 ]
	run -0 js status
	[[ $output == *"$T/tabs/good:2:1: "* ]]
	has_logged "$T/tabs/good:2:1: "
	jobs_are "count(*) = 1 AND min(state IN ('pending', 'running'))"
	count=$(ledger "count(*) FROM attempt")
	poll 10 ledger_is "count(*) > $count + 1"

	tab good <<-END
		@every 1s @USER@ --name=good true
		6 * * * * @USER@ --name=bad true
	END
	reload
	[ "$(answer '$.tab_errors' js --json status)" = "[]" ]
	jobs_are "count(*) = 2"
}

@test "a tab that is bad from the start is an error, and the others are loaded" {
	tab bad <<-END
		* * * * @USER@ true
	END
	tab good <<-END
		@every 1h @USER@ --name=good true
	END
	start_daemon
	poll 10 jobs_are "count(*) = 1"
	[ "$(answer '$.tab_errors[0].file' js --json status)" = "$T/tabs/bad" ]
}

@test "an entry that has gone is retired, and takes up its job when it comes back" {
	tab gone <<-END
		@every 1h @USER@ --name=comes-and-goes true
	END
	start_daemon
	poll 10 jobs_are "count(*) = 1 AND min(last_outcome = 'ok')"
	jobs_sql "id, last_scheduled_at FROM job" >before
	rm tabs/gone
	reload
	state_is comes-and-goes retired
	ledger_is "count(*) = 1"
	tab gone <<-END
		@every 1h @USER@ --name=comes-and-goes true
	END
	reload
	state_is comes-and-goes pending
	jobs_sql "id, last_scheduled_at FROM job" | diff before -
	ledger_is "count(*) = 1"
}

@test "last_scheduled_at is kept over a restart and a kill: an interval is not begun anew" {
	tab keep <<-END
		@every 1h @USER@ --name=keep true
	END
	start_daemon
	poll 10 jobs_are "count(*) = 1 AND min(last_outcome = 'ok')"
	before=$(jobs_sql "last_scheduled_at, next_run_at FROM job")
	for signal in TERM KILL; do
		stop_daemon "$signal"
		start_daemon
		[ "$(jobs_sql "last_scheduled_at, next_run_at FROM job")" = "$before" ]
	done
	js submit --name=marker -- true
	js wait marker
	ledger_is "sum(job = 'keep') = 1"
}

@test "files that others may write, and leftovers of editors, are not loaded" {
	tab fine <<-END
		@every 1h @USER@ --name=fine true
	END
	for name in fine~ .fine fine.bak fine.dpkg-old '#fine#'; do
		sed 's/fine/leftover/' tabs/fine >"tabs/$name"
	done
	sed 's/fine/open/' tabs/fine >tabs/open
	chmod 666 tabs/open
	start_daemon
	poll 10 jobs_are "count(*) = 1"
	[ "$(jobs_sql "name FROM job")" = fine ]
	[ "$(answer '$.tab_errors[0].file' js --json status)" = "$T/tabs/open" ]
}

@test "what stands behind a % is standard input" {
	tab percent <<-END
		@every 1h @USER@ cat >$T/out/percent%first line%second \\% line
	END
	start_daemon
	poll 10 ledger_is "count(*) = 1 AND min(outcome = 'ok')"
	[ "$(cat out/percent)" = "first line"$'\n'"second % line" ]
}

@test "settings of a tab are in the environment of its entries, with cron's quoting" {
	tab settings <<-END
		PATH=/usr/bin:/bin:/opt/none
		QUOTED = "two  words "
		PLAIN=no \$HOME here
		@every 1h @USER@ --name=env echo "[\$QUOTED] [\$PLAIN] \$PATH"
	END
	start_daemon
	poll 10 ledger_is "count(*) = 1 AND min(outcome = 'ok')"
	[ "$(js output env)" = "[two  words ] [no \$HOME here] /usr/bin:/bin:/opt/none" ]
}

@test "@reboot runs once for each boot, however often the daemon starts" {
	tab boot <<-END
		@reboot @USER@ --name=boot true
	END
	start_daemon
	poll 10 ledger_is "count(*) = 1 AND min(outcome = 'ok')"
	for signal in TERM KILL; do
		stop_daemon "$signal"
		start_daemon
	done
	js submit --name=marker -- true
	js wait marker
	ledger_is "sum(job = 'boot') = 1"
}

@test "a config that has become bad stays as it was, and a good one is taken over" {
	start_daemon
	echo 'no_such_key = 1' >>"$C"
	kill -HUP "$daemon"
	poll 10 has_logged "config not reloaded"
	sed -i '/no_such_key/d' "$C"
	js submit --name=goes-on -- true
	js wait goes-on
	echo 'log_level = "debug"' >>"$C"
	reload
}
