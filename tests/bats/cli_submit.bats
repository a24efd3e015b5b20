#!/usr/bin/env bats
# submit: every form of a job, names, and what is refused.

setup() {
	load cli.bash
	private
}

teardown() {
	remove_nobody_home
}

# field NAME, type NAME: of job 1.
field() {
	run --separate-stderr jobsched --json status 1
	json "\$.jobs[0].$1"
}

type() {
	run --separate-stderr jobsched --json status 1
	json_type "\$.jobs[0].$1"
}

@test "submit prints the id, one line, and creates a private database" {
	succeeds jobsched submit true
	[ "$output" = 1 ]
	succeeds jobsched submit true
	[ "$output" = 2 ]
	[ "$(stat -c %a "$JOBSCHED_DB")" = 600 ]
}

@test "submit --json prints the id as a number" {
	succeeds jobsched --json submit true
	[ "$output" = '{"version": 1, "id": 1}' ]
}

@test "words are an argument vector, byte for byte" {
	jobsched submit printf '%s\n' 'a  b' '' '*'
	[ "$(field argv)" = '["printf","%s\\n","a  b","","*"]' ]
	[ "$(type command)" = null ]
}

@test "one word with a blank is a shell command" {
	jobsched submit 'echo a | cat'
	[ "$(field command)" = 'echo a | cat' ]
	[ "$(type argv)" = null ]
}

@test "--shell joins the words" {
	jobsched submit --shell echo a '|' cat
	[ "$(field command)" = 'echo a | cat' ]
}

@test "options behind the command are the command's" {
	jobsched submit -- env --retries=3 -h
	[ "$(field argv)" = '["env","--retries=3","-h"]' ]
	[ "$(field retries)" = 0 ]
}

@test "the caller's directory and user are stored, the environment is not" {
	FOO=bar jobsched submit true
	[ "$(field cwd)" = "$dir" ]
	[ "$(field user)" = "$(id -un)" ]
	[ "$(field env)" = '[]' ]
}

@test "in a directory that was removed a job needs --cwd" {
	mkdir gone
	cd gone
	rmdir "$dir/gone"
	refuses 1 "cannot tell the current directory" jobsched submit true
	jobsched submit --cwd=/ true
	[ "$(field cwd)" = / ]
}

@test "--cwd and --env choose otherwise" {
	FOO='a b' jobsched submit --cwd=/ --env=FOO --env=X=1 true
	[ "$(field cwd)" = / ]
	[ "$(field env)" = '["FOO=a b","X=1"]' ]
}

@test "a job without a schedule is due at once" {
	jobsched submit true
	[ "$(field state)" = pending ]
	[ "$(field schedule)" = "$(field next_run_at)" ]
}

@test "the forms of a schedule" {
	jobsched submit --at=2100-01-02T03:04:05+01:00 true
	[ "$(field next_run_at)" = 2100-01-02T02:04:05.000Z ]
	jobsched submit --name=in --in=1h true
	jobsched submit --name=cron --cron='30 4 * * *' --tz=Europe/Berlin true
	jobsched submit --name=every --every=15m true
	succeeds jobsched --json list
	[ "$(json '$.jobs[2].schedule')" = '30 4 * * *' ]
	[ "$(json '$.jobs[2].tz')" = Europe/Berlin ]
	[ "$(json '$.jobs[3].schedule')" = '@every 15m' ]
}

@test "times without an offset are read in the local zone" {
	TZ=Asia/Tokyo jobsched submit --at='2100-01-01 09:00' true
	[ "$(field next_run_at)" = 2100-01-01T00:00:00.000Z ]
	[ "$(TZ=Asia/Tokyo jobsched --no-header list | grep -c '2100-01-01 09:00:00')" = 1 ]
}

@test "a schedule without a zone follows the daemon's, whatever the caller's" {
	jobsched db init
	# As a daemon leaves it.
	sql "INSERT INTO settings VALUES ('zone', 'Asia/Tokyo')"
	TZ=America/New_York jobsched submit --cron='0 9 * * *' true
	[[ $(field next_run_at) == *T00:00:00.000Z ]]
	echo 'tz = "Europe/Berlin"' >>"$JOBSCHED_CONFIG"
	jobsched submit --replace --name=n --cron='0 9 1 1 *' true
	succeeds jobsched --json status n
	[[ $(json '$.jobs[0].next_run_at') == *T08:00:00.000Z ]]
}

