#!/usr/bin/env bats
# The checker of fault runs on forged histories: a clean one passes, and each rule is broken once and found.

load lib.bash

checker=$srcdir/tests/faults/checker
T0=1700000000000000 # a full second; all times here are microseconds after it

sql() {
	sqlite3 -bail "$H/jobs.db" "$1"
}

# stamp MICROSECONDS: as in the environment of a job.
stamp() {
	sqlite3 :memory: "SELECT strftime('%Y-%m-%dT%H:%M:%S', ($T0 + $1) / 1000000, 'unixepoch')
		|| printf('.%03dZ', ($T0 + $1) / 1000 % 1000)"
}

# job ID SCHEDULE STATE [RETRIES]
job() {
	local options=NULL

	[ -z "${4:-}" ] || options="json_object('retries', $4)"
	sql "INSERT INTO jobs (id, schedule, periodic, options, state)
		VALUES ($1, '$2', substr('$2', 1, 1) IN ('@', '*'), $options, '$3')"
}

# line WHAT JOB DUE ATTEMPT FENCE AT [STATUS]
line() {
	echo "$1|$2|$(stamp "$3")|$4|$5|77|$((9000000000 + $6))|$((T0 + $6))|${7:-}" >>"$H/evidence/01"
}

# attempt FENCE JOB DUE NUMBER OUTCOME STATUS FROM TO: the row, and both lines. STATUS may be NULL.
attempt() {
	sql "INSERT INTO attempts (id, job_id, scheduled_for, attempt, manual, node, runner, outcome, exit_status,
		ready_at, claimed_at, started_at, finished_at, dead) VALUES ($1, $2, $T0 + $3, $4, 0, 'here', 1,
		'$5', $6, $T0 + $3, $T0 + $7 - 2000, $T0 + $7 - 1000, $T0 + $8 + 1000, 0)"
	line start "$2" "$3" "$4" "$1" "$7"
	line end "$2" "$3" "$4" "$1" "$8" "${6/NULL/0}"
}

# skip JOB REASON COUNT FIRST LAST
skipped() {
	sql "INSERT INTO skips (job_id, reason, count, first_scheduled_for, last_scheduled_for)
		VALUES ($1, '$2', $3, $T0 + $4, $T0 + $5)"
}

fact() {
	echo "$1" >>"$H/facts"
}

MINUTE=60000000

