# The load: so many clients on all hosts, and tabs that are the same on all of them, but for a rolling update.
# shellcheck shell=bash disable=SC2154

# Job is what a job of a storm runs: mostly short, mostly well, some fail at first or always.
job() {
	local words="exec $build/tests/faults/job -e $T/evidence -t $((RANDOM % 10 == 0 ? RANDOM % 12000 : RANDOM % 800))"

	[ $((RANDOM % 5)) -ne 0 ] || words="$words -x $((RANDOM % 99 + 1))"
	[ $((RANDOM % 2)) -ne 0 ] || words="$words -f $((RANDOM % 3))"
	[ $((RANDOM % 50)) -ne 0 ] || words="$words -k"
	[ $((RANDOM % 30)) -ne 0 ] || words="$words -g 1000"
	echo "$words"
}

fact() {
	local IFS='|'

	echo "$*" >>"$T/facts"
}

now() {
	echo "${EPOCHREALTIME/[.,]/}"
}

# What happens to some job that was told of.
some_job() {
	local n

	n=$(wc -l <"$T/acked")
	[ "$n" -gt 0 ] || return 1
	sed -n "$((n - RANDOM % (n < 200 ? n : 200)))p" "$T/acked"
}

# A job number is told whole or not at all. Status 5: the database is out of reach, or was busy.
acknowledge() {
	grep -E '^[0-9]+$' >>"$T/acked"
}

judge_client() {
	case $2 in
	0 | 3 | 4) ;;
	5) echo 'answered "out of reach"' >>"$T/tally" ;;
	124) echo 'had no answer in a minute' >>"$T/tally" ;;
	*) echo "'$1' on $3 ended with status $2" >>"$T/found" ;;
	esac
}

client_submits() {
	local options=(--retries=$((RANDOM % 4)) --backoff=200ms --priority=$((RANDOM % 10)))

	[ $((RANDOM % 4)) -ne 0 ] || options+=(--in=$((RANDOM % 5000))ms)
	[ $((RANDOM % 10)) -ne 0 ] || options+=("--order-key=key-$((RANDOM % 5))" --order-on-failure=go)
	[ $((RANDOM % 10)) -ne 0 ] || options+=(--timeout=500ms --grace=200ms)
	[ $((RANDOM % 10)) -ne 0 ] || options+=("--on=$host")
	js_on "$host" submit "${options[@]}" -- sh -c "$(job)" 2>"$T/said-$1" | acknowledge
	judge_client submit "${PIPESTATUS[0]}" "$host"
}

client_submits_many() {
	local name="b$1.$2" n=$((RANDOM % 300 + 1)) i status

	for ((i = 0; i < n; i++)); do
		printf '{"name": "%s-%s", "command": "%s", "retries": %d, "backoff": "200ms"}\n' "$name" "$i" "$(job)" \
			$((RANDOM % 4))
	done >"$T/bulk-$1"
	js_on "$host" submit --file="$T/bulk-$1" 2>"$T/said-$1" >"$T/out-$1"
	status=$?
	acknowledge <"$T/out-$1"
	fact bulk "$name" "$n" "$([ -s "$T/out-$1" ] && echo 1 || echo 0)"
	judge_client 'submit --file' "$status" "$host"
}

# cancel and retry: asked of a job; done if the command said so.
client_asks() {
	local what=$2 id asked status

	id=$(some_job) || return 0
	asked=$(now)
	[ "$what" = cancel ] || fact "$what" "$id" "$asked" ""
	[ "$what" != cancel ] || fact cancel "$id" "$asked" ""
	js_on "$host" "$what" "$id" 2>"$T/said-$1" >/dev/null
	status=$?
	[ "$what" != cancel ] || [ "$status" -ne 0 ] || fact cancel "$id" "$asked" "$(now)"
	judge_client "$what" "$status" "$host"
}

# client NUMBER: one command after another, until there is a file that says stop.
client() {
	local host count=0 hosts

	RANDOM=$((seed * 100 + $1))
	read -ra hosts <<<"$nodes"
	while [ ! -e "$T/stop-load" ]; do
		host=${hosts[RANDOM % ${#hosts[@]}]}
		count=$((count + 1))
		case $((RANDOM % 20)) in
		[0-9]) client_submits "$1" ;;
		10) client_submits_many "$1" "$count" ;;
		11 | 12) client_asks "$1" cancel ;;
		13 | 14) client_asks "$1" retry ;;
		15) client_asks "$1" run ;;
		16) js_on "$host" status >/dev/null 2>&1 ;;
		17) js_on "$host" nodes >/dev/null 2>&1 ;;
		18) js_on "$host" list --limit=50 >/dev/null 2>&1 ;;
		19) js_on "$host" attempts --limit=50 --node="$host" >/dev/null 2>&1 ;;
		esac
		sleep "0.$((RANDOM % 400))"
	done
}

# A host's own, or what all have.
tabs_of() {
	[ "$apart" != yes ] || echo "$T/$1/tabs"
	[ "$apart" = yes ] || echo "$T/tabs"
}

# Intervals and minutes, as Jepsen's test of a scheduler has them: a job lasts less than its interval, and each is
# expected once.
write_tabs() {
	local user="" i folder

	folder=$(tabs_of "$1")
	[ "$(id -u)" -ne 0 ] || user="root "
	{
		for i in 1 2 3; do
			echo "* * * * * ${user}--name=minute-$i --missed=all --retries=5 --backoff=1s" \
				"exec $build/tests/faults/job -e $T/evidence -t $((i * 1000))"
		done
		echo "@every 2s ${user}--name=every-2 exec $build/tests/faults/job -e $T/evidence -t 100"
		echo "@every 5s ${user}--name=every-5 --overlap=wait exec $build/tests/faults/job -e $T/evidence -t 4000"
		[ -z "${2:-}" ] || echo "@every 3s ${user}--name=$2 exec $build/tests/faults/job -e $T/evidence -t 50"
	} >"$folder/.$1"
	mv "$folder/.$1" "$folder/steady"
}