@test "all options of a job are kept" {
	jobsched submit --name=n --cron='0 0 1 1 *' --tz=UTC --until=2110-01-01T00:00:00Z --count=3 \
		--stdin=text --priority=9 --queue=q --label=a=b --require=gpu --retries=2 \
		--backoff=5s..1m --timeout=10m --grace=3s --deadline=1h --overlap=wait --missed=all:5 \
		--dst-gap=skip --dst-repeat=both --not-on=holidays --jitter=30s --order-key=k \
		--order-on-failure=go --lock-scope=tree --on=any --output=1K --mail=root \
		--mail-on=always --nice=5 --limit=nofile=100 true
	[ "$(field name)" = n ]
	[ "$(field until)" = 2110-01-01T00:00:00.000Z ]
	[ "$(field count)" = 3 ]
	[ "$(field stdin_text)" = text ]
	[ "$(field priority)" = 9 ]
	[ "$(field queue)" = q ]
	[ "$(field labels)" = '["a=b"]' ]
	[ "$(field require)" = '["gpu"]' ]
	[ "$(field retries)" = 2 ]
	[ "$(field backoff)/$(field backoff_max)" = 5/60 ]
	[ "$(field timeout)/$(field grace)/$(field deadline)/$(field jitter)" = 600/3/3600/30 ]
	[ "$(field overlap)/$(field missed)/$(field missed_max)" = wait/all/5 ]
	[ "$(field dst_gap)/$(field dst_repeat)/$(field not_on)" = skip/both/holidays ]
	[ "$(field order_key)/$(field order_on_failure)" = k/go ]
	[ "$(field lock_scope)/$(field on)/$(field output)" = tree/any/1024 ]
	[ "$(field mail)/$(field mail_on)/$(field nice)" = root/always/5 ]
	[ "$(field limits)" = '["nofile=100"]' ]
}

@test "the config's defaults are where a job starts" {
	echo 'default_retries = 4' >>"$JOBSCHED_CONFIG"
	jobsched submit true
	[ "$(field retries)" = 4 ]
	jobsched submit --name=n --retries=0 true
	succeeds jobsched --json status n
	[ "$(json '$.jobs[0].retries')" = 0 ]
}

@test "a taken name is a conflict, and changes nothing" {
	jobsched submit --name=n --priority=1 true
	refuses 4 "'n'" jobsched submit --name=n --priority=2 true
	[ "$(field priority)" = 1 ]
	[ "$(sql 'select count(*) from jobs')" = 1 ]
}

@test "--if-absent prints the old id and changes nothing" {
	jobsched submit --name=n --priority=1 true
	succeeds jobsched submit --if-absent --name=n --priority=2 true
	[ "$output" = 1 ]
	[ "$(field priority)" = 1 ]
	succeeds jobsched submit --if-absent --name=m true
	[ "$output" = 2 ]
}

@test "--replace keeps the id and takes the new definition" {
	jobsched submit --name=n --priority=1 true
	succeeds jobsched submit --replace --name=n --priority=2 --at=2100-01-01T00:00:00Z false
	[ "$output" = 1 ]
	[ "$(field priority)" = 2 ]
	[ "$(field argv)" = '["false"]' ]
	[ "$(field next_run_at)" = 2100-01-01T00:00:00.000Z ]
}

@test "a name is taken by an ended job, too" {
	jobsched submit --name=n true
	jobsched cancel n
	refuses 4 "'n'" jobsched submit --name=n true
}

@test "names are UTF-8 and are shown as they are" {
	jobsched submit --name=größe-☃ true
	[ "$(field name)" = größe-☃ ]
	[[ $(LC_ALL=C jobsched list) == *größe-☃* ]]
}

@test "a job after others needs them, by id or name" {
	jobsched submit --name=first --at=2100-01-01T00:00:00Z true
	succeeds jobsched submit --after=first,1 true
	refuses 3 "'second'" jobsched submit --after=second true
	refuses 3 "99" jobsched submit --after-any=99 true
	[ "$(sql 'select count(*) from jobs')" = 2 ]
}

