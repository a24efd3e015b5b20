# base
base_tests = \
	%D%/t_base \
	%D%/t_prompt \
	%D%/t_trusted
check_PROGRAMS += $(base_tests)
TESTS += $(base_tests)

tests_unit_t_base_SOURCES = %D%/t_base.c
tests_unit_t_base_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_base_LDADD = libtap.a libbase.a $(BSD_LIBS)
tests_unit_t_trusted_SOURCES = %D%/t_trusted.c
tests_unit_t_trusted_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_trusted_LDADD = libtap.a libbase.a $(BSD_LIBS)
tests_unit_t_prompt_SOURCES = %D%/t_prompt.c
tests_unit_t_prompt_CPPFLAGS = $(UNIT_CPPFLAGS)
tests_unit_t_prompt_LDADD = libtap.a libbase.a $(BSD_LIBS)
