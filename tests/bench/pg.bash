# The store on PostgreSQL, on a private server: a claim and an end beside libpq alone, several nodes at
# once, bulk. A round is 1000 jobs, among MANY at most a million, at random times.
# shellcheck shell=bash disable=SC2154,SC2153

pg_answers() {
	pg_server sql "$pg_folder" "SELECT 1" >/dev/null 2>&1
}

pg_server() {
	"$srcdir/tests/lib/postgresql" "$@"
}

# pg_up SQL...: a server with a new database, $uri. It ends with us.
pg_up() {
	# Not below our own folder, which nobody else may enter.
	pg_folder=$(mktemp -d "${TMPDIR:-/tmp}/jobsched-bench-pg.XXXXXX")
	pg_server make "$pg_folder" "shared_buffers = 512MB
max_wal_size = 4GB" 2>>"$work/pg.log"
	pg_server run "$pg_folder" >>"$work/pg.log" 2>&1 9>&- &
	pg_pid=$!
	until_true pg_answers
	uri=$(pg_server uri "$pg_folder")
	jobsched -q --db="$uri" db init
}

pg_down() {
	kill -INT "$(head -n 1 "$pg_folder/data/postmaster.pid")"
	wait "$pg_pid" || :
	rm -rf "$pg_folder"
	pg_folder=
}

