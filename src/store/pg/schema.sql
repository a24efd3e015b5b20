-- jobsched's schema in PostgreSQL, version 1. This file is the truth: it is what a new database gets, in
-- a schema of its own named jobsched; jobsched-db(7) tells people what of it they may rely on. The tables,
-- and what is in them, are those of SQLite: see src/store/sqlite/schema.sql for why they are what they are.
--
-- Times are microseconds since the epoch, UTC; durations are microseconds. Texts that are compared, or put
-- in order, are so by their bytes.

-- The version of all this, and the lowest of a program that may write it: one row.
CREATE TABLE schema_version (
	version integer NOT NULL,
	lowest integer NOT NULL
);

-- Ids are given out without waiting for each other; those of who gave up are spent.
CREATE SEQUENCE last_job;
CREATE SEQUENCE last_fence;

-- A time for people.
CREATE FUNCTION moment(at bigint) RETURNS text LANGUAGE sql STABLE AS
	$$ SELECT to_char(to_timestamp(at / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
		|| '.' || to_char(at / 1000 % 1000, 'FM000') || 'Z' $$;

-- Whether it may be meant by a pattern of the shell: it begins with what stands before its first wildcard.
CREATE FUNCTION glob(pattern text, subject text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
	$$ SELECT starts_with(subject, substring(pattern FROM '^[^]*?[\\]*')) $$;

CREATE TABLE jobs (
	id bigint PRIMARY KEY,        -- never used twice: the sequences above

	-- What a person or a tab said: the members of struct job, by their names.
	name text COLLATE "C",
	"user" text NOT NULL,
	command text,                 -- shell text, or
	argv text,                    -- a JSON array of words
	cwd text,
	env text,                     -- JSON array of NAME=VALUE
	schedule text NOT NULL,       -- cron fields, '@every 1h', '@reboot' or an RFC 3339 instant
	periodic smallint NOT NULL,
	tz text,                      -- NULL: the daemon's
	priority smallint NOT NULL,
	queue text,
	labels text,                  -- JSON array
	order_key text,
	order_on_failure text NOT NULL,
	tab text COLLATE "C",
	tab_key text COLLATE "C",
	tab_line bigint NOT NULL,
	-- All other settings that are not the program's default, by their names: a JSON object, or NULL.
	-- Most jobs have none, and these need not be paid for.
	options text,

	-- What became of it. 'active' is pending, running, paused or done: see the view job_status.
	state text COLLATE "C" NOT NULL CHECK (state = 'active' OR state = 'failed' OR state = 'cancelled'
		OR state = 'retired'),
	created_at bigint NOT NULL,
	-- Where its main occurrence is, if it waits: occurrences (0, 9 - priority, due_at, id), for due_for.
	-- Whoever moves that row sets these in the same transaction. Stale for a one-time job once claimed.
	due_at bigint,
	due_for bigint,
	last_scheduled_at bigint,     -- periodic: when its schedule last made it run
	started bigint NOT NULL DEFAULT 0, -- periodic: occurrences started, for --count
	last_fence bigint,            -- newest attempt: see above
	ended_at bigint,              -- set when it ended otherwise than by one attempt that was ok
	paused smallint NOT NULL DEFAULT 0,
	paused_at bigint,             -- begin, planned end and end of its latest pause
	paused_until bigint,
	resumed_at bigint,
	pause_reason text,
	boot_id text,                 -- @reboot: the last boot it ran in; '' for none yet
	def_hash bigint               -- of its entry in a tab
);

CREATE UNIQUE INDEX jobs_name ON jobs (name, "user") WHERE name IS NOT NULL;
CREATE UNIQUE INDEX jobs_tab ON jobs (tab, tab_key) WHERE tab IS NOT NULL;
CREATE INDEX jobs_state ON jobs (state) WHERE state <> 'active';
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX jobs_paused ON jobs (paused_until) WHERE paused = 1;
CREATE INDEX jobs_reboot ON jobs (boot_id) WHERE boot_id IS NOT NULL;

-- Open occurrences only. A claim reads the heads of at most ten ranges (each rank of what waits).
-- A job has at most one main occurrence: the next of its schedule, or the one time of a one-time job.
-- Beside it there may be retries, manual runs and occurrences whose claim was undone.
--
-- There is no index over all of it: a row whose state changes leaves one index and enters another,
-- and each of them can answer for its own state only, whatever the statistics say.
CREATE TABLE occurrences (
	state smallint NOT NULL CHECK (state BETWEEN 0 AND 2), -- waiting, running, held
	rank smallint NOT NULL CHECK (rank BETWEEN 0 AND 9), -- 9 - priority
	ready_at bigint NOT NULL,
	job_id bigint NOT NULL,
	scheduled_for bigint NOT NULL,
	attempt integer NOT NULL,     -- the number it has (running) or gets
	base integer NOT NULL,        -- attempts before this series: a retry by hand begins a new one
	main smallint NOT NULL,
	manual smallint NOT NULL,
	gated smallint NOT NULL,      -- its job has an order key, a queue, or wants a certain node
	hold smallint NOT NULL,       -- why it is held, bits: occ.h
	wish smallint NOT NULL,       -- what is wanted of the running attempt, bits: occ.h
	fence bigint,                 -- running: id of its attempt
	runner bigint
) WITH (autovacuum_vacuum_scale_factor = 0.02); -- a row is soon another

CREATE UNIQUE INDEX occurrences_waiting ON occurrences (rank, ready_at, job_id, scheduled_for)
	WHERE state = 0;
-- Never two running for one job.
CREATE UNIQUE INDEX occurrences_running ON occurrences (job_id) WHERE state = 1;
-- Those that jobs.due_at does not lead to.
CREATE UNIQUE INDEX occurrences_beside ON occurrences (job_id, state, rank, ready_at, scheduled_for)
	WHERE state = 2 OR (state = 0 AND main = 0);

-- Who has an order key ('k:KEY') or a slot of a queue ('q:NAME'), and who stands in line for it or
-- for a node ('n:' and what it has to be and have: line_node.c). Gated occurrences only.
CREATE TABLE lines (
	gate text COLLATE "C" NOT NULL,
	stage smallint NOT NULL,      -- has it, is next, is held: line.h
	rank smallint NOT NULL,       -- of a queue's: the order in which they are let through
	due bigint NOT NULL,
	job_id bigint NOT NULL,
	scheduled_for bigint NOT NULL,
	PRIMARY KEY (gate, stage, rank, due, job_id, scheduled_for)
);

CREATE INDEX lines_job ON lines (job_id);

-- Queues that have a limit, or are or were paused.
CREATE TABLE queues (
	name text COLLATE "C" PRIMARY KEY,
	max_running bigint,           -- NULL: none
	paused smallint NOT NULL DEFAULT 0,
	paused_at bigint,             -- begin, planned end and end of its latest pause
	paused_until bigint,
	resumed_at bigint,
	reason text,
	released smallint NOT NULL DEFAULT 0 -- turns since that of the one ready longest: line_queue.c
);

-- The ledger: one row for each execution. The id is the fence: it grows and is never used twice.
CREATE TABLE attempts (
	id bigint PRIMARY KEY,
	job_id bigint NOT NULL,
	scheduled_for bigint NOT NULL,
	attempt integer NOT NULL,
	prev bigint,                  -- the job's attempt before, unless it has been pruned
	manual smallint NOT NULL,
	node text,
	runner bigint,
	outcome text NOT NULL,
	exit_status smallint,
	signal smallint,
	ready_at bigint NOT NULL,
	claimed_at bigint NOT NULL,
	started_at bigint,
	finished_at bigint,
	user_time bigint,
	system_time bigint,
	max_rss bigint,               -- KiB
	output_bytes bigint,          -- all that it wrote, kept or not
	reason text,
	dead smallint NOT NULL DEFAULT 0, -- 1: it used up the retries; 2: it did, and was retried by hand
	mail smallint NOT NULL DEFAULT 0, -- whom to tell at its end: 0 nobody, else 1 + mail_on; fixed by the claim
	notice text                   -- why nobody could be told of its end
) WITH (fillfactor = 40); -- the end of an attempt finds room beside its claim, which is shorter

CREATE UNIQUE INDEX attempts_occurrence ON attempts (scheduled_for, job_id, attempt);

-- The other half of the ledger: why an expected occurrence did not run. Consecutive ones with the
-- same reason, and no attempt between them, are one row.
CREATE TABLE skips (
	id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	job_id bigint NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	reason text NOT NULL,
	detail text,                  -- calendar: its name; prerequisite: which job, and what it did
	count bigint NOT NULL,
	first_scheduled_for bigint NOT NULL,
	last_scheduled_for bigint NOT NULL,
	recorded_at bigint NOT NULL,
	after_fence bigint NOT NULL,  -- the job's newest attempt then; 0: none
	notice text                   -- prerequisite: why nobody could be told of it
);

CREATE INDEX skips_job ON skips (job_id);
CREATE INDEX skips_recorded ON skips (recorded_at);

CREATE TABLE outputs (
	fence bigint PRIMARY KEY REFERENCES attempts (id) ON DELETE CASCADE,
	data bytea,                   -- head and tail
	dropped_at bigint NOT NULL,   -- where in data bytes are missing, and how many
	dropped_bytes bigint NOT NULL
);

-- Ends of attempts that somebody is still to be told of. A row is there from the commit of the end until
-- the mailer, or the command of on_failure, has done its work, or has failed for good. (What failed
-- with a job that it comes after had no attempt.)
CREATE TABLE notices (
	fence bigint NOT NULL,        -- an attempt; below 0: -id of a row of skips
	kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 1), -- mail, on_failure
	due_at bigint NOT NULL,
	tries bigint NOT NULL DEFAULT 0, -- that failed
	PRIMARY KEY (fence, kind)
);

-- Prerequisites that have not ended yet.
CREATE TABLE dependencies (
	on_id bigint NOT NULL REFERENCES jobs (id),
	job_id bigint NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	any_end smallint NOT NULL,    -- 1: however it ends
	PRIMARY KEY (on_id, job_id)
);

CREATE INDEX dependencies_job ON dependencies (job_id);

-- Prerequisites that have ended while more jobs depended on them than one transaction sees to. Those up to
-- last_id are meant: who came later depends on what came later.
CREATE TABLE endings (
	on_id bigint NOT NULL,
	last_id bigint NOT NULL,
	well smallint NOT NULL,
	PRIMARY KEY (on_id, last_id)
);

CREATE TABLE nodes (
	id text COLLATE "C" PRIMARY KEY,
	host text,
	zone text,
	version text,
	labels text,                  -- JSON array
	wake text,
	runtime text,
	capacity bigint NOT NULL,
	boot text NOT NULL,           -- identity of its process: boot id, pid, start time in ticks
	pid bigint NOT NULL,
	start bigint NOT NULL,
	started_at bigint NOT NULL,
	heartbeat_at bigint NOT NULL,
	last_tick_at bigint,
	live smallint NOT NULL,         -- 0: stopped, 1: live, 2: was not heard of any more
	drain smallint NOT NULL DEFAULT 0,
	-- Where several hosts share the database: how long it may run jobs, and the leader's term, the highest.
	lease_until bigint,
	term bigint NOT NULL DEFAULT 0
);

CREATE TABLE runners (
	id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	node text NOT NULL,
	journal text,
	socket text,
	boot text,                    -- boot id of the boot in which it was started
	created_at bigint NOT NULL
);

-- Attempts of nodes that were given up, which nobody knows to have started. If such a node comes back, and its
-- runner had not started one, it is given back: giveback.c.
CREATE TABLE given_up (
	runner bigint NOT NULL,
	fence bigint NOT NULL,
	PRIMARY KEY (runner, fence)
);

CREATE TABLE tabs (
	path text COLLATE "C" PRIMARY KEY,
	loaded_at bigint,             -- of the version in force; NULL: none
	mtime bigint NOT NULL,
	size bigint NOT NULL,
	entries bigint NOT NULL,
	hash bigint NOT NULL,
	nodes bigint NOT NULL,        -- hash of those for which entries are a job each; 0: no such entry
	error_line bigint NOT NULL,   -- 0: the newest version has no error
	error_column bigint NOT NULL,
	error text,
	error_at bigint,
	warnings bigint NOT NULL
);

-- Where the files of a node that does not lead differ from the tabs in force.
CREATE TABLE tab_differences (
	node text COLLATE "C" NOT NULL,
	path text COLLATE "C" NOT NULL,
	what text NOT NULL,           -- missing, extra, differs, unreadable
	since bigint NOT NULL,
	PRIMARY KEY (node, path)
);

-- Pauses of the whole scheduler; the one that is in force has no ended_at.
CREATE TABLE pauses (
	id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	paused_at bigint NOT NULL,
	paused_until bigint,
	ended_at bigint,
	reason text
);

CREATE UNIQUE INDEX pauses_open ON pauses (coalesce(ended_at, 0)) WHERE ended_at IS NULL;

-- How far a bulk submission has come, so that it can go on.
CREATE TABLE batches (
	name text COLLATE "C" PRIMARY KEY,
	stored bigint NOT NULL,
	updated_at bigint NOT NULL
);

-- The ids of its jobs, for who goes on: its jobs from number from_job on, counted from 0, have `count`
-- ids one after the other, from id on.
CREATE TABLE batch_ids (
	name text COLLATE "C" NOT NULL REFERENCES batches (name) ON DELETE CASCADE,
	from_job bigint NOT NULL,
	id bigint NOT NULL,
	count bigint NOT NULL,
	PRIMARY KEY (name, from_job)
);

-- What a job put by for its next attempt.
CREATE TABLE checkpoints (
	job_id bigint NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
	scheduled_for bigint NOT NULL,
	data bytea NOT NULL,
	put_at bigint NOT NULL,
	PRIMARY KEY (job_id, scheduled_for)
);

CREATE TABLE settings (
	key text COLLATE "C" PRIMARY KEY,
	value text NOT NULL
);

-- Totals since the database was made, which pruning does not lower; 'jobs.STATE' are counts of rows, and
-- 'last.job' and 'last.fence' the highest ids ever given out.
CREATE TABLE counters (
	name text COLLATE "C" NOT NULL,
	shard smallint NOT NULL DEFAULT 0, -- its rows are added: who writes at the same time has one each
	value bigint NOT NULL,
	PRIMARY KEY (name, shard)
);

-- For people: jobs with the state that `jobsched list` shows, and times that can be read.
CREATE VIEW job_status AS
SELECT
	j.id, j.name, j."user",
	CASE
		WHEN j.state <> 'active' THEN j.state
		WHEN r.job_id IS NOT NULL THEN 'running'
		WHEN m.job_id IS NULL AND NOT EXISTS (SELECT 1 FROM occurrences b WHERE b.job_id = j.id
			AND (b.state = 2 OR (b.state = 0 AND b.main = 0)))
			AND (j.boot_id IS NULL OR j.ended_at IS NOT NULL) THEN 'done'
		WHEN j.paused = 1 THEN 'paused'
		ELSE 'pending'
	END AS state,
	j.command, j.argv, j.schedule, j.tz, j.tab,
	moment(m.ready_at) AS next_run_at,
	moment(j.last_scheduled_at) AS last_scheduled_at,
	a.outcome AS last_outcome,
	moment(a.started_at) AS last_started_at,
	moment(a.finished_at) AS last_finished_at,
	moment(j.created_at) AS created_at
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
	moment(a.scheduled_for) AS scheduled_for,
	a.attempt, a.manual, a.node, a.outcome, a.exit_status, a.signal,
	moment(a.claimed_at) AS recorded_at,
	moment(a.started_at) AS started_at,
	moment(a.finished_at) AS finished_at,
	(a.started_at - a.ready_at) / 1e6 AS lateness,
	(a.finished_at - a.started_at) / 1e6 AS run_time,
	a.reason, a.dead <> 0 AS dead, 1::bigint AS count, NULL::text AS last_scheduled_for
FROM attempts a LEFT JOIN jobs j ON j.id = a.job_id
UNION ALL
SELECT
	s.job_id, j.name,
	moment(s.first_scheduled_for),
	NULL, 0::smallint, NULL, 'skipped', NULL, NULL,
	moment(s.recorded_at), NULL, NULL, NULL, NULL,
	s.reason || coalesce(' ' || s.detail, ''), false, s.count,
	moment(s.last_scheduled_for)
FROM skips s LEFT JOIN jobs j ON j.id = s.job_id;
