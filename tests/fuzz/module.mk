# Hostile input: a target for each thing that is read from outside. See README here.
fuzz_targets = bulk calendar conf cron frame joblock journal tab time
fuzz_sources = \
	%D%/bulk.c \
	%D%/calendar.c \
	%D%/conf.c \
	%D%/cron.c \
	%D%/frame.c \
	%D%/fuzz.c %D%/fuzz.h \
	%D%/joblock.c \
	%D%/journal.c \
	%D%/tab.c \
	%D%/time.c
FUZZ_ARCHIVES = libcli.a libdaemon.a libstore.a libtab.a libconf.a libwire.a libjob.a libtime.a libbase.a
FUZZ_LIBS = $(FUZZ_ARCHIVES) \
	$(SQLITE_LIBS) $(JANSSON_LIBS) $(CONFUSE_LIBS) $(EVENT_LIBS) $(BSD_LIBS)

check_LIBRARIES += libfuzz.a
# What is read from a file by a module of the CLI is no part of its library.
libfuzz_a_SOURCES = $(fuzz_sources) src/cli/bulk_line.c src/cli/bulk_plain.c
libfuzz_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(CONFUSE_CFLAGS)

# In every build: what was found once must not come back.
check_PROGRAMS += %D%/replay
TESTS += %D%/replay
tests_fuzz_replay_SOURCES = %D%/replay.c
tests_fuzz_replay_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_fuzz_replay_LDADD = libtap.a libfuzz.a $(FUZZ_LIBS)

EXTRA_DIST += %D%/README %D%/RESULTS %D%/entry.c %D%/run %D%/merge %D%/corpus \
	%D%/bulk.dict \
	%D%/calendar.dict \
	%D%/conf.dict \
	%D%/cron.dict \
	%D%/frame.dict \
	%D%/joblock.dict \
	%D%/journal.dict \
	%D%/tab.dict \
	%D%/time.dict

# One object and one program for each target; only clang has what they need.
FUZZ_SECONDS = 60
.PHONY: fuzz fuzz-programs fuzz-merge $(fuzz_targets:%=fuzz-%)
if FUZZERS
fuzz_programs = $(fuzz_targets:%=tests/fuzz/fuzz-%)
CLEANFILES += $(fuzz_programs)
$(fuzz_programs): tests/fuzz/fuzz-%: $(srcdir)/tests/fuzz/entry.c libfuzz.a $(FUZZ_ARCHIVES)
	$(AM_V_CCLD)$(CC) $(DEFS) $(AM_CPPFLAGS) $(CPPFLAGS) $(AM_CFLAGS) $(CFLAGS) \
		-DFUZZ_TARGET=fuzz_$* -I$(srcdir)/tests/fuzz $(AM_LDFLAGS) $(LDFLAGS) \
		-fsanitize=fuzzer -o $@ $(srcdir)/tests/fuzz/entry.c libfuzz.a $(FUZZ_LIBS)
fuzz-programs: $(fuzz_programs)
fuzz: $(fuzz_targets:%=fuzz-%)
$(fuzz_targets:%=fuzz-%): fuzz-%: tests/fuzz/fuzz-%
	@$(srcdir)/tests/fuzz/run $* $(FUZZ_SECONDS)
fuzz-merge: $(fuzz_programs)
	@for target in $(fuzz_targets); do $(srcdir)/tests/fuzz/merge $$target || exit; done
else
fuzz fuzz-programs fuzz-merge $(fuzz_targets:%=fuzz-%):
	@echo "this build has no fuzzers: configure one with --enable-fuzzers CC=clang" >&2; exit 1
endif
