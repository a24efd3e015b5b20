-- jobsched's database, version 1. This file is the truth: it is what a new database gets, and
-- jobsched-db(7) tells people what of it they may rely on.
--
-- Times are microseconds since the epoch, UTC; durations are microseconds. What the claim of an
-- occurrence and the end of an attempt touch lies together in the order of time, so that both cost
-- the same among ten thousand jobs and among ten million in random order:
--
--   * occurrences is clustered by what the claim looks for, and has no index over all waiting rows;
--   * the row of a one-time job in table jobs (wide, in the order of ids) is read by the claim, and
--     not written while all goes well: its state follows from its other rows;
--   * attempts has no index that begins with job_id, which would be a page at a random place for each
--     claim. The attempts of one job are a chain instead: jobs.last_fence, then attempts.prev. (Of a
--     one-time job's first attempt jobs.last_fence may say nothing: it is the one whose job_id and
--     scheduled_for are the job's id and due_for.)
--
-- For the same reason neither of these two has a foreign key; `jobsched db check` looks instead.

CREATE TABLE jobs (
	id INTEGER PRIMARY KEY,        -- never used twice: counters 'last.job' and 'last.fence'

	-- What a person or a tab said: the members of struct job, by their names.
	name TEXT,
	user TEXT NOT NULL,
	command TEXT,                  -- shell text, or
	argv TEXT,                     -- a JSON array of words
	cwd TEXT,
	env TEXT,                      -- JSON array of NAME=VALUE
	schedule TEXT NOT NULL,        -- cron fields, '@every 1h', '@reboot' or an RFC 3339 instant
	periodic INTEGER NOT NULL,
	tz TEXT,                       -- NULL: the daemon's
	priority INTEGER NOT NULL,
	queue TEXT,
	labels TEXT,                   -- JSON array
	order_key TEXT,
	order_on_failure TEXT NOT NULL,
	tab TEXT,
	tab_key TEXT,
	tab_line INTEGER NOT NULL,
	-- All other settings that are not the program's default, by their names: a JSON object, or NULL.
	-- Most jobs have none, and these need not be paid for.
	options TEXT,

	-- What became of it. 'active' is pending, running, paused or done: see the view job_status.
	state TEXT NOT NULL CHECK (state = 'active' OR state = 'failed' OR state = 'cancelled'
		OR state = 'retired'),
	created_at INTEGER NOT NULL,
	-- Where its main occurrence is, if it waits: occurrences (0, 9 - priority, due_at, id), for due_for.
	-- Whoever moves that row sets these in the same transaction. Stale for a one-time job once claimed.
	due_at INTEGER,
	due_for INTEGER,
	last_scheduled_at INTEGER,     -- periodic: when its schedule last made it run
	started INTEGER NOT NULL DEFAULT 0, -- periodic: occurrences started, for --count
	last_fence INTEGER,            -- newest attempt: see above
	ended_at INTEGER,              -- set when it ended otherwise than by one attempt that was ok
	paused INTEGER NOT NULL DEFAULT 0,
	paused_at INTEGER,             -- begin, planned end and end of its latest pause
	paused_until INTEGER,
	resumed_at INTEGER,
	pause_reason TEXT,
	boot_id TEXT,                  -- @reboot: the last boot it ran in; '' for none yet
	def_hash INTEGER               -- of its entry in a tab
) STRICT;

CREATE UNIQUE INDEX jobs_name ON jobs (name, user) WHERE name IS NOT NULL;
CREATE UNIQUE INDEX jobs_tab ON jobs (tab, tab_key) WHERE tab IS NOT NULL;
CREATE INDEX jobs_state ON jobs (state) WHERE state <> 'active';
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX jobs_paused ON jobs (paused_until) WHERE paused = 1;
CREATE INDEX jobs_reboot ON jobs (boot_id) WHERE boot_id IS NOT NULL;

-- Open occurrences only. A claim reads the heads of at most ten ranges (state 0, each rank).
-- A job has at most one main occurrence: the next of its schedule, or the one time of a one-time job.
-- Beside it there may be retries, manual runs and occurrences whose claim was undone.
CREATE TABLE occurrences (
	state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2), -- waiting, running, held
	rank INTEGER NOT NULL CHECK (rank BETWEEN 0 AND 9), -- 9 - priority
	ready_at INTEGER NOT NULL,
	job_id INTEGER NOT NULL,
	scheduled_for INTEGER NOT NULL,
	attempt INTEGER NOT NULL,      -- the number it has (running) or gets
	base INTEGER NOT NULL,         -- attempts before this series: a retry by hand begins a new one
	main INTEGER NOT NULL,
	manual INTEGER NOT NULL,
	gated INTEGER NOT NULL,        -- its job has an order key, a queue, or wants a certain node
	hold INTEGER NOT NULL,         -- why it is held, bits: occ.h
	wish INTEGER NOT NULL,         -- what is wanted of the running attempt, bits: occ.h
	fence INTEGER,                 -- running: id of its attempt
	runner INTEGER,
	PRIMARY KEY (state, rank, ready_at, job_id, scheduled_for)
) STRICT, WITHOUT ROWID;

