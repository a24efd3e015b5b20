# What the tests share that kill the scheduler or the runner in the middle of something.
# shellcheck shell=bash

# strike scheduler|runner|both: kills it, and lets it start again.
strike() {
	[ "$1" = scheduler ] || kill_runners
	[ "$1" != runner ] || return 0
	stop_daemon KILL
	start_daemon
}

# until_go NAME: shell text of a job that goes on when out/NAME is there.
until_go() {
	printf ': >"%s/out/began.%s"; until [ -e "%s/out/go.%s" ]; do sleep 0.05; done' "$T" "$1" "$T" "$1"
}

began() {
	[ -e "out/began.$1" ]
}

lines_in() {
	[ "$(wc -l 2>/dev/null <"$1" || echo 0)" -ge "$2" ]
}

# marked NAME: a job from now on has run: whatever could have started before it has.
marked() {
	js -q submit --name="$1" -- true
	js wait "$1"
}
