#!/usr/bin/env bats
# As whom, where and with what a job runs, and what becomes of one that cannot: an error with its step and errno,
# tried again as any failure.

load lib.bash

setup() {
	instance
}

teardown() {
	clean_up
	[ -z "${D:-}" ] || rm -rf "$D"
}

need_root() {
	[ "$(id -u)" -eq 0 ] || skip "only root runs jobs of others"
}

# retried JOB REASON: it has had two attempts, both errors with this reason (a pattern) and no exit status.
retried() {
	run -126 js wait "$1"
	[ "$(ledger "count(*) = 2 AND min(outcome = 'error' AND reason LIKE '$2' AND exit_status IS NULL)
		FROM attempt WHERE job = '$1'")" = 1 ]
}

# again NAME COMMAND...: a job that is tried twice.
again() {
	js -q submit --name="$1" --retries=1 --backoff=1s..1s "${@:2}"
}

# ---- what it gets ----

@test "a job of another user has that user's ids and groups, and none of root's" {
	need_root
	start_daemon
	# One who is in more groups than his own, where there is one.
	user=$(getent group | awk -F '[:,]' '$4 != "" && $4 != "root" { print $4; exit }')
	user=${user:-nobody}
	js -q submit --name=who --user="$user" --cwd=/ -- grep -E '^(Uid|Gid|Groups|CapEff):' /proc/self/status
	js wait who
	uid=$(id -u "$user") gid=$(id -g "$user")
	groups=$(id -G "$user" | tr ' ' '\n' | sort -n | xargs)
	run -0 js output who
	[ "${lines[0]}" = "Uid:"$'\t'"$uid"$'\t'"$uid"$'\t'"$uid"$'\t'"$uid" ]
	[ "${lines[1]}" = "Gid:"$'\t'"$gid"$'\t'"$gid"$'\t'"$gid"$'\t'"$gid" ]
	[ "$(tr -s '\t ' '\n' <<<"${lines[2]}" | tail -n +2 | sort -n | xargs)" = "$groups" ]
	[ "${lines[3]}" = "CapEff:"$'\t'0000000000000000 ]
}

@test "umask, nice value, environment, signals and descriptors are not those of the daemon" {
	umask 077
	export SECRET=x
	exec 8<"$C"
	trap '' HUP USR1
	start_daemon
	trap - HUP USR1
	exec 8<&-
	umask 022
	js -q submit --name=plain --shell 'umask; nice; env; ls -m /proc/$$/fd'
	js -q submit --name=signals -- grep -E '^Sig(Blk|Ign):' /proc/self/status
	js -q submit --name=low --nice=7 -- nice
	js wait plain low signals
	run -0 js output plain
	[ "${lines[0]}" = 0022 ]
	[ "${lines[1]}" = "$(nice)" ]
	[[ $output != *SECRET* ]]
	[ "${lines[-1]}" = "0, 1, 2" ]
	run -0 js output signals
	[[ $output == *SigBlk:$'\t'0000000000000000* ]]
	[[ $output == *SigIgn:$'\t'0000000000000000* ]]
	[ "$(js output low)" = "$(nice -n 7 nice)" ]
}

@test "a job starts in its folder; without one in HOME, and where there is no HOME at the root" {
	mkdir there
	start_daemon
	js -q submit --name=there --cwd="$T/there" -- pwd
	tab homes <<-END
		HOME=$T/home
		@every 1h @USER@ --name=home pwd
		HOME=/no/such
		@every 1h @USER@ --name=homeless pwd
	END
	kill -HUP "$daemon"
	poll 30 ledger_is "count(*) = 3 AND min(outcome = 'ok')"
	[ "$(js output there)" = "$T/there" ]
	[ "$(js output home)" = "$T/home" ]
	[ "$(js output homeless)" = / ]
}

@test "each limit holds, soft and hard" {
	start_daemon
	js -q submit --name=all --limit=nofile=60:70,as=4000000000,cpu=9:12,core=0 --limit=fsize=4096 --shell \
		'ulimit -Sn; ulimit -Hn; grep -E "^Max (address|cpu|core|file size)" /proc/$$/limits'
	js -q submit --name=long --limit=cpu=1 --shell 'while :; do :; done'
	js wait all
	run -0 js output all
	[ "${lines[0]} ${lines[1]}" = "60 70" ]
	[[ $output =~ Max\ address\ space\ +4000000000\ +4000000000\  ]]
	[[ $output =~ Max\ cpu\ time\ +9\ +12\  ]]
	[[ $output =~ Max\ core\ file\ size\ +0\ +0\  ]]
	[[ $output =~ Max\ file\ size\ +4096\ +4096\  ]]
	run js wait long
	ledger_is "sum(job = 'long' AND outcome = 'killed' AND signal IN (9, 24)) = 1"
}

# ---- what cannot start ----

@test "a user who has gone is an error that names him" {
	need_root
	js -q submit --name=left --user=nobody --cwd=/ --retries=1 --backoff=1s..1s -- true
	# As if the account had been removed.
	sqlite3 "$T/jobs.db" "UPDATE jobs SET user = 'no-such-user'"
	start_daemon
	retried left "no such user ''no-such-user''"
}

