# What the figures share: a folder, instances of the scheduler, samples. `bench` sets srcdir and builddir.
# shellcheck shell=bash disable=SC2154

tools=$builddir/tests/bench
export PATH="$builddir:$tools:$PATH"
unset JOBSCHED_DB JOBSCHED_CONFIG XDG_CONFIG_HOME XDG_STATE_HOME XDG_RUNTIME_DIR NOTIFY_SOCKET TZ LD_PRELOAD
export LC_ALL=C.UTF-8
work=$(mktemp -d "${TMPDIR:-/tmp}/jobsched-bench.XXXXXX")
# Locks and sockets lie on a tmpfs, as /run does.
fast=$(mktemp -d /dev/shm/jobsched-bench.XXXXXX 2>/dev/null) || fast=$work
samples=$work/samples
: >"$samples"

say() {
	printf 'bench: %s\n' "$*" >&2
}

# sample FIGURE WHO VALUE: who is limit, ours, or the name of a peer.
sample() {
	printf '%s\t%s\t%s\n' "$1" "$2" "$3" >>"$samples"
}

# samples_from FIGURE WHO: one from each line.
samples_from() {
	local value

	while read -r value; do
		sample "$1" "$2" "$value"
	done
}

now_ns() {
	date +%s%N
}

# until_true COMMAND...: looks often, for at most two minutes.
until_true() {
	local deadline=$((SECONDS + 120))

	until "$@"; do
		if [ "$SECONDS" -gt "$deadline" ]; then
			say "did not come true: $*"
			return 1
		fi
		sleep 0.02
	done
}

# ---- instances ----

# instance NAME: its config $C, database $DB. No daemon.
instance() {
	T=$work/$1
	R=$fast/$1
	C=$T/jobsched.conf
	DB=$T/jobs.db
	mkdir -p "$T/tabs" "$R"
	cat >"$C" <<-END
		database = "$DB"
		tab_dirs = { "$T/tabs" }
		state_dir = "$T/state"
		runtime_dir = "$R/run"
		node_id = "bench"
	END
	js db init >/dev/null
}

js() {
	jobsched -C "$C" "$@"
}

sql() {
	sqlite3 -readonly "$DB" "$1"
}

daemon_has_answered() {
	[ "$(cat "$R/run/jobschedd.pid" 2>/dev/null)" = "$daemon" ] || ! kill -0 "$daemon"
}

# The words before the daemon, if any, are run with it: "env LD_PRELOAD=...".
daemon_start() {
	"$@" jobschedd -f -C "$C" 2>>"$T/log" 9>&- &
	daemon=$!
	until_true daemon_has_answered
	kill -0 "$daemon"
	until_true has_runner
}

daemon_stop() {
	[ -n "${daemon:-}" ] || return 0
	kill "$daemon" 2>/dev/null || :
	wait "$daemon" || :
	daemon=
	until_true no_runner
}

# Each instance has a folder of its own for locks, named on the command line of its runners.
runner_pids() {
	grep -lsa -- "--locks=$R/run/lock[s]" /proc/[0-9]*/cmdline | cut -d / -f 3 || :
}

has_runner() {
	[ -n "$(runner_pids)" ]
}

no_runner() {
	! has_runner
}

drop_instance() {
	daemon_stop
	rm -rf "$T" "$R"
}

# Whatever happens, nothing of ours stays. The search does not find itself.
clean_up() {
	local pid

	if [ -n "${pg_folder:-}" ]; then
		[ -z "${pg_pid:-}" ] || kill -QUIT "$pg_pid" 2>/dev/null || :
		rm -rf "$pg_folder"
	fi

	grep -lsa -- "${work}[/]\|${fast}[/]" /proc/[0-9]*/cmdline | cut -d / -f 3 | while read -r pid; do
		[ "$pid" = $$ ] || kill -KILL "$pid" 2>/dev/null || :
	done || :
	rm -rf "$work" "$fast"
}
trap clean_up EXIT
trap 'exit 1' INT TERM HUP

# ---- jobs ----

# jobs_of N WORD...: lines for submit --file, N times the same words.
jobs_of() {
	local n=$1 words

	shift
	words=$(printf ',"%s"' "$@")
	awk -v n="$n" -v words="[${words#,}]" 'BEGIN { for (; n > 0; n--) print "{\"command\":" words "}" }'
}

# random_jobs N: due at random times of a year that begins next month.
random_jobs() {
	awk -v n="$1" -v from="$(($(date +%s) + 2678400))" 'BEGIN {
		srand(1)
		for (; n > 0; n--)
			printf "{\"command\":[\"true\"],\"at\":\"@%d\"}\n", from + rand() * 31536000
	}'
}

# cpu_ns PID...: what they have used so far, their children not counted.
cpu_ns() {
	local pid

	for pid; do
		cat "/proc/$pid/schedstat"
	done 2>/dev/null | awk '{ n += $1 } END { printf "%.0f\n", n }'
}

rss_kib() {
	awk '/^VmRSS/ { print $2 }' "/proc/$1/status"
}
