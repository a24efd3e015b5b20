# The programs on a clock that tests own: same code, but for the two files named here. They stand in
# a folder of their own, so that the test jobschedd finds the test runner beside it.
check_PROGRAMS += %D%/jobschedd %D%/jobsched-runner %D%/jobsched
tests_fake_jobschedd_SOURCES = src/daemon/main.c %D%/clock.c %D%/alarm.c
tests_fake_jobschedd_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS)
tests_fake_jobschedd_LDADD = $(DAEMON_LIBS)
tests_fake_jobschedd_LDFLAGS = $(EXPORT_LDFLAGS)
tests_fake_jobsched_runner_SOURCES = src/runner/main.c %D%/clock.c
tests_fake_jobsched_runner_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS)
tests_fake_jobsched_runner_LDADD = $(RUNNER_LIBS)
tests_fake_jobsched_SOURCES = src/cli/main.c %D%/clock.c
tests_fake_jobsched_LDADD = $(CLI_LIBS)

# And its modules.
fake_modules = $(CLI_MODULES:%=%D%/%) $(STORE_MODULES:%=%D%/%)
check_DATA += $(fake_modules)
CLEANFILES += $(fake_modules)
tests_fake_jobsched_LDFLAGS = $(EXPORT_LDFLAGS)
$(fake_modules): %D%/%.so: %.so
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(LN_S) -f ../../$*.so $@
if PAM
check_PROGRAMS += %D%/jobsched-session
tests_fake_jobsched_session_SOURCES = src/runner/session.c src/runner/pam.c %D%/pam_start.c
tests_fake_jobsched_session_CPPFLAGS = $(AM_CPPFLAGS) $(PAM_CFLAGS)
tests_fake_jobsched_session_LDADD = $(SESSION_LIBS)
endif
