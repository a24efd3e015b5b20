#!/usr/bin/env bats
# db copy: a whole database from SQLite to PostgreSQL and back, with all its history.

load pg.bash

# The instance is on SQLite; $URI is the server's database.
setup() {
	pg_instance
	sed -i "s|^database = .*|database = \"$T/jobs.db\"|" "$C"
}

teardown() {
	clean_up
}

on_pg() {
	jobsched -C "$C" --db="$URI" "$@"
}

# The rows in which SQLite counts for itself stand in no order.
dump() {
	sqlite3 "$1" .dump | sort
}

# Some of all that there can be: attempts of all kinds, outputs, skips, what waits, what is held, tabs.
fill() {
	tab t <<-END
		@every 1h @USER@ --name=hourly echo hourly
		0 4 * * * @USER@ --name=nightly true
	END
	start_daemon
	js submit --name=ok --label=a=b -- sh -c 'printf "\0\377\n"; echo "ünï"'
	js submit --name=bad --retries=1 --backoff=10ms -- false
	js submit --name=waits --after=later -- true 2>/dev/null || :
	js submit --name=later --in=1h --env='X=a b' --timeout=5m -- true
	js submit --name=after --after=later -- true
	js submit --name=never --in=1h -- true
	js cancel never
	seq 1 50 | sed 's/.*/{"command": "true", "queue": "q&", "order-key": "k"}/' | js submit --file=- --batch=many >/dev/null
	run js wait ok bad
	poll 60 ledger_is "sum(job = 'hourly' AND outcome = 'ok') = 1"
	poll 60 jobs_are "sum(state = 'pending') = 4"
	js pause nightly --reason='for a while'
	stop_daemon
	poll 20 no_runner
}

@test "from SQLite to PostgreSQL: all that can be asked is the same there, and the jobs go on" {
	fill
	js --json list >jobs.lite
	js --json attempts >attempts.lite
	js output ok >ok.lite
	run --separate-stderr jobsched db copy "$T/jobs.db" "$URI"
	[ "$status" -eq 0 ]
	[[ $output == *"copied "*" rows of "*", and read them again" ]]
	on_pg db check
	on_pg --json list | cmp - jobs.lite
	on_pg --json attempts | cmp - attempts.lite
	on_pg output ok | cmp - ok.lite
	start_daemon --db="$URI"
	id=$(on_pg submit --name=next -- true)
	[ "$id" -gt "$(sqlite3 jobs.db "SELECT max(id) FROM jobs")" ]
	on_pg wait next
	on_pg cancel later
	on_pg resume nightly
	[ "$(pg_sql "SELECT reason FROM jobsched.ledger WHERE job_name = 'after'")" != "" ]
	on_pg db check
}

@test "there and back again: the file has the same in it, byte for byte" {
	fill
	jobsched db copy "$T/jobs.db" "$URI"
	run -0 jobsched --json db copy "$URI" "$T/back.db"
	[ "$(stat -c %a back.db)" = 600 ]
	dump jobs.db >before
	dump back.db | diff before -
	jobsched --json db copy "$URI" again.db >said.json
	[ "$(answer '$.rows' cat said.json)" -gt 100 ]
	[ "$(answer '$.tables[0].name' cat said.json)" = jobs ]
	jobsched --db=back.db db check
	on_pg db backup "$T/backup.db"
	dump backup.db | diff before -
}

@test "numbers that the server gives go on behind those that came" {
	fill
	jobsched db copy "$T/jobs.db" "$URI"
	skips=$(sqlite3 jobs.db "SELECT max(id) FROM skips")
	[ "$skips" -ge 1 ]
	on_pg cancel later
	[ "$(pg_sql "SELECT min(id) FROM jobsched.skips WHERE id > $skips")" -eq $((skips + 1)) ]
}

@test "a database that is not empty, or in which jobs run, is refused" {
	js submit -- true
	on_pg submit -- true
	run --separate-stderr jobsched db copy "$T/jobs.db" "$URI"
	[ "$status" -eq 4 ]
	[[ $stderr == *"is not empty: table jobs has 1 rows" ]]
	run --separate-stderr jobsched db copy "$T/none.db" "$URI"
	[ "$status" -eq 5 ]
	start_daemon
	js submit -- sh -c ': >out/begun; sleep 1000'
	poll 20 [ -e out/begun ]
	pg_sql "DROP SCHEMA jobsched CASCADE"
	run --separate-stderr jobsched db copy "$T/jobs.db" "$URI"
	[ "$status" -eq 4 ]
	[[ $stderr == *"1 job runs in database"* ]]
	run -5 on_pg list
}

@test "what is not given back as it was put in is an error, and nothing is stored" {
	js submit --name=one -- true
	on_pg db init
	pg_sql "CREATE FUNCTION jobsched.other() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN NEW.cwd := ''/elsewhere''; RETURN NEW; END'"
	pg_sql "CREATE TRIGGER other BEFORE INSERT ON jobsched.jobs FOR EACH ROW EXECUTE FUNCTION jobsched.other()"
	run --separate-stderr jobsched db copy "$T/jobs.db" "$URI"
	[ "$status" -eq 1 ]
	[[ $stderr == *"does not give back what was put into table jobs: 1 rows of 1" ]]
	[ "$(pg_sql "SELECT count(*) FROM jobsched.jobs")" -eq 0 ]
}

@test "a terminal shows a bar" {
	js submit -- true
	seq 1 2000 | sed 's/.*/{"command": "true"}/' | js -q submit --file=- >/dev/null
	run -0 script -qec "jobsched db copy '$T/jobs.db' '$URI'" /dev/null
	[[ $output == *"copying   [####"*"###] "*" %"* ]]
}
