#!/usr/bin/env bats
# What others than root put in the way, and what the jobs of two ordinary users try with the scheduler and with
# each other. Nobody's account and daemon's stand in for these users: nothing on the machine is changed.

load lib.bash

setup() {
	[ "$(id -u)" -eq 0 ] || skip "only root runs jobs of others"
	# Their jobs have to find their way.
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" 2>/dev/null || :
	instance
	chmod 755 "$T" "$T/home"
	chmod 1777 "$T/out"
	mkdir bin
	cp "$builddir/jobsched" "$builddir"/*.so "$builddir/tests/faults/impostor" bin
	chmod -R 755 bin
	setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$T/bin/impostor" ||
		skip "other users cannot reach $T"
	A=nobody B=daemon
}

teardown() {
	if [ -n "${helper:-}" ]; then
		kill "$helper" 2>/dev/null || :
	fi
	[ "$(id -u)" -ne 0 ] || clean_up
}

# as USER COMMAND...: from outside of any job.
as() {
	local user=$1

	shift
	setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"
}

impostor() {
	"$T/bin/impostor" "$@"
}

# beside ARGUMENT...: one that stays until let_go, and what it says in `heard`, once it has said something.
beside() {
	: >heard
	"$@" >heard 2>&1 3>&- &
	helper=$!
	poll 10 [ -s heard ]
}

let_go() {
	kill "$helper"
	wait "$helper" || :
	helper=
}

# job NAME USER [OPTION...] -- COMMAND: one that finds $T.
job() {
	js -q submit --name="$1" --user="$2" --cwd=/ --env="T=$T" --env="PATH=$T/bin:/usr/bin:/bin" "${@:3}"
}

# A job of B that has a secret in its environment, its output and its checkpoint, and runs until it may end.
secret_job() {
	job secret "$B" --env=PASSWORD=swordfish -- sh -c 'echo swordfish; echo swordfish | jobsched checkpoint put
		: >"$T/out/secret"; until [ -e "$T/out/end" ]; do sleep 0.1; done; exit 3'
	poll 20 [ -e out/secret ]
	pid=$(pids_with "PASSWORD=swordfish" environ | head -n 1)
	[ -n "$pid" ]
	runner=$(runner_pids)
	socket=$(tr '\0' '\n' <"/proc/$pid/environ" | sed -n 's/^JOBSCHED_SOCKET=//p')
	token=$(tr '\0' '\n' <"/proc/$pid/environ" | sed -n 's/^JOBSCHED_TOKEN=//p')
	fence=$(tr '\0' '\n' <"/proc/$pid/environ" | sed -n 's/^JOBSCHED_FENCE=//p')
}

# secret_ends: nothing that was tried has changed what becomes of it.
secret_ends() {
	: >out/end
	run js wait secret
	[ "$status" -eq 3 ]
	[ "$(js output secret)" = swordfish ]
	ledger_is "sum(job = 'secret') = 1 AND sum(job = 'secret' AND exit_status = 3) = 1"
}

# ---- files ----

# errors_of FILE TEXT: status names it.
errors_of() {
	js status | grep -F "$T/tabs/$1" | grep -qF "$2"
}

@test "tabs of strangers, open tabs, links, FIFOs, folders, devices and sockets are refused, and the good one is loaded" {
	tab good <<-END
		@every 1h @USER@ --name=good true
	END
	line='@every 1h root --name=bad touch '$T/out/bad
	for name in stranger group world target linked; do
		echo "$line" >"tabs/$name"
		chmod 600 "tabs/$name"
	done
	chown "$A" tabs/stranger
	chmod 660 tabs/group
	chmod 606 tabs/world
	mv tabs/target .
	chown "$A" target
	ln -s ../target tabs/link
	ln "$T/tabs/linked" hard
	mkfifo tabs/fifo
	mkdir tabs/folder
	mknod tabs/device c 1 5
	beside "$T/bin/impostor" "$T/tabs/socket" silent
	start_daemon
	poll 10 jobs_are "count(*) = 1"
	poll 10 errors_of world "can be written by others"
	errors_of stranger "belongs to user"
	errors_of group "can be written by others"
	errors_of link "belongs to user"
	errors_of linked "has 2 links"
	errors_of fifo "not a regular file"
	errors_of device "not a regular file"
	errors_of socket "cannot open"
	[ "$(jobs_sql "name FROM job")" = good ]
	[ ! -e out/bad ]
}

@test "a folder of tabs that others can write to, or a folder above it, loads nothing" {
	mkdir -p open/tabs
	echo "@every 1h root --name=bad true" >open/tabs/bad
	chmod 600 open/tabs/bad
	for who in open open/tabs; do
		chmod 777 "$who"
		run js tab check "$T/open/tabs/bad"
		[[ $output == *"'$T/$who' can be written by others than root"* ]]
		chmod 755 "$who"
		chown "$A" "$who"
		run js tab check "$T/open/tabs/bad"
		[[ $output == *"'$T/$who' belongs to user"* ]]
		chown root "$who"
	done
	js tab check "$T/open/tabs/bad"
	chmod 777 tabs
	mv open/tabs/bad tabs/bad
	start_daemon
	poll 10 errors_of bad "'$T/tabs' can be written by others"
	[ "$(jobs_sql "count(*) FROM job")" = 0 ]
	chmod 755 tabs
	kill -HUP "$daemon"
	poll 10 jobs_are "count(*) = 1"
}

@test "a tab that changes all the time is loaded whole or not at all" {
	start_daemon
	for i in $(seq 2000); do
		echo "@every 1h root --name=a$i true"
	done >whole
	chmod 600 whole
	(
		while :; do
			cat whole >tabs/changes
			: >tabs/changes
		done
	) >/dev/null 2>&1 3>&- &
	helper=$!
	for _ in 1 2 3 4 5 6 7 8; do
		kill -HUP "$daemon"
		sleep 0.1
	done
	let_go
	# Whatever was loaded, the last word counts.
	mv whole tabs/changes
	kill -HUP "$daemon"
	poll 20 jobs_are "count(*) = 2000"
	sed -n "s|.*tab $T/tabs/changes: \([0-9]*\) entries in force.*|\1|p" log >loaded
	run ! grep -vx -e 0 -e 2000 loaded
	js submit --name=last -- true
	js wait last
}

@test "a config of a stranger, an open one, a FIFO and a folder are refused in one line" {
	cp "$C" good.conf
	for kind in stranger open fifo folder device socket way; do
		rm -rf "$C"
		case $kind in
		stranger) cp good.conf "$C" && chown "$A" "$C" ;;
		open) cp good.conf "$C" && chmod 666 "$C" ;;
		fifo) mkfifo "$C" ;;
		folder) mkdir "$C" ;;
		device) mknod "$C" c 1 5 ;;
		socket)
			beside "$T/bin/impostor" "$C" silent
			let_go
			;;
		way) cp good.conf "$C" && chmod 777 "$T" ;;
		esac
		run timeout 600 jobschedd -f -C "$C" 3>&-
		chmod 755 "$T"
		[ "$status" -eq 2 ] || [ "$status" -eq 6 ] || [ "$status" -eq 1 ]
		[ "${#lines[@]}" -eq 1 ]
		run timeout 600 jobsched -C "$C" list
		[ "$status" -ne 0 ]
		[ "${#lines[@]}" -eq 1 ]
	done
}

# refused TEXT: the daemon does not start, with status 6 and this in its one line.
refused() {
	run timeout 600 jobschedd -f -C "$C" 3>&-
	[ "$status" -eq 6 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ ${lines[0]} == *"$1"* ]]
}

@test "runtime, state and database folders that somebody else made first are refused" {
	mkdir run
	chown "$A" run
	refused "'$T/run' belongs to user"
	rmdir run
	ln -s home run
	chown -h "$A" run
	refused "'$T/run' belongs to user"
	rm run
	ln -s home run
	refused "'$T/run' is not a folder"
	rm run
	mkdir state
	chmod 777 state
	refused "'$T/state' can be written by others"
	chmod 755 state
	mkdir state/runners
	chown "$A" state/runners
	refused "belongs to another user"
	rm -r state
	chmod 777 .
	refused "'$T' can be written by others"
	chmod 755 .
	start_daemon
	[ "$(stat -c %a run run/locks state/runners | sort -u)" = 700 ]
}

@test "a database, a log or a lock that somebody else laid there is refused" {
	: >none.conf
	as "$A" "$T/bin/jobsched" -C "$T/none.conf" --db="$T/out/theirs.db" db init
	cp out/theirs.db jobs.db
	chown "$A" jobs.db
	refused "'$T/jobs.db' belongs to user"
	chown root jobs.db
	chmod 606 jobs.db
	refused "'$T/jobs.db' can be written by others"
	chmod 600 jobs.db
	for end in wal shm journal; do
		: >"jobs.db-$end"
		chown "$A" "jobs.db-$end"
		refused "'$T/jobs.db-$end' belongs to another user"
		run js list
		[ "$status" -eq 6 ]
		rm "jobs.db-$end"
	done
	echo precious >target
	ln -s target jobs.db.lock
	refused "'$T/jobs.db.lock' is not a file of ours"
	[ "$(cat target)" = precious ]
	rm jobs.db.lock
	start_daemon
}

@test "locks and journals that were laid there end no scheduler, and nothing is written through them" {
	echo precious >target
	start_daemon
	for i in 1 2 3; do
		js -q submit --name="job-$i" --in=1h -- true
	done
	ln -s "$T/target" run/locks/job-1.lock
	mkfifo run/locks/job-2.lock
	mkdir run/locks/job-3.lock
	for i in 1 2 3; do
		js run "job-$i"
	done
	poll 20 ledger_is "sum(outcome = 'error' AND reason LIKE '%lock%') >= 3"
	js status job-2 >/dev/null
	[ "$(cat target)" = precious ]
	stop_daemon
	poll 10 no_runner
	ln -s "$T/target" state/runners/2.journal
	echo garbage >state/runners/3.journal
	ln -s "$T/target" state/runners/4.journal.lock
	start_daemon
	js submit --name=last -- true
	poll 30 state_is last "done"
	[ "$(cat target)" = precious ]
}

# ---- sockets ----

@test "nobody but root reaches the sockets, even where the folder is open" {
	start_daemon
	secret_job
	for path in run/runner-*.sock run/wake.sock; do
		[ "$(as "$A" bin/impostor "$T/$path" garbage)" = "no: Permission denied" ]
	done
	chmod 755 run
	chmod 666 run/runner-*.sock
	for what in garbage huge half order; do
		[ "$(as "$A" bin/impostor "$T"/run/runner-*.sock "$what")" = closed ]
	done
	[ "$(as "$A" bin/impostor "$T"/run/runner-*.sock hello here)" = closed ]
	[ "$(as "$A" bin/impostor "$T"/run/runner-*.sock follow "$fence")" = closed ]
	secret_ends
}

@test "garbage from root's own processes is closed, and disturbs no job" {
	start_daemon
	secret_job
	for what in garbage huge order; do
		[ "$(impostor "$T"/run/runner-*.sock "$what")" = closed ]
	done
	[ "$(impostor "$T"/run/runner-*.sock half)" = nothing ]
	[ "$(impostor "$T"/run/runner-*.sock hello there)" = closed ]
	beside "$T/bin/impostor" "$T"/run/runner-*.sock many
	js submit --name=other -- true
	js wait other
	secret_ends
}

@test "one who says hello as a scheduler is told what runs, and the scheduler takes it back" {
	start_daemon
	secret_job
	[ "$(impostor "$T"/run/runner-*.sock hello here)" = "frame 7" ]
	js submit --name=other -- true
	poll 30 state_is other "done"
	secret_ends
}

@test "an impostor in the place of a runner neither hangs nor ends a scheduler, or one who follows" {
	start_daemon
	secret_job
	path=$(echo run/runner-*.sock)
	for how in serve silent; do
		stop_daemon
		mv "$path" away
		beside "$T/bin/impostor" "$T/$path" "$how"
		# It goes on with what the database says, until the job ends.
		run timeout 2 jobsched -C "$C" output --follow secret
		[ "$status" -eq 124 ]
		start_daemon
		js submit --name="beside-$how" -- true
		poll 30 state_is "beside-$how" "done"
		stop_daemon
		let_go
		mv away "$path"
		start_daemon
	done
	secret_ends
}

@test "the door for checkpoints opens to users whose jobs run, and a token to its own attempt's user" {
	start_daemon
	secret_job
	# Nobody has no job.
	[ "$(as "$A" bin/impostor "$socket" get "$token")" = closed ]
	job watcher "$A" -- sh -c ': >"$T/out/watcher"; until [ -e "$T/out/end" ]; do sleep 0.1; done'
	poll 20 [ -e out/watcher ]
	# 2: foreign.
	[ "$(as "$A" bin/impostor "$socket" get "$token")" = "answer 2" ]
	[ "$(as "$A" bin/impostor "$socket" put "$token")" = "answer 2" ]
	[ "$(as "$B" bin/impostor "$socket" get "${token%?}")" = "answer 2" ]
	[ "$(as "$B" bin/impostor "$socket" get "$fence-")" = "answer 2" ]
	[ "$(as "$B" bin/impostor "$socket" get "")" = "answer 2" ]
	for what in garbage huge order; do
		[ "$(as "$A" bin/impostor "$socket" "$what")" = closed ]
	done
	[ "$(as "$A" bin/impostor "$socket" half)" = nothing ]
	[ "$(as "$A" bin/impostor "$socket" hello here)" = closed ]
	[ "$(as "$A" bin/impostor "$socket" follow "$fence")" = closed ]
	[ "$(as "$B" bin/impostor "$socket" follow "$fence")" = closed ]
	[ "$(as "$B" bin/impostor "$socket" get "$token")" = "answer 0" ]
	[ "$(sqlite3 jobs.db "SELECT CAST(data AS TEXT) FROM checkpoints")" = swordfish ]
	# So many that the rest waits outside: jobs go on.
	setpriv --reuid="$A" --clear-groups bin/impostor "$socket" many >heard 2>&1 3>&- &
	helper=$!
	js submit --name=other -- true
	js wait other
	let_go
	secret_ends
}

# ---- jobs ----

@test "a job cannot read or write what is the scheduler's, nor signal, trace or look into it" {
	start_daemon
	secret_job
	cat >attack <<-'END'
		# Each that comes about is a line of the output.
		try() { if "$@" >/dev/null 2>&1 </dev/null; then echo "could: $*"; fi; }
		try sh -c 'echo x >>"$T/jobs.db"'
		for f in jobs.db jobs.db-wal jobs.db-shm jobs.db.lock run/jobschedd.pid state/runners/*; do
			try cat "$T/$f"
			try touch "$T/$f"
			try rm -f "$T/$f.new" "$T/$f"
		done
		for d in run run/locks state/runners; do
			try ls "$T/$d"
			try touch "$T/$d/planted"
		done
		try mv "$T/jobs.db" "$T/away"
		try jobsched --db="$T/jobs.db" list
		for p in "$DAEMON" "$RUNNER" "$OTHER"; do
			try kill -0 "$p"
			try kill -CONT "$p"
			for f in environ mem maps fd/1 cwd/. root/. exe auxv syscall; do
				try head -c 1 "/proc/$p/$f"
			done
			try ls "/proc/$p/fd"
			[ "$(impostor "$p" ptrace)" = "no: Operation not permitted" ] || echo "could trace $p"
		done
		try renice -n 5 -p "$RUNNER"
		try chrt -p "$RUNNER" -o 0
		try prlimit --nofile=1:1 -p "$RUNNER"
		env | grep -F swordfish
		exit 0
	END
	chmod 755 attack
	job attacker "$A" --env="DAEMON=$daemon" --env="RUNNER=$runner" --env="OTHER=$pid" -- sh "$T/attack"
	js wait attacker
	js output attacker
	[ "$(js output attacker)" = "" ]
	secret_ends
	js db check
}

@test "a job has no descriptor but its own three, and no way to write to its lock" {
	start_daemon
	for user in "$A" root; do
		for how in plain stdin tree; do
			options=()
			case $how in
			stdin) options=(--stdin=text) ;;
			tree) options=(--lock-scope=tree) ;;
			esac
			job "$how-$user" "$user" "${options[@]}" -- /bin/bash -c 'for f in /proc/$$/fd/*; do
				[ -e "$f" ] && [ "$(readlink "$f")" != "/proc/$$/fd" ] && echo "${f##*/}"; done
				if [ "$(id -u)" -ne 0 ] && { : >>/proc/$$/fd/64; } 2>/dev/null; then echo writes; fi'
			js wait "$how-$user"
			js output "$how-$user"
			found=$(js output "$how-$user" | tr '\n' ' ')
			if [ "$how" = tree ]; then
				[ "$found" = "0 1 2 64 " ]
			else
				[ "$found" = "0 1 2 " ]
			fi
		done
	done
}

