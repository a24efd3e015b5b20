#!/usr/bin/env bats
# jobsched and jobschedd on PostgreSQL, end to end: jobs, ledger, tabs; servers that are away, come again, refuse.

load pg.bash

setup() {
	pg_instance
}

teardown() {
	clean_up
}

loads_libpq() {
	LD_DEBUG=files "$@" 2>&1 >/dev/null | grep -q 'file=libpq\.'
}

@test "who uses SQLite never loads libpq" {
	[ "$(ldd "$builddir/jobsched" "$builddir/jobschedd" | grep -c libpq)" -eq 0 ]
	js db init
	loads_libpq jobsched -C "$C" list
	jobsched --db="$T/lite.db" db init
	run loads_libpq jobsched --db="$T/lite.db" list
	[ "$status" -eq 1 ]
}

# Beside the program, or else where it is installed.
@test "where the module is not there, it is said what is missing" {
	mkdir "$T/alone"
	cp "$builddir/jobsched" "$T/alone"
	if [ -e /usr/local/lib/jobsched/store_pg.so ]; then
		skip "an installed one is there"
	fi
	run "$T/alone/jobsched" --db=postgresql:///nowhere list
	[ "$status" -eq 1 ]
	[[ $output == *"store_pg.so', a part of this program, is not there: install"* ]]
}

@test "a job runs, fails, is retried, and all of it can be asked for" {
	start_daemon
	id=$(js submit --name=hello -- sh -c 'echo out; echo err >&2; exit 3')
	run js wait hello
	[ "$status" -eq 3 ]
	[ "$(js output hello)" = "out"$'\n'"err" ]
	state_is hello failed
	[ "$(ledger "job_id, job, attempt, outcome, exit_status, node FROM attempt")" = \
		"$id|hello|1|failed|3|here" ]
	js submit --name=again --retries=2 --backoff=10ms -- sh -c 'echo >>out/again; exit 1'
	run js wait again
	[ "$(grep -c '' out/again)" -eq 3 ]
	ledger_is "sum(job = 'again' AND outcome = 'failed') = 3"
	js retry again
	run js wait again
	[ "$(ledger "max(attempt) FROM attempt WHERE job = 'again'")" -eq 6 ]
	js submit --name=well -- true
	js wait well
	[ "$(answer '$.jobs.failed' js --json status)" -eq 2 ]
	[ "$(answer '$.nodes[0].id' js --json nodes)" = here ]
	[ "$(answer '$.jobs[0].name' js --json list --name='h?ll*')" = hello ]
	js db check
}

@test "a submit wakes the daemon, and a running job is cancelled" {
	start_daemon
	js submit --name=long -- sh -c ': >out/begun; sleep 1000'
	poll 20 [ -e out/begun ]
	state_is long running
	js cancel long
	poll 20 state_is long cancelled
	ledger_is "count(*) = 1 AND max(outcome) = 'cancelled'"
	js metrics | grep -q '^jobsched_finished_total{outcome="cancelled"} 1$'
	js db check
}

@test "tabs, pauses, order keys, prerequisites and bulk work as on SQLite" {
	tab jobs <<-END
		0 0 1 1 * @USER@ --name=yearly true
		@every 1h @USER@ --name=hourly : >$T/out/hourly
	END
	start_daemon
	poll 20 [ -e out/hourly ]
	jobs_are "sum(tab IS NOT NULL) = 2"
	js pause yearly
	state_is yearly paused
	js resume yearly
	for i in 1 2 3; do
		js submit --order-key=one -- sh -c "echo $i >>out/order"
	done
	js submit --name=first -- true
	js submit --name=second --after=first -- sh -c ': >out/second'
	poll 20 [ -e out/second ]
	seq 1 300 | sed 's/.*/{"command": "true", "name": "bulk-&"}/' | js submit --file=- --batch=b >ids
	[ "$(sort -u ids | grep -c '')" -eq 300 ]
	poll 60 jobs_are "sum(name GLOB 'bulk-*' AND state = 'done') = 300"
	[ "$(tr -d '\n' <out/order)" = 123 ]
	rm tabs/jobs
	kill -HUP "$daemon"
	poll 20 state_is yearly retired
	js db prune
	js db check
}

