#!/usr/bin/env bats
# What jobs write: kept, and shown as it comes.

load lib.bash

setup() {
	instance
}

teardown() {
	clean_up
}

# A job that writes a line when told to: `say WORD`, `say end`.
talker() {
	js submit --name=talker -- sh -c 'echo hello; : >out/began
		while :; do for f in out/say.*; do [ -e "$f" ] || continue; w=$(cat "$f"); rm "$f"; [ "$w" != end ] || exit 3; echo "$w"; done; sleep 0.05; done'
	poll 10 [ -e out/began ]
}

ends_in() {
	tail -n 1 out/shown | grep -qx "$1"
}

said=0
say() {
	said=$((said + 1))
	echo "$1" >"out/.say"
	mv out/.say "out/say.$said"
}

# follow_in_background: what it shows is in out/shown; its pid is $follower.
follow_in_background() {
	jobsched -C "$C" output talker --follow >out/shown 2>out/complaints 3>&- 4>&- &
	follower=$!
}

shown_is() {
	[ "$(cat out/shown)" = "$1" ]
}

@test "--follow shows what was written, then what comes, and ends with the job" {
	start_daemon
	talker
	follow_in_background
	poll 10 shown_is hello
	say one
	poll 10 shown_is "hello"$'\n'"one"
	say two
	poll 10 shown_is "hello"$'\n'"one"$'\n'"two"
	say end
	wait "$follower"
	run js wait talker
	[ "$status" -eq 3 ]
	[ "$(cat out/shown)" = "$(js output talker)" ]
}

@test "in JSON the output is one text, and --follow waits for its end" {
	start_daemon
	talker
	jobsched -C "$C" --json output talker --follow >out/shown 2>out/complaints 3>&- 4>&- &
	follower=$!
	say one
	say end
	wait "$follower"
	[ "$(sqlite3 :memory: "SELECT json_extract(readfile('out/shown'), '\$.output')")" = "hello"$'\n'"one" ]
	[ "$(answer '$.output' js --json output talker)" = "hello"$'\n'"one" ]
	[ "$(answer '$.dropped_bytes' js --json output talker)" = 0 ]
	js submit --name=zero -- printf 'a\0b'
	js wait zero
	[ "$(answer '$.output' js --json output zero)" = 'a\x00b' ]
}

@test "several may follow, and one who has gone disturbs nobody" {
	start_daemon
	talker
	follow_in_background
	first=$follower
	poll 10 shown_is hello
	jobsched -C "$C" output talker --follow >out/second 3>&- 4>&- &
	second=$!
	poll 20 grep -q hello out/second
	kill -s KILL "$first"
	say on
	say end
	wait "$second"
	[ "$(cat out/second)" = "hello"$'\n'"on" ]
}

@test "--follow of an ended job shows what is kept" {
	start_daemon
	js submit --name=ended -- echo said
	js wait ended
	[ "$(js output ended --follow)" = said ]
}

@test "--follow goes on when the scheduler is killed" {
	start_daemon
	talker
	follow_in_background
	poll 10 shown_is hello
	stop_daemon KILL
	say alone
	poll 10 shown_is "hello"$'\n'"alone"
	start_daemon
	say end
	wait "$follower"
	[ "$(cat out/shown)" = "hello"$'\n'"alone" ]
}

@test "who follows and does not read holds up neither job nor runner" {
	start_daemon
	mkfifo out/pipe
	js submit --name=loud --output=64K -- sh -c ': >out/began; until [ -e out/go ]; do sleep 0.05; done; head -c 20000000 /dev/zero | tr "\0" x'
	poll 10 [ -e out/began ]
	exec 5<>out/pipe
	jobsched -C "$C" output loud --follow >out/pipe 2>/dev/null 3>&- 4>&- &
	follower=$!
	: >out/go
	js wait loud
	js submit --name=after -- true
	js wait after
	kill "$follower" || : # it may have seen the end by now
	exec 5>&-
}

@test "what is dropped while one follows is told" {
	start_daemon
	js submit --name=long --output=2K -- sh -c 'seq 1 5000; : >out/began; until [ -e out/go ]; do sleep 0.05; done; echo last'
	poll 10 [ -e out/began ]
	jobsched -C "$C" output long --follow >out/shown 2>out/complaints 3>&- 4>&- &
	follower=$!
	poll 10 ends_in 5000
	: >out/go
	wait "$follower"
	ends_in last
	[ "$(head -n 1 out/shown)" = 1 ]
	grep -q "bytes dropped after the first" out/complaints
}

@test "a killed runner ends --follow" {
	start_daemon
	talker
	follow_in_background
	poll 10 shown_is hello
	kill_runners
	poll 10 no_runner
	say end
	run wait "$follower"
	[ "$(head -n 1 out/shown)" = hello ]
}

@test "--follow shows one attempt, also when its runner is killed and the next attempt runs" {
	start_daemon
	js submit --name=counts --retries=1 --backoff=100ms -- sh -c 'a=$JOBSCHED_ATTEMPT
		for i in 1 2 3 4 5 6; do
			echo "$a.$i"
			[ "$a.$i" != 1.4 ] || { echo $$ >out/began; exec sleep 1000; }
		done'
	poll 10 [ -s out/began ]
	jobsched -C "$C" output counts --follow >out/shown 2>out/complaints 3>&- 4>&- &
	follower=$!
	poll 10 ends_in 1.4
	kill_runners
	kill "$(cat out/began)"
	js wait counts
	wait "$follower"
	[ "$(tr '\n' ' ' <out/shown)" = "1.1 1.2 1.3 1.4 " ]
	grep -q "attempt 1 is lost with its runner, and with it the rest of its output" out/complaints
	[ "$(js output counts | tr '\n' ' ')" = "2.1 2.2 2.3 2.4 2.5 2.6 " ]
}

@test "escapes reach a file as they are, and no terminal" {
	start_daemon
	js submit --name=rude -- printf '\033[31mred\377\n'
	js wait rude
	[ "$(js output rude)" = $'\033[31mred\377' ]
	script -qec "jobsched -C '$C' output rude" /dev/null >out/seen </dev/null
	grep -qF '\x1b[31mred\xff' out/seen
}

@test "stdout and stderr are kept in the order in which they were written" {
	start_daemon
	js submit --name=both -- sh -c 'for i in 1 2 3; do echo "o$i"; echo "e$i" >&2; done'
	js wait both
	[ "$(js output both | tr '\n' ' ')" = "o1 e1 o2 e2 o3 e3 " ]
}
