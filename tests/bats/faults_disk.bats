#!/usr/bin/env bats
# Disks that fail a scheduler: full, read-only, holding what is no database of ours, or half of one. As root
# on small file systems of their own; without root those tests are skipped.

load lib.bash

setup() {
	instance
	mounted=
}

teardown() {
	clean_up
	for folder in $mounted; do
		umount -l "$folder"
	done
}

# small FOLDER SIZE: it becomes a file system of its own.
small() {
	[ "$(id -u)" -eq 0 ] || skip "only root can mount a small file system"
	mkdir -p "$1"
	mount -t tmpfs -o "size=$2,mode=700" none "$1" || skip "no file system can be mounted here"
	mounted="$mounted $1"
}

# elsewhere WHAT FOLDER: the config has it there.
elsewhere() {
	sed -i "s|^$1 = .*|$1 = \"$2\"|" "$C"
}

# To the last byte.
fill() {
	dd if=/dev/zero of="$1/ballast" bs=64k 2>/dev/null || :
	dd if=/dev/zero of="$1/ballast" bs=512 oflag=append conv=notrunc 2>/dev/null || :
}

@test "no space for the database: a submit says so and stores nothing, and later all goes on" {
	small "$T/disk" 4m
	elsewhere database "$T/disk/jobs.db"
	start_daemon
	js submit --name=first -- true
	js wait first
	fill "$T/disk"
	for i in $(seq 20); do
		run --separate-stderr js submit --name="full-$i" --stdin="$(printf '%04000d' "$i")" -- true
		[ "$status" -eq 0 ] || break
	done
	[ "$status" -eq 5 ]
	[ -z "$output" ]
	[[ $stderr == "jobsched: no space left for database '$T/disk/jobs.db'" ]]
	rm "$T/disk/ballast"
	js submit --name=last -- true
	js wait last
	[ "$(jobs_sql "count(*) FROM job WHERE name = 'full-$i'")" = 0 ]
	run -0 js db check
}

@test "no space for the database while jobs run: no result is lost" {
	small "$T/disk" 4m
	elsewhere database "$T/disk/jobs.db"
	start_daemon
	mkfifo gate
	for i in 1 2 3 4 5 6 7 8; do
		js submit --name="job-$i" --output=1M -- \
			sh -c "echo $i >>out/starts; read x <gate; head -c 20000 /dev/zero; echo $i >>out/ends; exit $i"
	done
	poll 20 lines_in out/starts 8
	fill "$T/disk"
	: <>gate
	poll 20 open_gate lines_in out/ends 8
	poll 20 has_logged "they are kept"
	gone "$daemon" && return 1
	rm "$T/disk/ballast"
	poll 20 ledger_is "count(*) = 8 AND sum(exit_status = CAST(substr(job, 5) AS INTEGER)) = 8"
	run -0 js db check
}

lines_in() {
	[ "$(wc -l <"$1" 2>/dev/null || echo 0)" -ge "$2" ]
}

open_gate() {
	: <>gate
	"$@"
}

@test "no space for the journal: jobs do not start and say why, those that run keep their end, and all goes on" {
	small "$T/disk" 1m
	elsewhere state_dir "$T/disk/state"
	start_daemon
	mkfifo gate
	js submit --name=runs -- sh -c 'touch out/runs; read x <gate; exit 7'
	poll 10 [ -e out/runs ]
	fill "$T/disk"
	# Whatever room the last block of the journal still has.
	for i in $(seq 40); do
		js submit --name="full-$i" -- true
		js wait "full-$i" || break
	done
	ledger_is "sum(job = 'full-$i' AND outcome = 'error' AND reason LIKE '%No space left on device%') = 1"
	poll 10 open_gate ledger_is "sum(job = 'runs' AND exit_status = 7) = 1"
	rm "$T/disk/ballast"
	js submit --name=last -- true
	js wait last
	run -0 js db check
}

