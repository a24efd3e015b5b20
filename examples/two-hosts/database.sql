-- The database, and who owns its schema: that role is for `jobsched db init` and `jobsched db upgrade` only.
CREATE ROLE jobs_owner LOGIN;
CREATE DATABASE jobs OWNER jobs_owner;
-- Who may connect can hold up the others: see roles.sql for who may.
REVOKE CONNECT ON DATABASE jobs FROM PUBLIC;
