# What the tests of failpoints share: one run of a small load, with points that act, up to the verdict.
# shellcheck shell=bash
# shellcheck disable=SC2154 # what lib.bash and bats set

# Many runs in one test.
export BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-3600}
load lib.bash

setup() {
	points=$builddir/tests/faults/failpoints
	[ -x "$points" ] || skip "failpoints are not built in (configure --enable-failpoints)"
	fresh
}

teardown() {
	[ ! -x "$points" ] || clean_up
}

fresh() {
	instance 'mailer = "/bin/true"
		queue narrow { max_running = 1 }'
	mkdir -p evidence hits
	printf '%s\n' 'bulk|b|3|1' >facts
	seq -f 'killed|%g' 30 >>facts
}

job() {
	printf '%s' "exec $builddir/tests/faults/job -e $T/evidence $*"
}

# pause_a_little JOB: it is over by itself.
pause_a_little() {
	local at tries=0

	# On a machine that stands still it is over before it can begin, and is refused.
	until at=$(date +%s%6N) && js pause "$1" --until=now+300ms >/dev/null; do
		[ "$((tries += 1))" -lt 20 ]
	done
	printf '%s\n' "pause|$1|$at|$(date +%s%6N)" "resume|$1|$((at + 300000))|$((at + 300000))" >>facts
}

# some_load: one of each kind. What is printed counts as acknowledged.
some_load() {
	local put="echo x | $builddir/jobsched checkpoint put; $builddir/jobsched checkpoint get >/dev/null"

	{
		printf '{"command": "%s", "name": "b-%d"}\n' "$(job)" 1 "$(job)" 2 "$(job -o 5000)" 3
		printf '{"command": "%s", "retries": 2, "backoff": "10ms"}\n' "$(job -x 3 -f 1)" "$(job -x 4)"
		printf '{"command": "%s", "every": "1s", "count": 1}\n' "$(job -t 20)"
		printf '{"command": "%s", "lock-scope": "tree", "in": "100ms"}\n' "$(job -g 50)"
		printf '{"command": "%s", "timeout": "150ms", "grace": "50ms"}\n' "$(job -t 3000 -g 3000)"
		printf '{"command": "%s", "queue": "narrow"}\n' "$(job -t 10)" "$(job)"
		printf '{"command": "%s", "order-key": "k", "retries": 1, "backoff": "10ms"}\n' \
			"$(job -x 3 -f 1)" "$(job)"
		printf '{"command": "%s", "after": "b-1", "mail": "ops", "mail-on": "always"}\n' "$(job -o 100)"
		printf '{"command": "%s", "retries": 1, "backoff": "10ms"}\n' "$put; $(job -x 3 -f 1)"
		printf '{"command": "%s", "name": "paused"}\n' "$(job)"
	} >load.json
	js -q submit --file=load.json >>acked
	pause_a_little "$(tail -n 1 acked)"
}

# with_points LIST COMMAND...
with_points() {
	JOBSCHED_FAILPOINTS=$1 JOBSCHED_FAILPOINTS_DIR=$T/hits "${@:2}"
}

launch() {
	jobschedd -f -C "$C" 2>>log 3>&- 4>&- &
	daemon=$!
}

has_evidence() {
	cat evidence/[0-9]* 2>/dev/null | grep -q .
}

# leave_behind attach|takein: a scheduler with a job that runs, killed; its runner lives, or is dead, too.
leave_behind() {
	start_daemon
	js -q submit -- "$builddir/tests/faults/job" -e "$T/evidence" -t 300 >>acked
	poll 20 has_evidence
	[ "$1" = attach ] || kill_runners &
	stop_daemon KILL
	wait "$!" || :
}

at_rest() {
	[ "$(sqlite3 "file:$T/jobs.db?mode=ro" ".timeout 5000" "SELECT count(*) FROM occurrences")" = 0 ]
}

# Whoever has died, or could not start, is started again; the points that have acted act no more.
at_rest_or_again() {
	if gone_or_zombie "$daemon"; then
		wait "$daemon" || :
		with_points "$list" launch
	fi
	at_rest
}

gone_or_zombie() {
	! grep -qs '^State:.[^ZX]' "/proc/$1/status"
}

# all_hit NAME...: each of the points has acted.
all_hit() {
	local name

	for name; do
		[ -e "hits/$name" ] || return 1
	done
}

# suffer LIST: the load under these points, to its end and to the checker's verdict.
suffer() {
	list=$1
	case $list in
	attach.*) leave_behind attach ;;
	takein.*) leave_behind takein ;;
	esac
	some_load
	with_points "$list" launch
	poll 60 at_rest_or_again
	poll 20 daemon_is_up
	stop_daemon
	[ "$status" -eq 0 ] || [ "$status" -eq 137 ]
	poll 20 none_left
	# shellcheck disable=SC2046 # names are words
	all_hit $(printf '%s\n' "$list" | tr ',' '\n' | cut -d = -f 1) || ls hits
	judge
}

# The next start finds everything in order, and leaves nothing.
judge() {
	start_daemon
	poll 20 at_rest
	stop_daemon
	poll 20 none_left
	[ -z "$(ls state/runners)" ]
	js db check
	"$srcdir/tests/faults/checker" "$T"
}

# each_of COMMAND...: for the name of each point that it prints, a run in which that point kills.
each_of() {
	local name

	for name in $("$@"); do
		echo "--- $name=kill"
		suffer "$name=kill"
		cd /
		rm -rf "$T"
		fresh
	done
}

# half REMAINDER: every other point, so that two files share the work.
half() {
	"$points" | cut -f 1 | awk -v r="$1" 'NR % 2 == r'
}

# all_with ACTION [VALUE]: a list of all points that know it, those of an attach apart.
all_with() {
	"$points" | awk -F '\t' -v action="$1" -v value="${2:-}" 'index($2, action) && !/^(attach|takein)/ {
		printf "%s%s=%s%s", sep, $1, action, value
		sep = ","
	}'
}