# A history in which all is well, with something of everything in it: made once, and a copy for each test.
setup_file() {
	H=$BATS_FILE_TMPDIR/history
	mkdir -p "$H/evidence"
	sqlite3 -bail "$H/jobs.db" <"$srcdir/src/store/sqlite/schema.sql"
	# The columns, without what they must hold: the checker reads some of them only.
	sql "DROP VIEW job_status; DROP VIEW ledger"
	for table in jobs attempts occurrences skips; do
		sql "CREATE TABLE bare AS SELECT * FROM $table; DROP TABLE $table; ALTER TABLE bare RENAME TO $table"
	done
	printf '%s\n' 1 2 3 4 7 8 9 >"$H/acked"

	# One that went well, one at its second try, a dead letter.
	job 1 "once" active
	attempt 1 1 1000 1 ok 0 100000 200000
	job 2 "once" active 1
	attempt 2 2 2000 1 failed 3 100000 200000
	attempt 3 2 2000 2 ok 0 300000 400000
	job 3 "once" failed
	attempt 4 3 3000 1 failed 9 100000 200000
	sql "UPDATE attempts SET dead = 1 WHERE id = 4"
	# Cancelled before it ran, and while it ran.
	job 4 "once" cancelled
	fact "cancel|4|$((T0 + 50000))|$((T0 + 60000))"
	job 7 "once" cancelled
	attempt 10 7 4000 1 cancelled NULL 100000 200000
	sql "UPDATE attempts SET signal = 15 WHERE id = 10"
	sed -i '/^end|7|/d' "$H/evidence/01"
	fact "cancel|7|$((T0 + 150000))|$((T0 + 160000))"
	# Each minute: run, run, two that overlapped, run.
	job 5 "* * * * *" active
	attempt 5 5 $MINUTE 1 ok 0 $((MINUTE + 2100)) $((MINUTE + 2200))
	attempt 6 5 $((2 * MINUTE)) 1 ok 0 $((2 * MINUTE + 2100)) $((4 * MINUTE + 200))
	skipped 5 overlap 2 $((3 * MINUTE)) $((4 * MINUTE))
	attempt 7 5 $((5 * MINUTE)) 1 ok 0 $((5 * MINUTE + 2100)) $((5 * MINUTE + 2200))
	fact "expected|5|$((T0 + MINUTE))|$((T0 + 5 * MINUTE))|$MINUTE"
	# An interval.
	job 6 "@every 2s" active
	attempt 8 6 10000 1 ok 0 20000 30000
	attempt 9 6 2018000 1 ok 0 2020000 2030000
	# Its runner was killed, it ended all the same, and was tried again.
	job 8 "once" active 1
	attempt 11 8 5000 1 lost NULL 100000 200000
	attempt 12 8 5000 2 ok 0 300000 400000
	sql "UPDATE attempts SET runner = 2 WHERE id = 11"
	fact "killed|2"
	# Paused, run by hand meanwhile, and resumed.
	job 9 "once" active
	fact "pause|9|$((T0 + 1000))|$((T0 + 2000))"
	attempt 13 9 6000 1 ok 0 100000 200000
	attempt 14 9 250000 1 ok 0 300000 400000
	sql "UPDATE attempts SET manual = 1 WHERE id = 13"
	fact "run|9"
	fact "resume|9|$((T0 + 260000))|$((T0 + 270000))"
	# Bulk: whole.
	job 20 "once" active
	attempt 15 20 7000 1 ok 0 100000 200000
	sql "UPDATE jobs SET name = 'b1-0' WHERE id = 20"
	fact "bulk|b1|1|1"
	fact "bulk|b2|5|0"
}

setup() {
	H=$BATS_TEST_TMPDIR/history
	cp -R "$BATS_FILE_TMPDIR/history" "$H"
}

# breaks RULE: it, and nothing else, is found.
breaks() {
	run -1 "$checker" "$H"
	[ "$(grep -v '^checker ' <<<"$output" | cut -d: -f1 | sort -u)" = "$1" ]
}

@test "a clean history passes" {
	run -0 "$checker" "$H"
	[ "${#lines[@]}" = 1 ]
	[[ $output == *"15 starts, 14 ends, 15 attempts, 1 lost, 7 acknowledged jobs of 10, 5 expected"*" 0 violations" ]]
}

@test "what cannot be judged is trouble, and no verdict" {
	run -2 "$checker"
	run -2 "$checker" "$BATS_TEST_TMPDIR"
	echo "no database" >"$H/jobs.db"
	run -2 "$checker" "$H"
}

@test "without what submitters were told, or without evidence, there is no verdict" {
	mv "$H/acked" "$H/told"
	run -2 "$checker" "$H"
	mv "$H/told" "$H/acked"
	mv "$H/evidence" "$H/gone"
	run -2 "$checker" "$H"
}

@test "unreadable: a torn line of evidence" {
	printf 'start|1|2023' >>"$H/evidence/01"
	breaks unreadable
}

@test "unreadable: an acknowledged id that is no number" {
	echo "1x" >>"$H/acked"
	run -1 "$checker" "$H"
	[[ $output == *"unreadable: acknowledged id 1x"* ]]
}

@test "unreadable: an acknowledged id with something behind it, and an empty one" {
	echo "1|2" >>"$H/acked"
	breaks unreadable
	sed -i '$s/.*//' "$H/acked"
	run -1 "$checker" "$H"
	[[ $output == *"unreadable: acknowledged id"* ]]
}

@test "unreadable: an end that was cut before its status is no end that was well" {
	sed -i 's/^\(end|1|.*|\)0$/\1/' "$H/evidence/01"
	run -1 "$checker" "$H"
	[[ $output == *"unreadable: end of job 1"* ]]
}

