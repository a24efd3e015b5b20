# store: the conformance suite over every backend, and what is SQLite's own
store_tests = %D%/t_store %D%/t_store_sqlite
check_PROGRAMS += $(store_tests)
TESTS += $(store_tests)
STORE_LIBS = libtap.a libstore.a libjob.a libtime.a libbase.a $(SQLITE_LIBS) $(BSD_LIBS)

tests_unit_t_store_SOURCES = \
	%D%/t_store.c %D%/t_store.h %D%/t_store_fx.c \
	%D%/t_store_after.c %D%/t_store_change.c %D%/t_store_claim.c %D%/t_store_clock.c \
	%D%/t_store_end.c \
	%D%/t_store_jobs.c %D%/t_store_ledger.c %D%/t_store_life.c %D%/t_store_line.c \
	%D%/t_store_list.c %D%/t_store_ops.c %D%/t_store_periodic.c %D%/t_store_prune.c %D%/t_store_random.c \
	%D%/t_store_tab.c
tests_unit_t_store_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_store_LDADD = $(STORE_LIBS)
tests_unit_t_store_SOURCES += %D%/t_store_notice.c
tests_unit_t_store_sqlite_SOURCES = %D%/t_store_sqlite.c
tests_unit_t_store_sqlite_CPPFLAGS = $(UNIT_CPPFLAGS) $(SQLITE_CFLAGS)
tests_unit_t_store_sqlite_LDADD = $(STORE_LIBS)
