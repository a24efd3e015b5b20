#!/usr/bin/env bats
# examples/two-hosts/roles.sql: what nodes, those who submit and those who look may do, and what they may not.

load pg.bash

setup() {
	pg_instance
	js db init
	# Twice: as after an upgrade.
	pg_sql "$(cat "$srcdir/examples/two-hosts/roles.sql")"
	pg_sql "$(cat "$srcdir/examples/two-hosts/roles.sql")"
	for role in node submitter reader; do
		pg_sql "DROP ROLE IF EXISTS a_$role"
		pg_sql "CREATE ROLE a_$role LOGIN IN ROLE jobsched_$role"
	done
}

teardown() {
	clean_up
}

# as ROLE WORD...: jobsched with the database as this role.
as() {
	local role=$1

	shift
	jobsched -C "$C" --db="${URI%user=*}user=a_$role" "$@"
}

# not_let ROLE WORD...: refused, with a message that names the role and what it may not.
not_let() {
	run --separate-stderr as "$@"
	[ "$status" -eq 6 ]
	[[ "$stderr" = *"does not let role 'a_$1' do this: permission denied"* ]]
	[[ "$stderr" = *"jobsched-cluster(7)"* ]]
}

@test "a reader lists and shows, and cannot submit, cancel or prune" {
	js submit --in=1h --name=x -- true
	[ "$(as reader --no-header list | wc -l)" = 1 ]
	as reader --json list
	as reader status
	as reader --no-header attempts
	not_let reader submit -- true
	not_let reader cancel x
	not_let reader pause x
	[ "$(as reader --no-header list --state=pending | wc -l)" = 1 ]
}

@test "a submitter submits, also by bulk, after others and in a line, and touches no job that is there" {
	as submitter submit --in=1h --name=x -- true
	as submitter submit --after=x --name=y -- true
	as submitter submit --in=1h --order-key=k --queue=q -- true
	seq 1 50 | sed 's/.*/{"command": "true", "in": "1h"}/' >lines
	as submitter submit --file=lines --batch=b >/dev/null
	[ "$(as submitter --no-header list | wc -l)" = 53 ]
	not_let submitter cancel x
	not_let submitter pause x
	not_let submitter drain somewhere
	[ "$(pg_sql "SELECT has_table_privilege('a_submitter', 'jobsched.attempts', 'INSERT')
		OR has_table_privilege('a_submitter', 'jobsched.occurrences', 'UPDATE, DELETE')
		OR has_table_privilege('a_submitter', 'jobsched.jobs', 'UPDATE, DELETE')")" = f ]
}

@test "a submitter cannot claim: its scheduler does not start" {
	sed -i "s|user=jobsched|user=a_submitter|" "$C"
	js submit -- true
	run --separate-stderr jobschedd -f -C "$C"
	[ "$status" -ne 0 ]
	[[ "$stderr" = *"does not let role 'a_submitter' do this: permission denied"* ]]
	[ "$(pg_sql "SELECT count(*) FROM jobsched.attempts")" = 0 ]
}

@test "a node runs what a submitter has submitted, and cannot change the schema" {
	sed -i "s|user=jobsched|user=a_node|" "$C"
	start_daemon
	as submitter submit --name=x -- true
	run as reader wait x
	[ "$status" -eq 0 ]
	as node submit --in=1h --name=z -- true
	as node cancel z
	stop_daemon
	[ "$(pg_sql "SELECT has_schema_privilege('a_node', 'jobsched', 'CREATE')
		OR has_table_privilege('a_node', 'jobsched.schema_version', 'UPDATE')")" = f ]
	js db check
}
