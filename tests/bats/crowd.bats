#!/usr/bin/env bats
# Many at once on one database: so many submit, so many look, and a scheduler runs what comes, as fast as it can.
# Longer and larger by variables, see ../faults/README; the figures are said at the end.

load lib.bash

# What the manual promises: see jobschedd(8). The second is for whoever reads the whole of a database.
WAL_BOUND=$((32 * 1024 * 1024))
WHOLE_BOUND=$((64 * 1024 * 1024))

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

# grow TIMES: the only job, which is done, so many times doubled, with its attempt and its output.
grow() {
	local n=1 i

	for ((i = 0; i < $1; i++, n *= 2)); do
		cat <<-END
			CREATE TEMP TABLE j AS SELECT * FROM jobs;
			CREATE TEMP TABLE a AS SELECT * FROM attempts;
			CREATE TEMP TABLE o AS SELECT * FROM outputs;
			UPDATE j SET id = id + $n, last_fence = last_fence + $n;
			UPDATE a SET id = id + $n, job_id = job_id + $n;
			UPDATE o SET fence = fence + $n;
			INSERT INTO jobs SELECT * FROM j;
			INSERT INTO attempts SELECT * FROM a;
			INSERT INTO outputs SELECT * FROM o;
			DROP TABLE j; DROP TABLE a; DROP TABLE o;
		END
	done | sqlite3 -bail -cmd 'PRAGMA synchronous = OFF' jobs.db
	sqlite3 jobs.db "UPDATE counters SET value = $((1 << $1)) WHERE name IN ('jobs.done', 'last.job', 'last.fence')"
}

# whole NR: reads the whole database, again and again.
whole() {
	while [ ! -e stop ]; do
		if [ "$1" = 0 ]; then
			rm -f copy.db
			js db backup copy.db
		else
			js db check
		fi 2>>"said.whole-$1" || echo "status $?" >>"said.whole-$1"
		echo >>"looks.whole-$1"
	done
}

@test "who reads the whole database keeps no more in the log than is written meanwhile, however many do" {
	local i

	js db init
	js submit -- true
	jobschedd -C "$C" --once
	poll 20 once_is_done
	grow 16
	seq -f '{"command": "true", "in": "1h", "stdin": "%0300.0f"}' 10000 >bulk
	start_daemon
	crowd=()
	watch_wal 3>&- &
	crowd+=($!)
	for i in 0 1 2 3; do
		whole "$i" 3>&- &
		crowd+=($!)
	done
	for i in $(seq 1 "${CROWD_BULKS:-15}"); do
		js -q submit --file=bulk >/dev/null
	done
	: >stop
	wait_for "${crowd[@]}"
	crowd=()
	[ -z "$(cat said.*)" ]
	echo "# $(cat looks.* | wc -l) times the whole of $(stat -c %s jobs.db) bytes, log of at most $(cat wal) bytes" >&3
	[ "$(cat wal)" -le "$WHOLE_BOUND" ]
}

once_is_done() {
	jobschedd -C "$C" --once
	jobs_are "sum(state <> 'done') = 0"
}
