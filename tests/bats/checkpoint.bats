#!/usr/bin/env bats
# checkpoint put and get: what a job puts by for the next attempt of its occurrence, whoever is killed.

load lib.bash

setup() {
	instance
	cat >"$T/count" <<-'END'
		#!/bin/sh
		# Goes on from where the attempt before was; fails until it has counted to $1.
		n=$(jobsched checkpoint get) || n=0
		echo "$JOBSCHED_ATTEMPT:$n" >>"$T/out/seen"
		echo $((n + 1)) | jobsched checkpoint put || exit 99
		[ "$((n + 1))" -ge "$1" ]
	END
	chmod 755 "$T/count"
}

teardown() {
	clean_up
}

# submit NAME OPTION... -- COMMAND...: a job that finds jobsched and $T.
submit() {
	js submit --name="$1" --env="PATH=$PATH" --env="T=$T" --retries=9 --backoff=1s..1s "${@:2}"
}

stored() {
	sqlite3 "file:$T/jobs.db?mode=ro" "SELECT CAST(group_concat(data) AS TEXT) FROM checkpoints"
}

is_stored() {
	[ "$(stored)" = "$1" ]
}

@test "the next attempt gets what the last one put" {
	start_daemon
	submit counts -- "$T/count" 3
	js wait counts
	[ "$(cat out/seen)" = "1:0"$'\n'"2:1"$'\n'"3:2" ]
	[ -z "$(stored)" ]
}

@test "get without a checkpoint is 1, and says nothing" {
	start_daemon
	submit none -- sh -c 'jobsched checkpoint get; echo "status $?"'
	js wait none
	[ "$(js output none)" = "status 1" ]
}

@test "what was put can be got by the same attempt; nothing at all takes it away" {
	start_daemon
	submit same -- sh -c 'printf "a\0b" | jobsched checkpoint put; jobsched checkpoint get | od -An -c
		jobsched checkpoint put </dev/null; jobsched checkpoint get; echo "status $?"'
	js wait same
	[ "$(js output same | tr -s ' ')" = " a \\0 b"$'\n'"status 1" ]
}

@test "a checkpoint of more than 1 MiB is refused, one of just that is kept" {
	start_daemon
	submit big -- sh -c 'head -c 1048577 /dev/zero | jobsched checkpoint put; echo "status $?"
		head -c 1048576 /dev/zero | jobsched checkpoint put; echo "status $?"; jobsched checkpoint get | wc -c'
	js wait big
	js output big | grep -qx "status 2"
	[ "$(js output big | tail -n 2)" = "status 0"$'\n'"1048576" ]
}

@test "outside a job there is no checkpoint, and no foreign token opens one" {
	run -6 jobsched checkpoint get
	[[ "$output" == *"not in a job"* ]]
	run -6 jobsched checkpoint put </dev/null
	run -2 jobsched checkpoint get extra
	start_daemon
	submit guess -- sh -c 'echo x | jobsched checkpoint put; JOBSCHED_TOKEN=$JOBSCHED_FENCE-0 jobsched checkpoint get; echo "status $?"
		JOBSCHED_TOKEN= jobsched checkpoint get; echo "status $?"; JOBSCHED_SOCKET=@none jobsched checkpoint get; echo "status $?"'
	js wait guess
	[ "$(js output guess | grep status)" = "status 6"$'\n'"status 6"$'\n'"status 5" ]
}

@test "a put while no scheduler runs is kept, and the next scheduler stores it" {
	start_daemon
	submit alone -- sh -c ': >"$T/out/began"; until [ -e "$T/out/go" ]; do sleep 0.1; done
		echo kept | jobsched checkpoint put && : >"$T/out/put"; until [ -e "$T/out/end" ]; do sleep 0.1; done
		[ "$JOBSCHED_ATTEMPT" -gt 1 ]'
	poll 10 [ -e out/began ]
	stop_daemon KILL
	: >out/go
	poll 10 [ -e out/put ]
	start_daemon
	poll 10 is_stored kept
	: >out/end
	js wait alone
	[ -z "$(stored)" ]
}

@test "a checkpoint survives a kill of runner and scheduler at once" {
	start_daemon
	submit hard -- sh -c 'if jobsched checkpoint get >"$T/out/got"; then exit 0; fi
		echo $$ >"$T/out/pid"; : >"$T/out/began"; until [ -e "$T/out/go" ]; do sleep 0.1; done
		echo kept | jobsched checkpoint put && : >"$T/out/put"; while :; do sleep 0.1; done'
	poll 10 [ -e out/began ]
	stop_daemon KILL
	: >out/go
	poll 10 [ -e out/put ]
	kill_runners
	poll 10 no_runner
	kill -s KILL "$(cat out/pid)"
	start_daemon
	js wait hard
	[ "$(cat out/got)" = kept ]
	ledger_is "sum(outcome = 'lost') = 1 AND sum(outcome = 'ok') = 1"
}

@test "many puts while no scheduler runs do not fill the disk" {
	start_daemon
	submit many -- sh -c ': >"$T/out/began"; until [ -e "$T/out/go" ]; do sleep 0.1; done
		i=0; while [ $i -lt 40 ]; do head -c 500000 /dev/zero | jobsched checkpoint put; i=$((i + 1)); done
		: >"$T/out/put"; until [ -e "$T/out/end" ]; do sleep 0.1; done'
	poll 10 [ -e out/began ]
	stop_daemon KILL
	: >out/go
	poll 30 [ -e out/put ]
	[ "$(cat state/runners/*.journal | wc -c)" -lt 3000000 ]
	: >out/end
}

@test "a retry by hand goes on from the checkpoint" {
	start_daemon
	js submit --name=dead --env="PATH=$PATH" --env="T=$T" -- "$T/count" 2
	run js wait dead
	state_is dead failed
	js retry dead
	js wait dead
	[ "$(cat out/seen)" = "1:0"$'\n'"2:1" ]
}

@test "a dead letter that is cancelled keeps no checkpoint" {
	start_daemon
	js submit --name=dead --env="PATH=$PATH" --env="T=$T" -- "$T/count" 2
	run js wait dead
	poll 10 is_stored 1
	js cancel dead
	[ -z "$(stored)" ]
}

@test "a job of another user reaches its runner" {
	[ "$(id -u)" -eq 0 ] || skip "only root runs jobs of others"
	# It cannot look into our folders.
	chmod 755 "$BATS_RUN_TMPDIR" 2>/dev/null || :
	start_daemon
	program=$(mktemp -d)
	cp "$builddir/jobsched" "$program/jobsched" && chmod -R 755 "$program"
	js submit --name=other --user=nobody --cwd=/ --env="PATH=$program:/usr/bin:/bin" -- \
		sh -c 'echo mine | jobsched checkpoint put; jobsched checkpoint get'
	js wait other
	[ "$(js output other)" = mine ]
	rm -r "$program"
}
