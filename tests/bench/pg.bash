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

figure_pg() {
	local i n begin jobs=$((MANY < 1000000 ? MANY : 1000000)) rounds=5

	if ! pg_server there >/dev/null || [ ! -x "$tools/pg_floor" ]; then
		say "no PostgreSQL: left out"
		return
	fi
	[ "$jobs" -ge 100000 ] || rounds=1
	pg_up
	say "storing $jobs jobs"
	random_jobs "$jobs" >"$work/pg.lines"
	begin=$(now_ns)
	jobsched -q --db="$uri" submit --file="$work/pg.lines" >/dev/null
	rate "$jobs" "$begin" | samples_from "PostgreSQL, submit --file, jobs/s" ours
	pg_server sql "$pg_folder" "VACUUM ANALYZE"
	for ((i = 0; i < ROUNDS; i++)); do
		pg_floor "$uri" 1000 "$rounds" | samples_from "PostgreSQL, claim and finish 1000, ms" limit
		claim "$uri" 1000 "$rounds" | samples_from "PostgreSQL, claim and finish 1000, ms" ours
		for n in 1 2 4; do
			begin=$(now_ns)
			pg_nodes "$n" "$rounds"
			rate $((n * rounds * 1000)) "$begin" | samples_from "PostgreSQL, $n nodes, jobs/s" ours
		done
	done
	jobsched -q --db="$uri" db check
	pg_down
}
