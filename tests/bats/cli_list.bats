#!/usr/bin/env bats
# list, status, attempts, output, wait, and what changes jobs: as far as it goes without a daemon.

setup() {
	load cli.bash
	private
}

@test "list: the fields of the contract, with their types" {
	jobsched submit --name=n --cron='0 4 * * *' --tz=UTC --queue=q --order-key=k --retries=2 'echo a'
	succeeds jobsched --json list
	[ "$(json '$.version')" = 1 ]
	while read -r name type; do
		echo "# $name $type"
		[ "$(json_type "\$.jobs[0].$name")" = "$type" ]
	done <<-EOF
		id integer
		name text
		state text
		user text
		command text
		argv null
		schedule text
		tz text
		next_run_at text
		last_scheduled_at null
		last_outcome null
		attempt integer
		retries integer
		priority integer
		queue text
		order_key text
		tab null
		node null
		created_at text
	EOF
	[[ $(json '$.jobs[0].created_at') =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z$ ]]
	[[ $(json '$.jobs[0].next_run_at') =~ T04:00:00.000Z$ ]]
}

@test "list: filters" {
	jobsched submit --name=web-1 --at=2100-01-01T00:00:00Z true
	jobsched submit --name=web-2 --at=2100-01-02T00:00:00Z --queue=q --label=a=b true
	jobsched submit --name=db-1 --at=2100-01-03T00:00:00Z true
	jobsched cancel db-1
	ids() {
		run --separate-stderr jobsched --json list "$@"
		json '$.jobs[#-1].id' && [ "$status" -eq 0 ]
	}
	[ "$(ids --state=cancelled)" = 3 ]
	[ "$(ids --name='web-*')" = 2 ]
	[ "$(ids --limit=1)" = 1 ]
	[ "$(ids --queue=q)" = 2 ]
	[ "$(ids --label=a=b)" = 2 ]
	[ "$(ids --due-before=2100-01-01T12:00:00Z)" = 1 ]
	[ "$(ids --user="$(id -un)")" = 3 ]
	[ -z "$(ids --user=no-such-user)" ]
	[ -z "$(ids --tab=/nowhere)" ]
	refuses 2 "unknown state 'dead'" jobsched list --state=dead
	refuses 2 "option '--due-before'" jobsched list --due-before=never
	refuses 2 "option '--limit'" jobsched list --limit=0
}

@test "list: an aligned table for people, without headings if so wished" {
	jobsched submit --name=short true
	jobsched submit --name=a-much-longer-name true
	succeeds jobsched list
	[[ ${lines[0]} == ID*NAME*STATE*USER*NEXT*COMMAND* ]]
	[ "${#lines[@]}" = 3 ]
	succeeds jobsched list --no-header
	[ "${#lines[@]}" = 2 ]
	first=${lines[0]%%pending*} second=${lines[1]%%pending*}
	[ "${#first}" = "${#second}" ]
}

@test "list: a command cannot drive the terminal" {
	jobsched submit $'printf \e[31mred\nline2'
	succeeds jobsched --no-header list
	[ "${#lines[@]}" = 1 ]
	[[ $output != *$'\e'* ]]
}

@test "list: bytes that are not UTF-8 leave JSON valid" {
	jobsched submit echo $'\xff\xfe'
	succeeds jobsched --json list
	[ "$(json '$.jobs[0].argv[1]')" = '\xff\xfe' ]
}

@test "list: a thousand jobs in one aligned table" {
	awk 'BEGIN { for (i = 0; i < 1200; i++) print "{\"command\": \"true\"}" }' | jobsched submit --file=- >/dev/null
	succeeds jobsched list
	[ "${#lines[@]}" = 1201 ]
	[ "$(jobsched --no-header list | awk '{ print $3 }' | sort -u)" = pending ]
}

@test "a job is found by id and by name; an unknown one is status 3" {
	jobsched submit --name=n true
	succeeds jobsched status n
	succeeds jobsched status 1
	for command in status cancel run retry pause resume output attempts; do
		refuses 3 "'nothing'" jobsched "$command" nothing
		refuses 3 "99" jobsched "$command" 99
	done
}

@test "status JOB: the contract's fields, attempts, next and the lock" {
	jobsched submit --name=n --cron='0 4 * * *' --tz=UTC true
	succeeds jobsched --json status n
	[ "$(json '$.jobs[0].attempts')" = '[]' ]
	[ "$(json_type '$.jobs[0].next')" = array ]
	[[ $(json '$.jobs[0].next[4]') == *T04:00:00.000Z ]]
	[ "$(json '$.jobs[0].lock.path')" = "$dir/run/locks/job-1.lock" ]
	[ "$(json '$.jobs[0].lock.held')" = 0 ]
	succeeds jobsched status n
	[[ $output == *"1 n"*"$dir/run/locks/job-1.lock"* ]]
}

