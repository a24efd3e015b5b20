#!/usr/bin/env bats
# Who is told of ends: mail through the configured mailer, and the command of on_failure.

load lib.bash

setup() {
	instance "mailer = \"$BATS_TEST_TMPDIR/js/mailer\"
		$([[ $BATS_TEST_DESCRIPTION != on_failure* ]] ||
			echo "on_failure = 'echo \"\$JOBSCHED_JOB_NAME|\$JOBSCHED_ATTEMPT|\$JOBSCHED_OUTCOME|\$JOBSCHED_EXIT_STATUS|\$JOBSCHED_SIGNAL\" >>$BATS_TEST_TMPDIR/js/out/told'")"
	mailer 'cat >"$T/out/mail.$$.tmp"; mv "$T/out/mail.$$.tmp" "$T/out/mail.$$"'
	printf '%s\n' "$T" >/dev/null
}

teardown() {
	clean_up
}

# mailer TEXT: what stands in for the mailer from now on.
mailer() {
	printf '#!/bin/sh\nT=%s\n%s\n' "$T" "$1" >"$T/mailer.new"
	chmod 755 "$T/mailer.new"
	mv "$T/mailer.new" "$T/mailer"
}

mails() {
	find "$T/out" -name 'mail.*[0-9]' | wc -l
}

mails_are() {
	[ "$(mails)" -eq "$1" ]
}

# the_mail: the only one.
the_mail() {
	cat "$T"/out/mail.*[0-9]
}

# noted JOB TEXT: whether its page says so.
noted() {
	js status "$1" | grep -qF "$2"
}

lines_are() {
	[ "$(wc -l <"$2")" -eq "$1" ]
}

# notices: how many are still to be told.
notices_are() {
	[ "$(sqlite3 "file:$T/jobs.db?mode=ro" "SELECT count(*) FROM notices")" -eq "$1" ]
}

@test "a failure is mailed to its address, with what the job wrote" {
	start_daemon
	js submit --name=backup --mail=ops@example.org -- sh -c 'echo "no space"; exit 3'
	poll 10 mails_are 1
	the_mail | grep -qx 'To: ops@example.org'
	the_mail | grep -q '^Subject: jobsched on .*: backup failed (exit 3)$'
	the_mail | grep -qx 'Auto-Submitted: auto-generated'
	the_mail | grep -qx 'Content-Type: text/plain; charset=UTF-8'
	the_mail | grep -qx 'X-Jobsched-Job-Name: backup'
	the_mail | grep -qx 'X-Jobsched-Outcome: failed'
	the_mail | grep -qx 'X-Jobsched-Exit-Status: 3'
	[ "$(the_mail | sed '1,/^$/d')" = "no space" ]
	poll 10 notices_are 0
}

@test "mail comes as --mail-on says, and once for an occurrence that is tried again" {
	start_daemon
	js submit --name=quiet --mail=a -- true
	js submit --name=never --mail=a --mail-on=never -- false
	js submit --name=silent --mail=a --mail-on=output -- false
	js submit --name=nobody --mail-on=always -- false
	js submit --name=talks --mail=a --mail-on=output -- echo hello
	js submit --name=each --mail=a --mail-on=always -- true
	js submit --name=retried --mail=a --retries=2 --backoff=1s..1s -- false
	run js wait quiet never silent nobody talks each retried
	poll 10 mails_are 3
	poll 10 notices_are 0
	[ "$(the_mail | sed -n 's/^X-Jobsched-Job-Name: //p' | sort | tr '\n' ' ')" = "each retried talks " ]
	the_mail | grep -qx 'X-Jobsched-Attempt: 3'
	mails_are 3
}

@test "MAILTO of a tab mails what an entry writes" {
	start_daemon
	tab mailto <<-END
		MAILTO=me@example.org
		@every 1h @USER@ --name=chatty echo hello
		@every 1h @USER@ --name=silent true
	END
	kill -HUP "$daemon"
	poll 10 mails_are 1
	the_mail | grep -qx 'To: me@example.org'
	the_mail | grep -qx 'X-Jobsched-Job-Name: chatty'
}

@test "nothing that a job writes or is called gets into the header" {
	start_daemon
	js submit --name='größe' --mail=a --mail-on=always -- printf 'Bcc: x@example.org\r\n.\n\033[1mraw\377\n'
	poll 10 mails_are 1
	the_mail | sed '/^$/q' >header
	the_mail | sed '1,/^$/d' >body
	run ! grep -qi '^Bcc' header
	run ! grep -q '[^ -~]' header
	[ "$(sed -n 2p body)" = . ]
	[ "$(sed -n 3p body)" = '\x1b[1mraw\xff' ]
}

@test "what was dropped of an output is said" {
	start_daemon
	js submit --name=long --output=1K --mail=a --mail-on=output -- sh -c 'seq 1 2000'
	poll 10 mails_are 1
	the_mail | grep -qx '\[\.\.\. [0-9]* bytes dropped \.\.\.\]'
	the_mail | tail -n 1 | grep -qx 2000
}

@test "a mailer that fails is tried again later, and that is seen" {
	mailer 'echo "no route to host" >&2; exit 75'
	start_daemon
	js submit --name=lost --mail=a -- false
	poll 10 noted lost "mail: exit status 75: no route to host"
	[ "$(answer '$.jobs[0].attempts[0].notice' js --json status lost)" = "mail: exit status 75: no route to host" ]
	js status lost | grep -qF "mail: exit status 75"
	has_logged "exit status 75: no route to host"
	notices_are 1
}

