#!/usr/bin/env bats
# Several daemons on one PostgreSQL, as on several hosts: who leads, and what becomes of the jobs of one that dies,
# stands still, or cannot reach the database.

load pg.bash

setup() {
	pg_instance 'lease = 10s'
	for node in a b; do
		mkdir -p "$T/$node"
		sed "s|\"here\"|\"$node\"|; s|$T/run\"|$T/$node/run\"|; s|$T/state\"|$T/$node/state\"|" "$C" >"$node.conf"
	done
	C=$T/a.conf
}

teardown() {
	if [ -z "${BATS_TEST_COMPLETED:-}" ]; then
		for node in a b; do
			sed "s/^/# $node: /" "log-$node" 2>/dev/null || :
		done
	fi
	clean_up
}

is_up() {
	[ "$(cat "$T/$1/run/jobschedd.pid" 2>/dev/null)" = "${pid[$1]}" ]
}

declare -gA pid

# start NODE [OPTION...]
start() {
	local node=$1

	shift
	"${JOBSCHEDD:-jobschedd}" -f -C "$T/$node.conf" "$@" 2>>"$T/log-$node" 3>&- 4>&- &
	pid[$node]=$!
	poll 20 is_up "$node"
}

leads() {
	answer '$.nodes' js --json nodes | grep -q "\"id\":\"$1\",[^}]*\"role\":\"leader\""
}

node_is() {
	answer '$.nodes' js --json nodes | grep -q "\"id\":\"$1\",\"state\":\"$2\""
}

# A job that says where it begins and ends, and runs until it is let go; nobody may have it twice at a time.
long_job() {
	js submit --name=long --retries=3 --backoff=100ms -- sh -c "
		echo \"begin \$JOBSCHED_NODE \$\$ \$JOBSCHED_FENCE\" >>$T/out/long
		until [ -e $T/out/go ]; do sleep 0.1; done
		echo \"end \$JOBSCHED_NODE\" >>$T/out/long"
}

begun_on() {
	grep -q "^begin $1 " out/long
}

begun_pid() {
	sed -n "s/^begin $1 \([0-9]*\) .*/\1/p" out/long | tail -n 1
}

long_is_over() {
	[ "$(js attempts long --outcome=ok --no-header | wc -l)" -eq 1 ]
}

@test "the first daemon leads, the other follows, and takes over when it dies, its jobs too" {
	start a
	start b
	leads a
	# How long ago each was heard of, by the database's clock.
	[ "$(js nodes --no-header | awk '$1 ~ /^[ab]$/ && $9 ~ /s$/' | wc -l)" -eq 2 ]
	js --json nodes >nodes.json
	[ "$(sqlite3 :memory: "SELECT count(*) FROM json_each(readfile('nodes.json'), '$.nodes')
		WHERE value ->> 'heartbeat_age' BETWEEN 0 AND 10")" -eq 2 ]
	long_job
	# Whichever has it.
	poll 10 grep -q begin out/long
	first=$(sed -n 's/^begin \([ab]\) .*/\1/p' out/long)
	[ "$first" = a ] && other=b || other=a
	kill -s KILL "${pid[$first]}"
	for runner in $(pids_with "--locks=$T/$first/run/locks"); do
		kill -s KILL "$runner"
	done
	# Its jobs die with it.
	poll 10 gone "$(begun_pid "$first")"
	poll 30 begun_on "$other"
	node_is "$first" dead
	leads "$other"
	touch out/go
	C=$T/$other.conf
	poll 20 long_is_over
	js --json attempts long | grep -q '"outcome": "lost"'
	[ "$(awk '/^begin/ { split($0, w); if (w[4] <= last) exit 1; last = w[4] }' out/long; echo $?)" = 0 ]
}

