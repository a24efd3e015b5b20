# Figures of what is stored: bulk, claims, history, tabs, memory, idleness, starts, pruning.
# shellcheck shell=bash disable=SC2154

figure_bulk() {
	local i begin name="submit --file, jobs/s"

	for ((i = 0; i < ROUNDS; i++)); do
		instance bulk
		js submit --in=1d true >/dev/null
		sqlite3 "$DB" "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
		cp "$DB" "$work/bare.db"
		jobs_of "$BULK" true | sed 's/}$/,"in":"1d"}/' >"$T/lines"
		insert "$work/bare.db" "$BULK" | samples_from "$name" limit
		begin=$(now_ns)
		js -q submit --file="$T/lines" >/dev/null
		rate "$BULK" "$begin" | samples_from "$name" ours
		rm -f "$work/bare.db"*
		drop_instance
	done
}

# filled NAME COMMAND...: what the command puts into the instance's new database; or, with a folder
# BENCH_KEEP, what it put there in an earlier run.
filled() {
	local name=$1 kept=

	shift
	[ -z "${BENCH_KEEP:-}" ] ||
		kept=$BENCH_KEEP/$name-$(cksum <"$srcdir/src/store/sqlite/schema.sql" | cut -d ' ' -f 1).db
	if [ -f "$kept" ]; then
		cp "$kept" "$DB"
		sync "$DB"
		return
	fi
	say "filling a database: $name"
	"$@"
	sqlite3 "$DB" "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
	[ -z "$kept" ] || { cp "$DB" "$kept.new" && mv "$kept.new" "$kept"; }
}

store_random() {
	random_jobs "$1" | js -q submit --file=- >/dev/null
}

# many: the instance with the most pending jobs; made once.
many() {
	instance many
	[ "$(sql "SELECT EXISTS (SELECT 1 FROM jobs)")" = 1 ] || filled "jobs-$MANY" store_random "$MANY"
}

# After the first round the program is warm; for the kernel all of the file is.
claim_warm() {
	cksum <"$1" >"$work/sum"
	claim "$1" "$2" 3 | tail -n 2
}

# The limit is the same with few jobs.
figure_claim() {
	local few=10000 each=1000 i

	[ "$MANY" -ge 100000 ] || few=$((MANY / 2)) each=$((MANY / 100))
	instance few
	store_random "$few"
	sqlite3 "$DB" "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
	few=$DB
	many
	for ((i = 0; i < ROUNDS; i++)); do
		cp "$few" "$work/few.db"
		claim_warm "$work/few.db" "$each" | samples_from "claim and finish $each, ms, warm" limit
		claim_warm "$DB" "$each" | samples_from "claim and finish $each, ms, warm" ours
		cp "$few" "$work/few.db"
		claim -c "$work/few.db" "$each" 1 | samples_from "claim and finish $each, ms, cold" limit
		claim -c "$DB" "$each" 1 | samples_from "claim and finish $each, ms, cold" ours
	done
	rm -f "$work/few.db"*
}

# old_attempts N DAYS: of a thousand periodic jobs, in turn, that ended so many days ago.
old_attempts() {
	jobs_of 1000 true | sed 's/}$/,"cron":"0 0 29 2 *"}/' | js -q submit --file=- >/dev/null
	sqlite3 "$DB" "
		INSERT INTO attempts (id, job_id, scheduled_for, attempt, prev, manual, outcome, exit_status, ready_at,
			claimed_at, started_at, finished_at)
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		SELECT i, 1 + i % 1000, t, 1, CASE WHEN i > 1000 THEN i - 1000 END, 0, 'ok', 0, t, t, t, t + 1000
			FROM (SELECT i, (unixepoch() - 86400 * $2) * 1000000 + i AS t FROM n);
		UPDATE jobs SET last_fence = (SELECT max(id) FROM attempts) / 1000 * 1000 + id - 1
			- CASE WHEN id - 1 > $1 % 1000 THEN 1000 ELSE 0 END;
		INSERT OR REPLACE INTO counters (name, value) VALUES ('last.fence', $1);"
}

figure_history() {
	local i job question

	instance history
	filled "attempts-$MANY" old_attempts "$MANY" 30
	job=$(js submit true)
	daemon_start
	ended "$DB"
	for ((i = 0; i < ROUNDS; i++)); do
		for question in "status $job" "list --state=pending" "attempts $job"; do
			# shellcheck disable=SC2086
			timed 20 jobsched -C "$C" $question | quantile 0.5 |
				awk '{ printf "%.2f\n", $1 / 1e3 }' |
				samples_from "${question%% "$job"}, ms, long history" ours
		done
	done
	daemon_stop
	for ((i = 0; i < ROUNDS; i++)); do
		spawn_loop "$JOBS" 8 /bin/true | samples_from "jobs/s, /bin/true, long history" limit
		ours_rate "$JOBS" /bin/true | samples_from "jobs/s, /bin/true, long history" ours
	done
	drop_instance
}

tab_of() {
	local user=

	[ "$(id -u)" -ne 0 ] || user=root
	awk -v n="$1" -v user="$user" 'BEGIN { for (; n > 0; n--)
		print n % 60, n % 20, "* *", n % 7, user, "--name=entry-" n, "true", n }' >"$T/tabs/.new"
	chmod 600 "$T/tabs/.new"
}

tab_in_force() {
	[ "$(sql "SELECT coalesce(max(loaded_at), 0) FROM tabs")" -gt "$1" ]
}

