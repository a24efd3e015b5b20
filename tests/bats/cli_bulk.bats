#!/usr/bin/env bats
# submit --file: many jobs, all or nothing, and never twice.

setup() {
	load cli.bash
	private
}

count() {
	sql 'select count(*) from jobs'
}

# stores_nothing STATUS TEXT: with the file in.json.
stores_nothing() {
	refuses "$1" "$2" jobsched submit --file=in.json
	[ ! -e "$JOBSCHED_DB" ] || [ "$(count)" = 0 ]
}

@test "lines become jobs, ids are printed in their order" {
	cat >in.json <<-'EOF'
		{"command": "echo a | cat"}
		{"command": ["printf", "%s", "a b"], "name": "second"}

		{"command": ["one word"], "retries": 3, "timeout": "10m", "priority": "7"}
		{"command": "x", "shell": true, "cron": "0 4 * * *", "tz": "Europe/Berlin"}
	EOF
	succeeds jobsched submit --file=in.json
	[ "$output" = $'1\n2\n3\n4' ]
	succeeds jobsched --json list
	[ "$(json '$.jobs[0].command')" = 'echo a | cat' ]
	[ "$(json '$.jobs[1].argv')" = '["printf","%s","a b"]' ]
	[ "$(json '$.jobs[1].name')" = second ]
	[ "$(json '$.jobs[2].argv')" = '["one word"]' ]
	[ "$(json '$.jobs[2].retries')/$(json '$.jobs[2].priority')" = 3/7 ]
	[ "$(json '$.jobs[3].command')/$(json '$.jobs[3].schedule')" = 'x/0 4 * * *' ]
	succeeds jobsched --json status 1
	[ "$(json '$.jobs[0].cwd')" = "$dir" ]
	[ "$(json '$.jobs[0].user')" = "$(id -un)" ]
}

@test "options that repeat are lists or objects" {
	cat >in.json <<-'EOF'
		{"command": "x", "env": {"A": "1", "B": 2}, "label": ["a=b", "c=d"], "limit": {"nofile": 64}, "require": "gpu"}
	EOF
	jobsched submit --file=in.json
	succeeds jobsched --json status 1
	[ "$(json '$.jobs[0].env')" = '["A=1","B=2"]' ]
	[ "$(json '$.jobs[0].labels')" = '["a=b","c=d"]' ]
	[ "$(json '$.jobs[0].limits')" = '["nofile=64"]' ]
	[ "$(json '$.jobs[0].require')" = '["gpu"]' ]
}

@test "null and false are as if the key were not there" {
	echo '{"command": ["a"], "name": null, "shell": false}' >in.json
	succeeds jobsched submit --file=in.json
}

@test "standard input, piped and from a file" {
	echo '{"command": "x"}' | jobsched submit --file=-
	echo '{"command": "x"}' >in.json
	jobsched submit --file=- <in.json
	[ "$(count)" = 2 ]
}

@test "an empty file stores nothing, and that is no error" {
	: >in.json
	succeeds jobsched submit --file=in.json
	[ -z "$output" ]
}

@test "--json prints the ids in one object" {
	printf '{"command": "x"}\n{"command": "y"}\n' >in.json
	succeeds jobsched --json submit --file=in.json
	[ "$(json '$.ids')" = '[1,2]' ]
}