@test "tabs are the leader's: with two daemons on the same files each time runs once" {

	printf '@every 1s %secho "$JOBSCHED_SCHEDULED_FOR $JOBSCHED_NODE" >>%s/out/tick\n' \
		"$([ "$(id -u)" -ne 0 ] || echo 'root ')" "$T" >tabs/tick
	start a -t "$T/tabs"
	start b -t "$T/tabs"
	ticks() { [ "$(wc -l <out/tick)" -ge "$1" ]; }
	poll 20 ticks 3
	kill -s KILL "${pid[a]}"
	poll 30 leads b
	seen=$(wc -l <out/tick)
	poll 30 ticks $((seen + 3))
	# One job of the entry, no time twice.
	[ "$(answer '$.jobs' js --json list | grep -o '"id":' | wc -l)" -eq 1 ]
	[ -z "$(cut -d ' ' -f 1 out/tick | sort | uniq -d)" ]
}

# The tabs of a node are in a folder of its own that has the same path for each: where it was started.
start_with_tabs() {
	sed -i 's|^tab_dirs = .*|tab_dirs = { "/proc/self/cwd/tabs" }|; s|^.*lease = .*|lease = 10s\ntick = 1s|' "$1.conf"
	mkdir -p "$1/tabs"
	cd "$1" || return
	start "$1"
	cd "$T" || return
}

# node_tab NODE FILE: an entry for each line of standard input, "NAME VERSION".
node_tab() {
	mkdir -p "$1/tabs"
	while read -r name version; do
		printf '@every 1s %s--name=%s echo "%s $JOBSCHED_NODE" >>%s/out/%s\n' \
			"$([ "$(id -u)" -ne 0 ] || echo 'root ')" "$name" "$version" "$T" "$name"
	done >"$1/tabs/.$2"
	chmod 600 "$1/tabs/.$2"
	mv "$1/tabs/.$2" "$1/tabs/$2"
}

# differences_are "NODE FILE WHAT, ..."
differences_are() {
	js --json status >status.json
	[ "$(sqlite3 :memory: "SELECT group_concat(value ->> 'node' || ' '
		|| replace(value ->> 'file', '/proc/self/cwd/tabs/', '') || ' ' || (value ->> 'what'), ', ')
		FROM json_each(readfile('status.json'), '$.tab_differences')")" = "$1" ]
}

has_run() {
	grep -q "^$2 " "out/$1"
}

@test "tabs are brought to one host after another: status says where they differ, and no job is doubled" {
	echo "one old" | node_tab a both
	echo "one old" | node_tab b both
	echo "two old" | node_tab a first
	echo "three old" | node_tab b second
	start_with_tabs a
	start_with_tabs b
	poll 10 differences_are "b first missing, b second extra"
	js status | grep -q '/tabs/second: extra on node b since '
	poll 10 has_run one old
	before=$(answer '$.jobs[0].id' js --json status one)
	# The follower gets it first, and nothing happens but that it is told.
	echo "one new" | node_tab b both
	poll 10 differences_are "b both differs, b first missing, b second extra"
	js metrics | grep -qx 'jobsched_tab_differences 3'
	[ "$(answer '$.jobs' js --json list | grep -o '"id":' | wc -l)" -eq 2 ]
	run -1 has_run one new
	echo "one new" | node_tab a both
	poll 10 differences_are "b first missing, b second extra"
	poll 10 has_run one new
	[ "$(answer '$.jobs[0].id' js --json status one)" = "$before" ]
	# The follower comes up anew, as it does when it has other labels.
	echo 'labels = { "gpu" }' >>b.conf
	kill -s HUP "${pid[b]}"
	poll 10 grep -q 'config reloaded' log-b
	poll 10 differences_are "b first missing, b second extra"
	# The next leader's files take the place of the first one's.
	kill -s TERM "${pid[a]}"
	poll 30 leads b
	C=$T/b.conf
	poll 20 has_run three old
	# Once what may run of it has ended.
	poll 10 state_is two retired
	[ "$(jobs_sql "count(*) FROM job WHERE state = 'retired'")" -eq 1 ]
	differences_are ""
	[ "$(answer '$.jobs[0].id' js --json status one)" = "$before" ]
	[ -z "$(ledger "job || scheduled_for FROM attempt WHERE outcome <> 'skipped'
		GROUP BY job, scheduled_for, attempt HAVING count(*) > 1")" ]
}

