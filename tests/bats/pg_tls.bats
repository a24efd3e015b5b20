#!/usr/bin/env bats
# Ways to a server that libpq knows: TLS with certificates of both sides, service files, files of passwords.

load pg.bash

# A certificate for CN by the authority, with a key that its owner may read only: issue NAME CN [EXTENSION]
issue() {
	openssl req -new -newkey rsa:2048 -nodes -keyout "$TLS/$1.key" -subj "/CN=$2" -out "$TLS/$1.csr"
	printf '%s\n' "${3:-basicConstraints=CA:FALSE}" >"$TLS/$1.ext"
	openssl x509 -req -in "$TLS/$1.csr" -CA "$TLS/ca.crt" -CAkey "$TLS/ca.key" -CAcreateserial -days 2 \
		-extfile "$TLS/$1.ext" -out "$TLS/$1.crt"
	chmod 600 "$TLS/$1.key"
}

authority() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=authority of $1" -keyout "$TLS/$1.key" \
		-out "$TLS/$1.crt"
}

certificates() {
	authority ca
	authority other
	issue server localhost "subjectAltName=DNS:localhost"
	issue client secured
	# The server's account is another if this one is root's.
	[ "$(id -u)" -ne 0 ] || chown 65534:65534 "$TLS/server.key"
}

# The port is anybody's: one that is taken ends the server.
start_on_loopback() {
	local tries

	for tries in 1 2 3 4 5 6 7 8; do
		PORT=$((20000 + (RANDOM + tries) % 12000))
		export PORT
		sed -i "/^port = /d" "$PG/data/postgresql.conf"
		echo "port = $PORT" >>"$PG/data/postgresql.conf"
		export PGPORT=$PORT
		pg_start && return 0
		pg_end QUIT || :
	done
	return 1
}

setup_file() {
	pg_make
	[ -z "${PG_MISSING:-}" ] || return 0
	if ! command -v openssl >/dev/null; then
		[ "${CI:-}" != true ] || return 1
		export PG_MISSING="openssl is not installed"
		return 0
	fi
	export TLS=$PG/tls
	mkdir -m 711 "$TLS"
	certificates >"$TLS/log" 2>&1
	cat >>"$PG/data/postgresql.conf" <<-END
		listen_addresses = '127.0.0.1'
		ssl = on
		ssl_ca_file = '$TLS/ca.crt'
		ssl_cert_file = '$TLS/server.crt'
		ssl_key_file = '$TLS/server.key'
	END
	cat >>"$PG/data/pg_hba.conf" <<-END
		hostssl all secured 127.0.0.1/32 cert
		hostssl all guarded 127.0.0.1/32 scram-sha-256
		host all all 127.0.0.1/32 reject
	END
	start_on_loopback
	pg_sql "CREATE ROLE secured LOGIN"
	pg_sql "GRANT ALL ON DATABASE test TO secured"
}

setup() {
	pg_instance
	# What there is of the tester's own is not looked at.
	export HOME=$T
	SERVER="postgresql://secured@localhost:$PORT/test?hostaddr=127.0.0.1&sslmode=verify-full"
	CLIENT="sslcert=$TLS/client.crt&sslkey=$TLS/client.key"
}

teardown() {
	clean_up
}

# use URI: is the config's database.
use() {
	sed -i "/^database = /d" "$C"
	printf 'database = "%s"\n' "$1" >>"$C"
}

# not_let STATUS TEXT: one line, which says so.
not_let() {
	run --separate-stderr js list
	[ "$status" -eq "$1" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == *"$2"* ]]
}

@test "verify-full with an authority, a certificate and a key: the daemon's connection is encrypted, and is the certificate's" {
	use "$SERVER&sslrootcert=$TLS/ca.crt&$CLIENT"
	js db init
	start_daemon
	js submit --name=safe -- true
	js wait safe
	[ "$(pg_sql "SELECT s.ssl, s.client_dn FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
		WHERE a.application_name = 'jobsched' AND a.usename = 'secured' LIMIT 1")" = "t|/CN=secured" ]
}

@test "a server that is not the one of the name, or of another authority, is refused" {
	use "$SERVER&sslrootcert=$TLS/other.crt&$CLIENT"
	not_let 5 "certificate verify failed"
	use "postgresql://secured@127.0.0.1:$PORT/test?sslmode=verify-full&sslrootcert=$TLS/ca.crt&$CLIENT"
	not_let 5 "does not match host name"
	use "$SERVER&sslrootcert=$TLS/none.crt&$CLIENT"
	not_let 5 "$TLS/none.crt"
}

@test "who has no certificate, or comes without TLS, is not permitted: status 6" {
	use "$SERVER&sslrootcert=$TLS/ca.crt"
	not_let 6 "not permitted to use database"
	use "postgresql://secured@localhost:$PORT/test?hostaddr=127.0.0.1&sslmode=disable"
	not_let 6 "not permitted to use database"
	use "postgresql:///test?host=$PG&user=nobody_at_all"
	not_let 6 'role "nobody_at_all" does not exist'
}

@test "a password in a file of passwords or of services is used, and told nowhere" {
	printf '%s\n' "*:*:test:guarded:p@ss\\:word/1" >passwords
	chmod 600 passwords
	use "postgresql://guarded@/test?host=$PG&passfile=$T/passwords"
	js db init
	printf '[jobs]\nhost=localhost\nhostaddr=127.0.0.1\nport=%s\ndbname=test\nuser=guarded\n%s\n%s\n%s\n' \
		"$PORT" "password=p@ss:word/1" sslmode=verify-full "sslrootcert=$TLS/ca.crt" >services
	use "postgresql:///?service=jobs"
	PGSERVICEFILE=$T/services start_daemon
	export PGSERVICEFILE=$T/services
	js submit --name=env -- sh -c 'env; cat /proc/$PPID/environ'
	js wait env
	{
		js output env
		js status
		js --json status
		cat log
	} | tr '\0' '\n' >said
	grep -qx 'JOBSCHED_DB=postgresql:///?service=jobs' said
	[ "$(grep -c -e 'p@ss' -e 'word/1' -e PGSERVICE said)" -eq 0 ]
	# Where the server looks for them itself.
	unset PGSERVICEFILE
	mv services .pg_service.conf
	js list
}
