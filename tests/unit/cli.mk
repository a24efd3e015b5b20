# cli
CLI_LDADD = libtap.a libcli.a libstore.a libtab.a libconf.a libwire.a libjob.a libtime.a libbase.a \
	$(SQLITE_LIBS) $(CONFUSE_LIBS) $(BSD_LIBS)

check_PROGRAMS += tests/unit/t_agenda tests/unit/t_bulk_plain tests/unit/t_opt tests/unit/t_spool
TESTS += tests/unit/t_agenda tests/unit/t_bulk_plain tests/unit/t_opt tests/unit/t_spool
tests_unit_t_opt_SOURCES = tests/unit/t_opt.c
tests_unit_t_opt_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_opt_LDADD = $(CLI_LDADD)
tests_unit_t_spool_SOURCES = tests/unit/t_spool.c
tests_unit_t_spool_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_spool_LDADD = $(CLI_LDADD)
tests_unit_t_agenda_SOURCES = tests/unit/t_agenda.c
tests_unit_t_agenda_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_agenda_LDADD = $(CLI_LDADD)
# It is a part of a module of the CLI, and of no library.
tests_unit_t_bulk_plain_SOURCES = tests/unit/t_bulk_plain.c src/cli/bulk_plain.c
tests_unit_t_bulk_plain_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_bulk_plain_LDADD = $(CLI_LDADD)
