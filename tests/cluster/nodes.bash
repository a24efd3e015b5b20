# The nodes: a jobschedd each, on its host.
# shellcheck shell=bash disable=SC2154

LEASE=${LEASE:-10} # seconds

node_make() {
	local name=$1 number=$2

	mkdir -p "$T/$name/tabs" "$T/tabs"
	host_make "$name" "$number"
	cat >"$T/$name.conf" <<-END
		database = "$(server_uri)"
		tab_dirs = { "$T/tabs" }
		state_dir = "$T/$name/state"
		runtime_dir = "$T/$name/run"
		node_id = "$name"
		zone = "$([ $((number % 2)) -eq 0 ] && echo even || echo odd)"
		lease = ${LEASE}s
	END
}

# node_start NAME: on the host's clock; if the host's clock is wrong, with the programs that can be told so.
node_start() {
	local program=$build/jobschedd

	[ ! -e "$T/$1/clock" ] || program=$build/tests/fake/jobschedd
	(
		(JOBSCHED_TEST_CLOCK=$T/$1/clock host_start "$1" "$program" -f -C "$T/$1.conf") &
		wait
	) </dev/null >>"$T/log-$1" 2>&1 &
}

node_is_up() {
	[ -n "$(pids "$1" jobschedd)" ]
}

# Started again however it ended, as a supervisor would, unless its host is down: as long as there is no file that says
# stop.
supervise() {
	local name

	while [ ! -e "$T/stop-nodes" ]; do
		for name in $nodes; do
			[ -e "$T/$name/down" ] || node_is_up "$name" || node_start "$name"
		done
		sleep 0.3
	done
}

# node_skew NAME SECONDS: from its next start on its clock is wrong by so much.
node_skew() {
	rm -f "$T/$1/clock"
	[ "$2" -eq 0 ] || echo "${2}000000 0" >"$T/$1/clock"
}

# js_on NAME ARGUMENT...
js_on() {
	local host=$1

	shift
	(host_run "$host" timeout "${patience:-60}" "$build/jobsched" -C "$T/$host.conf" -q "$@")
}

# All that serve, as the database sees it.
nodes_live() {
	local live

	live=$(server_sql "$(primary)" "SELECT count(*) FROM jobsched.nodes WHERE live = 1") || return 1
	[ "$live" -eq "$(wc -w <<<"$nodes")" ]
}
