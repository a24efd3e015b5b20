# The database: a primary and a standby, each on a host of its own, that change places.
# shellcheck shell=bash disable=SC2154

bin=$(for dir in "$(pg_config --bindir 2>/dev/null)" /usr/lib/postgresql/*/bin; do
	[ ! -x "$dir/pg_basebackup" ] || echo "$dir"
done | tail -n 1)
postgresql=$here/../lib/postgresql

# The account of a server.
as_postgres() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"
	else
		"$@"
	fi
}

server_address() {
	if [ "$apart" = yes ]; then
		echo "$NET.10${1#db}"
	else
		echo 127.0.0.1
	fi
}

# A port that nobody else here is likely to have; of its own network it is the usual one.
server_port() {
	if [ "$apart" = yes ]; then
		echo 5432
	else
		echo $((20000 + ($$ * 2 + ${1#db}) % 30000))
	fi
}

# server_sql NAME SQL: what it answers.
server_sql() {
	PGCONNECT_TIMEOUT=2 "$bin/psql" -XqtA -v ON_ERROR_STOP=1 -h "$PG/$1" -p "$(server_port "$1")" -U jobsched \
		-d test -c "$2" 2>/dev/null
}

# The URI that everybody has: whichever of the two can be written to.
server_uri() {
	echo "postgresql://jobsched@$(server_address db1):$(server_port db1),$(server_address db2):$(server_port db2)/test?target_session_attrs=read-write&connect_timeout=2"
}

# Which is which now.
primary() {
	cut -d ' ' -f 1 "$T/servers"
}

standby() {
	cut -d ' ' -f 2 "$T/servers"
}

# In a folder that its account may enter.
server_make() {
	local name

	PG=$(mktemp -d /tmp/jobsched-cluster.XXXXXX)
	chmod 755 "$PG"
	for name in db1 db2; do
		host_make "$name" "10${name#db}"
	done
	"$postgresql" make "$PG/db1" || return 1
	cat >>"$PG/db1/data/pg_hba.conf" <<-END
		host all all samenet trust
		host replication all samenet trust
		local replication all trust
	END
	echo db1 db2 >"$T/servers"
	server_place db1
	server_start db1 || return 1
	server_follow
}

# What is its own, and not its pair's.
server_place() {
	cat >"$PG/$1/data/postgresql.auto.conf" <<-END
		listen_addresses = '$(server_address "$1")'
		port = $(server_port "$1")
		unix_socket_directories = '$PG/$1'
		max_connections = 100
	END
}

# It ends with whoever started it, and that must not be one that tries faults for a while.
server_start() {
	(
		(host_run "$1" "$postgresql" run "$PG/$1") &
		wait
	) </dev/null >>"$T/log-$1" 2>&1 &
	poll 60 server_sql "$1" "SELECT 1" >/dev/null
}

# server_stop NAME fast|immediate|kill
server_stop() {
	local pid

	pid=$(head -n 1 "$PG/$1/data/postmaster.pid" 2>/dev/null) || return 0
	case $2 in
	fast) kill -s INT "$pid" ;;
	immediate) kill -s QUIT "$pid" ;;
	kill) kill -s KILL "$pid" ;;
	esac
	# Until its last process has let go of the folder.
	poll 60 server_is_gone "$1" "$pid"
}

server_is_gone() {
	gone "$2" && ! grep -lsa "postgres" /proc/[0-9]*/cmdline | cut -d / -f 3 |
		while read -r pid; do readlink "/proc/$pid/cwd"; done 2>/dev/null | grep -qx "$PG/$1/data"
}

# The standby is made anew from the primary, and from then on no commit is told before the standby has it.
server_follow() {
	local primary standby

	read -r primary standby <"$T/servers"
	rm -rf "${PG:?}/$standby"
	mkdir "$PG/$standby"
	[ "$(id -u)" -ne 0 ] || chown 65534:65534 "$PG/$standby"
	as_postgres "$bin/pg_basebackup" -h "$PG/$primary" -p "$(server_port "$primary")" -U jobsched \
		-D "$PG/$standby/data" -c fast --no-sync || return 1
	server_place "$standby"
	echo "primary_conninfo = 'host=$(server_address "$primary") port=$(server_port "$primary") user=jobsched application_name=$standby'" \
		>>"$PG/$standby/data/postgresql.auto.conf"
	as_postgres touch "$PG/$standby/data/standby.signal"
	server_start "$standby" || return 1
	server_sql "$primary" "ALTER SYSTEM SET synchronous_standby_names = '$standby'"
	server_sql "$primary" "SELECT pg_reload_conf()" >/dev/null
	poll 60 server_is_followed
}

server_is_followed() {
	[ "$(server_sql "$(primary)" "SELECT sync_state FROM pg_stat_replication")" = sync ]
}

# The primary is killed, and the standby takes its place; the other is made anew by server_follow.
server_fail_over() {
	local primary standby

	read -r standby primary <"$T/servers"
	server_stop "$standby" kill
	echo "$primary $standby" >"$T/servers"
	# It waits for nobody until it is followed.
	server_sql "$primary" "SELECT pg_promote()" >/dev/null
}

server_end() {
	server_stop db1 immediate
	server_stop db2 immediate
	rm -rf "$PG"
}
