-- A role for each that comes to the database: see roles.sql.
CREATE ROLE alpha LOGIN IN ROLE jobsched_node;
CREATE ROLE beta LOGIN IN ROLE jobsched_node;
CREATE ROLE web LOGIN IN ROLE jobsched_submitter;
