#!/usr/bin/env bats
# next: times of a schedule, with neither database nor config.

setup() {
	load cli.bash
	private
}

@test "the next time, strictly after --from, with the zone's offset" {
	succeeds jobsched next --from=2026-01-01T00:00:00Z '0 0 1 1 *'
	[ "$output" = 2027-01-01T00:00:00+00:00 ]
	succeeds jobsched next --tz=Europe/Berlin --from=2026-01-01T00:00:00Z '0 12 * * *'
	[ "$output" = 2026-01-01T12:00:00+01:00 ]
}

@test "several times, across a change of DST" {
	succeeds jobsched next --tz=Europe/Berlin --from=2026-03-28T00:00:00Z -n 3 '30 2 * * *'
	[ "$output" = $'2026-03-28T02:30:00+01:00\n2026-03-29T03:00:00+02:00\n2026-03-30T02:30:00+02:00' ]
}

@test "the expression may be five words, or one" {
	succeeds jobsched next --from=2026-01-01T00:00:00Z 5 4 '*' '*' sun
	[ "$output" = 2026-01-04T04:05:00+00:00 ]
}

@test "nicknames and intervals" {
	succeeds jobsched next --from=2026-01-01T00:00:00Z @daily
	[ "$output" = 2026-01-02T00:00:00+00:00 ]
	succeeds jobsched next --from=2026-01-01T00:00:00Z -n 2 @every 90m
	[ "$output" = $'2026-01-01T01:30:00+00:00\n2026-01-01T03:00:00+00:00' ]
}

@test "options may follow the expression" {
	succeeds jobsched next '0 0 * * *' --from=2026-01-01T00:00:00Z -n2
	[ "${#lines[@]}" = 2 ]
}

@test "--from without an offset is read in the zone" {
	succeeds jobsched next --tz=Asia/Tokyo --from='2026-01-01 00:00' '0 * * * *'
	[ "$output" = 2026-01-01T01:00:00+09:00 ]
}

@test "JSON" {
	succeeds jobsched --json next --from=2026-01-01T00:00:00Z '0 0 1 1 *'
	[ "$(json '$.next[0]')" = 2027-01-01T00:00:00.000Z ]
}

@test "JSON has the times in UTC as everywhere, and besides with the offset of the zone" {
	succeeds jobsched --json next --tz=Asia/Tokyo -n 2 --from=2026-01-01T00:00:00Z '0 9 * * *'
	[ "$(json '$.next')" = '["2026-01-02T00:00:00.000Z","2026-01-03T00:00:00.000Z"]' ]
	[ "$(json '$.local')" = '["2026-01-02T09:00:00+09:00","2026-01-03T09:00:00+09:00"]' ]
}

@test "what is refused: status 2 and nothing on standard output" {
	refuses 2 "minute" jobsched next '61 * * * *'
	refuses 2 "" jobsched next '0 0 30 2 *'
	refuses 2 "" jobsched next '* * * *'
	refuses 2 "" jobsched next '* * * * * *'
	refuses 2 "" jobsched next ''
	refuses 2 "" jobsched next -n 5 '*5 * * * *'
	refuses 2 "'@reboot' has no times" jobsched next @reboot
	refuses 2 "option '--tz'" jobsched next --tz=Nowhere '* * * * *'
	refuses 2 "option '--tz': '' is not a time zone" jobsched next --tz= '* * * * *'
	refuses 2 "option '--from'" jobsched next --from=never '* * * * *'
	refuses 2 "option '--count'" jobsched next -n 0 '* * * * *'
	refuses 2 "'next' needs EXPR" jobsched next
}

@test "neither database nor config is looked at" {
	echo 'broken' >"$JOBSCHED_CONFIG"
	succeeds jobsched --db=/nonexistent/db next '* * * * *'
}