-- Never two running for one job.
CREATE UNIQUE INDEX occurrences_running ON occurrences (job_id) WHERE state = 1;
-- Those that jobs.due_at does not lead to.
CREATE INDEX occurrences_beside ON occurrences (job_id) WHERE state = 2 OR (state = 0 AND main = 0);

-- Who has an order key ('k:KEY') or a slot of a queue ('q:NAME'), and who stands in line for it or
-- for a node ('n:' and what it has to be and have: line_node.c). Gated occurrences only.
CREATE TABLE lines (
	gate TEXT NOT NULL,
	stage INTEGER NOT NULL,        -- has it, is next, is held: line.h
	rank INTEGER NOT NULL,         -- of a queue's: the order in which they are let through
	due INTEGER NOT NULL,
	job_id INTEGER NOT NULL,
	scheduled_for INTEGER NOT NULL,
	PRIMARY KEY (gate, stage, rank, due, job_id, scheduled_for)
) STRICT, WITHOUT ROWID;

CREATE INDEX lines_job ON lines (job_id);

-- Queues that have a limit, or are or were paused.
CREATE TABLE queues (
	name TEXT PRIMARY KEY,
	max_running INTEGER,           -- NULL: none
	paused INTEGER NOT NULL DEFAULT 0,
	paused_at INTEGER,             -- begin, planned end and end of its latest pause
	paused_until INTEGER,
	resumed_at INTEGER,
	reason TEXT,
	released INTEGER NOT NULL DEFAULT 0 -- turns since that of the one ready longest: line_queue.c
) STRICT, WITHOUT ROWID;

-- The ledger: one row for each execution. The id is the fence: it grows and is never used twice.
CREATE TABLE attempts (
	id INTEGER PRIMARY KEY,
	job_id INTEGER NOT NULL,
	scheduled_for INTEGER NOT NULL,
	attempt INTEGER NOT NULL,
	prev INTEGER,                  -- the job's attempt before, unless it has been pruned
	manual INTEGER NOT NULL,
	node TEXT,
	runner INTEGER,
	outcome TEXT NOT NULL,
	exit_status INTEGER,
	signal INTEGER,
	ready_at INTEGER NOT NULL,
	claimed_at INTEGER NOT NULL,
	started_at INTEGER,
	finished_at INTEGER,
	user_time INTEGER,
	system_time INTEGER,
	max_rss INTEGER,               -- KiB
	output_bytes INTEGER,          -- all that it wrote, kept or not
	reason TEXT,
	dead INTEGER NOT NULL DEFAULT 0, -- 1: it used up the retries; 2: it did, and was retried by hand
	mail INTEGER NOT NULL DEFAULT 0, -- whom to tell at its end: 0 nobody, else 1 + mail_on; fixed by the claim
	notice TEXT                    -- why nobody could be told of its end
) STRICT;

CREATE UNIQUE INDEX attempts_occurrence ON attempts (scheduled_for, job_id, attempt);

-- The other half of the ledger: why an expected occurrence did not run. Consecutive ones with the
-- same reason, and no attempt between them, are one row.
CREATE TABLE skips (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	reason TEXT NOT NULL,
	detail TEXT,                   -- calendar: its name; prerequisite: which job, and what it did
	count INTEGER NOT NULL,
	first_scheduled_for INTEGER NOT NULL,
	last_scheduled_for INTEGER NOT NULL,
	recorded_at INTEGER NOT NULL,
	after_fence INTEGER NOT NULL,  -- the job's newest attempt then; 0: none
	notice TEXT                    -- prerequisite: why nobody could be told of it
) STRICT;

CREATE INDEX skips_job ON skips (job_id);
CREATE INDEX skips_recorded ON skips (recorded_at);

CREATE TABLE outputs (
	fence INTEGER PRIMARY KEY REFERENCES attempts (id) ON DELETE CASCADE,
	data BLOB,                     -- head and tail
	dropped_at INTEGER NOT NULL,   -- where in data bytes are missing, and how many
	dropped_bytes INTEGER NOT NULL
) STRICT;

