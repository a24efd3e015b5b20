# tab
tab_tests = \
	%D%/t_folder \
	%D%/t_tab
check_PROGRAMS += $(tab_tests)
TESTS += $(tab_tests)
TAB_LIBS = libtap.a libtab.a libjob.a libtime.a libbase.a $(BSD_LIBS)
EXTRA_DIST += \
	tests/data/tabs/activity-report \
	tests/data/tabs/anacron-like \
	tests/data/tabs/certificates \
	tests/data/tabs/filesystem-scrub \
	tests/data/tabs/raid-check \
	tests/data/tabs/statistics \
	tests/data/tabs/system-crontab \
	tests/data/tabs/web-sessions \
	tests/data/tabs/zoned-and-quiet

tests_unit_t_folder_SOURCES = %D%/t_folder.c
tests_unit_t_folder_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_folder_LDADD = $(TAB_LIBS)
tests_unit_t_tab_SOURCES = %D%/t_tab.c
tests_unit_t_tab_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_tab_LDADD = $(TAB_LIBS)
