#!/usr/bin/env bats
# examples/two-hosts, as its README says: two daemons on a server, with the roles, the config and the tab that are there.

load pg.bash

here=$srcdir/examples/two-hosts

# server FILE: what its README has `psql -f` do, in the database `jobs` but for the first.
server() {
	pg_sql "$(sed "s/^CREATE DATABASE .*//; s/ ON DATABASE jobs / ON DATABASE test /" "$here/$1")"
}

setup() {
	pg_instance
	mkdir t
	sed -e "s|/usr/local/sbin/report|echo report >>$T/out/ran|; s|/usr/local/sbin/backup|echo backup >>$T/out/ran|" \
		-e "s|/usr/sbin/logrotate .*|echo \$JOBSCHED_NODE >>$T/out/ran|" "$here/jobsched.d/care" >t/care
	[ "$(id -u)" -eq 0 ] || sed -i 's/ root --/ --/' t/care
	chmod 600 t/care
}

teardown() {
	clean_up
}

# The config as it is there, but for what a test has in its own folder, and no TLS on a socket.
host() {
	local uri=${URI%user=*}user=$1

	mkdir -p "$T/$1/run" "$T/$1/state"
	{
		sed -e "s|^database = .*|database = \"${uri//&/\\&}\"|" \
			-e "$([ "$1" = alpha ] || echo '/^labels/d')" "$here/jobsched.conf"
		printf 'tab_dirs = { "%s" }\nruntime_dir = "%s"\nstate_dir = "%s"\nnode_id = "%s"\n' \
			"$T/t" "$T/$1/run" "$T/$1/state" "$1"
	} >"$1.conf"
	chmod 600 "$1.conf"
}

start_host() {
	jobschedd -f -C "$T/$1.conf" 2>>"$T/log" 3>&- 4>&- &
	is_up() { [ -s "$T/$1/run/jobschedd.pid" ]; }
	poll 30 is_up "$1"
}

@test "two hosts are set up as the example says: a line runs once, --on=each on both, --require where it is met" {
	server database.sql
	pg_sql "GRANT ALL ON DATABASE test TO jobs_owner"
	js --db="${URI%user=*}user=jobs_owner" db init
	server roles.sql
	server members.sql
	host alpha
	host beta
	start_host alpha
	start_host beta
	C=$T/beta.conf
	run -0 js --json nodes
	[[ $output == *'"alpha"'* ]]
	[[ $output == *'"beta"'* ]]
	listed() { [ "$(js --no-header list | wc -l)" -eq 4 ]; }
	poll 30 listed
	for job in report backup rotate@alpha rotate@beta; do js run "$job"; done
	ran() { [ "$(sort out/ran | tr '\n' ' ')" = "alpha backup beta report " ]; }
	poll 30 ran
	[ "$(js --no-header attempts backup --node=alpha | wc -l)" -eq 1 ]
	# The web server submits, and does no more.
	jobsched -C "$C" --db="${URI%user=*}user=web" submit --name=order -- true
	js wait order
	run -6 jobsched -C "$C" --db="${URI%user=*}user=web" cancel report
}
