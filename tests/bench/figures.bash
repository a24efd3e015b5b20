# Figures of jobs that run: how many, how soon, at what cost.
# shellcheck shell=bash disable=SC2154

# ours_rate N WORD...: jobs a second from the moment they may start until the store has all their ends. The
# instance has no daemon yet.
ours_rate() {
	local n=$1 begin

	shift
	js pause >/dev/null
	jobs_of "$n" "$@" | js -q submit --file=- >/dev/null
	daemon_start
	begin=$(now_ns)
	js resume
	ended "$DB"
	rate "$n" "$begin"
	daemon_stop
}

# one_rate NAME N WORD...: limit, peers and ours in turn.
one_rate() {
	local name=$1 n=$2

	shift 2
	spawn_loop "$n" 8 "$@" | samples_from "$name" limit
	! has_peer tsp || tsp_rate "$((n < 800 ? n : 800))" "$@" | samples_from "$name" tsp
	! has_peer nq || nq_rate "$((n < 300 ? n : 300))" "$@" | samples_from "$name" nq
	instance rate
	ours_rate "$n" "$@" | samples_from "$name" ours
	drop_instance
}

figure_spawn() {
	local i

	for ((i = 0; i < ROUNDS; i++)); do
		one_rate "jobs/s, sh -c true" "$JOBS" sh -c true
		one_rate "jobs/s, /bin/true" "$JOBS" /bin/true
		one_rate "jobs/s, tiny" "$JOBS" "$tools/tiny"
	done
}

figure_pending() {
	local i name="jobs/s, /bin/true, many pending"

	many
	for ((i = 0; i < ROUNDS; i++)); do
		spawn_loop "$JOBS" 8 /bin/true | samples_from "$name" limit
		ours_rate "$JOBS" /bin/true | samples_from "$name" ours
	done
}

# What scheduler and runner use themselves, and how often the disk is waited for.
figure_cost() {
	local before after i ids

	for ((i = 0; i < ROUNDS; i++)); do
		instance cost
		js pause >/dev/null
		jobs_of "$JOBS" "$tools/tiny" | js -q submit --file=- >/dev/null
		if [ -f "$tools/syncs.so" ]; then
			daemon_start env LD_PRELOAD="$tools/syncs.so" SYNCS="$T/syncs"
		else
			daemon_start
		fi
		ids="$daemon $(runner_pids)"
		: >"$T/syncs"
		# shellcheck disable=SC2086
		before=$(cpu_ns $ids)
		js resume
		ended "$DB"
		# shellcheck disable=SC2086
		after=$(cpu_ns $ids)
		awk -v n="$JOBS" -v ns="$((after - before))" 'BEGIN { printf "%.1f\n", ns / n / 1e3 }' |
			samples_from "CPU us/job, scheduler and runner" ours
		awk -v n="$JOBS" -v size="$(stat -c %s "$T/syncs")" 'BEGIN { printf "%.4f\n", size / n }' |
			samples_from "waits for the disk per job" ours
		drop_instance
	done
}

# stamps FILE DUE WHO: what the stamps say of the first and the last start after DUE, a number of s.
stamps() {
	sort -n "$1" | awk -v due="$2" '
		NR == 1 { printf "first %.2f\n", ($1 / 1e6 - due * 1e3) }
		{ last = $1 }
		END { printf "last %.1f\n", (last / 1e6 - due * 1e3) }' | while read -r which value; do
		sample "$DUE due at once, $which start, ms" "$3" "$value"
	done
}

minute_of() {
	awk 'NR == 1 { print int($1 / 60e9) * 60 }' "$1"
}

