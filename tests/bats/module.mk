# What people and scripts see: the commands, and the daemon, as black boxes.
#
# Those that take longest come first, so that none is left over when all others have ended.
BATS_TESTS =
BATS_TESTS += %D%/failpoints_kill_1.bats %D%/failpoints_kill_2.bats %D%/faults.bats %D%/kills.bats %D%/kills_life.bats %D%/kills_stuck.bats
BATS_TESTS += %D%/daemon_faults.bats %D%/failpoints.bats %D%/hostile.bats %D%/timeout.bats %D%/daemon.bats
BATS_TESTS += %D%/checker.bats
BATS_TESTS += %D%/clock.bats
BATS_TESTS += %D%/filters.bats %D%/life.bats %D%/order.bats %D%/queues.bats
BATS_TESTS += %D%/crowd.bats
BATS_TESTS += %D%/faults_disk.bats
BATS_TESTS += %D%/daemon_calendars.bats %D%/daemon_tabs.bats %D%/examples.bats
BATS_TESTS += %D%/huge_tabs.bats %D%/zones.bats
BATS_TESTS += %D%/checkpoint.bats %D%/mail.bats %D%/output.bats %D%/cgroups.bats
BATS_TESTS += %D%/cluster.bats %D%/two_hosts.bats
BATS_TESTS += %D%/pam.bats %D%/pids.bats %D%/someone.bats %D%/versions.bats
TESTS += $(BATS_TESTS)
EXTRA_DIST += $(BATS_TESTS) %D%/pg.bash %D%/lib.bash %D%/clock.bash %D%/failpoints.bash %D%/kills.bash
BATS_TESTS += \
	%D%/cli_bulk.bats \
	%D%/cli_db.bats \
	%D%/cli_list.bats \
	%D%/cli_next.bats \
	%D%/cli_options.bats \
	%D%/cli_submit.bats \
	%D%/cli_tab.bats
EXTRA_DIST += %D%/cli.bash
BATS_TESTS += %D%/pg_cli.bats %D%/pg_copy.bats %D%/pg_roles.bats %D%/pg_tls.bats