@test "bad input: one line, its status, and nothing stored" {
	local long
	long=$(printf '%4097s' '' | tr ' ' x)
	jobsched db init
	while read -r status text; do
		local -a words=()
		while read -r word && [ -n "$word" ]; do
			words+=("${word//LONG/$long}")
		done
		refuses "$status" "$text" jobsched submit "${words[@]}"
	done <<-'EOF'
		2 there is no command

		2 option '--at'
		--at=yesterday
		true

		2 option '--at'
		--at=2026-13-01T00:00:00Z
		true

		2 option '--in'
		--in=soon
		true

		2 option '--cron'
		--cron=* * * *
		true

		2 option '--cron'
		--cron=61 * * * *
		true

		2 option '--cron'
		--cron=0 0 30 2 *
		true

		2 option '--every'
		--every=0
		true

		2 '--at' and '--cron'
		--at=now
		--cron=* * * * *
		true

		2 option '--tz'
		--tz=Europe/Nowhere
		true

		2 option '--priority'
		--priority=10
		true

		2 option '--retries'
		--retries=-1
		true

		2 option '--overlap'
		--overlap=maybe
		true

		2 option '--name'
		--name=123
		true

		2 option '--name'
		--name=
		true

		2 option '--name'
		--name=a/b
		true

		2 option '--name'
		--name=LONG
		true

		2 option '--queue'
		--queue=LONG
		true

		2 option '--env'
		--env=JOBSCHED_TEST_UNSET
		true

		2 option '--cwd'
		--cwd=
		true

		2 option '--nice'
		--nice=20
		true

		2 option '--limit'
		--limit=nofile
		true

		2 option '--name': given twice
		--name=a
		--name=b
		true

		2 exclude each other
		--if-absent
		--replace
		--name=a
		true

		2 '--batch' is for '--file'
		--batch=x
		true

	EOF
	[ "$(sql 'select count(*) from jobs')" = 0 ]
}

@test "a name that is not UTF-8, or has a control character, is refused" {
	refuses 2 "option '--name'" jobsched submit --name=$'a\xff' true
	refuses 2 "option '--name'" jobsched submit --name=$'a\eb' true
	refuses 2 "option '--name'" jobsched submit --name=$'a\nb' true
}

@test "a command that is too long is refused" {
	local word
	word=$(head -c 100000 /dev/zero | tr '\0' x)
	refuses 2 "longer than" jobsched submit echo "$word" "$word"
}

@test "root may submit for others, who must exist" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	jobsched submit --user=nobody true
	[ "$(field user)" = nobody ]
	refuses 2 "unknown user 'no-such-user'" jobsched submit --user=no-such-user true
}

@test "others submit for themselves only" {
	nobody_home
	refuses 6 "only root can submit jobs for another user" as_nobody jobsched submit --user=root true
	refuses 2 "unknown user 'no-such-user'" as_nobody jobsched submit --user=no-such-user true
}

@test "whom the config refuses is not permitted" {
	echo "deny_users = {\"$(id -un)\"}" >>"$JOBSCHED_CONFIG"
	refuses 6 "deny_users" jobsched submit true
	[ ! -e "$JOBSCHED_DB" ]
}

@test "a full disk at submit: status 5, and nothing half-written" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	unshare -m true 2>/dev/null || skip "no file systems can be mounted here"
	mkdir "$dir/small"
	# shellcheck disable=SC2016
	run unshare -m bash -c '
		mount -t tmpfs -o size=512k none "$1" || exit 77
		export JOBSCHED_DB=$1/jobs.db
		jobsched submit true
		dd if=/dev/zero of="$1/fill" bs=1k 2>/dev/null
		jobsched submit --stdin="$(head -c 100000 /dev/zero | tr "\0" x)" true
		echo "status $?"
		rm "$1/fill"
		jobsched db check && jobsched --no-header list | wc -l' - "$dir/small"
	[ "$status" -ne 77 ] || skip "no tmpfs"
	echo "$output"
	[ "${lines[0]}" = 1 ]
	[[ ${lines[1]} == "jobsched: "* ]]
	[ "${lines[2]}" = "status 5" ]
	[ "${lines[3]}" = 1 ]
}
