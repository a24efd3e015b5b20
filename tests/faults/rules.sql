-- The rules of `checker`: each finds what must not be. It has filled line (the evidence), acked and fact,
-- and attached the database as js. Only tables that jobsched-db(7) describes are read.

-- ---- what was seen ----

-- The environment of a job has milliseconds.
CREATE TABLE seen AS SELECT
	what, CAST(job AS INTEGER) AS job,
	unixepoch(scheduled_for) * 1000 + CAST(substr(scheduled_for, 21, 3) AS INTEGER) AS due_ms,
	CAST(attempt AS INTEGER) AS attempt, CAST(fence AS INTEGER) AS fence,
	CAST(boot AS INTEGER) AS boot, CAST(wall AS INTEGER) AS wall, CAST(status AS INTEGER) AS status
FROM line WHERE what <> 'torn';

CREATE TABLE began AS SELECT * FROM seen WHERE what = 'start';
CREATE INDEX began_fence ON began (fence);
CREATE INDEX began_job ON began (job, boot);
CREATE TABLE ended AS SELECT * FROM seen WHERE what = 'end';
CREATE INDEX ended_fence ON ended (fence);

CREATE TABLE told AS SELECT DISTINCT CAST(job AS INTEGER) AS job FROM acked;
CREATE UNIQUE INDEX told_job ON told (job);

-- Of half a million attempts of an hour's storm each is looked for by its occurrence.
CREATE INDEX js.of_job ON attempts (job_id, scheduled_for);

-- Empty: not done.
CREATE TABLE asked AS SELECT kind, CAST(job AS INTEGER) AS job, CAST(a AS INTEGER) AS at,
	CAST(nullif(b, '') AS INTEGER) AS done FROM fact WHERE kind <> 'bulk';
CREATE INDEX asked_job ON asked (kind, job);

-- Of several hosts: which was not there when, and which stood still so long that another may have had its jobs.
CREATE TABLE down AS SELECT job AS node, CAST(a AS INTEGER) AS since, CAST(b AS INTEGER) AS until, c AS what
	FROM fact WHERE kind = 'down';
CREATE TABLE thawed AS SELECT a.id AS fence, a.job_id AS job, d.since, d.until
	FROM down d JOIN js.attempts a ON a.node = d.node AND a.outcome = 'lost' AND a.claimed_at <= d.until
	AND a.finished_at >= d.since WHERE d.what = 'frozen';

CREATE TABLE violation (rule TEXT, what TEXT);

-- ---- the evidence itself ----

-- A line that is none.
INSERT INTO violation SELECT 'unreadable', 'line ' || job FROM line WHERE what = 'torn'
UNION ALL SELECT 'unreadable', what || ' of job ' || job FROM line
WHERE what <> 'torn' AND (what NOT IN ('start', 'end', 'clash')
	OR job || attempt || fence || pid || boot || wall || status GLOB '*[^0-9]*'
	OR '' IN (job, attempt, fence, pid, boot, wall) OR (status = '') = (what = 'end')
	OR unixepoch(scheduled_for) IS NULL)
UNION ALL SELECT 'unreadable', 'acknowledged id ' || job FROM acked WHERE job GLOB '*[^0-9]*' OR job = '';

-- One fence is one execution.
INSERT INTO violation SELECT 'started-twice', 'fence ' || fence || ' of job ' || min(job) || ', '
	|| count(*) || ' starts' FROM began GROUP BY fence HAVING count(*) > 1;
INSERT INTO violation SELECT 'ended-twice', 'fence ' || fence || ' of job ' || min(job)
	FROM ended GROUP BY fence HAVING count(*) > 1;

-- ---- acknowledged jobs ----

-- An acknowledged job is in the database.
INSERT INTO violation SELECT 'acked-gone', 'job ' || t.job FROM told t
	WHERE NOT EXISTS (SELECT 1 FROM js.jobs j WHERE j.id = t.job);

