#!/usr/bin/env bats
# Jobs of other users within a session of PAM. The programs are those of tests/fake, whose services are in a
# folder of the test.

load lib.bash
load clock.bash

setup() {
	[ "$(id -u)" -eq 0 ] || skip "only root's runner switches users"
	[ -x "$builddir/tests/fake/jobsched-session" ] || skip "built without PAM"
	JOBSCHEDD=$builddir/tests/fake/jobschedd
	instance
	export JOBSCHED_TEST_PAM=$T/pam.d
	mkdir "$T/pam.d"
	chmod 777 "$T/out"
	# The jobs of nobody have to get at it.
	chmod 755 "$BATS_RUN_TMPDIR" 2>/dev/null || :
	printf '#!/bin/sh\necho "$PAM_TYPE $PAM_USER $PAM_SERVICE" >>"%s/out/pam"\n' "$T" >note
	printf '#!/bin/sh\necho "$PAM_TYPE" >>"%s/out/slow"\nwhile :; do sleep 0.2; done\n' "$T" >slow
	chmod 755 note slow
	service "session required pam_exec.so $T/note"
}

teardown() {
	[ -z "${T:-}" ] || clean_up
}

# service LINE...: what follows upon a plain account.
service() {
	printf '%s\n' 'auth required pam_permit.so' 'account required pam_permit.so' "$@" >pam.d/jobsched
}

# submit NAME COMMAND [OPTION...]: as nobody.
submit() {
	js -q submit --name="$1" --user=nobody --cwd=/ --env="T=$T" "${@:3}" --shell "$2"
}

is_up() {
	[ -e "$T/out/$1" ]
}

# only PROGRAM: those of the pids that run it.
only() {
	local pid

	while read -r pid; do
		[ "$(readlink "/proc/$pid/exe")" != "$builddir/tests/fake/$1" ] || echo "$pid"
	done
}

open_and_closed_once() {
	[ "$(cat out/pam)" = "open_session nobody jobsched"$'\n'"close_session nobody jobsched" ]
}

@test "a session is opened and closed once around each job, which is the user's alone" {
	start_daemon
	submit who 'id -un; id -Gn; umask; cat "$T/jobs.db"; pwd; exec grep -E "^(Uid|Gid|SigBlk|SigIgn):" /proc/self/status'
	js wait who
	run js output who
	[ "${lines[0]}" = nobody ]
	[ "${lines[1]}" = nogroup ]
	[[ $output == *Permission\ denied* ]]
	[[ $output == *"Uid:"$'\t65534\t65534\t65534\t65534'* ]]
	[[ $output == *"SigBlk:"$'\t'0000000000000000* ]]
	[[ $output == *SigIgn:$'\t'0000000000000000* ]]
	[[ $output == *$'\n0022\n'* ]]
	[ "${lines[4]}" = / ]
	open_and_closed_once
}

@test "root's own jobs have no session" {
	start_daemon
	js -q submit --name=own -- true
	js wait own
	[ ! -e out/pam ]
}

@test "exit status, signal and output arrive as without PAM" {
	start_daemon
	submit seven 'echo out; echo err >&2; exit 7'
	submit aborts 'kill -ABRT $$' --limit=core=unlimited
	submit killed 'kill -KILL $$'
	submit reads 'cat' --stdin="some text"
	run -7 js wait seven
	run -134 js wait aborts
	run -137 js wait killed
	run -0 js wait reads
	[ "$(js output seven)" = out$'\n'err ]
	[ "$(js output reads)" = "some text" ]
	ledger_is "sum(outcome = 'failed' AND exit_status = 7) = 1 AND sum(outcome = 'killed' AND signal = 6) = 1
		AND sum(outcome = 'killed' AND signal = 9) = 1 AND sum(outcome = 'ok') = 1"
	[ "$(grep -c open out/pam)" = 4 ]
	[ "$(grep -c close out/pam)" = 4 ]
}

@test "what PAM refuses is an error with the step and its reason, and is tried again" {
	printf '%s\n' 'auth required pam_permit.so' 'account required pam_deny.so' >pam.d/jobsched
	start_daemon
	submit refused 'touch "$T/out/ran"' --retries=1 --backoff=1s..1s
	run -126 js wait refused
	ledger_is "count(*) = 2 AND min(outcome = 'error' AND reason LIKE 'PAM account: %')"
	printf '%s\n' 'auth required pam_permit.so' 'account required pam_permit.so' "session required pam_deny.so" >pam.d/jobsched
	submit closed 'touch "$T/out/ran"'
	run -126 js wait closed
	ledger_is "sum(job = 'closed' AND outcome = 'error' AND reason LIKE 'PAM session: %') = 1"
	printf '%s\n' 'auth required pam_deny.so' 'account required pam_permit.so' >pam.d/jobsched
	submit poor 'touch "$T/out/ran"'
	run -126 js wait poor
	ledger_is "sum(job = 'poor' AND outcome = 'error' AND reason LIKE 'PAM credentials: %') = 1"
	rm pam.d/jobsched
	submit none 'touch "$T/out/ran"'
	run -126 js wait none
	ledger_is "sum(job = 'none' AND outcome = 'error' AND reason LIKE 'PAM %') = 1"
	[ ! -e out/ran ]
}

@test "a step that fails after the session was opened is an error as well, and the session is closed" {
	start_daemon
	js -q submit --name=folder --user=nobody --cwd=/no/such -- true
	run -126 js wait folder
	ledger_is "min(outcome = 'error' AND exit_status IS NULL)
		AND min(reason = 'cannot change to folder ''/no/such'': No such file or directory')"
	open_and_closed_once
	js -q submit --name=program --user=nobody --cwd=/ -- no-such-program
	run -126 js wait program
	ledger_is "sum(reason = 'cannot run ''no-such-program'': No such file or directory') = 1"
}

