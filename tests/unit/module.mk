# tests/unit: one program for each module, NAME_SOURCES = NAME.c, table-driven, TAP.
UNIT_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/lib
include $(srcdir)/tests/unit/base.mk
include $(srcdir)/tests/unit/time.mk
include $(srcdir)/tests/unit/job.mk
include $(srcdir)/tests/unit/wire.mk
include $(srcdir)/tests/unit/store.mk
include $(srcdir)/tests/unit/tab.mk
include $(srcdir)/tests/unit/conf.mk
include $(srcdir)/tests/unit/runner.mk
include $(srcdir)/tests/unit/daemon.mk
include $(srcdir)/tests/unit/cli.mk
