check_PROGRAMS += tests/unit/t_takein
TESTS += tests/unit/t_takein
tests_unit_t_takein_SOURCES = tests/unit/t_takein.c
tests_unit_t_takein_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_takein_LDADD = libtap.a $(DAEMON_LIBS)

check_PROGRAMS += tests/unit/t_message
TESTS += tests/unit/t_message
tests_unit_t_message_SOURCES = tests/unit/t_message.c
tests_unit_t_message_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_message_LDADD = libtap.a $(DAEMON_LIBS)

check_PROGRAMS += tests/unit/t_tabload
TESTS += tests/unit/t_tabload
tests_unit_t_tabload_SOURCES = tests/unit/t_tabload.c
tests_unit_t_tabload_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_tabload_LDADD = libtap.a $(DAEMON_LIBS)

check_PROGRAMS += tests/unit/t_link
TESTS += tests/unit/t_link
tests_unit_t_link_SOURCES = tests/unit/t_link.c
tests_unit_t_link_CPPFLAGS = $(UNIT_CPPFLAGS) $(EVENT_CFLAGS)
tests_unit_t_link_LDADD = libtap.a $(DAEMON_LIBS)

check_PROGRAMS += tests/unit/t_sweep
TESTS += tests/unit/t_sweep
tests_unit_t_sweep_SOURCES = tests/unit/t_sweep.c
tests_unit_t_sweep_CPPFLAGS = $(UNIT_CPPFLAGS) $(EVENT_CFLAGS)
tests_unit_t_sweep_LDADD = libtap.a $(DAEMON_LIBS)

check_PROGRAMS += tests/unit/t_standing
TESTS += tests/unit/t_standing
tests_unit_t_standing_SOURCES = tests/unit/t_standing.c src/daemon/alarm.c
tests_unit_t_standing_CPPFLAGS = $(UNIT_CPPFLAGS) $(EVENT_CFLAGS)
tests_unit_t_standing_LDADD = libtap.a $(DAEMON_LIBS)

check_PROGRAMS += tests/unit/t_ramp
TESTS += tests/unit/t_ramp
tests_unit_t_ramp_SOURCES = tests/unit/t_ramp.c
tests_unit_t_ramp_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_ramp_LDADD = libtap.a $(DAEMON_LIBS)