some_are_stored() {
	[ "$(pg_sql "SELECT count(*) > 0 FROM jobsched.jobs" 2>/dev/null)" = t ]
}

@test "a file of many jobs that is interrupted goes on, and each is stored once and in its order" {
	seq 1 30000 | sed 's/.*/{"command": ["echo", "&"], "in": "1000h"}/' >in.json
	# It cannot say more than a pipe holds, which is less than all.
	mkfifo said
	jobsched -C "$C" submit --file=in.json --batch=b >said &
	pid=$!
	exec 7<said
	poll 60 some_are_stored
	kill -KILL "$pid"
	wait "$pid" || :
	cat <&7 >told
	exec 7<&-
	before=$(pg_sql "SELECT count(*) FROM jobsched.jobs")
	[ "$before" -lt 30000 ]
	[ "$before" -eq "$(pg_sql "SELECT stored FROM jobsched.batches")" ]
	js submit --file=in.json --batch=b >ids 2>/dev/null
	[ "$(cat ids)" = "$(pg_sql "SELECT id FROM jobsched.jobs ORDER BY id")" ]
	# The last may be told in part.
	[ "$(head -n "$(wc -l <told)" ids)" = "$(head -n "$(wc -l <told)" told)" ]
	[ "$(pg_sql "SELECT argv FROM jobsched.jobs ORDER BY id" | tr -dc '0-9\n')" = "$(seq 1 30000)" ]
	[ "$(pg_sql "SELECT count(*) FROM jobsched.occurrences")" -eq 30000 ]
}

@test "the views can be asked, and times in them be read" {
	start_daemon
	js submit --name=seen --at=2030-01-02T03:04:05.678Z -- true
	[ "$(pg_sql "SELECT next_run_at, state FROM jobsched.job_status WHERE name = 'seen'")" = \
		"2030-01-02T03:04:05.678Z|pending" ]
	js submit --name=ran -- true
	js wait ran
	[ "$(pg_sql "SELECT job_name, outcome, dead FROM jobsched.ledger WHERE job_name = 'ran'")" = "ran|ok|f" ]
}

@test "no command, log, or job shows the password" {
	sed -i "s|^database = .*|database = \"postgresql://guarded:p%40ss%3Aword%2F1@/test?host=$PG\"|" "$C"
	js db init 2>said
	js -q db init
	PGPASSWORD=p@ss:word/1 JOBSCHED_DB="postgresql://guarded:p%40ss%3Aword%2F1@/test?host=$PG" start_daemon
	js submit --name=env -- sh -c 'env; ps -eo args; tr "\0" "\n" </proc/$PPID/environ'
	js wait env
	js output env >printed
	grep -q "^JOBSCHED_DB=postgresql://guarded@/test?host=$PG$" printed
	{
		cat printed
		js status
		js --json status
		js nodes
	} >>said
	pg_end INT
	run -5 js list
	{
		echo "$output"
		cat log
		for pid in $daemon $(runner_pids); do
			tr '\0' '\n' <"/proc/$pid/cmdline"
		done
	} >>said
	[ "$(grep -c -e 'p@ss' -e 'p%40ss' -e 'word/1' -e 'word%2F1' said)" -eq 0 ]
}