# each_are "NAME STATE NODE, ...": of the jobs that have run.
each_are() {
	js --json list >each.json
	[ "$(sqlite3 :memory: "SELECT group_concat(value ->> 'name' || ' ' || (value ->> 'state') || ' '
		|| coalesce(value ->> 'node', '-'), ', ') FROM (SELECT value FROM
		json_each(readfile('each.json'), '$.jobs') ORDER BY value ->> 'name')")" = "$1" ]
}

@test "an entry for each node is a job on each, also on one that comes later, and goes with one that is forgotten" {
	sed -i 's/^.*lease = .*/lease = 6s\ntick = 1s/' a.conf b.conf
	printf '0 0 1 1 * %s--name=turn --on=each --missed=skip echo "$JOBSCHED_NODE" >>%s/out/turn\n' \
		"$([ "$(id -u)" -ne 0 ] || echo 'root ')" "$T" >tabs/turn
	start a
	poll 10 each_are "turn@a pending -"
	start b
	poll 10 each_are "turn@a pending -, turn@b pending -"
	# By hand it takes the job's node, whichever finds it first.
	js run turn@a
	js run turn@b
	poll 20 each_are "turn@a pending a, turn@b pending b"
	[ "$(sort out/turn | tr '\n' ' ')" = "a b " ]
	run -4 js nodes --forget=b
	kill -s TERM "${pid[b]}"
	poll 10 node_is b stopped
	# Its job waits for it.
	each_are "turn@a pending a, turn@b pending b"
	js nodes --forget=b
	poll 10 each_are "turn@a pending a, turn@b retired b"
	[ "$(js attempts turn@b --no-header | wc -l)" -eq 1 ]
}

@test "a job submitted for each node is one on each of those that are there" {
	run -4 js submit --on=each --name=early -- true
	start a
	start b
	run -0 js submit --on=each --name=once --wait -- sh -c 'echo "$JOBSCHED_NODE" >>'"$T/out/once"
	[ "${#lines[@]}" -eq 2 ]
	each_are "once@a done a, once@b done b"
	[ "$(sort out/once | tr '\n' ' ')" = "a b " ]
	js --json submit --on=each -- true | grep -q '"ids"'
	echo '{"command": "true", "on": "each"}' >many
	run -2 js submit --file=many
	js cancel --name='once@*' || :
}

@test "a daemon that stands still: its runner ends its jobs before another has them, and it begins anew" {
	start a
	long_job
	poll 10 begun_on a
	own=$(begun_pid a)
	start b
	kill -s STOP "${pid[a]}"
	C=$T/b.conf
	poll 30 begun_on b
	gone "$own"
	kill -s CONT "${pid[a]}"
	anew() { grep -q "taken for dead" log-a && node_is a live; }
	poll 30 anew
	leads b
	touch out/go
	poll 20 long_is_over
	[ "$(grep -c '^end' out/long)" -eq 1 ]
	# It works again.
	js drain b
	js submit --name=next -- true
	js wait next
	js --json attempts next | grep -q '"node": "a"'
}