@test "unreadable: a quote in a torn line swallows none of those behind it" {
	sed -i '1i start|"1|2023-11-14T22:13:20.001Z|1|1|77|1|1|' "$H/evidence/01"
	run -1 "$checker" "$H"
	[[ $output == *"unreadable: start of job ?1"* ]]
	[[ $output == *"16 starts, 14 ends"* ]]
}

@test "started-twice: two starts under one fence" {
	line start 3 3000 1 4 250000
	breaks started-twice
}

@test "ended-twice: two ends under one fence" {
	line end 3 3000 1 4 200500 9
	breaks ended-twice
}

@test "acked-gone: an acknowledged job that is not there" {
	echo 99 >>"$H/acked"
	breaks acked-gone
}

@test "acked-unrun: an acknowledged job without an attempt or a reason" {
	job 30 "once" active
	echo 30 >>"$H/acked"
	breaks acked-unrun
}

@test "acked-unrun: a failure with retries left that was not tried again" {
	job 30 "once" active 2
	attempt 30 30 1000 1 failed 1 100000 200000
	echo 30 >>"$H/acked"
	run -1 "$checker" "$H"
	[[ $output == *"acked-unrun: job 30"* ]]
}

@test "unrun: a job that nobody was told of, without an attempt or a reason" {
	job 30 "once" active
	breaks unrun
}

@test "acked-unrun: an overlap is no reason for which a job never runs" {
	job 30 "once" active
	skipped 30 overlap 1 1000 1000
	echo 30 >>"$H/acked"
	breaks acked-unrun
}

@test "counted: a schedule that ran less often than it was to, and more often" {
	job 30 "@every 1s" active
	sql "UPDATE jobs SET options = '{\"count\":2}' WHERE id = 30"
	attempt 30 30 8000 1 ok 0 100000 200000
	breaks counted
	attempt 31 30 1108000 1 ok 0 1200000 1300000
	run -0 "$checker" "$H"
	attempt 32 30 2208000 1 ok 0 2300000 2400000
	breaks counted
}

@test "a skip explains an acknowledged job" {
	job 30 "once" failed
	skipped 30 deadline 1 1000 1000
	echo 30 >>"$H/acked"
	run -0 "$checker" "$H"
}

@test "unasked: a cancelled job that nobody cancelled" {
	sed -i '/^cancel|4|/d' "$H/facts"
	breaks unasked
}

@test "unasked: a cancelled attempt that nobody cancelled" {
	sql "UPDATE attempts SET outcome = 'cancelled' WHERE id = 9"
	breaks unasked
}

@test "unasked: a cancelled occurrence that nobody cancelled" {
	skipped 1 cancelled 1 9000 9000
	breaks unasked
}

@test "bulk-torn: a part of a bulk submission" {
	job 30 "once" active
	attempt 30 30 7000 1 ok 0 100000 200000
	sql "UPDATE jobs SET name = 'b2-3' WHERE id = 30"
	breaks bulk-torn
}

@test "bulk-torn: an acknowledged bulk submission that is not there" {
	sql "UPDATE jobs SET name = NULL WHERE id = 20"
	breaks bulk-torn
}

@test "unrecorded: an attempt that ran and is not in the ledger" {
	line start 4 8000 1 40 300000
	breaks unrecorded
}

@test "mixed-up: evidence under another job's fence" {
	sql "UPDATE attempts SET job_id = 20 WHERE id = 1"
	run -1 "$checker" "$H"
	[[ $output == *"mixed-up: start of job 1, fence 1"* ]]
}

@test "no-evidence: ok without an end" {
	sed -i '/^end|1|/d' "$H/evidence/01"
	breaks no-evidence
}

@test "no-evidence: failed without a start" {
	sed -i '/|3|/d' "$H/evidence/01"
	breaks no-evidence
}

@test "contradicted: an end whose attempt is recorded as an error" {
	sql "UPDATE attempts SET outcome = 'error', exit_status = NULL WHERE id = 2"
	breaks contradicted
}

@test "contradicted: an end in good time whose attempt is recorded as a timeout" {
	sql "UPDATE attempts SET outcome = 'timeout' WHERE id = 2; UPDATE jobs SET options = '{\"retries\":1,\"timeout\":5000000}' WHERE id = 2"
	breaks contradicted
}

