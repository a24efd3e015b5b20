# The faults: each does something to hosts, nodes or servers, waits, and puts it right. What an attempt may be lost by is
# written down: down|NODE|FROM|TO|WHAT, NODE * for all. What is short enough that no lease runs out is not: nothing may
# be lost by it.
# shellcheck shell=bash disable=SC2154

some_node() {
	local all

	read -ra all <<<"$nodes"
	echo "${all[RANDOM % ${#all[@]}]}"
}

tally() {
	echo "$1" >>"$T/tally"
}

# pass LEAST MOST: some time between, in tenths of a second.
pass() {
	local tenths=$(($1 + RANDOM % ($2 - $1 + 1)))

	sleep "$((tenths / 10)).$((tenths % 10))"
}

# Longer than a lease, or so short that it does not matter.
SHORT="5 15"
LONG="$((LEASE * 13)) $((LEASE * 22))"

# ---- the network ----

# cut_off SPAN DIRECTION NODE...
cut_off() {
	local span=$1 direction=$2 since node

	shift 2
	since=$(now)
	for node; do host_cut "$node" "$direction"; done
	# shellcheck disable=SC2086
	pass $span
	for node; do host_heal "$node"; done
	[ "$span" = "$SHORT" ] || for node; do fact down "$node" "$since" "$(now)" cut; done
}

some_direction() {
	local all=(both both in out)

	echo "${all[RANDOM % 4]}"
}

fault_cut_short() { cut_off "$SHORT" "$(some_direction)" "$(some_node)"; }
fault_cut_long() { cut_off "$LONG" "$(some_direction)" "$(some_node)"; }

# A random half of the nodes.
fault_halves() {
	local half

	half=$(for node in $nodes; do [ $((RANDOM % 2)) -eq 0 ] || echo "$node"; done)
	# shellcheck disable=SC2086
	cut_off "$LONG" "$(some_direction)" $half
}

# Time after time something does not come through: a lease may run out.
troubled() {
	local since node

	node=$(some_node)
	since=$(now)
	"$@"
	pass 50 300
	host_heal "$node"
	fact down "$node" "$since" "$(now)" "$1"
}

fault_loss() {
	# shellcheck disable=SC2317
	lossy() { host_lossy "$node" $((RANDOM % 40 + 5)); }
	troubled lossy
}

fault_slow() {
	# shellcheck disable=SC2317
	slow() { host_slow "$node"; }
	troubled slow
}

# ---- hosts and their processes ----

fault_crash() {
	local node

	node=$(some_node)
	touch "$T/$node/down"
	fact down "$node" "$(now)" "$(now)" crash
	fact crash "$node" "$(now)"
	host_crash "$node"
	# It may come back within its lease, or after it.
	pass 5 "$((LEASE * 20))"
	# On some hosts the runtime folder is empty after a start.
	[ $((RANDOM % 2)) -eq 0 ] || rm -rf "${T:?}/$node/run"
	host_boot "$node"
	fact down "$node" "$(now)" "$(now)" crash
	rm "$T/$node/down"
}

# A stopped machine, longer than its lease, goes on for an instant before it sees the time: DESIGN names it.
frozen() {
	local since node

	node=$(some_node)
	since=$(now)
	touch "$T/$node/down"
	host_signal STOP "$node"
	# shellcheck disable=SC2086
	pass $1
	host_signal CONT "$node"
	rm "$T/$node/down"
	[ "$1" = "$SHORT" ] || fact down "$node" "$since" "$(now)" frozen
}

fault_frozen_short() { frozen "$SHORT"; }
fault_frozen_long() { frozen "$LONG"; }

# Of a scheduler that stands still the runner ends the jobs in time.
fault_scheduler_stopped() {
	local since node

	node=$(some_node)
	since=$(now)
	signal STOP "$node" jobschedd
	# shellcheck disable=SC2086
	pass $LONG
	signal CONT "$node" jobschedd
	fact down "$node" "$since" "$(now)" stopped
}

