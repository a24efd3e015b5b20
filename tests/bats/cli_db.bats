#!/usr/bin/env bats
# db, and databases that are not as they should be.

setup() {
	load cli.bash
	private
}

teardown() {
	remove_nobody_home
}

@test "db init creates a private database, and again says that it is there" {
	succeeds jobsched db init
	[[ $output == *"$JOBSCHED_DB"*"is created"* ]]
	[ "$(stat -c %a "$JOBSCHED_DB")" = 600 ]
	succeeds jobsched db init
	[[ $output == *"is there already"* ]]
	succeeds jobsched -q db init
	[ -z "$output" ]
}

@test "db init makes the folders above" {
	succeeds jobsched --db="$dir/a/b/jobs.db" db init
	[ -s "$dir/a/b/jobs.db" ]
}

@test "reading does not create a database" {
	refuses 5 "$JOBSCHED_DB" jobsched list
	refuses 5 "$JOBSCHED_DB" jobsched status
	refuses 5 "$JOBSCHED_DB" jobsched cancel 1
	[ ! -e "$JOBSCHED_DB" ]
}

@test "sqlite: and paths are the same; other schemes are refused" {
	jobsched --db="sqlite:$JOBSCHED_DB" submit true
	[ "$(jobsched --no-header list | wc -l)" = 1 ]
	refuses 2 "" jobsched --db=mysql://x/y list
}

@test "db check: nothing to say of a good database" {
	jobsched submit true
	succeeds jobsched db check
	[ -z "$output" ]
}

@test "db check prints faults and ends with status 1" {
	jobsched submit true
	sql 'pragma foreign_keys = off; delete from jobs'
	run --separate-stderr jobsched db check
	[ "$status" -eq 1 ]
	[ -n "$output" ]
	[[ $stderr == "jobsched: "*fault* ]]
}

@test "db check: a database of another development version is told as such" {
	jobsched submit true
	sql 'drop table endings; alter table queues drop column released; alter table nodes add column more text'
	run --separate-stderr jobsched db check
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = "there is no table endings" ]
	[ "${lines[1]}" = "table nodes has columns of another version" ]
	[ "${lines[2]}" = "table queues has no column released" ]
	[[ ${lines[3]} == *"made by another development version"* ]]
	[ "${#lines[@]}" -eq 4 ]
}

@test "db backup: a copy that opens, to a new file only" {
	jobsched submit --name=n true
	succeeds jobsched db backup copy.db
	[ "$(stat -c %a copy.db)" = 600 ]
	[ "$(jobsched --db=copy.db --no-header list | wc -l)" = 1 ]
	refuses 4 "copy.db" jobsched db backup copy.db
}

@test "db upgrade: nothing to do" {
	jobsched db init
	succeeds jobsched db upgrade
	[[ $output == *already* ]]
}

@test "db prune: counts" {
	jobsched submit true
	jobsched cancel 1
	succeeds jobsched --json db prune
	[ "$(json '$.jobs')" = 0 ]
	[[ $(jobsched db prune) == "pruned 0 attempts"* ]]
}

@test "a file that is not ours is refused, and left as it is" {
	echo 'not a database' >text
	refuses 5 "text" jobsched --db=text list
	refuses 5 "text" jobsched --db=text submit true
	[ "$(cat text)" = 'not a database' ]
	sqlite3 other.db 'create table t(x)'
	refuses 5 "other.db" jobsched --db=other.db submit true
	[ "$(sqlite3 other.db .tables)" = t ]
}

@test "a newer database is refused with a clear line" {
	jobsched db init
	sql "pragma user_version = 9999"
	refuses 5 "newer" jobsched list
	refuses 5 "newer" jobsched submit true
	refuses 5 "newer" jobsched db upgrade
}

@test "a read-only database is read, and not written" {
	nobody_home
	as_nobody jobsched --db="$nobody/jobs.db" submit true
	chmod 400 "$nobody/jobs.db"
	run as_nobody jobsched --db="$nobody/jobs.db" submit true
	echo "$output"
	[[ $status -eq 5 || $status -eq 6 ]]
	[[ $output == "jobsched: "* ]]
}

@test "a folder as database: one clear line" {
	mkdir folder.db
	refuses 5 "folder.db" jobsched --db=folder.db submit true
}

@test "a database that another holds: status 5 after ten seconds, reading goes on" {
	jobsched submit true
	mkfifo commands
	sqlite3 "$JOBSCHED_DB" <commands >held &
	exec 8>commands
	printf 'begin immediate;\nselect 1;\n' >&8
	poll 10 test -s held
	start=$SECONDS
	refuses 5 "busy" jobsched submit true
	took=$((SECONDS - start))
	succeeds jobsched list
	exec 8>&-
	wait
	[ "$took" -ge 9 ]
	[ "$(sql 'select count(*) from jobs')" = 1 ]
}
