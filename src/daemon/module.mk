sbin_PROGRAMS += jobschedd
noinst_LIBRARIES += libdaemon.a
libdaemon_a_SOURCES = \
	%D%/alarm.h \
	%D%/clockstep.c %D%/clockstep.h \
	%D%/daemon.c %D%/daemon.h \
	%D%/days.c %D%/days.h \
	%D%/detach.c %D%/detach.h \
	%D%/ear.c %D%/ear.h \
	%D%/facts.c %D%/facts.h \
	%D%/fault.c %D%/fault.h \
	%D%/ground.c %D%/ground.h \
	%D%/handover.c %D%/handover.h \
	%D%/helper.c %D%/helper.h \
	%D%/link.c %D%/link.h \
	%D%/member.c %D%/member.h \
	%D%/message.c %D%/message.h \
	%D%/notices.c %D%/notices.h \
	%D%/notify.c %D%/notify.h \
	%D%/once.c %D%/once.h \
	%D%/orphans.c %D%/orphans.h \
	%D%/patience.c %D%/patience.h \
	%D%/place.c %D%/place.h \
	%D%/queues.c %D%/queues.h \
	%D%/ramp.c %D%/ramp.h \
	%D%/reload.c \
	%D%/remains.c %D%/remains.h \
	%D%/results.c %D%/results.h \
	%D%/runners.c %D%/runners.h \
	%D%/singleton.c %D%/singleton.h \
	%D%/spawn.c %D%/spawn.h \
	%D%/standing.c %D%/standing.h \
	%D%/sweep.c %D%/sweep.h \
	%D%/tabcompare.c %D%/tabcompare.h \
	%D%/tabdiff.c %D%/tabdiff.h \
	%D%/tabload.c %D%/tabload.h \
	%D%/tabs.c %D%/tabs.h \
	%D%/tabwatch.c %D%/tabwatch.h \
	%D%/takein.c %D%/takein.h \
	%D%/tick.c %D%/tick.h \
	%D%/wake.c %D%/wake.h \
	%D%/work.c %D%/work.h \
	%D%/zones.c %D%/zones.h
libdaemon_a_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS)

DAEMON_LIBS = libdaemon.a libstore.a libtab.a libconf.a libwire.a libjob.a libtime.a libbase.a \
	$(SQLITE_LIBS) $(CONFUSE_LIBS) $(EVENT_LIBS) $(BSD_LIBS)
jobschedd_SOURCES = %D%/main.c %D%/alarm.c
jobschedd_CPPFLAGS = $(AM_CPPFLAGS) $(EVENT_CFLAGS)
jobschedd_LDADD = $(DAEMON_LIBS)
jobschedd_LDFLAGS = $(EXPORT_LDFLAGS)