@test "status JOB: who holds the lock file is found without taking it" {
	jobsched submit true
	mkdir -p "$dir/run/locks"
	: >"$dir/run/locks/job-1.lock"
	exec 9<"$dir/run/locks/job-1.lock"
	flock -n 9
	succeeds jobsched --json status 1
	[ "$(json '$.jobs[0].lock.held')" = 1 ]
	exec 9<&-
	succeeds jobsched --json status 1
	[ "$(json '$.jobs[0].lock.held')" = 0 ]
}

@test "status of several jobs: all that are there, and the status of the first failure" {
	jobsched submit true
	run --separate-stderr jobsched --json status 1 nothing
	[ "$status" -eq 3 ]
	[ "$(json '$.jobs[0].id')" = 1 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "status: the health of the scheduler, field by field" {
	jobsched submit true
	jobsched submit --at=2100-01-01T00:00:00Z true
	succeeds jobsched --json status
	[ "$(json '$.jobs.pending')" = 2 ]
	[ "$(json '$.jobs.running')" = 0 ]
	[ "$(json '$.due')" = 1 ]
	[[ $(json_type '$.oldest_due_age') =~ ^(real|integer)$ ]]
	for name in last_tick_at lateness_p50 lateness_p99; do
		[ "$(json_type "\$.$name")" = null ]
	done
	[ "$(json '$.nodes')$(json '$.tabs')$(json '$.tab_errors')" = '[][][]' ]
	[ "$(json_type '$.paused')" = false ]
}

@test "status says plainly that no daemon runs" {
	jobsched submit true
	succeeds jobsched status
	[[ $output == *"none is running"* ]]
	# Why a job that is due does not run.
	succeeds jobsched status 1
	[[ $output == *"waits"*"none is running"* ]]
	jobsched pause
	succeeds jobsched status 1
	[[ $output == *"waits"*"pause of everything"* ]]
}

@test "attempts: an empty ledger, and what is refused" {
	jobsched submit true
	succeeds jobsched --json attempts
	[ "$output" = '{"version": 1, "attempts": []}' ]
	refuses 2 "unknown outcome 'good'" jobsched attempts --outcome=good
	refuses 2 "option '--since'" jobsched attempts --since=x
}

@test "output of a job that never ran: status 3" {
	jobsched submit true
	refuses 3 "" jobsched output 1
	refuses 2 "option '--attempt'" jobsched output 1 --attempt=0
}

@test "cancel: a pending job never runs; again is no error" {
	jobsched submit --at=2100-01-01T00:00:00Z true
	succeeds jobsched cancel 1
	succeeds jobsched cancel 1
	succeeds jobsched --json list
	[ "$(json '$.jobs[0].state')" = cancelled ]
	[ "$(json_type '$.jobs[0].next_run_at')" = null ]
}

@test "cancel of several: all that can be, and the status of the first failure" {
	jobsched submit true
	jobsched submit true
	run --separate-stderr jobsched cancel 1 nothing 2
	[ "$status" -eq 3 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[ "$(jobsched --no-header list --state=cancelled | wc -l)" = 2 ]
}

@test "pause and resume of a job" {
	jobsched submit --name=n --at=2100-01-01T00:00:00Z true
	jobsched pause n --reason='not now' --until=2099-01-01T00:00:00Z
	succeeds jobsched --json status n
	[ "$(json '$.jobs[0].state')" = paused ]
	[ "$(json '$.jobs[0].pause_reason')" = 'not now' ]
	[ "$(json '$.jobs[0].paused_until')" = 2099-01-01T00:00:00.000Z ]
	jobsched resume n
	succeeds jobsched --json status n
	[ "$(json '$.jobs[0].state')" = pending ]
	refuses 4 "" jobsched resume n
	refuses 2 "is not in the future" jobsched pause n --until=2000-01-01T00:00:00Z
}

@test "pause and resume of everything" {
	jobsched submit true
	jobsched pause --reason=maintenance
	succeeds jobsched --json status
	[ "$(json_type '$.paused')" = true ]
	[ "$(json '$.pause_reason')" = maintenance ]
	[[ $(jobsched status) == *maintenance* ]]
	jobsched resume
	succeeds jobsched --json status
	[ "$(json_type '$.paused')" = false ]
}

@test "run makes one occurrence now" {
	jobsched submit --name=n --at=2100-01-01T00:00:00Z true
	jobsched run n
	succeeds jobsched --json status
	[ "$(json '$.due')" = 1 ]
	jobsched cancel n
	refuses 4 "" jobsched run n
}

@test "retry without a dead occurrence is a conflict" {
	jobsched submit true
	refuses 4 "" jobsched retry 1
}

@test "wait: 126 for a job that never ran, 125 for what is wait's own" {
	jobsched submit true
	jobsched cancel 1
	run jobsched wait 1
	[ "$status" -eq 126 ]
	refuses 125 "'nothing'" jobsched wait nothing
	refuses 125 "'wait' needs JOB..." jobsched wait
	refuses 125 "unknown option" jobsched wait --frob 1
	refuses 125 "" jobsched --db="$dir/nothing.db" wait 1
}

@test "wait in JSON: each job with the status that it stands for" {
	jobsched submit true
	jobsched submit true
	jobsched cancel 1 2
	run --separate-stderr jobsched --json wait 2 1
	[ "$status" -eq 126 ]
	[ "$(json '$.jobs[0].id')/$(json '$.jobs[0].exit_status')" = 2/126 ]
	[ "$(json '$.jobs[1].id')/$(json '$.version')" = 1/1 ]
	refuses 125 "'nothing'" jobsched --json wait nothing
}

@test "wait ends when its job does" {
	jobsched submit --at=2100-01-01T00:00:00Z true
	jobsched wait 1 &
	pid=$!
	jobsched cancel 1
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 126 ]
}

@test "submit --wait prints the id first, in JSON too" {
	jobsched --json submit --wait --at=2100-01-01T00:00:00Z true >id &
	pid=$!
	poll 20 test -s id
	[ "$(cat id)" = '{"version": 1, "id": 1}' ]
	jobsched cancel 1
	wait "$pid" || :
	[ "$(wc -l <id)" = 1 ]
}

@test "submit --wait prints the id first" {
	jobsched submit --wait --name=n --at=2100-01-01T00:00:00Z true >id &
	pid=$!
	poll 20 test -s id
	[ "$(cat id)" = 1 ]
	jobsched cancel n
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 126 ]
}

@test "forecast: what would run, in order" {
	jobsched submit --name=noon --cron='0 12 * * *' --tz=UTC true
	jobsched submit --name=six --cron='0 */6 * * *' --tz=UTC true
	succeeds jobsched --json forecast --from=2100-01-01T00:00:00Z --for=1d
	[ "$(json '$.runs[#-1].scheduled_for')" = 2100-01-01T18:00:00.000Z ]
	[ "$(json '$.runs[0].job_name')$(json '$.runs[1].job_name')" = sixsix ]
	[ "$(json '$.runs[2].job_name')$(json '$.runs[3].job_name')" = noonsix ]
	[ "$(json '$.runs[2].job_id')" = 1 ]
	succeeds jobsched --json forecast --from=2100-01-01T00:00:00Z --for=1d noon
	[ "$(json '$.runs[#-1].job_name')" = noon ]
	[ -z "$(json '$.runs[1]')" ]
}

@test "forecast shows offsets to people where readings of the local clock come twice" {
	echo 'max_running = 1' >>"$JOBSCHED_CONFIG"
	jobsched submit --name=wild --cron='*/30 * * * *' --tz=Europe/Berlin true
	jobsched submit --name=fixed --cron='30 2 * * *' --tz=Europe/Berlin true
	succeeds env TZ=Europe/Berlin jobsched forecast --from=2027-10-31T00:30:00Z --for=1h
	[ "${lines[0]}" = 'SCHEDULED                 JOB NAME' ]
	[ "${lines[1]}" = '2027-10-31T02:30:00+02:00   1 wild' ]
	[ "${lines[2]}" = '2027-10-31T02:30:00+02:00   2 fixed' ]
	[ "${lines[3]}" = '2027-10-31T02:00:00+01:00   1 wild' ]
	[[ $stderr == *"in the minute of 2027-10-31T02:30:00+02:00, max_running"* ]]
	succeeds env TZ=Europe/Berlin jobsched forecast --counts --from=2027-10-31T00:30:00Z --for=1h
	[ "${lines[1]}" = '2027-10-31T02:30:00+02:00    2' ]
	[ "${lines[2]}" = '2027-10-31T02:00:00+01:00    1' ]
	# None are needed where nothing is set.
	succeeds env TZ=Europe/Berlin jobsched forecast --from=2027-10-31T12:30:00Z --for=1h
	[ "${lines[1]}" = '2027-10-31 13:30:00   1 wild' ]
}

@test "forecast is bounded, and says where too much is due at once" {
	echo 'max_running = 1' >>"$JOBSCHED_CONFIG"
	jobsched submit --cron='0 12 * * *' --tz=UTC true
	jobsched submit --cron='0 12 * * *' --tz=UTC true
	succeeds jobsched forecast --from=2100-01-01T00:00:00Z --for=1d
	[[ $stderr == *"2 jobs are due in the minute of 2100-01-01 12:00:00, max_running is 1"* ]]
	succeeds jobsched --json forecast --from=2100-01-01T00:00:00Z --for=100w --limit=3
	[ -z "$(json '$.runs[3]')" ]
	[ "$(json_type '$.more')" = true ]
}

@test "nodes: none yet" {
	jobsched db init
	succeeds jobsched --json nodes
	[ "$(json '$.nodes')" = '[]' ]
	refuses 4 "no node is live" jobsched drain
}

@test "metrics: OpenMetrics text" {
	jobsched submit true
	succeeds jobsched metrics
	[ "${lines[-1]}" = '# EOF' ]
	for name in enqueued_total claimed_total started_total 'finished_total{outcome="ok"}' \
		'skipped_total{reason="missed"}' retries_total dead running due oldest_due_age_seconds \
		'lateness_seconds_bucket{le="+Inf"}' lateness_seconds_count lateness_seconds_sum \
		'nodes{state="live"}' tab_errors; do
		grep -qF "jobsched_$name " <<<"$output"
	done
	grep -qx 'jobsched_enqueued_total 1' <<<"$output"
	# Every sample belongs to a family that was declared.
	awk '/^# TYPE/ { known[$3] = 1 } /^#/ { next }
		{ name = $1; sub(/\{.*/, "", name); short = name; sub(/_(total|bucket|count|sum)$/, "", short)
		  if (!(name in known) && !(short in known)) { print; bad = 1 } } END { exit bad }' <<<"$output"
}

@test "forecast leaves out the days that a calendar closes, and tells of one that is bad" {
	mkdir calendars
	echo "calendar_dir = \"$dir/calendars\"" >>"$JOBSCHED_CONFIG"
	echo '2100-01-02' >calendars/holidays
	chmod 600 calendars/holidays
	jobsched submit --name=n --cron='0 12 * * *' --tz=UTC --not-on=holidays true
	succeeds jobsched --json forecast --from=2100-01-01T00:00:00Z --for=3d
	[ "$(json '$.runs[0].scheduled_for')" = 2100-01-01T12:00:00.000Z ]
	[ "$(json '$.runs[1].scheduled_for')" = 2100-01-03T12:00:00.000Z ]
	echo 'no date' >calendars/holidays
	succeeds jobsched --json forecast --from=2100-01-01T00:00:00Z --for=3d
	[ "$(json '$.runs')" = '[]' ]
	[[ $stderr == *"calendar 'holidays'"*"holidays:1:"* ]]
}

# narrow COMMAND...: what it prints at a terminal of 80 columns, of which no line is longer.
narrow() {
	local line

	run script -qec "stty cols 80; $*" /dev/null </dev/null
	output=${output//$'\r'/}
	while IFS= read -r line; do
		echo "# ${#line} $line"
		[ ${#line} -le 80 ] || return 1
	done <<<"$output"
}

@test "on a narrow terminal it is the command that is cut, before a name that is not long" {
	jobsched submit --name=a-usual-name --at=2100-01-01T00:00:00Z -- "$(printf 'c%.0s' {1..200})"
	narrow jobsched list
	[[ $output == *" a-usual-name "*ccc* ]]
}

@test "on a narrow terminal long names are cut, and reasons go on in further lines" {
	local long

	long=$(printf 'n%.0s' {1..200})
	jobsched submit --name="$long" --at=2100-01-01T00:00:00Z -- ls -l
	narrow jobsched list
	[[ $output == *nnn* && $output == *pending* && $output == *"2100-01-01 00:00:00"* ]]
	jobsched cancel "$long"
	narrow jobsched attempts
	[[ $output == *nnn* && ${output//[[:space:]]/} == *skipped---cancelled ]]
	# A pipe gets all of it.
	[[ $(jobsched list) == *"$long"* ]]
}
