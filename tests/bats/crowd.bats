#!/usr/bin/env bats
# Many at once on one database: so many submit, so many look, and a scheduler runs what comes, as fast as it can.
# Longer and larger by variables, see ../faults/README; the figures are said at the end.

load lib.bash

# What the manual promises: see jobschedd(8).
WAL_BOUND=$((32 * 1024 * 1024))

setup() {
	BATS_TEST_TIMEOUT=${CROWD_TIMEOUT:-$BATS_TEST_TIMEOUT}
	instance
}

teardown() {
	: >"$T/stop"
	wait_for "${crowd[@]}" || :
	clean_up
}

wait_for() {
	local pid status=0

	for pid; do
		wait "$pid" || status=1
	done
	return "$status"
}

# submitter NR SUBMITS: what it was told is in ids.NR; it gives up at the first refusal.
submitter() {
	local i

	for ((i = 0; i < $2; i++)); do
		js submit -- sh -c 'echo $JOBSCHED_JOB_ID >>out/ran' >>"ids.$1" 2>>"said.$1" || return
	done
}

# reader NR: looks until it is told to stop, and counts; what refuses it is in said.NR.
reader() {
	local looks=("list" "status" "attempts --limit=50" "--json list --state=done")

	while [ ! -e stop ]; do
		# Words are to be split.
		# shellcheck disable=SC2086
		js ${looks[RANDOM % 4]} >/dev/null 2>>"said.$1" || echo "status $?" >>"said.$1"
		echo >>"looks.$1"
	done
}

# The largest that the write-ahead log has been, in `wal`.
watch_wal() {
	local most=0 size

	while [ ! -e stop ]; do
		size=$(stat -c %s jobs.db-wal 2>/dev/null || echo 0)
		if [ "$size" -gt "$most" ]; then
			most=$size
			echo "$most" >wal
		fi
		sleep 0.1
	done
}

all_ran() {
	[ "$(sort -u out/ran 2>/dev/null | wc -l)" -ge "$1" ]
}

@test "submitters and readers in a crowd: nobody is told of a lock, nothing waits for ever, and the log stays bounded" {
	local submitters=${CROWD_SUBMITTERS:-20} submits=${CROWD_SUBMITS:-5} readers=${CROWD_READERS:-8} i
	local patience=$((60 + submitters * submits / 5))

	start_daemon
	crowd=()
	for ((i = 0; i < readers; i++)); do
		reader "reader-$i" 3>&- &
		crowd+=($!)
	done
	watch_wal 3>&- &
	crowd+=($!)
	for ((i = 0; i < submitters; i++)); do
		submitter "$i" "$submits" 3>&- &
		submitting[i]=$!
	done
	wait_for "${submitting[@]}" || {
		cat said.*
		return 1
	}
	# Readers do not leave off, and yet all comes to its end.
	poll "$patience" all_ran $((submitters * submits))
	poll "$patience" jobs_are "sum(state <> 'done') = 0"
	: >stop
	wait_for "${crowd[@]}"
	crowd=()
	[ -z "$(cat said.*)" ]
	[ "$(cat ids.* | sort -n | uniq -d | wc -l)" = 0 ]
	cat ids.* | sort -n | diff - <(sort -n out/ran)
	run ! grep -qE "busy|locked|error" log
	js db check
	echo "# $((submitters * submits)) submits, $(cat looks.* | wc -l) looks, log of at most $(cat wal) bytes" >&3
	[ "$(cat wal)" -le "$WAL_BOUND" ]
}
