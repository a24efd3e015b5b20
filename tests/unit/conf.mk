# conf
conf_tests = \
	%D%/t_calendars \
	%D%/t_conf
check_PROGRAMS += $(conf_tests)
TESTS += $(conf_tests)

tests_unit_t_calendars_SOURCES = %D%/t_calendars.c
tests_unit_t_calendars_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_calendars_LDADD = libtap.a libconf.a libjob.a libtime.a libbase.a $(BSD_LIBS)
tests_unit_t_conf_SOURCES = %D%/t_conf.c
tests_unit_t_conf_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_conf_LDADD = libtap.a libconf.a libjob.a libtime.a libbase.a $(CONFUSE_LIBS) $(BSD_LIBS)
