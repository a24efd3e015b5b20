# The peers: what people use instead. Each runs in a place of its own, never on the machine's: task-spooler
# and nq have variables for that, cron and atd get it from a mount namespace, for which one must be root.
# Who is not installed is looked for under $BENCH_PEERS too (packages unpacked by dpkg -x).
# shellcheck shell=bash disable=SC2154

peer_path=$PATH:/usr/sbin:/sbin
[ -z "${BENCH_PEERS:-}" ] || peer_path=$peer_path:$BENCH_PEERS/usr/bin:$BENCH_PEERS/usr/sbin:$BENCH_PEERS/bin
have=

peer_file() {
	PATH=$peer_path command -v "$1"
}

has_peer() {
	[[ " $have " = *" $1 "* ]]
}

peers_find() {
	local peer

	for peer in $PEERS; do
		if ! peer_file "$peer" >/dev/null; then
			say "$peer is not installed: left out"
		elif [[ $peer = atd || $peer = cron ]] && ! unshare -m true 2>/dev/null; then
			say "$peer needs a mount namespace, and so root: left out"
		else
			have="$have $peer"
		fi
	done
}

peer_versions() {
	local peer package

	for peer in $have; do
		case $peer in
		tsp) package=task-spooler ;;
		atd) package='at' ;;
		*) package=$peer ;;
		esac
		# shellcheck disable=SC2016
		echo "$peer: $(dpkg-query -W -f '${Package} ${Version}' "$package" 2>/dev/null || peer_file "$peer")"
	done
}

# rate N BEGIN: jobs a second since then.
rate() {
	awk -v n="$1" -v ns="$(($(now_ns) - $2))" 'BEGIN { printf "%.1f\n", n * 1e9 / ns }'
}

# Stored first behind a job that waits, then let go, eight at a time. Each that waits is a process with a
# connection, of which there may be a thousand.
tsp_rate() {
	local n=$1 begin i tsp

	shift
	tsp=$(peer_file tsp)
	mkdir -p "$work/tsp"
	export TS_SOCKET=$work/tsp/socket TMPDIR=$work/tsp TS_MAXCONN=1000 TS_MAXFINISHED=10
	mkfifo "$work/tsp/gate"
	# The server keeps what it is given for its output.
	"$tsp" -S 1 >/dev/null 2>&1
	"$tsp" cat "$work/tsp/gate" >/dev/null
	for ((i = 0; i < n; i++)); do
		"$tsp" "$@" >/dev/null
	done
	begin=$(now_ns)
	"$tsp" -S 8
	: >"$work/tsp/gate"
	"$tsp" -w
	rate "$n" "$begin"
	"$tsp" -K
	unset TS_SOCKET TMPDIR TS_MAXCONN TS_MAXFINISHED
	rm -rf "$work/tsp"
}

# Each job is a process of its own that waits for those before it.
nq_rate() {
	local n=$1 begin i nq

	shift
	nq=$(peer_file nq)
	export NQDIR=$work/nq
	mkdir -p "$NQDIR"
	begin=$(now_ns)
	for ((i = 0; i < n; i++)); do
		"$nq" "$@" >/dev/null 2>&1 </dev/null
	done
	timeout 120 "$nq" -w && rate "$n" "$begin"
	unset NQDIR
	rm -rf "$work/nq"
}

# apart SCRIPT ARG...: in a mount namespace where spool and /run are ours, and the tables of the machine are not
# seen.
apart() {
	mkdir -p "$work/spool" "$work/empty"
	: >"$work/nothing"
	# shellcheck disable=SC2016
	unshare -m bash -euc '
		mount --make-rprivate /
		mount -t tmpfs none /run
		mount --bind "$1/spool" /var/spool
		[ ! -d /etc/cron.d ] || mount --bind "$1/empty" /etc/cron.d
		[ ! -f /etc/crontab ] || mount --bind "$1/nothing" /etc/crontab
		shift
		exec bash -euc "$@"' apart "$work" "$@"
	rm -rf "$work/spool" "$work/empty"
}

# wait_lines FILE N: until it has so many, for three minutes.
wait_lines() {
	local deadline=$((SECONDS + 180))

	until [ "$(wc -l 2>/dev/null <"$1" || echo 0)" -ge "$2" ]; do
		[ "$SECONDS" -lt "$deadline" ] || return 1
		sleep 0.2
	done
}
export -f wait_lines

# cron_minute N FILE: N entries of the next minute add their stamps to FILE.
cron_minute() {
	# shellcheck disable=SC2016
	apart '
		cron=$1 n=$2 file=$3 tiny=$4
		mkdir -p /var/spool/cron/crontabs
		at=$((($(date +%s) + 10) / 60 * 60 + 60))
		awk -v n="$n" -v when="$(date -d "@$at" "+%-M %-H")" -v what="$tiny $file" \
			"BEGIN { for (; n > 0; n--) print when, \"* * *\", what }" >/var/spool/cron/crontabs/root
		chmod 600 /var/spool/cron/crontabs/root
		"$cron" -f &
		pid=$!
		wait_lines "$file" "$n" || :
		kill "$pid"' cron "$(peer_file cron)" "$1" "$2" "$tools/tiny" 2>/dev/null
}

atd_minute() {
	# shellcheck disable=SC2016
	apart '
		atd=$1 at=$2 n=$3 file=$4 tiny=$5
		mkdir -p /var/spool/cron/atjobs /var/spool/cron/atspool
		printf "%s\n" 0 >/var/spool/cron/atjobs/.SEQ
		chown -R daemon:daemon /var/spool/cron
		chmod 770 /var/spool/cron/atjobs /var/spool/cron/atspool
		"$atd" -f &
		pid=$!
		when=$(date -d "@$((($(date +%s) + 30) / 60 * 60 + 60))" +%Y%m%d%H%M)
		for ((; n > 0; n--)); do
			echo "$tiny $file" | "$at" -t "$when"
		done
		wait_lines "$file" "$3" || :
		kill "$pid"' atd "$(peer_file atd)" "$(peer_file at)" "$1" "$2" "$tools/tiny" 2>/dev/null
}