-- Ends of attempts that somebody is still to be told of. A row is there from the commit of the end until
-- the mailer, or the command of on_failure, has done its work, or has failed for good. (What failed
-- with a job that it comes after had no attempt.)
CREATE TABLE notices (
	fence INTEGER NOT NULL,        -- an attempt; below 0: -id of a row of skips
	kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 1), -- mail, on_failure
	due_at INTEGER NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0, -- that failed
	PRIMARY KEY (fence, kind)
) STRICT, WITHOUT ROWID;

-- Prerequisites that have not ended yet.
CREATE TABLE dependencies (
	on_id INTEGER NOT NULL REFERENCES jobs (id),
	job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	any_end INTEGER NOT NULL,      -- 1: however it ends
	PRIMARY KEY (on_id, job_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX dependencies_job ON dependencies (job_id);

-- Prerequisites that have ended while more jobs depended on them than one transaction sees to. Those up to
-- last_id are meant: who came later depends on what came later.
CREATE TABLE endings (
	on_id INTEGER NOT NULL,
	last_id INTEGER NOT NULL,
	well INTEGER NOT NULL,
	PRIMARY KEY (on_id, last_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE nodes (
	id TEXT PRIMARY KEY,
	host TEXT,
	zone TEXT,
	version TEXT,
	labels TEXT,                   -- JSON array
	wake TEXT,
	runtime TEXT,
	capacity INTEGER NOT NULL,
	boot TEXT NOT NULL,            -- identity of its process: boot id, pid, start time in ticks
	pid INTEGER NOT NULL,
	start INTEGER NOT NULL,
	started_at INTEGER NOT NULL,
	heartbeat_at INTEGER NOT NULL,
	last_tick_at INTEGER,
	live INTEGER NOT NULL,         -- 0: stopped, 1: live, 2: was not heard of any more
	drain INTEGER NOT NULL DEFAULT 0,
	-- Where several hosts share the database: how long it may run jobs, and the leader's term, the highest.
	lease_until INTEGER,
	term INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE runners (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	node TEXT NOT NULL,
	journal TEXT,
	socket TEXT,
	boot TEXT,                     -- boot id of the boot in which it was started
	created_at INTEGER NOT NULL
) STRICT;

-- Attempts of nodes that were given up, which nobody knows to have started. If such a node comes back, and its
-- runner had not started one, it is given back: giveback.c.
CREATE TABLE given_up (
	runner INTEGER NOT NULL,
	fence INTEGER NOT NULL,
	PRIMARY KEY (runner, fence)
) STRICT, WITHOUT ROWID;

CREATE TABLE tabs (
	path TEXT PRIMARY KEY,
	loaded_at INTEGER,             -- of the version in force; NULL: none
	mtime INTEGER NOT NULL,
	size INTEGER NOT NULL,
	entries INTEGER NOT NULL,
	hash INTEGER NOT NULL,
	nodes INTEGER NOT NULL,        -- hash of those for which entries are a job each; 0: no such entry
	error_line INTEGER NOT NULL,   -- 0: the newest version has no error
	error_column INTEGER NOT NULL,
	error TEXT,
	error_at INTEGER,
	warnings INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where the files of a node that does not lead differ from the tabs in force.
CREATE TABLE tab_differences (
	node TEXT NOT NULL,
	path TEXT NOT NULL,
	what TEXT NOT NULL,            -- missing, extra, differs, unreadable
	since INTEGER NOT NULL,
	PRIMARY KEY (node, path)
) STRICT, WITHOUT ROWID;

-- Pauses of the whole scheduler; the one that is in force has no ended_at.
CREATE TABLE pauses (
	id INTEGER PRIMARY KEY,
	paused_at INTEGER NOT NULL,
	paused_until INTEGER,
	ended_at INTEGER,
	reason TEXT
) STRICT;

CREATE UNIQUE INDEX pauses_open ON pauses (coalesce(ended_at, 0)) WHERE ended_at IS NULL;

-- How far a bulk submission has come, so that it can go on.
CREATE TABLE batches (
	name TEXT PRIMARY KEY,
	stored INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The ids of its jobs, for who goes on: its jobs from number from_job on, counted from 0, have `count`
-- ids one after the other, from id on.
CREATE TABLE batch_ids (
	name TEXT NOT NULL REFERENCES batches (name) ON DELETE CASCADE,
	from_job INTEGER NOT NULL,
	id INTEGER NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (name, from_job)
) STRICT, WITHOUT ROWID;

-- What a job put by for its next attempt.
CREATE TABLE checkpoints (
	job_id INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	scheduled_for INTEGER NOT NULL,
	data BLOB NOT NULL,
	put_at INTEGER NOT NULL,
	PRIMARY KEY (job_id, scheduled_for)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
	key TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Totals since the database was made, which pruning does not lower; 'jobs.STATE' are counts of rows, and
-- 'last.job' and 'last.fence' the highest ids ever given out.
CREATE TABLE counters (
	name TEXT NOT NULL,
	shard INTEGER NOT NULL DEFAULT 0, -- its rows are added: who writes at the same time has one each
	value INTEGER NOT NULL,
	PRIMARY KEY (name, shard)
) STRICT, WITHOUT ROWID;

-- For people: jobs with the state that `jobsched list` shows, and times that can be read.
CREATE VIEW job_status AS
SELECT
	j.id, j.name, j.user,
	CASE
		WHEN j.state <> 'active' THEN j.state
		WHEN r.job_id IS NOT NULL THEN 'running'
		WHEN m.job_id IS NULL AND NOT EXISTS (SELECT 1 FROM occurrences b WHERE b.job_id = j.id
			AND (b.state = 2 OR (b.state = 0 AND b.main = 0)))
			AND (j.boot_id IS NULL OR j.ended_at IS NOT NULL) THEN 'done'
		WHEN j.paused THEN 'paused'
		ELSE 'pending'
	END AS state,
	j.command, j.argv, j.schedule, j.tz, j.tab,
	strftime('%Y-%m-%dT%H:%M:%fZ', m.ready_at / 1e6, 'unixepoch') AS next_run_at,
	strftime('%Y-%m-%dT%H:%M:%fZ', j.last_scheduled_at / 1e6, 'unixepoch') AS last_scheduled_at,
	a.outcome AS last_outcome,
	strftime('%Y-%m-%dT%H:%M:%fZ', a.started_at / 1e6, 'unixepoch') AS last_started_at,
	strftime('%Y-%m-%dT%H:%M:%fZ', a.finished_at / 1e6, 'unixepoch') AS last_finished_at,
	strftime('%Y-%m-%dT%H:%M:%fZ', j.created_at / 1e6, 'unixepoch') AS created_at
FROM jobs j
LEFT JOIN occurrences r ON r.job_id = j.id AND r.state = 1
LEFT JOIN occurrences m ON m.state = 0 AND m.rank = 9 - j.priority AND m.ready_at = j.due_at
	AND m.job_id = j.id AND m.main = 1
LEFT JOIN attempts a ON a.id = coalesce(j.last_fence, (SELECT max(f.id) FROM attempts f
	WHERE f.scheduled_for = j.due_for AND f.job_id = j.id));

-- For people: attempts and skips in one, with times that can be read and durations in seconds.
CREATE VIEW ledger AS
SELECT
	a.job_id, j.name AS job_name,
	strftime('%Y-%m-%dT%H:%M:%fZ', a.scheduled_for / 1e6, 'unixepoch') AS scheduled_for,
	a.attempt, a.manual, a.node, a.outcome, a.exit_status, a.signal,
	strftime('%Y-%m-%dT%H:%M:%fZ', a.claimed_at / 1e6, 'unixepoch') AS recorded_at,
	strftime('%Y-%m-%dT%H:%M:%fZ', a.started_at / 1e6, 'unixepoch') AS started_at,
	strftime('%Y-%m-%dT%H:%M:%fZ', a.finished_at / 1e6, 'unixepoch') AS finished_at,
	(a.started_at - a.ready_at) / 1e6 AS lateness,
	(a.finished_at - a.started_at) / 1e6 AS run_time,
	a.reason, a.dead <> 0 AS dead, 1 AS count, NULL AS last_scheduled_for
FROM attempts a LEFT JOIN jobs j ON j.id = a.job_id
UNION ALL
SELECT
	s.job_id, j.name,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.first_scheduled_for / 1e6, 'unixepoch'),
	NULL, 0, NULL, 'skipped', NULL, NULL,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.recorded_at / 1e6, 'unixepoch'), NULL, NULL, NULL, NULL,
	s.reason || coalesce(' ' || s.detail, ''), 0, s.count,
	strftime('%Y-%m-%dT%H:%M:%fZ', s.last_scheduled_for / 1e6, 'unixepoch')
FROM skips s LEFT JOIN jobs j ON j.id = s.job_id;