@test "contradicted: a start whose attempt is recorded as one that could not" {
	sql "UPDATE attempts SET outcome = 'error', exit_status = NULL WHERE id = 2"
	sed -i '/^end|2|.*|3$/d' "$H/evidence/01"
	breaks contradicted
}

@test "contradicted: an end long before somebody cancelled the job" {
	line end 7 4000 1 10 120000 0
	run -0 "$checker" "$H"
	sed -i "s/^cancel|7|.*/cancel|7|$((T0 + 10200000))|$((T0 + 10300000))/" "$H/facts"
	sql "UPDATE attempts SET finished_at = $T0 + 10250000 WHERE id = 10"
	breaks contradicted
}

@test "status: another exit status than the one that the job saw" {
	sql "UPDATE attempts SET exit_status = 4 WHERE id = 2"
	breaks status
}

@test "status: ok, and the job failed" {
	sed -i 's/^\(end|1|.*|\)0$/\11/' "$H/evidence/01"
	sql "UPDATE attempts SET exit_status = 1 WHERE id = 1"
	breaks status
}

@test "times: a span in the ledger that is too short" {
	sql "UPDATE attempts SET finished_at = finished_at - 60000 WHERE id = 2"
	breaks times
}

@test "ok-twice: an occurrence with two attempts that were ok" {
	sql "UPDATE attempts SET outcome = 'ok', exit_status = 0 WHERE id = 2"
	sed -i 's/^\(end|2|.*|\)3$/\10/' "$H/evidence/01"
	run -1 "$checker" "$H"
	[[ $output == *"ok-twice: job 2"* ]]
}

@test "after-ok: a further attempt after one that was ok" {
	sql "UPDATE jobs SET options = '{\"retries\":1}' WHERE id = 1"
	attempt 30 1 1000 2 failed 7 300000 400000
	sql "UPDATE attempts SET dead = 1 WHERE id = 30"
	breaks after-ok
}

@test "twice: a job that is to run one time, at two times" {
	attempt 30 1 1001 1 ok 0 300000 400000
	breaks twice
}

@test "unasked: a run by hand for which nobody asked" {
	sed -i '/^run|9/d' "$H/facts"
	breaks unasked
}

@test "numbered: an attempt that has gone from the ledger, and left no evidence" {
	sql "DELETE FROM attempts WHERE id = 2"
	sed -i '/^[a-z]*|2|[^|]*|1|/d' "$H/evidence/01"
	breaks numbered
}

@test "too-seldom: a dead letter with retries left" {
	sql "UPDATE jobs SET options = '{\"retries\":1}' WHERE id = 3"
	breaks too-seldom
}

@test "too-seldom: a failure of a schedule that was not tried again" {
	sql "UPDATE jobs SET options = '{\"retries\":1}' WHERE id = 6"
	attempt 30 6 4018000 1 failed 1 4020000 4030000
	attempt 31 6 6018000 1 ok 0 6020000 6030000
	breaks too-seldom
}

@test "a failure whose retry was cancelled is no loss" {
	attempt 30 4 3000 1 failed 1 10000 20000
	sql "UPDATE jobs SET options = '{\"retries\":1}' WHERE id = 4"
	run -0 "$checker" "$H"
}

@test "too-often: more attempts than as many retries by hand allow" {
	sql "UPDATE jobs SET options = NULL WHERE id = 8"
	attempt 30 8 5000 3 ok 0 500000 600000
	sql "UPDATE attempts SET outcome = 'lost', exit_status = NULL, runner = 2 WHERE id = 12"
	fact "retry|8"
	breaks too-often
	fact "retry|8"
	run -0 "$checker" "$H"
}

@test "too-often: what was given back is no retry" {
	sql "UPDATE jobs SET options = NULL WHERE id = 8"
	sed -i '/|11|77|/d' "$H/evidence/01"
	sql "UPDATE attempts SET started_at = NULL,
		reason = 'node ''x'' was not heard of any more and had not started it: it is given back' WHERE id = 11"
	run -0 "$checker" "$H"
	sql "UPDATE attempts SET reason = 'node ''x'' was not heard of any more' WHERE id = 11"
	breaks too-often
}