@test "whoever holds up all that write costs no node its lease" {
	start a
	long_job
	poll 10 begun_on a
	pg_sql "BEGIN; SELECT pg_advisory_xact_lock(1786994481, 1); SELECT pg_sleep(3600)" >/dev/null 2>&1 3>&- 4>&- &
	held="locktype = 'advisory' AND classid = 1786994481 AND mode = 'ExclusiveLock' AND granted"
	is_held() { [ "$(pg_sql "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity s ON s.pid = l.pid
		WHERE $held AND query LIKE '%pg_sleep%'")" -eq 1 ]; }
	poll 10 is_held
	lease_of_a() { pg_sql "SELECT lease_until FROM jobsched.nodes WHERE id = 'a'"; }
	before=$(lease_of_a)
	# Well over the lease that it had then.
	goes_on() { [ "$(lease_of_a)" -ge $((before + 20000000)) ]; }
	poll 40 goes_on
	is_held
	# The log says so once, whatever it is that waits.
	[ "$(grep -c 'is busy: another process has held it' log-a)" -eq 1 ]
	pg_sql "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE $held" >/dev/null
	touch out/go
	poll 20 long_is_over
	[ "$(js attempts long --no-header | wc -l)" -eq 1 ]
}

runner_of() {
	pids_with "--locks=$T/$1/run/locks"
}

has_runner() {
	[ -n "$(runner_of "$1")" ]
}

# outcomes_are JOB "NEWEST ..."
outcomes_are() {
	[ "$(ledger "group_concat(outcome, ' ') FROM (SELECT * FROM attempt WHERE job = '$1' ORDER BY attempt DESC)")" = "$2" ]
}

reason_is() {
	[ "$(ledger "reason FROM attempt WHERE job = '$1' AND outcome = 'lost'")" = "$2" ]
}

@test "a claim that its node had not started when it was given up is given back, without retries, too" {
	start a
	start b
	poll 20 has_runner a
	runner=$(runner_of a)
	kill -s STOP "$runner"
	js submit --name=claimed --on=a -- sh -c "echo >>$T/out/claimed"
	poll 10 outcomes_are claimed running
	kill -s KILL "${pid[a]}"
	C=$T/b.conf
	poll 30 state_is claimed failed
	outcomes_are claimed lost
	kill -s CONT "$runner"
	start a
	poll 30 state_is claimed "done"
	outcomes_are claimed "ok lost"
	[ "$(wc -l <out/claimed)" -eq 1 ]
	reason_is claimed "node 'a' was not heard of any more and had not started it: it is given back"
}

@test "an end that comes after its node was given up is refused, and the ledger says so" {
	start a
	start b
	poll 20 has_runner a
	runner=$(runner_of a)
	js submit --name=late --on=a -- sh -c "touch $T/out/begun; until [ -e $T/out/go ]; do sleep 0.1; done"
	poll 10 test -e out/begun
	kill -s STOP "${pid[a]}" "$runner"
	touch out/go
	C=$T/b.conf
	poll 30 state_is late failed
	kill -s CONT "${pid[a]}" "$runner"
	poll 30 reason_is late "node 'a' was not heard of any more; it reported 'ok' later, which was refused"
	outcomes_are late lost
	state_is late failed
}

@test "the database is away for less than a lease: what runs goes on, and its end is handed in once" {
	start a
	long_job
	poll 10 begun_on a
	pg_end
	touch out/go
	poll 10 grep -q '^end a' out/long
	pg_start
	poll 30 long_is_over
	[ "$(js attempts long --no-header | wc -l)" -eq 1 ]
}

@test "the database is away for longer: what ran is ended, and nothing starts; then it is tried again" {
	start a
	long_job
	poll 10 begun_on a
	own=$(begun_pid a)
	pg_end
	poll 30 gone "$own"
	# All that asks it is told once, whatever it was for.
	[ "$(grep -c "is out of reach: .* it is tried again" log-a)" -eq 1 ]
	[ "$(grep -c 'cannot ' log-a)" -eq 0 ]
	poll 30 grep -q 'the lease has run out: nothing is started' log-a
	pg_start
	poll 30 grep -Eq "database '.*' is back, after [0-9]+s" log-a
	again() { [ "$(grep -c '^begin a' out/long)" -eq 2 ]; }
	poll 30 again
	touch out/go
	poll 20 long_is_over
	js --json attempts long | grep -q '"outcome": "lost"'
}

