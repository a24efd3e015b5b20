#!/usr/bin/env bats
# The frame of jobsched: how commands and options are found, what is refused, where errors go.

setup() {
	load cli.bash
	private
}

teardown() {
	remove_nobody_home
}

@test "without a command: status 2 and a hint" {
	refuses 2 "no command given; see 'jobsched help'" jobsched
}

@test "an unknown command is named" {
	refuses 2 "unknown command 'frobnicate'" jobsched frobnicate
}

@test "the beginning of a command is no command where there is no terminal" {
	refuses 2 "unknown command 'lis'" jobsched lis
}

@test "the beginning of a command will do at a terminal" {
	command -v script >/dev/null || skip "script is not installed"
	script -qec 'jobsched db ini && jobsched submi --name=x true' /dev/null </dev/null
	[ "$(sql 'select name from jobs')" = x ]
}

@test "an unknown option is refused before anything is touched" {
	refuses 2 "unknown option '--frob'; see 'jobsched help submit'" jobsched submit --frob true
	[ ! -e "$JOBSCHED_DB" ]
	refuses 2 "unknown option '--frob'; see 'jobsched help'" jobsched --frob list
}

@test "an option's name may not be shortened" {
	refuses 2 "unknown option '--nam'" jobsched submit --nam=x true
}

@test "superfluous and missing operands are refused before anything is touched" {
	refuses 2 "'cancel' needs JOB..." jobsched cancel
	refuses 2 "too many operands for 'run'" jobsched run 1 2
	refuses 2 "too many operands for 'list'" jobsched list 1
	refuses 2 "'tab check' needs FILE..." jobsched tab check
	refuses 2 "command 'db' needs a second word" jobsched db
	[ ! -e "$JOBSCHED_DB" ]
}

@test "global options may stand before and after the command" {
	jobsched db init
	succeeds jobsched --json list
	[ "$(json '$.version')" = 1 ]
	succeeds jobsched list --json
	[ "$(json '$.version')" = 1 ]
}

@test "a global option given twice is refused" {
	refuses 2 "option '--db' is given twice" jobsched --db=a list --db=b
}

@test "help and version go to standard output with status 0" {
	succeeds jobsched --version
	[[ $output == "jobsched "* ]]
	succeeds jobsched --help
	[[ $output == *"submit"*"--json"* ]]
	succeeds jobsched submit --help
	[[ $output == *"--if-absent"*"--retries=N"*"--json"* ]]
	succeeds jobsched help tab
	[[ $output == *"tab check"*"tab list"*"tab show"* ]]
	refuses 2 "unknown command 'nope'" jobsched help nope
}

@test "no line of help is wider than 80 columns" {
	local name
	for name in '' submit list attempts next forecast db tab; do
		# shellcheck disable=SC2086
		jobsched help $name >"$dir/help"
		! grep -nE '^.{81}' "$dir/help"
	done
}

@test "every command has help" {
	jobsched help --options | grep -v -e ' --' -e '^-' >"$dir/commands"
	[ "$(wc -l <"$dir/commands")" -gt 20 ]
	while read -r name; do
		# shellcheck disable=SC2086
		succeeds jobsched help $name
		[[ $output == "usage: jobsched $name"* ]]
	done <"$dir/commands"
}

@test "an error is one line whatever is in it" {
	refuses 2 "unknown command 'a\\x0ab\\x1b[31m'" jobsched $'a\nb\e[31m'
}

@test "a broken config is refused with file and line" {
	echo 'no_such_key = 1' >>"$JOBSCHED_CONFIG"
	refuses 2 "$JOBSCHED_CONFIG:$(wc -l <"$JOBSCHED_CONFIG"):" jobsched list
	[ ! -e "$JOBSCHED_DB" ]
}

@test "a config that is named must be there" {
	refuses 2 "/nonexistent.conf" jobsched -C /nonexistent.conf list
}

@test "JSON of a command that has nothing to say is one object" {
	jobsched submit --at=2100-01-01T00:00:00Z true
	succeeds jobsched --json cancel 1
	[ "$(json '$.version')" = 1 ]
}

@test "JSON of a command that fails in part is one object, and its errors are on standard error" {
	jobsched submit --at=2100-01-01T00:00:00Z true
	run --separate-stderr jobsched --json cancel 1 nope
	[ "$status" -eq 3 ]
	[ "$(json '$.version')" = 1 ]
	[[ $stderr == "jobsched: no such job: 'nope'" ]]
	refuses 3 "no such job: 'nope'" jobsched --json output nope
}

@test "a reader that has gone is status 1 without a word, a full disk with one" {
	jobsched submit true
	# A pipe whose only reader has gone.
	mkfifo pipe
	exec 7<>pipe
	exec 8>pipe
	exec 7>&-
	run bash -c 'jobsched list >&8'
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	run bash -c 'jobsched next -n 100000 "* * * * *" >&8'
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	run bash -c 'jobsched list >/dev/full'
	[ "$status" -eq 1 ]
	[[ $output == "jobsched: cannot write output: "* ]]
}

@test "standard output that is not open is an error, and nothing is written elsewhere" {
	jobsched submit true
	run bash -c 'jobsched list >&-'
	[ "$status" -eq 1 ]
	[[ $output == "jobsched: cannot write output"* ]]
	succeeds jobsched db check
}

