# The programs of tests/fake, whose clocks a test moves: nothing that is due in an hour waits for one, and a
# machine that is slow brings nothing about.
#
# From where a test puts them the clocks run on, at their usual pace for ten seconds, and then at a tenth of it:
# however long a test takes, its clocks hardly leave the minute where it put them.
# shellcheck shell=bash

# on_test_clock [TIME]: from now on all programs are those; the wall clock shows TIME, or what it does anyhow.
on_test_clock() {
	# lib.bash sets it.
	# shellcheck disable=SC2154
	PATH=$builddir/tests/fake:$PATH
	# lib.bash reads it.
	# shellcheck disable=SC2034
	JOBSCHEDD=$builddir/tests/fake/jobschedd
	export JOBSCHED_TEST_CLOCK=$T/clock
	wall=0
	boot=0
	clock_put=$(real_us)
	if [ $# -gt 0 ]; then
		clock_at "$1"
	else
		put_clock
	fi
}

real_us() {
	echo $(($(date +%s%N) / 1000))
}

# Of what has passed since the clocks were put, what they did not go: see ../fake/clock.c.
slowness() {
	local slow=$(($1 - clock_put - 10000000))

	echo $((slow > 0 ? slow * 9 / 10 : 0))
}

# clock_us: what the wall clock shows, in microseconds.
clock_us() {
	local now

	now=$(real_us)
	echo $((now + wall - $(slowness "$now")))
}

# The clocks go on from what they show, as if they were put there now, which is up to the caller.
keep_clock() {
	local now slow

	now=$(real_us)
	slow=$(slowness "$now")
	wall=$((wall - slow))
	boot=$((boot - slow))
	clock_put=$now
}

put_clock() {
	echo "$wall $boot $clock_put" >"$T/clock.new"
	mv "$T/clock.new" "$T/clock"
}

# clock_at TIME: the wall clock shows it now.
clock_at() {
	keep_clock
	wall=$(($(date -u -d "$1" +%s) * 1000000 - clock_put))
	put_clock
}

# step SECONDS: somebody sets the wall clock. sleep_for SECONDS: both clocks go on, the programs do not.
step() {
	keep_clock
	wall=$((wall + $1 * 1000000))
	put_clock
}

sleep_for() {
	keep_clock
	boot=$((boot + $1 * 1000000))
	wall=$((wall + $1 * 1000000))
	put_clock
}

# sleep_until TIME: so that the wall clock shows it.
sleep_until() {
	keep_clock
	sleep_for_us $(($(date -u -d "$1" +%s) * 1000000 - $(clock_us)))
}

sleep_for_us() {
	boot=$((boot + $1))
	wall=$((wall + $1))
	put_clock
}

# time_goes_by: an hour, the timeout of a job for whose end a test waits. Its runner looks at the clock when
# something comes to it, as what such a job says now and then. Where the runner is killed and the job is to
# live on, that must not care for SIGPIPE.
time_goes_by() {
	sleep_for 3600
}

# The same, and the runner is killed before it can see it.
time_goes_by_without_runner() {
	local pid

	for pid in $(runner_pids); do
		kill -s STOP "$pid"
	done
	time_goes_by
	kill_runners
}