figure_minute() {
	local i at

	for ((i = 0; i < ROUNDS; i++)); do
		rm -f "$work"/*.stamps
		spawn_loop "$DUE" 8 sh -c "$tools/tiny $work/bare.stamps" |
			awk -v n="$DUE" '{ printf "%.1f\n", n * 1e3 / $1 }' |
			samples_from "$DUE due at once, last start, ms" limit
		instance due
		daemon_start
		at=$(($(date +%s) + 3 + DUE / 1000))
		awk -v n="$DUE" -v at="$at" -v what="$tools/tiny $work/ours.stamps" 'BEGIN {
			for (; n > 0; n--) printf "{\"command\":\"%s\",\"at\":\"@%d\"}\n", what, at }' |
			js -q submit --file=- >/dev/null
		until_true wait_lines "$work/ours.stamps" "$DUE"
		stamps "$work/ours.stamps" "$at" ours
		drop_instance
		if has_peer cron; then
			say "minute: cron, which wakes at minutes only"
			cron_minute "$DUE" "$work/cron.stamps"
			stamps "$work/cron.stamps" "$(minute_of "$work/cron.stamps")" cron
		fi
		if has_peer atd; then
			say "minute: atd"
			atd_minute "$DUE" "$work/atd.stamps"
			stamps "$work/atd.stamps" "$(minute_of "$work/atd.stamps")" atd
		fi
	done
}

# quantile Q: of the numbers on standard input.
quantile() {
	sort -n | awk -v q="$1" '{ v[NR] = $1 } END { i = int(q * NR + 0.999); print v[i < 1 ? 1 : i] }'
}

# The database of the bare program has somebody who keeps it open, as the daemon keeps ours.
floor_open() {
	mkfifo "$work/floor.fifo"
	floor -k "$work/floor.db" <"$work/floor.fifo" &
	keeper=$!
	exec 9>"$work/floor.fifo"
	rm "$work/floor.fifo"
}

floor_close() {
	exec 9>&-
	wait "$keeper"
}

figure_start() {
	local i who

	floor_open
	for ((i = 0; i < ROUNDS; i++)); do
		rm -f "$work"/*.stamps
		timed -s "$work/limit.stamps" "$SUBMITS" floor "$work/floor.db" "$tools/tiny" "$work/limit.stamps" \
			>"$work/limit.times"
		instance start
		daemon_start
		timed -s "$work/ours.stamps" "$SUBMITS" jobsched -C "$C" submit -- "$tools/tiny" "$work/ours.stamps" \
			>"$work/ours.times"
		drop_instance
		for who in limit ours; do
			sample "submit to start, us, median" $who "$(quantile 0.5 <"$work/$who.times")"
			sample "submit to start, us, p99" $who "$(quantile 0.99 <"$work/$who.times")"
		done
	done
	floor_close
}

# time_of FIGURE WHO N COMMAND...: the median of N.
time_of() {
	local figure=$1 who=$2

	shift 2
	timed "$@" | quantile 0.5 | samples_from "$figure" "$who"
}

figure_submit() {
	local i name="submit alone, us"

	floor_open
	for ((i = 0; i < ROUNDS; i++)); do
		instance submit
		daemon_start
		time_of "$name" limit "$SUBMITS" floor "$work/floor.db"
		if has_peer tsp; then
			mkdir -p "$work/tsp"
			TS_SOCKET=$work/tsp/socket TMPDIR=$work/tsp time_of "$name" tsp "$SUBMITS" "$(peer_file tsp)" true
			TS_SOCKET=$work/tsp/socket TMPDIR=$work/tsp "$(peer_file tsp)" -K
			rm -rf "$work/tsp"
		fi
		if has_peer nq; then
			mkdir -p "$work/nq"
			NQDIR=$work/nq time_of "$name" nq "$SUBMITS" "$(peer_file nq)" true
			NQDIR=$work/nq "$(peer_file nq)" -w
			rm -rf "$work/nq"
		fi
		time_of "$name" ours "$SUBMITS" jobsched -C "$C" submit --in=1d true
		sample "libraries loaded by submit" limit "$(libraries floor "$work/floor.db")"
		sample "libraries loaded by submit" ours "$(libraries jobsched -C "$C" submit --in=1d true)"
		drop_instance
	done
	floor_close
}

# As the loader sees them: also those that are loaded later.
libraries() {
	LD_DEBUG=files "$@" 2>&1 | grep -c 'calling init: ' || :
}