@test "who is not root is told of his own jobs where a database is closed to him" {
	nobody_home
	jobsched submit true
	chmod 755 "$dir"
	chmod 0 "$JOBSCHED_DB"
	refuses 6 "your own jobs need no permission" as_nobody jobsched --db="$JOBSCHED_DB" list
}

@test "anyone has a database of his own, with no configuration" {
	nobody_home
	[ "$(as_nobody jobsched submit true)" = 1 ]
	[ "$(stat -c %a "$nobody/.local/state/jobsched/jobsched.db")" = 600 ]
}

@test "a database that is not there: status 5, and what makes one" {
	refuses 5 "there is no database '$dir/jobs.db': 'jobsched submit' or 'jobsched db init' makes one" jobsched list
	refuses 5 "makes one" jobsched cancel 1
}

@test "no folder is made for a database that was named, but by db init" {
	refuses 5 "the folder '$dir/mistyped' of the database is not there" jobsched --db="$dir/mistyped/x.db" submit true
	run -5 --separate-stderr jobschedd -f --db="$dir/mistyped/x.db"
	# shellcheck disable=SC2154
	[[ $stderr == *"the folder '$dir/mistyped' of the database is not there"* ]]
	[ ! -e mistyped ]
	succeeds jobsched --db="$dir/mistyped/x.db" db init
	succeeds jobsched --db="$dir/mistyped/x.db" submit true
	# A user's folders are beside the database.
	nobody_home
	run -5 --separate-stderr as_nobody jobschedd -f --db="$nobody/mistyped/x.db"
	[[ $stderr == *"the folder '$nobody/mistyped' of the database is not there"* ]]
	[ ! -e "$nobody/mistyped" ]
}

@test "a daemon of a database that was named reads no default tabs" {
	nobody_home
	as_nobody mkdir -p "$nobody/.config/jobsched/jobsched.d"
	printf '0 4 1 1 * %s true\n' "" | as_nobody tee "$nobody/.config/jobsched/jobsched.d/mine" >/dev/null
	as_nobody jobschedd --once --db="$nobody/other.db"
	as_nobody jobsched --db="$nobody/other.db" list >listed
	[ ! -s listed ]
	as_nobody jobschedd --once --db="$nobody/other.db" -t "$nobody/.config/jobsched/jobsched.d"
	[ "$(as_nobody jobsched --db="$nobody/other.db" --no-header list | wc -l)" = 1 ]
	as_nobody jobschedd --once
	[ "$(as_nobody jobsched --no-header list | wc -l)" = 1 ]
	as_nobody jobschedd -f --db="$nobody/other.db" 2>log 3>&- 4>&- &
	poll 30 grep -q "ready: node" log
	daemon=$(cat "$nobody/other.db.d/run/jobschedd.pid")
	kill "$daemon"
	poll 30 gone "$daemon"
	grep -q "no tabs are read: the database was named" log
}

@test "the completion completes commands, groups and options" {
	jobsched help --completion >"$dir/completion"
	bash -n "$dir/completion"
	# complete LINE: what is offered behind it.
	offered() {
		bash -c '
			. "$1"
			compopt() { :; }
			COMP_LINE=$2 COMP_POINT=${#2}
			read -ra COMP_WORDS <<<"${2//=/ = }"
			[[ $2 != *" " ]] || COMP_WORDS+=("")
			COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
			_jobsched
			echo "${COMPREPLY[*]}"' - "$dir/completion" "$1"
	}
	[ "$(offered 'jobsched lis')" = list ]
	[ "$(offered 'jobsched tab ')" = 'check list show' ]
	[ "$(offered 'jobsched --db=/x/y db ba')" = backup ]
	[ "$(offered 'jobsched --db /x/y attempts --ou')" = --outcome= ]
	[ "$(offered 'jobsched submit --dead')" = --deadline= ]
	[ -z "$(offered 'jobsched submit --name=')" ]
	[ "$(offered 'jobsched submit --overlap=')" = 'skip wait replace' ]
	[ "$(offered 'jobsched submit --overlap ')" = 'skip wait replace' ]
	[ "$(offered 'jobsched submit --on ')" = 'any each' ]
	[[ $(offered 'jobsched list --state ') == *'pending running paused'* ]]
	[[ $(offered 'jobsched attempts --outcome=') == *'ok failed'* ]]
	[ -z "$(offered 'jobsched checkpoint get ')" ]
	# Each option of each command is offered there.
	[[ $(offered 'jobsched retry --') == *"--state="*"--dry-run"*"--json"* ]]
	while IFS=$'\t' read -r name option; do
		echo "# $name $option"
		[[ " $(offered "jobsched $name --") " == *" ${option%%=*}"* ]]
	done < <(jobsched help --options | sed -n '/^-/d; s/ --/\t--/p' | awk -F '\t' '!seen[$1]++ { print $1 "\t" $2 }')
}

@test "JSON and tables are loaded by need; where they are missing, nothing is begun" {
	mkdir alone
	cp "$(command -v jobsched)" alone/
	succeeds alone/jobsched submit -- true
	[ "$output" = 1 ]
	refuses 1 "form_json.so" alone/jobsched --json submit -- true
	refuses 1 "form_json.so" alone/jobsched submit --file=/dev/null
	refuses 1 "form_table.so" alone/jobsched list
	succeeds jobsched list --json
	[ "$(json '$.jobs[#-1].id')" = 1 ]
}
