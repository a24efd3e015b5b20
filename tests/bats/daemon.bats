#!/usr/bin/env bats
# jobschedd as people meet it: jobs go in, run, and are in the ledger; one daemon at a time; --once; users.

load lib.bash
load clock.bash

setup() {
	instance
}

teardown() {
	clean_up
}

@test "a submitted job runs, and its attempt, output and status can be asked for" {
	start_daemon
	id=$(js submit --name=hello -- sh -c 'echo out; echo err >&2; exit 3')
	run js wait hello
	[ "$status" -eq 3 ]
	[ "$(js output hello)" = "out"$'\n'"err" ]
	state_is hello failed
	[ "$(ledger "job_id, job, attempt, outcome, exit_status, node FROM attempt")" = \
		"$id|hello|1|failed|3|here" ]
	[ "$(ledger "count(*) FROM attempt WHERE started_at >= scheduled_for AND finished_at >= started_at")" = 1 ]
	[ "$(answer '$.jobs.failed' js --json status)" = 1 ]
	[ "$(answer '$.nodes[0].id' js --json nodes)" = here ]
}

# Its next tick by itself is hours away.
@test "a submit wakes the daemon" {
	echo 'tick = 1h' >>"$C"
	on_test_clock '2026-06-01 10:01Z'
	start_daemon
	for i in 1 2 3 4 5; do
		js submit --name="wake-$i" -- true
		js wait "wake-$i"
	done
	ledger_is "count(*) = 5 AND max(claimed_at) < '2026-06-01T11:00'"
}

@test "a job for later waits for its time, and the daemon wakes for it" {
	echo 'tick = 1h' >>"$C"
	on_test_clock '2026-06-01 10:01Z'
	start_daemon
	js submit --name=later --in=30m -- true
	js submit --name=beside -- true
	js wait beside
	state_is later pending
	sleep_for 1800
	js wait later
	ledger_is "count(*) = 2 AND min(started_ms >= scheduled_ms) AND max(started_at) < '2026-06-01T11:00'"
	# And without that its clock is moved.
	js submit --name=soon --in=2s -- true
	js wait soon
	ledger_is "count(*) = 3 AND min(started_ms >= scheduled_ms)"
}

@test "jobs that were submitted while no daemon ran are run by the next" {
	js db init
	js submit --name=early -- sh -c 'echo ran >out/early'
	[ ! -e out/early ]
	start_daemon
	js wait early
	[ "$(cat out/early)" = ran ]
}

@test "of many that are due together the first are started before the others are claimed" {
	js db init
	js pause
	seq 1 300 | sed 's/.*/{"command": "true"}/' | js submit --file=- >/dev/null
	start_daemon
	js resume
	poll 60 jobs_are "count(*) = 300 AND min(state = 'done')"
	[ "$(sqlite3 jobs.db 'SELECT count(*) FROM attempts GROUP BY claimed_at ORDER BY claimed_at LIMIT 1')" -le 4 ]
}

@test "a pending job that is cancelled never runs" {
	on_test_clock
	start_daemon
	js submit --name=never --in=1h -- touch out/never
	js submit --name=after --in=2h -- touch out/after
	js cancel never
	sleep_for 7200
	js wait after
	[ ! -e out/never ]
	state_is never cancelled
	ledger_is "sum(job = 'never' AND outcome <> 'skipped') = 0"
}

@test "a running job that is cancelled gets TERM, and KILL after its grace" {
	start_daemon
	js submit --name=polite --grace=1h -- sh -c 'trap "echo told >out/polite; exit 0" TERM; : >out/p; while :; do sleep 0.1; done'
	js submit --name=deaf --grace=1s -- sh -c 'trap "" TERM; : >out/d; while :; do sleep 0.1; done'
	poll 10 [ -e out/p ]
	poll 10 [ -e out/d ]
	js cancel polite deaf
	poll 15 ledger_is "sum(outcome = 'cancelled') = 2"
	[ "$(cat out/polite)" = told ]
	state_is polite cancelled
	state_is deaf cancelled
}

