#!/usr/bin/env bats
# tab check, tab list, tab show and forecast --tab: tabs as the daemon would read them.

setup() {
	load cli.bash
	private
	user=
	[ "$(id -u)" -ne 0 ] || user=root
}

@test "a good tab" {
	printf 'MAILTO=root\n*/5 * * * * %s --name=a --timeout=10m true\n@every 15m %s true\n' "$user" "$user" >good
	succeeds jobsched tab check good
	[ "$output" = 'good: 2 entries, ok' ]
	succeeds jobsched -q tab check good
	[ -z "$output" ]
}

@test "a bad tab: file, line, column, and status 1" {
	printf '* * * * * %s true\n61 * * * * %s true\n' "$user" "$user" >bad
	run --separate-stderr jobsched tab check bad
	[ "$status" -eq 1 ]
	[[ $output == "bad:2:1: minute"* ]]
	[ -z "$stderr" ]
}

@test "several tabs: each is told, and one bad one is status 1" {
	printf '* * * * * %s true\n' "$user" >good
	printf '* * * * * %s --nope true\n' "$user" >bad
	run --separate-stderr jobsched tab check bad good
	[ "$status" -eq 1 ]
	[[ ${lines[0]} == bad:1:* ]]
	[ "${lines[1]}" = 'good: 1 entry, ok' ]
}

@test "a tab that is not there is status 1, none at all is usage" {
	run --separate-stderr jobsched tab check nothing
	[ "$status" -eq 1 ]
	[[ $stderr == *"'nothing'"* ]]
	refuses 2 "needs FILE" jobsched tab check
}

@test "what the daemon would not load is a warning" {
	printf '* * * * * %s true\n' "$user" >good
	cp good good.bak
	run --separate-stderr jobsched tab check good.bak
	[ "$status" -eq 0 ]
	[[ $output == *"good.bak: warning: it would not be loaded"* ]]
	chmod 666 good
	run --separate-stderr jobsched tab check good
	[ "$status" -eq 0 ]
	[[ $output == *"good: warning: it would not be loaded"* ]]
}

@test "a FIFO is refused at once" {
	mkfifo fifo
	run --separate-stderr timeout 600 jobsched tab check fifo
	[ "$status" -eq 1 ]
}

@test "JSON of a check" {
	printf '61 * * * * %s true\n' "$user" >bad
	run --separate-stderr jobsched --json tab check bad
	[ "$status" -eq 1 ]
	[ "$(json '$.tabs[0].file')" = bad ]
	[ "$(json_type '$.tabs[0].ok')" = false ]
	[ "$(json '$.tabs[0].errors[0].line')/$(json '$.tabs[0].errors[0].column')" = 1/1 ]
}

@test "the config's defaults and refusals hold in tabs" {
	printf '* * * * * %s true\n' "$user" >good
	echo "deny_users = {\"$(id -un)\"}" >>"$JOBSCHED_CONFIG"
	run --separate-stderr jobsched tab check good
	[ "$status" -eq 1 ]
	[[ $output == *deny_users* ]]
}

@test "tab list: none yet" {
	jobsched db init
	succeeds jobsched --json tab list
	[ "$(json '$.tabs')" = '[]' ]
}

@test "tab show: the entries of a file with their next run, without a database" {
	printf '30 4 * * * %s --name=a --tz=UTC true\n' "$user" >tab
	succeeds jobsched --json tab show tab
	[ "$(json '$.entries[0].name')/$(json '$.entries[0].line')" = a/1 ]
	[[ $(json '$.entries[0].next_run_at') == *T04:30:00.000Z ]]
	[ ! -e "$JOBSCHED_DB" ]
	echo 'x' >tab
	refuses 1 "tab:1:" jobsched tab show tab
}

@test "forecast --tab: what a tab that is not loaded would run" {
	printf '0 */6 * * * %s --name=a --tz=UTC true\n' "$user" >tab
	succeeds jobsched --json forecast --tab=tab --from=2100-01-01T00:00:00Z --for=1d
	[ "$(json '$.runs[3].scheduled_for')" = 2100-01-01T18:00:00.000Z ]
	[ "$(json '$.runs[3].job_name')" = a ]
	[ "$(json_type '$.runs[3].job_id')" = null ]
	refuses 2 "cannot be given together" jobsched forecast --tab=tab 1
}

@test "a loaded tab goes by its path, or by its name alone where only one has it" {
	jobsched db init
	mkdir -p a b
	for tab in a/one a/both b/both; do
		jobsched submit --name="${tab/\//-}" true
		sql "INSERT INTO tabs VALUES ('$dir/$tab', NULL, 1, 1, 1, 0, 0, 0, 0, NULL, NULL, 0);
			UPDATE jobs SET tab = '$dir/$tab', tab_key = name, tab_line = 1 WHERE name = '${tab/\//-}'"
	done
	succeeds jobsched --json tab show one
	[ "$(json '$.entries[0].name')" = a-one ]
	succeeds jobsched --json list --tab=one
	[ "$(json '$.jobs[0].name')/$(json '$.jobs[1]')" = a-one/ ]
	succeeds jobsched --json list --tab="$dir/b/both"
	[ "$(json '$.jobs[0].name')" = b-both ]
	run --separate-stderr jobsched tab show both
	[ "$status" -eq 4 ]
	[[ $stderr == *"'both' is the name of several tabs"* ]]
	run --separate-stderr jobsched list --tab=both
	[ "$status" -eq 4 ]
	# A file that is here is meant before a loaded one of that name.
	printf '30 4 * * * %s --name=here true\n' "$user" >one
	succeeds jobsched --json tab show one
	[ "$(json '$.entries[0].name')" = here ]
}

@test "calendars that are not there are a warning, of submit and of tab check" {
	printf '30 4 * * * %s --not-on=nowhere true\n31 4 * * * %s --not-on=nowhere true\n' "$user" "$user" >tab
	succeeds jobsched tab check tab
	[[ ${lines[0]} == "tab:1:1: warning: calendar 'nowhere': "* ]]
	[ "${lines[1]}" = "tab: 2 entries, ok" ]
	succeeds jobsched --json tab check tab
	[[ $(json '$.tabs[0].warnings[0].message') == "calendar 'nowhere'"* ]]
	succeeds jobsched submit --cron='30 4 * * *' --not-on=nowhere true
	[ "$output" = 1 ]
	[[ $stderr == "jobsched: calendar 'nowhere': "* ]]
	[ "${#stderr_lines[@]}" = 1 ]
	succeeds jobsched -q submit --cron='30 4 * * *' --only-on=nowhere true
	[ -z "$stderr" ]
}