-- It has run, or it is explained: by an attempt that used up its retries, a cancel, or a skip of a kind that
-- ends a job. That holds for what nobody was told of, too: it is there, and so it has to run.
INSERT INTO violation SELECT CASE WHEN t.job IS NULL THEN 'unrun' ELSE 'acked-unrun' END,
	'job ' || j.id || ', state ' || j.state
	FROM js.jobs j LEFT JOIN told t ON t.job = j.id
	LEFT JOIN js.attempts a ON a.job_id = j.id AND (a.outcome IN ('ok', 'cancelled') OR a.dead <> 0)
	WHERE a.id IS NULL AND j.state <> 'cancelled' AND j.periodic = 0
	AND NOT EXISTS (SELECT 1 FROM js.skips s WHERE s.job_id = j.id
		AND s.reason IN ('deadline', 'prerequisite', 'cancelled'));

-- A schedule with an end has run as often as it was to.
INSERT INTO violation SELECT 'counted', 'job ' || id || ' was to run ' || wanted || ' times, and ran ' || n
	FROM (SELECT j.id, j.options ->> 'count' AS wanted, (SELECT count(DISTINCT a.scheduled_for)
		FROM js.attempts a WHERE a.job_id = j.id AND a.manual = 0) AS n
	FROM js.jobs j WHERE j.periodic = 1 AND j.state <> 'cancelled')
	WHERE n <> wanted;

-- Nothing is cancelled that nobody cancelled. What --overlap=replace ends, and what a tab takes with it
-- when it goes, are such.
INSERT INTO violation SELECT 'unasked', 'job ' || j.id || ' is cancelled' FROM js.jobs j
	WHERE j.state = 'cancelled'
	AND NOT EXISTS (SELECT 1 FROM asked c WHERE c.kind = 'cancel' AND c.job = j.id);
INSERT INTO violation SELECT 'unasked', 'attempt ' || a.id || ' of job ' || a.job_id || ' is cancelled'
	FROM js.attempts a JOIN js.jobs j ON j.id = a.job_id
	WHERE a.outcome = 'cancelled' AND coalesce(j.options ->> 'overlap', 'skip') <> 'replace'
	AND NOT EXISTS (SELECT 1 FROM asked c WHERE c.kind = 'cancel' AND c.job = j.id);
INSERT INTO violation SELECT 'unasked', 'an occurrence of job ' || j.id || ' is cancelled'
	FROM js.skips s JOIN js.jobs j ON j.id = s.job_id WHERE s.reason = 'cancelled' AND j.tab IS NULL
	AND NOT EXISTS (SELECT 1 FROM asked c WHERE c.kind = 'cancel' AND c.job = j.id);

-- A bulk submission is stored whole or not at all.
INSERT INTO violation SELECT 'bulk-torn', f.job || ': ' || n || ' of ' || f.a FROM (
	SELECT f.*, (SELECT count(*) FROM js.jobs j
		WHERE j.name >= f.job || '-' AND j.name < f.job || '.') AS n
	FROM fact f WHERE f.kind = 'bulk') f
	WHERE n <> CAST(f.a AS INTEGER) AND (n <> 0 OR f.b = '1');

-- ---- the ledger against the evidence ----

-- Whatever started is in the ledger: a claim that came to nothing must not have run.
INSERT INTO violation SELECT 'unrecorded', 'job ' || b.job || ', fence ' || b.fence || ', attempt ' || b.attempt
	FROM began b WHERE NOT EXISTS (SELECT 1 FROM js.attempts a WHERE a.id = b.fence);

-- Under its own name.
INSERT INTO violation SELECT 'mixed-up', s.what || ' of job ' || s.job || ', fence ' || s.fence
	FROM seen s JOIN js.attempts a ON a.id = s.fence
	WHERE a.job_id <> s.job OR a.scheduled_for / 1000 <> s.due_ms OR a.attempt <> s.attempt;

-- An attempt that ended by itself has both lines. (One killed by itself has the first.)
INSERT INTO violation SELECT 'no-evidence', 'attempt ' || a.id || ' of job ' || a.job_id || ' is ' || a.outcome
	FROM js.attempts a LEFT JOIN began b ON b.fence = a.id LEFT JOIN ended e ON e.fence = a.id
	WHERE (a.outcome IN ('ok', 'failed') AND (b.fence IS NULL OR e.fence IS NULL))
	OR (a.outcome = 'killed' AND b.fence IS NULL);