@test "one bad line stores nothing and is named" {
	while read -r status text && read -r line; do
		printf '{"command": "x", "name": "good"}\n{"command": "y"}\n%s\n' "$line" >in.json
		stores_nothing "$status" "line 3: $text"
	done <<-'EOF'
		2 column
		{"command": "x"
		2 column
		not JSON
		2 not a JSON object
		["x"]
		2 there is no key 'command'
		{"name": "x"}
		2 unknown key 'colour'
		{"command": "x", "colour": "red"}
		2 unknown key 'file'
		{"command": "x", "file": "y"}
		2 option '--retries'
		{"command": "x", "retries": "many"}
		2 key 'retries' wants
		{"command": "x", "retries": [1]}
		2 key 'retries' wants
		{"command": "x", "retries": true}
		2 key 'shell' wants
		{"command": "x", "shell": "yes"}
		2 key 'command' wants
		{"command": 7}
		2 key 'command' wants
		{"command": ["x", 7]}
		2 there is no command
		{"command": []}
		2 there is no command
		{"command": ""}
		2 column 26: a key is there twice
		{"command": "x", "command": "y"}
		2 column
		{"command": "a\u0000b"}
		2 option '--name'
		{"command": "x", "name": "1"}
		2 option '--cron'
		{"command": "x", "cron": "61 * * * *"}
		2 option '--env'
		{"command": "x", "env": "=1"}
		2 key 'env'
		{"command": "x", "env": {"A=B": "1"}}
		3 no such job: 'nothing'
		{"command": "x", "after": "nothing"}
		4 name 'good' is in the file twice
		{"command": "x", "name": "good"}
	EOF
}

@test "bytes that are not UTF-8 or NUL are refused by line" {
	printf '{"command": "x"}\n{"command": "a\xff"}\n' >in.json
	stores_nothing 2 "line 2: column"
	printf '{"command": "x"}\n{"command": "a\0b"}\n' >in.json
	stores_nothing 2 "line 2: column"
}

@test "a name taken in the store is named by line, and nothing is stored" {
	jobsched submit --name=old true
	printf '{"command": "x"}\n{"command": "y", "name": "old"}\n' >in.json
	refuses 4 "line 2: name 'old' is taken by job 1" jobsched submit --file=in.json
	[ "$(count)" = 1 ]
	succeeds jobsched submit --file=in.json --if-absent
	[ "$output" = $'2\n1' ]
}

@test "a job may come after one above it in the file" {
	printf '%s\n' '{"command": "x", "name": "a", "at": "2100-01-01T00:00:00Z"}' \
		'{"command": "y", "after": ["a"]}' >in.json
	succeeds jobsched submit --file=in.json
	[ "$(count)" = 2 ]
}

@test "a file that is not there, is a folder, or is given with a command" {
	refuses 2 "cannot open 'nothing'" jobsched submit --file=nothing
	refuses 1 "cannot read" jobsched submit --file="$dir"
	refuses 2 "'--file' excludes" jobsched submit --file=in.json true
	refuses 2 "'--file' excludes" jobsched submit --file=in.json --retries=3
	[ ! -e "$JOBSCHED_DB" ]
}

@test "a batch that is there is not stored again" {
	printf '{"command": "x"}\n{"command": "y"}\n' >in.json
	succeeds jobsched submit --file=in.json --batch=b
	[ "$output" = $'1\n2' ]
	jobsched submit -- between
	succeeds jobsched submit --file=in.json --batch=b
	[ "$output" = $'1\n2' ]
	[ "$(count)" = 3 ]
	echo '{"command": "z"}' >>in.json
	succeeds jobsched submit --file=in.json --batch=b
	[ "$output" = $'1\n2\n4' ]
	succeeds jobsched --json submit --file=in.json --batch=b
	[ "$(json '$.ids')" = '[1,2,4]' ]
	: >in.json
	refuses 4 "it is another file" jobsched submit --file=in.json --batch=b
}

many() {
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf "{\"command\": [\"true\", \"%d\"], \"name\": \"job-%d\"}\n", i, i }'
}

@test "10,000 jobs are one transaction, more are a batch with a name that is told" {
	many 10001 >in.json
	succeeds jobsched submit --file=in.json
	[ "${#lines[@]}" = 10001 ]
	[[ $stderr == "jobsched: if this is interrupted, go on with --batch="* ]]
	batch=${stderr##*=}
	first=$output
	succeeds jobsched submit --file=in.json --batch="$batch"
	[ "$output" = "$first" ]
	[ "$(count)" = 10001 ]
}

@test "a bad line far down in a large file stores nothing" {
	many 10500 >in.json
	sed -i '10400s/.*/{"command": ""}/' in.json
	stores_nothing 2 "line 10400: "
	sed -i '10400s/.*/{"command": "x", "name": "job-3"}/' in.json
	stores_nothing 4 "line 10400: name 'job-3' is in the file twice"
}

some_are_stored() {
	[ "$(count)" -gt 0 ]
}

@test "an interrupted batch goes on, and no job is stored twice" {
	many 30000 >in.json
	# It cannot say more than a pipe holds, which is less than all.
	mkfifo said
	jobsched submit --file=in.json --batch=b >said &
	pid=$!
	exec 7<said
	poll 60 some_are_stored
	kill -KILL "$pid"
	wait "$pid" || :
	cat <&7 >ids
	exec 7<&-
	before=$(count)
	told=$(wc -l <ids)
	[ "$before" -lt 30000 ]
	[ "$before" -gt 0 ]
	succeeds jobsched submit --file=in.json --batch=b
	[ "$output" = "$(sql 'select id from jobs order by id')" ]
	[ "$(head -n "$told" <<<"$output")" = "$(head -n "$told" ids)" ]
	[ "$(sql 'select count(*), count(distinct name) from jobs')" = '30000|30000' ]
}
