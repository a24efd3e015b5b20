-- Roles for a database that hosts share, each with no more than it needs: nodes, those who submit, those who
-- look. Run it in that database, as a superuser, once `jobsched db init` has made the schema, and again after
-- each `jobsched db upgrade`:
--
--     psql -d jobs -f roles.sql
--
-- Then give each person and host a role of its own, as a member of one of these:
--
--     CREATE ROLE alpha LOGIN PASSWORD '...' IN ROLE jobsched_node;
--     CREATE ROLE web LOGIN PASSWORD '...' IN ROLE jobsched_submitter;
--     CREATE ROLE ann LOGIN PASSWORD '...' IN ROLE jobsched_reader;
--
-- The role that owns the schema is needed for `db init` and `db upgrade` only.

DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['jobsched_node', 'jobsched_submitter', 'jobsched_reader'] LOOP
		IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) THEN
			EXECUTE format('CREATE ROLE %I NOLOGIN', name);
		END IF;
	END LOOP;
END $$;

DO $$
BEGIN
	EXECUTE format('GRANT CONNECT ON DATABASE %I TO jobsched_reader, jobsched_submitter, jobsched_node',
		current_database());
END $$;

GRANT USAGE ON SCHEMA jobsched TO jobsched_reader, jobsched_submitter, jobsched_node;

-- Lists, shows, waits. Commands, environments and outputs of jobs can be read: give it to those who may.
GRANT SELECT ON ALL TABLES IN SCHEMA jobsched TO jobsched_reader, jobsched_submitter, jobsched_node;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA jobsched TO jobsched_reader, jobsched_submitter, jobsched_node;

-- Puts new jobs in, one by one and by bulk, and touches none that is there. It can say what runs as whom.
GRANT INSERT ON jobsched.jobs, jobsched.occurrences, jobsched.dependencies, jobsched.lines
	TO jobsched_submitter;
GRANT INSERT, UPDATE ON jobsched.counters TO jobsched_submitter;
GRANT INSERT, UPDATE, DELETE ON jobsched.batches, jobsched.batch_ids TO jobsched_submitter;
GRANT USAGE ON SEQUENCE jobsched.last_job TO jobsched_submitter;

-- A jobschedd, and who cancels, pauses, retries, prunes and drains.
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobsched TO jobsched_node;
GRANT USAGE, UPDATE ON ALL SEQUENCES IN SCHEMA jobsched TO jobsched_node;
-- Which version the tables have is for their owner to say.
REVOKE INSERT, UPDATE, DELETE ON jobsched.schema_version FROM jobsched_node;
