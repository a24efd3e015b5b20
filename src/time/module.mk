noinst_LIBRARIES += libtime.a
libtime_a_SOURCES = \
	%D%/calendar.c %D%/calendar.h \
	%D%/calendar_parse.c \
	%D%/civil.c %D%/civil.h \
	%D%/cron.h \
	%D%/cron_days.c %D%/cron_days.h \
	%D%/cron_field.c %D%/cron_field.h \
	%D%/cron_next.c \
	%D%/cron_parse.c \
	%D%/cron_token.c %D%/cron_token.h \
	%D%/duration.c %D%/duration.h \
	%D%/instant.c %D%/instant.h \
	%D%/instant_parse.c \
	%D%/posixtz.c %D%/posixtz.h \
	%D%/schedule.c %D%/schedule.h \
	%D%/schedule_count.c \
	%D%/shift.c %D%/shift.h \
	%D%/shown.c %D%/shown.h \
	%D%/step.c %D%/step.h \
	%D%/tzif.c %D%/tzif.h \
	%D%/zone.c %D%/zone.h \
	%D%/zone_cache.c \
	%D%/zone_table.c %D%/zone_table.h