@test "a folder that is gone is an error" {
	mkdir gone
	again nowhere --cwd="$T/gone" -- true
	rmdir gone
	start_daemon
	retried nowhere "cannot change to folder ''$T/gone'': No such file or directory"
}

@test "once what was missing is there, the retry succeeds" {
	js -q submit --name=back --cwd="$T/gone" --retries=1000 --backoff=1s..1s -- true
	start_daemon
	poll 30 ledger_is "sum(outcome = 'error') > 0"
	mkdir gone
	js wait back
	ledger_is "sum(outcome = 'ok') = 1"
}

@test "a folder that is closed to the user is an error" {
	need_root
	mkdir -m 700 closed
	chmod 755 "$BATS_RUN_TMPDIR" 2>/dev/null || :
	start_daemon
	again closed --user=nobody --cwd="$T/closed" -- true
	retried closed "cannot change to folder ''$T/closed'': Permission denied"
}

@test "what is not there, not executable, or no program is an error" {
	echo text >plain
	printf '\177ELF but not really' >broken
	chmod 755 broken
	start_daemon
	again missing -- "$T/missing"
	again plain -- "$T/plain"
	again broken -- "$T/broken"
	retried missing "cannot run ''$T/missing'': No such file or directory"
	retried plain "cannot run ''$T/plain'': Permission denied"
	retried broken "cannot run ''$T/broken'': Exec format error"
}

@test "a limit that the kernel refuses is an error that names it" {
	start_daemon
	again more --limit=core=0,nofile=4000000000 -- true
	retried more "cannot set limit ''nofile=4000000000'': Operation not permitted"
}

@test "a user who has too many processes already is an error: EAGAIN" {
	need_root
	start_daemon
	# The new one is not counted yet when the kernel looks.
	js -q submit --name=first --user=nobody --cwd=/ -- sleep 1000
	poll 30 has_process nobody sleep
	again full --user=nobody --cwd=/ --limit=nproc=0 -- true
	retried full "cannot run ''true'': Resource temporarily unavailable"
}

has_process() {
	pgrep -u "$1" -x "$2" >/dev/null
}

# ---- without root ----

# own_user: $D has a home and the programs, and "${as[@]}" runs what follows as somebody who is not root.
own_user() {
	D=$(mktemp -d)
	mkdir -p "$D/home/.config/jobsched/jobsched.d" "$D/bin"
	cp "$builddir/jobsched" "$builddir/jobschedd" "$builddir/jobsched-runner" "$builddir"/*.so "$D/bin"
	as=()
	if [ "$(id -u)" -eq 0 ]; then
		as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
		chown -R nobody:nogroup "$D"
	fi
	chmod 755 "$D" "$D/bin"
	as+=(env HOME="$D/home" PATH="$D/bin:/usr/bin:/bin")
	cd "$D" || return
}

own_daemon() {
	"${as[@]}" jobschedd -f 2>>"$T/log" 3>&- 4>&- &
	daemon=$!
	poll 20 has_logged ready
}

own_runner() {
	pids_with "--locks=$D/home"
}

own_gone() {
	[ -z "$(pids_with "$D/")" ]
}

tells() {
	[[ $("${@:2}" 2>&1) == *"$1"* ]]
}

@test "who is not root is refused another user at submit and at load" {
	own_user
	run -6 "${as[@]}" jobsched submit --user=root -- id -un
	[[ $output == *"only root"* ]]
	t=$D/home/.config/jobsched/jobsched.d/mine
	echo '@every 1h --name=other --user=root id -un' >"$t"
	[ "$(id -u)" -ne 0 ] || chown nobody:nogroup "$t"
	run -1 "${as[@]}" jobsched tab check "$t"
	[[ $output == *"$t:1:"* ]]
	own_daemon
	poll 30 tells "$t:1:" "${as[@]}" jobsched status
	[ "$("${as[@]}" jobsched --no-header list | wc -l)" = 0 ]
	kill -TERM "$daemon"
	wait "$daemon" || :
	poll 20 own_gone
}

@test "no process left to be had is an error, EAGAIN at the start, and is tried again" {
	own_user
	own_daemon
	"${as[@]}" jobsched submit --name=first --wait -- true
	# The runner lives: from now on it can start nothing, and then it can again.
	hard=$("${as[@]}" prlimit --nproc --noheadings --raw --output=HARD --pid "$(own_runner)")
	"${as[@]}" prlimit --nproc=0: --pid "$(own_runner)"
	"${as[@]}" jobsched -q submit --name=full --retries=1000 --backoff=1s..1s -- true
	poll 30 tells "cannot start a process: Resource temporarily unavailable" "${as[@]}" jobsched attempts full
	[[ $("${as[@]}" jobsched attempts full) == *" error "* ]]
	"${as[@]}" prlimit "--nproc=$hard:" --pid "$(own_runner)"
	"${as[@]}" jobsched wait full
	kill -TERM "$daemon"
	wait "$daemon" || :
	poll 20 own_gone
}
