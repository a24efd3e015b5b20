runner_tests = \
	%D%/t_brief \
	%D%/t_capture \
	%D%/t_clone \
	%D%/t_environment \
	%D%/t_runner \
	%D%/t_runner_end \
	%D%/t_runner_lease \
	%D%/t_runner_life \
	%D%/t_runner_lock
check_PROGRAMS += $(runner_tests)
TESTS += $(runner_tests)
RUNNER_PEER = %D%/peer.c %D%/peer.h
RUNNER_TEST_LIBS = libtap.a libwire.a libjob.a libtime.a libbase.a $(BSD_LIBS)
if SANITIZERS
RUNNER_CPPFLAGS = $(UNIT_CPPFLAGS) -DSANITIZED=1
else
RUNNER_CPPFLAGS = $(UNIT_CPPFLAGS) -DSANITIZED=0
endif

tests_unit_t_brief_SOURCES = %D%/t_brief.c
tests_unit_t_brief_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_brief_LDADD = libtap.a librunner.a libwire.a libjob.a libtime.a libbase.a $(BSD_LIBS)
tests_unit_t_clone_SOURCES = %D%/t_clone.c
tests_unit_t_clone_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_clone_LDADD = libtap.a librunner.a libwire.a libjob.a libtime.a libbase.a $(BSD_LIBS)
tests_unit_t_environment_SOURCES = %D%/t_environment.c
tests_unit_t_environment_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_environment_LDADD = libtap.a librunner.a libwire.a libjob.a libtime.a libbase.a $(BSD_LIBS)
tests_unit_t_capture_SOURCES = %D%/t_capture.c
tests_unit_t_capture_CPPFLAGS = $(UNIT_CPPFLAGS) $(EVENT_CFLAGS)
tests_unit_t_capture_LDADD = libtap.a librunner.a libwire.a libjob.a libtime.a libbase.a $(EVENT_LIBS) $(BSD_LIBS)
tests_unit_t_runner_SOURCES = %D%/t_runner.c $(RUNNER_PEER)
tests_unit_t_runner_CPPFLAGS = $(RUNNER_CPPFLAGS)
tests_unit_t_runner_LDADD = $(RUNNER_TEST_LIBS)
tests_unit_t_runner_end_SOURCES = %D%/t_runner_end.c $(RUNNER_PEER)
tests_unit_t_runner_end_CPPFLAGS = $(RUNNER_CPPFLAGS)
tests_unit_t_runner_end_LDADD = $(RUNNER_TEST_LIBS)
tests_unit_t_runner_lease_SOURCES = %D%/t_runner_lease.c $(RUNNER_PEER)
tests_unit_t_runner_lease_CPPFLAGS = $(RUNNER_CPPFLAGS)
tests_unit_t_runner_lease_LDADD = $(RUNNER_TEST_LIBS)
tests_unit_t_runner_life_SOURCES = %D%/t_runner_life.c $(RUNNER_PEER)
tests_unit_t_runner_life_CPPFLAGS = $(RUNNER_CPPFLAGS)
tests_unit_t_runner_life_LDADD = $(RUNNER_TEST_LIBS)
tests_unit_t_runner_lock_SOURCES = %D%/t_runner_lock.c $(RUNNER_PEER)
tests_unit_t_runner_lock_CPPFLAGS = $(RUNNER_CPPFLAGS)
tests_unit_t_runner_lock_LDADD = $(RUNNER_TEST_LIBS)