-- An end in evidence is not recorded as something that contradicts it, `lost` apart. A job that is
-- cancelled, or runs out of time, just when it ends may be recorded as either. 0.3 s is given to its exit; 10 s
-- to a runner that is stopped when it ends. What could not start has not started.
INSERT INTO violation SELECT 'contradicted', 'attempt ' || a.id || ' of job ' || a.job_id
	|| ' ended with ' || e.status || ', recorded is ' || a.outcome
	FROM ended e JOIN js.attempts a ON a.id = e.fence JOIN js.jobs j ON j.id = a.job_id
	WHERE a.outcome IN ('error', 'killed')
	OR (a.outcome = 'timeout' AND e.wall < a.started_at + coalesce(j.options ->> 'timeout', 9e18) - 300000)
	OR (a.outcome = 'cancelled' AND e.wall < (SELECT min(c.at) FROM asked c
		WHERE c.kind = 'cancel' AND c.job = j.id) - 10000000);
INSERT INTO violation SELECT 'contradicted', 'attempt ' || a.id || ' of job ' || a.job_id
	|| ' started, recorded is that it could not' FROM began b JOIN js.attempts a ON a.id = b.fence
	WHERE a.outcome = 'error';

-- An end has the exit status that the ledger has.
INSERT INTO violation SELECT 'status', 'attempt ' || a.id || ' of job ' || a.job_id || ' ended with '
	|| e.status || ', recorded is ' || a.outcome || ', ' || coalesce(a.exit_status, 'no status')
	FROM ended e JOIN js.attempts a ON a.id = e.fence
	WHERE a.outcome IN ('ok', 'failed')
	AND (a.exit_status IS NOT e.status OR (a.outcome = 'ok') <> (e.status = 0));

-- Times: the ledger's span holds what the job saw; 50 ms are given to the slewing of the wall clock.
INSERT INTO violation SELECT 'times', 'attempt ' || a.id || ' of job ' || a.job_id
	FROM js.attempts a LEFT JOIN began b ON b.fence = a.id LEFT JOIN ended e ON e.fence = a.id
	WHERE a.started_at > b.wall + 50000
	OR (a.finished_at < e.wall - 50000 AND a.id NOT IN (SELECT fence FROM thawed))
	OR a.started_at < a.claimed_at OR a.finished_at < a.started_at;

-- ---- once ----

-- One attempt at most of an occurrence is ok, and none comes after it.
INSERT INTO violation SELECT 'ok-twice', 'job ' || job_id || ', occurrence ' || scheduled_for
	FROM js.attempts WHERE outcome = 'ok' GROUP BY job_id, scheduled_for HAVING count(*) > 1;
INSERT INTO violation SELECT 'after-ok', 'attempt ' || b.id || ' of job ' || b.job_id || ' after ' || a.id
	FROM js.attempts a JOIN js.attempts b ON b.job_id = a.job_id AND b.scheduled_for = a.scheduled_for
	AND b.attempt > a.attempt WHERE a.outcome = 'ok';

-- Who is to run one time has one occurrence, apart from those that somebody asked for by hand.
INSERT INTO violation SELECT 'twice', 'job ' || a.job_id || ', ' || count(DISTINCT a.scheduled_for)
	|| ' occurrences' FROM js.attempts a JOIN js.jobs j ON j.id = a.job_id
	WHERE j.periodic = 0 AND a.manual = 0 GROUP BY a.job_id HAVING count(DISTINCT a.scheduled_for) > 1;
INSERT INTO violation SELECT 'unasked', 'job ' || job_id || ' ran by hand ' || n || ' times' FROM (
	SELECT job_id, count(DISTINCT scheduled_for) AS n FROM js.attempts WHERE manual <> 0 GROUP BY job_id)
	WHERE n > (SELECT count(*) FROM asked r WHERE r.kind = 'run' AND r.job = job_id);

-- Attempts of an occurrence are numbered from 1, without a gap: none has gone from the ledger.
INSERT INTO violation SELECT 'numbered', 'job ' || job_id || ', occurrence ' || scheduled_for FROM js.attempts
	GROUP BY job_id, scheduled_for HAVING min(attempt) <> 1 OR max(attempt) <> count(*);