@test "what is submitted on one host starts on another at once, also after the server was away" {
	# Nothing is found by looking now and then, and nobody pokes the daemon: its socket is another host's.
	sed -i 's/^.*lease = .*/lease = 1h\ntick = 1h/' a.conf
	start a
	rm a/run/wake.sock
	js submit --name=first -- true
	js wait first
	pg_end
	pg_start
	listens() { [ "$(pg_sql "SELECT count(*) FROM pg_stat_activity
		WHERE application_name = 'jobsched'")" -ge 1 ]; }
	poll 30 listens
	js submit --name=second -- true
	js wait second
}

# The other node has found it, and cannot take it.
waits_for_node() {
	[ "$(pg_sql "SELECT count(*) FROM jobsched.jobs j JOIN jobsched.lines l ON l.job_id = j.id
		WHERE j.name = '$1' AND l.gate LIKE 'n:%'")" -eq 1 ]
}

nodes_are() {
	[ "$(js --no-header nodes | awk '{ printf "%s %s %s, ", $1, $2, $5 }')" = "$1" ]
}

@test "a zone is taken out: what runs there ends, what comes goes elsewhere, until it is let in again" {
	echo 'zone = "west"' >>a.conf
	echo 'zone = "east"' >>b.conf
	start a
	start b
	js submit --name=there --on=a -- sh -c ": >$T/out/there; until [ -e $T/out/go ]; do sleep 0.1; done"
	poll 10 test -e out/there
	js drain --zone=west
	poll 10 nodes_are "a draining west, b live east, "
	for i in 1 2 3 4 5 6; do
		js submit --name="next-$i" -- true
	done
	js wait next-{1..6}
	[ "$(ledger "count(*) FROM attempt WHERE node = 'b' AND outcome = 'ok'")" -eq 6 ]
	js submit --name=kept --on=a -- true
	touch out/go
	js wait there
	poll 10 nodes_are "a drained west, b live east, "
	state_is kept pending
	js undrain --zone=west
	js wait kept
	nodes_are "a live west, b live east, "
	# What is not there, or not said.
	run -3 js drain --zone=nowhere
	[ "$output" = "jobsched: no node is in zone 'nowhere'" ]
	run -3 js drain c
	[ "$output" = "jobsched: no such node: 'c'" ]
	run -2 js drain
	[ "$output" = "jobsched: 2 nodes are live; name one, or a zone" ]
	run -2 js drain a --zone=west
}

@test "a job that only one of the live nodes can take finds it at once" {
	# Nobody finds anything by looking now and then.
	sed -i 's/^.*lease = .*/lease = 1h\ntick = 1h/' a.conf b.conf
	echo 'labels = { "gpu" }' >>b.conf
	start a
	start b
	for i in 1 2 3; do
		js submit --name="picky-$i" --require=gpu -- true
		js submit --name="sent-$i" --on=b -- true
		js submit --name="stays-$i" --on=a -- true
	done
	for i in 1 2 3; do
		js wait "picky-$i" "sent-$i" "stays-$i"
	done
	[ "$(ledger "count(*) FROM attempt WHERE node = 'b' AND job NOT LIKE 'stays-%'")" -eq 6 ]
	[ "$(ledger "count(*) FROM attempt WHERE node = 'a' AND job LIKE 'stays-%'")" -eq 3 ]
	[ "$(ledger "count(*) FROM attempt")" -eq 9 ]
}

@test "a job for a node without a free slot starts there when it has one" {
	sed -i 's/^.*lease = .*/lease = 1h\ntick = 1h/' a.conf b.conf
	echo 'max_running = 1' >>b.conf
	start a
	start b
	js submit --name=first --on=b -- sh -c "until [ -e $T/out/go ]; do sleep 0.1; done"
	poll 10 state_is first running
	js submit --name=second --on=b -- true
	js submit --name=third --on=b -- true
	poll 10 waits_for_node second
	touch out/go
	js wait first second third
	[ "$(ledger "count(*) FROM attempt WHERE node = 'b'")" -eq 3 ]
}