@test "too-often: more attempts than retries" {
	sql "UPDATE jobs SET options = NULL WHERE id = 8"
	breaks too-often
}

@test "a retry by hand gives new attempts" {
	sql "UPDATE jobs SET options = NULL WHERE id = 8"
	fact "retry|8"
	run -0 "$checker" "$H"
}

@test "lost-unkilled: lost, and its runner was never killed" {
	sed -i '/^killed/d' "$H/facts"
	breaks lost-unkilled
}

@test "lost-known: lost, and it had ended long before its runner was killed" {
	sed -i "s/^killed|2$/killed|2|$((T0 + 300000))/" "$H/facts"
	run -0 "$checker" "$H"
	sed -i "s/^killed|2.*/killed|2|$((T0 + 10300000))/" "$H/facts"
	breaks lost-known
}

@test "overlap: two attempts of which the first wrote no end, by the ledger" {
	job 30 "@every 1s" active
	attempt 30 30 10000 1 killed NULL 20000 9000000
	sql "UPDATE attempts SET signal = 9, dead = 1 WHERE id = 30"
	sed -i '/^end|30|/d' "$H/evidence/01"
	attempt 31 30 1510000 1 ok 0 1520000 1530000
	breaks overlap
}

@test "overlap: two attempts of one job at a time" {
	attempt 30 6 4020000 1 ok 0 4030000 7000000
	attempt 31 6 6500000 1 ok 0 6510000 6600000
	breaks overlap
}

@test "clash: a job that met itself" {
	line clash 8 5000 2 12 300000
	breaks clash
}

@test "early: a start before its time" {
	job 30 "once" active
	attempt 30 30 500000 1 ok 0 450000 460000
	breaks early
}

@test "early: a retry before it is ready" {
	sql "UPDATE attempts SET ready_at = $T0 + 300500, claimed_at = $T0 + 300500, started_at = $T0 + 300500 WHERE id = 3"
	run -1 "$checker" "$H"
	[[ $output == *"early: job 2, fence 3"* ]]
}

@test "unclaimed: a start before its claim" {
	sql "UPDATE attempts SET claimed_at = claimed_at + 5000, started_at = started_at + 5000 WHERE id = 1"
	breaks unclaimed
}

@test "closer: two runs of an interval in less than it" {
	attempt 30 6 3000000 1 ok 0 3002000 3003000
	breaks closer
}

@test "cancelled-ran: a claim after the cancel was acknowledged" {
	attempt 30 4 8000 1 ok 0 100000 200000
	breaks cancelled-ran
}

@test "paused-ran: a claim of a paused job" {
	sql "UPDATE attempts SET manual = (id = 14) WHERE job_id = 9"
	breaks paused-ran
}

@test "a job that died while it was paused, and was retried, runs" {
	sql "UPDATE attempts SET manual = (id = 14) WHERE job_id = 9"
	fact "retry|9"
	run -0 "$checker" "$H"
}

@test "paused-ran: a claim while everything is paused" {
	fact "pause|0|$((T0 + 340000))|$((T0 + 350000))"
	job 30 "once" active
	attempt 30 30 380000 1 ok 0 390000 400000
	fact "resume|0|$((T0 + 500000))|$((T0 + 510000))"
	breaks paused-ran
}

@test "no-row: an expected occurrence of which the ledger says nothing" {
	fact "expected|5|$((T0 + 6 * MINUTE))|$((T0 + 6 * MINUTE))|$MINUTE"
	breaks no-row
}

@test "unexpected: an occurrence beside the schedule" {
	attempt 30 5 $((5 * MINUTE + 1000)) 1 ok 0 $((5 * MINUTE + 10000)) $((5 * MINUTE + 20000))
	breaks unexpected
}

@test "two-rows: an occurrence that ran and was skipped" {
	skipped 5 missed 1 $MINUTE $MINUTE
	breaks two-rows
}

