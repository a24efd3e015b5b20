# time
time_tests = \
	%D%/t_calendar \
	%D%/t_cron_next \
	%D%/t_cron_oracle \
	%D%/t_cron_parse \
	%D%/t_duration \
	%D%/t_instant \
	%D%/t_schedule \
	%D%/t_shift \
	%D%/t_tzif \
	%D%/t_zone \
	%D%/t_zone_libc
check_PROGRAMS += $(time_tests)
TESTS += $(time_tests)
TIME_LIBS = libtap.a libtime.a libbase.a $(BSD_LIBS)

tests_unit_t_calendar_SOURCES = %D%/t_calendar.c
tests_unit_t_calendar_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_calendar_LDADD = $(TIME_LIBS)
tests_unit_t_cron_next_SOURCES = %D%/t_cron_next.c
tests_unit_t_cron_next_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_cron_next_LDADD = $(TIME_LIBS)
tests_unit_t_cron_oracle_SOURCES = %D%/t_cron_oracle.c %D%/cron_oracle.c %D%/cron_oracle.h
tests_unit_t_cron_oracle_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_cron_oracle_LDADD = $(TIME_LIBS)
tests_unit_t_cron_parse_SOURCES = %D%/t_cron_parse.c
tests_unit_t_cron_parse_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_cron_parse_LDADD = $(TIME_LIBS)
tests_unit_t_duration_SOURCES = %D%/t_duration.c
tests_unit_t_duration_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_duration_LDADD = $(TIME_LIBS)
tests_unit_t_instant_SOURCES = %D%/t_instant.c
tests_unit_t_instant_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_instant_LDADD = $(TIME_LIBS)
tests_unit_t_schedule_SOURCES = %D%/t_schedule.c
tests_unit_t_schedule_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_schedule_LDADD = $(TIME_LIBS)
tests_unit_t_tzif_SOURCES = %D%/t_tzif.c
tests_unit_t_tzif_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_tzif_LDADD = $(TIME_LIBS)
tests_unit_t_zone_SOURCES = %D%/t_zone.c
tests_unit_t_zone_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_zone_LDADD = $(TIME_LIBS)
# Without ban.h: it compares with the functions that are banned.
tests_unit_t_zone_libc_SOURCES = %D%/t_zone_libc.c
tests_unit_t_zone_libc_CPPFLAGS = -I$(srcdir)/src -I$(srcdir)/tests/lib -I$(builddir) $(BSD_CFLAGS) \
	-include config.h
tests_unit_t_zone_libc_LDADD = $(TIME_LIBS)

check_PROGRAMS += tests/unit/t_step
TESTS += tests/unit/t_step
tests_unit_t_step_SOURCES = tests/unit/t_step.c
tests_unit_t_step_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_step_LDADD = libtap.a libtime.a libbase.a $(BSD_LIBS)
tests_unit_t_shift_SOURCES = %D%/t_shift.c
tests_unit_t_shift_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_shift_LDADD = $(TIME_LIBS)