@test "a mailer that is not there is a problem of the mail, not of the job" {
	rm mailer
	start_daemon
	js submit --name=lost --mail=a -- false
	poll 10 noted lost "mail: cannot start"
	state_is lost failed
}

@test "a mailer that hangs holds up no job and no other mail" {
	mailer 'if grep -q "Name: slow"; then exec sleep 1000; fi; : >"$T/out/mail.1"'
	start_daemon
	js submit --name=slow --mail=a -- false
	js submit --name=fast --mail=a -- false
	poll 10 mails_are 1
	js submit --name=after -- true
	js wait after
	poll 10 notices_are 1
}

@test "many mails at once are sent, a few at a time" {
	mailer 'cat >/dev/null; ls "$T/out" | grep -c busy >>"$T/peak"; : >"$T/out/busy.$$"; sleep 0.1; rm "$T/out/busy.$$"; echo x >>"$T/out/sent"'
	start_daemon
	for i in $(seq 1 30); do echo '{"command": "false", "mail": "a"}'; done | js submit --file=- >/dev/null
	poll 30 lines_are 30 out/sent
	[ "$(sort -n peak | tail -n 1)" -lt 8 ]
	poll 10 notices_are 0
	[ "$(wc -l <out/sent)" -eq 30 ]
}

@test "mail that was not sent when the daemon was killed is sent by the next" {
	mailer ': >"$T/out/began"; exec sleep 1000'
	start_daemon
	js submit --name=kept --mail=a -- false
	poll 10 [ -e out/began ]
	stop_daemon KILL
	[ "$(mails)" -eq 0 ]
	mailer 'cat >"$T/out/mail.$$.tmp"; mv "$T/out/mail.$$.tmp" "$T/out/mail.$$"'
	start_daemon
	poll 10 mails_are 1
	the_mail | grep -qx 'X-Jobsched-Job-Name: kept'
	poll 10 notices_are 0
}

@test "an end that came while no daemon ran is mailed by the next" {
	start_daemon
	js submit --name=alone --mail=a -- sh -c ': >out/began; until [ -e out/go ]; do sleep 0.1; done; : >out/ended; exit 4'
	poll 10 [ -e out/began ]
	stop_daemon KILL
	: >out/go
	poll 10 [ -e out/ended ]
	start_daemon
	poll 10 mails_are 1
	the_mail | grep -qx 'X-Jobsched-Exit-Status: 4'
}

@test "--once sends its mail before it ends" {
	js db init
	js submit --name=early --mail=a -- false
	# The first run may leave before the job has ended; the one that takes its end sends the mail.
	poll 10 sh -c 'jobschedd -C "$1" --once 2>>log; [ -n "$(ls out)" ]' sh "$C"
	mails_are 1
	the_mail | grep -qx 'X-Jobsched-Job-Name: early'
	notices_are 0
}

@test "on_failure is run once for each dead occurrence, with its facts" {
	start_daemon
	js submit --name=fine -- true
	js submit --name=bad --retries=1 --backoff=1s..1s -- sh -c 'exit 7'
	js submit --name=shot -- sh -c 'kill -KILL $$'
	run js wait fine bad shot
	poll 10 lines_are 2 out/told
	poll 10 notices_are 0
	[ "$(sort out/told)" = "bad|2|failed|7|"$'\n'"shot|1|killed||9" ]
}

@test "on_failure and mail tell of what fails with a job that it comes after" {
	start_daemon
	js submit --name=first -- sh -c 'until [ -e out/go ]; do sleep 0.05; done; exit 1'
	js submit --name=next --after=first --mail=a -- true
	js submit --name=calm --after=first --mail=a --mail-on=output -- true
	js submit --name=waits --in=1d -- true
	js submit --name=last --after=waits --mail=a -- true
	js cancel waits
	poll 20 mails_are 1
	: >out/go
	poll 20 mails_are 2
	poll 20 lines_are 4 out/told
	poll 20 notices_are 0
	[ "$(sort out/told | tr '\n' ' ')" = "calm|0|skipped|| first|1|failed|1| last|0|skipped|| next|0|skipped|| " ]
	grep -qx 'Subject: jobsched on .*: next did not run' out/mail.*
	grep -qx 'A job that it comes after has not succeeded.' out/mail.*
	grep -qE "^prerequisite job 1( '[a-z]+')? failed" out/mail.*
}

@test "what cannot be told of a job that failed without an attempt is seen at its place in the ledger" {
	mailer 'exit 75'
	start_daemon
	js submit --name=first -- sh -c 'until [ -e out/go ]; do sleep 0.05; done; exit 1'
	js submit --name=next --after=first --mail=a -- true
	: >out/go
	poll 20 noted next "mail: exit status 75"
	[ "$(answer '$.jobs[0].attempts[0].notice' js --json status next)" = "mail: exit status 75" ]
	js attempts next | grep -q "; mail: exit status 75$"
	js status next | grep -q "; mail: exit status 75$"
	notices_are 1
}

@test "on_failure that fails is seen at the attempt, and where there was none" {
	sed -i 's/^.*on_failure.*$/on_failure = "exit 9"/' "$C"
	start_daemon
	js submit --name=bad -- sh -c 'until [ -e out/go ]; do sleep 0.05; done; exit 1'
	js submit --name=next --after=bad -- true
	: >out/go
	poll 10 noted bad "on_failure: exit status 9"
	poll 10 noted next "on_failure: exit status 9"
}