fault_scheduler_killed() { signal KILL "$(some_node)" jobschedd; }

fault_runner_killed() {
	local since node

	node=$(some_node)
	since=$(now)
	signal KILL "$node" jobsched-runner
	fact down "$node" "$since" "$(now)" runner
}

fault_both_killed() {
	local since node

	node=$(some_node)
	since=$(now)
	signal KILL "$node" jobsched-runner
	signal KILL "$node" jobschedd
	signal KILL "$node" jobsched-runner
	fact down "$node" "$since" "$(now)" both
}

# A rolling upgrade: each daemon is another one, while its runner and jobs go on.
fault_upgrade() {
	local node

	for node in $nodes; do
		signal TERM "$node" jobschedd
		pass 5 20
	done
}

fault_skew() {
	local all=(-3600 3600 -300 300 0) node

	node=$(some_node)
	node_skew "$node" "${all[RANDOM % 5]}"
	signal TERM "$node" jobschedd
}

fault_drain() {
	local node

	node=$(some_node)
	js_on "$node" drain "$node" >/dev/null 2>&1
	pass 10 50
	poll 60 js_on "$node" undrain "$node" >/dev/null 2>&1
}

# A rolling update of the tabs: the same everywhere in the end.
fault_tabs() {
	local node name

	name=roll-$((RANDOM % 3))
	[ $((RANDOM % 3)) -ne 0 ] || name=
	for node in $nodes; do
		write_tabs "$node" "$name"
		signal HUP "$node" jobschedd
		pass 1 20
	done
}

# ---- the servers ----

# server_fault SPAN COMMAND...: what makes it go away, and what brings it back.
server_away() {
	local since

	since=$(now)
	"$@"
	fact down '*' "$since" "$(now)" "$1"
}

restart() {
	server_stop "$(primary)" "$1"
	pass 5 60
	server_start "$(primary)" || echo "the primary did not start again" >>"$T/found"
}

stand_still() {
	local found

	found=$(for pid in /proc/[0-9]*; do
		[ "$(readlink "$pid/cwd" 2>/dev/null)" != "$PG/$(primary)/data" ] || echo "${pid#/proc/}"
	done)
	# shellcheck disable=SC2086
	kill -s STOP $found 2>/dev/null
	pass 10 "$((LEASE * 15))"
	# shellcheck disable=SC2086
	kill -s CONT $found 2>/dev/null
}

fail_over() {
	server_fail_over || echo "the standby was not promoted" >>"$T/found"
}

fault_server_restarted() { server_away restart fast; }
fault_server_crashed() { server_away restart immediate; }
fault_server_stopped() { server_away stand_still; }

fault_server_fails_over() {
	server_away fail_over
	pass 20 100
	server_follow || echo "the new standby does not follow" >>"$T/found"
}

# ---- in turn ----

# Those that need hosts, those of the servers, and those of processes, which come beside them.
HOST_FAULTS=(cut_short cut_long halves loss slow frozen_short frozen_long)
SERVER_FAULTS=(scheduler_stopped server_restarted server_crashed server_stopped server_fails_over)
PROCESS_FAULTS=(crash scheduler_killed scheduler_killed runner_killed both_killed upgrade skew drain tabs)

# try_faults NUMBER: one after another, until there is a file that says stop.
try_faults() {
	local kinds kind

	case $1 in
	1) kinds=("${SERVER_FAULTS[@]}") ;;
	2) kinds=("${PROCESS_FAULTS[@]}") ;;
	esac
	[ "$1$apart" != 1yes ] || kinds+=("${HOST_FAULTS[@]}")
	[ -z "${only:-}" ] || read -ra kinds <<<"$only"
	RANDOM=$((seed * 100 + 50 + $1))
	while [ ! -e "$T/stop-faults" ]; do
		kind=${kinds[RANDOM % ${#kinds[@]}]}
		[ -z "${verbose:-}" ] || echo "$(date +%T) $kind" >&2
		tally "$kind"
		"fault_$kind"
		pass 5 50
	done
}