@test "hosts that are hours wrong change nothing: the database's clock says what is due" {
	export JOBSCHED_TEST_CLOCK=$T/clock
	echo "$((2 * 3600 * 1000000)) 0" >clock
	JOBSCHEDD=$builddir/tests/fake/jobschedd start a
	before=$(pg_sql "SELECT floor(extract(epoch FROM clock_timestamp()))")
	"$builddir/tests/fake/jobsched" -C "$C" submit --name=soon --in=3s -- true
	js wait soon
	after=$(pg_sql "SELECT ceil(extract(epoch FROM clock_timestamp()))")
	[ "$after" -ge $((before + 3)) ]
	at=$(pg_sql "SELECT started_at / 1000000 FROM jobsched.attempts")
	[ "$at" -ge $((before + 3)) ]
	[ "$at" -le "$after" ]
}

# It has ended by itself, with this status.
ended_with() {
	local status=0

	poll 30 is_no_process "$1"
	wait "${pid[$1]}" || status=$?
	[ "$status" -eq "$2" ]
}

is_no_process() {
	! grep -qs '^State:.[^ZX]' "/proc/${pid[$1]}/status"
}

@test "a newer schema that the release may still write: both go on; one that it may not: status 5" {
	start a
	pg_sql "UPDATE jobsched.schema_version SET version = 9999"
	js submit --name=first -- true
	js wait first
	run -0 js db upgrade
	start b
	pg_sql "UPDATE jobsched.schema_version SET lowest = 9999"
	run --separate-stderr js submit --name=second -- true
	[ "$status" -eq 5 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == *"is of a newer version (9999, this program's is "*"it needs a newer jobsched" ]]
	run -5 js db upgrade
	ended_with a 5
	ended_with b 5
	grep -q "of another version than this jobschedd by now: stopping" log-a
	run -5 jobschedd -f -C "$C"
	pg_sql "UPDATE jobsched.schema_version SET version = 0"
	run -5 --separate-stderr js list
	[ "$(pg_sql "SELECT count(*) FROM jobsched.jobs")" -eq 1 ]
}

@test "a daemon that is started again within its lease goes on with its jobs" {
	sed -i 's/^.*lease = .*/lease = 2m/' a.conf b.conf
	start a
	long_job
	poll 10 begun_on a
	own=$(begun_pid a)
	start b
	kill -s TERM "${pid[a]}"
	poll 20 is_no_process a
	start a
	kill -s KILL "${pid[a]}"
	poll 20 is_no_process a
	start a
	[ -e "/proc/$own" ]
	touch out/go
	poll 20 long_is_over
	[ "$(grep -c '^begin' out/long)" -eq 1 ]
	[ "$(js attempts long --no-header | wc -l)" -eq 1 ]
}

# other NODE: the config of another place that has its name: as on another host, whatever that is called.
other() {
	sed "s|/$1/|/other/|" "$1.conf" >other.conf
}

@test "a second place cannot have the name of a node that lives, and does not disturb it" {
	start a
	other a
	long_job
	poll 10 begun_on a
	run -4 jobschedd -f -C "$T/other.conf"
	[[ $output == *"node 'a' is another jobschedd, on host"*"each needs a node_id of its own"* ]]
	node_is a live
	touch out/go
	poll 20 long_is_over
	[ "$(js attempts long --no-header | wc -l)" -eq 1 ]
	run -1 grep 'taken for dead' log-a
	# What it has left running when it was stopped is not for others either.
	js submit --name=left -- sh -c ": >$T/out/left; until [ -e $T/out/end ]; do sleep 0.1; done"
	poll 10 test -e out/left
	kill -s TERM "${pid[a]}"
	poll 20 is_no_process a
	jobschedd -f -C "$T/other.conf" 2>>log-other 3>&- 4>&- &
	pid[other]=$!
	poll 10 grep -q "is another jobschedd.* waiting for that" log-other
	touch out/end
	poll 20 is_up other
	kill -s TERM "${pid[other]}"
}