@test "no space for locks: jobs do not start and say why, and all goes on" {
	small "$T/disk" 64k
	elsewhere runtime_dir "$T/disk/run"
	jobschedd -f -C "$C" 2>>log 3>&- &
	daemon=$!
	poll 20 [ -e "$T/disk/run/jobschedd.pid" ]
	js submit --name=first -- true
	js wait first
	fill "$T/disk"
	js submit --name=full -- true
	run js wait full
	[ "$status" -eq 126 ]
	ledger_is "sum(job = 'full' AND outcome = 'error' AND reason LIKE '%No space left on device%') = 1"
	rm "$T/disk/ballast"
	js submit --name=last -- true
	js wait last
}

@test "a database on a file system that is read-only can be read, and is else refused in one line" {
	small "$T/disk" 4m
	elsewhere database "$T/disk/a?b%20#c.db"
	js submit --name=first -- true
	mount -o remount,ro "$T/disk"
	run --separate-stderr js submit -- true
	[ "$status" -eq 5 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	run --separate-stderr jobschedd -f -C "$C"
	[ "$status" -eq 5 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	state_is first pending
	[ "$(jobs_sql "count(*) FROM job")" = 1 ]
	js status >answer
	mount -o remount,rw "$T/disk"
	start_daemon
	js wait first
}

@test "a state folder on a file system that is read-only is refused in one line" {
	small "$T/disk" 1m
	elsewhere state_dir "$T/disk/state"
	mount -o remount,ro "$T/disk"
	run --separate-stderr jobschedd -f -C "$C"
	[ "$status" -ne 0 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == *"Read-only file system"* ]]
}

# refused: neither program takes what lies at the database's place, and it stays as it is.
refused() {
	local before

	before=$(cksum jobs.db)
	run --separate-stderr jobschedd -f -C "$C"
	[ "$status" -eq 5 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	run --separate-stderr js submit -- true
	[ "$status" -eq 5 ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[ "$(cksum jobs.db)" = "$before" ]
}

@test "a file that is no database is refused" {
	seq 10000 >jobs.db
	refused
}

@test "another program's database is refused" {
	sqlite3 jobs.db "CREATE TABLE jobs (id INTEGER PRIMARY KEY, what TEXT)"
	refused
}

@test "a database whose first page is damaged is refused" {
	js submit -- true
	dd if=/dev/urandom of=jobs.db bs=1 seek=100 count=3900 conv=notrunc 2>/dev/null
	refused
}

@test "damage within a database is found by db check, and no program dies of it" {
	start_daemon
	seq 3000 | sed 's/.*/{"command": ["true"], "in": "1h"}/' >many.json
	js -q submit --file=many.json >/dev/null
	stop_daemon
	pages=$(($(stat -c %s jobs.db) / 4096))
	for page in $(seq 5 3 "$((pages - 1))"); do
		dd if=/dev/urandom of=jobs.db bs=4096 seek="$page" count=1 conv=notrunc 2>/dev/null
	done
	for words in "db check" "list" "status" "attempts" "submit -- true" "db backup copy.db"; do
		# Words are to be split.
		# shellcheck disable=SC2086
		run js $words
		[ "$status" -lt 100 ]
	done
	run js db check
	[ "$status" -ne 0 ]
	jobschedd -f -C "$C" 2>>log 3>&- &
	daemon=$!
	poll 20 daemon_is_up_or_gone
	status=0
	kill "$daemon" 2>/dev/null || :
	wait "$daemon" || status=$?
	[ "$status" -lt 100 ]
}

@test "a write-ahead log that is cut short costs what was in it, and nothing else" {
	start_daemon
	for i in 1 2 3 4 5 6 7 8; do
		js submit --name="job-$i" -- true
		js wait "job-$i"
	done
	kill_runners & stop_daemon KILL
	wait "$!" || :
	[ -s jobs.db-wal ]
	truncate -s $(($(stat -c %s jobs.db-wal) * 2 / 3 + 17)) jobs.db-wal
	start_daemon
	run -0 js db check
	js submit --name=last -- true
	js wait last
	run -0 js db check
}