@test "a job that has ended cannot say that it ended otherwise" {
	start_daemon
	# It hands its output on to a child that outlives it, and claims in it whatever it likes.
	job liar "$A" -- sh -c 'kill -s CHLD $PPID 2>/dev/null; kill -s KILL $PPID 2>/dev/null
		(until [ -e "$T/out/ended" ]; do sleep 0.05; done; echo exit 0; : >"$T/out/claimed") & exit 7'
	run js wait liar
	[ "$status" -eq 7 ]
	: >out/ended
	poll 20 [ -e out/claimed ]
	ledger_is "sum(exit_status = 7) = 1 AND count(*) = 1"
}

# ---- names, words and mail ----

@test "newlines and escapes in names, addresses, folders and tabs reach no log line, no table and no header" {
	echo "mailer = \"$T/mailer\"" >>"$C"
	printf '#!/bin/sh\ncat >%s\n' "$T/out/mail.new; mv $T/out/mail.new $T/out/mail" >mailer
	chmod 755 mailer
	run -2 js submit --name=$'two\nlines' -- true
	run -2 js submit --name=$'esc\e[31m' -- true
	run -2 js submit --mail=$'a\nBcc: x@example.org' -- true || :
	start_daemon
	run js submit --name=mailed --mail='a@example.org' --cwd=$'/no\nsuch: \e[31mfolder' -- true
	run js wait mailed
	poll 20 [ -s out/mail ]
	sed '/^$/q' out/mail >header
	[ "$(grep -c '^X-Jobsched-' header)" -ge 5 ]
	run ! grep -q '[^ -~]' header
	run ! grep -qE '^(such|Bcc)' header
	for command in list attempts "status mailed"; do
		# Words are to be split.
		# shellcheck disable=SC2086
		js $command >shown
		run ! grep -q $'\e' shown
		run ! grep -q '^such' shown
	done
	printf '@every 1h root --nam\e[31me=x true\n' | tab bad
	kill -HUP "$daemon"
	poll 10 grep -q "tabs/bad" log
	js status >shown
	run ! grep -q $'\e' log shown
}

@test "a lock file that somebody made in the place of the runner's frees no job that runs, though its runner is killed" {
	start_daemon
	secret_job
	rm -r run/locks
	kill -HUP "$daemon"
	poll 10 [ -d run/locks ]
	flock -n run/locks/job-1.lock true
	kill_runners
	poll 20 ledger_is "count(*) = 1 AND sum(outcome = 'lost') = 1"
	js submit --name=marker -- true
	js wait marker
	ledger_is "sum(job = 'secret') = 1"
	: >out/end
}