@test "a job is a child of the runner, in a session and a clean environment of its own" {
	start_daemon
	SECRET=x js submit --name=seen -- sh -c 'env | sort; echo "sid $(ps -o sid= -p $$) pid $$"; ls -l /proc/self/fd | grep -c jobs.db'
	js wait seen || :
	out=$(js output seen)
	[[ $out != *SECRET* ]]
	[[ $out == *"JOBSCHED_JOB_NAME=seen"* ]]
	[[ $out == *"JOBSCHED_DB=sqlite:$T/jobs.db"* ]]
	[[ $out == *"PATH=/usr/bin:/bin"* ]]
	[[ $out =~ sid\ +([0-9]+)\ pid\ ([0-9]+) ]]
	[ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
	[ "$(tail -n 1 <<<"$out")" = 0 ]
}

@test "a thousand short jobs leave no zombie, no journal and no held lock" {
	start_daemon
	seq 1000 | sed 's/.*/{"command": ["true"]}/' >jobs.json
	js -q submit --file=jobs.json >ids
	poll 60 jobs_are "count(*) = 1000 AND min(state = 'done')"
	for pid in $daemon $(runner_pids); do
		run cat "/proc/$pid/task/$pid/children"
		[ -z "$output" ]
	done
	stop_daemon
	[ "$status" -eq 0 ]
	poll 20 no_runner
	start_daemon
	stop_daemon
	poll 20 no_runner
	run find "$T/state" -name '*.journal*' -size +0
	[ -z "$output" ]
	[ -z "$(find "$T/run" -type s)" ]
	find "$T/run/locks" -type f -printf '%i\n' | sort >inodes
	[ -z "$(sed 's/.*:\([0-9]*\) .*/\1/' /proc/locks | sort | comm -12 - inodes)" ]
}

@test "a second daemon on the same database is refused, and names the first" {
	start_daemon
	run -4 jobschedd -f -C "$C"
	[[ $output == *"$daemon"* ]]
	sed "s|/run\"|/run2\"|; s|/state\"|/state2\"|" "$C" >other.conf
	run -4 jobschedd -f -C other.conf
	[[ $output == *"$daemon"* ]]
	[[ $output == *"jobs.db"* ]]
	js submit --name=still -- true
	js wait still
}

@test "what a killed daemon leaves of its lock for a moment does not refuse the next" {
	js db init
	sh -c 'exit 0' &
	gone=$!
	wait "$gone"
	exec 9>>jobs.db.lock
	echo "$gone" >jobs.db.lock
	flock 9
	jobschedd -f -C "$C" 2>>log 3>&- 4>&- 9>&- &
	daemon=$!
	exec 9>&-
	poll 20 daemon_is_up
	stop_daemon
	[ "$status" -eq 0 ]
}

@test "a daemon that was killed leaves no lock behind" {
	start_daemon
	stop_daemon KILL
	start_daemon
	js submit --name=next -- true
	js wait next
}

@test "TERM and INT end the daemon with status 0, at once" {
	for signal in TERM INT; do
		start_daemon
		js submit --name="runs-$signal" -- sh -c "read -r x <$T/gate" || :
		stop_daemon "$signal"
		[ "$status" -eq 0 ]
	done
	[ ! -e "$T/run/jobschedd.pid" ]
}

# Opened for both ways it never blocks, and lets go whoever waits.
open_gate() {
	: <>gate
	"$@"
}

node_is() {
	[ "$(answer '$.nodes[0].state' js --json status)" = "$1" ]
}

@test "--drain-on-stop waits for the running jobs, and starts no other" {
	mkfifo gate
	start_daemon --drain-on-stop
	js submit --name=long -- sh -c ': >out/started; read -r x <gate; echo ended >out/long'
	poll 10 [ -e out/started ]
	kill -TERM "$daemon"
	poll 10 has_logged "waiting for 1 running"
	poll 10 node_is draining
	js submit --name=other -- touch out/other
	poll 20 open_gate gone "$daemon"
	wait "$daemon"
	node_is stopped
	[ "$(cat out/long)" = ended ]
	state_is long "done"
	state_is other pending
	[ ! -e out/other ]
	start_daemon
	node_is live
}

@test "--once runs what is due without a daemon, and takes the results in at the next tick" {
	js db init
	js submit --name=first -- sh -c 'echo first >out/first'
	js submit --name=later --in=1h -- touch out/later
	jobschedd --once -C "$C"
	poll 10 [ -e out/first ]
	poll 20 once_until_done first
	[ ! -e out/later ]
	ledger_is "count(*) = 1 AND min(outcome = 'ok')"
	[ ! -e "$T/run/jobschedd.pid" ]
	# Its cron would mail that, every minute.
	[ ! -s said ]
}

once_until_done() {
	jobschedd --once -C "$C" 2>>said && state_is "$1" "done"
}

@test "--once beside a daemon does nothing, and is no error" {
	start_daemon
	js pause
	js submit --name=waits -- touch out/waits
	run -0 jobschedd --once -C "$C"
	state_is waits pending
	daemon_is_up
}

@test "without -f it returns when it is ready, and runs on by itself" {
	run -0 jobschedd -C "$C"
	daemon=$(cat "$T/run/jobschedd.pid")
	[ "$(awk '{ print $6 }' "/proc/$daemon/stat")" -ne "$(awk '{ print $6 }' /proc/$$/stat)" ]
	js submit --name=there -- true
	js wait there
	kill -TERM "$daemon"
	poll 10 gone "$daemon"
}

@test "readiness, reload and stop are told to the notify socket" {
	perl -MSocket -e 'socket(S, AF_UNIX, SOCK_DGRAM, 0) && bind(S, sockaddr_un($ARGV[0])) || die;
		$| = 1; print "$m\n" while defined recv(S, $m, 4096, 0)' "$T/notify" >told 3>&- &
	listener=$!
	poll 5 [ -S notify ]
	NOTIFY_SOCKET=$T/notify start_daemon
	poll 5 grep -q READY=1 told
	kill -HUP "$daemon"
	poll 5 grep -q RELOADING=1 told
	stop_daemon
	poll 5 grep -q STOPPING=1 told
	kill "$listener"
}

@test "bad options and a bad config are refused with status 2, and say where" {
	run -2 jobschedd --no-such-option
	[ "$output" = "jobschedd: unknown option '--no-such-option'; see 'jobschedd --help'" ]
	run -2 jobschedd -fx
	[ "$output" = "jobschedd: unknown option '-x'; see 'jobschedd --help'" ]
	run -2 jobschedd -f -C
	[ "$output" = "jobschedd: option '-C' needs a value; see 'jobschedd --help'" ]
	run -2 jobschedd --once=1 -C "$C"
	[ "$output" = "jobschedd: option '--once=1' takes no value; see 'jobschedd --help'" ]
	run -2 jobschedd -f -C "$C" extra
	[[ $output == *"'extra'"* ]]
	printf 'batch = 10\nbtch = 10\n' >bad.conf
	run -2 jobschedd -f -C bad.conf
	[[ $output == *"bad.conf:2"* ]]
	run -2 jobschedd -f -C missing.conf
	[[ $output == *"missing.conf"* ]]
}

@test "a database that is not ours is refused with status 5, and left as it is" {
	echo "this is no database, but a text that is long enough to be taken for one" >foreign.db
	cp foreign.db before
	run -5 jobschedd -f -C "$C" --db=foreign.db
	cmp foreign.db before
	sqlite3 other.db 'CREATE TABLE x (y)'
	run -5 jobschedd -f -C "$C" --db=other.db
	[ "$(sqlite3 other.db '.tables')" = x ]
}

@test "a database that is replaced under the daemon ends it with status 5" {
	instance 'tick = 1s'
	start_daemon
	mkdir away
	mv jobs.db* away/
	js submit --name=new -- true
	poll 20 gone "$daemon"
	run -5 wait "$daemon"
	has_logged "was removed or replaced"
	# The next one serves what is there now.
	start_daemon
	run -0 js wait new
}

@test "every option of --help is in the manual, and the other way round" {
	jobschedd --help | grep -oE -- '--[a-z-]+' | sort -u >help
	grep '^\.It Fl' "$srcdir/man/jobschedd.8" | grep -oE ' -[a-z][a-z-]+' | sed 's/^ /-/' | sort -u >manual
	diff help manual
}

@test "an ordinary user needs no configuration" {
	if [ "$(id -u)" -eq 0 ]; then
		as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
	else
		as=()
	fi
	# Neither the build nor the folders of the test need be open to others.
	D=$(mktemp -d)
	mkdir "$D/home" "$D/bin"
	cp "$builddir/jobsched" "$builddir/jobschedd" "$builddir/jobsched-runner" "$builddir"/*.so "$D/bin"
	[ "$(id -u)" -ne 0 ] || chown -R nobody:nogroup "$D"
	chmod 755 "$D" "$D/bin"
	as+=(env HOME="$D/home" PATH="$D/bin:/usr/bin:/bin")
	cd "$D"

	"${as[@]}" jobschedd -f 2>"$T/log" 3>&- 4>&- &
	user_daemon=$!
	poll 20 has_logged ready
	"${as[@]}" jobsched submit --name=mine -- sh -c 'id -un; pwd'
	"${as[@]}" jobsched wait mine
	run -0 "${as[@]}" jobsched output mine
	[ "${lines[1]}" = "$D" ]
	[ "${lines[0]}" = "$([ "$(id -u)" -eq 0 ] && echo nobody || id -un)" ]
	[ -f "$D/home/.local/state/jobsched/jobsched.db" ]
	[ "$(stat -c %a "$D/home/.local/state/jobsched/jobsched.db")" = 600 ]

	# A tab of a user has no user field.
	mkdir -p "$D/home/.config/jobsched/jobsched.d"
	echo "@every 1h --name=tabbed echo from the tab" >"$D/home/.config/jobsched/jobsched.d/mine"
	[ "$(id -u)" -ne 0 ] || chown -R nobody:nogroup "$D/home/.config"
	kill -HUP "$user_daemon"
	poll 10 says "from the tab" "${as[@]}" jobsched output tabbed
	run -6 "${as[@]}" jobsched submit --user=root -- true

	kill -TERM "$user_daemon"
	wait "$user_daemon"
	poll 20 no_process_with "$D/"
	rm -rf "$D"
}

# says TEXT COMMAND...
says() {
	[ "$("${@:2}" 2>/dev/null)" = "$1" ]
}

no_process_with() {
	[ -z "$(pids_with "$1")" ]
}

@test "root's jobs run as the user that they name" {
	[ "$(id -u)" -eq 0 ] || skip "only root can"
	chmod 711 "$BATS_TEST_TMPDIR" "$T" || :
	tab users <<-END
		@every 1h nobody --name=as-nobody id -un; id -Gn; echo \$HOME \$LOGNAME; pwd
		@every 1h root --name=as-root id -un
	END
	start_daemon
	poll 10 ledger_is "count(*) = 2 AND min(outcome = 'ok')"
	run -0 js output as-nobody
	[ "${lines[0]}" = nobody ]
	[ "${lines[1]}" = nogroup ]
	[[ ${lines[2]} == *" nobody" ]]
	[ "$(js output as-root)" = root ]
	js submit --user=nobody --name=sub --cwd=/ -- id -un
	js wait sub
	[ "$(js output sub)" = nobody ]
	# What only root may read stays so.
	js submit --user=nobody --name=peek --cwd=/ -- cat "$T/jobs.db"
	run js wait peek
	[ "$status" -eq 1 ]
}

@test "the lock file of a job for one time goes with its end; that of a schedule stays, and one that is held" {
	start_daemon
	js submit --name=short -- true
	js submit --name=again --retries=1 --backoff=10ms -- sh -c 'exit $((2 - JOBSCHED_ATTEMPT))'
	js submit --name=beat --every=1h -- true
	js submit --name=leaves --lock-scope=tree -- sh -c "setsid sh -c 'until [ -e $T/go ]; do sleep 0.05; done' & :"
	js wait short again leaves
	beaten() { [ "$(js attempts beat --outcome=ok --no-header | wc -l)" -eq 1 ]; }
	poll 10 beaten
	names() { (cd run/locks && echo *); }
	left() { [ "$(names)" = "$1" ]; }
	poll 10 left "job-3.lock job-4.lock"
	touch go
	# Somebody who has the lock keeps its file, and who waits for it is not fooled.
	js submit --name=held --in=1s -- true
	flock run/locks/job-5.lock sh -c "touch '$T/has'; until [ -e '$T/let' ]; do sleep 0.05; done" &
	poll 10 test -e has
	waits() { js --json list --state=running | grep -q held; }
	poll 10 waits
	[ -e run/locks/job-5.lock ]
	touch let
	js wait held
	poll 10 left "job-3.lock job-4.lock"
}

# lock_file ID [PID]: as a runner leaves it that was killed some time ago; it names a process that is gone, or this one.
lock_file() {
	local start

	start=$([ -z "${2:-}" ] || sed 's/.*) //' "/proc/$2/stat" | cut -d ' ' -f 20)
	printf '%-127s\n' "$1 ${2:-999999} ${start:-1} $(cat /proc/sys/kernel/random/boot_id)" >"run/locks/job-$1.lock"
	touch -d '2 hours ago' "run/locks/job-$1.lock"
}

locks_are() {
	[ "$(cd run/locks && echo *)" = "$1" ]
}

@test "lock files that a killed runner left behind are swept away, once nobody can need them" {
	start_daemon
	js submit --name=over -- true
	js submit --name=lives -- true
	js submit --name=held -- true
	js submit --name=young -- true
	js submit --name=later --in=1d -- true
	js wait over lives held young
	stop_daemon
	for id in 1 3 4 5 77; do lock_file "$id"; done
	lock_file 2 $$
	touch run/locks/job-4.lock
	: >run/locks/other
	touch -d '2 hours ago' run/locks/other
	flock run/locks/job-3.lock sh -c "touch '$T/has'; until [ -e '$T/let' ]; do sleep 0.05; done" &
	holder=$!
	poll 10 test -e has
	start_daemon
	poll 10 locks_are "job-2.lock job-3.lock job-4.lock job-5.lock other"
	touch let
	wait "$holder"
	stop_daemon
	start_daemon
	poll 10 locks_are "job-2.lock job-4.lock job-5.lock other"
}