@test "a password that is not written as in a URI is refused, and no part of it is told" {
	for wrong in "postgresql://guarded:p@ss:word/1@/test?host=$PG" "postgresql:password=p@ss:word/1" \
		"postgres:host=$PG password=p@ss:word/1" "host=$PG password=p@ss:word/1 dbname=test"; do
		run -2 jobsched --db="$wrong" list
		[ "${#lines[@]}" -eq 1 ]
		[ "$(grep -c -e ss -e word/ -e "'word'" <<<"${output//in a password/}")" -eq 0 ]
	done
	run -2 jobsched --db="postgresql://guarded:55/ss@host/test" list
	[[ $output == *"'postgresql://guarded@host/test' names no database: in a password, '@', "* ]]
}

@test "a password on the command line is blanked before anybody can list it" {
	jobschedd -f -C "$C" --db="postgresql://guarded:p%40ss%3Aword%2F1@/test?host=$PG" 2>>log 3>&- 4>&- &
	daemon=$!
	poll 20 daemon_is_up
	tr '\0' ' ' <"/proc/$daemon/cmdline" >args
	grep -q -- '--db=postgresql://\*\*\*\*' args
	[ "$(grep -c -e 'p%40ss' -e guarded args)" -eq 0 ]
	kill -HUP "$daemon"
	poll 20 has_logged "tabs reloaded"
	[ "$(logged "not reloaded")" -eq 0 ]
}

@test "a wrong password is status 6, a server that is away 5, each with one clear line" {
	run --separate-stderr jobsched --db="postgresql://guarded:wrong@/test?host=$PG" list
	[ "$status" -eq 6 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "jobsched: not permitted to use database 'postgresql://guarded@/test?host=$PG': "* ]]
	run --separate-stderr js list
	[ "$status" -eq 5 ]
	[[ $stderr == *"has no schema 'jobsched' yet: 'jobsched submit' or 'jobsched db init' makes one"* ]]
	js db init
	pg_end INT
	run --separate-stderr js list
	[ "$status" -eq 5 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "jobsched: database '$URI' is out of reach: "* ]]
	run --separate-stderr jobschedd -f -C "$C"
	[ "$status" -eq 5 ]
}

@test "a server that restarts while jobs run: each of them runs once, and each end arrives" {
	start_daemon
	for i in $(seq 1 20); do
		js submit --name="job-$i" -- sh -c "echo x >>out/ran-$i; until [ -e out/go ]; do sleep 0.05; done; exit $((i % 2))"
	done
	poll 30 ledger_is "sum(outcome = 'running') = 20"
	poll 30 sh -c '[ "$(ls out | grep -c ran-)" -eq 20 ]'
	pg_end QUIT
	# They end while nobody can be told.
	: >out/go
	poll 30 has_logged "ends are kept"
	pg_start
	poll 30 ledger_is "sum(outcome = 'ok') = 10 AND sum(outcome = 'failed') = 10 AND count(*) = 20"
	[ "$(cat out/ran-* | grep -c x)" -eq 20 ]
	js submit --name=after -- true
	js wait after
	js db check
}

@test "a daemon that is killed while the server is away: the next one records what its runner kept" {
	start_daemon
	js submit --name=kept -- sh -c 'echo x >>out/kept; until [ -e out/go ]; do sleep 0.05; done; exit 7'
	poll 30 [ -e out/kept ]
	poll 30 state_is kept running
	pg_end INT
	: >out/go
	stop_daemon KILL
	pg_start
	start_daemon
	poll 30 state_is kept failed
	[ "$(ledger "count(*), max(exit_status) FROM attempt")" = "1|7" ]
	[ "$(grep -c x out/kept)" -eq 1 ]
	js db check
}

@test "what an administrator sets for a database holds up nothing" {
	while read -r setting; do
		pg_sql "ALTER DATABASE test SET $setting"
	done <<-END
		search_path = 'public'
		timezone = 'Pacific/Apia'
		datestyle = 'German, DMY'
		intervalstyle = 'sql_standard'
		bytea_output = 'escape'
		client_encoding = 'LATIN1'
		standard_conforming_strings = off
		transform_null_equals = on
		array_nulls = off
		extra_float_digits = -5
		default_transaction_isolation = 'serializable'
		default_transaction_deferrable = on
		statement_timeout = '20ms'
		lock_timeout = '1ms'
		idle_session_timeout = '100ms'
		idle_in_transaction_session_timeout = '1ms'
		enable_nestloop = off
		enable_indexscan = off
		synchronous_commit = off
		quote_all_identifiers = on
	END
	js db init
	start_daemon
	connection() { pg_sql "SELECT min(pid) FROM pg_stat_activity WHERE application_name = 'jobsched'"; }
	before=$(connection)
	js submit --name='back\slash' -- sh -c 'printf "ü\\\\\n"; sleep 1'
	js wait 'back\slash'
	js output 'back\slash' >printed
	printf '%s\n' 'ü\n' | sed 's/n$//' | cmp - printed
	[ "$(pg_sql "SELECT outcome || ' ' || (recorded_at LIKE '20__-__-__T%Z') FROM jobsched.ledger")" = "ok true" ]
	[ "$(connection)" = "$before" ]
	js db check
	pg_sql "ALTER DATABASE test RESET ALL"
}