@test "limits, umask and environment of PAM hold; what the job itself asks for goes before" {
	printf 'nobody - nofile 77\nnobody - nproc 5000\n' >limits
	printf 'ONE DEFAULT=pam\nTWO DEFAULT=pam\nPATH DEFAULT=/pam:/usr/bin:/bin\nUSER DEFAULT=root\n' >settings
	service "session required pam_limits.so conf=$T/limits" "session required pam_umask.so umask=0027" \
		"session required pam_env.so conffile=$T/settings readenv=0"
	start_daemon
	submit plain 'ulimit -n; umask; echo $ONE $TWO $PATH $USER $JOBSCHED_ATTEMPT'
	submit own 'ulimit -n; nice; echo $ONE $TWO $PATH' --limit=nofile=55 --nice=5 --env=TWO=job --env=PATH=/bin
	js wait plain own
	[ "$(js output plain)" = 77$'\n'0027$'\n'"pam pam /pam:/usr/bin:/bin nobody 1" ]
	[ "$(js output own)" = 55$'\n'5$'\n'"pam job /bin" ]
}

@test "a timeout ends the whole tree, and the session is closed all the same" {
	on_test_clock
	start_daemon
	# What it says now and then lets its runner look at the clock.
	submit slow 'trap "" TERM; setsid sleep 1000 & echo $! >"$T/out/child"; echo $$ >"$T/out/main"
		while :; do echo; sleep 0.1; done' --timeout=1h --grace=1s
	poll 30 is_up main
	sleep_for 3600
	run js wait slow
	ledger_is "min(outcome = 'timeout' AND signal = 9)"
	poll 10 gone "$(cat out/main)"
	poll 10 gone "$(cat out/child)"
	poll 10 open_and_closed_once
}

@test "a cancel reaches the job, which ends as it likes" {
	start_daemon
	submit tidy 'trap "exit 4" TERM; : >"$T/out/up"; while :; do sleep 0.1; done' --grace=1h
	poll 30 is_up up
	js cancel tidy
	run js wait tidy
	ledger_is "min(outcome = 'cancelled' AND exit_status = 4)"
	open_and_closed_once
}

@test "what is cancelled while its session opens never runs" {
	service "session required pam_exec.so $T/slow" "session required pam_exec.so $T/note"
	start_daemon
	submit late 'touch "$T/out/ran"' --grace=1s
	poll 30 is_up slow
	js cancel late
	run js wait late
	ledger_is "min(outcome = 'cancelled')"
	[ ! -e out/ran ]
}

@test "SIGKILL of jobsched-session takes its job with it" {
	start_daemon
	submit left 'echo $$ $PPID >"$T/out/up"; exec sleep 1000'
	poll 30 [ -s out/up ]
	read -r job main <out/up
	[ "$(readlink "/proc/$main/exe")" = "$builddir/tests/fake/jobsched-session" ]
	kill -KILL "$main"
	run -137 js wait left
	poll 10 gone "$job"
	ledger_is "min(outcome = 'killed' AND signal = 9)"
}

@test "SIGKILL of the runner: the job stays what it is, and is looked after" {
	start_daemon
	submit kept 'echo $$ $PPID >"$T/out/up"; exec sleep 1000' --lock-scope=main
	poll 30 [ -s out/up ]
	read -r job main <out/up
	kill_runners
	poll 30 has_logged "still runs as process $main"
	kill -0 "$job"
	js cancel kept
	run js wait kept
	poll 10 gone "$job"
	poll 10 gone "$main"
	ledger_is "count(*) = 1 AND min(outcome = 'cancelled')"
}

@test "SIGKILL of the scheduler: the exit status arrives at the next, and the session is closed" {
	start_daemon
	submit on ': >"$T/out/up"; until [ -e "$T/out/go" ]; do sleep 0.1; done; exit 7'
	poll 30 is_up up
	stop_daemon KILL
	touch out/go
	poll 30 open_and_closed_once
	start_daemon
	run -7 js wait on
	ledger_is "count(*) = 1 AND min(outcome = 'failed' AND exit_status = 7)"
}

@test "a jobsched-session that dies before the job is an error" {
	service "session required pam_exec.so $T/slow"
	start_daemon
	submit early 'touch "$T/out/ran"'
	poll 30 is_up slow
	kill -KILL "$(pids_with "JOBSCHED_TEST_PAM=$T/" environ | only jobsched-session)"
	run -126 js wait early
	ledger_is "min(outcome = 'error' AND reason = '''jobsched-session'' ended before the job ran: signal 9')"
	[ ! -e out/ran ]
}

@test "the lock and a checkpoint go through the session" {
	program=$(mktemp -d)
	cp "$builddir/jobsched" "$program/jobsched" && chmod -R 755 "$program"
	start_daemon
	submit tree 'echo mine | jobsched checkpoint put; jobsched checkpoint get; ls -l /proc/$$/fd' \
		--env="PATH=$program:/usr/bin:/bin" --lock-scope=tree
	submit main 'ls -m /proc/$$/fd'
	js wait tree
	js wait main
	run -0 js output tree
	[ "${lines[0]}" = mine ]
	[ "$(grep -c -e /locks/ <<<"$output")" = 1 ]
	[[ $output != *memfd* ]]
	[ "$(js output main)" = "0, 1, 2" ]
	rm -r "$program"
}