@test "a node whose folders were lost comes up when what it had must have ended, and nothing of that runs again by itself" {
	sed -i 's/^.*lease = .*/lease = 6s/' a.conf
	start a
	long_job
	poll 10 begun_on a
	js submit --name=single -- sh -c "echo >>$T/out/single; sleep 1000"
	poll 10 test -e out/single
	# It is judged by what the store knows, for nothing else is left of it.
	known_to_run() { js --json attempts single | grep -q '"started_at": "'; }
	poll 20 known_to_run
	kill -s KILL "${pid[a]}"
	rm -r a/state a/run
	mkdir a/state a/run
	start a
	grep -q "is another jobschedd.* waiting for that" log-a
	begun_twice() { [ "$(grep -c '^begin a' out/long)" -eq 2 ]; }
	poll 30 begun_twice
	touch out/go
	poll 20 long_is_over
	poll 20 state_is single failed
	outcomes_are single lost
	[ "$(wc -l <out/single)" -eq 1 ]
}

@test "of two with one name and one state folder's copy the one that came last stays" {
	start a
	mkdir other
	cp -r a/state other/state
	other a
	jobschedd -f -C "$T/other.conf" 2>>log-other 3>&- 4>&- &
	pid[other]=$!
	ended_with a 4
	poll 10 is_up other
	node_is a live
	kill -s TERM "${pid[other]}"
}

@test "on several hosts --once is refused" {
	run -2 jobschedd --once -C "$C"
	[ "${#lines[@]}" -eq 1 ]
}

# The last of the file: the server is not what it was.
standby_is_up() {
	"$script" sql "$standby" "SELECT 1" >/dev/null 2>&1
}

follows() {
	[ "$(pg_sql "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")" -eq 1 ]
}

ended_elsewhere() {
	js --json attempts --outcome=ok >"$T/ok.json" 2>/dev/null &&
		[ "$(sqlite3 :memory: "SELECT count(*) FROM json_each(readfile('$T/ok.json'), '$.attempts')")" -eq "$1" ]
}

@test "a standby is promoted: the URI names both, what runs goes on, and nothing runs twice" {
	standby=$PG/standby
	"$script" standby "$standby" "$PG"
	"$script" run "$standby" >>"$PG/log" 2>&1 3>&- 4>&- &
	second=$!
	poll 30 standby_is_up
	pg_sql "ALTER SYSTEM SET synchronous_standby_names = '*'"
	pg_sql "SELECT pg_reload_conf()"
	poll 30 follows
	sed -i "s|^database = .*|database = \"postgresql:///test?host=$standby,$PG\&user=jobsched\&target_session_attrs=read-write\"|
		s/^.*lease = .*/lease = 2m/" a.conf
	start a
	long_job
	poll 10 begun_on a
	for i in 1 2 3 4 5; do
		js submit --name="late-$i" --in=3s -- sh -c "echo $i >>$T/out/late"
	done
	# The primary is gone for good.
	pg_end QUIT
	"$script" sql "$standby" "SELECT pg_promote()"
	touch out/go
	poll 60 ended_elsewhere 6
	js submit --name=after -- true
	js wait after
	[ "$(sort out/late | tr '\n' ' ')" = "1 2 3 4 5 " ]
	[ "$(grep -c '^begin' out/long)" -eq 1 ]
	[ "$(ledger "count(*) FROM attempt")" -eq 7 ]
	run -0 js db check
	kill -s TERM "${pid[a]}"
	poll 20 is_no_process a
	kill -s QUIT "$second"
	wait "$second" || :
}
