# tests/bench: what is fast, and how fast: see README here. Not built by default, but for the smoke test.
BENCH_OWN = %D%/spawn_loop %D%/timed %D%/floor %D%/insert %D%/claim %D%/ended %D%/connected
check_PROGRAMS += $(BENCH_OWN)
tests_bench_spawn_loop_SOURCES = %D%/spawn_loop.c %D%/timing.h
tests_bench_spawn_loop_CPPFLAGS = -D_GNU_SOURCE
tests_bench_timed_SOURCES = %D%/timed.c %D%/timing.h
tests_bench_timed_CPPFLAGS = -D_GNU_SOURCE
tests_bench_floor_SOURCES = %D%/floor.c %D%/timing.h
tests_bench_floor_CPPFLAGS = -D_GNU_SOURCE $(SQLITE_CFLAGS)
tests_bench_floor_LDADD = $(SQLITE_LIBS)
tests_bench_insert_SOURCES = %D%/insert.c %D%/timing.h
tests_bench_insert_CPPFLAGS = -D_GNU_SOURCE $(SQLITE_CFLAGS)
tests_bench_insert_LDADD = $(SQLITE_LIBS)
tests_bench_ended_SOURCES = %D%/ended.c %D%/timing.h
tests_bench_ended_CPPFLAGS = -D_GNU_SOURCE $(SQLITE_CFLAGS)
tests_bench_ended_LDADD = $(SQLITE_LIBS)
tests_bench_claim_SOURCES = %D%/claim.c %D%/timing.h
tests_bench_claim_LDADD = $(STORE_LIBS)
tests_bench_claim_LDFLAGS = $(STORE_EXPORTS)
tests_bench_connected_SOURCES = %D%/connected.c %D%/timing.h
tests_bench_connected_LDADD = $(STORE_LIBS)
tests_bench_connected_LDFLAGS = $(STORE_EXPORTS)

if POSTGRESQL
BENCH_PG = %D%/pg_floor
check_PROGRAMS += $(BENCH_PG)
tests_bench_pg_floor_SOURCES = %D%/pg_floor.c %D%/timing.h
tests_bench_pg_floor_CPPFLAGS = -D_GNU_SOURCE $(POSTGRESQL_CFLAGS)
tests_bench_pg_floor_LDADD = $(POSTGRESQL_LIBS)
endif

# Its own start where it has one, else a static C library. No sanitizer, and nothing of libc's start.
BENCH_TINY = %D%/tiny
EXTRA_DIST += %D%/tiny.c
CLEANFILES += $(BENCH_TINY)
%D%/tiny: %D%/tiny.c
	@$(MKDIR_P) %D%
	$(AM_V_CCLD)case `$(CC) -dumpmachine` in \
	x86_64*|aarch64*) $(CC) -O2 -nostdlib -static -fno-pie -no-pie -ffreestanding -fno-builtin \
		-fno-stack-protector -o $@ $(srcdir)/%D%/tiny.c ;; \
	*) $(CC) -O2 -static -o $@ $(srcdir)/%D%/tiny.c ;; \
	esac

if !SANITIZERS
check_PROGRAMS += %D%/syncs.so
tests_bench_syncs_so_SOURCES = %D%/syncs.c
tests_bench_syncs_so_CPPFLAGS = -D_GNU_SOURCE
tests_bench_syncs_so_CFLAGS = $(WARN_CFLAGS) -fPIC
tests_bench_syncs_so_LDFLAGS = -shared
BENCH_SYNCS_SO = %D%/syncs.so
endif

EXTRA_PROGRAMS = %D%/cron_next %D%/tab_load
CLEANFILES += $(EXTRA_PROGRAMS)
tests_bench_cron_next_SOURCES = %D%/cron_next.c
tests_bench_cron_next_LDADD = libtime.a libbase.a $(BSD_LIBS)
tests_bench_tab_load_SOURCES = %D%/tab_load.c
tests_bench_tab_load_LDADD = libtab.a libjob.a libtime.a libbase.a $(BSD_LIBS)

BENCH_ROOMS = %D%/bench %D%/lib.bash %D%/peers.bash %D%/figures.bash %D%/store.bash %D%/pg.bash %D%/pg_peers.mjs %D%/table.awk %D%/targets
EXTRA_DIST += $(BENCH_ROOMS) %D%/smoke.sh %D%/README %D%/RESULTS
TESTS += %D%/smoke.sh
BENCH_BUILT = $(BENCH_OWN) $(BENCH_PG) $(BENCH_TINY) $(BENCH_SYNCS_SO) %D%/cron_next %D%/tab_load
# The smoke test is given what it needs by check_PROGRAMS; tiny is no program of automake's.
check_DATA += $(BENCH_TINY)

# make bench [BENCH="spawn submit"] [BENCH_SAVE=1]
.PHONY: bench
bench: jobsched jobschedd jobsched-runner $(STORE_MODULES) $(BENCH_BUILT)
	builddir='$(abs_top_builddir)' srcdir='$(abs_top_srcdir)' BENCH_SAVE='$(BENCH_SAVE)' \
		bash $(srcdir)/%D%/bench $(BENCH)