# nodes N ROUNDS: so many claim and end 1000 at a time, all at once.
pg_nodes() {
	local pids=() i

	for ((i = 0; i < $1; i++)); do
		claim "$uri" 1000 "$2" >/dev/null &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# The peers that are there, in PG_PEERS.
pg_peers_find() {
	local peer

	pg_peers=
	for peer in graphile-worker pg-boss; do
		if ! command -v node >/dev/null || [ ! -d "${BENCH_NPM:-/nonexistent}/node_modules/$peer" ]; then
			say "$peer is not installed: left out"
		else
			pg_peers="$pg_peers $peer"
		fi
	done
}

# One after the other, with nothing else on the server. They do more jobs the more there are, up to this number.
pg_peers_rate() {
	local peer stored taken

	for peer in $pg_peers; do
		{
			read -r stored
			read -r taken
		} < <(NO_LOG_SUCCESS=1 node "$srcdir/tests/bench/pg_peers.mjs" "$BENCH_NPM" "$uri" "$peer" rate "$PEER_JOBS" 2>>"$work/pg.log" |
			grep -x '[0-9]*')
		sample "PostgreSQL, submit --file, jobs/s" "$peer" "$stored"
		sample "PostgreSQL, 4 nodes, jobs/s" "$peer" "$taken"
	done
}

# The rows of as many jobs, the latest, into tables like those, by two COPY and one commit.
pg_copy_rate() {
	local begin rows="$pg_folder/data/rows"

	pg_server sql "$pg_folder" "SET enable_seqscan TO off; CREATE SCHEMA raw;
		CREATE TABLE raw.jobs (LIKE jobsched.jobs INCLUDING ALL);
		CREATE TABLE raw.occurrences (LIKE jobsched.occurrences INCLUDING ALL);
		COPY (SELECT * FROM jobsched.jobs ORDER BY id DESC LIMIT $1) TO '$rows.jobs';
		COPY (SELECT * FROM jobsched.occurrences WHERE state = 0 AND rank = 4 LIMIT $1) TO '$rows.occurrences'"
	begin=$(now_ns)
	pg_server sql "$pg_folder" "COPY raw.jobs FROM '$rows.jobs'; COPY raw.occurrences FROM '$rows.occurrences'"
	rate "$1" "$begin" | samples_from "PostgreSQL, submit --file, jobs/s" limit
	pg_server sql "$pg_folder" "DROP SCHEMA raw CASCADE" 2>>"$work/pg.log"
}

# store N: so many jobs more, at random times.
pg_store() {
	local begin

	say "storing $1 jobs"
	random_jobs "$1" >"$work/pg.lines"
	begin=$(now_ns)
	jobsched -q --db="$uri" submit --file="$work/pg.lines" >/dev/null
	rate "$1" "$begin" | samples_from "PostgreSQL, submit --file, jobs/s" ours
	pg_copy_rate "$1"
	pg_server sql "$pg_folder" "VACUUM ANALYZE"
}

# From the exec of `submit`, and from the call of who has the store open, to the job's first instruction, where a
# notice of the server wakes the daemon.
pg_start_time() {
	local i

	for ((i = 0; i < ROUNDS; i++)); do
		instance pgstart
		# A node of its own: `claim` says that it is "bench", in a time in which no lease holds.
		sed -i '/^database = /d; s/^node_id = .*/node_id = "start"/' "$C"
		echo "database = \"$uri\"" >>"$C"
		daemon_start
		rm -f "$work/pg.stamps"
		timed -s "$work/pg.stamps" "$SUBMITS" jobsched -C "$C" submit -- "$tools/tiny" "$work/pg.stamps" >"$work/pg.times"
		rm -f "$work/pg.stamps"
		connected "$work/pg.stamps" "$SUBMITS" "$uri" "$tools/tiny" |
			quantile 0.5 | samples_from "PostgreSQL, submit to start, connected, us" ours
		drop_instance
		sample "PostgreSQL, submit to start, us, median" ours "$(quantile 0.5 <"$work/pg.times")"
		sample "PostgreSQL, submit to start, us, p99" ours "$(quantile 0.99 <"$work/pg.times")"
	done
}

# The same of the peers: to who is connected, and from the start of a node that adds a job and ends.
pg_peers_start() {
	local peer name="PostgreSQL, submit to start" n=10

	for peer in $pg_peers; do
		NO_LOG_SUCCESS=1 node "$srcdir/tests/bench/pg_peers.mjs" "$BENCH_NPM" "$uri" "$peer" start "$n" \
			2>>"$work/pg.log" | grep -x '[0-9]*' >"$work/pg.peer"
		sample "$name, connected, us" "$peer" "$(head -n "$n" "$work/pg.peer" | quantile 0.5)"
		sample "$name, us, median" "$peer" "$(tail -n "$n" "$work/pg.peer" | quantile 0.5)"
	done
}

figure_pg() {
	local i n begin few=10000 jobs=$((MANY < 1000000 ? MANY : 1000000)) rounds=5 of

	if ! pg_server there >/dev/null || [ ! -x "$tools/pg_floor" ]; then
		say "no PostgreSQL: left out"
		return
	fi
	[ "$jobs" -ge 100000 ] || rounds=1
	[ "$jobs" -ge "$few" ] || few=$jobs
	pg_up
	pg_peers_find
	pg_start_time
	pg_peers_start
	pg_store "$few"
	# No more than are there.
	claim "$uri" 1000 1 | samples_from "PostgreSQL, claim and finish among few, ms" ours
	[ "$few" -lt 10000 ] || claim "$uri" 1000 4 | samples_from "PostgreSQL, claim and finish among few, ms" ours
	pg_store "$jobs"
	for ((i = 0; i < ROUNDS; i++)); do
		pg_floor "$uri" 1000 "$rounds" "$jobs" | samples_from "PostgreSQL, claim and finish 1000, ms" limit
		claim "$uri" 1000 "$rounds" | samples_from "PostgreSQL, claim and finish 1000, ms" ours
		for n in 1 2 4 8; do
			[ $((n * rounds * 1000)) -lt "$jobs" ] || continue
			begin=$(now_ns)
			pg_nodes "$n" "$rounds"
			of="nodes"
			[ "$n" -gt 1 ] || of="node"
			rate $((n * rounds * 1000)) "$begin" | samples_from "PostgreSQL, $n $of, jobs/s" ours
		done
		pg_peers_rate
	done
	if [ "$MANY" -gt "$jobs" ]; then
		pg_store $((MANY - jobs))
		claim "$uri" 1000 $((3 * rounds)) | samples_from "PostgreSQL, claim and finish among many, ms" ours
	fi
	jobsched -q --db="$uri" db check
	pg_down
}
