pkglibexec_PROGRAMS += jobsched-runner
noinst_LIBRARIES += librunner.a
librunner_a_SOURCES = \
	%D%/become.c %D%/become.h %D%/prepare.c \
	%D%/brief.c %D%/brief.h \
	%D%/capture.c %D%/capture.h \
	%D%/cells.c %D%/cells.h \
	%D%/checkpoint.c %D%/checkpoint.h \
	%D%/child.c %D%/child.h \
	%D%/clone.c %D%/clone.h \
	%D%/end.c %D%/end.h \
	%D%/environment.c %D%/environment.h \
	%D%/guests.c %D%/guests.h \
	%D%/jobs.c %D%/jobs.h \
	%D%/launch.c %D%/launch.h \
	%D%/lease.c %D%/lease.h \
	%D%/lock.c %D%/lock.h \
	%D%/orders.c %D%/orders.h \
	%D%/reap.c %D%/reap.h \
	%D%/report.c %D%/report.h \
	%D%/runner.c %D%/runner.h \
	%D%/server.c %D%/server.h \
	%D%/spawn.c %D%/spawn.h \
	%D%/start.c %D%/start.h \
	%D%/users.c %D%/users.h
librunner_a_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS)

RUNNER_LIBS = librunner.a libwire.a libjob.a libtime.a libbase.a $(EVENT_LIBS) $(BSD_LIBS)
jobsched_runner_SOURCES = %D%/main.c
jobsched_runner_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS)
jobsched_runner_LDADD = $(RUNNER_LIBS)

# It alone knows PAM: what modules drag in stays out of the runner.
if PAM
pkglibexec_PROGRAMS += jobsched-session
SESSION_LIBS = librunner.a libwire.a libjob.a libtime.a libbase.a $(PAM_LIBS) $(BSD_LIBS)
jobsched_session_SOURCES = %D%/session.c %D%/pam.c %D%/pam.h
jobsched_session_CPPFLAGS = $(AM_CPPFLAGS) $(PAM_CFLAGS)
jobsched_session_LDADD = $(SESSION_LIBS)
endif
