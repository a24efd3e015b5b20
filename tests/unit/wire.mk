wire_tests = \
	%D%/t_frame \
	%D%/t_joblock \
	%D%/t_journal \
	%D%/t_launch \
	%D%/t_pack
check_PROGRAMS += $(wire_tests)
TESTS += $(wire_tests)
EXTRA_DIST += %D%/guard.h
WIRE_LIBS = libtap.a libwire.a libjob.a libtime.a libbase.a $(BSD_LIBS)

tests_unit_t_frame_SOURCES = %D%/t_frame.c
tests_unit_t_frame_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_frame_LDADD = $(WIRE_LIBS)
tests_unit_t_joblock_SOURCES = %D%/t_joblock.c
tests_unit_t_joblock_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_joblock_LDADD = $(WIRE_LIBS)
tests_unit_t_journal_SOURCES = %D%/t_journal.c
tests_unit_t_journal_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_journal_LDADD = $(WIRE_LIBS)
tests_unit_t_launch_SOURCES = %D%/t_launch.c
tests_unit_t_launch_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_launch_LDADD = $(WIRE_LIBS)
tests_unit_t_pack_SOURCES = %D%/t_pack.c
tests_unit_t_pack_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_pack_LDADD = $(WIRE_LIBS)