-- No more attempts than its retries allow, for which somebody may have given it new ones, as often as he asked. One
-- that its node shows not to have started is given back, and counts for nothing.
CREATE TABLE series AS SELECT a.job_id AS job, max(a.attempt) - sum(a.outcome = 'lost' AND a.started_at IS NULL
	AND coalesce(a.reason, '') LIKE '% and had not started it: it is given back') AS last,
	coalesce(j.options ->> 'retries', 0) + 1 AS allowed
	FROM js.attempts a JOIN js.jobs j ON j.id = a.job_id GROUP BY a.job_id, a.scheduled_for;
INSERT INTO violation SELECT 'too-often', 'job ' || job || ', ' || last || ' attempts, '
	|| (allowed - 1) || ' retries' FROM series WHERE last > allowed * (1 +
	(SELECT count(*) FROM asked r WHERE r.kind = 'retry' AND r.job = series.job));

-- And no fewer: one that failed is tried again until they are used up. Cancels end that, and so do tabs that
-- go, and what replaces it.
INSERT INTO violation SELECT 'too-seldom', 'attempt ' || a.id || ' of job ' || a.job_id || ' is ' || a.outcome
	|| CASE WHEN a.dead = 0 THEN ', and nothing came of it' ELSE ', and was the last' END
	FROM js.attempts a JOIN js.jobs j ON j.id = a.job_id
	WHERE a.outcome IN ('failed', 'killed', 'timeout', 'lost', 'error')
	AND ((a.dead <> 0 AND a.attempt < coalesce(j.options ->> 'retries', 0) + 1)
	OR (a.dead = 0 AND NOT EXISTS (SELECT 1 FROM js.attempts b WHERE b.job_id = a.job_id
		AND b.scheduled_for = a.scheduled_for AND b.attempt > a.attempt)))
	AND j.tab IS NULL AND coalesce(j.options ->> 'overlap', 'skip') <> 'replace'
	AND NOT EXISTS (SELECT 1 FROM asked c WHERE c.kind = 'cancel' AND c.job = j.id);

-- The end of an attempt is unknown only if its runner was killed, or its host was not there.
INSERT INTO violation SELECT 'lost-unkilled', 'attempt ' || a.id || ' of job ' || a.job_id || ' on runner '
	|| coalesce(a.runner, '?') FROM js.attempts a WHERE a.outcome = 'lost'
	AND NOT EXISTS (SELECT 1 FROM asked k WHERE k.kind = 'killed' AND k.job = a.runner)
	AND NOT EXISTS (SELECT 1 FROM down d WHERE d.node IN (a.node, '*')
		AND a.claimed_at <= d.until AND a.finished_at >= d.since);

-- Nor if that was long after the end: the journal, which outlives the runner, has it. It may have been stopped.
INSERT INTO violation SELECT 'lost-known', 'attempt ' || a.id || ' of job ' || a.job_id || ', '
	|| (k.at - e.wall) || ' us before its runner was killed' FROM ended e JOIN js.attempts a ON a.id = e.fence
	JOIN (SELECT job, min(at) AS at FROM asked WHERE kind = 'killed' GROUP BY job) k ON k.job = a.runner
	WHERE a.outcome = 'lost' AND e.wall < k.at - 10000000;

-- ---- never twice at a time ----

