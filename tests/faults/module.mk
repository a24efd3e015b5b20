# The machine that tries to break the invariants: see README here.
check_PROGRAMS += %D%/job %D%/storm
tests_faults_job_SOURCES = %D%/job.c
# It shares nothing with the product, not even a header.
tests_faults_job_CPPFLAGS = -D_GNU_SOURCE

# The storm itself judges nothing that the checker judges: it may use what the product is built on.
tests_faults_storm_SOURCES = \
	%D%/children.c %D%/children.h \
	%D%/clients.c %D%/clients.h \
	%D%/dice.c %D%/dice.h \
	%D%/faults.c %D%/faults.h \
	%D%/found.c %D%/found.h \
	%D%/jobs.c %D%/jobs.h \
	%D%/points.c %D%/points.h \
	%D%/rest.c %D%/rest.h \
	%D%/scheduler.c %D%/scheduler.h \
	%D%/storm.c %D%/storm.h \
	%D%/tabfiles.c %D%/tabfiles.h \
	%D%/tally.c %D%/tally.h \
	%D%/timers.c %D%/timers.h \
	%D%/world.c %D%/world.h
tests_faults_storm_CPPFLAGS = $(AM_CPPFLAGS) $(SQLITE_CFLAGS) -DFAULTS_DIR='"$(abs_top_srcdir)/tests/faults"'
tests_faults_storm_LDADD = libbase.a $(SQLITE_LIBS) $(BSD_LIBS) -lm
TESTS += %D%/storm.sh

# What the tests of hostile input say to sockets: in the words of the product, so that they are understood.
check_PROGRAMS += %D%/impostor
tests_faults_impostor_SOURCES = %D%/impostor.c
tests_faults_impostor_LDADD = libwire.a libjob.a libtime.a libbase.a $(BSD_LIBS)
EXTRA_DIST += %D%/README %D%/RESULTS %D%/checker %D%/rules.sql %D%/storm.sh

# Calls that fail, by LD_PRELOAD; and a fault at each of them. The sanitizers want to be first themselves.
if !SANITIZERS
check_PROGRAMS += %D%/shim.so
tests_faults_shim_so_SOURCES = %D%/shim.c
tests_faults_shim_so_CPPFLAGS = -D_GNU_SOURCE
tests_faults_shim_so_CFLAGS = $(WARN_CFLAGS) -fPIC
tests_faults_shim_so_LDFLAGS = -shared
endif
EXTRA_DIST += %D%/shim.c %D%/steps %D%/steps.sh
TESTS += %D%/steps.sh

# Which failpoints there are, for the tests that go through them.
if FAILPOINTS
check_PROGRAMS += %D%/failpoints
tests_faults_failpoints_SOURCES = %D%/failpoints.c
tests_faults_failpoints_LDADD = libbase.a $(BSD_LIBS)
endif
EXTRA_DIST += %D%/failpoints.c