@test "two-rows: also of a job of which nobody says what is expected, at either end of a row" {
	sql "UPDATE jobs SET tab = 'x' WHERE id = 6"
	skipped 6 cancelled 2 2018000 4018000
	breaks two-rows
	sql "UPDATE skips SET first_scheduled_for = $T0 + 2000, last_scheduled_for = $T0 + 10000 WHERE job_id = 6"
	breaks two-rows
	# Between the ends: not known to be one of them.
	sql "UPDATE skips SET last_scheduled_for = $T0 + 12000 WHERE job_id = 6"
	run -0 "$checker" "$H"
}

@test "what is cancelled while it waits for a retry had an attempt that failed; none comes after it" {
	job 21 "once" cancelled 3
	attempt 40 21 7000 1 failed 3 100000 200000
	skipped 21 cancelled 1 7000 7000
	sql "UPDATE skips SET after_fence = 40 WHERE job_id = 21"
	fact "cancel|21|$((T0 + 250000))|$((T0 + 900000))"
	run -0 "$checker" "$H"
	attempt 41 21 7000 2 failed 3 300000 400000
	breaks two-rows
}

@test "a time that came again, and a retry of what its prerequisite had failed, are no two outcomes" {
	skipped 6 clock 1 10000 10000
	skipped 1 prerequisite 1 1000 1000
	breaks two-rows
	fact "retry|1"
	run -0 "$checker" "$H"
}

@test "miscounted: a number of skipped occurrences that is wrong" {
	sql "UPDATE skips SET count = 3 WHERE job_id = 5"
	breaks miscounted
}

@test "left-running: an attempt that never ended" {
	sql "UPDATE attempts SET outcome = 'running', finished_at = NULL WHERE id = 9"
	breaks left-running
}

@test "left-open: an occurrence that still waits" {
	sql "INSERT INTO occurrences (state, job_id, scheduled_for, hold) VALUES (0, 6, $T0, 0)"
	breaks left-open
}

# ---- several hosts ----

@test "lost while its host was away is explained; while another was, or at another time, it is not" {
	sed -i '/^killed/d' "$H/facts"
	fact "down|here|$((T0 + 150000))|$((T0 + 160000))|cut"
	run -0 "$checker" "$H"
	sed -i 's/^down|here/down|*/' "$H/facts"
	run -0 "$checker" "$H"
	sed -i 's/^down|\*/down|there/' "$H/facts"
	breaks lost-unkilled
	sed -i "s/^down.*/down|here|$((T0 + 250000))|$((T0 + 900000))|cut/" "$H/facts"
	breaks lost-unkilled
}

# The second attempt begins while the first still runs, on a host that was taken for dead.
overlapping() {
	sed -i "s/^\(end|8|[^|]*|1|11|77\)|[0-9]*|[0-9]*/\1|$((9000000000 + 350000))|$((T0 + 350000))/" "$H/evidence/01"
}

@test "overlap: with an attempt of a host that was cut off" {
	overlapping
	sql "UPDATE attempts SET finished_at = $T0 + 351000 WHERE id = 11"
	fact "down|here|$((T0 + 110000))|$((T0 + 340000))|cut"
	breaks overlap
}

@test "what a host that was frozen does in the instant after it is no overlap, and no clash" {
	overlapping
	line clash 8 5000 2 12 300000
	fact "down|here|$((T0 + 110000))|$((T0 + 340000))|frozen"
	run -0 "$checker" "$H"
}

@test "clash: of jobs of a frozen host, long after it" {
	line clash 8 5000 2 12 9000000
	fact "down|here|$((T0 + 110000))|$((T0 + 340000))|frozen"
	breaks clash
}

@test "started-twice: also on a host that was frozen" {
	line start 8 5000 1 11 345000
	fact "down|here|$((T0 + 110000))|$((T0 + 340000))|frozen"
	breaks started-twice
}

@test "times: a job of a host that was cut off ended after it was recorded as lost" {
	overlapping
	sql "DELETE FROM attempts WHERE id = 12; UPDATE attempts SET dead = 1 WHERE id = 11;
		UPDATE jobs SET options = NULL WHERE id = 8"
	sed -i '/^[a-z]*|8|[^|]*|2|12/d' "$H/evidence/01"
	fact "down|here|$((T0 + 110000))|$((T0 + 340000))|cut"
	breaks times
}
