#!/usr/bin/env bats
# The examples are right, and do what they say.

load lib.bash

setup() {
	instance
	examples=$srcdir/examples
}

teardown() {
	clean_up
}

# own_tab FILE: a copy that the user of the test may check. The examples have a user field; tabs of others
# than root have none.
own_tab() {
	if [ "$(id -u)" -eq 0 ]; then
		cat "$1"
	else
		sed -E 's/^((@[a-z]+|([^ #@][^ ]* +){4}[^ ]+) +)(root|nobody) +/\1/' "$1"
	fi >"$T/tabs/copy"
	chmod 600 "$T/tabs/copy"
	echo "$T/tabs/copy"
}

@test "the nightly backup is a good tab" {
	run -0 js tab check "$(own_tab "$examples/nightly-backup.tab")"
	[[ $output != *error* ]]
}

@test "the exclusive jobs are a good tab" {
	run -0 js tab check "$(own_tab "$examples/exclusive.tab")"
	[[ $output != *error* ]]
}

@test "the tab of each capability is good" {
	for name in cancel checkpoint dependencies mail order-key output overlap pause queue require retries timeout user; do
		run -0 js tab check "$(own_tab "$examples/$name.tab")"
		[[ $output != *error* ]]
	done
}

@test "a cron.d file of Debian is a good tab, unchanged" {
	run -0 js tab check "$(own_tab "$examples/cron.d/machine-care")"
	[[ $output != *error* ]]
}

@test "the cron.d files of this machine are good tabs, unchanged" {
	for file in /etc/crontab /etc/cron.d/*; do
		[ -f "$file" ] && [ -r "$file" ] || continue
		run -0 js tab check "$(own_tab "$file")"
		checked=yes
	done
	[ -n "${checked:-}" ] || skip "it has none"
}

@test "the tabs of the cluster are good, at both paces" {
	for pace in real demo; do
		"$examples/cluster/setup" --pace="$pace" "$T/$pace"
		for side in management service; do
			run -0 jobsched -C "$T/$pace/$side/jobsched.conf" tab check "$T/$pace/$side/tabs/cluster"
		done
	done
}

@test "setup of the cluster refuses a folder that is there, and a path that cannot stand in a tab" {
	run -1 "$examples/cluster/setup" "$T"
	run -1 "$examples/cluster/setup" "$T/a b"
	[ ! -e "$T/a b" ]
}

@test "the work queue does all pieces once, and has the status of the first that failed" {
	start_daemon
	export JOBSCHED_DB=$T/jobs.db JOBSCHED_CONFIG=$C
	for i in 1 2 3; do
		seq "$i" 1000 >"piece $i.csv"
	done
	run -0 "$examples/work-queue" ./*.csv
	for i in 1 2 3; do
		seq "$i" 1000 | cmp - <(gzip -dc "piece $i.csv.gz")
	done
	ledger_is "count(*) = 3 AND min(outcome = 'ok')"

	# Again: nothing is done twice.
	run -0 "$examples/work-queue" ./*.csv
	ledger_is "count(*) = 3"

	run -1 "$examples/work-queue" "piece 1.csv" missing.csv
	[[ $output == *"not all went well"* ]]
	[[ $output == *missing.csv* ]]
}

@test "the import with a checkpoint is a good tab, and goes on from where it was" {
	run -0 js tab check "$(own_tab "$examples/checkpoint.tab")"
	[[ $output != *error* ]]
	mkdir import
	touch import/{a,b,c}.csv
	cat >bring <<-'END'
		#!/bin/sh
		echo "$1" >>"$T/out/brought"
		[ "${1##*/}" != b.csv ] || [ -e "$T/out/mended" ] || exit 1
	END
	chmod 755 bring
	line=$(sed -n 's/^.*--mail-on=failure  //p' "$examples/checkpoint.tab" |
		sed "s|/srv/import|$T/import|; s|/usr/local/sbin/import|$T/bring|")
	start_daemon
	js submit --name=bring --env="PATH=$PATH" --env="T=$T" --shell "$line"
	run js wait bring
	[ "$status" -eq 1 ]
	: >out/mended
	js retry bring
	js wait bring
	[ "$(sed 's|.*/||' out/brought | tr '\n' ' ')" = "a.csv b.csv b.csv c.csv " ]
}
