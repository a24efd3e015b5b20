# Hosts: network namespaces on one bridge, each with processes of its own, which die with it. Without root or
# namespaces all are this machine, on loopback: then a host cannot be cut off.
# shellcheck shell=bash disable=SC2154

NET=10.77.0

# In namespaces of our own: a bridge, on which we are .254 ourselves. What is made here ends with us.
hosts_init() {
	[ "$apart" = yes ] || return 0
	mkdir -p /run/netns
	mount -t tmpfs none /run/netns
	ip link set lo up
	ip link add bridge type bridge
	ip addr add "$NET.254/24" dev bridge
	ip link set bridge up
}

# host_make NAME NUMBER: with the address $NET.NUMBER.
host_make() {
	[ "$apart" = yes ] || return 0
	ip netns add "$1"
	ip link add "to-$1" type veth peer name eth0 netns "$1"
	ip link set "to-$1" master bridge up
	ip -n "$1" addr add "$NET.$2/24" dev eth0
	ip -n "$1" link set eth0 up
	ip -n "$1" link set lo up
	host_boot "$1"
}

# Its first process, with which all others end. It reaps those that nobody else does. Each host has its own files in the
# folder of tabs, by the same name.
host_boot() {
	[ "$apart" = yes ] || return 0
	# What an earlier one has said is not what this one says.
	rm -f "$T/boot-$1"
	# shellcheck disable=SC2016
	ip netns exec "$1" unshare --pid --fork --kill-child --mount-proc --uts -- bash -c '
		hostname "$1"
		[ ! -d "$2/$1/tabs" ] || mount --bind "$2/$1/tabs" "$2/tabs"
		echo up
		while :; do sleep 3600 & wait; done' - "$1" "$T" </dev/null >"$T/boot-$1" 2>/dev/null &
	local outer=$!

	poll 10 grep -qs up "$T/boot-$1"
	pgrep -P "$outer" >"$T/first-$1"
}

# Its first process, as we see it. In a file, for whoever tries hosts is not who starts nodes on them.
host_first() {
	cat "$T/first-$1"
}

# pids NAME [COMMAND]: of its daemon and runners, by their command lines, whether a host is a namespace or not. The last
# letter stands in brackets, so that the search does not find itself.
pids() {
	local pid name

	grep -lsaE -- "${T%?}[${T: -1}]/$1(/|\.conf)" /proc/[0-9]*/cmdline | cut -d / -f 3 | while read -r pid; do
		name=
		read -r name 2>/dev/null <"/proc/$pid/comm"
		case $name in
		jobschedd | jobsched-runner) [ "${2:-$name}" != "$name" ] || echo "$pid" ;;
		esac
	done
}

host_crash() {
	if [ "$apart" = yes ]; then
		kill -s KILL "$(host_first "$1")"
		poll 10 gone "$(host_first "$1")"
	else
		signal KILL "$1"
	fi
}

# All that runs on it: host_processes NAME.
host_processes() {
	local space pid

	if [ "$apart" != yes ]; then
		pids "$1"
		return
	fi
	space=$(readlink "/proc/$(host_first "$1")/ns/pid")
	for pid in /proc/[0-9]*; do
		[ "$(readlink "$pid/ns/pid" 2>/dev/null)" != "$space" ] || echo "${pid#/proc/}"
	done
}

# signal SIGNAL NAME [COMMAND]: `jobschedd`, `jobsched-runner`, or both.
signal() {
	local found

	found=$(pids "$2" "${3:-}")
	# shellcheck disable=SC2086
	[ -z "$found" ] || kill -s "$1" $found 2>/dev/null || :
}

# host_signal SIGNAL NAME: all of a host.
host_signal() {
	local found

	found=$(host_processes "$2")
	# shellcheck disable=SC2086
	[ -z "$found" ] || kill -s "$1" $found 2>/dev/null || :
}

# host_run NAME COMMAND...: on its network only. host_start: as one of its processes. Both in place of this shell.
host_run() {
	local host=$1

	shift
	[ "$apart" != yes ] || exec nsenter --net="/run/netns/$host" -- "$@"
	exec "$@"
}

host_start() {
	local host=$1

	shift
	[ "$apart" != yes ] || exec nsenter --target "$(host_first "$host")" --net --pid --mount --uts -- "$@"
	exec "$@"
}

# host_filter NAME RULE...: what is dropped of what comes in (chain in) and goes out (chain out).
host_filter() {
	local host=$1 rule

	shift
	{
		echo "table inet faults {"
		for rule; do
			printf 'chain %s {\ntype filter hook %s priority 0\n%s drop\n}\n' "${rule%% *}" \
				"$([ "${rule%% *}" = in ] && echo input || echo output)" "${rule#* }"
		done
		echo "}"
	} | ip netns exec "$host" nft -f -
}

# host_cut NAME in|out|both, host_lossy NAME PERCENT, host_slow NAME; host_heal NAME ends all of it.
host_cut() {
	case $2 in
	in) host_filter "$1" "in iifname eth0" ;;
	out) host_filter "$1" "out oifname eth0" ;;
	both) host_filter "$1" "in iifname eth0" "out oifname eth0" ;;
	esac
}

host_lossy() {
	host_filter "$1" "in iifname eth0 numgen random mod 100 < $2" "out oifname eth0 numgen random mod 100 < $2"
}

# By a queue that holds a second of what goes through it; netem is not everywhere.
host_slow() {
	ip netns exec "$1" tc qdisc replace dev eth0 root tbf rate 128kbit burst 4kb latency 1s
}

host_heal() {
	[ "$apart" = yes ] || return 0
	ip netns exec "$1" nft delete table inet faults 2>/dev/null || :
	ip netns exec "$1" tc qdisc del dev eth0 root 2>/dev/null || :
}