-- By the clock: no start lies before the end of an earlier attempt of its job. What a host that was frozen for longer
-- than its lease did in the instant after it is apart: that is promised nowhere.
INSERT INTO violation SELECT 'overlap', 'job ' || job || ': fence ' || fence || ' started '
	|| (busy - boot) || ' us before an earlier attempt ended' FROM (
	SELECT b.job, b.fence, b.boot, max(coalesce(e.boot, b.boot)) OVER (PARTITION BY b.job
		ORDER BY b.boot, b.fence ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy
	FROM began b LEFT JOIN (SELECT fence, max(boot) AS boot FROM ended GROUP BY fence) e ON e.fence = b.fence
	WHERE b.fence NOT IN (SELECT fence FROM thawed))
	WHERE busy > boot;

-- By the ledger, which also knows when those ended that wrote no end.
INSERT INTO violation SELECT 'overlap', 'job ' || job_id || ': attempt ' || id || ' started '
	|| (busy - started_at) || ' us before an earlier one ended' FROM (
	SELECT job_id, id, started_at, max(finished_at) OVER (PARTITION BY job_id
		ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy FROM js.attempts)
	WHERE busy > started_at + 50000;

-- By the mark that a job holds while it lives, which sees those that never wrote an end.
INSERT INTO violation SELECT 'clash', 'job ' || job || ': fence ' || fence || ' met another attempt'
	FROM seen s WHERE what = 'clash' AND NOT EXISTS (SELECT 1 FROM thawed t WHERE t.job = s.job
		AND s.fence > t.fence AND s.wall BETWEEN t.since AND t.until + 5000000);

-- ---- never early ----

INSERT INTO violation SELECT 'early', 'job ' || b.job || ', fence ' || b.fence || ': '
	|| (a.scheduled_for - b.wall) || ' us' FROM began b JOIN js.attempts a ON a.id = b.fence
	WHERE b.wall < a.scheduled_for OR b.wall < a.ready_at OR a.claimed_at < a.scheduled_for OR a.claimed_at < a.ready_at;

-- Claim before run.
INSERT INTO violation SELECT 'unclaimed', 'job ' || b.job || ', fence ' || b.fence || ': '
	|| (a.claimed_at - b.wall) || ' us' FROM began b JOIN js.attempts a ON a.id = b.fence
	WHERE b.wall < a.claimed_at;

-- Two runs of an interval are never closer than it.
INSERT INTO violation SELECT 'closer', 'job ' || job_id || ': fence ' || id || ', '
	|| (claimed_at - before) || ' us after the one before' FROM (
	SELECT a.job_id, a.id, a.claimed_at, CAST(substr(j.schedule, 8) AS INTEGER) * 1000000 AS every,
		lag(a.claimed_at) OVER (PARTITION BY a.job_id ORDER BY a.id) AS before
	FROM js.attempts a JOIN js.jobs j ON j.id = a.job_id
	WHERE j.schedule GLOB '@every [0-9]*s' AND a.manual = 0 AND a.attempt = 1)
	WHERE claimed_at - before < every;

-- ---- what was asked for ----

-- A job that is cancelled is claimed no more, unless somebody has it run again.
INSERT INTO violation SELECT 'cancelled-ran', 'attempt ' || a.id || ' of job ' || a.job_id || ', '
	|| (a.claimed_at - c.done) || ' us later' FROM asked c JOIN js.attempts a ON a.job_id = c.job
	WHERE c.kind = 'cancel' AND a.claimed_at > c.done AND NOT EXISTS (SELECT 1 FROM asked r
	WHERE r.job = c.job AND r.kind IN ('retry', 'run'));

-- Nothing of a paused job is claimed, manual runs apart; nothing at all while everything is paused. A pause
-- is in force until somebody begins to end it, and of a job until it ends: a retry by hand opens that again.
CREATE TABLE pause AS SELECT p.job, p.done AS since, coalesce((SELECT min(r.at) FROM asked r
	WHERE r.kind = 'resume' AND r.job = p.job AND coalesce(r.done, r.at + 1e12) > p.at), 9e18) AS until
	FROM asked p WHERE p.kind = 'pause' AND p.done IS NOT NULL;
DELETE FROM pause WHERE until <= since;
INSERT INTO violation SELECT 'paused-ran', 'attempt ' || a.id || ' of job ' || a.job_id || ', '
	|| (a.claimed_at - p.since) || ' us after the pause' FROM pause p JOIN js.attempts a ON a.job_id = p.job
	WHERE p.job > 0 AND a.manual = 0 AND a.claimed_at > p.since AND a.claimed_at < p.until
	AND NOT EXISTS (SELECT 1 FROM asked r WHERE r.kind = 'retry' AND r.job = p.job);
CREATE INDEX js.claims ON attempts (claimed_at);
INSERT INTO violation SELECT 'paused-ran', 'attempt ' || a.id || ' of job ' || a.job_id || ', '
	|| (a.claimed_at - p.since) || ' us after everything was paused' FROM pause p JOIN js.attempts a
	ON a.claimed_at > p.since AND a.claimed_at < p.until WHERE p.job = 0;

-- ---- the ledger is complete ----

CREATE TABLE expected AS WITH RECURSIVE e (job, due, until, step) AS (
	SELECT CAST(job AS INTEGER), CAST(a AS INTEGER), CAST(b AS INTEGER), CAST(c AS INTEGER)
		FROM fact WHERE kind = 'expected' AND CAST(a AS INTEGER) <= CAST(b AS INTEGER)
	UNION ALL SELECT job, due + step, until, step FROM e WHERE due + step <= until)
	SELECT job, due, step FROM e;
INSERT INTO violation SELECT 'no-row', 'job ' || e.job || ', occurrence ' || e.due FROM expected e
	WHERE NOT EXISTS (SELECT 1 FROM js.attempts a WHERE a.job_id = e.job AND a.scheduled_for = e.due)
	AND NOT EXISTS (SELECT 1 FROM js.skips s WHERE s.job_id = e.job
		AND e.due BETWEEN s.first_scheduled_for AND s.last_scheduled_for);

-- And knows of none that was not to be.
INSERT INTO violation SELECT 'unexpected', 'job ' || a.job_id || ', occurrence ' || a.scheduled_for
	FROM (SELECT job, min(due) AS due, step FROM expected GROUP BY job) e
	JOIN js.attempts a ON a.job_id = e.job AND a.manual = 0 WHERE (a.scheduled_for - e.due) % e.step <> 0;

-- It says of no occurrence that it ran and that it did not, and counts rightly. What lies between the ends of a
-- row is in it only where the steps are known. A time that comes again is skipped when the clock was set back;
-- and what was skipped with a prerequisite runs if somebody has it retried. What was cancelled while it waited for
-- a retry has attempts that were not ok, all from before.
INSERT INTO violation SELECT 'two-rows', 'job ' || s.job_id || ', occurrence ' || a.scheduled_for || ' was skipped: '
	|| s.reason FROM js.skips s JOIN js.attempts a ON a.job_id = s.job_id
	AND a.scheduled_for IN (s.first_scheduled_for, s.last_scheduled_for)
	WHERE s.reason <> 'clock' AND (a.outcome = 'ok' OR a.id > s.after_fence) AND (s.reason <> 'prerequisite'
		OR NOT EXISTS (SELECT 1 FROM asked r WHERE r.kind = 'retry' AND r.job = s.job_id))
UNION SELECT 'two-rows', 'job ' || e.job || ', occurrence ' || e.due || ' was skipped: ' || s.reason FROM expected e
	JOIN js.skips s ON s.job_id = e.job AND e.due BETWEEN s.first_scheduled_for AND s.last_scheduled_for
	JOIN js.attempts a ON a.job_id = e.job AND a.scheduled_for = e.due;
INSERT INTO violation SELECT 'miscounted', 'job ' || s.job_id || ', ' || s.reason || ' ' || s.count || ' times'
	FROM js.skips s JOIN (SELECT DISTINCT job, step FROM expected) e ON e.job = s.job_id
	WHERE s.count <> (s.last_scheduled_for - s.first_scheduled_for) / e.step + 1;

-- ---- at rest ----

INSERT INTO violation SELECT 'left-running', 'attempt ' || id || ' of job ' || job_id FROM js.attempts
	WHERE outcome = 'running';
INSERT INTO violation SELECT 'left-open', 'job ' || job_id || ', occurrence ' || scheduled_for
	|| CASE state WHEN 0 THEN ' waits' WHEN 1 THEN ' runs' ELSE ' is held for ' || (hold & 63) END
	FROM js.occurrences;

-- ---- what was found ----

SELECT rule || ': ' || what FROM (SELECT rule, what, row_number() OVER (PARTITION BY rule) AS n FROM violation)
	WHERE n <= 10
UNION ALL SELECT rule || ': ' || (count(*) - 10) || ' more' FROM violation GROUP BY rule HAVING count(*) > 10;
SELECT 'checker ' || (SELECT count(*) FROM began) || ' starts, ' || (SELECT count(*) FROM ended) || ' ends, '
	|| (SELECT count(*) FROM js.attempts) || ' attempts, '
	|| (SELECT count(*) FROM js.attempts WHERE outcome = 'lost') || ' lost, '
	|| (SELECT count(*) FROM told) || ' acknowledged jobs of ' || (SELECT count(*) FROM js.jobs) || ', '
	|| (SELECT count(*) FROM expected) || ' expected occurrences, '
	|| (SELECT count(*) FROM violation) || ' violations';
