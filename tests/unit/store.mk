# store: the conformance suite over every backend, and what is SQLite's own
check_PROGRAMS += %D%/t_store %D%/t_store_sqlite
TESTS += %D%/t_store_sqlite
# What a module of the store uses of libbase, and these programs do not.
STORE_EXPORTS = $(EXPORT_LDFLAGS) -Wl,-u,clock_boot
STORE_LIBS = libtap.a libstore.a libjob.a libtime.a libbase.a $(SQLITE_LIBS) $(BSD_LIBS)

tests_unit_t_store_SOURCES = \
	%D%/pg_server.c %D%/pg_server.h %D%/t_store.c %D%/t_store.h %D%/t_store_fx.c \
	%D%/t_store_after.c %D%/t_store_change.c %D%/t_store_claim.c %D%/t_store_clock.c \
	%D%/t_store_end.c \
	%D%/t_store_jobs.c %D%/t_store_lease.c %D%/t_store_ledger.c %D%/t_store_life.c %D%/t_store_line.c \
	%D%/t_store_list.c %D%/t_store_ops.c %D%/t_store_periodic.c %D%/t_store_prune.c %D%/t_store_random.c \
	%D%/t_store_tab.c
tests_unit_t_store_CPPFLAGS = $(UNIT_CPPFLAGS) $(POSTGRESQL_CFLAGS)
tests_unit_t_store_LDADD = $(STORE_LIBS) $(POSTGRESQL_LIBS)
tests_unit_t_store_LDFLAGS = $(STORE_EXPORTS)
tests_unit_t_store_SOURCES += %D%/t_store_notice.c
tests_unit_t_store_sqlite_SOURCES = %D%/probe.c %D%/probe.h %D%/t_store_sqlite.c
tests_unit_t_store_sqlite_CPPFLAGS = $(UNIT_CPPFLAGS) $(SQLITE_CFLAGS)
tests_unit_t_store_sqlite_LDADD = $(STORE_LIBS)

check_PROGRAMS += %D%/t_memory
TESTS += %D%/t_memory
tests_unit_t_memory_SOURCES = %D%/t_memory.c
tests_unit_t_memory_CPPFLAGS = $(UNIT_CPPFLAGS) $(SQLITE_CFLAGS)
tests_unit_t_memory_LDADD = $(STORE_LIBS)

# Test programs look for modules beside themselves.
store_test_modules = $(STORE_MODULES:%=%D%/%) $(STORE_MODULES:%=tests/bench/%)
check_DATA += $(store_test_modules)
CLEANFILES += $(store_test_modules)
$(store_test_modules): $(STORE_MODULES)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(LN_S) -f ../../$(@F) $@
EXTRA_DIST += tests/lib/postgresql

check_PROGRAMS += %D%/t_store_pg
TESTS += %D%/t_store_pg
tests_unit_t_store_pg_SOURCES = %D%/pg_proxy.c %D%/pg_proxy.h %D%/pg_server.c %D%/pg_server.h \
	%D%/pg_store.c %D%/pg_store.h %D%/t_store_pg.c \
	src/store/pg/address.c
tests_unit_t_store_pg_CPPFLAGS = $(UNIT_CPPFLAGS) $(POSTGRESQL_CFLAGS)
tests_unit_t_store_pg_LDADD = $(STORE_LIBS) $(POSTGRESQL_LIBS)
tests_unit_t_store_pg_LDFLAGS = $(STORE_EXPORTS)

check_PROGRAMS += %D%/t_store_crowd
TESTS += %D%/t_store_crowd
tests_unit_t_store_crowd_SOURCES = %D%/pg_server.c %D%/pg_server.h %D%/pg_store.c %D%/pg_store.h \
	%D%/t_store_crowd.c
tests_unit_t_store_crowd_CPPFLAGS = $(UNIT_CPPFLAGS) $(POSTGRESQL_CFLAGS)
tests_unit_t_store_crowd_LDADD = $(STORE_LIBS) $(POSTGRESQL_LIBS)
tests_unit_t_store_crowd_LDFLAGS = $(STORE_EXPORTS)

check_PROGRAMS += %D%/t_store_ahead
TESTS += %D%/t_store_ahead
tests_unit_t_store_ahead_SOURCES = %D%/pg_proxy.c %D%/pg_proxy.h %D%/pg_server.c %D%/pg_server.h \
	%D%/pg_store.c %D%/pg_store.h %D%/t_store_ahead.c
tests_unit_t_store_ahead_CPPFLAGS = $(UNIT_CPPFLAGS) $(POSTGRESQL_CFLAGS)
tests_unit_t_store_ahead_LDADD = $(STORE_LIBS) $(POSTGRESQL_LIBS)
tests_unit_t_store_ahead_LDFLAGS = $(STORE_EXPORTS)

check_PROGRAMS += %D%/t_store_cost
TESTS += %D%/t_store_cost
tests_unit_t_store_cost_SOURCES = %D%/t_store_cost.c
tests_unit_t_store_cost_CPPFLAGS = $(UNIT_CPPFLAGS) $(SQLITE_CFLAGS)
tests_unit_t_store_cost_LDADD = $(STORE_LIBS)

check_PROGRAMS += %D%/t_store_synced
TESTS += %D%/t_store_synced
tests_unit_t_store_synced_SOURCES = %D%/t_store_synced.c
tests_unit_t_store_synced_CPPFLAGS = $(UNIT_CPPFLAGS) $(SQLITE_CFLAGS)
tests_unit_t_store_synced_LDADD = $(STORE_LIBS)

check_PROGRAMS += %D%/t_store_run
TESTS += %D%/t_store_run
tests_unit_t_store_run_SOURCES = %D%/probe.c %D%/probe.h %D%/t_store_run.c
tests_unit_t_store_run_CPPFLAGS = $(UNIT_CPPFLAGS) $(SQLITE_CFLAGS)
tests_unit_t_store_run_LDADD = $(STORE_LIBS)