figure_tab() {
	local i begin before after loaded

	for ((i = 0; i < ROUNDS; i++)); do
		cron_next | awk '{ for (i = 2; i <= NF; i++) if ($i == "million") print $(i - 1) }' | quantile 0 |
			samples_from "next occurrence, million/s, slowest" ours
		instance tab
		daemon_start
		tab_of "$ENTRIES"
		mv "$T/tabs/.new" "$T/tabs/all"
		begin=$(now_ns)
		before=$(cpu_ns "$daemon")
		kill -HUP "$daemon"
		until_true tab_in_force 0
		after=$(cpu_ns "$daemon")
		sample "tab of $ENTRIES, load, CPU ms" ours $(((after - before) / 1000000))
		sample "tab of $ENTRIES, load, ms" ours $((($(now_ns) - begin) / 1000000))
		loaded=$(sql "SELECT max(loaded_at) FROM tabs")
		sed "s/true 1\$/false 1/" "$T/tabs/all" >"$T/tabs/.new"
		chmod 600 "$T/tabs/.new"
		before=$(cpu_ns "$daemon")
		begin=$(now_ns)
		mv "$T/tabs/.new" "$T/tabs/all"
		kill -HUP "$daemon"
		until_true tab_in_force "$loaded"
		after=$(cpu_ns "$daemon")
		sample "tab of $ENTRIES, one entry changed, CPU ms" ours $(((after - before) / 1000000))
		sample "tab of $ENTRIES, one entry changed, ms" ours $((($(now_ns) - begin) / 1000000))
		drop_instance
	done
}

running_are() {
	[ "$(sql "SELECT count(*) FROM attempts WHERE outcome = 'running' AND started_at IS NOT NULL")" -ge "$1" ]
}

figure_memory() {
	many
	js pause >/dev/null
	jobs_of "$RUNNING" sleep 1000 | js -q submit --file=- >/dev/null
	daemon_start
	js resume
	until_true running_are "$RUNNING"
	sample "jobschedd, KiB, $RUNNING running" ours "$(rss_kib "$daemon")"
	sample "runner, KiB, $RUNNING running" ours "$(rss_kib "$(runner_pids | head -n 1)")"
	restart_after_kill
	end_all_running
	daemon_stop
}

# Jobs that sleep are in sessions of their own, children of the runner.
end_all_running() {
	local runner

	for runner in $(runner_pids); do
		# shellcheck disable=SC2046
		kill -KILL $(cat "/proc/$runner/task/$runner/children") 2>/dev/null || :
	done
	ended "$DB"
}

# daemon_ready_ms: starts one, and says how long that took.
daemon_ready_ms() {
	local begin

	begin=$(now_ns)
	daemon_start
	awk -v ns="$(($(now_ns) - begin))" 'BEGIN { printf "%.1f\n", ns / 1e6 }' >"$work/ready"
}

restart_after_kill() {
	kill -KILL "$daemon"
	wait "$daemon" 2>/dev/null || :
	daemon_ready_ms
	samples_from "daemon start after SIGKILL, ms" ours <"$work/ready"
}

figure_restart() {
	local i

	many
	for ((i = 0; i < ROUNDS; i++)); do
		daemon_ready_ms
		samples_from "daemon start, many pending, ms" ours <"$work/ready"
		daemon_stop
	done
}

switches() {
	awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$1/status"
}

written() {
	awk '/^write_bytes/ { print $2 }' "/proc/$1/io"
}

figure_idle() {
	local cpu wakes bytes runner

	many
	daemon_start
	# What it does once after its start is over with the first minute.
	sleep "$IDLE"
	runner=$(runner_pids | head -n 1)
	cpu=$(cpu_ns "$daemon" "$runner")
	wakes=$(($(switches "$daemon") + $(switches "$runner")))
	bytes=$(written "$daemon")
	sleep "$IDLE"
	cpu=$(($(cpu_ns "$daemon" "$runner") - cpu))
	sample "idle for $IDLE s, CPU ms" ours "$(awk -v ns="$cpu" 'BEGIN { print ns / 1e6 }')"
	sample "idle for $IDLE s, wake-ups" ours $(($(switches "$daemon") + $(switches "$runner") - wakes))
	sample "idle for $IDLE s, KiB written" ours $((($(written "$daemon") - bytes) / 1024))
	daemon_stop
}

# A job each 50 ms while old attempts are pruned: how late is the latest?
figure_prune() {
	local n=$((MANY < 1000000 ? MANY : 1000000)) i at

	instance prune
	old_attempts "$n" 1000
	daemon_start
	at=$(($(now_ns) / 1000000 + 2000))
	for ((i = 0; i < 100; i++)); do
		printf '{"command":["true"],"at":"@%d.%03d"}\n' $(((at + i * 50) / 1000)) $(((at + i * 50) % 1000))
	done | js -q submit --file=- >/dev/null
	js db prune >/dev/null &
	until_true all_ended_after "$at"
	wait $!
	sample "latest start while pruning, ms" ours \
		"$(sql "SELECT max(claimed_at - ready_at) / 1000.0 FROM attempts WHERE claimed_at > $at * 1000")"
	drop_instance
}

all_ended_after() {
	[ "$(sql "SELECT count(*) FROM attempts WHERE scheduled_for >= $1 * 1000 AND finished_at > 0")" -ge 100 ]
}
